"""The functions that expressions may call, and what they do: pure, but for the day it is.

A record arrives as a dictionary; a text stays a text. Each raises UsageError where it is given
something it cannot use.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from pmagent.errors import UsageError
from pmagent.nlp.patterns import find_pattern
from pmagent.types.actions import Json

Helper = Callable[..., Json]
MOST_SLUG = 80
MOST_SEARCHED = 1_000_000
"""Characters of a text that a pattern is looked for in."""
MOST_PLACES = 30
"""Of a rounded number: beyond, a whole number would be raised to a power without an end."""
CONSTANTS = frozenset({"today"})
"""Names that have a value of their own unless a step gives them another."""
ROOMS = frozenset({"json"})
_DAY = "2026-01-31"


def helpers_at(moment: datetime) -> Mapping[str, Helper]:
    """The functions by name, as they are at a moment of the run's own clock."""
    today = moment.date()

    def days_ago(days: Json) -> str:
        return days_before(today, days)

    def week(day: Json = None) -> str:
        return week_of(today.isoformat() if day is None else day)

    return {
        "slug": slug,
        "days_ago": days_ago,
        "week": week,
        "mentions": mentions,
        "quotes": quotes,
        "re_find": re_find,
        "round": round_to,
        "sum": total,
        "keys": keys,
        "get": field_or,
    }


NAMES = frozenset({
    "slug", "days_ago", "week", "mentions", "quotes", "re_find", "round", "sum", "keys", "get",
})  # fmt: skip
"""What `helpers_at` gives."""


def slug(text: Json, most: Json = MOST_SLUG) -> str:
    """Lower-case words of ASCII letters and digits, joined by hyphens: `a-price-is-a-promise`.

    Cut between words to `most` characters. Empty where the text has neither letters nor digits.
    """
    plain = unicodedata.normalize("NFKD", _text(text, "slug"))
    plain = plain.replace("ß", "ss").encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    size = _whole(most, "slug")
    joined = "-".join(words)
    if len(joined) <= size:
        return joined
    cut = joined[: size + 1].rpartition("-")[0]
    return cut or joined[:size]


def days_before(today: date, days: Json) -> str:
    """The day so many days before, such as `2026-01-31`."""
    try:
        return (today - timedelta(days=_whole(days, "days_ago"))).isoformat()
    except OverflowError as exc:
        raise UsageError(f'"days_ago" cannot go back {days} days') from exc


def week_of(day: Json) -> str:
    """The ISO week of a day: `2026-W05`."""
    try:
        year, week, _ = date.fromisoformat(_text(day, "week")[: len(_DAY)]).isocalendar()
    except ValueError as exc:
        raise UsageError(f'"week" needs a day such as "{_DAY}", not "{day}"') from exc
    return f"{year}-W{week:02d}"


def mentions(what: Json, phrases: Json) -> bool:
    """Whether a text, or any text within a record or a list, has one of the phrases.

    Whole words, whatever their case; any space between them.
    """
    wanted = [phrases] if isinstance(phrases, str) else phrases
    if not isinstance(wanted, Sequence):
        raise UsageError('"mentions" needs a list of phrases, such as ["off the record"]')
    patterns = [
        r"(?<!\w)" + r"\s+".join(re.escape(word) for word in phrase.split()) + r"(?!\w)"
        for phrase in (_text(one, "mentions") for one in wanted)
        if phrase.strip()
    ]
    if not patterns:
        return False
    pattern = re.compile("|".join(patterns), re.IGNORECASE)
    return any(pattern.search(text) for text in _texts(what))


def quotes(what: Json) -> str:
    """Quotes as Markdown block quotes, one paragraph each.

    Takes a list of texts or of records with `text` (or `quote`) and, if there is one, `citation`
    (or `source`); or a record whose `quotes` or `examples` is such a list.
    """
    if isinstance(what, Mapping):
        what = what.get("quotes", what.get("examples"))
    if what is None:
        return ""
    if isinstance(what, str) or not isinstance(what, Sequence):
        raise UsageError('"quotes" needs a list of quotes, or a record that has one')
    return "\n\n".join(_quote(one) for one in what)


def re_find(pattern: Json, text: Json) -> str | None:
    """The first match of a regular expression: its first group if it has one, else all of it.

    None where there is no match. Takes time linear in the text, whatever the pattern.
    """
    return find_pattern(_text(pattern, "re_find"), _text(text, "re_find")[:MOST_SEARCHED])


def round_to(value: Json, digits: Json = 0) -> int | float:
    """The number rounded, half to even; a whole number where no digits are asked for."""
    places = _whole(digits, "round")
    if abs(places) > MOST_PLACES:
        raise UsageError(f'"round" takes at most {MOST_PLACES} places, not {places}')
    return round(_number(value, "round"), places) if places else round(_number(value, "round"))


def total(values: Json) -> int | float:
    """The sum of a list of numbers."""
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise UsageError('"sum" needs a list of numbers')
    return sum(_number(value, "sum") for value in values)


def keys(record: Json) -> list[Json]:
    """The names of a record's fields."""
    if not isinstance(record, Mapping):
        raise UsageError('"keys" needs a record')
    return list(record)


def field_or(record: Json, name: Json, other: Json = None) -> Json:
    """A record's field, or `other` where it has none of that name or there is no record."""
    if record is None:
        return other
    if not isinstance(record, Mapping):
        raise UsageError('"get" needs a record')
    return record.get(_text(name, "get"), other)


def _quote(one: Json) -> str:
    text, source = one, None
    if isinstance(one, Mapping):
        text = one.get("text", one.get("quote"))
        source = one.get("citation", one.get("source"))
    lines = _text(text, "quotes").strip().splitlines() or [""]
    body = "\n".join(f"> {line}".rstrip() for line in lines)
    return f"{body}\n> — {source}" if isinstance(source, str) and source else body


def _texts(what: Json) -> Iterator[str]:
    waiting = [what]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping):
            waiting += one.values()
        elif isinstance(one, Sequence):
            waiting += one


def _text(value: Json, name: str) -> str:
    if not isinstance(value, str):
        raise UsageError(f'"{name}" needs a text, not {_kind(value)}')
    return value


def _whole(value: Json, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise UsageError(f'"{name}" needs a whole number, not {_kind(value)}')
    return value


def _number(value: Json, name: str) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(f'"{name}" needs numbers, not {_kind(value)}')
    return value


def _kind(value: Json) -> str:
    if value is None:
        return "none"
    if isinstance(value, str):
        return "text"
    if isinstance(value, int | float):
        return "a truth value" if isinstance(value, bool) else "a number"
    return "a record" if isinstance(value, Mapping) else "a list"
