"""The spans that the engine asks for, and what those who work for a step hang below it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from pmagent.procedures.engine.ports import Tracing
from pmagent.records.spans import SpanRows
from pmagent.records.tables import Tables
from pmagent.traces.running import RunTracing
from pmagent.traces.tracer import Tracer
from pmagent.types.runs import Run
from tests.traces.clocks import Clock, Ids
from tests.traces.test_tracer import CANARY, everything_kept

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Place:
    run: Run
    address: str


def a_run(run_id: str, parent: str = "") -> Run:
    return Run(
        id=run_id, command=f"command-{run_id}", text="", digest="ab12", arguments={}, began=AT,
        clock=AT, parent=parent,
    )  # fmt: skip


def fits_the_engine(tracing: RunTracing) -> Tracing:
    """For the type checker: it is what the engine asks for."""
    return tracing


def test_what_a_step_uses_hangs_below_it_and_a_sub_run_below_its_step(
    tracer: Tracer, rows: SpanRows, clock: Clock
) -> None:
    tracing = RunTracing(tracer)
    outer, inner = a_run("r1"), a_run("r2", parent="r1")
    with tracing.run(outer), tracing.step(Place(run=outer, address="4"), "Run /chapters"):
        with tracing.run(inner), tracing.step(Place(run=inner, address="1"), "Find"):
            with tracing.span("r2", "garden", "find"):
                clock.pass_ms(1)
            tracing.event("r2", "abstain", reason="no_hits")
        with tracing.span("r1", "ghost.draft", "tool"):
            clock.pass_ms(1)

    above = {span.id: span.name for span in rows.of_run("r1")}
    found = [(above.get(span.parent, ""), span.name, span.run) for span in rows.of_run("r1")]
    assert sorted(found) == [
        ("", "command-r1", "r1"),
        ("Find", "garden", "r2"),
        ("Run /chapters", "command-r2", "r2"),
        ("Run /chapters", "ghost.draft", "r1"),
        ("command-r1", "Run /chapters", "r1"),
        ("command-r2", "Find", "r2"),
    ]
    [event] = rows.events_of_run("r2")
    assert (event.name, above[event.span]) == ("abstain", "Find")
    assert tracing.here("r1") is None


def test_the_verb_says_whose_time_it_is(tracer: Tracer, rows: SpanRows) -> None:
    tracing = fits_the_engine(RunTracing(tracer))
    run = a_run("r1")
    with tracing.run(run):
        for verb in ("Read", "model", "Approve", "Ask", "Wait", "Find", "Call ghost.draft"):
            with tracing.step(Place(run=run, address=verb), verb) as span:  # pyright: ignore[reportArgumentType]
                span.note({"status": "done", "maker": "exact"})

    assert [span.operation for span in rows.of_run("r1")[1:]] == [
        "step", "step", "person", "person", "wait", "find", "step",
    ]  # fmt: skip
    assert rows.of_run("r1")[1].facts == {"address": "Read", "maker": "exact", "status": "done"}


def test_what_the_engine_tells_of_documents_and_persons_is_kept_as_a_hash(
    tables: Tables, clock: Clock
) -> None:
    tracing = RunTracing(Tracer(tables, now_ns=clock, new_id=Ids()))
    run = a_run("r1")
    with tracing.run(run) as whole, tracing.step(Place(run=run, address="1"), "Check") as step:
        step.note({"detail": CANARY, "error": CANARY, "status": "failed"})
        whole.note({"reason": CANARY})

    assert CANARY.encode() not in everything_kept(tables)


def test_a_run_that_is_not_carried_on_here_has_no_place_for_a_span(tracer: Tracer) -> None:
    tracing = RunTracing(tracer)
    tracing.event("r1", "loop")
    with pytest.raises(LookupError), tracing.span("r1", "ghost.draft", "tool"):
        pass
