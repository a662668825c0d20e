"""The circuit breakers' rows, one for each publisher: every process sees the same circuit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from pmagent.records.tables import Tables, moment, stamp

CircuitState = Literal["closed", "open", "half-open"]


@dataclass(frozen=True, kw_only=True)
class Breaker:
    """One circuit as it is kept."""

    name: str
    state: CircuitState = "closed"
    fails: int = 0
    """Faults in a row."""
    successes: int = 0
    """Probes in a row that came through."""
    opened: datetime | None = None
    probe_until: datetime | None = None
    """Until when the one probe of a half-open circuit is out."""
    is_latched: bool = False
    """Whether it stays open until the credential changes."""
    credential: str = ""
    """A digest of the credential that was refused, where it is latched and that is known."""
    reason: str = ""
    """The last fault in one plain sentence."""


class Breakers:
    """The rows of one garden."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def get(self, name: str) -> Breaker:
        """The circuit of this name; a closed one where none is kept."""
        with self._tables.held() as database:
            row = database.execute(
                "SELECT name, state, fails, successes, opened, facts FROM breakers WHERE name = ?",
                (name,),
            ).fetchone()
        return _breaker(row) if row else Breaker(name=name)

    def put(self, breaker: Breaker) -> None:
        """Write it."""
        facts = {
            "probe_until": stamp(breaker.probe_until) if breaker.probe_until else None,
            "is_latched": breaker.is_latched,
            "credential": breaker.credential,
            "reason": breaker.reason,
        }
        with self._tables.written() as database:
            database.execute(
                "INSERT OR REPLACE INTO breakers (name, state, fails, successes, opened, facts) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (
                    breaker.name,
                    breaker.state,
                    breaker.fails,
                    breaker.successes,
                    stamp(breaker.opened) if breaker.opened else None,
                    json.dumps(facts, ensure_ascii=False),
                ),
            )

    def listed(self) -> Sequence[Breaker]:
        """All that are kept, by name."""
        with self._tables.held() as database:
            rows = database.execute(
                "SELECT name, state, fails, successes, opened, facts FROM breakers ORDER BY name"
            ).fetchall()
        return tuple(map(_breaker, rows))


def _breaker(row: Sequence[object]) -> Breaker:
    name, state, fails, successes, opened, kept = row
    facts = cast("dict[str, object]", json.loads(str(kept)))
    probe_until = facts.get("probe_until")
    return Breaker(
        name=str(name),
        state=cast("CircuitState", state),
        fails=cast("int", fails),
        successes=cast("int", successes),
        opened=moment(str(opened)) if opened else None,
        probe_until=moment(str(probe_until)) if probe_until else None,
        is_latched=bool(facts.get("is_latched")),
        credential=str(facts.get("credential", "")),
        reason=str(facts.get("reason", "")),
    )
