"""A place that effects go to, for tests: its objects lie in a file, so that processes share it.

It does what a plain server does. It knows no key, so whoever creates twice has two. Faults come
from `tests/outbox/faulty.py`, around this or any other publisher.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from pmagent.types.actions import Json
from pmagent.types.outbox import Effect, HttpRequest, Pace, Receipt, SendFault, Wish

TARGET = "https://site.example"
REFUSED = "impossible"


class Site:
    """A publisher over a file of objects, each with the marker of the effect that made it."""

    def __init__(self, path: Path, *, pace: Pace | None = None, name: str = "site") -> None:
        self._path = path
        self._name = name
        self.pace = pace or Pace(timeout_s=10.0)
        self.credential = "first"
        with closing(self._open()) as database:
            database.execute(
                "CREATE TABLE IF NOT EXISTS objects "
                "(id INTEGER PRIMARY KEY AUTOINCREMENT, marker TEXT, body TEXT, revision INTEGER)"
            )

    @property
    def name(self) -> str:
        return self._name

    @property
    def target(self) -> str:
        return TARGET

    def look(self, effect: Effect) -> Receipt | None:
        with closing(self._open()) as database:
            rows = database.execute(
                "SELECT id, revision FROM objects WHERE marker = ? ORDER BY id", (effect.key,)
            ).fetchall()
        if not rows:
            return None
        return Receipt(id=str(rows[0][0]), revision=str(rows[0][1]), matches=len(rows))

    def do(self, effect: Effect, found: Receipt | None) -> Receipt:
        if effect.payload.get(REFUSED):
            raise SendFault("refused", "the site does not take it: the title is empty")
        body = json.dumps(effect.payload, sort_keys=True)
        with closing(self._open()) as database:
            if found is None:
                made = database.execute(
                    "INSERT INTO objects (marker, body, revision) VALUES (?, ?, 1)",
                    (effect.key, body),
                ).lastrowid
                return Receipt(id=str(made), url=f"{TARGET}/{made}", revision="1")
            if effect.receipt is not None and effect.receipt.revision != found.revision:
                raise SendFault(
                    "collision", "somebody has changed it there", theirs=self.bodies(effect.key)[0]
                )
            database.execute(
                "UPDATE objects SET body = ?, revision = revision + 1 WHERE id = ?",
                (body, found.id),
            )
        revision = str(int(found.revision) + 1)
        return Receipt(id=found.id, url=f"{TARGET}/{found.id}", revision=revision)

    def describe(self, effect: Effect) -> HttpRequest:
        return HttpRequest(
            method="POST",
            url=f"{TARGET}/objects?key=abcdef1234567890&draft=1",
            headers={"Authorization": "Bearer eyJhbGciOi.secret.part", "Accept": "text/html"},
            body=json.dumps(effect.payload, sort_keys=True),
        )

    def bodies(self, marker: str) -> Sequence[Mapping[str, Json]]:
        """What lies there of one effect."""
        with closing(self._open()) as database:
            rows = database.execute(
                "SELECT body FROM objects WHERE marker = ? ORDER BY id", (marker,)
            ).fetchall()
        return [json.loads(row[0]) for row in rows]

    def count(self) -> int:
        """How many objects there are."""
        with closing(self._open()) as database:
            return int(database.execute("SELECT count(*) FROM objects").fetchone()[0])

    def change(self, marker: str, body: Mapping[str, Json]) -> None:
        """A person changes it there."""
        with closing(self._open()) as database:
            database.execute(
                "UPDATE objects SET body = ?, revision = revision + 1 WHERE marker = ?",
                (json.dumps(body), marker),
            )

    def delete(self, marker: str, keep: int = 0) -> None:
        """A person deletes all of it there but the first `keep`."""
        with closing(self._open()) as database:
            database.execute(
                "DELETE FROM objects WHERE marker = ? AND id NOT IN "
                "(SELECT id FROM objects WHERE marker = ? ORDER BY id LIMIT ?)",
                (marker, marker, keep),
            )

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        database.execute("PRAGMA synchronous=OFF")  # what is killed here is a process
        return database


def wish_of(number: int, **payload: Json) -> Wish:
    """The wish of this number, of a run that wishes many."""
    return Wish(
        kind="site.post",
        target=TARGET,
        business_key=f"talks/ep-{number:04d}.md",
        payload={"title": f"Episode {number}", **payload},
        run="run-1",
        address=f"7.{number}",
    )
