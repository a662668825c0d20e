"""A day as a person writes it: `2024`, `2024-03` or `2024-03-14`."""

from __future__ import annotations

from calendar import monthrange
from contextlib import suppress
from datetime import date

from pmagent.errors import UsageError


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
