"""What simulations said of one version of a command, when they were played last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pmagent.records.tables import Tables, moment, stamp


@dataclass(frozen=True, kw_only=True)
class RehearsalRow:
    """All scenarios of one version of a command, played together."""

    command: str
    digest: str
    """Of the procedure's text."""
    at: datetime
    cases: int
    clean: int
    """How many passed."""
    ways: float
    """The share of its ways that they went, 0 to 1."""


class RehearsalRows:
    """The latest of each version."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def put(self, row: RehearsalRow) -> None:
        """Keep it, in place of what was kept of this version."""
        cells = (row.command, row.digest, stamp(row.at), row.cases, row.clean, row.ways)
        with self._tables.written() as database:
            database.execute("INSERT OR REPLACE INTO rehearsals VALUES (?, ?, ?, ?, ?, ?)", cells)

    def get(self, command: str, digest: str) -> RehearsalRow | None:
        """What is known of a version; None where nobody has played it."""
        with self._tables.held() as database:
            found = database.execute(
                "SELECT at, cases, clean, ways FROM rehearsals WHERE command = ? AND digest = ?",
                (command, digest),
            ).fetchone()
        if found is None:
            return None
        at, cases, clean, ways = found
        return RehearsalRow(
            command=command,
            digest=digest,
            at=moment(str(at)),
            cases=int(cases),
            clean=int(clean),
            ways=float(ways),
        )
