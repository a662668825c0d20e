"""What a garden gives to its agent, and nothing more of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pmagent.config import Settings
from pmagent.gatehouse import Gatehouse
from pmagent.paths import Homes
from pmagent.permissions.walls import Walls
from pmagent.types import Abstention, Answer, Citation, Found, Map, Parsed, Query, Reading, Status


@dataclass(frozen=True, kw_only=True)
class AgencyGrounds:
    """One garden, as its agent sees it."""

    root: Path
    data_dir: Path
    homes: Homes
    settings: Settings
    environment: Mapping[str, str]
    walls: Walls
    """The files, without those that a rule hides."""
    gatehouse: Gatehouse
    search: Callable[[Query], Found]
    refine: Callable[[Found], Found]
    where: Callable[[Found], Map | Abstention]
    ask: Callable[[Found], Answer | Abstention]
    read: Callable[[str], Reading]
    status: Callable[[], Status]
    paths: Callable[[], Sequence[str]]
    cite: Callable[[str], Citation]
    parse: Callable[[bytes, str], Parsed]
    notes: Callable[[], Sequence[str]]
    encode: Callable[[Sequence[str]], object] | None
    """Unit vectors of texts, where the embedder is there."""
    today: Callable[[], date]
