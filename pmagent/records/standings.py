"""Where each command stands on record: its level, its rate, since when, and for which version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from pmagent.records.tables import Tables, moment, stamp
from pmagent.types.procedures import Autonomy, Risk


@dataclass(frozen=True, kw_only=True)
class StandingRow:
    """What a command has earned, apart from the reviews since."""

    command: str
    risk: Risk
    level: Autonomy
    rate: int
    """Percent of its runs that a person looks at."""
    since: datetime
    """The last change of level or rate: reviews from then on count for the next one."""
    digest: str
    """Of the procedure, model and index it was earned with."""


class StandingRows:
    """The rows of one garden."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def get(self, command: str, risk: Risk) -> StandingRow | None:
        """Where it stands; None for a command that nothing is known of."""
        with self._tables.held() as database:
            row = database.execute(
                "SELECT level, rate, since, digest FROM standings WHERE command = ? AND risk = ?",
                (command, risk),
            ).fetchone()
        if row is None:
            return None
        level, rate, since, digest = row
        return StandingRow(
            command=command,
            risk=risk,
            level=cast("Autonomy", level),
            rate=rate,
            since=moment(since),
            digest=digest,
        )

    def commands(self) -> tuple[str, ...]:
        """Every command that anything is known of, sorted."""
        with self._tables.held() as database:
            rows = database.execute("SELECT DISTINCT command FROM standings ORDER BY 1").fetchall()
        return tuple(name for (name,) in rows)

    def put(self, row: StandingRow) -> None:
        """Keep it in place of what stood there."""
        with self._tables.written() as database:
            database.execute(
                "INSERT OR REPLACE INTO standings (command, risk, level, rate, since, digest) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (row.command, row.risk, row.level, row.rate, stamp(row.since), row.digest),
            )
