"""A conversation that plays what a test says; plain questions are answered from a small garden."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

from pmagent.commands.query_text import parse_query
from pmagent.errors import ModelError, PmagentError, UsageError
from pmagent.types.actions import Done, Json
from pmagent.types.commands import AgentFile, CommandRow, Completion
from pmagent.types.sessions import SessionRow, TurnRow
from pmagent.types.talk import ModelCard, Price, Usage
from pmagent.types.turns import (
    Budget,
    ContextRow,
    ContextView,
    EndReason,
    Found,
    Said,
    Spend,
    ToolBegan,
    ToolEnded,
    TurnBegan,
    TurnEnded,
    TurnEvent,
    WhyCard,
    WhyLine,
)

if TYPE_CHECKING:
    from tests.tui.small_garden import SmallGarden

WAIT_S = 10.0
AT = datetime(2026, 11, 23, 11, 2, 10, tzinfo=UTC)
OFFLINE = ModelCard(id="offline", alias="offline", is_local=True, is_free=True,
                    context_tokens=32_000)  # fmt: skip
FAST = ModelCard(id="claude-haiku-4-5", alias="fast", host="api.anthropic.com",
                 price=Price(input_usd=Decimal(1), output_usd=Decimal(5)))  # fmt: skip
DEEP = ModelCard(id="claude-opus-4-6", alias="deep", host="api.anthropic.com",
                 price=Price(input_usd=Decimal(5), output_usd=Decimal(25)),
                 problem="there is no key: set ANTHROPIC_API_KEY")  # fmt: skip
NEAR = ModelCard(id="qwen3:8b", host="127.0.0.1:11434", is_local=True, context_tokens=40_000)
COMMANDS = (
    CommandRow(name="ask", aliases=(), summary="A short answer, every sentence cited",
               argument_hint="QUESTION", origin="built in"),
    CommandRow(name="digest", aliases=(), summary="Speakers, decisions, promises of a transcript",
               argument_hint="<transcript>", origin="shipped"),
    CommandRow(name="standup", aliases=("daily",), summary="What changed since yesterday",
               argument_hint="[day]", origin="project"),
)  # fmt: skip
AGENTS = (
    AgentFile(name="researcher", description="Finds prior art and cites it", path="", prompt="",
              place="shipped"),
    AgentFile(name="writer", description="Drafts from passages it is given", path="", prompt="",
              place="shipped", model="deep"),
)  # fmt: skip
Step = TurnEvent | Literal["hold"]
"""An event, or a wait until the test lets it go on."""


class SmallTalk:
    """Plays the script given for what is typed; `hold` waits for `release`, or for the person."""

    def __init__(self, garden: SmallGarden) -> None:
        self._garden = garden
        self.scripts: dict[str, Sequence[Step]] = {}
        self.submitted: list[str] = []
        self.asked: list[str] = []
        """What was done from outside: `stop`, `pause`, `halve`, `agent a1 stop`."""
        self.drafts: list[str] = []
        self.card = OFFLINE
        self.cards: tuple[ModelCard, ...] = (FAST, DEEP, OFFLINE, NEAR)
        self.cost: Decimal | None = Decimal(0)
        self.rows: list[TurnRow] = []
        self.kept: tuple[SessionRow, ...] = (session("s-1", "seat pricing"),)
        self.now = self.kept[0]
        self.is_held = False
        """Whether a turn waits at a `hold`."""
        self.peeked: dict[str, Sequence[TurnEvent]] = {}
        self.files_taken_back = False
        self._go = threading.Event()
        self._is_running = False
        self._stops = False
        self._queued: list[str] = []

    # One turn

    def submit(self, text: str, *, budget: Budget | None = None) -> Iterator[TurnEvent]:
        del budget
        self.submitted.append(text)
        self._is_running, self._stops = True, False
        turn = f"t{len(self.submitted)}"
        yield TurnBegan(turn=turn, goal=text, model=self.card.id, at=AT)
        said: list[str] = []
        ended: TurnEnded | None = None
        try:
            for event in self._events(text):
                if isinstance(event, TurnEnded):
                    ended = event
                    break
                if isinstance(event, Said) and not event.agent:
                    said.append(event.text)
                yield event
        except PmagentError as exc:
            ended = TurnEnded(reason="failed", text=exc.message, spend=Spend(), hint=exc.hint)
        self._is_running = False
        reason: EndReason = "stopped" if self._stops else "done"
        ended = ended or TurnEnded(
            reason=reason, text="".join(said), spend=Spend(), is_partial=self._stops
        )
        row = TurnRow(turn=turn, at=AT, typed=text, shown="".join(said), reason=ended.reason)
        self.rows.append(row)
        yield ended

    def _events(self, text: str) -> Iterator[TurnEvent]:
        for event in self.scripts[text] if text in self.scripts else self._own(text):
            if self._stops:
                return
            if event == "hold":
                self._hold()
            else:
                yield event

    def _own(self, text: str) -> Iterator[TurnEvent]:
        if text.startswith("!"):
            command = text[1:]
            yield ToolBegan(call_id=f"c{len(self.submitted)}", tool="Bash", subject=command)
            outcome = self._garden.perform("Bash", {"command": command}, why="you typed it")
            yield ToolEnded(
                call_id=f"c{len(self.submitted)}", tool="Bash", outcome=outcome, elapsed_s=0.01
            )
        elif text.startswith("/") and not text.startswith("/ask "):
            name = text[1:].split(" ")[0]
            near = get_close_matches(name, [row.name for row in COMMANDS], n=1)
            hint = f'did you mean "/{near[0]}"' if near else ""
            yield TurnEnded(
                reason="unknown", text=f'there is no command "/{name}"', spend=Spend(), hint=hint
            )
        else:
            found = self._garden.search(parse_query(text.removeprefix("/ask "), limit=10))
            yield Found(reply=self._garden.ask(found))
            if found.hits:
                yield Found(reply=self._garden.ask(self._garden.refine(found)))

    def _hold(self) -> None:
        self.is_held = True
        assert self._go.wait(WAIT_S), "nobody let it go on"
        self._go.clear()
        self.is_held = False

    def release(self) -> None:
        self._go.set()

    # What a person does meanwhile

    def queue(self, text: str) -> int:
        self._queued.append(text)
        return len(self._queued)

    def unheard(self) -> Sequence[str]:
        taken, self._queued = self._queued, []
        return taken

    def stop(self) -> None:
        self.asked.append("stop")
        self._stops = True
        self._go.set()

    def pause(self) -> None:
        self.asked.append("pause")

    def resume(self) -> None:
        self.asked.append("resume")
        self._go.set()

    def halve(self) -> None:
        self.asked.append("halve")

    def restore(self) -> None:
        self.asked.append("restore")

    def control_agent(self, agent: str, what: Literal["stop", "pause", "resume"]) -> bool:
        self.asked.append(f"agent {agent} {what}")
        return True

    def peek(self, agent: str) -> Sequence[TurnEvent]:
        return self.peeked.get(agent, ())

    @property
    def is_running(self) -> bool:
        return self._is_running

    def why(self) -> WhyCard:
        return why_card(is_running=self._is_running)

    def context(self) -> ContextView:
        rows = (
            ContextRow(name="instructions", tokens=2_100),
            ContextRow(name="AGENTS.md", tokens=900, note="notes/AGENTS.md"),
            ContextRow(name="tools", tokens=6_400, note="14 tools"),
            ContextRow(name="conversation", tokens=11_000, note="8 turns"),
            ContextRow(name="results", tokens=4_000),
            ContextRow(name="free", tokens=175_600),
        )
        return ContextView(rows=rows, limit_tokens=200_000)

    @property
    def spend(self) -> Spend:
        tokens = Usage(input_tokens=12_000, output_tokens=2_400, cache_read_tokens=30_000)
        is_offline = self.card.id == "offline"
        usage = Usage() if is_offline else tokens
        return Spend(
            steps=0 if is_offline else 9, usage=usage, cost_usd=self.cost, time_s=64, model_s=41
        )

    # Models, commands, sessions

    @property
    def model(self) -> ModelCard:
        return self.card

    def models(self) -> Sequence[ModelCard]:
        return self.cards

    def use_model(self, name: str) -> ModelCard:
        for card in self.cards:
            if name in {card.alias, card.id}:
                if card.problem:
                    raise ModelError(f'"{name}" cannot be used', card.problem)
                self.card = card
                return card
        raise UsageError(f'no model is called "{name}"', "/model lists them")

    def commands(self) -> Sequence[CommandRow]:
        return COMMANDS

    def complete(self, line: str) -> Sequence[Completion]:
        word = line.rpartition(" ")[2]
        if line.startswith("/") and " " not in line:
            return [
                Completion(insert=f"/{row.name}", label=f"/{row.name}", hint=row.argument_hint,
                           summary=row.summary, origin=row.origin)
                for row in COMMANDS if row.name.startswith(line[1:])
            ]  # fmt: skip
        if not word.startswith("@"):
            return []
        before = line[: len(line) - len(word)]
        return [
            Completion(insert=f"{before}@{state.path} ", label=f"@{state.path}",
                       hint="Markdown" if state.path.endswith(".md") else "transcript",
                       summary=state.date.isoformat() if state.date else "")
            for state in self._garden.files if word[1:] in state.path
        ]  # fmt: skip

    def agents(self) -> Sequence[AgentFile]:
        return AGENTS

    @property
    def session(self) -> SessionRow:
        return self.now

    def turns(self) -> Sequence[TurnRow]:
        return tuple(self.rows)

    def sessions(self, words: str = "") -> Sequence[SessionRow]:
        return [
            row for row in self.kept if words.casefold() in f"{row.name} {row.first}".casefold()
        ]

    def open_session(self, name: str, *, fork: bool = False) -> SessionRow:
        for row in self.kept:
            if name in {row.id, row.name}:
                self.now = replace(row, id=f"{row.id}-copy", forked_from=row.id) if fork else row
                self.rows = [
                    TurnRow(turn="k1", at=row.last, typed=row.first, reason="done",
                            shown=f"What was said about **{row.name}** then.")
                ]  # fmt: skip
                return self.now
        raise UsageError(f'no conversation is called "{name}"', "/resume lists them")

    def rename(self, name: str) -> None:
        self.now = replace(self.now, name=name)

    def export(self, form: Literal["markdown", "json"]) -> str:
        return "{}" if form == "json" else "# A conversation\n"

    def rewind(self, turn: str, *, files: bool) -> str:
        place = [row.turn for row in self.rows].index(turn)
        typed = self.rows[place].typed
        self.rows = self.rows[:place]
        self.files_taken_back = files
        return typed

    def keep_draft(self, text: str) -> None:
        self.drafts.append(text)

    def status_facts(self) -> Mapping[str, Json]:
        return {"model": {"id": self.card.id, "display_name": self.card.alias}}


def session(name: str, first: str, *, days: int = 0, turns: int = 0, draft: str = "") -> SessionRow:
    at = AT - timedelta(days=days)
    return SessionRow(id=name, name=first, first=first, began=at, last=at, turns=turns, draft=draft)


def why_card(*, is_running: bool = True) -> WhyCard:
    lines = (
        WhyLine(label="Goal", text="Where do I stand on seat pricing?", spans=("t1",)),
        WhyLine(label="Now", text="Read notes/pricing.md, for 3 s", spans=("t1.2",)),
        WhyLine(label="Why", text="the question names seats; this note is the newest about them",
                spans=("t1.1",)),
        WhyLine(label="Read so far", text="2 files: ep-017.vtt, pricing.md", spans=("t1.1",)),
        WhyLine(label="Next", text="whatever the model makes of it", spans=("t1.2",)),
        WhyLine(label="Would stop if", text="38 steps, or Esc", spans=("t1",)),
        WhyLine(label="Spent", text="2 steps, 4.1k tokens, $0.01, 12 s", spans=("t1",)),
    )  # fmt: skip
    return WhyCard(is_running=is_running, lines=lines)


def read_done(call: str, path: str, seconds: float = 0.08) -> tuple[TurnEvent, TurnEvent]:
    """A file that was read."""
    return (
        ToolBegan(call_id=call, tool="Read", subject=path, why="it is the newest about seats"),
        ToolEnded(call_id=call, tool="Read", outcome=Done(text=f"the words of {path}"),
                  elapsed_s=seconds),
    )  # fmt: skip
