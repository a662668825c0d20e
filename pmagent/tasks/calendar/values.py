"""What the values of properties mean: moments, durations, periods and texts (RFC 5545, 3.3)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from pmagent.tasks.calendar.limits import LONGEST_DAYS

EARLIEST = datetime(1, 1, 1)  # noqa: DTZ001 - wall time
LATEST = datetime(9999, 12, 31)  # noqa: DTZ001 - wall time
Moment = datetime | date
"""A date is all day; a datetime without a zone is floating."""

_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?\s*(Z)?)?", re.IGNORECASE)
_DURATION = re.compile(
    r"([+-])?P(?:(\d{1,9})W)?(?:(\d{1,9})D)?"
    r"(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?")
_ESCAPE = re.compile(r"\\([\\;,nN])")


def parse_moment(text: str) -> Moment | None:
    """A date, a floating time or one in UTC; None where it is none of them."""
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    try:
        if found[4] is None:
            return date(year, month, day)
        # A leap second has no place in a datetime; the one before it does.
        second = min(int(found[6] or 0), 59)
        zone = UTC if found[7] else None
        return datetime(year, month, day, int(found[4]), int(found[5]), second, tzinfo=zone)
    except ValueError:
        return None


def parse_duration(text: str) -> timedelta | None:
    """A length of time; None where it is none, or longer than a hundred years."""
    found = _DURATION.fullmatch(text.strip())
    if found is None or not any(found.groups()[1:]):
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    if weeks * 7 + days + hours / 24 + minutes / 1440 + seconds / 86400 > LONGEST_DAYS:
        return None
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if found[1] == "-" else length


def parse_offset(text: str) -> timedelta | None:
    """`+0530` as what is added to UTC; None where it is none, or a day or more."""
    found = _OFFSET.fullmatch(text.strip())
    if found is None:
        return None
    length = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    if length >= timedelta(days=1):
        return None
    return -length if found[1] == "-" else length


def read_text(value: str) -> str:
    r"""A text with its escapes resolved: `\n`, `\,`, `\;` and `\\`."""
    return _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def read_list(value: str) -> tuple[str, ...]:
    """The texts of a list, parted at commas that are not escaped."""
    parts = re.split(r"(?<!\\),", value)
    return tuple(text for part in parts if (text := read_text(part).strip()))


def is_all_day(moment: Moment) -> bool:
    """Whether it is a date."""
    return not isinstance(moment, datetime)


def as_datetime(moment: Moment) -> datetime:
    """A date as its midnight, without a zone; a datetime as it is."""
    if isinstance(moment, datetime):
        return moment
    return datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001 - floating, as dates are


def as_date(moment: Moment) -> date:
    """The day of a moment, in its own zone."""
    return moment.date() if isinstance(moment, datetime) else moment


def wall(moment: Moment) -> datetime:
    """What the clock on the wall shows, without a zone."""
    return as_datetime(moment).replace(tzinfo=None)


def length_of(start: Moment, end: Moment) -> timedelta:
    """From `start` to `end`, both of one kind: of one zone as its clock shows it, else in UTC."""
    if isinstance(start, datetime) and isinstance(end, datetime):
        return end - start
    return as_date(end) - as_date(start)
