"""The state of one turn: what was asked, said, used and read, and where it is now.

The loop writes here; `why` reads the snapshot that is kept of it, from any thread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pmagent.agent.budget import Meter
from pmagent.agent.circles import Circles, Ladder
from pmagent.agent.crew import Used
from pmagent.agent.why import MOST_ASSUMED, Said, Snapshot, assumptions_in
from pmagent.types.actions import Done, Json
from pmagent.types.turns import EndReason, ToolBegan, ToolEnded, TurnEnded, TurnEvent

MOST_SOURCES = 200
GOAL = 300
WHY = 300


@dataclass(frozen=True, kw_only=True)
class End:
    """Why a turn ends."""

    reason: EndReason
    hint: str = ""
    is_partial: bool = False
    fault: str = ""
    """What broke, as `TurnEnded` names it."""


class Turn:
    """One turn. Changed by the thread that runs it; `snapshot` may be read by any."""

    def __init__(self, *, id: str, typed: str, span: str, meter: Meter, model: str) -> None:  # noqa: A002
        self.id = id
        self.goal = " ".join(typed.split())[:GOAL]
        self.span = span
        self.step_span = span
        self.meter = meter
        self.circles = Circles()
        self.ladder = Ladder()
        self.calls: list[str] = []
        self.checkpoints: list[str] = []
        self.continued = 0
        """How often in a row a hook made it go on."""
        self.was_cut = False
        """Whether it was at the model's own limit in the answer before."""
        self.was_shortened = False
        """Whether the conversation was shortened because the model could take no more."""
        self.resumed_itself = 0
        """How often in a row the provider paused it."""
        self.is_told_short = False
        self._texts: list[str] = []
        self._answer_from = 0
        self._running: dict[str, str] = {}
        self.snapshot = Snapshot(
            is_running=True,
            turn=span,
            goal=self.goal,
            now=Said(text="starting", spans=(span,)),
            budget=meter.budget,
        )
        self.model = model

    # -- what is said ------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """All that was said, in order."""
        return "\n\n".join(text.strip() for text in self._texts if text.strip())

    @property
    def last_text(self) -> str:
        """What was said last."""
        return next((text for text in reversed(self._texts) if text.strip()), "")

    @property
    def answer_text(self) -> str:
        """What was said of the latest answer."""
        return self._texts[-1][self._answer_from :] if self._texts else ""

    def open_answer(self) -> None:
        """A new answer begins; one that was cut goes on where it stopped."""
        if not self.was_cut or not self._texts:
            self._texts.append("")
        self._answer_from = len(self._texts[-1])

    def say(self, words: str) -> None:
        """More words of the answer."""
        self._texts[-1] += words

    def heard(self, text: str) -> None:
        """An answer has come whole: what it takes for granted is noted."""
        known = {said.text for said in self.snapshot.assumed}
        assumed = [
            Said(text=found, spans=(self.step_span,))
            for found in assumptions_in(text)
            if found not in known
        ]
        if assumed:
            kept = (*self.snapshot.assumed, *assumed)[-MOST_ASSUMED:]
            self._set(assumed=kept)
        self.circles.note_answer(text)

    # -- where it is -------------------------------------------------------------------------------

    @property
    def doing(self) -> str:
        """Where it is, in a few words."""
        now = self.snapshot.now
        return now.text if now is not None else ""

    def at(self, doing: str, *spans: str, why: str = "") -> None:
        """It does this now."""
        found = spans or (self.step_span,)
        self._set(now=Said(text=doing, spans=found))
        if why:
            self._set(why=Said(text=why, spans=found))

    def then(self, text: str) -> None:
        """This comes next, as far as it is known."""
        self._set(next=Said(text=text, spans=(self.step_span,)) if text else None)

    def agents_are(self, said: Sequence[tuple[str, str]]) -> None:
        """Where the sub-agents are: what each does, and its span."""
        self._set(agents=tuple(Said(text=text, spans=(span or self.span,)) for text, span in said))

    def now(self) -> Snapshot:
        """The snapshot with the numbers of this moment; from any thread."""
        at = self.snapshot
        if not at.is_running:
            return at
        return replace(at, spend=self.meter.spend, budget=self.meter.budget)

    def note_event(self, event: TurnEvent, spans: Mapping[str, str]) -> None:
        """A tool has begun or ended; `spans` are those of the calls."""
        match event:
            case ToolBegan(agent="", call_id=call_id, tool=tool, subject=subject):
                self._running[call_id] = f"{tool} {subject}".strip()
            case ToolEnded(agent="", call_id=call_id):
                self._running.pop(call_id, None)
            case _:
                return
        if self._running:
            found = tuple(spans[c] for c in self._running if c in spans) or (self.step_span,)
            self._set(now=Said(text=" and ".join(self._running.values()), spans=found))

    @property
    def running_calls(self) -> Sequence[str]:
        """The ids of the calls that run now."""
        return tuple(self._running)

    def note_used(self, used: Sequence[Used]) -> str:
        """What came of the tools of one answer; why a hook wants the turn to end, if one does."""
        ends = ""
        for one in used:
            outcome = one.outcome
            if outcome is None:
                continue
            self.calls.append(f"{one.tool or one.use.tool} {one.about}: {_ended(outcome)}"[:200])
            self.circles.note_call(one.tool or one.use.tool, one.use.input, outcome)
            ends = ends or getattr(outcome, "ends_turn", "")
            if isinstance(outcome, Done):
                if outcome.checkpoint:
                    self.checkpoints.append(outcome.checkpoint)
                for source in sources_of(one.about, outcome.data):
                    self._note_source(source, one.span or self.step_span)
        self._running.clear()
        return ends

    def _note_source(self, source: str, span: str) -> None:
        known = tuple(said for said in self.snapshot.sources if said.text != source)
        self._set(sources=(*known, Said(text=source, spans=(span,)))[-MOST_SOURCES:])

    def _set(self, **changes: object) -> None:
        self.snapshot = replace(self.snapshot, **changes)  # pyright: ignore[reportArgumentType]

    # -- its end -----------------------------------------------------------------------------------

    def ended(self, end: End) -> TurnEnded:
        """The last event, and the snapshot of a turn that is over."""
        how = "done" if end.reason == "done" else f"ended: {end.reason}"
        self._set(
            is_running=False,
            now=Said(text=f"nothing; the last turn is over ({how})", spans=(self.span,)),
            next=None,
            agents=(),
            spend=self.meter.spend,
            budget=self.meter.budget,
        )
        return TurnEnded(
            reason=end.reason,
            text=self.text,
            spend=self.meter.spend,
            hint=end.hint,
            is_partial=end.is_partial,
            fault=end.fault,
        )


def sources_of(about: str, data: Mapping[str, Json]) -> Sequence[str]:
    """The places that a result comes from, as far as its data names them."""
    hits = data.get("hits")
    if isinstance(hits, Sequence) and not isinstance(hits, str):
        places = (hit.get("place") for hit in hits if isinstance(hit, Mapping))
        return tuple(place for place in places if isinstance(place, str))
    file = data.get("file")
    if isinstance(file, Mapping) and isinstance(path := file.get("filePath"), str):
        return (path,)
    return (about,) if about and "content" in data else ()


def why_of(text: str) -> str:
    """The last words before tools were used, as the reason for them."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][-WHY:] if lines else ""


def _ended(outcome: object) -> str:
    return type(outcome).__name__.casefold()
