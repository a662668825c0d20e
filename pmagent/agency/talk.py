"""The conversation of one garden: what every front end speaks to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pmagent.agency.defang import Defanger, defang
from pmagent.agency.defang_events import spelled, spelled_all
from pmagent.agency.dispatch import Dispatch
from pmagent.agency.grounds import AgencyGrounds
from pmagent.agency.keeping import Keeping
from pmagent.agency.looking import Looking
from pmagent.agency.models import Models
from pmagent.agency.status import Numbers, status_facts
from pmagent.agent.loop import Loop
from pmagent.agent.subagents import Agents
from pmagent.commands.bench import Compaction
from pmagent.commands.book import CommandBook
from pmagent.commands.complete import Known, complete
from pmagent.commands.read_style import OutputStyle
from pmagent.errors import ModelError, PmagentError
from pmagent.hooks.run import Verdict
from pmagent.types.actions import Json
from pmagent.types.commands import AgentFile, CommandRow, Completion
from pmagent.types.sessions import SessionRow, TurnRow
from pmagent.types.talk import ModelCard
from pmagent.types.turns import (
    Budget,
    ContextView,
    Said,
    Spend,
    TurnBegan,
    TurnEnded,
    TurnEvent,
    Used,
    WhyCard,
)

BUSY = "a turn runs already"
LISTED = 60
"""Ways to go on that are offered at once; a list can be scrolled."""
UNTRUSTED_AND_PRIVATE = frozenset({"private", "untrusted"})


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a conversation is made of."""

    grounds: AgencyGrounds
    loop: Loop
    agents: Agents
    book: CommandBook
    models: Models
    dispatch: Dispatch
    keeping: Keeping
    looking: Looking
    known: Known
    budget: Budget
    """Of a turn, where the call names none."""
    fire: Callable[[str, Mapping[str, Json]], Verdict]
    style: Callable[[], OutputStyle | None]
    """How answers are written now; None for the shipped way."""


class Talk:
    """One conversation. `submit` is for one thread; all else may be called from any."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._busy = threading.Lock()
        self._began = time.monotonic()
        self._used: Used | None = None

    def close(self) -> None:
        """Let another process go on with the session."""
        self._parts.fire("SessionEnd", {"reason": "prompt_input_exit"})
        self._parts.keeping.close()

    # -- a turn ------------------------------------------------------------------------------------

    def submit(self, text: str, *, budget: Budget | None = None) -> Iterator[TurnEvent]:
        """Run one turn."""
        if not self._busy.acquire(blocking=False):
            yield TurnEnded(
                reason="failed", text="", spend=Spend(), hint=f"{BUSY}: stop it, or queue this"
            )
            return
        try:
            given = budget or self._parts.budget
            yield from self._told(self._parts.dispatch.run(text, given))
        finally:
            self._busy.release()

    def _told(self, events: Iterator[TurnEvent]) -> Iterator[TurnEvent]:
        """The events as a person is shown them: after strangers' words, no address is live."""
        pieces: dict[str, Defanger] = {}
        turn = ""
        keep = self._parts.keeping.partial
        for event in events:
            self._parts.keeping.spells_addresses = self._may_be_steered
            match event:
                case TurnBegan():
                    turn = event.turn
                case Said(text=text, agent=agent) if self._may_be_steered or agent in pieces:
                    shown = pieces.setdefault(agent, Defanger()).take(text)
                    if shown:
                        yield replace(event, text=shown)
                    keep(turn, "" if agent else shown)
                    continue
                case Said(text=text, agent=agent):
                    keep(turn, "" if agent else text)
                case Used():
                    self._used = event
                case TurnEnded():
                    yield from _rests(pieces)
                    text = defang(event.text) if self._may_be_steered else event.text
                    yield replace(event, text=text)
                    continue
                case _:
                    yield from _rests(pieces)
            yield spelled(event) if self._may_be_steered else event

    @property
    def _may_be_steered(self) -> bool:
        """Whether a model writes that has read private words and those of strangers."""
        is_model = not self._parts.dispatch.is_offline
        return is_model and self._parts.grounds.gatehouse.session.labels >= UNTRUSTED_AND_PRIVATE

    def queue(self, text: str) -> int:
        """Say something while a turn runs."""
        return self._parts.loop.controls.queue(text)

    def unheard(self) -> Sequence[str]:
        """Take what was queued and not heard."""
        return self._parts.loop.controls.take_queued()

    def stop(self) -> None:
        """End the turn as soon as it is safe."""
        self._parts.loop.controls.stop()

    def pause(self) -> None:
        """Wait after the step that runs now."""
        self._parts.loop.controls.pause()

    def resume(self) -> None:
        """Go on."""
        self._parts.loop.controls.resume()

    def halve(self) -> None:
        """Halve the steps that are left."""
        self._parts.loop.halve()

    def restore(self) -> None:
        """Give back the steps that `halve` took."""
        self._parts.loop.restore()

    def control_agent(self, agent: str, what: Literal["stop", "pause", "resume"]) -> bool:
        """Do this to one sub-agent."""
        return self._parts.agents.control(agent, what)

    def peek(self, agent: str) -> Sequence[TurnEvent]:
        """What one sub-agent has done so far."""
        events = self._parts.agents.peek(agent)
        return spelled_all(events) if self._may_be_steered else events

    @property
    def is_running(self) -> bool:
        """Whether a turn runs."""
        return self._busy.locked()

    # -- what is told of it ------------------------------------------------------------------------

    def why(self) -> WhyCard:
        """What are you doing?"""
        plain = self._parts.dispatch.last
        card = plain[0].why() if plain else self._parts.loop.why()
        if not self._may_be_steered:
            return card
        lines = tuple(replace(line, text=defang(line.text)) for line in card.lines)
        return replace(card, lines=lines)

    def context(self) -> ContextView:
        """What the model would be sent now, in tokens."""
        return self._parts.loop.context()

    @property
    def spend(self) -> Spend:
        """What the session used."""
        return self._parts.loop.spend

    def compact(self, focus: str) -> Compaction | None:
        """Put a summary in place of the older turns; None where there is nothing to shorten.

        Raises:
            ModelError: the summary could not be made.
        """
        loop = self._parts.loop
        before = _taken(loop.context())
        messages = tuple(loop.messages)
        for _ in loop.compact(focus):
            pass
        if tuple(loop.messages) == messages:
            return None
        summary = loop.messages[0].text if loop.messages else ""
        return Compaction(
            before_tokens=before, after_tokens=_taken(loop.context()), summary=summary
        )

    # -- the model ---------------------------------------------------------------------------------

    @property
    def model(self) -> ModelCard:
        """The model that answers now."""
        return self._parts.loop.model.card

    def models(self) -> Sequence[ModelCard]:
        """All that can be chosen."""
        return self._parts.models.cards()

    def use_model(self, name: str) -> ModelCard:
        """Another model from the next step on.

        Raises:
            UsageError: nothing is known by that name.
            ModelError: it cannot be used now, or a hook refuses.
        """
        parts = self._parts
        model = parts.models.open(name, inherited=self.model.id)
        told: dict[str, Json] = {
            "from_model": self.model.id, "to_model": model.card.id, "requested_model": name,
            "source": "person", "context_tokens": _taken(self.context()),
        }  # fmt: skip
        verdict = parts.fire("PreModelSwitch", told)
        if verdict.blocks or verdict.decision == "deny":
            raise ModelError(verdict.reason or "a hook refuses this model", "the model stays")
        parts.loop.model = model
        parts.keeping.session.mark(model=name)
        return model.card

    # -- commands ----------------------------------------------------------------------------------

    def commands(self) -> Sequence[CommandRow]:
        """Everything that can be typed after a slash."""
        self._parts.book.refresh()
        return self._parts.looking.rows()

    def complete(self, line: str) -> Sequence[Completion]:
        """Ways to go on, from memory."""
        return complete(line, self._parts.known, limit=LISTED)

    def agents(self) -> Sequence[AgentFile]:
        """The sub-agents there are."""
        self._parts.book.refresh()
        return self._parts.book.agents()

    # -- the session -------------------------------------------------------------------------------

    @property
    def session(self) -> SessionRow:
        """This session."""
        return self._parts.keeping.session.row

    def turns(self) -> Sequence[TurnRow]:
        """The turns so far."""
        return self._parts.keeping.session.turns()

    def sessions(self, words: str = "") -> Sequence[SessionRow]:
        """The sessions of this garden, latest first."""
        return self._parts.keeping.store.rows(words)

    def open_session(self, name: str, *, fork: bool = False) -> SessionRow:
        """Go on with another session, or with a copy of it."""
        self._parts.keeping.open(name, fork=fork)
        self._begin_again("fork" if fork else "resume")
        return self.session

    def begin_session(self) -> SessionRow:
        """An empty conversation in place of this one."""
        self._parts.keeping.begin()
        self._begin_again("clear")
        return self.session

    def _begin_again(self, source: str) -> None:
        parts = self._parts
        parts.loop.restart(parts.keeping.recall())
        parts.grounds.gatehouse.begin(source)

    def rename(self, name: str) -> None:
        """Give this session a name."""
        self._parts.keeping.session.rename(name)

    def export(self, form: Literal["markdown", "json"]) -> str:
        """This session as one text."""
        text = self._parts.keeping.session.export(form)
        return defang(text) if self._parts.keeping.spells_addresses else text

    def rewind(self, turn: str, *, files: bool) -> str:
        """Go on from before a turn; gives what was typed then."""
        parts = self._parts
        rows = list(self.turns())
        since = [row for row in rows[_place(rows, turn) :] if row.checkpoints]
        if files and since:
            # The oldest, and all that was changed since: what somebody else edited is not lost.
            parts.grounds.gatehouse.undo(since[0].checkpoints[0], rewind=True, overwrite=False)
        typed = parts.keeping.session.rewind(turn)
        parts.loop.restart(parts.keeping.session.messages())
        return typed

    def keep_draft(self, text: str) -> None:
        """Keep what is typed and not sent."""
        self._parts.keeping.session.keep_draft(text)

    def status_facts(self) -> Mapping[str, Json]:
        """The numbers for a status line command."""
        parts, used = self._parts, self._used
        style = parts.style()
        gatehouse = parts.grounds.gatehouse
        row = self.session
        return status_facts(
            Numbers(
                root=str(parts.grounds.garden.root),
                session_id=row.id,
                session_name=row.name,
                transcript="",
                model=self.model,
                spend=self.spend,
                duration_s=time.monotonic() - self._began,
                context_tokens=used.context_tokens if used is not None else 0,
                effort="",
                style=style.name if style is not None else "",
                trust=gatehouse.rights.trust_state.level.name.lower(),
                files=_count(parts.grounds.paths),
            )
        )


def _rests(pieces: dict[str, Defanger]) -> Iterator[TurnEvent]:
    """The words that were held back."""
    for agent, defanger in pieces.items():
        if rest := defanger.rest():
            yield Said(text=rest, agent=agent)


def _place(rows: Sequence[TurnRow], turn: str) -> int:
    return next((place for place, row in enumerate(rows) if row.turn == turn), len(rows))


def _count(paths: Callable[[], Sequence[str]]) -> int:
    """How many documents are indexed; none where there is no index that can be read."""
    try:
        return len(paths())
    except PmagentError:
        return 0


def _taken(view: ContextView) -> int:
    return sum(row.tokens for row in view.rows if row.name != "free")
