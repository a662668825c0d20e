"""What a garden gives to its agent, and nothing more of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pmagent.commands.bench import CommandGarden
from pmagent.config import Settings
from pmagent.gatehouse import Gatehouse
from pmagent.jobs.archive import GardenArchive
from pmagent.paths import Homes
from pmagent.permissions.walls import Walls
from pmagent.runs.runs import Runs
from pmagent.types import Parsed
from pmagent.types.jobs import JobCalls
from pmagent.types.talk import Model


@dataclass(frozen=True, kw_only=True)
class AgencyGrounds:
    """One garden, as its agent sees it."""

    garden: CommandGarden
    """What a person can ask of it."""
    gatehouse: Gatehouse
    walls: Walls
    """The files, without those that a rule hides."""
    data_dir: Path
    homes: Homes
    settings: Settings
    environment: Mapping[str, str]
    paths: Callable[[], Sequence[str]]
    """Every indexed document that may be seen."""
    jobs: Callable[[Model], JobCalls]
    """Kits and checks, worded by a model; `offline` words nothing."""
    runs: Callable[[], Runs]
    """Runs of procedures."""
    archive: Callable[[], GardenArchive]
    """The files as a job sees them, and what it came to read."""
    parse: Callable[[bytes, str], Parsed]
    today: Callable[[], date]
    limit_bytes: int
    """Larger files are not read."""
    scripted: Model | None = None
    """Answers in place of every model but `offline`."""
