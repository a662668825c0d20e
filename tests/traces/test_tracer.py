from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from pmagent.records.spans import SpanRows
from pmagent.records.tables import FILE, Tables
from pmagent.traces.tracer import Tracer, Used, trace_of
from pmagent.types.traces import TraceSpan
from tests.traces.clocks import BEGAN_NS, MS, Clock, Ids

CANARY = "the merger closes on the ninth of May"


def test_what_has_ended_is_on_record_whole_and_nested(
    tracer: Tracer, rows: SpanRows, clock: Clock
) -> None:
    with tracer.run("r1", "publish-episode", autonomy="assist") as run:
        clock.pass_ms(5)
        with tracer.span("model", "step", run, address="5") as step:
            with tracer.span("chat", "model", step) as call:
                clock.pass_ms(40)
                call.add_use(
                    Used(
                        provider="anthropic", model="claude-haiku-4-5", tokens_in=1_200,
                        tokens_out=80, tokens_cache_read=1_000, first_ms=31,
                        usd=Decimal("0.0016"),
                    )
                )  # fmt: skip
            step.add(maker="model")

    trace = trace_of("r1")
    assert rows.of_run("r1") == (
        TraceSpan(
            id=f"{1:016x}", trace=trace, run="r1", name="publish-episode", operation="run",
            began_ns=BEGAN_NS, ended_ns=BEGAN_NS + 45 * MS, status="ok",
            facts={"autonomy": "assist"},
        ),
        TraceSpan(
            id=f"{2:016x}", trace=trace, parent=f"{1:016x}", run="r1", name="model",
            operation="step", began_ns=BEGAN_NS + 5 * MS, ended_ns=BEGAN_NS + 45 * MS, status="ok",
            facts={"address": "5", "maker": "model"},
        ),
        TraceSpan(
            id=f"{3:016x}", trace=trace, parent=f"{2:016x}", run="r1", name="chat",
            operation="model", began_ns=BEGAN_NS + 5 * MS, ended_ns=BEGAN_NS + 45 * MS,
            status="ok", provider="anthropic", model="claude-haiku-4-5", tokens_in=1_200,
            tokens_out=80, tokens_cache_read=1_000, first_ms=31, usd=Decimal("0.0016"),
        ),
    )  # fmt: skip


def test_an_unknown_price_stays_unknown(tracer: Tracer, rows: SpanRows) -> None:
    with tracer.run("r1", "x") as run, tracer.span("chat", "model", run) as call:
        call.add_use(Used(provider="local", model="qwen3:8b", usd=None))

    assert [span.usd for span in rows.of_run("r1")] == [Decimal(0), None]


def test_a_span_whose_work_breaks_says_what_broke_and_lets_it_through(
    tracer: Tracer, rows: SpanRows
) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        tracer.run("r1", "x") as run,
        tracer.span("ghost.draft", "tool", run),
    ):
        raise ZeroDivisionError

    found = [(span.name, span.status, span.error_type) for span in rows.of_run("r1")]
    assert found == [
        ("x", "error", "ZeroDivisionError"),
        ("ghost.draft", "error", "ZeroDivisionError"),
    ]


def test_the_spans_of_several_threads_all_come_to_the_record(
    tracer: Tracer, rows: SpanRows
) -> None:
    with tracer.run("r1", "x") as run:

        def work(number: int) -> None:
            for turn in range(20):
                with tracer.span(f"find {number}", "find", run, turn=turn) as here:
                    here.event("abstain", number=number)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)

    spans = rows.of_run("r1")
    assert len(spans) == 81
    assert {span.status for span in spans} == {"ok"}
    assert len({span.id for span in spans}) == 81
    assert len(rows.events_of_run("r1")) == 80


_KILLED = """
import os, signal, sys, time
from pathlib import Path
from pmagent.records.tables import Tables
from pmagent.traces.tracer import Tracer
from tests.traces.clocks import Clock, Ids

clock = Clock()
tracer = Tracer(Tables(Path(sys.argv[1])), now_ns=clock, new_id=Ids())
with tracer.run("r1", "publish-episode") as run:
    clock.pass_ms(10)
    with tracer.span("Read", "step", run):
        clock.pass_ms(20)
    with tracer.span("model", "step", run) as step:
        with tracer.span("chat", "model", step) as call:
            clock.pass_ms(500)
            call.event("guardrail", rule="canary")
            os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_was_in_is_closed_as_interrupted_when_its_run_goes_on(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    done = subprocess.run([sys.executable, "-c", _KILLED, str(data)], timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    tables = Tables(data)
    rows, clock = SpanRows(tables), Clock(BEGAN_NS + 86_400_000 * MS)
    left = [(span.name, span.status) for span in rows.of_run("r1")]
    assert left == [
        ("publish-episode", "open"), ("Read", "ok"), ("chat", "open"), ("model", "open"),
    ] or left == [
        ("publish-episode", "open"), ("Read", "ok"), ("model", "open"), ("chat", "open"),
    ]  # fmt: skip

    tracer = Tracer(tables, now_ns=clock, new_id=Ids(first=100))
    with tracer.run("r1", "publish-episode"):
        clock.pass_ms(30)

    # The event is the last sign of life: nothing is made up after it.
    last = BEGAN_NS + 530 * MS
    found = [(span.name, span.status, span.ended_ns) for span in rows.of_run("r1")]
    assert found == [
        ("publish-episode", "interrupted", last),
        ("Read", "ok", BEGAN_NS + 30 * MS),
        ("model", "interrupted", last),
        ("chat", "interrupted", last),
        ("publish-episode", "ok", BEGAN_NS + 86_400_030 * MS),
    ]
    assert len({span.trace for span in rows.of_run("r1")}) == 1
    tables.close()


def test_at_the_start_only_runs_that_nobody_carries_are_closed(
    tracer: Tracer, tables: Tables, rows: SpanRows
) -> None:
    with tracer.run("r1", "mine"), tracer.run("r2", "of a dead process"):
        other = Tracer(tables, now_ns=Clock(), new_id=Ids(first=100))

        assert other.close_interrupted(lambda run: run == "r1") == 1
        assert rows.of_run("r1")[0].status == "open"
        assert rows.of_run("r2")[0].status == "interrupted"


def test_a_sub_run_stands_in_its_parents_trace_also_when_it_is_resumed_alone(
    tracer: Tracer, rows: SpanRows, clock: Clock
) -> None:
    with (
        tracer.run("r1", "parent") as run,
        tracer.span("Run /chapters", "step", run) as step,
        tracer.run("r2", "chapters", parent=step),
    ):
        clock.pass_ms(1)
    clock.pass_ms(1)
    with tracer.run("r2", "chapters"):
        clock.pass_ms(1)

    assert [span.name for span in rows.of_run("r1")] == [
        "parent", "Run /chapters", "chapters", "chapters",
    ]  # fmt: skip
    assert [(span.name, span.run) for span in rows.of_run("r2")] == [("chapters", "r2")] * 2
    assert {span.parent for span in rows.of_run("r2")} == {step.span.id}


def test_a_clock_that_is_set_back_makes_no_span_of_negative_length(
    tracer: Tracer, rows: SpanRows, clock: Clock
) -> None:
    with tracer.run("r1", "x"):
        clock.pass_ms(-5_000)

    [span] = rows.of_run("r1")
    assert span.ended_ns == span.began_ns


def everything_kept(tables: Tables) -> bytes:
    """Every byte on the disk, with what is still in the log beside the file."""
    folder = tables.path.parent
    return b"".join(path.read_bytes() for path in sorted(folder.glob(f"{FILE}*")))


def record_words(tracer: Tracer) -> None:
    with tracer.run("r1", "x", note=CANARY * 5) as run, tracer.span("chat", "model", run) as call:
        call.add_words(prompt=CANARY, answer=CANARY)
        call.add(deep={"list": [f"line one\n{CANARY}"]})
        call.event("guardrail", text=f"{CANARY}\n")


def test_no_words_are_kept_unless_they_were_asked_for(tracer: Tracer, tables: Tables) -> None:
    record_words(tracer)

    assert CANARY.encode() not in everything_kept(tables)
    facts = SpanRows(tables).of_run("r1")[1].facts
    assert facts["prompt_characters"] == len(CANARY)
    assert facts["prompt_sha256"] == facts["answer_sha256"]


def test_words_that_were_asked_for_are_kept_without_their_secrets(
    tables: Tables, clock: Clock
) -> None:
    tracer = Tracer(
        tables, now_ns=clock, new_id=Ids(), keep=lambda text: text.replace("merger", "‹secret›")
    )

    record_words(tracer)

    hidden = CANARY.replace("merger", "‹secret›")
    assert SpanRows(tables).of_run("r1")[1].facts["content"] == {
        "prompt": hidden, "answer": hidden,
    }  # fmt: skip
    assert CANARY.encode() not in everything_kept(tables)


def test_a_span_joins_the_transaction_it_is_written_in(tracer: Tracer, tables: Tables) -> None:
    with tracer.run("r1", "x") as run:
        step = tracer.begin("Read", "step", run)
        with tables.written():
            step.end()
            assert status_for_others(tables) == "open"
        assert status_for_others(tables) == "ok"


def status_for_others(tables: Tables) -> str:
    with closing(sqlite3.connect(tables.path)) as reader:
        [status] = reader.execute("SELECT status FROM spans WHERE name='Read'").fetchone()
    return status
