"""The journal's small files beside the objects: names of checkpoints, and what is under way.

A checkpoint is a file below `refs/checkpoints/` that holds a commit's name; its own name is a
number and an id of ours, never a word of anybody's. What is under way is a file below `pending/`
that its process holds a lock on, so that another can tell whether that process still lives.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pmagent.errors import JournalError, StorageError
from pmagent.paths import make_private_dir, reason_of, write_atomically

WAIT_S = 20.0
_PAUSE_S = 0.01
_NAME = re.compile(r"(\d{8,})-([0-9a-f]{4,40})")
_OBJECT = re.compile(r"[0-9a-f]{40}\n?")


@dataclass(frozen=True, kw_only=True)
class Ref:
    """The name of one checkpoint."""

    seq: int
    id: str

    @property
    def name(self) -> str:
        """As its file is called."""
        return f"{self.seq:08d}-{self.id}"


class Shelf:
    """The files of one journal."""

    def __init__(self, folder: Path) -> None:
        self._refs = make_private_dir(folder / "refs" / "checkpoints")
        self._pending = make_private_dir(folder / "pending")
        self._lock = folder / "lock"
        self._mine: dict[str, int] = {}
        self._count = 0

    @contextlib.contextmanager
    def alone(self) -> Generator[None]:
        """Hold the journal: of all threads and processes one is inside at a time.

        Raises:
            JournalError: another holds it for more than `WAIT_S` seconds.
        """
        descriptor = _open_for_lock(self._lock)
        try:
            until = time.monotonic() + WAIT_S
            while not _try_lock(descriptor):
                if time.monotonic() > until:
                    raise JournalError(
                        "another pmagent is writing the undo journal", "wait for it, or end it"
                    )
                time.sleep(_PAUSE_S)
            yield
        finally:
            os.close(descriptor)

    # -- checkpoints ------------------------------------------------------------------------------

    def refs(self) -> list[Ref]:
        """All checkpoints, newest first."""
        found = [_NAME.fullmatch(name) for name in os.listdir(self._refs)]
        refs = [Ref(seq=int(match[1]), id=match[2]) for match in found if match]
        return sorted(refs, key=lambda ref: (ref.seq, ref.id), reverse=True)

    def commit_of(self, ref: Ref) -> str:
        """The commit that a checkpoint names.

        Raises:
            JournalError: the file is missing or damaged.
        """
        try:
            text = (self._refs / ref.name).read_text(encoding="ascii")
        except (OSError, ValueError) as exc:
            raise JournalError(f'the undo point "{ref.id}" cannot be read') from exc
        if not _OBJECT.fullmatch(text):
            raise JournalError(f'the undo point "{ref.id}" is damaged')
        return text.strip()

    def set_ref(self, ref: Ref, commit: str) -> None:
        """Name a commit; it is a checkpoint from the moment this returns, and not before."""
        _write(self._refs / ref.name, f"{commit}\n".encode("ascii"))

    def drop_ref(self, ref: Ref) -> None:
        """Forget a name."""
        (self._refs / ref.name).unlink(missing_ok=True)

    # -- what is under way ------------------------------------------------------------------------

    def named_at(self, ref: Ref) -> float:
        """When a checkpoint got its name, in seconds of the system's clock; 0 if it is gone."""
        try:
            return (self._refs / ref.name).stat().st_mtime
        except OSError:
            return 0.0

    def begin(self, data: bytes) -> str:
        """Store what is under way, and hold it until `end`; what it is called."""
        self._count += 1
        mark = hashlib.sha256(b"%d %d " % (os.getpid(), self._count) + data)
        name = mark.hexdigest()[:16]
        place = self._pending / name
        _write(place, data)
        descriptor = _open_for_lock(place)
        _try_lock(descriptor)
        self._mine[name] = descriptor
        return name

    def end(self, name: str) -> None:
        """It is no longer under way."""
        (self._pending / name).unlink(missing_ok=True)
        descriptor = self._mine.pop(name, None)
        if descriptor is not None:
            os.close(descriptor)

    def under_way(self) -> Sequence[tuple[str, bytes]]:
        """The name and contents of all that is under way, of the living and the dead."""
        return [(place.name, place.read_bytes()) for place in self._pending_files()]

    def abandoned(self) -> Sequence[tuple[str, bytes, int]]:
        """What was under way in a process that has ended: name, contents, and its start in ns."""
        found: list[tuple[str, bytes, int]] = []
        for place in self._pending_files():
            if place.name in self._mine:
                continue
            descriptor = _open_for_lock(place)
            try:
                if _try_lock(descriptor):
                    found.append((place.name, place.read_bytes(), place.stat().st_mtime_ns))
            finally:
                os.close(descriptor)
        return found

    def close(self) -> None:
        """Let go of what is under way: to others it looks as if this process had ended."""
        while self._mine:
            os.close(self._mine.popitem()[1])

    def sweep(self) -> None:
        """Remove what a kill left half written."""
        for folder in (self._refs, self._pending):
            for place in folder.glob(".*-*"):
                place.unlink(missing_ok=True)

    def _pending_files(self) -> list[Path]:
        return sorted(place for place in self._pending.iterdir() if place.name[0] != ".")


def _write(place: Path, data: bytes) -> None:
    try:
        write_atomically(place, data)
    except StorageError as exc:
        raise JournalError(f"the undo journal cannot be written: {exc.message}", exc.hint) from exc


def _open_for_lock(place: Path) -> int:
    try:
        return os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as exc:
        raise JournalError(f"the undo journal cannot be locked: {reason_of(exc)}") from exc


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
