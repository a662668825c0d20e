"""How autonomy is earned, and how it is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pmagent.errors import UsageError
from pmagent.reviews.alone import Errand
from pmagent.reviews.evidence import Rehearsal, drawn_of, weigh
from pmagent.reviews.standing import Known, Subject, first_row, settle, standing
from pmagent.types.procedures import Autonomy, Risk
from pmagent.types.reviews import Ruling, Standing
from tests.reviews.made import DIGEST, NOW, PASSED, World, decided, history, world

SUBJECT = Subject(command="publish-episode", risk="external", ceiling="auto", digest=DIGEST)
LATER = NOW + timedelta(days=30)
PUBLISH = "publish-episode"


def told(known: Known, subject: Subject = SUBJECT) -> Standing:
    settled = replace(known, row=settle(subject, known, LATER))
    return standing(subject, settled, LATER)


def at(level: Autonomy, rate: int, **parts: object) -> Known:
    row = replace(first_row(SUBJECT), level=level, rate=rate)
    return Known(row=row, rehearsal=PASSED, **parts)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(("risk", "clean"), [("read", 11), ("internal", 25), ("external", 52)])
def test_a_new_command_says_how_many_clean_reviews_it_needs(risk: Risk, clean: int) -> None:
    subject = replace(SUBJECT, risk=risk)
    stands = told(Known(row=first_row(subject), rehearsal=PASSED), subject)

    assert (stands.level, stands.rate, stands.missing) == ("assist", 100, clean)
    assert stands.says == f"{clean} more clean reviews until half of its runs go unseen"


def test_fourteen_more_are_said_to_be_fourteen_more() -> None:
    stands = told(at("assist", 100, reviews=history(38)))

    assert stands.says == "14 more clean reviews until half of its runs go unseen"
    assert (stands.reviews, stands.agreed, stands.bound) == (38, 38, 0.9335)


def test_one_miss_costs_thirty_five_more() -> None:
    assert told(at("assist", 100, reviews=history(52))).missing == 0
    assert told(at("assist", 100, reviews=history(52, [1]))).missing == 35


def test_within_a_level_the_rate_falls_by_itself_and_begins_to_count_anew() -> None:
    stands = told(at("canary", 50, reviews=history(52)))

    assert (stands.rate, stands.reviews) == (25, 0)
    assert told(at("auto", 10, reviews=history(52))).rate == 5
    assert told(at("auto", 5, reviews=history(52))).rate == 5


def test_the_rate_does_not_fall_while_the_simulations_do_not_pass() -> None:
    known = replace(at("canary", 50, reviews=history(60)), rehearsal=None)

    assert told(known).rate == 50
    assert "simulations must pass" in told(known).says


def test_a_fall_of_agreement_raises_the_rate_by_one_step() -> None:
    one_miss = history(20, [20])
    three_misses = history(20, [12, 16, 20])

    assert told(at("auto", 10, reviews=one_miss)).rate == 10
    assert told(at("auto", 10, reviews=three_misses)).rate == 25


def test_one_critical_mistake_costs_a_level_and_every_run_is_seen_again() -> None:
    grave = [*history(10), decided(11, "reject", codes=("fact",))]

    stands = told(at("auto", 5, reviews=grave))

    assert (stands.level, stands.rate, stands.reviews) == ("canary", 100, 0)
    assert told(at("assist", 100, reviews=grave)).level == "shadow"


def test_a_critical_mistake_in_an_extra_review_counts_too() -> None:
    grave = decided(1, "accept", codes=("perm",), kind="triggered")

    assert told(at("auto", 5, reviews=[grave])).level == "canary"


def test_extra_reviews_estimate_nothing() -> None:
    extra = [decided(number, "reject", kind="triggered") for number in range(1, 30)]

    stands = told(at("assist", 100, reviews=[*extra, *history(10)]))

    assert (stands.reviews, stands.agreed) == (10, 10)


def test_a_change_brings_half_of_the_runs_back_to_a_person() -> None:
    changed = replace(SUBJECT, digest="d2")

    assert told(at("auto", 5, reviews=history(30)), changed).rate == 50
    assert told(at("auto", 5, reviews=history(30)), changed).reviews == 0
    assert told(at("assist", 100, reviews=history(30)), changed).rate == 100


@pytest.mark.parametrize(("unchanged", "rate"), [(0.95, 5), (0.94, 50)])
def test_a_change_that_changes_no_output_costs_nothing(unchanged: float, rate: int) -> None:
    known = replace(
        at("auto", 5, reviews=history(30)),
        rehearsal=Rehearsal(has_passed=True, cases=20, clean=20, unchanged=unchanged),
    )

    assert told(known, replace(SUBJECT, digest="d2")).rate == rate


def test_evidence_halves_after_ninety_days() -> None:
    reviews = history(40)

    assert weigh(reviews, NOW + timedelta(days=80)).seen == 40
    assert weigh(reviews, NOW + timedelta(days=92)).seen == 20
    assert weigh(reviews, NOW + timedelta(days=182)).seen == 10


def test_simulations_count_a_quarter_each_and_never_more_than_reviews() -> None:
    many = Rehearsal(has_passed=True, cases=400, clean=400)
    few = Rehearsal(has_passed=True, cases=20, clean=20)

    assert weigh(history(10), LATER, few).weight == 15
    assert weigh(history(10), LATER, many).weight == 20
    assert weigh([], LATER, many).weight == 0
    # 26 reviews and 26 of simulations make the 52 that the target needs.
    known = replace(at("assist", 100, reviews=history(12)), rehearsal=many)
    assert told(known).missing == 14


def test_the_file_is_the_ceiling_whatever_was_earned(tmp_path: Path) -> None:
    here = world(tmp_path, ceiling="assist")
    _agree(here, 52)

    with pytest.raises(UsageError, match='its file says "autonomy: assist"'):
        here.queue.promote(PUBLISH, is_forced=True)
    assert 'its file says "autonomy: assist"' in here.queue.standing(PUBLISH).says


def test_what_cannot_be_taken_back_is_always_asked_about(tmp_path: Path) -> None:
    here = world(tmp_path, risk="irreversible")

    with pytest.raises(UsageError, match="cannot be taken back"):
        here.queue.promote(PUBLISH, is_forced=True)
    assert not here.queue.may_go_alone(PUBLISH, Errand(risk="internal", key="a")).is_given


def test_a_command_is_promoted_when_it_has_earned_it_and_half_of_its_keys_go_alone(
    tmp_path: Path,
) -> None:
    here = world(tmp_path)
    _agree(here, 51)
    with pytest.raises(UsageError, match="1 more clean review to go"):
        here.queue.promote(PUBLISH)

    here.decide_new(52)
    stands = here.queue.promote(PUBLISH, by="nell")

    assert (stands.level, stands.rate, stands.missing) == ("canary", 50, 52)
    assert here.trail == [(PUBLISH, "to canary by nell, by its reviews")]
    keys = [f"talks/ep-{number}.md" for number in range(400)]
    alone = [
        key
        for key in keys
        if here.queue.may_go_alone(PUBLISH, Errand(risk="external", key=key)).is_given
    ]
    assert 160 < len(alone) < 240
    final = Errand(risk="irreversible", key=alone[0])
    assert not here.queue.may_go_alone(PUBLISH, final).is_given
    odd = Errand(risk="external", key=alone[0], trigger="nothing was sent there before")
    clearance = here.queue.may_go_alone(PUBLISH, odd)
    assert (clearance.is_given, clearance.is_triggered) == (False, True)


def test_force_passes_over_the_reviews_and_is_on_the_trail(tmp_path: Path) -> None:
    here = world(tmp_path)

    here.queue.promote(PUBLISH, is_forced=True, by="nell")

    assert here.queue.standing(PUBLISH).level == "canary"
    assert here.trail == [(PUBLISH, "to canary by nell, forced, without the reviews it needs")]


def test_a_changed_command_asks_until_its_simulations_pass(tmp_path: Path) -> None:
    here = world(tmp_path)
    here.queue.promote(PUBLISH, is_forced=True)
    here.queue.promote(PUBLISH, is_forced=True)
    assert here.queue.may_go_alone(PUBLISH, Errand(risk="external", key="a")).is_given

    here.subjects[PUBLISH] = replace(here.subjects[PUBLISH], digest="d2")
    clearance = here.queue.may_go_alone(PUBLISH, Errand(risk="external", key="a"))
    assert not clearance.is_given
    assert clearance.why == "it has changed, and its simulations have not passed"

    here.rehearsals["d2"] = PASSED
    assert here.queue.may_go_alone(PUBLISH, Errand(risk="external", key="a")).is_given
    assert here.queue.standing(PUBLISH).rate == 50


def test_a_mistake_on_the_way_is_on_record_at_once(tmp_path: Path) -> None:
    here = world(tmp_path)
    here.queue.promote(PUBLISH, is_forced=True)
    here.pass_time(timedelta(hours=1))

    here.decide_new(1, Ruling(decision="reject", codes=("invent",), by="nell"))
    here.decide_new(2)

    stands = here.queue.standing(PUBLISH)
    assert (stands.level, stands.rate, stands.reviews) == ("assist", 100, 1)


def test_the_draw_of_a_lower_rate_is_within_the_draw_of_a_higher_one(tmp_path: Path) -> None:
    here = world(tmp_path)
    for _ in range(2):
        here.queue.promote(PUBLISH, is_forced=True)
    runs = [f"run {number}" for number in range(2_000)]

    drawn = [run for run in runs if here.queue.is_sampled(PUBLISH, run)]

    assert here.queue.standing(PUBLISH).rate == 25
    assert 430 < len(drawn) < 570
    assert drawn == [run for run in runs if here.queue.is_sampled(PUBLISH, run)]


def _agree(here: World, number: int) -> None:
    for each in range(1, number + 1):
        here.decide_new(each)


def test_a_run_that_asks_fifty_times_has_shown_one_thing() -> None:
    flood = [replace(one, run="run-1") for one in history(60)]
    spoilt = [replace(one, run="run-1") for one in history(60, missed=[3])]

    assert len(drawn_of(flood)) == 1
    assert weigh(drawn_of(flood), LATER).agreed == 1
    assert weigh(drawn_of(spoilt), LATER).agreed == 0
    assert standing(SUBJECT, Known(row=first_row(SUBJECT), reviews=flood), LATER).reviews == 1
