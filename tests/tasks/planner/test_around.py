"""What stands around a plan: habits, outcomes, the past, and pages to read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from pmagent.errors import UsageError
from pmagent.tasks.planner import (
    day_page,
    estimate_bias,
    habits_of,
    look_back,
    moves_text,
    option_named,
    plan_week,
    read_outcomes,
    week_table,
)
from pmagent.types.tasks import Card, Effort, Hours, TradeOff, Unplaced
from tests.tasks.planner.weeks import changed, usual_week


def finished(number: int, likely: int, spent: int, project: str = "") -> Card:
    return Card(
        id=f"c{number}",
        title=f"Card {number}",
        lane="Done",
        is_done=True,
        effort=Effort(likely=likely),
        spent=spent,
        project=project,
    )


def test_habits_without_settings_are_those_of_an_office_week() -> None:
    read = habits_of({}, zone="Europe/Berlin")

    assert read.problems == ()
    assert [day for day, _ in read.habits.hours] == ["mon", "tue", "wed", "thu", "fri"]
    assert read.habits.hours[0][1] == (
        Hours(start=time(9), end=time(12, 30)),
        Hours(start=time(13, 30), end=time(17)),
    )


def test_habits_are_read_from_settings() -> None:
    read = habits_of({
        "zone": "America/New_York",
        "hours": {"mon-wed": "8:00-12:00, 13-17:30", "sat": ["10:00–11:00"]},
        "deep": "8:00-10:00",
        "days-off": ["2026-12-24", date(2026, 12, 25)],
        "longest": 90,
    })

    assert read.problems == ()
    assert [day for day, _ in read.habits.hours] == ["mon", "tue", "wed", "sat"]
    assert read.habits.hours[0][1][1] == Hours(start=time(13), end=time(17, 30))
    assert (read.habits.deep_from, read.habits.deep_until) == (time(8), time(10))
    assert read.habits.days_off == (date(2026, 12, 24), date(2026, 12, 25))
    assert read.habits.longest == 90


def test_settings_that_mean_nothing_are_said_and_leave_the_usual() -> None:
    read = habits_of({
        "zone": "Mars/Olympus",
        "hours": {"someday": "9-17", "mon": "17:00-9:00, 25:00-26:00"},
        "buffer": -3,
        "shortest": 60,
        "longest": 30,
        "daily-share": "all",
        "days-off": ["soon"],
        "breaks": 3,
    })

    assert len(read.problems) == 10
    assert (read.habits.zone, read.habits.buffer, read.habits.daily_share) == ("UTC", 10, 0.8)
    assert read.habits.longest == read.habits.shortest == 60
    assert read.habits.hours == ()


def test_an_outcome_tree_shares_weight_downwards() -> None:
    tree = read_outcomes(
        "# What for\n\n- Listeners come back ^back weight:3\n"
        "  - Found again ^found weight:2\n  - Read ^notes\n- Pays its way ^pays\n"
    )

    assert [(one.id, round(one.share, 3), one.depth) for one in tree.outcomes] == [
        ("back", 0.75, 0),
        ("found", 0.5, 1),
        ("notes", 0.25, 1),
        ("pays", 0.25, 0),
    ]
    assert dict(tree.priorities) == {"back": 2.25, "found": 1.5, "notes": 0.75, "pays": 0.75}


def test_an_outcome_tree_says_what_it_does_not_understand() -> None:
    tree = read_outcomes("- A ^a weight:lots\n- B ^a\n")

    assert tree.problems == (
        'line 1: weight "lots" is no number above 0: 1 is used',
        'line 2: "^a" is there twice; the first counts',
    )


def test_estimates_are_judged_from_ten_cards_on() -> None:
    cards = [finished(number, 60, 90 + number, "show") for number in range(12)]
    cards += [finished(20 + number, 60, 60, "site") for number in range(3)]

    every, show, site = estimate_bias(cards)

    assert (every.cards, show.cards, site.cards) == (15, 12, 3)
    assert show.ratio is not None
    assert show.low is not None
    assert 1.5 < show.low < show.ratio < 1.7
    assert "takes longer than you think" in show.says
    assert site.ratio is None
    assert "too few to say, 3 of 10" in site.says


def test_a_look_back_compares_expected_with_actual() -> None:
    task = usual_week(1, cards=6)
    plan = plan_week(task, steps=10)
    first = next(card for card in task.cards if card.id == plan.blocks[0].card)
    extra = replace(finished(99, 30, 30), title="Fire", done_on=task.window.first)

    back = look_back(plan, [replace(first, is_done=True, spent=200), extra])

    assert back.planned == plan.planned
    assert back.spent == 200
    assert back.unplanned == ("Fire",)
    assert [one.card for one in back.cards if one.is_done] == [first.id]
    assert back.says[0] == f"1 of {len(back.cards)} planned cards are done"


def test_every_page_shows_every_block_and_no_line_is_wider_than_the_terminal() -> None:
    task = usual_week(2, cards=25)
    wide = replace(task.cards[0], title="記" * 90 + "\x1b[31m")
    plan = plan_week(replace(task, cards=(wide, *task.cards[1:])), steps=20)

    table = week_table(task, plan)
    pages = [
        day_page(task, plan, task.window.first + timedelta(days=number)) for number in range(7)
    ]

    assert table.count("▒") == len(plan.blocks) == sum(page.count("- [ ]") for page in pages)
    assert max(len(line) + line.count("記") for line in table.splitlines()) <= 80
    assert "\x1b" not in table + "".join(pages)


def test_a_changed_plan_is_told_block_by_block() -> None:
    task = usual_week(4, cards=12)
    plan = plan_week(task, steps=20)
    again = plan_week(changed(task, plan, 4), steps=20)

    text = moves_text(again.moves, task.habits.zone)

    assert len(again.moves) > 0
    assert sum(line[0] in "+><~-" for line in text.splitlines()) == len(again.moves)
    assert moves_text((), task.habits.zone) == "no block moves\n"


def test_what_is_not_as_it_should_be_stands_under_its_own_heading() -> None:
    task = usual_week(3, cards=4)
    plan = plan_week(task, steps=10)
    part, none, wait, late = (
        Unplaced(card=card.id, title=card.title, reason=f"reason {place}")
        for place, card in enumerate(task.cards[:4])
    )
    cards = [
        replace(card, waiting_for="Gil" if card.id == wait.card else "") for card in task.cards
    ]
    task = replace(task, cards=tuple(cards))
    lacking = (none, replace(part, minutes_planned=60), wait)
    whole = replace(plan, unplaced=lacking, late=(late,), trade_offs=())

    page = day_page(task, whole, task.window.first)
    table = week_table(task, whole)

    kinds = ["late", "in part", "no room", "waiting"]
    assert [line for line in table.splitlines() if line in kinds] == kinds
    heads = [line for line in page.splitlines() if line.startswith("## ")]
    assert heads == ["## Late", "## In part", "## No room", "## Waiting"]
    order = [one.reason for one in (late, part, none, wait)]
    assert sorted(order, key=page.index) == sorted(order, key=table.index) == order
    bare = day_page(task, replace(whole, unplaced=(none,), late=()), task.window.first)
    assert "In part" not in bare


def test_choices_are_numbered_as_they_are_taken() -> None:
    task = usual_week(3, cards=4)
    plan = plan_week(task, steps=10)
    choices = (
        TradeOff(id="a", says="First", options=("move it", "leave it late"), shifts=(None, None)),
        TradeOff(id="b", says="Second", options=("wait",), shifts=(None,)),
    )
    whole = replace(plan, trade_offs=choices)

    table = week_table(task, whole, has_reasons=True)

    assert table.endswith(
        "  1 First\n    1a move it\n    1b leave it late\n  2 Second\n    2a wait\n"
    )
    assert option_named(whole, "1B") == (choices[0], 1)
    assert option_named(whole, "2a") == (choices[1], 0)
    for name in ("2b", "3a", "0a", "a", ""):
        with pytest.raises(UsageError, match="no option"):
            option_named(whole, name)
