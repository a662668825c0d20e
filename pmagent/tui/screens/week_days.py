"""The days of a week as its screen reads them."""

from __future__ import annotations

from datetime import date, timedelta

from pmagent.tui.paint.week_values import Week
from pmagent.types.tasks import WeekPlan
from pmagent.types.week import WeekCalls

_FRIDAY = 4


def friday_after(today: date) -> date:
    """The next one, as an example of a day that a card is due."""
    return today + timedelta(days=(_FRIDAY - today.weekday()) % 7)


def monday_of(day: date) -> date:
    """The first day of the week that a day is in."""
    return day - timedelta(days=day.weekday())


def read_week(calls: WeekCalls, first: date, shown: WeekPlan | None = None) -> Week:
    """Seven days from a Monday on, with a plan that is not kept yet.

    Its moves are those against the plan that stands; where none does, against the one `shown`.
    """
    last = first + timedelta(days=6)
    now = calls.now()
    plan = calls.plan(first, last, before=shown)
    standing = calls.standing(first, last)
    return Week(
        today=now.date(),
        now=now,
        first=first,
        last=last,
        board=calls.board(),
        plan=plan,
        moves=plan.moves,
        has_standing=standing is not None,
        window=calls.window(first, last),
        habits=calls.habits(),
        is_kept=standing is not None and standing.blocks == plan.blocks,
        notes=tuple(calls.notes()),
    )
