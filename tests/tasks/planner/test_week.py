"""What a person relies on when a week is planned, and planned again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from pmagent.tasks.planner import check_plan, plan_week
from pmagent.types.tasks import CalendarWindow, Card, Effort, Occurrence, WeekPlan, WeekTask
from tests.tasks.planner.weeks import any_week, changed, plain_habits, usual_week

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 23)
WEEKS = 150
"""Each planned twice; `python -m benchmarks.planning --weeks 10000` for all of them."""
STEPS = 6


def at(day: int, clock: str) -> datetime:
    """A moment of the week, by the number of its day."""
    return datetime.combine(MONDAY + timedelta(days=day), time.fromisoformat(clock), BERLIN)


def meeting(summary: str, day: int, start: str, end: str) -> Occurrence:
    return Occurrence(summary=summary, start=at(day, start), end=at(day, end), uid=summary)


def card(id_: str, minutes: int = 60, **more: object) -> Card:
    plain = Card(id=id_, title=id_.title(), lane="Now", effort=Effort(likely=minutes))
    return replace(plain, **more)  # pyright: ignore[reportArgumentType]


def week(*cards: Card, meetings: tuple[Occurrence, ...] = (), **more: object) -> WeekTask:
    window = CalendarWindow(
        first=MONDAY,
        last=MONDAY + timedelta(days=6),
        zone="Europe/Berlin",
        occurrences=meetings,
    )
    task = WeekTask(window=window, cards=cards, habits=plain_habits(), now=at(0, "07:00"))
    return replace(task, **more)  # pyright: ignore[reportArgumentType]


def times(plan: WeekPlan) -> dict[str, str]:
    return {
        block.id: f"{block.start:%a %H:%M}-{block.end.astimezone(BERLIN):%H:%M}"
        for block in plan.blocks
    }


def planned(task: WeekTask) -> WeekPlan:
    plan = plan_week(task)
    assert check_plan(task, plan) == ()
    return plan


def test_no_block_overlaps_or_leaves_the_working_hours_in_any_of_many_weeks() -> None:
    for seed in range(WEEKS):
        task = any_week(seed)
        plan = plan_week(task, steps=STEPS)
        assert check_plan(task, plan) == (), seed
        again = changed(task, plan, seed)
        assert check_plan(again, plan_week(again, steps=STEPS)) == (), seed


def test_the_same_task_gives_the_same_plan() -> None:
    task = usual_week(3, cards=20)

    assert repr(plan_week(task, steps=40)) == repr(plan_week(task, steps=40))


def test_a_meeting_is_kept_free_with_its_buffer() -> None:
    plan = planned(week(card("notes", 120), meetings=(meeting("Review", 0, "09:00", "10:00"),)))

    assert times(plan) == {"pmagent-notes-1": "Tue 09:00-11:00"} or times(plan) == {
        "pmagent-notes-1": "Mon 13:00-15:00"
    }


def test_a_card_follows_what_it_waits_for() -> None:
    plan = planned(week(card("second", 60, after=("first",), priority=1), card("first", 60)))

    first, second = plan.blocks
    assert (first.card, second.card) == ("first", "second")
    assert first.end < second.start


def test_long_work_is_split_with_a_break() -> None:
    plan = planned(week(card("deck", 210)))

    assert [(block.part, block.parts) for block in plan.blocks] == [(1, 2), (2, 2)]
    assert sum((block.end - block.start).seconds // 60 for block in plan.blocks) == 210


def test_cards_that_cannot_be_planned_say_why() -> None:
    task = week(
        card("legal", waiting_for="the lawyer"),
        card("later", start=MONDAY + timedelta(days=9)),
        card("a", after=("b",)),
        card("b", after=("a",)),
        card("follows", after=("legal",)),
        card("evening", due=MONDAY, at=time(20)),
    )

    reasons = {one.card: one.reason for one in planned(task).unplaced}

    assert reasons == {
        "legal": "it waits for the lawyer",
        "later": "it begins on Wed 2 Dec",
        "a": 'it waits for itself: "A" waits for "B" waits for "A"',
        "b": 'it waits for itself: "B" waits for "A" waits for "B"',
        "follows": 'it waits for "Legal", which is not finished in these days',
        "evening": "it is set to Mon 23 Nov 20:00, outside your working hours"
        " (09:00–12:00, 13:00–17:00)",
    }


def test_a_card_with_a_set_time_is_there() -> None:
    plan = planned(week(card("call", 30, due=MONDAY, at=time(14, 10))))

    assert times(plan) == {"pmagent-call-1": "Mon 14:10-14:40"}


def test_a_card_longer_than_the_week_says_what_is_left() -> None:
    plan = planned(week(card("book", 100 * 60), card("mail", 30)))

    assert "pmagent-mail-1" in times(plan)
    [book] = plan.unplaced
    done = sum(
        int((block.end - block.start).total_seconds()) // 60
        for block in plan.blocks
        if block.card == "book"
    )
    assert book.minutes_missing == 6000 - done
    assert book.reason.startswith("it is longer than the time there is")


def minutes_of(plan: WeekPlan, id_: str) -> int:
    return sum(
        int((block.end - block.start).total_seconds()) // 60
        for block in plan.blocks
        if block.card == id_
    )


def two_days(*cards: Card) -> WeekTask:
    """A week of which Wednesday to Friday are off: some 11 hours can be planned."""
    days_off = tuple(MONDAY + timedelta(days=day) for day in range(2, 5))
    return week(*cards, habits=replace(plain_habits(), days_off=days_off))


def test_a_part_of_a_long_card_is_planned_and_what_is_left_is_in_time() -> None:
    long = card("book", 18 * 60, due=MONDAY + timedelta(days=18))

    plan = planned(two_days(long, card("mail", 30)))

    [book] = plan.unplaced
    assert minutes_of(plan, "mail") == 30
    assert minutes_of(plan, "book") == book.minutes_planned >= 300
    assert book.minutes_missing == 18 * 60 - book.minutes_planned
    assert book.reason.endswith("are left for later, which is in time for Fri 11 Dec")
    assert plan.trade_offs == ()


def test_work_that_later_days_cannot_hold_goes_before_work_that_can_wait() -> None:
    """Twelve hours due on the Monday after: that Monday holds 335 minutes of them."""
    soon = card("soon", 12 * 60, due=MONDAY + timedelta(days=7))
    later = card("later", 12 * 60, due=MONDAY + timedelta(days=25))

    plan = planned(two_days(soon, later))

    assert minutes_of(plan, "soon") == 385 > minutes_of(plan, "later") >= 240


def test_a_card_that_cannot_be_done_in_time_is_told_the_day_on_which_it_could() -> None:
    rule = card("rule", 20 * 60, due=MONDAY + timedelta(days=7))

    plan = planned(two_days(rule))

    [one] = plan.unplaced
    assert "to be done by Mon 30 Nov" in one.reason
    assert plan.trade_offs[0].options[0].startswith("put its day off to")


def test_what_follows_a_long_card_waits_until_all_of_it_is_planned() -> None:
    first = card("book", 18 * 60)
    plan = planned(two_days(first, card("print", 60, after=("book",), priority=1)))

    assert minutes_of(plan, "book") > 0
    assert minutes_of(plan, "print") == 0
    reasons = {one.card: one.reason for one in plan.unplaced}
    assert reasons["print"] == 'it waits for "Book", which is not finished in these days'


def test_a_replan_keeps_the_part_of_a_long_card_where_it_is() -> None:
    task = two_days(card("book", 18 * 60), card("mail", 30))
    plan = planned(task)

    again = planned(replace(task, before=plan))

    assert [move for move in again.moves if move.kind != "new"] == []


def test_what_is_in_hand_goes_before_what_is_next() -> None:
    days_off = tuple(MONDAY + timedelta(days=day) for day in range(1, 7))
    habits = replace(plain_habits(), days_off=days_off)
    cards = [card(f"n{number}", 110, lane="Next") for number in range(3)]

    plan = planned(week(*cards, card("now", 110, lane="Doing"), habits=habits))

    assert minutes_of(plan, "now") == 110


def test_a_card_due_today_is_in_time_though_others_would_like_its_room() -> None:
    others = [card(f"c{number}", 60, lane="Next") for number in range(6)]
    soon = card("soon", 240, lane="Next", due=MONDAY)

    plan = planned(week(*others, soon))

    assert {block.start.date() for block in plan.blocks if block.card == "soon"} == {MONDAY}
    assert plan.late == ()


def test_a_short_card_is_not_cut_in_two_where_a_whole_gap_is_near() -> None:
    walls = (
        meeting("Board", 0, "09:30", "12:00"),
        meeting("Review", 0, "13:40", "17:00"),
        meeting("Visit", 1, "09:00", "12:00"),
    )

    plan = planned(week(card("letter", 60, due=MONDAY + timedelta(days=1)), meetings=walls))

    assert [(block.part, block.parts) for block in plan.blocks] == [(1, 1)]


def test_the_share_of_a_day_that_may_be_planned_is_named_where_it_is_what_is_in_the_way() -> None:
    days_off = tuple(MONDAY + timedelta(days=day) for day in range(1, 7))
    habits = replace(plain_habits(), days_off=days_off)
    cards = [card(f"c{number}", 110, priority=2) for number in range(3)]

    plan = planned(week(*cards, card("mail", 60, priority=4), habits=habits))

    [mail] = plan.unplaced
    assert mail.reason.startswith(
        "it needs 1 h, and the 80 % of a day that may be planned are full"
    )


def test_of_a_card_in_parts_only_the_part_that_is_hit_moves() -> None:
    task = week(card("deck", 360), card("notes", 60))
    plan = planned(task)
    hit = [block for block in plan.blocks if block.card == "deck"][-1]
    wall = replace(meeting("Review", 0, "09:00", "10:00"), start=hit.start, end=hit.end)

    again = planned(replace(task, before=plan, window=replace(task.window, occurrences=(wall,))))

    assert [move.block for move in again.moves] == [hit.id]
    assert again.moves[0].why == '"Review" is in the calendar there'


def test_a_meeting_with_a_cards_own_words_is_pointed_out() -> None:
    wall = meeting("Write back to Ruth", 0, "11:00", "11:45")
    one = replace(card("ruth", 60), title="Write back to Ruth, by hand")

    plan = planned(week(one, meetings=(wall,)))

    assert plan.notes == (
        '"Write back to Ruth" on Mon 23 Nov 11:00 may be time for "Write back to Ruth, by hand"'
        " already",
    )


def test_what_counts_more_gets_the_room_there_is() -> None:
    days_off = tuple(MONDAY + timedelta(days=day) for day in range(1, 7))
    habits = replace(plain_habits(), days_off=days_off)
    cards = [card(f"p{priority}", 110, priority=priority) for priority in (3, 1, 2, 4)]

    plan = planned(week(*cards, habits=habits))

    assert {block.card for block in plan.blocks} == {"p1", "p2", "p3"}
    assert [one.card for one in plan.unplaced] == ["p4"]
    assert '"P1", "P2" and "P3"' in plan.unplaced[0].reason


def test_an_outcome_that_counts_more_comes_before_one_that_counts_less() -> None:
    days_off = tuple(MONDAY + timedelta(days=day) for day in range(1, 7))
    habits = replace(plain_habits(), days_off=days_off)
    cards = [card(id_, 120, outcome=id_) for id_ in ("a", "b", "c")]
    weights = (("a", 0.5), ("b", 1.0), ("c", 2.0))

    left = planned(week(*cards, card("d", 90, outcome="c"), habits=habits, priorities=weights))

    assert "a" in {one.card for one in left.unplaced}


def test_deep_work_lies_in_its_hours() -> None:
    plan = planned(week(card("think", 120, energy="deep"), card("mail", 60, energy="light")))

    assert times(plan) == {
        "pmagent-think-1": "Mon 09:00-11:00",
        "pmagent-mail-1": "Mon 13:00-14:00",
    }
    assert [block.why for block in plan.blocks] == [
        "deep work, in your best hours",
        "light work, outside your best hours",
    ]


def test_a_replan_moves_only_what_a_moved_meeting_hits_and_says_why() -> None:
    cards = tuple(card(f"c{number}", 60) for number in range(10))
    task = week(*cards, meetings=(meeting("Review", 1, "13:00", "14:00"),))
    plan = planned(task)
    hit = next(block for block in plan.blocks if block.start.astimezone(BERLIN).hour == 9)
    review = replace(task.window.occurrences[0], start=hit.start, end=hit.end)

    again = planned(replace(task, window=replace(task.window, occurrences=(review,)), before=plan))

    moved = {move.block for move in again.moves}
    assert hit.id in moved
    assert len(moved) <= 2
    assert next(move for move in again.moves if move.block == hit.id).why == (
        '"Review" is in the calendar there'
    )
    sequences = {block.id: block.sequence for block in again.blocks}
    assert sequences == {id_: int(id_ in moved) for id_ in sequences}


@pytest.mark.parametrize(("seed", "cards", "long"), [(5, 15, 0), (0, 10, 4), (4, 10, 4)])
def test_a_replan_of_an_unchanged_week_moves_nothing_at_any_time_of_it(
    seed: int, cards: int, long: int
) -> None:
    task = usual_week(seed, cards=cards, long=long)
    plan = plan_week(task)

    for hours in (0, 5, 29, 54, 100):
        later = replace(task, before=plan, now=task.now + timedelta(hours=hours))
        again = plan_week(later, steps=60)
        assert check_plan(later, again) == ()
        assert [move for move in again.moves if move.kind != "new"] == [], hours


def test_begun_and_fixed_blocks_stay_even_where_a_meeting_comes_and_that_is_said() -> None:
    task = week(card("notes", 60), card("deck", 60))
    plan = planned(task)
    fixed = replace(plan.blocks[1], is_fixed=True)
    review = replace(meeting("Review", 0, "09:00", "10:00"), start=fixed.start, end=fixed.end)
    again = planned(
        replace(
            task,
            window=replace(task.window, occurrences=(review,)),
            before=replace(plan, blocks=(plan.blocks[0], fixed)),
            now=plan.blocks[0].start + timedelta(minutes=20),
        )
    )

    assert again.moves == ()
    assert all(block.is_fixed for block in again.blocks)
    assert any('but "Review" is there in the calendar' in note for note in again.notes)


def test_a_lost_day_moves_its_blocks_and_nothing_else() -> None:
    cards = tuple(card(f"c{number}", 90) for number in range(12))
    task = week(*cards)
    plan = planned(task)
    lost = MONDAY + timedelta(days=1)

    habits = replace(task.habits, days_off=(lost,))
    again = planned(replace(task, habits=habits, before=plan))

    hit = {block.id for block in plan.blocks if block.start.date() == lost}
    assert hit <= {move.block for move in again.moves}
    assert {move.why for move in again.moves if move.block in hit} == {
        "Tue 24 Nov has no working time there any more"
    }
    assert len(again.moves) <= len(hit) + 1


def test_done_cards_lose_their_blocks_with_the_reason() -> None:
    task = week(card("notes", 60), card("deck", 60))
    plan = planned(task)

    done = (replace(task.cards[0], is_done=True), task.cards[1])
    again = planned(replace(task, cards=done, before=plan))

    assert [(move.title, move.kind, move.why) for move in again.moves] == [
        ("Notes", "dropped", "it is done")
    ]


def test_time_that_is_over_without_the_card_being_done_asks_how_much_is_left() -> None:
    task = week(card("notes", 60))
    plan = planned(task)

    again = planned(replace(task, before=plan, now=at(2, "12:00")))

    assert [one.reason for one in again.unplaced] == [
        "its 1 h are over and it is not done: say how much is left"
    ]


def test_a_late_card_names_the_choice_that_would_save_it() -> None:
    wall = meeting("Review", 0, "09:00", "16:50")
    plan = planned(week(card("prd", 60, due=MONDAY, priority=1), meetings=(wall,)))

    assert [(one.card, one.reason) for one in plan.late] == [
        (
            "prd",
            "it ends on Tue 24 Nov, but is due on Mon 23 Nov: until then 0 min can be planned"
            " for it",
        )
    ]
    [choice] = plan.trade_offs
    assert choice.says == (
        '"Prd" is late, on Tue 24 Nov because "Review" on Mon 23 Nov 09:00 is fixed'
    )
    assert choice.options == (
        'move "Review" on Mon 23 Nov 09:00: "Prd" is on Mon 23 Nov 09:00',
        "leave it late",
    )


def test_a_meeting_that_pushes_a_block_to_another_day_is_a_choice() -> None:
    habits = replace(plain_habits(), daily_share=1.0)
    task = week(card("prd", 120), habits=habits, meetings=())
    plan = planned(task)
    walls = (meeting("Review", 0, "09:00", "17:00"),)

    again = planned(replace(task, window=replace(task.window, occurrences=walls), before=plan))

    assert again.trade_offs[0].says == (
        '"Prd" moves to Tue 24 Nov because "Review" on Mon 23 Nov 09:00 is fixed'
    )


def test_an_estimate_whose_most_does_not_fit_is_a_risk_that_is_said() -> None:
    habits = replace(
        plain_habits(), days_off=tuple(MONDAY + timedelta(days=d) for d in range(1, 7))
    )
    risky = card("deck", 120, effort=Effort(likely=120, most=600), due=MONDAY)

    plan = planned(week(risky, habits=habits))

    assert len(plan.notes) == 1
    assert plan.notes[0].startswith('"Deck" may take 10 h: 8 h more than planned would not fit')


def test_the_plan_says_where_knowledge_of_the_calendar_ends() -> None:
    task = week(*(card(f"c{number}", 120) for number in range(10)))
    window = replace(task.window, known_until=MONDAY + timedelta(days=1))

    plan = planned(replace(task, window=window))

    assert plan.known_until == MONDAY + timedelta(days=1)
    assert "the calendar is known until Tue 24 Nov" in plan.notes[0]


def test_the_check_finds_what_is_wrong_with_a_spoiled_plan() -> None:
    task = week(card("notes", 60), card("deck", 60))
    plan = planned(task)
    night = replace(plan.blocks[0], start=at(0, "22:00"), end=at(0, "23:00"))
    twice = replace(plan.blocks[1], start=plan.blocks[0].start, end=plan.blocks[0].end)

    assert "outside working hours" in check_plan(task, replace(plan, blocks=(night,)))[0]
    spoiled = check_plan(task, replace(plan, blocks=(plan.blocks[0], twice)))
    assert any("too near each other" in fault for fault in spoiled)


def test_an_option_that_is_taken_comes_true() -> None:
    """Every option that changes a card: with that change made, the card is planned in time."""
    rule = card("rule", 20 * 60, due=MONDAY + timedelta(days=7))
    mails = [card(f"mail{number}", 60, lane="Next") for number in range(3)]
    task = two_days(rule, *mails, card("call", 100, due=MONDAY, priority=1))
    [choice] = planned(task).trade_offs[:1]
    taken = [shift for shift in choice.shifts if shift is not None]

    assert len(choice.shifts) == len(choice.options)
    assert taken
    for shift in taken:
        cards = tuple(
            replace(one, due=shift.due or one.due, start=shift.start or one.start)
            if one.id == shift.card
            else one
            for one in task.cards
        )
        again = planned(replace(task, cards=cards))
        assert not any(one.cards == choice.cards for one in again.trade_offs), shift


def test_a_day_of_another_year_is_said_with_its_year() -> None:
    plan = planned(week(card("old", 30, due=date(2025, 10, 31))))

    assert plan.blocks[0].why == "was due on Fri 31 Oct 2025"
    assert plan.late[0].reason.endswith("as it was due on Fri 31 Oct 2025 already")
