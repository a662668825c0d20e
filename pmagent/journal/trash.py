"""A plain copy of each deleted file, for a person who looks for it with other programs.

Beside the journal, not instead of it: the copies lie in folders named by the time, under their own
names, for thirty days. What is brought back from here becomes an undo point.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pmagent.errors import AccessError, JournalError, PmagentError
from pmagent.journal.journal import Journal
from pmagent.journal.ports import Files
from pmagent.paths import make_private_dir, reason_of, write_atomically
from pmagent.types.actions import Checkpoint, ToolCall

KEEP_DAYS = 30
_STAMP = "%Y%m%dT%H%M%SZ"
_GARDEN, _OUTSIDE = "garden", "elsewhere"
"""Below the time: what lay in the garden, and what lay in another granted folder."""
_MODE = 0o644


@dataclass(frozen=True, kw_only=True)
class Trashed:
    """One deleted file."""

    id: str
    """The folder that holds the copy."""
    path: str
    """Where it lay: relative to the garden, or absolute in another granted folder."""
    at: datetime
    size: int
    copy: Path


class Trash:
    """The deleted files of one garden, in `folder` (made where it is not there, mode 0700)."""

    def __init__(self, folder: Path, *, now: Callable[[], datetime]) -> None:
        self._folder = make_private_dir(folder)
        self._now = now

    def keep(self, path: str, data: bytes) -> Trashed:
        """Put a copy of a file here, which is on the disk when this returns.

        Raises:
            AccessError: `path` is no place in a garden.
            StorageError: the disk is full or refuses.
        """
        below = _place_of(path)
        at = self._now()
        holder = self._new_folder(at)
        copy = holder / below
        make_private_dir(copy.parent)
        write_atomically(copy, data)
        return Trashed(id=holder.name, path=path, at=at, size=len(data), copy=copy)

    def files(self) -> Sequence[Trashed]:
        """What can be brought back, newest first."""
        found = [item for holder in self._holders() for item in _files_of(holder)]
        return sorted(found, key=lambda item: (item.at, item.id), reverse=True)

    def restore(self, item: Trashed, journal: Journal, files: Files) -> Checkpoint:
        """Bring a file back to where it lay; the undo point of that. The copy stays here.

        Raises:
            JournalError: something else stands there, or the copy is gone.
            PmagentError: the walls refuse.
        """
        try:
            data = item.copy.read_bytes()
        except OSError as exc:
            raise JournalError(f'"{item.path}" is no longer in the trash') from exc
        if files.entry(item.path) is not None:
            raise JournalError(f'"{item.path}" is there already', "move it away first")
        call = ToolCall(id="", tool="Restore", input={"path": item.path})
        before = journal.prepare([item.path], call=call)
        try:
            folder = item.path.rpartition("/")[0]
            if folder and files.entry(folder) is None:
                files.make_folder(folder)
            files.write(item.path, data, expected=None, mode=_MODE)
        except PmagentError:
            journal.commit(before, call, summary=f"interrupted: Restore {item.path}")
            raise
        done = journal.commit(before, call, summary=f"Restore {item.path}")
        if done is None:
            raise JournalError(f'"{item.path}" could not be brought back')
        return done

    def forget(self, path: str) -> int:
        """Erase every copy of `path`, or of what lay below it; how many there were."""
        gone = [
            item for item in self.files() if item.path == path or item.path.startswith(f"{path}/")
        ]
        for item in gone:
            self._remove(item.id)
        return len(gone)

    def expire(self, *, days: int = KEEP_DAYS) -> int:
        """Remove what was put here more than `days` ago; how many files."""
        oldest = self._now() - timedelta(days=days)
        gone = [item for item in self.files() if item.at < oldest]
        for item in gone:
            self._remove(item.id)
        return len(gone)

    def _new_folder(self, at: datetime) -> Path:
        stem = at.astimezone(UTC).strftime(_STAMP)
        taken = set(os.listdir(self._folder))
        number = next(n for n in range(1, len(taken) + 2) if f"{stem}-{n}" not in taken)
        return make_private_dir(self._folder / f"{stem}-{number}")

    def _holders(self) -> list[Path]:
        return [place for place in self._folder.iterdir() if _time_of(place.name) is not None]

    def _remove(self, name: str) -> None:
        try:
            shutil.rmtree(self._folder / name)
        except FileNotFoundError:
            return
        except OSError as exc:
            raise JournalError(f"the trash cannot be emptied: {reason_of(exc)}") from exc


def _place_of(path: str) -> Path:
    parts = path.removeprefix("/").split("/")
    if any(part in {"", ".", ".."} for part in parts) or "\0" in path:
        raise AccessError(f'"{path}" is not a place in this garden')
    return Path(_OUTSIDE if path.startswith("/") else _GARDEN, *parts)


def _files_of(holder: Path) -> Iterator[Trashed]:
    at = _time_of(holder.name)
    if at is None:
        return
    for top, prefix in ((_GARDEN, ""), (_OUTSIDE, "/")):
        for place in sorted((holder / top).rglob("*")):
            if place.is_file() and not place.is_symlink():
                below = place.relative_to(holder / top).as_posix()
                yield Trashed(
                    id=holder.name,
                    path=f"{prefix}{below}",
                    at=at,
                    size=place.stat().st_size,
                    copy=place,
                )


def _time_of(name: str) -> datetime | None:
    try:
        return datetime.strptime(name.partition("-")[0], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
