"""The days of a week as its screen reads them."""

from __future__ import annotations

from datetime import date, timedelta

from pmagent.tui.paint.week import Week
from pmagent.types.week import WeekCalls

_FRIDAY = 4


def friday_after(today: date) -> date:
    """The next one, as an example of a day that a card is due."""
    return today + timedelta(days=(_FRIDAY - today.weekday()) % 7)


def monday_of(day: date) -> date:
    """The first day of the week that a day is in."""
    return day - timedelta(days=day.weekday())


def read_week(calls: WeekCalls, first: date) -> Week:
    """Seven days from a Monday on, with a plan that is not kept yet."""
    last = first + timedelta(days=6)
    plan = calls.plan(first, last)
    standing = calls.standing(first, last)
    return Week(
        today=calls.today(),
        first=first,
        last=last,
        board=calls.board(),
        plan=plan,
        window=calls.window(first, last),
        habits=calls.habits(),
        is_kept=standing is not None and standing.blocks == plan.blocks,
        notes=tuple(calls.notes()),
    )
