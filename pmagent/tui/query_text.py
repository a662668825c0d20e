"""A question as typed, with its flags, as a `Query`."""

from __future__ import annotations

from calendar import monthrange
from contextlib import suppress
from datetime import date

from pmagent.errors import UsageError
from pmagent.types import Query

LONGEST_QUERY = 4_000
"""Characters of a question; more is a document."""
_FLAGS = ("--since", "--until", "--speaker", "--in")


def parse_query(text: str, *, limit: int) -> Query:
    """The query of `seat pricing --since 2024 --speaker Mara --in notes/*`.

    A flag takes the words up to the next flag, so a name needs no quotes; flags stand last.

    Raises:
        UsageError: there is no question, or a flag has no value that means anything.
    """
    question: list[str] = []
    values: dict[str, list[str]] = {}
    into = question
    for word in text.split():
        if word in _FLAGS:
            into = values.setdefault(word, [])
        else:
            into.append(word)
    if not question:
        raise UsageError("the question is empty", "write what to look for, then the flags")
    if len(text) > LONGEST_QUERY:
        raise UsageError(f"the question is longer than {LONGEST_QUERY:,} characters")
    for flag, words in values.items():
        if not words:
            raise UsageError(f"{flag} needs a value", f"for example: {_example(flag)}")
    since, until = values.get("--since"), values.get("--until")
    return Query(
        text=" ".join(question),
        since=parse_day(" ".join(since), is_end=False) if since else None,
        until=parse_day(" ".join(until), is_end=True) if until else None,
        speaker=" ".join(values["--speaker"]).strip("\"'") if "--speaker" in values else None,
        within=tuple(word.strip("\"'") for word in values.get("--in", ())),
        limit=limit,
    )


def query_words(query: Query) -> str:
    """The query as it could be typed again."""
    flags = (
        f"--since {query.since}" if query.since else "",
        f"--until {query.until}" if query.until else "",
        f"--speaker {query.speaker}" if query.speaker else "",
        f"--in {' '.join(query.within)}" if query.within else "",
    )
    return " ".join((query.text, *(flag for flag in flags if flag)))


def parse_day(text: str, *, is_end: bool) -> date:
    """The first or, with `is_end`, the last day of a year, a month or a day.

    Raises:
        UsageError: it is none.
    """
    parts = text.split("-")
    numbers = [int(part) for part in parts if part.isdigit()]
    if len(numbers) == len(parts) <= 3:
        year, month, day = (*numbers, 0, 0)[:3]
        month = month or (12 if is_end else 1)
        with suppress(ValueError):
            return date(year, month, day or (monthrange(year, month)[1] if is_end else 1))
    raise UsageError(f'"{text}" is not a day', "write 2024, 2024-03 or 2024-03-14")


def _example(flag: str) -> str:
    values = {"--since": "2024", "--until": "2024-06", "--speaker": "Mara", "--in": "notes/*"}
    return f"pricing {flag} {values[flag]}"
