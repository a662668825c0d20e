"""Open an SQLite file the way every store of pmagent is opened, and say its faults in our words.

WAL, so that readers never wait for the writer; forward migrations by `user_version`; erased rows
are overwritten. What is in the tables is nobody's business here.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from pmagent.errors import IndexFaultError, LockedError, StorageError
from pmagent.paths import reason_of

BUSY_MS = 5_000
PATIENT_MS = 60_000
"""Where what is written cannot be made again, it waits for its turn rather than be lost."""
_MEND = 'make it anew with "pmagent index --full"'
_FULL = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
}


def open_database(
    path: Path,
    migrations: Sequence[str],
    *,
    read_only: bool = False,
    is_durable: bool = False,
    mend: str = _MEND,
) -> sqlite3.Connection:
    """A connection to the database at `path`, brought to the newest form when it may be written.

    Migration k (from 0) is SQL that takes version k to k + 1; each is one transaction. Several
    processes may open it at once. With `is_durable`, what is committed survives a loss of power
    too: for what cannot be made again. `mend` is the hint where the file is damaged.

    Raises:
        IndexFaultError: the file is damaged, missing for a reader, or of a newer version.
        StorageError: the disk is full or refuses.
    """
    with faults(path, mend=mend):
        mode = "ro" if read_only else "rwc"
        wait_ms = PATIENT_MS if is_durable else BUSY_MS
        database = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=wait_ms / 1000,
            isolation_level=None,
            check_same_thread=False,
        )
        with ExitStack() as undo:
            undo.callback(database.close)
            database.execute(f"PRAGMA busy_timeout={wait_ms}")
            version = _version(database)
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
                _prepare(database, migrations, is_durable=is_durable)
            undo.pop_all()
    return database


@contextmanager
def faults(path: Path, *, mend: str = _MEND) -> Generator[None]:
    """Turn SQLite's exceptions inside the block into ours; `mend` is the hint for damage."""
    try:
        yield
    except sqlite3.Error as exc:
        code = getattr(exc, "sqlite_errorcode", 0) & 0xFF
        if code in _FULL:
            is_readonly = code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
            way = "let your user write there" if is_readonly else "free some space"
            raise StorageError(
                f'cannot write "{path}": {exc}', f"{way}, then run the command again"
            ) from exc
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise LockedError(f'"{path.name}" is busy', "try again in a moment") from exc
        raise IndexFaultError(f'"{path.name}" is damaged: {exc}', mend) from exc


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
        descriptor = self._taken()
        while not self._is_there(descriptor):
            # Whoever had it took its file away in between: it would keep nobody out.
            os.close(descriptor)
            descriptor = self._taken()
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        self._descriptor = descriptor

    def free(self, *, remove: bool = False) -> None:
        """Let another process write; with `remove`, leave no file behind."""
        if self._descriptor is not None:
            if remove:
                with suppress(OSError):
                    self._path.unlink()
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

    def _taken(self) -> int:
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
        return descriptor

    def _is_there(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), self._path.stat())
        except FileNotFoundError:
            return False


def _prepare(database: sqlite3.Connection, migrations: Sequence[str], *, is_durable: bool) -> None:
    database.execute("PRAGMA journal_mode=WAL")
    database.execute(f"PRAGMA synchronous={'FULL' if is_durable else 'NORMAL'}")
    database.execute("PRAGMA secure_delete=ON")
    database.execute("PRAGMA foreign_keys=ON")
    for number, script in enumerate(migrations, start=1):
        if _version(database) >= number:
            continue
        with transaction(database):
            if _version(database) >= number:
                continue  # another process did it while this one waited for its turn
            for statement in script.split(";"):
                if statement.strip():
                    database.execute(statement)
            database.execute(f"PRAGMA user_version={number}")


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])
