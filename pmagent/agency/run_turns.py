"""A run of a procedure as the events of one turn: its steps on the way, its words at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pmagent.agency.plain_turn import Ending
from pmagent.agency.run_words import (
    begun_words,
    done_words,
    ended_words,
    next_words,
    places_of,
    result_words,
    tool_of,
    waits_words,
)
from pmagent.procedures.engine.outcomes import cause_of
from pmagent.types.actions import Done, Failed
from pmagent.types.reviews import Review
from pmagent.types.runs import Run, RunChanged, RunEvent, StepBegan, StepEnded, StepRow
from pmagent.types.turns import Noted, Said, Screen, ToolBegan, ToolEnded, TurnEvent

_QUIET = frozenset({"If", "Set", "Check", "Code", "Return"})
"""Verbs whose steps are told in the record alone."""


@dataclass(kw_only=True)
class RunTeller:
    """Tells one run. `asked` gives the review that a run waits for, None where it has none."""

    begin: Callable[[], Iterator[RunEvent]]
    asked: Callable[[Run], Review | None]
    is_dry: bool = False
    _last: Run | None = None
    _rows: list[StepRow] = field(default_factory=list[StepRow])
    _above: dict[str, str] = field(default_factory=dict[str, str])
    """By run: the step it was started by, as it stands before the numbers of its own."""

    def tell(self, ending: Ending) -> Iterator[TurnEvent]:
        """What a front end draws, the run's words last; `ending` is filled in with how it ended."""
        for event in self.begin():
            match event:
                case StepBegan():
                    yield from self._began(event)
                case StepEnded():
                    yield from self._ended(event)
                case RunChanged(run=run):
                    self._changed(run)
        if self._last is not None:
            ending.run = self._last
            yield from self._outcome(self._last, ending)

    def _changed(self, run: Run) -> None:
        if run.parent:
            above = f"{self._above.get(run.parent, '')}{run.parent_address}"
            self._above[run.id] = f"{above}/"
        else:
            self._last = run

    def _began(self, event: StepBegan) -> Iterator[TurnEvent]:
        if event.verb.split()[0] in _QUIET:
            return
        yield ToolBegan(
            call_id=f"{event.run}:{event.address}",
            tool=tool_of(event.verb),
            subject=begun_words(event.text, event.verb),
            step=f"{self._above.get(event.run, '')}{event.address}",
        )

    def _ended(self, event: StepEnded) -> Iterator[TurnEvent]:
        row = event.row
        self._rows.append(row)
        if row.verb.split()[0] in _QUIET:
            return
        said = ended_words(row)
        is_done = row.status != "failed"
        why = row.detail or said
        yield ToolEnded(
            call_id=f"{row.run}:{row.address}",
            tool=tool_of(row.verb),
            outcome=Done(text=said) if is_done else Failed(message=why, can_retry=False),
            elapsed_s=event.elapsed_ms / 1000,
            step=f"{self._above.get(row.run, '')}{row.address}",
        )

    def _outcome(self, run: Run, ending: Ending) -> Iterator[TurnEvent]:
        for one in run.notes:
            yield Said(text=f"- {one}\n")
        match run.state:
            case "done":
                yield from self._done(run)
            case "waiting":
                yield from self._waiting(run, ending)
            case "running":
                ending.reason = "waiting"
                ending.hint = f'go on: "pmagent resume {run.id}"'
            case "handed_off" | "blocked" | "abstained" | "cancelled":
                ending.reason = "steps" if cause_of(run) == "budget" else "blocked"
                ending.hint = self._looked_at(run)
                words = run.state.replace("_", " ")
                yield Noted(text=f"{words}: {run.reason}", kind="warning")
            case "failed":
                ending.reason = "failed"
                ending.fault = "AccessError" if cause_of(run) == "denied" else ""
                ending.hint = self._looked_at(run)
                yield Noted(text=run.reason, kind="error", hint=ending.hint)

    def _done(self, run: Run) -> Iterator[TurnEvent]:
        if words := result_words(run.result):
            yield Said(text=words)
        if run.reason:
            yield Noted(text=run.reason)
        yield Noted(text=done_words(run, is_dry=self.is_dry))
        for row in self._rows:
            if self.is_dry and row.detail.startswith(_WOULD):
                yield Noted(text=row.detail.removeprefix(_WOULD))
        for place in places_of(self._rows):
            yield Noted(text=f"made {place}")

    def _waiting(self, run: Run, ending: Ending) -> Iterator[TurnEvent]:
        review = self.asked(run)
        ending.reason = "waiting"
        ending.hint = next_words(run, review)
        ending.review = review.id if review is not None else ""
        match run.waits_for:
            case "approve" | "answer" | "human":
                yield Screen(name="review", argument=run.id, text=f"{waits_words(run, review)}\n")
            case _:
                when = f" until {run.wakes.astimezone():%Y-%m-%d %H:%M}" if run.wakes else ""
                yield Noted(text=f"waits{when}: {run.reason}", kind="warning")

    def _looked_at(self, run: Run) -> str:
        """How to look at what a run did; a rehearsal is on record nowhere."""
        return "" if self.is_dry else f'what it did: "pmagent explain {run.id}"'


_WOULD = "a dry run: "
"""How the row of an effect begins that a rehearsal left out."""
