"""The time that is left between meetings, within working hours.

All is counted in UTC, so that a day on which the clocks change has the hours it really has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import get_args

from pmagent.errors import UsageError
from pmagent.tasks.calendar.values import as_date, as_datetime, wall
from pmagent.tasks.calendar.zones import iana_zone
from pmagent.types.tasks import CalendarWindow, Habits, Hours, Occurrence, Weekday

Interval = tuple[datetime, datetime]

_DAY = timedelta(days=1)
_WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)


def free_slots(window: CalendarWindow, habits: Habits) -> tuple[Interval, ...]:
    """(start, end) of each free time of the window, in order and apart, in the zone of the habits.

    Around a meeting the buffer is kept free; an event that lasts all day takes the day. Blocks that
    this program planned itself take no time: a new plan may move them. What is cancelled or
    transparent takes none either.

    Raises:
        UsageError: the zone of the habits is unknown.
    """
    zone = iana_zone(habits.zone)
    if zone is None:
        raise UsageError(f'there is no time zone "{habits.zone}"', "name one such as Europe/Lisbon")
    buffer = timedelta(minutes=habits.buffer)
    meetings = (one for one in window.occurrences if one.is_busy and not one.is_ours)
    busy = _merged(_taken(one, zone, buffer) for one in meetings)
    work = _merged(_working(window.first, window.last, habits, zone))
    return tuple(
        (start.astimezone(zone), end.astimezone(zone))
        for start, end in _without(work, busy)
        if end - start >= timedelta(minutes=1)
    )


def busy_times(window: CalendarWindow, zone: tzinfo) -> tuple[Interval, ...]:
    """(start, end) of the times that are taken, merged, in order, in `zone`; without buffers."""
    meetings = (one for one in window.occurrences if one.is_busy and not one.is_ours)
    merged = _merged(_taken(one, zone, timedelta()) for one in meetings)
    return tuple((start.astimezone(zone), end.astimezone(zone)) for start, end in merged)


def _taken(one: Occurrence, zone: tzinfo, buffer: timedelta) -> Interval:
    if one.is_all_day:
        first, last = as_date(one.start), as_date(one.end)
        # Some exporters end a day where it begins.
        return _instant(first, time(), zone), _instant(max(last, first + _DAY), time(), zone)
    start, end = as_datetime(one.start), as_datetime(one.end)
    if one.is_floating:
        # It is at its hour wherever the person is.
        start, end = start.replace(tzinfo=zone), end.replace(tzinfo=zone)
    begun, done = start.astimezone(UTC), end.astimezone(UTC)
    if done < begun:
        # It begins in an hour that the clocks skip: it lasts as long as it says.
        done = begun + max(wall(end) - wall(start), timedelta())
    return begun - buffer, done + buffer


def _working(first: date, last: date, habits: Habits, zone: tzinfo) -> Iterator[Interval]:
    hours = dict(habits.hours)
    for number in range((last - first).days + 1):
        day = first + number * _DAY
        if day in habits.days_off:
            continue
        for span in hours.get(_WEEKDAYS[day.weekday()], ()):
            yield _shift(day, span, zone)


def _shift(day: date, hours: Hours, zone: tzinfo) -> Interval:
    # Hours that end before they begin go on over midnight.
    end = day if hours.end > hours.start else day + _DAY
    return _instant(day, hours.start, zone), _instant(end, hours.end, zone)


def _instant(day: date, at: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def _merged(spans: Iterable[Interval]) -> list[Interval]:
    """Without those that are empty; touching ones are joined."""
    merged: list[Interval] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _without(work: Sequence[Interval], busy: Sequence[Interval]) -> Iterator[Interval]:
    """What of `work` is not in `busy`; both merged and in order."""
    for start, end in work:
        at = start
        for taken, done in busy:
            if done <= at or taken >= end:
                continue
            if taken > at:
                yield at, taken
            at = max(at, done)
        if at < end:
            yield at, end
