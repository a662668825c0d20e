"""The days of a window as the search sees them: which slots are free, and how many may be taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from pmagent.tasks.planner.minutes import (
    Meeting,
    Span,
    days_between,
    length_of,
    local_minute,
    meetings_of,
    midnight,
    minute_after,
    minute_of,
    open_spans,
    without,
    worked_spans,
)
from pmagent.tasks.planner.model import SLOT, Day
from pmagent.types.tasks import Block, Habits, WeekTask

_LONG_AGO = 0


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What stands before any card is looked at."""

    zone: ZoneInfo
    dates: tuple[date, ...]
    today: int
    """The place of the first day that is not over."""
    now: int
    """The first minute that may be planned."""
    meetings: tuple[Meeting, ...]


def read_ground(task: WeekTask) -> Ground:
    """The days, the meetings and the clock of a task."""
    zone = ZoneInfo(task.habits.zone)
    dates = tuple(days_between(task.window.first, task.window.last))
    today = task.now.astimezone(zone).date()
    return Ground(
        zone=zone,
        dates=dates,
        today=sum(day < today for day in dates),
        now=minute_after(task.now),
        meetings=meetings_of(task.window, zone),
    )


def build_days(task: WeekTask, ground: Ground, kept: Sequence[Block]) -> tuple[Day, ...]:
    """Each day with what is free of it beside the blocks that stay."""
    return tuple(build_day(task, ground, kept, day) for day in ground.dates)


def build_day(task: WeekTask, ground: Ground, kept: Sequence[Block], day: date) -> Day:
    """One of them."""
    habits, zone = task.habits, ground.zone
    start = midnight(day, zone)
    worked = worked_spans(habits, day, zone)
    taken: list[Span] = [(_LONG_AGO, ground.now)]
    taken += [
        (one.start - habits.buffer, one.end + habits.buffer)
        for one in ground.meetings
        if one.end + habits.buffer > start
    ]
    taken += [
        (minute_of(block.start) - habits.between, minute_after(block.end) + habits.between)
        for block in kept
    ]
    free = without(worked, taken)
    return Day(
        midnight=start,
        free=slots_of(free, start) if worked else 0,
        deep=_deep_slots(habits, day, zone, start),
        budget=budget_of(task, ground, kept, day) // SLOT,
    )


def slots_of(spans: Iterable[Span], start: int) -> int:
    """The slots that lie wholly in some spans, counted from a minute."""
    mask = 0
    for first, last in spans:
        low, high = -((start - first) // SLOT), (last - start) // SLOT
        if high > low >= 0:
            mask |= ((1 << (high - low)) - 1) << low
    return mask


def _deep_slots(habits: Habits, day: date, zone: ZoneInfo, start: int) -> int:
    if habits.deep_from is None or habits.deep_until is None:
        return 0
    first = local_minute(day, habits.deep_from, zone)
    return slots_of([(first, local_minute(day, habits.deep_until, zone))], start)


def budget_of(task: WeekTask, ground: Ground, kept: Sequence[Block], day: date) -> int:
    """Minutes that new blocks may take of a day.

    It is the share of what is left of the day's open time, less the blocks that stay. A plan that
    stands was made from the whole day: then it is at least the share of that, less all that lay
    before `now`, or the mere passing of time would push a block out.
    """
    open_ = open_spans(task.habits, ground.meetings, day)
    left = without(open_, [(_LONG_AGO, ground.now)])
    if not left:
        return 0
    share = task.habits.daily_share
    today = [block for block in kept if block.start.astimezone(ground.zone).date() == day]
    ahead = sum(minutes_in(block) for block in today if minute_of(block.start) >= ground.now)
    begun = sum(minutes_in(block) for block in today) - ahead
    budget = int(share * length_of(left) + 1e-9)
    if task.before is not None:
        budget = max(budget, int(share * length_of(open_) + 1e-9) - begun)
    return max(0, budget - ahead)


def minutes_in(block: Block) -> int:
    """How long a block is."""
    return minute_after(block.end) - minute_of(block.start)
