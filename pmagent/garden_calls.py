"""What an open garden answers and does, as every front end and every command calls it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    # Light on purpose: the first frame of the application needs the name alone.
    from pathlib import Path

    from pmagent.types.actions import AuditEntry, Checkpoint, Decision, FileChange, Json, Outcome
    from pmagent.types.answers import Abstention, Answer, Found, Map, Query
    from pmagent.types.documents import Reading
    from pmagent.types.jobs import JobCalls
    from pmagent.types.review_calls import ReviewCalls, RunCalls
    from pmagent.types.rights import GardenRights
    from pmagent.types.states import Progress, Status
    from pmagent.types.week import WeekCalls


class GardenCalls(Protocol):
    """One open garden. Every call blocks."""

    @property
    def root(self) -> Path:
        """The garden's folder."""
        ...

    @property
    def jobs(self) -> JobCalls:
        """Kits and checks."""
        ...

    @property
    def week(self) -> WeekCalls:
        """The calendars, the board and the plans."""
        ...

    @property
    def reviews(self) -> ReviewCalls:
        """What waits for a person."""
        ...

    @property
    def runs(self) -> RunCalls:
        """Runs of procedures."""
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

    def indexer_progress(self) -> Progress | None:
        """The indexer's latest report; None while none runs."""
        ...

    def perform(
        self, call_tool: str, tool_input: Mapping[str, Json], *, by: str = "person", why: str = ""
    ) -> Outcome:
        """Use a tool, if the rules or a person let it; may ask through the asker and wait."""
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
