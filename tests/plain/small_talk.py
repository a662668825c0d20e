"""A conversation that replays what a turn would tell: a small real implementation of the port.

It keeps turns, sessions, a queue and a stop as the real one does, and knows no model.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from pmagent.errors import ModelError, UsageError
from pmagent.types.actions import Json
from pmagent.types.commands import AgentFile, CommandRow, Completion
from pmagent.types.sessions import SessionRow, TurnRow
from pmagent.types.talk import ModelCard, Usage
from pmagent.types.turns import (
    Budget,
    ContextRow,
    ContextView,
    Paused,
    Resumed,
    Said,
    Spend,
    TurnBegan,
    TurnEnded,
    TurnEvent,
    WhyCard,
    WhyLine,
)

LIMIT_S = 5.0
AT = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
OFFLINE = ModelCard(id="offline", alias="offline", is_local=True, is_free=True)
FAST = ModelCard(id="quick-1", alias="fast", host="api.example.com", context_tokens=100_000)
SPEND = Spend(
    steps=2,
    usage=Usage(input_tokens=1_200, output_tokens=80, cache_read_tokens=300),
    cost_usd=Decimal(0),
    time_s=0.5,
    model_s=0.25,
)
COMMANDS = (
    CommandRow(name="where", aliases=("w",), summary="A map of every mention",
               argument_hint="QUESTION", origin="built in"),
    CommandRow(name="model", aliases=(), summary="Which model answers", argument_hint="[NAME]",
               origin="built in"),
    CommandRow(name="digest", aliases=(), summary="A transcript in short", argument_hint="FILE",
               origin="shipped"),
    CommandRow(name="deploy", aliases=(), summary="Ship it", argument_hint="", origin="project"),
)  # fmt: skip

Script = Callable[["SmallTalk", str], Iterator[TurnEvent]]


def saying(text: str) -> Script:
    """A turn that says `text` in pieces."""

    def script(talk: SmallTalk, typed: str) -> Iterator[TurnEvent]:
        del talk, typed
        for start in range(0, len(text), 7):
            yield Said(text=text[start : start + 7])

    return script


class SmallTalk:
    """One conversation over a script; what ends a turn is made here."""

    def __init__(self, script: Script, *, rows: Sequence[CommandRow] = COMMANDS) -> None:
        self._script = script
        self._rows = rows
        self._queue: list[str] = []
        self._model = OFFLINE
        self._turns: list[TurnRow] = []
        self._sessions = [
            SessionRow(id="s1", name="", first="what did we promise", began=AT, last=AT, turns=0)
        ]
        self._at = 0
        self._go_on = threading.Event()
        self.stopped = threading.Event()
        self.has_queued = threading.Event()
        self.submitted: list[str] = []
        self.budgets: list[Budget | None] = []
        self.agent_files: Sequence[AgentFile] = ()
        self.end = TurnEnded(reason="done", text="", spend=SPEND)
        self.running = False

    def submit(self, text: str, *, budget: Budget | None = None) -> Iterator[TurnEvent]:
        self.submitted.append(text)
        self.budgets.append(budget)
        self.running = True
        self.stopped.clear()
        yield TurnBegan(turn=f"t{len(self.submitted)}", goal=text, model=self._model.id, at=AT)
        said = ""
        for event in self._script(self, text):
            said += event.text if isinstance(event, Said) else ""
            yield event
            if self.stopped.is_set():
                break
        self.running = False
        end = replace(self.end, text=said)
        if self.stopped.is_set():
            end = replace(end, reason="stopped", is_partial=bool(said))
        self._keep(text, said, end)
        yield end

    def _keep(self, typed: str, said: str, end: TurnEnded) -> None:
        number = len(self._turns) + 1
        self._turns.append(
            TurnRow(turn=f"t{number}", at=AT, typed=typed, shown=said, reason=end.reason)
        )
        now = self._sessions[self._at]
        self._sessions[self._at] = replace(now, turns=number, first=now.first or typed)

    def pause_here(self, reason: str) -> Iterator[TurnEvent]:
        """What a script yields from to wait for the person."""
        self._go_on.clear()
        yield Paused(reason=reason)
        assert self._go_on.wait(LIMIT_S)
        if not self.stopped.is_set():
            yield Resumed()

    def queue(self, text: str) -> int:
        self._queue.append(text)
        self.has_queued.set()
        return len(self._queue)

    def unheard(self) -> Sequence[str]:
        held, self._queue = self._queue, []
        return held

    def stop(self) -> None:
        self.stopped.set()
        self._go_on.set()

    def pause(self) -> None:
        self._go_on.clear()

    def resume(self) -> None:
        self._go_on.set()

    def halve(self) -> None: ...

    def restore(self) -> None: ...

    def control_agent(self, agent: str, what: Literal["stop", "pause", "resume"]) -> bool:
        del agent, what
        return False

    def peek(self, agent: str) -> Sequence[TurnEvent]:
        del agent
        return ()

    @property
    def is_running(self) -> bool:
        return self.running

    def why(self) -> WhyCard:
        if not self.submitted:
            return WhyCard(is_running=False, lines=())
        line = WhyLine(label="Goal", text=self.submitted[-1], spans=("t1",))
        return WhyCard(is_running=self.running, lines=(line,))

    def context(self) -> ContextView:
        rows = (
            ContextRow(name="instructions", tokens=1_000),
            ContextRow(name="AGENTS.md", tokens=400, note="imports notes/style.md"),
            ContextRow(name="conversation", tokens=600),
            ContextRow(name="free", tokens=198_000),
        )
        return ContextView(rows=rows, limit_tokens=200_000)

    @property
    def spend(self) -> Spend:
        return SPEND

    @property
    def model(self) -> ModelCard:
        return self._model

    def models(self) -> Sequence[ModelCard]:
        return (OFFLINE, replace(FAST, problem="no key is set"), FAST)

    def use_model(self, name: str) -> ModelCard:
        if name == "deep":
            raise ModelError("no key is set", "set ANTHROPIC_API_KEY", kind="no_key")
        found = {"fast": FAST, "offline": OFFLINE}.get(name)
        if found is None:
            raise UsageError(f'there is no model "{name}"')
        self._model = found
        return found

    def commands(self) -> Sequence[CommandRow]:
        return self._rows

    def complete(self, line: str) -> Sequence[Completion]:
        del line
        return ()

    def agents(self) -> Sequence[AgentFile]:
        return self.agent_files

    @property
    def session(self) -> SessionRow:
        return self._sessions[self._at]

    def turns(self) -> Sequence[TurnRow]:
        return tuple(self._turns)

    def add_turn(self, row: TurnRow) -> None:
        self._turns.append(row)

    def sessions(self, words: str = "") -> Sequence[SessionRow]:
        return [
            row for row in self._sessions if words in f"{row.name} {row.first}" or words in row.id
        ]

    def open_session(self, name: str, *, fork: bool = False) -> SessionRow:
        for number, row in enumerate(self._sessions):
            if name not in {row.id, row.name}:
                continue
            self._at = number
            if fork:
                copy = replace(row, id=f"s{len(self._sessions) + 1}", forked_from=row.id)
                self._sessions.append(copy)
                self._at = len(self._sessions) - 1
            return self.session
        raise UsageError(f'there is no session "{name}"')

    def begin_session(self) -> SessionRow:
        row = SessionRow(id=f"s{len(self._sessions) + 1}", name="", began=AT, last=AT, turns=0)
        self._sessions.append(row)
        self._at = len(self._sessions) - 1
        return row

    def rename(self, name: str) -> None:
        self._sessions[self._at] = replace(self.session, name=name)

    def export(self, form: Literal["markdown", "json"]) -> str:
        if form == "json":
            return '{\n  "turns": []\n}'
        return "\n\n".join(f"## {turn.typed}\n\n{turn.shown}" for turn in self._turns)

    def rewind(self, turn: str, *, files: bool) -> str:
        del files
        place = [row.turn for row in self._turns].index(turn)
        typed = self._turns[place].typed
        del self._turns[place:]
        return typed

    def keep_draft(self, text: str) -> None: ...

    def status_facts(self) -> Mapping[str, Json]:
        return {}
