"""What the terminal application needs from the rest of pmagent, as protocols and values.

Nothing here is imported from the garden: the first frame is drawn before the engines are loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pmagent.garden_calls import GardenCalls

if TYPE_CHECKING:
    from pmagent.types.actions import (
        Ask,
        AskReply,
        Json,
        TrustLevel,
    )
    from pmagent.types.conversing import Conversation as Conversation
    from pmagent.types.conversing import StatusLine as StatusLine


class GardenPort(GardenCalls, Protocol):
    """One open garden. Every call blocks and is made from one thread at a time.

    `perform`, `converse`, `status_line` and the calls of `jobs` alone are called from threads of
    their own, several at once and beside the other calls: they wait for a person or a process, or
    take seconds, and the rest must not wait with them.
    """

    def start_indexer(self) -> object:
        """Start keeping the index fresh in a child process; does nothing while one runs."""
        ...

    def set_asker(self, asker: Callable[[Ask], AskReply]) -> None:
        """Who is asked from now on. It is called in the thread of `perform` and blocks there."""
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

    def keep(self, text: str, suffix: str = ".txt") -> Path:
        """Write text to a private temporary file, such as for an editor."""
        ...

    def take(self, path: Path) -> str:
        """The text of such a file, which is then gone. Raises PmagentError."""
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
