"""The figures and dates that sources give, each with every unit it may be meant in."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pmagent.publish.grounding.days import Day, read_days
from pmagent.publish.grounding.figures import UNITS, Figure, Value, read_figures, unit_at
from pmagent.publish.grounding.words import Token

_NEAR_BEFORE, _NEAR_AFTER = 12, 6
"""Tokens around a bare figure in which its unit may stand: `from 40 feet down to 14`."""
_MODIFIERS = 2
"""Words between a figure and its unit: `three long hard years`."""


@dataclass(frozen=True, kw_only=True)
class Values:
    """What sources give."""

    units: Mapping[Value, frozenset[str]]
    """Each value with the units it is given in; nothing among them where it has none."""
    literals: frozenset[str]
    """Of what is no number and no word: 10:30, 2.1.3."""
    days: tuple[Day, ...]

    def has(self, value: Value, unit: str) -> bool:
        """Whether a value is given, in this unit where it is one."""
        units = self.units.get(value)
        if units is None and value[0] == "decade":
            units = self._decade(value[1])
        return units is not None and (not unit or unit in units)

    def _decade(self, value: float) -> frozenset[str] | None:
        """`nineties` and `1990s` are one where only one of the two names the century."""
        known = [number for kind, number in self.units if kind == "decade"]
        fits = any(
            number % 100 == value % 100 and (number < 100) != (value < 100) for number in known
        )
        return frozenset(("",)) if fits else None


def read_values(sources: Sequence[Sequence[Token]], *, cased: bool) -> Values:
    """What the tokens of sources give. `cased`: whether they write names with capitals."""
    values: dict[Value, set[str]] = defaultdict(set)
    literals: set[str] = set()
    days: list[Day] = []
    for tokens in sources:
        figures = read_figures(tokens)
        days.extend(read_days(tokens, figures, cased=cased))
        _note_figures(tokens, figures, values, literals)
        for piece in _split_figures(tokens, figures):
            _note_figures(piece, read_figures(piece), values, literals)
    _note_days(days, values)
    return Values(
        units={value: frozenset(units) for value, units in values.items()},
        literals=frozenset(literals),
        # The places of a date tell nothing once it is kept: the same date is kept once.
        days=tuple({(day.year, day.month, day.day): day for day in days}.values()),
    )


def _split_figures(tokens: Sequence[Token], figures: Sequence[Figure]) -> Iterator[Sequence[Token]]:
    """The lines of numbers that go over a line's end: they may be two numbers."""
    for figure in figures:
        cuts = [at for at in range(figure.first + 1, figure.last + 1) if "\n" in tokens[at].gap]
        if cuts:
            for first, last in pairwise((figure.first, *cuts, figure.last + 1)):
                yield tokens[first:last]


def _note_figures(
    tokens: Sequence[Token],
    figures: Sequence[Figure],
    values: dict[Value, set[str]],
    literals: set[str],
) -> None:
    """Keep the values of figures, each with every unit it may be meant in."""
    places = [
        (at, unit_at(tokens, at))
        for at, token in enumerate(tokens)
        if token.key in UNITS or (token.key == "per" and unit_at(tokens, at))
    ]
    starts = [at for at, _ in places]
    for number, figure in enumerate(figures):
        near = _near_units(figure, places, starts) if not has_unit(figure) else set[str]()
        behind = figures[number + 1] if number + 1 < len(figures) else None
        if behind is not None and behind.first - figure.last <= _MODIFIERS:
            near.update(unit for _, unit in behind.values)  # `from 40 to 60 percent`
        for one in (figure, *figure.parts):
            for value, unit in one.values:
                values[value].update({unit} if unit else {"", *near})
        if figure.literal:
            literals.add(figure.literal)


def has_unit(figure: Figure) -> bool:
    """Whether a figure is given in a unit."""
    return any(unit for _, unit in figure.values)


def _near_units(
    figure: Figure, places: Sequence[tuple[int, str]], starts: Sequence[int]
) -> set[str]:
    before, after = (_NEAR_BEFORE, _NEAR_AFTER) if figure.is_bare else (0, _MODIFIERS + 1)
    low = bisect_left(starts, figure.first - before)
    high = bisect_left(starts, figure.last + after + 1)
    return {unit for _, unit in places[low:high]}


def _note_days(days: Iterable[Day], values: dict[Value, set[str]]) -> None:
    for day in days:
        if day.year is not None:
            values["count", float(day.year)].add("")
        if day.day is not None:
            values["ordinal", float(day.day)].add("")
