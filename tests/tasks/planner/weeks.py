"""Weeks made from a seed: meetings, cards and habits of every kind, and what happens to a week."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from pmagent.types.tasks import (
    CalendarWindow,
    Card,
    Effort,
    Energy,
    Habits,
    Hours,
    Occurrence,
    Weekday,
    WeekPlan,
    WeekTask,
)

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")
MONDAYS = (date(2026, 11, 23), date(2026, 3, 23), date(2026, 10, 19), date(2026, 3, 30))
"""Among them weeks in which the clocks change, in Berlin and on Lord Howe."""
WORKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
ALL_DAYS: tuple[Weekday, ...] = (*WORKDAYS, "sat", "sun")


def plain_habits(zone: str = "Europe/Berlin") -> Habits:
    """Mon to Fri, 9 to 12 and 13 to 17; deep work in the morning."""
    hours = (Hours(start=time(9), end=time(12)), Hours(start=time(13), end=time(17)))
    return Habits(
        zone=zone,
        hours=tuple((day, hours) for day in WORKDAYS),
        deep_from=time(9),
        deep_until=time(12),
    )


def any_habits(rng: Random) -> Habits:
    """Habits of many kinds: nights, weekends, one long day, no buffer, blocks of any length."""
    zone = rng.choice(ZONES)
    habits = plain_habits(zone)
    kind = rng.random()
    if kind < 0.5:
        return replace(habits, buffer=rng.choice((0, 5, 10, 15)), between=rng.choice((0, 5, 7)))
    days = rng.sample(ALL_DAYS, rng.randint(1, 7))
    start = rng.choice((0, 6, 8, 9, 13, 20))
    end = min(23, start + rng.randint(1, 9))
    hours = (Hours(start=time(start, rng.choice((0, 10, 32))), end=time(end, 45)),)
    shortest = rng.choice((10, 25, 30, 60))
    return Habits(
        zone=zone,
        hours=tuple((day, hours) for day in days),
        buffer=rng.choice((0, 3, 10, 30)),
        shortest=shortest,
        longest=shortest + rng.choice((0, 5, 30, 90)),
        between=rng.choice((0, 5, 12)),
        daily_share=rng.choice((0.5, 0.8, 1.0)),
        deep_from=rng.choice((None, time(8), time(10, 30))),
        deep_until=rng.choice((time(11), time(12))),
        days_off=tuple(
            MONDAYS[0] + timedelta(days=rng.randrange(7)) for _ in range(rng.randint(0, 1))
        ),
    )


def any_window(rng: Random, habits: Habits, first: date, count: int) -> CalendarWindow:
    """A window with so many events: plain, all day, over midnight, cancelled and transparent."""
    zone = ZoneInfo(habits.zone)
    found: list[Occurrence] = []
    for number in range(count):
        day = first + timedelta(days=rng.randrange(7))
        minute = rng.choice((0, 15, 30, 45, 7, 53))
        start = datetime.combine(day, time(rng.randint(7, 18), minute), zone)
        length = rng.choice((0, 15, 30, 30, 45, 60, 60, 90, 120, 24 * 60))
        is_all_day = rng.random() < 0.03
        found.append(
            Occurrence(
                summary=f"Meeting {number}",
                start=day if is_all_day else start,
                end=day + timedelta(days=1) if is_all_day else start + timedelta(minutes=length),
                uid=f"m{number}",
                is_all_day=is_all_day,
                is_transparent=rng.random() < 0.05,
                status=rng.choice(("CONFIRMED", "CONFIRMED", "TENTATIVE", "CANCELLED")),
            )
        )
    return CalendarWindow(
        first=first, last=first + timedelta(days=6), zone=habits.zone, occurrences=tuple(found)
    )


def any_card(rng: Random, number: int, first: date, *, is_long: bool = False) -> Card:
    """A card: most are plain, some are fixed, wait, begin later or follow others.

    A long one takes days, and may be due weeks later.
    """
    likely = rng.choice((15, 25, 30, 30, 45, 60, 60, 60, 90, 90, 120, 150, 180, 240))
    due = first + timedelta(days=rng.randint(-1, 8)) if rng.random() < 0.6 else None
    if is_long:
        likely = rng.choice((420, 720, 1080, 1440))
        due = first + timedelta(days=rng.randint(3, 25)) if rng.random() < 0.8 else None
    energy: tuple[Energy, ...] = ("", "", "deep", "light")
    return Card(
        id=f"c{number}",
        title=f"Card {number}",
        lane="NEXT",
        effort=Effort(likely=likely, most=likely * 2 if rng.random() < 0.3 else None)
        if rng.random() < 0.95
        else None,
        due=due,
        start=first + timedelta(days=rng.randint(0, 4)) if rng.random() < 0.1 else None,
        at=time(rng.randint(8, 17), 30) if rng.random() < 0.04 else None,
        priority=rng.choice((1, 2, 2, 3, 3, 3, None, 4)),
        waiting_for="legal" if rng.random() < 0.03 else "",
        after=tuple(f"c{rng.randrange(number)}" for _ in range(1))
        if number and rng.random() < 0.15
        else (),
        energy=rng.choice(energy),
        is_done=rng.random() < 0.03,
    )


def any_week(seed: int, cards: int | None = None) -> WeekTask:
    """A whole task of any kind; in a third of them a plan stands and something has changed."""
    rng = Random(seed)
    habits = any_habits(rng)
    first = rng.choice(MONDAYS)
    count = rng.randint(0, 16) if cards is None else cards
    window = any_window(rng, habits, first, rng.randint(0, 20))
    now = datetime.combine(first, time(7), ZoneInfo(habits.zone))
    return WeekTask(
        window=window,
        cards=tuple(
            any_card(rng, number, first, is_long=seed % 3 == 0 and number % 5 == 0)
            for number in range(count)
        ),
        habits=habits,
        now=now + timedelta(minutes=rng.choice((0, 0, 0, 137, 1900, 3333))),
        priorities=(("grow", 2.0), ("keep", 0.5)),
        seed=seed,
    )


def usual_week(seed: int, cards: int = 40, meetings: int = 14, *, long: int = 0) -> WeekTask:
    """A week as a product manager has it: an ordinary one, fuller than there is room for.

    So many of the cards are `long`: they take days.
    """
    rng = Random(seed)
    habits = plain_habits()
    first = MONDAYS[0]
    zone = ZoneInfo(habits.zone)
    found: list[Occurrence] = []
    for number in range(meetings):
        start = datetime.combine(
            first + timedelta(days=rng.randrange(5)),
            time(rng.choice((9, 10, 11, 13, 14, 15, 16)), rng.choice((0, 30))),
            zone,
        )
        end = start + timedelta(minutes=rng.choice((30, 30, 45, 60)))
        found.append(
            Occurrence(summary=f"Meeting {number}", start=start, end=end, uid=f"m{number}")
        )
    window = CalendarWindow(
        first=first, last=first + timedelta(days=6), zone=habits.zone, occurrences=tuple(found)
    )
    plain = [any_card(rng, number, first, is_long=number < long) for number in range(cards)]
    return WeekTask(
        window=window,
        cards=tuple(replace(card, is_done=False, waiting_for="") for card in plain),
        habits=habits,
        now=datetime.combine(first, time(7), zone),
        seed=seed,
    )


def changed(task: WeekTask, plan: WeekPlan, seed: int) -> WeekTask:
    """What happens to a week that is planned: time passes, a meeting moves, a card comes."""
    rng = Random(seed)
    found = list(task.window.occurrences)
    if found and rng.random() < 0.7:
        place = rng.randrange(len(found))
        one = found[place]
        by = timedelta(days=rng.choice((0, 1)), hours=rng.choice((0, 1, 2)))
        found[place] = replace(one, start=one.start + by, end=one.end + by)
    cards = list(task.cards)
    if rng.random() < 0.5:
        cards.append(any_card(rng, len(cards), task.window.first))
    if cards and rng.random() < 0.5:
        place = rng.randrange(len(cards))
        cards[place] = replace(cards[place], is_done=True)
    blocks = tuple(
        replace(block, is_fixed=rng.random() < 0.1 or block.is_fixed) for block in plan.blocks
    )
    habits = task.habits
    if rng.random() < 0.3:
        habits = replace(habits, days_off=(task.window.first + timedelta(days=rng.randrange(5)),))
    return replace(
        task,
        window=replace(task.window, occurrences=tuple(found)),
        cards=tuple(cards),
        habits=habits,
        now=task.now + timedelta(minutes=rng.choice((0, 200, 1500, 3000))),
        before=replace(plan, blocks=blocks),
    )
