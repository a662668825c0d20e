"""What a built-in command is, and what it is given to work with.

A built-in reads the garden and the conversation and says what it found. It never asks, never
decides, and never does what needs a person's key press: it names where that is pressed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, cast

from pmagent.hooks.listing import HookRow
from pmagent.registry import collect
from pmagent.types import (
    Abstention,
    Answer,
    Check,
    Found,
    IndexReport,
    Map,
    Progress,
    Query,
    Reading,
    Status,
)
from pmagent.types.actions import AuditEntry, Checkpoint, Decision, FileChange, Json, Outcome
from pmagent.types.commands import CommandFile
from pmagent.types.conversing import Conversation
from pmagent.types.rights import GardenRights
from pmagent.types.sessions import Fact, SessionRow
from pmagent.types.turns import TurnEvent

Group = Literal["Ask", "Conversation", "Garden", "Application"]


class GardenCalls(Protocol):
    """The garden, as far as a built-in may use it. `pmagent.garden.Garden` has all of these."""

    @property
    def root(self) -> Path:
        """The garden's folder."""
        ...

    def search(self, query: Query) -> Found:
        """The passages that answer best, at once."""
        ...

    def refine(self, found: Found) -> Found:
        """The same, looked at closely."""
        ...

    def where(self, found: Found) -> Map | Abstention:
        """The hits as a map."""
        ...

    def ask(self, found: Found) -> Answer | Abstention:
        """Verbatim sentences that answer."""
        ...

    def read(self, place: str, *, context: int = 5) -> Reading:
        """The lines around a place."""
        ...

    def status(self) -> Status:
        """Every file, and what share of the garden can be searched."""
        ...

    def suggestions(self) -> Sequence[str]:
        """Up to three questions this garden can answer."""
        ...

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

    def indexer_progress(self) -> Progress | None:
        """The latest word of the indexer that this process started; None while none runs."""
        ...

    def perform(
        self, call_tool: str, tool_input: Mapping[str, Json], *, by: str = "person", why: str = ""
    ) -> Outcome:
        """What came of one use of a tool, through the gate."""
        ...

    def audit(self, *, limit: int = 1000, path: str | None = None) -> Sequence[AuditEntry]:
        """The latest entries of the trail that fit, the newest last."""
        ...

    def audit_state(self) -> tuple[str, str]:
        """`ok`, `torn`, `tampered` or `empty`, and one sentence on it."""
        ...

    def checkpoints(self, *, limit: int = 100) -> Sequence[Checkpoint]:
        """The undo points, newest first."""
        ...

    def preview_undo(
        self, checkpoint_id: str, *, rewind: bool = False
    ) -> tuple[Sequence[FileChange], Sequence[str]]:
        """What taking it back would change, and the files edited since."""
        ...

    def undo(
        self, checkpoint_id: str, *, rewind: bool = False, overwrite: bool = False
    ) -> Checkpoint:
        """Take it back, as an undo point of its own."""
        ...

    def grants(self) -> GardenRights:
        """The rules, the level and what waits for trust."""
        ...

    def test_rule(self, tool: str, subject: str) -> Decision:
        """What would be decided about `Read`, `Edit`, `Bash` or `WebFetch` of `subject`."""
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
    def garden(self) -> GardenCalls:
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
