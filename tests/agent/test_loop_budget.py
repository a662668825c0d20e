"""Budgets are hard, circles are noticed, and the person is told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmagent.agent.budget import Meter
from pmagent.agent.circles import Circles
from pmagent.llm.scripted import Answering
from pmagent.types.actions import Decision, Denied, Done, Outcome, ToolCall
from pmagent.types.talk import Message, ModelCard, ModelRequest, Text, Usage
from pmagent.types.turns import Budget, Noted, Paused, Resumed, TurnEnded
from tests.agent.looping import READ, Bench, Clock, price, rig_of

PRICED = ModelCard(id="priced")
FREE = ModelCard(id="free", is_free=True)


def reading(number: int) -> Answering:
    return Answering(uses=(("Read", {"file_path": f"{number}.md"}),))


def test_steps_are_a_hard_limit_and_the_model_is_told_two_before() -> None:
    rig = rig_of([reading(n) for n in range(9)], Bench())

    end = rig.turn(budget=Budget(steps=4))

    assert end.reason == "steps"
    assert len(rig.model.requests) == 4
    told = ["2 steps are left" in request.messages[-1].text for request in rig.model.requests]
    assert told == [False, False, True, False]


def test_a_model_of_unknown_price_does_not_run_under_a_cost_limit() -> None:
    rig = rig_of([Answering(text="no")], Bench(), card=ModelCard(id="unpriced"))

    end = rig.turn(budget=Budget(cost_usd=Decimal(5)))

    assert end.reason == "cost"
    assert rig.model.requests == []
    assert rig.notes("budget") == [
        'the price of "unpriced" is unknown, so it does not run under a cost limit'
    ]


def test_without_a_limit_an_unknown_price_stays_unknown_and_is_never_nothing() -> None:
    rig = rig_of([Answering(text="ok")], Bench(), card=ModelCard(id="unpriced"))

    assert rig.turn().spend.cost_usd is None
    assert rig.loop.spend.cost_usd is None


@pytest.mark.parametrize("limit", [0.002, 0.004, 0.02])
def test_money_is_never_spent_beyond_the_limit(limit: float) -> None:
    def costly(request: ModelRequest) -> Answering:
        read = Usage(input_tokens=300, output_tokens=request.max_tokens)
        return Answering(uses=(("Read", {"file_path": f"{id(request)}.md"}),), usage=read)

    rig = rig_of(costly, Bench(), card=ModelCard(id="priced", max_output_tokens=3_000))

    end = rig.turn("word " * 200, budget=Budget(steps=None, cost_usd=Decimal(str(limit))))

    assert end.reason in {"cost", "loop"}
    assert end.spend.cost_usd is not None
    # The estimate of what is read may be off by the system part, never what is said.
    assert end.spend.cost_usd <= Decimal(str(limit)) + Decimal("0.0005")


def test_tokens_are_a_hard_limit() -> None:
    rig = rig_of([reading(n) for n in range(30)], Bench())

    end = rig.turn(budget=Budget(steps=None, tokens=3_000))

    assert end.reason in {"tokens", "loop"}
    assert end.spend.usage.total_tokens <= 3_000


def test_time_ends_an_answer_while_it_arrives_and_keeps_it() -> None:
    rig = rig_of([Answering(text="word " * 20, pieces=10)], Bench())
    script = rig.model.script
    assert isinstance(script, list)
    script[0] = Answering(text="word " * 20, pieces=10, wait=lambda: tick(rig.clock))

    end = rig.turn(budget=Budget(time_s=5))

    assert end.reason == "time"
    assert end.is_partial
    assert end.text.startswith("word")


def tick(clock: Clock) -> None:
    clock.seconds += 1


def test_an_estimate_is_made_before_anything_is_asked() -> None:
    rig = rig_of(
        [Answering(text="ok")], Bench(), card=ModelCard(id="priced", max_output_tokens=1_000)
    )

    estimate = rig.loop.estimate(Message(role="user", parts=(Text(text="x" * 4_000),)))

    assert estimate.output_tokens == 1_000
    assert estimate.input_tokens > 1_000
    assert estimate.cost_usd == Decimal(estimate.input_tokens + 1_000) / 1_000_000
    assert rig.model.requests == []


def test_a_share_is_set_aside_and_what_is_not_used_comes_back() -> None:
    meter = Meter(Budget(steps=10, tokens=1_000), clock=Clock(), price=price)
    share = meter.share(1)
    child = meter.carve(share)

    assert (share.steps, share.tokens) == (5, 500)
    assert meter.steps_left == 5
    child.charge(Usage(input_tokens=100), FREE, 0.0)
    assert (child.steps_left, meter.steps_left) == (4, 5)
    meter.give_back(child)

    assert meter.steps_left == 9
    assert meter.spend.usage.total_tokens == 100


# -- circles ---------------------------------------------------------------------------------------


def done(text: str = "same") -> Outcome:
    return Done(text=text)


def kind_after(*steps: list[tuple[str, str, Outcome]]) -> list[str]:
    circles = Circles()
    found: list[str] = []
    for step in steps:
        for tool, given, outcome in step:
            circles.note_call(tool, {"file_path": given}, outcome)
        finding = circles.end_step()
        found.append(finding.kind if finding else "")
    return found


def test_the_same_call_with_the_same_result_three_times_in_eight_is_a_circle() -> None:
    same, other = ("Read", "a", done()), [("Read", str(n), done(str(n))) for n in range(6)]

    assert kind_after([same], [same], [same])[-1] == "same call"
    assert kind_after([same], [other[0]], [same], [other[1]], [same])[-1] == "same call"
    assert kind_after([same], *([o] for o in other), [same], [same])[-1] == ""
    changing = [[("Read", "a", done(str(n)))] for n in range(6)]
    assert kind_after(*changing) == [""] * 6


@pytest.mark.parametrize("period", [2, 3])
def test_a_cycle_of_two_or_three_that_comes_twice_is_a_circle(period: int) -> None:
    calls = [[("Read", str(n % period), done(str(n % period)))] for n in range(2 * period)]

    found = kind_after(*calls)

    assert found[-1] == "cycle"
    assert found[:-1] == [""] * (2 * period - 1)


def test_four_steps_without_anything_new_are_a_circle() -> None:
    no = Denied(decision=Decision(effect="deny", reason="closed"), by="rule")
    steps = [[("Read", str(n), no)] for n in range(4)]

    assert kind_after(*steps) == ["", "", "", "nothing new"]


def test_the_same_denial_twice_is_a_circle() -> None:
    no = Denied(decision=Decision(effect="deny", reason="closed"), by="rule")

    assert kind_after([("Read", "a", no)], [("Read", "a", no)]) == ["", "same denial"]
    assert kind_after([("Read", "a", no)], [("Read", "b", no)]) == ["", ""]


def test_three_answers_in_the_same_words_are_a_circle_and_short_ones_are_not() -> None:
    circles = Circles()
    long = "Let me look at the notes about pricing once more before I answer your question now."
    for text in (long, long + " ", long):
        circles.note_answer(text)
    found = circles.end_step()
    assert found is not None
    assert found.kind == "same words"

    circles = Circles()
    for _ in range(5):
        circles.note_answer("Next file.")
    assert circles.end_step() is None


def looping(request: ModelRequest) -> Answering:
    return Answering(uses=(READ,))


def same(call: ToolCall) -> Outcome:
    del call
    return Done(text="the same")


def test_the_ladder_restates_then_gives_three_steps_then_hands_back_where_nobody_is() -> None:
    rig = rig_of(looping, Bench(outcome=same))

    end = rig.turn("find the price", budget=Budget(steps=40))

    assert end.reason == "loop"
    said = rig.notes("loop")
    assert "it was told so" in said[0]
    assert "3 steps are left" in said[1]
    assert said[-1].startswith("it was handed back")
    restated = [
        r.messages[-1].text
        for r in rig.model.requests
        if "You go in circles" in r.messages[-1].text
    ]
    assert "The goal: find the price" in restated[0]
    assert "Read notes/a.md" in restated[0]
    assert len(rig.model.requests) <= 8
    assert rig.all(Paused) == []


def test_a_person_who_is_there_is_asked_and_their_word_counts() -> None:
    bench = Bench(outcome=same, is_attended=True)
    rig = rig_of(looping, bench)

    for event in rig.loop.run("find it", budget=Budget(steps=40)):
        rig.events.append(event)
        if isinstance(event, Paused):
            rig.loop.controls.queue("look in b.md instead")

    assert len(rig.all(Paused)) == len(rig.all(Resumed)) == 1
    assert any("look in b.md instead" in r.messages[-1].text for r in rig.model.requests)
    assert rig.end.reason == "loop"
    assert [t["notification_type"] for e, t in bench.fired if e == "Notification"] == [
        "agent_needs_input"
    ]


def test_a_model_that_turns_to_something_else_is_let_be() -> None:
    script = (
        [Answering(uses=(READ,))] * 3 + [reading(n) for n in range(6)] + [Answering(text="found")]
    )
    calls = iter(range(100))

    def outcome(call: ToolCall) -> Outcome:
        number = next(calls)
        return Done(text="the same" if number < 3 else f"new {number}")

    rig = rig_of(script, Bench(outcome=outcome))

    assert rig.turn().reason == "done"
    assert len(rig.notes("loop")) == 1


def test_spending_that_will_not_last_is_said_once() -> None:
    def dear(request: ModelRequest) -> Answering:
        use = Usage(input_tokens=2_000, output_tokens=10)
        return Answering(uses=(("Read", {"file_path": f"{len(request.messages)}.md"}),), usage=use)

    rig = rig_of(dear, Bench())
    end = rig.turn(budget=Budget(steps=None, tokens=12_000))

    assert end.reason in {"tokens", "steps"}
    assert sum("exceed the budget" in e.text for e in rig.all(Noted)) == 1
    assert isinstance(rig.events[-1], TurnEnded)


def test_a_long_request_is_priced_as_long_and_as_written_to_the_cache() -> None:
    def tiered(usage: Usage, card: ModelCard) -> Decimal | None:
        read = usage.input_tokens + usage.cache_write_tokens
        rate = 2 if read > 1_000 else 1
        written = Decimal(usage.cache_write_tokens) / 4
        return rate * (Decimal(usage.total_tokens) + written) / 1_000_000

    meter = Meter(Budget(cost_usd=Decimal("0.01")), clock=Clock(), price=tiered)

    short = meter.judge(PRICED, input_tokens=1_000, wanted=100_000)
    long = meter.judge(PRICED, input_tokens=2_000, wanted=100_000)

    # 0.01 USD less what is read, written to the cache for a quarter more, at the price of its size.
    assert short.max_tokens == 8_192
    assert long.max_tokens == (10_000 - 2 * 2_500) // 2
