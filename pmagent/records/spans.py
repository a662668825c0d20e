"""Spans and events on record.

A span is written when it begins and again when it ends, so that whatever a killed process was in is
there to be seen. Nothing here decides what a span may hold; `pmagent.traces.tracer` does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import cast

from pmagent.records.tables import Tables
from pmagent.types.actions import Json
from pmagent.types.traces import EventName, Operation, SpanStatus, TraceEvent, TraceSpan

_COLUMNS = (
    "id", "trace", "parent", "run", "name", "operation", "began_ns", "ended_ns", "status",
    "error_type", "provider", "model", "tokens_in", "tokens_out", "tokens_cache_read",
    "tokens_cache_written", "first_ms", "usd", "facts",
)  # fmt: skip
_NAMES = ", ".join(_COLUMNS)
_PUT = f"INSERT OR REPLACE INTO spans ({_NAMES}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_PUT_EVENT = "INSERT INTO events (trace, span, at_ns, name, facts) VALUES (?, ?, ?, ?, ?)"
# One for all: `json.dumps` makes another at each call, which is most of what a row costs.
_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))

Row = tuple[object, ...]


class SpanRows:
    """The spans and events of one garden. Safe to use from several threads."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def put(self, spans: Sequence[TraceSpan], events: Sequence[TraceEvent] = ()) -> None:
        """Write them in one piece; a span that is there already is replaced."""
        rows = [_span_row(span) for span in spans]
        event_rows = [_event_row(event) for event in events]
        with self._tables.written() as database:
            if rows:
                database.executemany(_PUT, rows)
            if event_rows:
                database.executemany(_PUT_EVENT, event_rows)

    def put_soon(self, spans: Sequence[TraceSpan], events: Sequence[TraceEvent] = ()) -> None:
        """The same, without waiting for the disk: the death of the process cannot undo it.

        A loss of power can, until anything else is written: that takes it along.
        """
        with self._tables.held() as database:
            if database.in_transaction:
                self.put(spans, events)
                return
            database.execute("PRAGMA synchronous=NORMAL")
            try:
                self.put(spans, events)
            finally:
                database.execute("PRAGMA synchronous=FULL")

    def of_run(self, run: str) -> Sequence[TraceSpan]:
        """The run's spans and those of its sub-runs, by their begin."""
        whole = self._spans(
            f"SELECT {_NAMES} FROM spans WHERE trace IN (SELECT trace FROM spans WHERE run = ?) "
            "ORDER BY began_ns, id",
            (run,),
        )
        below = _ids_below(run, whole)
        return tuple(span for span in whole if (span.trace, span.id) in below)

    def events_of_run(self, run: str) -> Sequence[TraceEvent]:
        """What happened within those spans, in the order in which it was written."""
        kept = {(span.trace, span.id) for span in self.of_run(run)}
        with self._tables.held() as database:
            rows = database.execute(
                "SELECT trace, span, at_ns, name, facts FROM events "
                "WHERE trace IN (SELECT trace FROM spans WHERE run = ?) ORDER BY seq",
                (run,),
            ).fetchall()
        return tuple(event for row in rows if ((event := _event(row)).trace, event.span) in kept)

    def first_of_run(self, run: str) -> TraceSpan | None:
        """The run's earliest span of its own; None where it has none."""
        found = self._spans(
            f"SELECT {_NAMES} FROM spans WHERE run = ? ORDER BY began_ns, id LIMIT 1",
            (run,),
        )
        return found[0] if found else None

    def open_spans(self, run: str = "") -> Sequence[TraceSpan]:
        """Those without an end, of one run or of all, by their begin."""
        where, given = ("AND run = ?", (run,)) if run else ("", ())
        return self._spans(
            f"SELECT {_NAMES} FROM spans WHERE ended_ns IS NULL {where} ORDER BY began_ns, id",
            given,
        )

    def last_sign_ns(self, run: str) -> int:
        """The latest moment that the run's spans and their events tell of; 0 for none."""
        with self._tables.held() as database:
            row = database.execute(
                "SELECT max(coalesce(ended_ns, began_ns), coalesce((SELECT max(at_ns) FROM events "
                "WHERE events.trace = spans.trace AND events.span = spans.id), 0)) AS at "
                "FROM spans WHERE run = ? ORDER BY at DESC LIMIT 1",
                (run,),
            ).fetchone()
        return int(row[0]) if row else 0

    def from_ns(self, first_ns: int) -> Sequence[TraceSpan]:
        """All spans that began then or later, by their begin."""
        return self._spans(
            f"SELECT {_NAMES} FROM spans WHERE began_ns >= ? ORDER BY began_ns, id", (first_ns,)
        )

    def events_from_ns(self, first_ns: int) -> Sequence[TraceEvent]:
        """All events of that time, in the order in which they were written."""
        with self._tables.held() as database:
            rows = database.execute(
                "SELECT trace, span, at_ns, name, facts FROM events WHERE at_ns >= ? ORDER BY seq",
                (first_ns,),
            ).fetchall()
        return tuple(_event(row) for row in rows)

    def _spans(self, query: str, given: Iterable[str | int]) -> Sequence[TraceSpan]:
        with self._tables.held() as database:
            rows = cast("list[Row]", database.execute(query, tuple(given)).fetchall())
        return tuple(_span(row) for row in rows)


def _ids_below(run: str, spans: Sequence[TraceSpan]) -> set[tuple[str, str]]:
    """The run's own spans, and through the steps that started them those of its sub-runs."""
    children: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for span in spans:
        children.setdefault((span.trace, span.parent), []).append((span.trace, span.id))
    below: set[tuple[str, str]] = set()
    waiting = [(span.trace, span.id) for span in spans if span.run == run]
    while waiting:
        if (here := waiting.pop()) not in below:
            below.add(here)
            waiting.extend(children.get(here, ()))
    return below


def _span_row(span: TraceSpan) -> tuple[str | int | None, ...]:
    return (
        span.id,
        span.trace,
        span.parent,
        span.run,
        span.name,
        span.operation,
        span.began_ns,
        span.ended_ns,
        span.status,
        span.error_type,
        span.provider,
        span.model,
        span.tokens_in,
        span.tokens_out,
        span.tokens_cache_read,
        span.tokens_cache_written,
        span.first_ms,
        None if span.usd is None else str(span.usd),
        _text(span.facts),
    )


def _event_row(event: TraceEvent) -> tuple[str | int, ...]:
    return event.trace, event.span, event.at_ns, event.name, _text(event.facts)


def _span(row: Row) -> TraceSpan:
    named = dict(zip(_COLUMNS, row, strict=True))
    usd, ended, first = named["usd"], named["ended_ns"], named["first_ms"]
    return TraceSpan(
        id=str(named["id"]),
        trace=str(named["trace"]),
        parent=str(named["parent"]),
        run=str(named["run"]),
        name=str(named["name"]),
        operation=cast("Operation", named["operation"]),
        began_ns=_number(named["began_ns"]),
        ended_ns=None if ended is None else _number(ended),
        status=cast("SpanStatus", named["status"]),
        error_type=str(named["error_type"]),
        provider=str(named["provider"]),
        model=str(named["model"]),
        tokens_in=_number(named["tokens_in"]),
        tokens_out=_number(named["tokens_out"]),
        tokens_cache_read=_number(named["tokens_cache_read"]),
        tokens_cache_written=_number(named["tokens_cache_written"]),
        first_ms=None if first is None else _number(first),
        usd=None if usd is None else Decimal(str(usd)),
        facts=_facts(named["facts"]),
    )


def _event(row: Sequence[object]) -> TraceEvent:
    trace, span, at, name, facts = row
    return TraceEvent(
        trace=str(trace),
        span=str(span),
        at_ns=_number(at),
        name=cast("EventName", name),
        facts=_facts(facts),
    )


def _number(kept: object) -> int:
    assert isinstance(kept, int)  # noqa: S101 - the tables are STRICT
    return kept


def _text(facts: Mapping[str, Json]) -> str:
    return _encoder.encode(facts)


def _facts(kept: object) -> Mapping[str, Json]:
    return cast("Mapping[str, Json]", json.loads(str(kept)))
