"""Quantities as values that can be compared: equal as people round, different, or of other kinds.

A hedge on either side widens what is equal; seconds and minutes are turned into one another. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

Kind = Literal["count", "money", "percent", "points", "times", "year", "month", "day", "ordinal"]

_MEASURES = {
    "second": 1.0, "sec": 1.0, "minute": 60.0, "min": 60.0, "hour": 3600.0, "day": 86400.0,
    "week": 604800.0, "month": 2629800.0, "year": 31557600.0, "decade": 315576000.0,
}  # fmt: skip
"""In seconds: ten minutes and 600 seconds are equal, ten minutes and ten seconds are not."""
_SIZES = frozenset((
    "millisecond", "byte", "kilobyte", "megabyte", "gigabyte", "terabyte", "bit", "meter", "metre",
    "kilometer", "kilometre", "mile", "kilo", "gram", "kilogram", "ton", "tonne", "degree", "inch",
    "foot", "hertz", "watt", "kilowatt", "litre", "liter", "quarter", "sprint",
))  # fmt: skip


_UNIT_WORDS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen
"""
_UNITS = _UNIT_WORDS.split()
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_MOST_SPELLED = 100_000


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """A number or date, and where it stands."""

    text: str
    start: int
    end: int
    value: float
    kind: Kind
    unit: str = ""
    """What it counts, in a form shared with its plural; empty where nothing follows."""
    is_hedged: bool = False
    high: float | None = None
    """The upper end of a range, of which `value` is the lower."""


def is_comparable(one: Quantity, other: Quantity) -> bool:
    """Whether the two could be values of one thing."""
    if one.kind == other.kind:
        return True
    loose = {"count", "money", "percent", "times", "points"}
    # Two weeks are no price, and 140 shops no share: only a bare figure can be either.
    is_named = any(it.kind == "count" and it.unit for it in (one, other))
    return one.kind in loose and other.kind in loose and not is_named


def is_equal(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities say the same, as people round."""
    if one.kind != other.kind:
        kinds = {one.kind, other.kind}
        count = one if one.kind == "count" else other
        if "count" in kinds and kinds & {"money", "percent", "points"} and not count.unit:
            return _is_near(one, other)  # its unit was said before: "it was one point six."
        return False
    if one.kind in {"year", "month", "day", "ordinal"}:
        return one.value == other.value
    if one.unit in _MEASURES and other.unit in _MEASURES:
        scaled = [
            replace(
                it,
                value=it.value * _MEASURES[it.unit],
                high=it.high and it.high * _MEASURES[it.unit],
            )
            for it in (one, other)
        ]
        return _is_near(*scaled)
    if is_measure(one.unit) and is_measure(other.unit) and one.unit != other.unit:
        return False
    return _is_near(one, other)


def is_date_of(one: Quantity | None, day: date) -> bool:
    """Whether a month or year is that of a day: what a document says, it says on its date."""
    if one is None:
        return False
    return one.value == {"month": day.month, "year": day.year}.get(one.kind)


def spellings(one: Quantity) -> tuple[str, ...]:
    """The words a whole number may be written with elsewhere: 31, thirty, one; none for dates."""
    value = one.value
    if one.kind in {"year", "month", "day", "ordinal"} or value != int(value):
        return ()
    if not 2 <= value < _MOST_SPELLED:
        return ()
    whole = int(value)
    said: list[str] = [str(whole), f"{whole:,}"]
    for scale, name in ((1000, "thousand"), (100, "hundred")):
        if whole >= scale:
            said += [*_below_hundred(whole // scale), name]
            whole %= scale
    return tuple(dict.fromkeys([*said, *_below_hundred(whole)]))


def _below_hundred(whole: int) -> list[str]:
    if whole < len(_UNITS):
        return [_UNITS[whole]] if whole else []
    if whole >= 100:
        return []
    tens, rest = divmod(whole, 10)
    return [_TENS[tens - 2], *([_UNITS[rest]] if rest else [])]


def same_unit(one: Quantity, other: Quantity) -> bool:
    """Whether both count the same thing, as far as their words tell."""
    if one.kind != other.kind:
        return False
    if one.kind != "count":
        return True
    both_time = one.unit in _MEASURES and other.unit in _MEASURES
    return bool(one.unit) and (one.unit == other.unit or both_time)


def is_measure(unit: str) -> bool:
    """Whether a unit measures something: two such units never count the same."""
    return unit in _MEASURES or unit in _SIZES


def _is_near(one: Quantity, other: Quantity) -> bool:
    share = 0.1 if one.is_hedged or other.is_hedged else 0.015
    low = min(one.value, other.value), max(one.value, other.value)
    if low[1] - low[0] <= share * abs(low[1]) and (share > 0.05 or _is_rounded(*low)):
        return True
    for ranged, single in ((one, other), (other, one)):
        if ranged.high is not None and ranged.value <= single.value <= ranged.high:
            return True
    return False


def _is_rounded(low: float, high: float) -> bool:
    # 2,019 and 2,020 of anything are two numbers where both are written out whole below 100.
    return high == low or high >= 100 or high != int(high) or low != int(low)
