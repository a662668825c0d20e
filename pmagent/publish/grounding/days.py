"""Dates of a text: 4 March 2031, March the fourth, 2031-03-04, `in May`; whole or in part."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pmagent.publish.grounding.figures import Figure
from pmagent.publish.grounding.words import Token

MONTHS = {
    word: number
    for number, names in enumerate(
        "january jan,february feb,march mar,april apr,may,june jun,july jul,august aug,"  # noqa: SIM905
        "september sep sept,october oct,november nov,december dec".split(","),
        1,
    )
    for word in names.split()
}
_SHORT_MONTHS = frozenset("jan feb mar apr jun jul aug sep sept oct nov dec".split())  # noqa: SIM905
_BEFORE_MONTH = frozenset(
    "in of by since until till last this next late early mid every each from to through "  # noqa: SIM905
    "before after during around".split()
)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})\Z")
_BREAK = re.compile(r"[.!?;:]")


@dataclass(frozen=True, slots=True)
class Day:
    """A date or a part of one."""

    first: int
    last: int
    year: int | None = None
    month: int | None = None
    day: int | None = None

    def holds(self, other: Day) -> bool:
        """Whether everything the other says is said here."""
        return all(
            theirs is None or theirs == ours
            for theirs, ours in (
                (other.year, self.year), (other.month, self.month), (other.day, self.day),
            )
        )  # fmt: skip


def read_days(tokens: Sequence[Token], figures: Sequence[Figure], *, cased: bool) -> list[Day]:
    """Every date with a month in it, in order.

    `cased`: whether the text has capitals, so that `may` and `march` are the verbs.
    """
    starting = {figure.first: figure for figure in figures}
    ending = {figure.last: figure for figure in figures}
    found: list[Day] = []
    for at, token in enumerate(tokens):
        if token.is_figure:
            if (iso := _iso(tokens, at)) is not None:
                found.append(iso)
        elif token.key in MONTHS and (day := _day_at(tokens, at, starting, ending)) is not None:
            is_dated = day.day is not None or day.year is not None
            if is_dated or _is_month(tokens, at, cased=cased):
                found.append(day)
    return found


def _iso(tokens: Sequence[Token], at: int) -> Day | None:
    if at + 2 >= len(tokens) or len(tokens[at].key) != 4:
        return None
    one, two, three = tokens[at : at + 3]
    if not (one.is_figure and two.is_figure and three.is_figure) or two.gap != three.gap:
        return None
    match = _ISO.match(f"{one.key}-{two.key}-{three.key}") if two.gap in {"-", "/"} else None
    if match is None or not (1 <= int(match[2]) <= 12 and 1 <= int(match[3]) <= 31):
        return None
    return Day(at, at + 2, int(match[1]), int(match[2]), int(match[3]))


def _day_at(
    tokens: Sequence[Token],
    at: int,
    starting: Mapping[int, Figure],
    ending: Mapping[int, Figure],
) -> Day | None:
    """The date around a month's name."""
    first = last = at
    day: int | None = None
    after = at + 2 if at + 1 < len(tokens) and tokens[at + 1].key == "the" else at + 1
    if (number := _whole(tokens, starting.get(after), (1, 31))) is not None:
        day, last = number, starting[after].last
    elif not _BREAK.search(tokens[at].gap):
        before = at - 2 if at > 1 and tokens[at - 1].key == "of" else at - 1
        if (number := _whole(tokens, ending.get(before), (1, 31))) is not None:
            day, first = number, ending[before].first
    after = last + 2 if last + 1 < len(tokens) and tokens[last + 1].key == "of" else last + 1
    year = _whole(tokens, starting.get(after), (1000, 2200))
    return Day(
        first, starting[after].last if year is not None else last, year, MONTHS[tokens[at].key], day
    )


def _whole(tokens: Sequence[Token], figure: Figure | None, span: tuple[int, int]) -> int | None:
    """The figure as a day or year, where it can be one."""
    if figure is None or not figure.values or _BREAK.search(tokens[figure.first].gap.rstrip(".")):
        return None
    (kind, value), unit = figure.values[0]
    if unit or kind not in {"count", "ordinal"} or value != int(value):
        return None
    return int(value) if span[0] <= value <= span[1] else None


def _is_month(tokens: Sequence[Token], at: int, *, cased: bool) -> bool:
    """Whether a month's name without a day or a year is meant as one."""
    token = tokens[at]
    if token.key in _SHORT_MONTHS:
        return False
    if token.key not in {"may", "march"}:
        return True
    is_led = at > 0 and tokens[at - 1].key in _BEFORE_MONTH
    return is_led and (not cased or token.text[:1].isupper())
