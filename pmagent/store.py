"""Open an SQLite file the way every store of pmagent is opened, and say its faults in our words.

WAL, so that readers never wait for the writer; forward migrations by `user_version`; erased rows
are overwritten. What is in the tables is nobody's business here.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pmagent.errors import IndexFaultError, LockedError, StorageError
from pmagent.paths import reason_of

BUSY_MS = 5_000
_FULL = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
}


def open_database(
    path: Path, migrations: Sequence[str], *, read_only: bool = False
) -> sqlite3.Connection:
    """A connection to the database at `path`, brought to the newest form when it may be written.

    Migration k (from 0) is SQL that takes version k to k + 1; each is one transaction.

    Raises:
        IndexFaultError: the file is damaged, missing for a reader, or of a newer version.
        StorageError: the disk is full or refuses.
    """
    with faults(path):
        mode = "ro" if read_only else "rwc"
        database = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_MS / 1000,
            isolation_level=None,
            check_same_thread=False,
        )
        with ExitStack() as undo:
            undo.callback(database.close)
            database.execute(f"PRAGMA busy_timeout={BUSY_MS}")
            version = int(database.execute("PRAGMA user_version").fetchone()[0])
            if version > len(migrations):
                raise IndexFaultError(
                    f'"{path.name}" was written by a newer pmagent', "update pmagent"
                )
            if read_only:
                if version < len(migrations):
                    raise IndexFaultError(
                        f'"{path.name}" is of an older form', 'bring it up to date: "pmagent index"'
                    )
            else:
                _prepare(database, migrations[version:], version)
            undo.pop_all()
    return database


@contextmanager
def faults(path: Path) -> Generator[None]:
    """Turn SQLite's exceptions inside the block into ours."""
    try:
        yield
    except sqlite3.Error as exc:
        code = getattr(exc, "sqlite_errorcode", 0) & 0xFF
        if code in _FULL:
            raise StorageError(
                f'cannot write "{path}": {exc}', "free some space, then run the command again"
            ) from exc
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise LockedError(f'"{path.name}" is busy', "try again in a moment") from exc
        raise IndexFaultError(
            f'"{path.name}" is damaged: {exc}', 'make it anew with "pmagent index --full"'
        ) from exc


@contextmanager
def transaction(database: sqlite3.Connection) -> Generator[None]:
    """All of the block, or none of it."""
    database.execute("BEGIN IMMEDIATE")
    with database:
        yield


class WriterLock:
    """One process per garden writes; the kernel frees the lock when that process ends, however."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> None:
        """Hold the lock until `free`.

        Raises:
            LockedError: another process holds it.
            StorageError: the lock file cannot be made.
        """
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as exc:
            raise StorageError(f'cannot write "{self._path}": {reason_of(exc)}') from exc
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            holder = os.pread(descriptor, 40, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise LockedError(
                f"another pmagent (process {holder or 'unknown'}) is indexing this garden",
                "wait for it, or end it; searching works meanwhile",
            ) from exc
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        self._descriptor = descriptor

    def free(self) -> None:
        """Let another process write."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def is_held(self) -> bool:
        """Whether some process, this one or another, holds the lock now."""
        if self._descriptor is not None:
            return True
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(descriptor)
        return False


def _prepare(database: sqlite3.Connection, missing: Sequence[str], version: int) -> None:
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.execute("PRAGMA secure_delete=ON")
    database.execute("PRAGMA foreign_keys=ON")
    for number, script in enumerate(missing, start=version + 1):
        with transaction(database):
            for statement in script.split(";"):
                if statement.strip():
                    database.execute(statement)
            database.execute(f"PRAGMA user_version={number}")
