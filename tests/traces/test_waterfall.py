from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from pmagent.records.spans import SpanRows
from pmagent.traces.text import by_address, waterfall_lines
from pmagent.traces.tracer import Tracer, Used
from pmagent.traces.waterfall import bar, cuts, say_time, waterfall
from pmagent.types.runs import Run, Spent, StepRow
from pmagent.types.traces import TraceSpan
from tests.traces.clocks import Clock

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
SECOND = 1_000_000_000


def span(number: int, began_s: float, ended_s: float | None, parent: int = 0) -> TraceSpan:
    return TraceSpan(
        id=f"{number:016x}",
        trace="0" * 32,
        parent=f"{parent:016x}" if parent else "",
        run="r1",
        name=f"span {number}",
        operation="step",
        began_ns=round(began_s * SECOND),
        ended_ns=None if ended_s is None else round(ended_s * SECOND),
        status="open" if ended_s is None else "ok",
    )


def test_bars_begin_and_end_where_their_spans_do() -> None:
    drawn = waterfall([span(1, 0, 8), span(2, 2, 4, 1), span(3, 4, 7.5, 1), span(4, 8, 8, 1)])
    assert drawn is not None

    assert [bar(row, drawn.axis, 8) for row in drawn.rows] == [
        "████████",
        "  ██    ",
        "    ███▌",
        "       ▏",
    ]


def test_time_in_which_nothing_ran_is_cut_out_of_the_axis() -> None:
    two_days = 2 * 86_400
    drawn = waterfall([span(1, 0, 4), span(2, two_days, two_days + 4)])
    assert drawn is not None

    assert [bar(row, drawn.axis, 8) for row in drawn.rows] == ["████    ", "    ████"]
    assert cuts(drawn.axis, 8) == ((4, (two_days - 4) * SECOND),)


def test_an_open_span_reaches_to_the_last_sign_of_its_trace() -> None:
    drawn = waterfall([span(1, 0, None), span(2, 1, 4, 1)])
    assert drawn is not None

    assert [row.seconds for row in drawn.rows] == [4, 3]


def test_every_span_is_drawn_once_below_its_parent_whatever_their_order() -> None:
    spans = [span(1, 0, 8), span(2, 1, 4, 1), span(3, 2, 3, 2), span(4, 5, 6, 1), span(5, 1, 2, 9)]
    drawn = waterfall(list(reversed(spans)))
    assert drawn is not None

    found = [(row.span.name, row.depth, row.children) for row in drawn.rows]
    assert found == [
        ("span 1", 0, 2), ("span 2", 1, 1), ("span 3", 2, 0), ("span 4", 1, 0), ("span 5", 0, 0),
    ]  # fmt: skip


def test_no_spans_are_no_waterfall() -> None:
    assert waterfall([]) is None


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 ms"), (0.0312, "31 ms"), (0.9996, "1.0 s"), (4.25, "4.2 s"), (41.2, "41 s"),
        (99.6, "2 min"), (3_700, "62 min"), (7_500, "2 h 5 min"),
        (172_800, "2 d"), (270_000, "3 d 3 h"),
    ],
)  # fmt: skip
def test_a_time_is_said_shortly(seconds: float, said: str) -> None:
    assert say_time(seconds) == said


def test_the_text_reads_at_80_columns(tracer: Tracer, rows: SpanRows, clock: Clock) -> None:
    draw_a_run(tracer, clock)
    spans, events = rows.of_run("r-7f3a"), rows.events_of_run("r-7f3a")
    drawn = waterfall(spans)
    assert drawn is not None

    lines = list(waterfall_lines(A_RUN, drawn, events, by_address(STEPS), width=80))

    assert max(len(line) for line in lines) <= 80
    assert "\n".join(lines) == WANTED


A_RUN = Run(
    id="r-7f3a", command="publish-episode", text="", digest="", arguments={}, began=AT, clock=AT,
    state="done", ended=AT + timedelta(days=2, hours=3),
    spent=Spent(steps=6, tokens=1_280, usd=Decimal("0.0016"), ms=21_300),
)  # fmt: skip
STEPS = [
    StepRow(run="r-7f3a", seq=1, address="1", path="1", verb="Read", status="done", name="t",
            at=AT),
    StepRow(run="r-7f3a", seq=2, address="5", path="5", verb="model", status="done",
            name="titles", at=AT),
]  # fmt: skip
WANTED = """\
publish-episode  r-7f3a  done
21 s of work in 2 d 3 h, 6 steps, 1,280 tokens, $0.0016, 8 spans

                        who       0            5 s          ┊       took    cost
! publish-episode                 ██████████████████████████▊       10 s $0.0016
    1 Read → t                    ▏                         ┊      40 ms
    5 model → titles    model     ██████████▋               ┊        4 s $0.0016
      titles            haiku-4-5 █████████▍                ┊      3.5 s $0.0016
      ◆ guardrail                     ◆
  ! 12 Approve          person               ░░░░░░░░░░░░░░░░        6 s
  publish-episode                                           ███▎   1.2 s
    13 Call ghost.draft                                     ███▎   1.2 s
    × ghost.draft                                           ┊██▋     1 s

× failed
! its process was ended in it
░ waited for
┊ 2 d left out, when nothing ran"""


def draw_a_run(tracer: Tracer, clock: Clock) -> None:
    """Killed at an approval, and carried on two days later."""
    try:
        with tracer.run("r-7f3a", "publish-episode") as run:
            with tracer.span("Read", "step", run, address="1"):
                clock.pass_ms(40)
            with tracer.span("model", "step", run, address="5", maker="model") as step:
                with tracer.span("titles", "model", step) as call:
                    clock.pass_ms(1_500)
                    call.event("guardrail")
                    clock.pass_ms(2_000)
                    call.add_use(
                        Used(provider="anthropic", model="claude-haiku-4-5", tokens_in=1_200,
                             tokens_out=80, usd=Decimal("0.0016"))
                    )  # fmt: skip
                clock.pass_ms(500)
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
