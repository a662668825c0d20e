"""A person's word that a claim may leave as it is: kept where no tool can write.

The manifest beside a draft carries a copy, for people. What counts is on record here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pmagent.store import faults, open_database, transaction
from pmagent.types.checking import Waiver

FILE = "approvals.db"
MIGRATIONS = (
    """CREATE TABLE waivers (
        draft TEXT NOT NULL, claim TEXT NOT NULL, person TEXT NOT NULL, at TEXT NOT NULL,
        note TEXT NOT NULL, PRIMARY KEY (draft, claim)
    ) STRICT""",
)


class Waivers:
    """The record of one garden. Each call opens it anew: they are few, and far between."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE

    def of(self, draft: str) -> Sequence[Waiver]:
        """What stands for a draft, oldest first."""
        if not self._path.exists():
            return ()
        database = open_database(self._path, MIGRATIONS, is_durable=True)
        try:
            with faults(self._path):
                rows = database.execute(
                    "SELECT claim, person, at, note FROM waivers WHERE draft = ? ORDER BY at",
                    (draft,),
                ).fetchall()
        finally:
            database.close()
        return tuple(
            Waiver(claim=str(claim), by=str(by), at=datetime.fromisoformat(str(at)), note=str(note))
            for claim, by, at, note in rows
        )

    def add(self, draft: str, waiver: Waiver) -> None:
        """Let a claim of a draft stand."""
        self._write(
            "INSERT OR REPLACE INTO waivers VALUES (?, ?, ?, ?, ?)",
            (draft, waiver.claim, waiver.by, waiver.at.isoformat(), waiver.note),
        )

    def remove(self, draft: str, claim: str) -> None:
        """Take that back; nothing where it was never said."""
        self._write("DELETE FROM waivers WHERE draft = ? AND claim = ?", (draft, claim))

    def _write(self, sql: str, values: tuple[str, ...]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        database = open_database(self._path, MIGRATIONS, is_durable=True)
        try:
            with faults(self._path), transaction(database):
                database.execute(sql, values)
        finally:
            database.close()
