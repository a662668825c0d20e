"""The outbox's rows: what is to be done outside this computer, and what came of it.

Values in, values out; what a state means is decided in `pmagent/outbox/`. Whatever takes more than
one call here stands in one `Tables.written()` of the caller.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Literal, cast

from pmagent.records.tables import Tables, moment, stamp
from pmagent.types.actions import Json
from pmagent.types.outbox import Effect, EffectState, FaultKind, Receipt

_COLUMNS = (
    "key, kind, target, business_key, payload, digest, state, made, changed, run, address, "
    "attempts, next_at, leased_until, leased_by, receipt, error, hint"
)
_MARKS = ", ".join("?" * 18)
_OPEN = "state IN ('queued', 'sending')"
_NAME = "substr(kind, 1, instr(kind || '.', '.') - 1)"
_DUE = """
    (state = 'queued' AND coalesce(next_at, '') <= :now AND coalesce(leased_until, '') <= :now)
    OR (state = 'sending' AND leased_until <= :now)
    OR (state = 'done' AND next_at <= :now)
"""


class Effects:
    """The rows of one garden. Safe from several threads and processes, as `Tables` is."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def get(self, key: str) -> Effect | None:
        """The effect of this key."""
        with self._tables.held() as database:
            row = database.execute(
                f"SELECT {_COLUMNS} FROM effects WHERE key = ?", (key,)
            ).fetchone()
        return _effect(row) if row else None

    def beginning(self, prefix: str) -> Sequence[Effect]:
        """Effects whose keys begin so, at most two: enough to know whether it is one."""
        with self._tables.held() as database:
            rows = database.execute(
                f"SELECT {_COLUMNS} FROM effects WHERE substr(key, 1, ?) = ? LIMIT 2",
                (len(prefix), prefix),
            ).fetchall()
        return tuple(_effect(row) for row in rows)

    def put(self, effect: Effect) -> None:
        """Write the whole row, over the one of the same key."""
        with self._tables.written() as database:
            database.execute(
                f"INSERT OR REPLACE INTO effects ({_COLUMNS}) VALUES ({_MARKS})", _row(effect)
            )

    def listed(self, *states: EffectState, run: str = "", limit: int = 1_000) -> Sequence[Effect]:
        """Effects in these states, or in any; of one run, or of all; the oldest first."""
        among = f"state IN ({', '.join('?' * len(states))})" if states else "true"
        of_run = "run = ?" if run else "true"
        with self._tables.held() as database:
            rows = database.execute(
                f"SELECT {_COLUMNS} FROM effects WHERE {among} AND {of_run} "
                "ORDER BY made, key LIMIT ?",
                (*states, *([run] if run else []), limit),
            ).fetchall()
        return tuple(_effect(row) for row in rows)

    def due(self, now: datetime, publishers: Sequence[str], limit: int) -> Sequence[str]:
        """Keys of what may be tried now at these publishers, the longest due first.

        That is what waits and its time has come, what somebody was sending when its lease ran
        out, and what is done but is to be looked at once more.
        """
        named = ", ".join(f":p{number}" for number in range(len(publishers)))
        with self._tables.held() as database:
            rows = database.execute(
                f"SELECT key FROM effects WHERE ({_DUE}) "
                f"AND {_NAME} IN ({named}) "
                "ORDER BY coalesce(leased_until, next_at, made), made, key LIMIT :limit",
                {
                    "now": stamp(now),
                    "limit": limit,
                    **{f"p{number}": name for number, name in enumerate(publishers)},
                },
            ).fetchall()
        return tuple(str(row[0]) for row in rows)

    def next_at(self, publisher: str) -> datetime | None:
        """When the next one of a publisher may be tried; None where none waits for a moment."""
        with self._tables.held() as database:
            [kept] = database.execute(
                "SELECT min(CASE state WHEN 'sending' THEN leased_until WHEN 'done' THEN next_at "
                "ELSE max(coalesce(next_at, made), coalesce(leased_until, '')) END) "
                f"FROM effects WHERE state IN ('queued', 'sending', 'done') AND {_NAME} = ?",
                (publisher,),
            ).fetchone()
        return moment(kept) if kept else None

    def count(self) -> Mapping[EffectState, int]:
        """How many are in each state; a state that none is in has no entry."""
        with self._tables.held() as database:
            rows = database.execute(
                "SELECT state, count(*) FROM effects GROUP BY state ORDER BY state"
            ).fetchall()
        return {cast("EffectState", state): int(count) for state, count in rows}

    def rebase(self, now: datetime) -> int:
        """Where the clock was set back, count every wait from now; how many rows that changed.

        A row that was last changed in the future tells that the clock was set back since. Its
        moments lie as far after `now` as they lay after that change.
        """
        with self._tables.held() as database:
            rows = database.execute(
                f"SELECT {_COLUMNS} FROM effects WHERE changed > ? "
                f"AND ({_OPEN} OR (state = 'done' AND next_at IS NOT NULL))",
                (stamp(now),),
            ).fetchall()
        if not rows:
            return 0
        with self._tables.written():
            for effect in map(_effect, rows):
                self._shift(effect.key, now)
        return len(rows)

    def _shift(self, key: str, now: datetime) -> None:
        effect = self.get(key)  # once more: another process may have changed it meanwhile
        if effect is None or effect.changed <= now:
            return
        back = effect.changed - now
        self.put(
            replace(
                effect,
                changed=now,
                next_at=effect.next_at - back if effect.next_at else None,
                leased_until=effect.leased_until - back if effect.leased_until else None,
            )
        )


def _row(effect: Effect) -> tuple[str | int | None, ...]:
    facts = {
        "receipt": asdict(effect.receipt) if effect.receipt else None,
        "cause": effect.cause,
        "sent": effect.sent,
        "theirs": effect.theirs,
        "is_doubtful": effect.is_doubtful,
        "wished": effect.wished,
        "over": effect.over,
    }
    return (
        effect.key,
        effect.kind,
        effect.target,
        effect.business_key,
        json.dumps(effect.payload, ensure_ascii=False),
        effect.digest,
        effect.state,
        stamp(effect.made),
        stamp(effect.changed),
        effect.run,
        effect.address,
        effect.attempts,
        stamp(effect.next_at) if effect.next_at else None,
        stamp(effect.leased_until) if effect.leased_until else None,
        effect.leased_by,
        json.dumps(facts, ensure_ascii=False),
        effect.error,
        effect.hint,
    )


def _effect(row: sqlite3.Row | tuple[object, ...]) -> Effect:
    named = dict(zip(_COLUMNS.split(", "), row, strict=True))
    facts = cast("dict[str, object]", json.loads(str(named["receipt"]) or "{}"))
    kept = cast("dict[str, object] | None", facts.get("receipt"))
    next_at, leased_until = named["next_at"], named["leased_until"]
    return Effect(
        key=str(named["key"]),
        kind=str(named["kind"]),
        target=str(named["target"]),
        business_key=str(named["business_key"]),
        payload=cast("dict[str, Json]", json.loads(str(named["payload"]))),
        digest=str(named["digest"]),
        state=cast("EffectState", named["state"]),
        made=moment(str(named["made"])),
        changed=moment(str(named["changed"])),
        run=str(named["run"]),
        address=str(named["address"]),
        attempts=cast("int", named["attempts"]),
        next_at=moment(str(next_at)) if next_at else None,
        leased_until=moment(str(leased_until)) if leased_until else None,
        leased_by=str(named["leased_by"]),
        receipt=_receipt(kept) if kept else None,
        error=str(named["error"]),
        hint=str(named["hint"]),
        cause=cast('FaultKind | Literal[""]', facts.get("cause", "")),
        sent=cast("dict[str, Json] | None", facts.get("sent")),
        theirs=cast("dict[str, Json] | None", facts.get("theirs")),
        is_doubtful=bool(facts.get("is_doubtful")),
        wished=str(facts.get("wished", "")),
        over=cast("dict[str, Json] | None", facts.get("over")),
    )


def _receipt(kept: Mapping[str, object]) -> Receipt:
    return Receipt(
        id=str(kept["id"]),
        url=str(kept["url"]),
        revision=str(kept["revision"]),
        data=cast("dict[str, Json]", kept["data"]),
        matches=cast("int", kept.get("matches", 1)),
    )
