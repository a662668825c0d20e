"""What an index run and its index say of themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pmagent.types.answers import Coverage
from pmagent.types.documents import DateSource

StateName = Literal["indexed", "waiting", "skipped", "failed"]
"""What became of a file."""

StageName = Literal["scan", "words", "model", "static", "meaning", "vectors", "ready"]
"""The stages of an index run, in order."""


@dataclass(frozen=True, kw_only=True)
class FileState:
    """What the index knows of one file."""

    path: str
    state: StateName
    reason: str = ""
    """Why it is skipped or failed, or what damage was read around; one plain sentence."""
    passages: int = 0
    date: date | None = None
    date_source: DateSource | None = None
    format: str = ""


@dataclass(frozen=True, kw_only=True)
class Status:
    """Every file of the garden and what share of it can be searched."""

    root: str
    files: tuple[FileState, ...]
    coverage: Coverage
    is_being_indexed: bool
    embedder: str
    notes: tuple[str, ...] = ()
    """What is degraded, and what to do, one sentence each."""

    def count(self, state: str) -> int:
        """Files in `state`."""
        return sum(item.state == state for item in self.files)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A moment of an index run. `done` of `total` in the stage's own unit."""

    stage: StageName
    done: int
    total: int
    unit: str
    rate: float = 0.0
    """Units a second over the last few seconds."""
    left_s: float | None = None
    path: str = ""


@dataclass(frozen=True, kw_only=True)
class IndexReport:
    """What one index run changed."""

    new: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    skipped: int = 0
    failed: tuple[FileState, ...] = ()
    passages: int = 0
    embedded: int = 0
    """Texts that went through the transformer in this run."""
    elapsed_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing `doctor` looked at."""

    id: str
    is_ok: bool
    says: str
    fix: str = ""
