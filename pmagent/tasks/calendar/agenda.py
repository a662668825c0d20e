"""The occurrences of a window by day, as lines of fixed columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from pmagent.days import day_name
from pmagent.tasks.calendar.values import as_date
from pmagent.tasks.calendar.zones import iana_zone
from pmagent.types.tasks import CalendarWindow, Occurrence

_MOST_DAYS = 31
"""An event that lasts longer is listed once, with its last day."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class AgendaLine:
    """One row: `10:00-10:45`, the words, and what is to be known about it."""

    when: str
    summary: str
    marks: tuple[str, ...] = ()
    calendar: str = ""


def agenda(window: CalendarWindow) -> Mapping[date, tuple[AgendaLine, ...]]:
    """Rows by day, by the clock of the window's zone; days without any are left out."""
    zone = iana_zone(window.zone) or UTC
    days: dict[date, list[AgendaLine]] = {}
    for one in window.occurrences:
        for day, line in _lines(one, window, zone):
            days.setdefault(day, []).append(line)
    return {day: tuple(days[day]) for day in sorted(days)}


def local(moment: datetime, zone: tzinfo) -> datetime:
    """The moment as the clocks of `zone` really show it, also in an hour that they skip."""
    return moment.astimezone(UTC).astimezone(zone)


def _lines(
    one: Occurrence, window: CalendarWindow, zone: tzinfo
) -> Iterator[tuple[date, AgendaLine]]:
    if isinstance(one.start, datetime) and isinstance(one.end, datetime):
        start, end = local(one.start, zone), local(one.end, zone)
        day = max(start.date(), window.first)
        yield day, _line(one, _clock(start, end, day))
        return
    first, last = as_date(one.start), max(as_date(one.start), as_date(one.end) - _DAY)
    count = (last - first).days + 1
    shown = max(first, window.first)
    if count > _MOST_DAYS:
        yield shown, _line(one, "all day", f"until {day_name(last)} {last.year}")
        return
    while shown <= min(last, window.last):
        yield shown, _line(one, "all day", f"day {(shown - first).days + 1} of {count}")
        shown += _DAY


def _line(one: Occurrence, when: str, span: str = "") -> AgendaLine:
    marks = [] if span in {"", "day 1 of 1"} else [span]
    if one.component == "VTODO":
        marks.append("to-do")
    if one.status.upper() in {"CANCELLED", "TENTATIVE", "COMPLETED"}:
        marks.append(one.status.lower())
    if one.is_cancelled and one.status.upper() != "CANCELLED":
        marks.append("cancelled")
    if one.is_declined:
        marks.append("declined")
    if one.is_transparent and one.component != "VTODO":
        marks.append("free")
    if one.is_floating:
        marks.append("local time")
    if one.is_ours:
        marks.append("planned")
    summary = " ".join(one.summary.split()) or "(without a name)"
    return AgendaLine(when=when, summary=summary, marks=tuple(marks), calendar=one.calendar)


def _clock(start: datetime, end: datetime, day: date) -> str:
    begun = f"{start:%H:%M}" if start.date() == day else "…"
    days = (end.date() - day).days
    if end <= start:
        return begun
    return f"{begun}-{end:%H:%M}" + (f" +{days}" if days > 0 else "")
