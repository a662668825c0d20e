"""The days documents state of themselves."""

from __future__ import annotations

import re
from datetime import date

_MONTHS: tuple[str, ...] = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_NAMED = re.compile(
    r"(?<![\w])(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?\.? )?"
    r"(?P<month>(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6})\.? "
    r"(?:(?P<after>\d{1,2})(?:st|nd|rd|th)?,? )?(?P<year>(?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)


def find_date(text: str) -> date | None:
    """The first day written in `text`, as `2026-03-14`, `14 March 2026` or `Mar 14, 2026`.

    None where there is none, or no such day in the calendar.
    """
    if (iso := _ISO.search(text)) is not None:
        year, month, day = int(iso[1]), int(iso[3]), int(iso[4])
    elif (named := _NAMED.search(text)) is not None and (named["day"] or named["after"]):
        year, day = int(named["year"]), int(named["day"] or named["after"])
        month = _MONTHS.index(str(named["month"])[:3].lower()) + 1
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
