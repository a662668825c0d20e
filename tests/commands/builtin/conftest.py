"""A bench for the built-ins: a real garden, and a conversation that replays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import pytest

from pmagent.commands.bench import Builtin, Compaction, builtins
from pmagent.commands.replies import reply_markdown
from pmagent.garden import Garden
from pmagent.hooks.listing import HookRow
from pmagent.types import Check
from pmagent.types.commands import CommandFile, CommandRow
from pmagent.types.jobs import JobCalls
from pmagent.types.sessions import Fact, SessionRow
from pmagent.types.turns import Found, Noted, Said, Screen, TurnEvent
from tests.plain.small_talk import SmallTalk, saying

ROWS = tuple(
    CommandRow(name=one.name, aliases=one.aliases, summary=one.summary,
               argument_hint=one.argument_hint, origin="built in")
    for one in builtins()
)  # fmt: skip


@dataclass
class SmallBench:
    """What a built-in is given."""

    garden: Garden
    talk: SmallTalk
    is_stopping: bool = False
    found_checks: list[Check] = field(default_factory=list[Check])
    files: list[CommandFile] = field(default_factory=list[CommandFile])
    facts: list[Fact] = field(default_factory=list[Fact])
    compaction: Compaction | None = None

    @property
    def jobs(self) -> JobCalls:
        return self.garden.jobs

    def checks(self) -> Iterable[Check]:
        return self.found_checks

    def hooks(self) -> Sequence[HookRow]:
        return self.garden.gatehouse.hook_rows()

    def skills(self) -> Sequence[CommandFile]:
        return self.files

    def memory(self) -> Sequence[Fact]:
        return self.facts

    def compact(self, focus: str) -> Compaction | None:
        del focus
        return self.compaction

    def begin_session(self) -> SessionRow:
        return self.talk.begin_session()


@pytest.fixture
def bench(garden: Garden) -> SmallBench:
    """On an indexed garden."""
    garden.index(meaning=False)
    return SmallBench(garden, SmallTalk(saying(""), rows=ROWS))


BY_NAME: dict[str, Builtin] = {one.name: one for one in builtins()}
Type = Callable[[str], str]


def run(bench: SmallBench, line: str) -> list[TurnEvent]:
    """What comes of a line such as `/where pricing`."""
    name, _, argument = line.removeprefix("/").partition(" ")
    return list(BY_NAME[name].run(argument, bench))


@pytest.fixture
def typed(bench: SmallBench) -> Type:
    """All that a line says, as a front end without screens shows it."""
    return lambda line: text_of(run(bench, line))


def text_of(events: Sequence[TurnEvent]) -> str:
    said: list[str] = []
    for event in events:
        match event:
            case Said(text=text) | Screen(text=text):
                said.append(text)
            case Found(reply=reply, is_first=False):
                said.append(reply_markdown(reply))
            case Noted(text=text, kind="error" | "note" as kind, hint=hint):
                said.append(f"{kind}: {text}" + (f"\nhint: {hint}" if hint else ""))
            case _:
                pass
    return "\n\n".join(said)
