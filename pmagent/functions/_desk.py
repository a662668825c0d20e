"""What a function reaches, wired to one garden: its archive, its jobs, the run's clock.

Reading only. A kit takes seconds to make, so it is made once for the bytes of a transcript and kept
on a shelf that all runs of a garden share.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock

from pmagent.errors import AccessError, ReadError
from pmagent.ingest.scan import matches_any
from pmagent.types.actions import Json
from pmagent.types.calls import DeskJobs
from pmagent.types.insights import Archive
from pmagent.types.publishing import Kit

MOST_KITS = 4
"""Kits kept: a run needs one, two runs at once two."""

RunsTold = Callable[[date, date], Sequence[Mapping[str, Json]]]
"""The runs of some days, both included: `{command, state, reason, began, effects}` each."""


def no_runs(since: date, until: date) -> Sequence[Mapping[str, Json]]:
    """Where no runs are on record."""
    del since, until
    return ()


class KitShelf:
    """The kits made last, by the path and the digest of their transcripts. Threads may share it."""

    def __init__(self, most: int = MOST_KITS) -> None:
        self._most = most
        self._kits: OrderedDict[tuple[str, str], Kit] = OrderedDict()
        self._lock = Lock()

    def kit(self, path: str, digest: str, make: Callable[[], Kit]) -> Kit:
        """The kit of these bytes, made where it is not on the shelf."""
        key = (path, digest)
        with self._lock:
            if key in self._kits:
                self._kits.move_to_end(key)
                return self._kits[key]
            # Made inside the lock: a second caller of the same kit waits for it, and makes none.
            kit = make()
            self._kits[key] = kit
            if len(self._kits) > self._most:
                self._kits.popitem(last=False)
            return kit


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One garden at one moment, as `types.calls.CallDesk` says."""

    archive: Archive
    jobs: DeskJobs
    now: datetime
    shelf: KitShelf = field(default_factory=KitShelf)
    runs_told: RunsTold = no_runs
    day_of: Callable[[str], date] | None = None
    """A document's date as the index has it; without it each document is read for its date."""

    def matching(self, globs: str | Sequence[str]) -> Sequence[str]:
        """Indexed paths that fit one of the globs, sorted."""
        wanted = (globs,) if isinstance(globs, str) else tuple(globs)
        patterns = [one.strip() for text in wanted for one in text.split(",") if one.strip()]
        return tuple(path for path in self.archive.paths() if matches_any(path, patterns))

    def kit(self, path: str) -> Kit:
        """The kit of one transcript, without a model; made once for its bytes."""
        digest = self.archive.document(path).digest
        return self.shelf.kit(path, digest, lambda: self.jobs.kit(path, is_worded=False))

    def dated(self, since: date, until: date) -> Sequence[str]:
        """Paths of the documents of some days, both included, oldest first."""
        found: list[tuple[date, str]] = []
        for path in self.archive.paths():
            try:
                day = self.day_of(path) if self.day_of else self.archive.document(path).date
            except (AccessError, ReadError):
                continue  # gone since it was indexed, or hidden: it has nothing to say
            if since <= day <= until:
                found.append((day, path))
        return tuple(path for _, path in sorted(found))

    def runs(self, since: date, until: date) -> Sequence[Mapping[str, Json]]:
        """The runs of some days, both included, oldest first."""
        return self.runs_told(since, until)
