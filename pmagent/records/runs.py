"""Runs and their finished steps: what has been done is on the disk before anybody hears of it.

Values are canonical JSON, compressed. A row is never changed. A run that has ended stays as it is.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import cast

from pmagent.records.tables import Tables, moment, stamp
from pmagent.types.actions import Json
from pmagent.types.procedures import Autonomy
from pmagent.types.runs import (
    Maker,
    Origin,
    Run,
    RunState,
    Spent,
    StepRow,
    StepStatus,
    WaitsFor,
)

OPEN: frozenset[RunState] = frozenset({"running", "waiting"})
"""States that a run may leave."""
MARK = "~"
"""Between a step's address and the name of a mark."""
_BEGIN = "Begin"
_RUN = (
    "id, command, text, digest, arguments, key, state, waits_for, wakes, reason, notes, result,"
    " began, clock, ended, spent, autonomy, origin, parent, parent_address, switched_to"
)
_STEP = "run, seq, address, path, verb, status, name, value, maker, detail, at, spent, assumptions"
_CHANGED = (
    "state=?, waits_for=?, wakes=?, reason=?, notes=?, result=?, ended=?, spent=?, switched_to=?"
)


class RunRecords:
    """The runs of one garden. Safe to use from several threads and processes at once."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, run: Run, terms: Mapping[str, Json]) -> None:
        """Put a run on record, with what it was begun under (`terms`)."""
        with self._tables.written() as database:
            _insert(database, run, terms)

    def append(
        self, row: StepRow, run: Run, successor: tuple[Run, Mapping[str, Json]] | None = None
    ) -> bool:
        """Put a finished step on record, what it makes of its run, and the run that takes over.

        All of it or nothing. False: somebody has ended the run meanwhile; the row is kept, for it
        was done, and the run stays as it is.
        """
        with self._tables.written() as database:
            marks = ", ".join("?" * 13)
            database.execute(f"INSERT INTO steps ({_STEP}) VALUES ({marks})", _step_cells(row))
            is_open = _update(database, run)
            if is_open and successor is not None:
                _insert(database, *successor)
            return is_open

    def change(self, run: Run) -> bool:
        """Bring the run's state up to date; False where it has ended meanwhile, and stays so."""
        with self._tables.written() as database:
            return _update(database, run)

    def get(self, run_id: str) -> Run | None:
        """The run of this id."""
        found = self._runs("WHERE id=?", (run_id,))
        return found[0] if found else None

    def state_of(self, run_id: str) -> RunState | None:
        """Its state alone; cheap."""
        with self._tables.held() as database:
            found = database.execute("SELECT state FROM runs WHERE id=?", (run_id,)).fetchone()
        return None if found is None else cast("RunState", found[0])

    def list(
        self, limit: int = 50, *, command: str = "", states: Sequence[RunState] = ()
    ) -> tuple[Run, ...]:
        """Runs, the last begun first; of one command, or in certain states."""
        wanted, cells = ["1"], list[str | int]()
        if command:
            wanted.append("command=?")
            cells.append(command)
        if states:
            wanted.append(f"state IN ({', '.join('?' * len(states))})")
            cells += states
        order = "ORDER BY began DESC, id DESC LIMIT ?"
        return self._runs(f"WHERE {' AND '.join(wanted)} {order}", (*cells, limit))

    def due(self, now: datetime) -> tuple[Run, ...]:
        """Runs that wait for a moment which has come, and no other's step, longest due first."""
        where = "WHERE state='waiting' AND wakes IS NOT NULL AND wakes<=? AND parent=''"
        return self._runs(f"{where} ORDER BY wakes, id", (stamp(now),))

    def children(self, run_id: str) -> tuple[Run, ...]:
        """The runs that its steps have started, in the order they were begun."""
        return self._runs("WHERE parent=? ORDER BY began, id", (run_id,))

    def child_at(self, run_id: str, address: str) -> Run | None:
        """The run that one of its steps has started, or that took over from it."""
        where = "WHERE parent=? AND parent_address=? AND switched_to='' ORDER BY began DESC LIMIT 1"
        found = self._runs(where, (run_id, address))
        return found[0] if found else None

    def steps(self, run_id: str, *, has_marks: bool = False) -> tuple[StepRow, ...]:
        """Its finished steps, in order.

        With `has_marks` also what a step had come to before it was finished (`9~until`).
        """
        with self._tables.held() as database:
            found = database.execute(
                f"SELECT {_STEP} FROM steps WHERE run=? AND seq>0 ORDER BY seq", (run_id,)
            ).fetchall()
        rows = (_step_of(cells) for cells in found)
        return tuple(row for row in rows if has_marks or MARK not in row.address)

    def terms(self, run_id: str) -> Mapping[str, Json]:
        """What the run was begun under, as `add` was given it."""
        with self._tables.held() as database:
            found = database.execute(
                "SELECT value FROM steps WHERE run=? AND seq=0", (run_id,)
            ).fetchone()
        return {} if found is None else cast("Mapping[str, Json]", _unpacked(found[0]))

    def lease(self, run_id: str, holder: str, is_alive: Callable[[str], bool]) -> bool:
        """Whether `holder` carries the run on from here; one that is not alive loses its lease."""
        with self._tables.written() as database:
            found = database.execute("SELECT leased_by FROM runs WHERE id=?", (run_id,)).fetchone()
            if found is None:
                return False
            has_it: str = found[0]
            if has_it and has_it != holder and is_alive(has_it):
                return False
            database.execute("UPDATE runs SET leased_by=? WHERE id=?", (holder, run_id))
            return True

    def holder_of(self, run_id: str) -> str:
        """Who carries it on, or did when its process died; empty for nobody."""
        with self._tables.held() as database:
            found = database.execute("SELECT leased_by FROM runs WHERE id=?", (run_id,)).fetchone()
        return "" if found is None else found[0]

    def free(self, run_id: str, holder: str) -> None:
        """Let another process carry it on."""
        with self._tables.written() as database:
            database.execute(
                "UPDATE runs SET leased_by='' WHERE id=? AND leased_by=?", (run_id, holder)
            )

    def _runs(self, rest: str, cells: Sequence[str | int]) -> tuple[Run, ...]:
        with self._tables.held() as database:
            found = database.execute(f"SELECT {_RUN} FROM runs {rest}", cells).fetchall()
        return tuple(_run_of(row) for row in found)


def _insert(database: sqlite3.Connection, run: Run, terms: Mapping[str, Json]) -> None:
    marks = ", ".join("?" * 21)
    database.execute(f"INSERT INTO runs ({_RUN}) VALUES ({marks})", _run_cells(run))
    row = StepRow(
        run=run.id, seq=0, address="", path="", verb=_BEGIN, status="done", value=terms,
        at=run.began,
    )  # fmt: skip
    marks = ", ".join("?" * 13)
    database.execute(f"INSERT INTO steps ({_STEP}) VALUES ({marks})", _step_cells(row))


def _update(database: sqlite3.Connection, run: Run) -> bool:
    cells = (
        run.state, run.waits_for, _stamped(run.wakes), run.reason, _text(run.notes),
        _text(run.result), _stamped(run.ended), _text(spent_json(run.spent)), run.switched_to,
        run.id,
    )  # fmt: skip
    open_states = ", ".join(f"'{state}'" for state in sorted(OPEN))
    where = f"id=? AND state IN ({open_states})"
    return database.execute(f"UPDATE runs SET {_CHANGED} WHERE {where}", cells).rowcount == 1


def _run_cells(run: Run) -> tuple[str | None, ...]:
    return (
        run.id, run.command, run.text, run.digest, _text(run.arguments), run.key, run.state,
        run.waits_for, _stamped(run.wakes), run.reason, _text(run.notes), _text(run.result),
        stamp(run.began), stamp(run.clock), _stamped(run.ended), _text(spent_json(run.spent)),
        run.autonomy, run.origin, run.parent, run.parent_address, run.switched_to,
    )  # fmt: skip


def _run_of(cells: tuple[str, ...]) -> Run:
    named = dict(zip(_RUN.replace(",", " ").split(), cells, strict=True))
    return Run(
        id=named["id"],
        command=named["command"],
        text=named["text"],
        digest=named["digest"],
        arguments=json.loads(named["arguments"]),
        key=named["key"],
        state=cast("RunState", named["state"]),
        waits_for=cast("WaitsFor", named["waits_for"]),
        wakes=_moment(named["wakes"]),
        reason=named["reason"],
        notes=tuple(json.loads(named["notes"])),
        result=json.loads(named["result"]),
        began=moment(named["began"]),
        clock=moment(named["clock"]),
        ended=_moment(named["ended"]),
        spent=spent_of(json.loads(named["spent"])),
        autonomy=cast("Autonomy", named["autonomy"]),
        origin=cast("Origin", named["origin"]),
        parent=named["parent"],
        parent_address=named["parent_address"],
        switched_to=named["switched_to"],
    )


def _step_cells(row: StepRow) -> tuple[str | int | bytes, ...]:
    return (
        row.run, row.seq, row.address, row.path, row.verb, row.status, row.name,
        _packed(row.value), row.maker, row.detail, stamp(row.at), _text(spent_json(row.spent)),
        _text(row.assumptions),
    )  # fmt: skip


def _step_of(cells: tuple[str | int | bytes, ...]) -> StepRow:
    run, seq, address, path, verb, status, name, value, maker, detail, at, spent, assumed = cells
    return StepRow(
        run=str(run),
        seq=cast("int", seq),
        address=str(address),
        path=str(path),
        verb=str(verb),
        status=cast("StepStatus", status),
        name=str(name),
        value=_unpacked(cast("bytes", value)),
        maker=cast("Maker", maker),
        detail=str(detail),
        at=moment(str(at)),
        spent=spent_of(json.loads(str(spent))),
        assumptions=tuple(json.loads(str(assumed))),
    )


def canonical(value: Json) -> str:
    """The one text of a JSON value: sorted keys, no spaces; equal values give equal bytes.

    Raises:
        ValueError: a number in it is not finite.
    """
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def spent_json(spent: Spent) -> Mapping[str, Json]:
    """What was used, as JSON; dollars as text, so that none is rounded."""
    return {
        "steps": spent.steps, "tokens": spent.tokens, "effects": spent.effects, "ms": spent.ms,
        "usd": None if spent.usd is None else str(spent.usd),
    }  # fmt: skip


def spent_of(kept: Mapping[str, int | str | None]) -> Spent:
    """The same read back."""
    usd = kept["usd"]
    counts = {name: int(kept[name] or 0) for name in ("steps", "tokens", "effects", "ms")}
    return Spent(usd=None if usd is None else Decimal(usd), **counts)


def _text(value: Json) -> str:
    return canonical(value)


def _packed(value: Json) -> bytes:
    return zlib.compress(canonical(value).encode("utf-8"))


def _unpacked(kept: bytes) -> Json:
    return cast("Json", json.loads(zlib.decompress(kept)))


def _stamped(at: datetime | None) -> str | None:
    return None if at is None else stamp(at)


def _moment(kept: str | None) -> datetime | None:
    return None if kept is None else moment(kept)
