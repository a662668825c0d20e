"""Time as the planner counts it: minutes since the epoch, and what of a day is taken.

A day off, a change of the clocks and an appointment over midnight are settled here, once. Nothing
here knows of cards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import cast, get_args
from zoneinfo import ZoneInfo

from pmagent.types.tasks import CalendarWindow, Habits, Hours, Weekday

WEEKDAYS = cast("tuple[Weekday, ...]", get_args(Weekday))
Span = tuple[int, int]
"""From the first minute to the one after the last, since the epoch."""


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """Something in the calendar that takes time, in minutes since the epoch."""

    start: int
    end: int
    summary: str
    is_all_day: bool
    place: int
    """Where it stands among the occurrences of its window."""


def minute_of(moment: datetime) -> int:
    """The minute that a moment lies in, since the epoch."""
    return int(moment.timestamp() // 60)


def minute_after(moment: datetime) -> int:
    """The first whole minute at or after a moment."""
    return -int(-moment.timestamp() // 60)


def span_of(start: datetime, end: datetime) -> Span:
    """A stretch of time to compare and sort by.

    Two moments of one zone compare by their clocks, which is wrong in the hour that comes twice.
    """
    return (minute_of(start), minute_after(end))


def moment_of(minute: int, zone: ZoneInfo) -> datetime:
    """The same moment on the person's own clock."""
    return datetime.fromtimestamp(minute * 60, UTC).astimezone(zone)


def local_minute(day: date, at: time, zone: ZoneInfo) -> int:
    """What a time on a person's clock is; one that the clocks leap over is read as just after."""
    return minute_of(datetime.combine(day, at.replace(tzinfo=None), zone))


def midnight(day: date, zone: ZoneInfo) -> int:
    """The first minute of a day."""
    return local_minute(day, time(), zone)


def days_between(first: date, last: date) -> Iterator[date]:
    """Each day from the first to the last, both included."""
    for count in range((last - first).days + 1):
        yield first + timedelta(days=count)


def hours_on(habits: Habits, day: date) -> tuple[Hours, ...]:
    """From when to when a day is worked; nothing on a day off."""
    if day in habits.days_off:
        return ()
    name = WEEKDAYS[day.weekday()]
    return tuple(one for weekday, hours in habits.hours if weekday == name for one in hours)


def worked_spans(habits: Habits, day: date, zone: ZoneInfo) -> list[Span]:
    """The working time of a day, in order and joined; an end at 00:00 is the midnight after."""
    spans: list[Span] = []
    for one in hours_on(habits, day):
        after = midnight(day + timedelta(days=1), zone)
        end = after if one.end == time() else local_minute(day, one.end, zone)
        spans.append((local_minute(day, one.start, zone), end))
    return joined(spans)


def meetings_of(window: CalendarWindow, zone: ZoneInfo) -> tuple[Meeting, ...]:
    """What takes time, in order. Blocks of our own, tasks and empty events do not."""
    found: list[Meeting] = []
    for place, one in enumerate(window.occurrences):
        if not one.is_busy or one.is_ours or one.component == "VTODO":
            continue
        start = _edge(one.start, zone, is_end=False)
        end = _edge(one.end, zone, is_end=True)
        if end > start:
            found.append(
                Meeting(
                    start=start,
                    end=end,
                    summary=one.summary,
                    is_all_day=not isinstance(one.start, datetime),
                    place=place,
                )
            )
    return tuple(sorted(found, key=lambda one: (one.start, one.end, one.place)))


def _edge(when: datetime | date, zone: ZoneInfo, *, is_end: bool) -> int:
    if not isinstance(when, datetime):
        return midnight(when, zone)
    aware = when if when.tzinfo is not None else when.replace(tzinfo=zone)
    return minute_after(aware) if is_end else minute_of(aware)


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same time as few spans, in order; empty ones are left out."""
    whole: list[Span] = []
    for start, end in sorted(span for span in spans if span[1] > span[0]):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return whole


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What is left of some spans when others are taken out."""
    left = joined(spans)
    for start, end in joined(taken):
        cut: list[Span] = []
        for first, last in left:
            cut += [(first, min(last, start)), (max(first, end), last)]
        left = [span for span in cut if span[1] > span[0]]
    return left


def length_of(spans: Iterable[Span]) -> int:
    """Minutes in spans that do not overlap."""
    return sum(end - start for start, end in spans)


def open_spans(habits: Habits, meetings: Iterable[Meeting], day: date) -> list[Span]:
    """The working time of a day without a meeting; buffers count as open."""
    zone = ZoneInfo(habits.zone)
    return without(worked_spans(habits, day, zone), ((one.start, one.end) for one in meetings))
