"""The flags that narrow a search, and the hits it may open: shared by `where` and `ask`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ParamSpec, TypeVar, cast

import click

from pmagent.cli.batch import read_lines
from pmagent.days import parse_day
from pmagent.errors import UsageError
from pmagent.types import Query

P = ParamSpec("P")
R = TypeVar("R")

LONGEST_QUERY = 4_000
"""Characters of a question; more is a document, and is not searched for word by word."""

_EXAMPLE = '{"id": "1", "query": "pricing"}'


@dataclass(frozen=True)
class Asked:
    """One line of a batch."""

    id: str
    query: str


def query_options(function: Callable[P, R]) -> Callable[P, R]:
    """--since --until --speaker --in --limit --explain --jsonl --batch --fast."""
    for option in (
        click.option(
            "--batch", metavar="FILE", help='Read a line {"id", "query"} each; - is stdin.'
        ),
        click.option("--jsonl", is_flag=True, help="Write one JSON object a line."),
        click.option(
            "--fast", is_flag=True, help="Give the first ranking, without the closer look."
        ),
        click.option("--explain", is_flag=True, help="Show how each hit came to its rank."),
        click.option("-n", "--limit", type=click.IntRange(1, 200), help="Hits at most."),
        click.option("--in", "within", multiple=True, metavar="GLOB", help="Only these files."),
        click.option("--speaker", metavar="NAME", help="Only where this person speaks."),
        click.option(
            "--until", metavar="DAY", help="Only up to this day: 2024, 2024-03, 2024-03-14."
        ),
        click.option("--since", metavar="DAY", help="Only from this day on."),
    ):
        function = option(function)
    return function


def make_query(text: str, flags: dict[str, object], *, limit: int) -> Query:
    """The query of a command's arguments.

    Raises:
        UsageError: the question is empty or too long, or a day is none.
    """
    words = " ".join(text.split())
    if not words:
        raise UsageError("the question is empty", 'for example: pmagent where "pricing"')
    if len(words) > LONGEST_QUERY:
        raise UsageError(
            f"the question has {len(words):,} characters, more than {LONGEST_QUERY:,}",
            "ask for one thing at a time",
        )
    since, until = flags.get("since"), flags.get("until")
    return Query(
        text=words,
        since=parse_day(str(since), is_end=False, flag="--since") if since else None,
        until=parse_day(str(until), is_end=True, flag="--until") if until else None,
        speaker=cast("str | None", flags.get("speaker")),
        within=cast("tuple[str, ...]", flags.get("within") or ()),
        limit=cast("int | None", flags.get("limit")) or limit,
    )


def read_batch(source: str) -> Iterator[Asked]:
    """The questions of a batch file, one by one.

    Raises:
        UsageError: the file cannot be read, or a line is not a question.
    """
    for number, line in read_lines(source, example=_EXAMPLE):
        try:
            yield Asked(str(line["id"]), str(line["query"]))
        except KeyError as exc:
            raise UsageError(
                f'line {number} of "{source}" is not a question',
                f"each line is an object such as {_EXAMPLE}",
            ) from exc
