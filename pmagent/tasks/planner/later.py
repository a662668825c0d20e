"""How much of a card cannot wait: what the days after the planned ones have no room for.

Nothing is known of their meetings, so each is taken to have the open share that the planned days
have. Work is laid as late as it can be, from the last due day backwards, each card before its own:
what finds no room there has to be done now. For work that may be split this is exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from pmagent.tasks.planner.days import Ground
from pmagent.tasks.planner.minutes import days_between, length_of, open_spans, worked_spans
from pmagent.types.tasks import Card, WeekTask

HORIZON = 60
"""Days that are looked at: what is due later can wait."""


def cannot_wait(
    task: WeekTask, ground: Ground, left: Mapping[str, int], by_id: Mapping[str, Card]
) -> dict[str, int]:
    """Minutes of each card that no day after these has room for before it is due; most have none.

    `left` is what there is to do of each card, in minutes.
    """
    last = task.window.last
    dues = sorted(
        ((due, card) for card in left if last < (due := by_id[card].due or last)), reverse=True
    )
    dues = [(due, card) for due, card in dues if (due - last).days <= HORIZON]
    if not dues:
        return {}
    room = _room_after(task, ground, dues[0][0])
    found: dict[str, int] = {}
    for due, card in dues:
        need = _laid(room, left[card], due)
        if need:
            found[card] = need
    return found


def day_that_holds(
    task: WeekTask, ground: Ground, left: Mapping[str, int], by_id: Mapping[str, Card], card: str
) -> date | None:
    """The first day by which what is left of a card could be done, beside all that is due.

    None where no day of the horizon is.
    """
    first, until = task.window.last + timedelta(days=1), task.window.last + timedelta(days=HORIZON)
    room = _room_after(task, ground, until)
    others = sorted(
        ((by_id[one].due or until, one) for one in left if one != card and by_id[one].due),
        reverse=True,
    )
    for due, one in others:
        _laid(room, left[one], min(due, until))
    need = left[card]
    for day in days_between(first, until):
        need -= room[day]
        if need <= 0:
            return day
    return None


def _laid(room: dict[date, int], need: int, due: date) -> int:
    """Lay work as late as it can be, into `room`; the minutes for which there is none."""
    day = due
    while need and day in room:
        taken = min(need, room[day])
        need, room[day] = need - taken, room[day] - taken
        day -= timedelta(days=1)
    return need


def _room_after(task: WeekTask, ground: Ground, until: date) -> dict[date, int]:
    """Minutes that may be planned on each day to come."""
    worked = open_ = 0
    for day in ground.dates:
        worked += length_of(worked_spans(task.habits, day, ground.zone))
        open_ += length_of(open_spans(task.habits, ground.meetings, day))
    share = task.habits.daily_share * (open_ / worked if worked else 1.0)
    days = days_between(task.window.last + timedelta(days=1), until)
    return {
        day: int(share * length_of(worked_spans(task.habits, day, ground.zone))) for day in days
    }
