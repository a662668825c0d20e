"""What a garden gives to its jobs, and nothing more of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from pmagent.index.engine import Engine
from pmagent.jobs.archive import GardenArchive, Sources
from pmagent.permissions.walls import Walls
from pmagent.reading import SourceFiles
from pmagent.types import Abstention, Answer, Found, Map, Parsed, Query
from pmagent.types.actions import Json, Outcome
from pmagent.types.tasks import OwnZone


class JobGarden(Protocol):
    """What a job asks of a garden."""

    def search(self, query: Query) -> Found:
        """The first answer, fast."""
        ...

    def ask(self, found: Found) -> Answer | Abstention:
        """Sentences that answer."""
        ...

    def where(self, found: Found) -> Map | Abstention:
        """The hits as a map."""
        ...

    def perform(
        self, call_tool: str, tool_input: Mapping[str, Json], *, by: str = "person", why: str = ""
    ) -> Outcome:
        """Use a tool, if the rules or a person let it."""
        ...


@dataclass(frozen=True, kw_only=True)
class JobGrounds:
    """One garden, as its jobs see it."""

    garden: JobGarden
    walls: Walls
    """The files, without those that a rule hides."""
    parse: Callable[[bytes, str], Parsed]
    engine: Callable[[], Engine]
    """Raises IndexFaultError where nothing is indexed yet."""
    data_dir: Path
    today: Callable[[], date]
    now: Callable[[], datetime]
    limit_bytes: int
    """Larger files are not read."""
    person: str = "person"
    """Who presses the keys: the name under which a claim is let stand."""
    week: Mapping[str, object] = field(default_factory=dict[str, object])
    """The settings of the week: working hours, and where its files are."""
    zone: OwnZone = OwnZone(name="UTC")  # noqa: RUF009 - frozen
    """What the computer is set to."""

    def lines(self, path: str) -> Sequence[str]:
        """Every line of a file as it is now.

        Raises:
            ReadError: it cannot be read.
            AccessError: it may not be read.
        """
        files = SourceFiles(self.walls, self.parse, limit_bytes=self.limit_bytes)
        return files.lines(path)

    def archive(self) -> GardenArchive:
        """The files as one job sees them, and a list of what it comes to read."""
        return GardenArchive(
            sources=Sources(
                walls=self.walls,
                parse=self.parse,
                engine=self.engine,
                search=self.garden.search,
                answer=self.garden.ask,
                where=self.garden.where,
                today=self.today,
                limit_bytes=self.limit_bytes,
            )
        )
