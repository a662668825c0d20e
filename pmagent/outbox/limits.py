"""How many requests each publisher has had lately, shared by all processes; uses pyrate-limiter.

A file of its own, since the library commits the connection it is given. Nobody is made to wait
here: whoever is refused is told for how long.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from datetime import datetime
from pathlib import Path

from pyrate_limiter import Rate, RateItem, SQLiteBucket

from pmagent.paths import make_private_dir
from pmagent.store import faults, open_database, transaction
from pmagent.types.outbox import Pace

FILE = "limits.db"
_MEND = "it can be erased: it holds only how many requests were sent lately"


class Limits:
    """The buckets of one garden. The file is opened at the first use."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._turn = threading.RLock()
        self._opened: sqlite3.Connection | None = None

    def close(self) -> None:
        """Close the file."""
        with self._turn:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def take(self, name: str, pace: Pace, now: datetime) -> float:
        """Take the requests of one effect from the window; 0, or the seconds to wait, taking none.

        Raises:
            StorageError: the disk is full or refuses.
        """
        if not pace.requests:
            return 0.0
        with self._turn, faults(self._path, mend=_MEND):
            database = self._database()
            table = f"rate_{hashlib.sha256(name.encode()).hexdigest()[:16]}"
            at_ms = int(now.timestamp() * 1000)
            rate = Rate(pace.requests, int(pace.window_s * 1000))
            bucket = SQLiteBucket([rate], database, table)
            item = RateItem("", at_ms, min(pace.per_effect, pace.requests))
            with transaction(database):
                _make(database, table)
                # Set back, the clock would leave them ahead of every window for as long.
                database.execute(
                    f'UPDATE "{table}" SET item_timestamp = ? WHERE item_timestamp > ?',
                    (at_ms, at_ms),
                )
                database.execute(
                    f'DELETE FROM "{table}" WHERE item_timestamp < ?', (at_ms - rate.interval,)
                )
                if bucket.put(item):  # which commits
                    return 0.0
                wait_ms = bucket.waiting(item)
        return max(1, wait_ms if isinstance(wait_ms, int) else 0) / 1000

    def _database(self) -> sqlite3.Connection:
        if self._opened is None:
            make_private_dir(self._path.parent)
            self._opened = open_database(self._path, (), mend=_MEND)
        return self._opened


def _make(database: sqlite3.Connection, table: str) -> None:
    """The table as pyrate-limiter has it."""
    database.execute(f'CREATE TABLE IF NOT EXISTS "{table}" (name VARCHAR, item_timestamp INTEGER)')
    database.execute(f'CREATE INDEX IF NOT EXISTS "{table}_by_time" ON "{table}" (item_timestamp)')
