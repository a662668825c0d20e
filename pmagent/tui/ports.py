"""What the terminal application needs from the rest of pmagent, as protocols and values.

Nothing here is imported from the garden: the first frame is drawn before the engines are loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pmagent.types import Abstention, Answer, Found, Map, Progress, Query, Reading, Status
    from pmagent.types.actions import (
        Ask,
        AskReply,
        AuditEntry,
        Checkpoint,
        Decision,
        FileChange,
        Json,
        Outcome,
        TrustLevel,
    )
    from pmagent.types.conversing import Conversation as Conversation
    from pmagent.types.conversing import StatusLine as StatusLine
    from pmagent.types.rights import GardenRights


class GardenPort(Protocol):
    """One open garden. Every call blocks and is made from one thread at a time.

    `perform`, `converse` and `status_line` alone are called from threads of their own, several at
    once and beside the other calls: they wait for a person or a process, and the rest must not
    wait with them.
    """

    @property
    def root(self) -> Path:
        """The garden's folder."""
        ...

    def status(self) -> Status:
        """Every file and what share of it can be searched."""
        ...

    def search(self, query: Query) -> Found:
        """The first answer, fast."""
        ...

    def refine(self, found: Found) -> Found:
        """The same hits in a better order; up to about a second."""
        ...

    def where(self, found: Found) -> Map | Abstention:
        """The hits as a map of themes and time."""
        ...

    def ask(self, found: Found) -> Answer | Abstention:
        """A short answer made of sentences from the hits."""
        ...

    def read(self, place: str, *, context: int = 5) -> Reading:
        """The lines of a file around a place."""
        ...

    def suggestions(self) -> Sequence[str]:
        """Up to three questions this garden can answer."""
        ...

    def start_indexer(self) -> object:
        """Start keeping the index fresh in a child process; does nothing while one runs."""
        ...

    def indexer_progress(self) -> Progress | None:
        """The indexer's latest report; None while none runs."""
        ...

    def perform(
        self, call_tool: str, tool_input: Mapping[str, Json], *, by: str = "person", why: str = ""
    ) -> Outcome:
        """Use a tool, if the rules or a person let it; may ask through the asker and wait."""
        ...

    def set_asker(self, asker: Callable[[Ask], AskReply]) -> None:
        """Who is asked from now on. It is called in the thread of `perform` and blocks there."""
        ...

    def audit(
        self,
        *,
        limit: int = 1000,
        verdict: str | None = None,
        path: str | None = None,
        agent: str | None = None,
    ) -> Sequence[AuditEntry]:
        """The latest entries of the trail that fit, in any order."""
        ...

    def audit_state(self) -> tuple[str, str]:
        """`ok`, `torn`, `tampered` or `empty`, and one sentence on it."""
        ...

    def checkpoints(self, *, limit: int = 100) -> Sequence[Checkpoint]:
        """The latest undo points, newest first."""
        ...

    def preview_undo(
        self, checkpoint_id: str, *, rewind: bool = False
    ) -> tuple[Sequence[FileChange], Sequence[str]]:
        """What taking it back (with `rewind` all since too) changes, and what has changed since."""
        ...

    def undo(
        self, checkpoint_id: str, *, rewind: bool = False, overwrite: bool = False
    ) -> Checkpoint:
        """Take it back, as an undo point of its own. Raises JournalError, also for conflicts."""
        ...

    def grants(self) -> GardenRights:
        """The rules, the level and what waits for trust."""
        ...

    def test_rule(self, tool: str, subject: str) -> Decision:
        """What would be decided about `Read`, `Edit`, `Bash` or `WebFetch` of `subject`."""
        ...

    def allow(self, rule_text: str, *, days: int | None) -> None:
        """Add a rule that allows, for some days or until revoked. Raises RuleFaultError."""
        ...

    def revoke(self, rule_text: str) -> None:
        """Take back a rule that was pressed. Raises SettingsError where it stands in a file."""
        ...

    def set_level(self, level: TrustLevel) -> None:
        """Let agents go this far unasked."""
        ...

    def trust(self, digest: str) -> None:
        """Let the settings of these exact bytes count."""
        ...

    def converse(self) -> Conversation:
        """The garden's conversation, made at the first call: the last session goes on."""
        ...

    def status_line_setting(self) -> StatusLine | None:
        """How the person's own status line is to be shown; None where they have set none."""
        ...

    def status_line(self, facts: Mapping[str, Json]) -> str | None:
        """What their command prints for these numbers; None where it did not work."""
        ...

    def close(self) -> None:
        """Release everything, and end the indexer."""
        ...


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What a folder holds that could be read, before it is a garden."""

    kinds: tuple[tuple[str, int], ...]
    """(`Markdown`, 212), most first."""
    total_bytes: int = 0
    is_complete: bool = True
    """False where the count stopped early in a very large folder."""


class Door(Protocol):
    """How the application comes to a garden. Calls block; the ones that open load the engines."""

    @property
    def root(self) -> Path:
        """The folder pmagent was started for."""
        ...

    @property
    def sample_root(self) -> Path:
        """Where the sample garden is put when it is tried."""
        ...

    @property
    def index_dir(self) -> Path:
        """Where this folder's index lives: outside the folder."""
        ...

    def is_garden(self) -> bool:
        """Whether the folder is a garden already. Looks for one file, nothing more."""
        ...

    def survey(self) -> Survey:
        """Count what could be read. Opens no file."""
        ...

    def open(self) -> GardenPort:
        """The garden at `root`. Raises GardenError."""
        ...

    def create(self) -> GardenPort:
        """Make `root` a garden and open it."""
        ...

    def sample(self) -> GardenPort:
        """The sample garden, copied first where it is not there yet."""
        ...


class Desktop(Protocol):
    """The person's own programs."""

    def copy(self, text: str) -> str | None:
        """Put text on the clipboard; the program that took it, or None where none could."""
        ...

    def keep(self, text: str) -> Path:
        """Write text to a private temporary file, for where no clipboard can be reached."""
        ...

    def edit(self, argv: Sequence[str]) -> None:
        """Run an editor in this terminal and wait. Raises PmagentError."""
        ...

    def launch(self, argv: Sequence[str]) -> None:
        """Start an editor in its own window. Raises PmagentError."""
        ...


class Memory(Protocol):
    """What the application remembers from one run to the next."""

    def read(self, name: str) -> list[str]:
        """The lines kept under `name`; none where there are none or they cannot be read."""
        ...

    def write(self, name: str, lines: Sequence[str]) -> None:
        """Keep lines under `name`. Losing them is no fault: nothing is raised."""
        ...
