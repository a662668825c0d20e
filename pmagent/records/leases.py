"""Who is alive: each process holds a lock file of its own, which the kernel frees when it ends.

A process id alone would name another process after a restart; a lock cannot be left behind.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

from pmagent.errors import LockedError
from pmagent.paths import make_private_dir
from pmagent.store import WriterLock

FOLDER = "holders"


class LockLeases:
    """This process's name, and whether another still lives; `me` takes the lock."""

    def __init__(self, data_dir: Path, name: str) -> None:
        """`name` must be this process's and this object's alone, such as `4711-a41f9c`."""
        self._folder = data_dir / FOLDER
        self._name = name
        self._turn = threading.Lock()
        self._lock: WriterLock | None = None

    @property
    def me(self) -> str:
        """The name under which leases are taken.

        Raises:
            StorageError: the lock file cannot be made.
        """
        with self._turn:
            if self._lock is None:
                lock = WriterLock(self._file(self._name))
                lock.take()
                self._lock = lock
        return self._name

    def is_alive(self, holder: str) -> bool:
        """Whether whoever took the name still holds its lock. A dead one's file is removed."""
        if holder == self._name:
            return self._lock is not None
        lock = WriterLock(self._file(holder))
        if lock.is_held():
            return True
        with suppress(LockedError):
            # Two may see the same death: whoever comes second finds the file gone or held.
            lock.take()
            lock.free(remove=True)
        return False

    def close(self) -> None:
        """End every lease of this name."""
        with self._turn:
            if self._lock is not None:
                self._lock.free(remove=True)
                self._lock = None

    def _file(self, name: str) -> Path:
        make_private_dir(self._folder)
        return self._folder / f"{name}.lock"
