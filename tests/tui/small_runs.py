"""Three runs on a real record: one was killed and is done, one waits, one failed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from pmagent.errors import UsageError
from pmagent.records.runs import RunRecords
from pmagent.records.spans import SpanRows
from pmagent.records.tables import Tables
from pmagent.traces.tracer import Tracer, Used
from pmagent.types.actions import Json
from pmagent.types.runs import Run, RunState, Spent, StepRow
from pmagent.types.traces import TraceEvent, TraceSpan
from tests.traces.clocks import BEGAN_NS, Clock, Ids
from tests.tui.small_garden import SmallGarden

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
TALK = "talks/ep-010-the-price-of-a-seat.vtt"
FAILED = 'Ghost did not answer: "blog.example" is unreachable'


class SmallRuns:
    """Reads them back."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._records = RunRecords(tables)
        self._rows = SpanRows(tables)

    def list(self, limit: int) -> Sequence[Run]:
        return self._records.list(limit)

    def get(self, run_id: str) -> Run:
        if (found := self._records.get(run_id)) is None:
            raise UsageError(f'there is no run "{run_id}"', '"pmagent runs" lists them')
        return found

    def steps(self, run_id: str) -> Sequence[StepRow]:
        return self._records.steps(run_id)

    def spans(self, run_id: str) -> Sequence[TraceSpan]:
        return self._rows.of_run(run_id)

    def events(self, run_id: str) -> Sequence[TraceEvent]:
        return self._rows.events_of_run(run_id)

    def explain(self, run_id: str) -> str:
        return f"Run {run_id}\n1. read {TALK}\n12. asked you, because the effect is external"


class RunsGarden(SmallGarden):
    """The small garden, where procedures were run."""

    def __init__(self, tables: Tables) -> None:
        super().__init__()
        self.runs = SmallRuns(tables)


def garden_with_runs(folder: Path) -> RunsGarden:
    tables = Tables(folder)
    records = RunRecords(tables)
    states: tuple[tuple[str, RunState], ...] = (
        ("r-3c1d", "failed"), ("r-9b20", "waiting"), ("r-7f3a", "done"),
    )  # fmt: skip
    for number, (run_id, state) in enumerate(states):
        records.add(_run(run_id, state, AT + timedelta(hours=number)), {})
    _publish(tables)
    return RunsGarden(tables)


def _run(run_id: str, state: RunState, began: datetime) -> Run:
    is_over = state != "waiting"
    return Run(
        id=run_id,
        command="publish-episode",
        text="",
        digest="ab12",
        arguments={"transcript": TALK},
        began=began,
        clock=began,
        key=TALK,
        state=state,
        waits_for="" if is_over else "approve",
        reason={"failed": FAILED, "waiting": "Send 'The price of a seat' to Ghost as a draft?"}.get(
            state, ""
        ),
        ended=began + timedelta(days=2, hours=3) if is_over else None,
        spent=Spent(steps=14, tokens=1_280, usd=Decimal("0.0016"), ms=21_300),
    )


def _step(seq: int, address: str, verb: str, name: str, value: Json, detail: str) -> StepRow:
    return StepRow(
        run="r-7f3a", seq=seq, address=address, path=address, verb=verb, status="done", name=name,
        value=value, detail=detail, at=AT, maker="model" if verb == "model" else "exact",
    )  # fmt: skip


def _publish(tables: Tables) -> None:
    """What the last of the runs did: killed at its approval, and carried on two days later."""
    clock = Clock(BEGAN_NS)
    tracer = Tracer(tables, now_ns=clock, new_id=Ids())
    records = RunRecords(tables)
    done = records.get("r-7f3a")
    assert done is not None
    document: Json = {"kind": "document", "path": TALK, "title": "The price of a seat",
                      "text": "", "words": 38, "sha256": "", "lines": []}  # fmt: skip
    records.append(_step(1, "1", "Read", "t", document, f"{TALK}, 38 words"), done)
    titles: Json = ["The price of a seat", "What a seat costs"]
    records.append(_step(2, "5", "model", "titles", titles, "2 titles"), done)
    try:
        with tracer.run("r-7f3a", "publish-episode", origin="user") as run:
            with tracer.span("Read", "step", run, address="1"):
                clock.pass_ms(40)
            with tracer.span("model", "step", run, address="5", maker="model") as step:
                with tracer.span("titles", "model", step) as call:
                    clock.pass_ms(1_500)
                    call.event("guardrail", rule="numbers", count=1)
                    clock.pass_ms(2_000)
                    call.add_words(prompt="the words of the talk")
                    call.add_use(
                        Used(provider="anthropic", model="claude-haiku-4-5", tokens_in=1_200,
                             tokens_out=80, tokens_cache_read=1_000, first_ms=410,
                             usd=Decimal("0.0016"))
                    )  # fmt: skip
                clock.pass_ms(500)
            with (
                tracer.span("Run /chapters", "step", run, address="6") as step,
                tracer.run("r-7f3b", "chapters", parent=step) as below,
                tracer.span("Find", "find", below, address="1"),
            ):
                clock.pass_ms(2_300)
            with tracer.span("Approve", "person", run, address="12"):
                clock.pass_ms(6_000)
                raise GeneratorExit
    except GeneratorExit:
        clock.pass_ms(2 * 86_400_000)
    with (
        tracer.run("r-7f3a", "publish-episode") as run,
        tracer.span("Call ghost.draft", "step", run, address="13") as step,
    ):
        try:
            with tracer.span("ghost.draft", "tool", step):
                clock.pass_ms(1_000)
                raise TimeoutError
        except TimeoutError:
            clock.pass_ms(200)
        with tracer.span("ghost.draft", "tool", step):
            clock.pass_ms(700)
