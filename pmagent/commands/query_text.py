"""A question as it is typed behind a command, with its flags, as a `Query`."""

from __future__ import annotations

from datetime import date

from pmagent.days import parse_day
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
        since=_day(since, "--since") if since else None,
        until=_day(until, "--until") if until else None,
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


def _day(words: list[str], flag: str) -> date:
    return parse_day(" ".join(words), is_end=flag == "--until", flag=flag)


def _example(flag: str) -> str:
    values = {"--since": "2024", "--until": "2024-06", "--speaker": "Mara", "--in": "notes/*"}
    return f"pricing {flag} {values[flag]}"
