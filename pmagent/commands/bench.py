"""What a built-in command is, and what it is given to work with.

A built-in reads the garden and the conversation and says what it found. It never asks, never
decides, and never does what needs a person's key press: it names where that is pressed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, cast

from pmagent.garden_calls import GardenCalls
from pmagent.hooks.listing import HookRow
from pmagent.registry import collect
from pmagent.types import (
    Check,
    IndexReport,
    Progress,
)
from pmagent.types.commands import CommandFile
from pmagent.types.conversing import Conversation
from pmagent.types.jobs import JobCalls
from pmagent.types.sessions import Fact, SessionRow
from pmagent.types.turns import TurnEvent

Group = Literal["Ask", "Publish", "Plan", "Conversation", "Garden", "Application"]


class CommandGarden(GardenCalls, Protocol):
    """The garden, as far as a built-in may use it. `pmagent.garden.Garden` has all of these."""

    def notes(self) -> Sequence[str]:
        """What is degraded now, one sentence each."""
        ...

    def index(
        self,
        *,
        on_progress: Callable[[Progress], None] | None = None,
        meaning: bool = True,
        stop: Callable[[], bool] = lambda: False,
    ) -> IndexReport:
        """Read what changed and make it searchable."""
        ...


@dataclass(frozen=True, kw_only=True)
class Compaction:
    """What `compact` made of a conversation."""

    before_tokens: int
    after_tokens: int
    summary: str
    """What the model is told from now on in place of the older turns."""


class Bench(Protocol):
    """What a built-in command works with."""

    @property
    def garden(self) -> CommandGarden:
        """The garden."""
        ...

    @property
    def talk(self) -> Conversation:
        """The conversation the command was typed in."""
        ...

    @property
    def is_stopping(self) -> bool:
        """Whether the person wants the turn to end."""
        ...

    @property
    def jobs(self) -> JobCalls:
        """Kits and checks, worded by the conversation's model where it has one."""
        ...

    def checks(self) -> Iterable[Check]:
        """What `doctor` looks at, of the machine, the garden and its walls."""
        ...

    def hooks(self) -> Sequence[HookRow]:
        """Every hook, and whether it runs."""
        ...

    def skills(self) -> Sequence[CommandFile]:
        """Every command and skill that is read from a file."""
        ...

    def memory(self) -> Sequence[Fact]:
        """What is remembered across sessions."""
        ...

    def compact(self, focus: str) -> Compaction | None:
        """Put a summary in place of the older turns; None where there is nothing to shorten.

        Raises:
            ModelError: the summary could not be made; the conversation stays as it is.
        """
        ...

    def begin_session(self) -> SessionRow:
        """An empty conversation in place of this one, which is kept."""
        ...


@dataclass(frozen=True, kw_only=True)
class Builtin:
    """One command that is built in."""

    name: str
    summary: str
    """What comes of it, in one line."""
    run: Callable[[str, Bench], Iterator[TurnEvent]]
    """Given what stands behind the name. Yields `Found`, `Said`, `Screen` and `Noted` only.

    Raises PmagentError where it cannot be done; whoever runs it says so and ends the turn.
    """
    group: Group
    aliases: tuple[str, ...] = ()
    argument_hint: str = ""
    details: str = ""
    """More for `/help NAME`, as Markdown."""


def builtins() -> tuple[Builtin, ...]:
    """Every built-in, by name. Imports them all."""
    return cast("tuple[Builtin, ...]", collect("pmagent.commands.builtin", "builtin"))
