"""Every metric, on twelve tasks that are small enough to be reckoned by hand.

The tasks, t1 to t12 (all began by a person, t1 at 09:00 on Monday, each an hour later):

     state       wall s  work s  steps  tokens  usd    besides
t1   done            10      10      4     100  0.01   an approval, which the person accepted
t2   done            20      20      4     200  0.01   a title was written by the person
t3   done            30      30      4     300  0.01   its draft was undone after 2 days
t4   done            40      40      4     400  0.01   undone too, but after 8 days
t5   done            50      50      4     500  0.01   a sample review found a wrong fact
t6   done            60      60      4     600  0.01   a sample review rejected it after 1 day
t7   done            70      70      4     700  0.01   switched to t7b, which did the half
t8   abstained       80      80      4     800  0.01
t9   handed_off      90      90      4     900  0.01   a hand-off review with the code scope
t10  blocked        100     100      4    1000  0.01
t11  failed         110     110      4    1100  0.01   denied: private/x.md
t12  done          3600     120      4    1200  0.13   waited for its approval

Won are t1, t2, t4, t7 and t12: 5 of 12. t3, t5 and t6 were done, and do not count.
Contained are done ones whose person did no more than approve or look at a sample: t1, t3, t4, t5,
t6, t7, t12: 7 of 12; in t2 the person wrote a value.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from pmagent.traces.gathered import Gathered
from pmagent.traces.intervals import of_mean, of_ratio, quantile, wilson
from pmagent.traces.metrics import Metric, escalations, metrics
from pmagent.types.outbox import Effect, EffectState
from pmagent.types.reviews import Review
from pmagent.types.runs import Run, RunState, Spent, StepRow
from pmagent.types.traces import TraceEvent, TraceSpan

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
STATES: tuple[RunState, ...] = (
    "done", "done", "done", "done", "done", "done", "done",
    "abstained", "handed_off", "blocked", "failed", "done",
)  # fmt: skip


def run_of(number: int, state: RunState) -> Run:
    began = MONDAY + timedelta(hours=number - 1)
    wall_s = 3600 if number == 12 else 10 * number
    return Run(
        id=f"t{number}", command="publish-episode", text="", digest="", arguments={},
        began=began, clock=began, ended=began + timedelta(seconds=wall_s), state=state,
        reason="denied: private/x.md" if number == 11 else "",
        spent=Spent(
            steps=4, tokens=100 * number, ms=10_000 * number,
            usd=Decimal("0.13" if number == 12 else "0.01"),
        ),
    )  # fmt: skip


def step(run: str, seq: int, verb: str, value: dict[str, int] | None = None) -> StepRow:
    maker = "person" if verb in {"Approve", "model"} else "exact"
    return StepRow(
        run=run, seq=seq, address=str(seq), path=str(seq), verb=verb, status="done",
        value=value, maker=maker, at=MONDAY,
    )  # fmt: skip


def check(run: str, seq: int, supported: int, contradicted: int, unsupported: int) -> StepRow:
    counts = {"supported": supported, "contradicted": contradicted, "unsupported": unsupported}
    return step(run, seq, "Call facts.check", counts)


def review(run: str, kind: str, **more: object) -> Review:
    made = Review(
        id=f"{run}-{kind}", kind=kind, command="publish-episode", title="", made=MONDAY, run=run,  # pyright: ignore[reportArgumentType]
        state="decided", minutes=2.0,
    )  # fmt: skip
    return replace(made, **more)  # pyright: ignore[reportArgumentType]


def effect(run: str, state: EffectState, changed: datetime) -> Effect:
    return Effect(
        key=f"k-{run}", kind="ghost.draft", target="", business_key=run, payload={}, digest="",
        state=state, made=MONDAY, changed=changed, run=run,
    )  # fmt: skip


def span(run: str, number: int, operation: str, **more: object) -> TraceSpan:
    made = TraceSpan(
        id=f"{run}-{number}", trace=run, parent="p", run=run, name="ghost.draft",
        operation=operation, began_ns=number, ended_ns=number + 1, status="ok",  # pyright: ignore[reportArgumentType]
    )  # fmt: skip
    return replace(made, **more)  # pyright: ignore[reportArgumentType]


def event(run: str, name: str, **facts: bool) -> TraceEvent:
    return TraceEvent(trace=run, span=f"{run}-1", at_ns=1, name=name, facts=facts)  # pyright: ignore[reportArgumentType]


def twelve_tasks() -> Gathered:
    runs = [run_of(number, state) for number, state in enumerate(STATES, start=1)]
    seventh = runs[6]
    # Of t7 the first half ended when t7b took over; 70 s, 4 steps and $0.01 are of both together.
    runs[6] = replace(
        seventh, switched_to="t7b", spent=replace(seventh.spent, steps=1, tokens=300, ms=30_000)
    )
    took_over = replace(
        seventh, id="t7b", parent="t7",
        spent=Spent(steps=3, tokens=400, ms=40_000, usd=Decimal(0)),
    )  # fmt: skip
    sub_run = replace(run_of(1, "failed"), id="t1a", parent="t1")
    simulated = replace(run_of(1, "failed"), id="s1", origin="sim")
    still_on = replace(run_of(1, "running"), id="u1", ended=None)
    ended = {run.id: run.ended or MONDAY for run in runs}
    return Gathered(
        runs=[*runs, took_over, sub_run, simulated, still_on],
        steps=[
            step("t1", 1, "Approve"),
            step("t2", 1, "model"),
            # Ten drafts were checked. t1 was checked twice, and only the last counts: of
            # 10 claims each 9 are borne out; of t10's 30 none is. 81 of 120 in all.
            check("t1", 2, 0, 9, 1),
            *(check(f"t{n}", 3, 9, 0, 1) for n in range(1, 10)),
            check("t10", 3, 0, 30, 0),
        ],
        spans=[
            # Twelve uses of a tool. t1's failed once and then worked; t2's and t3's never did.
            span("t1", 1, "tool", status="error"),
            *(
                span(f"t{n}", 2, "tool", status="error" if n in {2, 3} else "ok")
                for n in range(1, 13)
            ),
            # Eleven answers of a model: 100, 200, … 1,100 ms until the first word.
            *(span(f"t{n}", 3, "model", first_ms=100 * n) for n in range(1, 12)),
            # Events hang at a span of their own.
            *(span(f"t{n}", 1, "step") for n in range(4, 13)),
        ],
        events=[
            event("t4", "loop"), event("t4", "loop"), event("t5", "loop"),
            event("t6", "guardrail"), event("t7", "denial"), event("t8", "guardrail"),
            *(event(f"t{n}", "feedback", positive=n != 12) for n in range(4, 13)),
            event("t12", "feedback", positive=True),
        ],
        reviews=[
            review("t1", "approve", decision="accept", decided=MONDAY),
            review("t5", "sample", codes=("fact",), decision="edit", decided=MONDAY),
            review("t6", "sample", decision="reject", decided=ended["t6"] + timedelta(days=1)),
            review("t9", "handoff", codes=("scope",), decision="take", decided=MONDAY),
            review("t10", "human", decision="answer", decided=MONDAY),
            # Two more samples of done tasks, and one that nobody has looked at yet.
            review("t3", "sample", codes=("invent",), decision="edit", decided=MONDAY),
            review("t4", "sample", state="open", decision="", codes=()),
        ],
        effects=[
            effect("t1", "done", MONDAY),
            effect("t3", "undone", ended["t3"] + timedelta(days=2)),
            effect("t4", "undone", ended["t4"] + timedelta(days=8)),
        ],
    )  # fmt: skip


def by_name(found: Sequence[Metric]) -> dict[str, Metric]:
    return {metric.name: metric for metric in found}


@pytest.fixture(scope="module")
def reckoned() -> dict[str, Metric]:
    return by_name(metrics(twelve_tasks()))


@pytest.mark.parametrize(
    ("name", "n", "value"),
    [
        ("success", 12, 5 / 12),
        ("containment", 12, 7 / 12),
        ("abstained", 12, 1 / 12),  # t8
        ("handed off", 12, 1 / 12),  # t9
        ("blocked", 12, 1 / 12),  # t10
        ("denied", 12, 1 / 12),  # t11
        ("tool failure", 12, 2 / 12),  # t2 and t3, the last tries
        # 10, 20, … 110, 3600: between the 6th and the 7th.
        ("wall time p50", 12, 65.0),
        # Place 0.95 × 11 = 10.45 from 0: 110 and 0.45 of the way to 3600.
        ("wall time p95", 12, 110 + 0.45 * 3490),
        # 10, 20, … 120.
        ("working time p50", 12, 65.0),
        ("working time p95", 12, 114.5),  # 110 and 0.45 of the way to 120
        ("steps", 12, 4.0),
        # 100, 200, … 1,100 ms: the 6th; place 0.95 × 10 = 9.5: half between 1,000 and 1,100.
        ("first word p50", 11, 0.6),
        ("first word p95", 11, 1.05),
        ("tokens", 12, 650.0),  # (100 + … + 1,200) ÷ 12
        # 11 × 0.01 + 0.13 = 0.24 was paid for 5 that succeeded; not the mean of theirs (0.034).
        ("cost per success", 12, 0.048),
        ("groundedness", 10, 81 / 120),
        # t4, t5.
        ("loops", 12, 2 / 12),
        ("guardrails", 12, 3 / 12),  # t6, t7, t8
        # Ten were given, one of them a minus.
        ("satisfaction", 10, 9 / 10),
    ],
)
def test_a_metric_is_what_a_hand_reckons(
    reckoned: dict[str, Metric], name: str, n: int, value: float
) -> None:
    metric = reckoned[name]

    assert (metric.n, metric.note) == (n, "")
    assert metric.value is not None
    assert math.isclose(metric.value, value)
    assert metric.low is not None
    assert metric.high is not None
    assert metric.low <= value <= metric.high


def test_below_ten_cases_no_number_is_given(reckoned: dict[str, Metric]) -> None:
    # Three samples are decided (t3, t5, t6), and six reviews in all.
    for name, n in (("hallucination", 3), ("review time", 6)):
        metric = reckoned[name]
        assert (metric.n, metric.value, metric.low, metric.note) == (n, None, None, "too few")
    assert all(metric.note == "too few" for metric in metrics(Gathered()))


def test_why_a_person_was_called_is_counted_by_code_and_else_by_kind() -> None:
    assert escalations(twelve_tasks()) == (("(human)", 1), ("scope", 1))


def test_with_one_price_unknown_the_cost_of_a_success_is_unknown() -> None:
    whole = twelve_tasks()
    runs = list(whole.runs)
    runs[0] = replace(runs[0], spent=replace(runs[0].spent, usd=None))

    metric = by_name(metrics(replace(whole, runs=runs)))["cost per success"]

    assert (metric.value, metric.n) == (None, 12)
    assert "unknown" in metric.note


def test_the_interval_of_a_share_is_wilsons() -> None:
    # 5 of 12, by hand: z² = 3.841459; centre = 5/12 + 3.841459/24 = 0.576728;
    # half = z √(0.416667 × 0.583333 / 12 + 3.841459 / 576) = 1.959964 √0.026924 = 0.321599;
    # both ÷ (1 + 3.841459/12) = 1.320122.
    low, high = wilson(5, 12)
    assert (round(low, 4), round(high, 4)) == (0.1933, 0.6805)
    # 0 of 10: the upper bound is z² ÷ (n + z²) = 3.841459 ÷ 13.841459.
    low, high = wilson(0, 10)
    assert (low, round(high, 6)) == (0.0, 0.277533)


def test_a_resampled_interval_is_near_the_normal_one_for_a_large_sample() -> None:
    # 0, 1, … 399: mean 199.5, standard deviation √((400² − 1) ÷ 12) = 115.47, so that the mean's
    # interval is 199.5 ± 1.96 × 115.47 ÷ 20 = 199.5 ± 11.32.
    low, high = of_mean(list(range(400)))
    assert math.isclose(low, 188.18, abs_tol=1.2)
    assert math.isclose(high, 210.82, abs_tol=1.2)


def test_a_resampled_interval_is_the_same_every_time_and_has_no_width_for_equal_values() -> None:
    assert of_mean([1.0, 2.0, 7.0]) == of_mean([1.0, 2.0, 7.0])
    assert of_mean([4.0] * 12) == (4.0, 4.0)


def test_a_ratio_without_successes_in_many_resamples_has_no_upper_end() -> None:
    # One success in ten: (9/10)¹⁰ = 35 % of the resamples have none.
    low, high = of_ratio([1.0] * 10, [1.0] + [0.0] * 9)
    assert low > 0
    assert math.isinf(high)


def test_a_quantile_lies_between_its_neighbours() -> None:
    assert [quantile([3, 1, 2], share) for share in (0, 0.25, 0.5, 1)] == [1, 1.5, 2, 3]
