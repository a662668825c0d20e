"""Recurrence rules as values (RFC 5545, section 3.3.10), read strictly enough to be trusted."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal, cast, get_args

from pmagent.tasks.calendar.values import Moment, parse_moment

Frequency = Literal["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"]

_DAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_WEEKDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_NUMBER = re.compile(r"[+-]?\d{1,10}")
_RANGES = {
    "BYMONTH": (1, 12, False),
    "BYMONTHDAY": (1, 31, True),
    "BYYEARDAY": (1, 366, True),
    "BYWEEKNO": (1, 53, True),
    "BYHOUR": (0, 23, False),
    "BYMINUTE": (0, 59, False),
    "BYSECOND": (0, 60, False),
    "BYSETPOS": (1, 366, True),
    "BYEASTER": (0, 366, True),
}
"""Smallest, largest, and whether it is also counted from the end."""
_PARTS = {*_RANGES, "BYDAY"}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When something repeats. Weekdays count from Monday as 0; empty tuples limit nothing."""

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    until: Moment | None = None
    week_start: int = 0
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    weekdays: tuple[tuple[int, int], ...] = ()
    """(which of them in the month or year, or 0 for each; weekday)"""
    hours: tuple[int, ...] = ()
    minutes: tuple[int, ...] = ()
    seconds: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    easter: tuple[int, ...] = ()
    """Days after Easter Sunday, before it if negative: of some programs, in no standard."""


@dataclass(frozen=True, kw_only=True)
class BadRule:
    """A rule that is not understood."""

    reason: str


def parse_rule(text: str) -> Rule | BadRule:
    """The rule that `text` writes. Blanks, lower case and unknown parts do no harm, but for BY…."""
    fields: dict[str, str] = {}
    # Some exporters escape the semicolons, as in a text.
    for part in "".join(text.split()).replace("\\", "").upper().split(";"):
        name, _, value = part.partition("=")
        if name:
            fields.setdefault(name, value)
    frequency = fields.pop("FREQ", "")
    if frequency not in get_args(Frequency):
        return BadRule(reason=f'its FREQ is "{frequency[:40]}"')
    if fields.get("RSCALE", "GREGORIAN") != "GREGORIAN":
        return BadRule(reason=f"it counts in the {fields['RSCALE'][:40].lower()} calendar")
    unknown = [name for name in fields if name.startswith("BY") and name not in _PARTS]
    if unknown:
        return BadRule(reason=f"it has {unknown[0][:40]}, which is not known")
    if fields.get("SKIP", "OMIT") != "OMIT":
        return BadRule(reason=f"it has SKIP={fields['SKIP'][:40]}")
    return _build(cast("Frequency", frequency), fields)


def of_days(rule: Rule) -> Rule:
    """The rule as it holds for an event that lasts all day: its times are passed over (3.3.10)."""
    return replace(rule, hours=(), minutes=(), seconds=())


def _build(frequency: Frequency, fields: dict[str, str]) -> Rule | BadRule:
    lists: dict[str, tuple[int, ...]] = {}
    for name, (least, most, is_signed) in _RANGES.items():
        found = _numbers(fields.get(name, ""), least, most, is_signed=is_signed)
        if found is None:
            return BadRule(reason=f"its {name} is {fields[name][:40]!r}")
        lists[name] = found
    weekdays = _weekdays(fields.get("BYDAY", ""))
    numbers = [_NUMBER.fullmatch(fields.get(name, "1")) for name in ("INTERVAL", "COUNT")]
    interval = int(numbers[0][0]) if numbers[0] else 0
    until = parse_moment(fields["UNTIL"]) if "UNTIL" in fields else None
    week_start = _DAYS.get(fields.get("WKST", "MO"))
    for name, is_bad in (
        ("BYDAY", weekdays is None),
        ("INTERVAL", interval < 1),
        ("COUNT", numbers[1] is None),
        ("UNTIL", "UNTIL" in fields and until is None),
        ("WKST", week_start is None),
    ):
        if is_bad:
            return BadRule(reason=f"its {name} is {fields[name][:40]!r}")
    count = int(numbers[1][0]) if numbers[1] and "COUNT" in fields else None
    return Rule(
        frequency=frequency,
        interval=interval,
        # Some exporters write COUNT=-1 for a rule without an end.
        count=None if count is not None and count < 0 else count,
        until=until,
        week_start=week_start or 0,
        months=lists["BYMONTH"],
        month_days=lists["BYMONTHDAY"],
        year_days=lists["BYYEARDAY"],
        weeks=lists["BYWEEKNO"],
        weekdays=weekdays or (),
        hours=lists["BYHOUR"],
        minutes=lists["BYMINUTE"],
        seconds=tuple(sorted({min(second, 59) for second in lists["BYSECOND"]})),
        positions=lists["BYSETPOS"],
        easter=lists["BYEASTER"],
    )


def _numbers(text: str, least: int, most: int, *, is_signed: bool) -> tuple[int, ...] | None:
    found: set[int] = set()
    for part in text.split(",") if text else ():
        if _NUMBER.fullmatch(part) is None:
            return None
        number = int(part)
        if not least <= (abs(number) if is_signed else number) <= most:
            return None
        found.add(number)
    return tuple(sorted(found))


def _weekdays(text: str) -> tuple[tuple[int, int], ...] | None:
    found: set[tuple[int, int]] = set()
    for part in text.split(",") if text else ():
        match = _WEEKDAY.fullmatch(part)
        if match is None:
            return None
        found.add((int(match[1] or 0), _DAYS[match[2]]))
    return tuple(sorted(found))
