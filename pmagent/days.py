"""A day as a person writes it, `2024`, `2024-03` or `2024-03-14`, and as one reads it."""

from __future__ import annotations

from calendar import monthrange
from contextlib import suppress
from datetime import date

from pmagent.errors import UsageError

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FAR_DAYS = 60


def day_name(day: date, near: date | None = None) -> str:
    """`Mon 23 Nov`, in no language but ours: the same on every computer.

    With its year where that is another one than that of `near`, and not just around its end.
    """
    is_far = near is not None and day.year != near.year and abs((day - near).days) > _FAR_DAYS
    year = f" {day.year}" if is_far else ""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}{year}"


def parse_day(text: str, *, is_end: bool, flag: str) -> date:
    """The first or, with `is_end`, the last day of a year, a month or a day.

    Raises:
        UsageError: it is none; `flag` is where it was written.
    """
    parts = text.strip().split("-")
    numbers = [int(part) for part in parts if part.isdigit()]
    if len(numbers) == len(parts) <= 3:
        year, month, day = (*numbers, 0, 0)[:3]
        month = month or (12 if is_end else 1)
        with suppress(ValueError):
            return date(year, month, day or (monthrange(year, month)[1] if is_end else 1))
    raise UsageError(f'{flag} "{text}" is not a day', "write 2024, 2024-03 or 2024-03-14")
