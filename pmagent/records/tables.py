"""The file itself: its tables, and transactions that span them.

One file, so that a step and what follows from it are written in one piece. What is committed is on
the disk before the call returns. Several processes may use it at once: each writes in its turn.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pmagent.paths import make_private_dir
from pmagent.store import faults, open_database, transaction

FILE = "runs.db"
MIGRATIONS = (
    """
    CREATE TABLE runs (
        id TEXT PRIMARY KEY,
        command TEXT NOT NULL,
        text TEXT NOT NULL,
        digest TEXT NOT NULL,
        arguments TEXT NOT NULL,
        key TEXT NOT NULL,
        state TEXT NOT NULL,
        waits_for TEXT NOT NULL,
        wakes TEXT,
        reason TEXT NOT NULL,
        notes TEXT NOT NULL,
        result TEXT NOT NULL,
        began TEXT NOT NULL,
        clock TEXT NOT NULL,
        ended TEXT,
        spent TEXT NOT NULL,
        autonomy TEXT NOT NULL,
        origin TEXT NOT NULL,
        parent TEXT NOT NULL,
        parent_address TEXT NOT NULL,
        switched_to TEXT NOT NULL,
        leased_by TEXT NOT NULL DEFAULT ''
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX runs_by_state ON runs(state, began);
    CREATE INDEX runs_by_parent ON runs(parent);
    CREATE TABLE steps (
        run TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
        seq INTEGER NOT NULL,
        address TEXT NOT NULL,
        path TEXT NOT NULL,
        verb TEXT NOT NULL,
        status TEXT NOT NULL,
        name TEXT NOT NULL,
        value BLOB NOT NULL,
        maker TEXT NOT NULL,
        detail TEXT NOT NULL,
        at TEXT NOT NULL,
        spent TEXT NOT NULL,
        assumptions TEXT NOT NULL,
        PRIMARY KEY (run, address)
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX steps_in_order ON steps(run, seq);
    CREATE TABLE effects (
        key TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        target TEXT NOT NULL,
        business_key TEXT NOT NULL,
        payload TEXT NOT NULL,
        digest TEXT NOT NULL,
        state TEXT NOT NULL,
        made TEXT NOT NULL,
        changed TEXT NOT NULL,
        run TEXT NOT NULL,
        address TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        next_at TEXT,
        leased_until TEXT,
        leased_by TEXT NOT NULL DEFAULT '',
        receipt TEXT NOT NULL DEFAULT '',
        error TEXT NOT NULL DEFAULT '',
        hint TEXT NOT NULL DEFAULT ''
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX effects_by_state ON effects(state, next_at);
    CREATE INDEX effects_of_run ON effects(run);
    CREATE TABLE breakers (
        name TEXT PRIMARY KEY,
        state TEXT NOT NULL,
        fails INTEGER NOT NULL,
        successes INTEGER NOT NULL DEFAULT 0,
        opened TEXT,
        facts TEXT NOT NULL DEFAULT '{}'
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE reviews (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        command TEXT NOT NULL,
        run TEXT NOT NULL,
        address TEXT NOT NULL,
        risk TEXT NOT NULL,
        state TEXT NOT NULL,
        decision TEXT NOT NULL,
        made TEXT NOT NULL,
        decided TEXT,
        body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX reviews_by_state ON reviews(state, made);
    CREATE INDEX reviews_of_run ON reviews(run, address);
    CREATE TABLE standings (
        command TEXT NOT NULL,
        risk TEXT NOT NULL,
        level TEXT NOT NULL,
        rate INTEGER NOT NULL,
        since TEXT NOT NULL,
        digest TEXT NOT NULL,
        PRIMARY KEY (command, risk)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE spans (
        id TEXT NOT NULL,
        trace TEXT NOT NULL,
        parent TEXT NOT NULL,
        run TEXT NOT NULL,
        name TEXT NOT NULL,
        operation TEXT NOT NULL,
        began_ns INTEGER NOT NULL,
        ended_ns INTEGER,
        status TEXT NOT NULL,
        error_type TEXT NOT NULL DEFAULT '',
        provider TEXT NOT NULL DEFAULT '',
        model TEXT NOT NULL DEFAULT '',
        tokens_in INTEGER NOT NULL DEFAULT 0,
        tokens_out INTEGER NOT NULL DEFAULT 0,
        tokens_cache_read INTEGER NOT NULL DEFAULT 0,
        tokens_cache_written INTEGER NOT NULL DEFAULT 0,
        first_ms INTEGER,
        usd TEXT,
        facts TEXT NOT NULL DEFAULT '{}',
        PRIMARY KEY (trace, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX spans_of_run ON spans(run, began_ns);
    CREATE TABLE events (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        trace TEXT NOT NULL,
        span TEXT NOT NULL,
        at_ns INTEGER NOT NULL,
        name TEXT NOT NULL,
        facts TEXT NOT NULL
    ) STRICT;
    CREATE INDEX events_of_span ON events(trace, span)
    """,
    """
    CREATE TABLE rehearsals (
        command TEXT NOT NULL,
        digest TEXT NOT NULL,
        at TEXT NOT NULL,
        cases INTEGER NOT NULL,
        clean INTEGER NOT NULL,
        ways REAL NOT NULL,
        PRIMARY KEY (command, digest)
    ) STRICT, WITHOUT ROWID
    """,
)


class Tables:
    """The tables of one garden. Safe to use from several threads and processes at once."""

    def __init__(self, data_dir: Path) -> None:
        self.path = make_private_dir(data_dir) / FILE
        self._turn = threading.RLock()
        self._mend = f'nothing of it is erased: move "{self.path}" to another folder to begin anew'
        self._database = open_database(self.path, MIGRATIONS, is_durable=True, mend=self._mend)
        self._depth = 0

    def close(self) -> None:
        """Close the file."""
        with self._turn:
            self._database.close()

    @contextmanager
    def held(self) -> Generator[sqlite3.Connection]:
        """The connection, for this thread alone, with its faults in our words."""
        with self._turn, faults(self.path, mend=self._mend):
            yield self._database

    @contextmanager
    def written(self) -> Generator[sqlite3.Connection]:
        """The same in one transaction; a block within a block joins it."""
        with self.held() as database:
            if self._depth:
                yield database
                return
            self._depth += 1
            try:
                with transaction(database):
                    yield database
            finally:
                self._depth -= 1


def stamp(at: datetime) -> str:
    """A moment as it is kept: UTC, to the microsecond, sorting as text does."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def moment(kept: str) -> datetime:
    """The moment that `stamp` wrote."""
    return datetime.fromisoformat(kept)
