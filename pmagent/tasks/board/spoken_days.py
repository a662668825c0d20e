"""The day that somebody means: "by Friday", "before the end of October", told on a known day.

A day is due at the latest: "by Friday" is that Friday, "before Friday" the day before it, "next
week" its Friday. What was said on a Friday of "Friday" is a week later. None is guessed.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_SHORT_MONTHS = (*(name[:3] for name in _MONTHS if len(name) > 3), "sept")
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
            "seven": 7, "eight": 8, "nine": 9, "ten": 10, "a couple of": 2}  # fmt: skip
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fifteenth": 15}
_SHORT = {name[:size]: name for name in _WEEKDAYS for size in (3, 4, 5) if size < len(name)}
_NAMED = re.compile(
    r"(?i)(?<!\S)(?P<name>due|deadline|start|scheduled|t):[ ]?"
    r'(?P<said>"[^"]+"|[\w-]*[^\W\d_][\w-]*)'
    r"(?=[,;.]?(?:\s|$))"
)
"""A mark of a day with letters in the place of it."""
_LEAD = r"(?:(?P<lead>by|before|until|till|on|no later than|for|from|after|since)\s+)?"
_NOT = re.compile(r"(?i)\b(?:last|every|each|past|since|from|after|ago)\s*$")
_DAY_NUMBER = r"(?P<number>\d{1,2})(?:st|nd|rd|th)?"
# Short ones only beside a number: "by Jan" may be by a person.
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)}|{'|'.join(_SHORT_MONTHS)})\.?"
_YEAR = r"(?:,?\s+(?P<year>\d{4}))?"


@dataclass(frozen=True, kw_only=True)
class SpokenDay:
    """A day with the words that mean it."""

    day: date
    words: str


def with_days(words: str, today: date) -> str:
    """Typed words whose marks have a day instead of a name for one: `due:friday`, `start:tomorrow`.

    A weekday is the next one after today. A name that means no certain day stays as it is.
    """
    return _NAMED.sub(lambda found: _with_day(found, today), words)


def _with_day(found: re.Match[str], today: date) -> str:
    apart = re.sub(r"(?<=\d)(?=[a-z]{3})", " ", found["said"].strip('",;.').casefold())
    said = " ".join(re.split(r"[\s_-]+", apart))
    said = _SHORT.get(said, said)
    # "This week" has a last day, which is when it is due, but no day on which work may begin.
    is_span = any(word in said for word in ("week", "month", "quarter", "year"))
    day = find_day(f"on {said}", today)
    if day is None or day.words.casefold() != f"on {said}":
        return found[0]
    if is_span and found["name"].casefold() not in {"due", "deadline"}:
        return found[0]
    return f"{found['name']}:{day.day}"


def find_day(text: str, said_on: date) -> SpokenDay | None:
    """The first day that a sentence sets as a limit; None where it sets none that is certain."""
    found: list[tuple[int, SpokenDay]] = []
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            lead = (match["lead"] or "").lower()
            if lead in {"from", "after", "since"} or _NOT.search(text[: match.start()]):
                continue
            day = read(match, said_on)
            if day is None or day < said_on:
                continue
            if lead == "before" and "end of" not in match[0].lower():
                day -= timedelta(days=1)
            found.append((match.start(), SpokenDay(day=day, words=match[0].strip())))
    return min(found, key=lambda one: (one[0], -len(one[1].words)))[1] if found else None


def _iso(match: re.Match[str], said_on: date) -> date | None:
    del said_on
    try:
        return date.fromisoformat(match["day"])
    except ValueError:
        return None


def _near(match: re.Match[str], said_on: date) -> date:
    return said_on + timedelta(days=match["near"].lower() == "tomorrow")


def _weekday(match: re.Match[str], said_on: date) -> date:
    wanted = _WEEKDAYS.index(match["weekday"].lower())
    if (match["next"] or "").lower() == "next":
        monday = said_on + timedelta(days=7 - said_on.weekday())
        return monday + timedelta(days=wanted)
    ahead = (wanted - said_on.weekday()) % 7
    return said_on + timedelta(days=ahead or 7)


def _end_of(match: re.Match[str], said_on: date) -> date | None:
    """The last day of a week (its Friday), a month, a quarter, a year."""
    span, is_next = match["span"].lower(), (match["which"] or "").lower().startswith("next")
    match span:
        case "day":
            return said_on
        case "week":
            return _friday(said_on, is_next=is_next)
        case "month":
            return _month_end(said_on.year, said_on.month + is_next)
        case "quarter":
            return _month_end(said_on.year, (said_on.month + 2) // 3 * 3 + 3 * is_next)
        case "year":
            return date(said_on.year + is_next, 12, 31)
        case _:
            number = _MONTHS.index(span) + 1
            return _month_end(said_on.year + (number < said_on.month), number)


def _week(match: re.Match[str], said_on: date) -> date:
    return _friday(said_on, is_next=match["which"].lower() == "next")


def _in_some(match: re.Match[str], said_on: date) -> date | None:
    said = " ".join(match["count"].lower().split())
    count = _NUMBERS.get(said) or (int(said) if said.isdigit() else 0)
    match match["unit"].lower():
        case "day":
            return said_on + timedelta(days=count)
        case "week":
            return said_on + timedelta(weeks=count)
        case _:
            last = _month_end(said_on.year, said_on.month + count)
            return last.replace(day=min(said_on.day, last.day))


def _dated(match: re.Match[str], said_on: date) -> date | None:
    said = match["number"].lower()
    number = _ORDINALS.get(said) or int(re.sub(r"\D", "", said) or 0)
    month = _month_of(match["month"])
    year = int(match["year"]) if match["year"] else said_on.year
    try:
        day = date(year, month, number)
        return day if match["year"] or day >= said_on else date(year + 1, month, number)
    except ValueError:
        return None


def _by_month(match: re.Match[str], said_on: date) -> date:
    """By the end of March for "in March", by its first day for "by March"."""
    month = _month_of(match["month"])
    year = int(match["year"]) if match["year"] else said_on.year + (month < said_on.month)
    is_within = match["lead"].lower() in {"in", "during"}
    return _month_end(year, month) if is_within else date(year, month, 1)


def _month_of(name: str) -> int:
    wanted = name.lower()[:3]
    return next(number for number, one in enumerate(_MONTHS, 1) if one.startswith(wanted))


def _friday(said_on: date, *, is_next: bool) -> date:
    """The Friday of the week; on a weekend "this week" is the one that comes."""
    ahead = 4 - said_on.weekday()
    return said_on + timedelta(days=(ahead if ahead >= 0 else ahead + 7) + 7 * is_next)


def _month_end(year: int, month: int) -> date:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, monthrange(year, month)[1])


def _pattern(words: str, lead: str = _LEAD) -> re.Pattern[str]:
    return re.compile(rf"(?i)\b{lead}{words}\b")


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date | None]], ...] = (
    (_pattern(r"(?:due:)?(?P<day>\d{4}-\d\d-\d\d)"), _iso),
    (_pattern(r"(?P<near>today|tonight|tomorrow)"), _near),
    (_pattern(rf"(?P<next>next|this|the coming)?\s*(?P<weekday>{'|'.join(_WEEKDAYS)})"), _weekday),
    (
        _pattern(
            r"(?:the\s+)?end\s+of\s+(?:the\s+)?(?P<which>this\s+|next\s+)?"
            rf"(?P<span>day|week|month|quarter|year|{'|'.join(_MONTHS)})"
        ),
        _end_of,
    ),
    (_pattern(r"(?P<which>this|next)\s+week"), _week),
    (
        _pattern(
            rf"(?P<count>\d{{1,2}}|{'|'.join(_NUMBERS)})\s+(?P<unit>day|week|month)s?",
            r"(?P<lead>in|within)\s+",
        ),
        _in_some,
    ),
    (_pattern(rf"(?:the\s+)?{_DAY_NUMBER}(?:\s+of)?\s+{_MONTH}{_YEAR}"), _dated),
    (_pattern(rf"{_MONTH}\s+(?:the\s+)?{_DAY_NUMBER}{_YEAR}"), _dated),
    (_pattern(rf"the\s+(?P<number>{'|'.join(_ORDINALS)})\s+of\s+{_MONTH}{_YEAR}"), _dated),
    (
        _pattern(
            rf"(?P<month>{'|'.join(_MONTHS)})(?!\s+(?:the\s+)?\d){_YEAR}",
            r"(?P<lead>by|before|in|during)\s+",
        ),
        _by_month,
    ),
)
