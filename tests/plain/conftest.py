"""The plain front end with a person who types once a certain text stands there."""

from __future__ import annotations

import os
import pty
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from pmagent.plain.app import Plain, Surroundings
from pmagent.types.actions import Ask, AskReply
from tests.plain.small_talk import SmallTalk

CTRL_C = "\x03"
Step = tuple[str, str]
"""(what has to stand there first, what is typed then)."""


@dataclass
class Person:
    """Types each step's words as soon as its text was written after the step before."""

    keyboard: int
    steps: list[Step]
    ends: Callable[[], None]
    screen: str = ""
    asker: Callable[[Ask], AskReply] | None = None
    copied: list[str] = field(default_factory=list[str])
    _seen: int = 0

    def write(self, text: str) -> None:
        self.screen += text
        while self.steps and (at := self.screen.find(self.steps[0][0], self._seen)) >= 0:
            wanted, typed = self.steps.pop(0)
            self._seen = at + len(wanted)
            if typed == CTRL_C:
                os.kill(os.getpid(), signal.SIGINT)
            else:
                os.write(self.keyboard, typed.encode())
        if not self.steps:
            self.ends()

    def copy(self, text: str) -> str | None:
        self.copied.append(text)
        return None

    def ask(self, ask: Ask) -> AskReply:
        assert self.asker is not None
        return self.asker(ask)

    def set_asker(self, asker: Callable[[Ask], AskReply]) -> None:
        self.asker = asker


Converse = Callable[..., tuple[int, str]]


@pytest.fixture
def converse() -> Iterator[Converse]:
    """Run a conversation; the exit code and all that was written."""
    opened: list[int] = []

    def run(
        talk: SmallTalk,
        *steps: Step,
        is_terminal: bool = False,
        greeting: Sequence[str] = (),
        person_of: Callable[[Person], None] = lambda _: None,
    ) -> tuple[int, str]:
        keyboard, source = _line(is_terminal)
        opened.extend((keyboard, source))

        def ends() -> None:
            if not is_terminal and keyboard in opened:
                opened.remove(keyboard)
                os.close(keyboard)

        person = Person(keyboard, list(steps), ends)
        person_of(person)
        around = Surroundings(
            descriptor=source,
            write=person.write,
            is_terminal=is_terminal,
            copy=person.copy,
            set_asker=person.set_asker,
        )
        code = Plain(talk, around).run(greeting)
        return code, person.screen

    yield run
    for descriptor in opened:
        os.close(descriptor)


def _line(is_terminal: bool) -> tuple[int, int]:
    """Where a person types, and where that is read."""
    if is_terminal:
        return pty.openpty()
    source, keyboard = os.pipe()
    return keyboard, source
