"""The day a document belongs to, and where that was read.

Front matter beats the file's name, that beats a metadata CSV, that the first commit, that the
modification time. Which one it was is shown with every citation.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from pmagent.types import DateSource

_DATE_COLUMNS = ("date", "published", "approx_date")
_DAY = re.compile(r"(?<!\d)(19\d\d|20\d\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_MONTH = re.compile(r"(?<!\d)(19\d\d|20\d\d)[-_.](0[1-9]|1[0-2])(?![-_.]?\d)")


@dataclass(frozen=True, kw_only=True)
class Described:
    """What a metadata CSV says of one file."""

    title: str = ""
    day: date | None = None


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """What is known of dates outside the documents themselves."""

    described: Mapping[str, Described] = field(default_factory=dict[str, Described])
    committed: Mapping[str, date] = field(default_factory=dict[str, date])


def date_of(
    path: str, stated: date | None, calendar: Calendar, mtime_ns: int
) -> tuple[date, DateSource]:
    """The document's day and its source. `stated` is what the document says of itself."""
    if stated is not None:
        return stated, "front matter"
    if (named := day_in_name(path)) is not None:
        return named, "file name"
    if (described := calendar.described.get(path)) is not None and described.day is not None:
        return described.day, "metadata"
    if (committed := calendar.committed.get(path)) is not None:
        return committed, "first commit"
    return datetime.fromtimestamp(mtime_ns / 1e9, tz=UTC).date(), "modified"


def day_in_name(path: str) -> date | None:
    """A day such as `2024-03-14` or `20240314` in the file's name, else in its nearest folder's.

    A month alone (`2024-03`) is its first day.
    """
    for part in reversed(path.split("/")):
        for pattern in (_DAY, _MONTH):
            for found in pattern.finditer(part):
                groups = [group for group in found.groups() if group.isdigit()]
                day = read_day("-".join(groups) if len(groups) > 2 else f"{'-'.join(groups)}-01")
                if day is not None:
                    return day
    return None


def read_day(text: str) -> date | None:
    """The day an ISO date or timestamp names, or None."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def read_metadata(text: str, folder: str) -> dict[str, Described]:
    """What one CSV says, by path relative to the garden; `folder` is where the CSV lies.

    Paths in it are relative to the CSV's own folder. Columns other than path, title and the dates
    are not looked at; a row without a path says nothing.
    """
    rows: dict[str, Described] = {}
    reader = csv.DictReader(io.StringIO(text))
    for row in reader:
        path = (row.get("path") or "").strip().removeprefix("./")
        if not path:
            continue
        days = (read_day(row.get(column) or "") for column in _DATE_COLUMNS)
        rows[f"{folder}/{path}" if folder else path] = Described(
            title=(row.get("title") or "").strip(),
            day=next((day for day in days if day is not None), None),
        )
    return rows
