"""Calendar files as text, for the tests of this room."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from pmagent.tasks.calendar.window import read_window
from pmagent.types.tasks import CalendarWindow

BERLIN = "Europe/Berlin"
MARCH = (date(2026, 3, 1), date(2026, 3, 31))


def calendar(*events: str, head: str = "") -> bytes:
    """A calendar with these events, each the lines between BEGIN and END."""
    whole = [f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT" for event in events]
    parts = ["BEGIN:VCALENDAR", "VERSION:2.0", *([head.strip()] if head else []), *whole]
    return "\r\n".join("\n".join([*parts, "END:VCALENDAR", ""]).split("\n")).encode()


def march(data: bytes, zone: str = BERLIN) -> CalendarWindow:
    """What a file says of March 2026."""
    return read_window({"work.ics": data}, *MARCH, zone=zone)


def starts(window: CalendarWindow) -> list[str]:
    """When each begins, in its own zone."""
    return [one.start.isoformat() for one in window.occurrences]


def reasons(window: CalendarWindow) -> list[tuple[int, str]]:
    """(line, why) of all that was refused."""
    return [(one.line, one.reason) for one in window.refusals]


def spans(pairs: Iterable[tuple[datetime, datetime]]) -> list[str]:
    """`2026-03-09T09:00+01:00 to 10:00` of each."""
    return [f"{start:%Y-%m-%dT%H:%M%z} to {end:%H:%M}" for start, end in pairs]
