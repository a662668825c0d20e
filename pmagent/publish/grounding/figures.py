"""Figures and dates of a text as values: 3,200, twelve hundred, 41%, half, the third, 4 March 2031.

Read the same way on both sides, a draft's and its sources'. A figure may have several readings
(`40m` is forty metres or forty million); that one of them is in the source is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pmagent.publish.grounding.words import Token

_SMALL = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "  # noqa: SIM905 - words, not a list
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)  # noqa: SIM905
}
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_FACTORS = {"hundred": 100, "dozen": 12, **_SCALES}
_SUFFIXES = {
    "st": "ordinal", "nd": "ordinal", "rd": "ordinal", "th": "ordinal", "s": "decade", "x": "times",
}  # fmt: skip
_SHORT = {"k": 10**3, "m": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9}
_ORDINALS = {
    word: value
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "  # noqa: SIM905
        "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth "
        "twentieth".split(),
        1,
    )
} | {"thirtieth": 30, "fortieth": 40, "fiftieth": 50, "hundredth": 100, "thousandth": 1000}
_DECADES = {f"{word[:-1]}ies": value for word, value in _TENS.items()}  # twenties to nineties
_TIMES = {
    "twice": 2, "double": 2, "doubles": 2, "doubled": 2, "doubling": 2, "twofold": 2,
    "thrice": 3, "triple": 3, "triples": 3, "tripled": 3, "tripling": 3, "threefold": 3,
    "quadruple": 4, "quadrupled": 4, "fourfold": 4, "tenfold": 10,
}  # fmt: skip
_HALVES = frozenset(("half", "halves", "halve", "halved", "halving"))
_NUMBER_WORDS = frozenset((
    *_SMALL, *_TENS, *_SCALES, *_ORDINALS, *_DECADES, *_TIMES, *_HALVES, "hundred", "dozen", "a",
    "an",
))  # fmt: skip
_UNIT_WORDS = """
percent % pct | dollar dollars usd $ buck bucks | euro euros eur € | pound pounds gbp £ quid
| yen ¥ jpy | cent cents | second seconds sec secs | minute minutes min mins | hour hours hr hrs
| day days | week weeks | month months | year years | decade decades | century centuries
| metre metres meter meters m | kilometre kilometres kilometer kilometers km | mile miles
| centimetre centimetres centimeter centimeters cm | millimetre millimetres mm | foot feet ft
| inch inches | yard yards | gram grams g | kilogram kilograms kilo kilos kg | ton tons tonne tonnes
| litre litres liter liters | degree degrees | byte bytes | kilobyte kilobytes kb
| megabyte megabytes mb | gigabyte gigabytes gb | terabyte terabytes tb | watt watts
| kilowatt kilowatts kw | megawatt megawatts mw | time times x | millisecond milliseconds ms
"""
UNITS = {word: group.split()[0] for group in _UNIT_WORDS.split("|") for word in group.split()}
"""Every spelling of a unit, and the one that stands for it."""
_COINS = frozenset("$€£¥")
_JOINED = re.compile(r"(?:\s+|\s*-\s*)\Z")
_LISTED = re.compile(r"(?:\s+|\s*-\s*|,\s+)\Z")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?\Z")
_POINTED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?\Z")
_FIGURE = re.compile(r"([\d.,:]*\d)([a-z]*)\Z")

Value = tuple[str, float]
"""What kind of value it is (`count`, `ordinal`, `decade`, `times`, `clock`), and the value."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and what it counts."""

    first: int
    """Its first token."""
    last: int
    """Its last token, its unit not among them."""
    values: tuple[tuple[Value, str], ...]
    """Readings: a value, and its unit or nothing."""
    parts: tuple[Figure, ...] = ()
    """What it is read as otherwise: `nineteen ninety` is 1990, or 19 and 90."""
    literal: str = ""
    """Of what is no number and no word: 10:30, 2.1.3."""
    is_bare: bool = True
    """Whether nothing that could be counted follows."""
    has_unit_behind: bool = False


def read_figures(tokens: Sequence[Token]) -> list[Figure]:
    """Every figure, in order; none shares a token with another."""
    found: list[Figure] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        is_number = token.is_figure or token.key in _NUMBER_WORDS
        figure = _figure_at(tokens, at) if is_number else None
        if figure is None:
            at += 1
            continue
        found.append(_with_unit(tokens, _and_a_half(tokens, figure)))
        at = figure.last + 1
        if found[-1].has_unit_behind:
            at += 2 if tokens[at].key == "per" else 1
    return list(_years(tokens, found))


def unit_at(tokens: Sequence[Token], at: int) -> str:
    """The unit that this token is, or nothing."""
    if not 0 <= at < len(tokens):
        return ""
    if tokens[at].key == "per" and at + 1 < len(tokens) and tokens[at + 1].key == "cent":
        return "percent"
    return UNITS.get(tokens[at].key, "")


def _figure_at(tokens: Sequence[Token], at: int) -> Figure | None:
    token = tokens[at]
    if token.is_figure:
        return _digits(tokens, at)
    key = token.key
    if key in {"a", "an"} and at + 1 < len(tokens) and _is_after(tokens, at + 1):
        scale = tokens[at + 1].key
        if scale in _SCALES or scale in {"hundred", "dozen"}:
            return _words(tokens, at + 1, is_led=True)
    if key in _SMALL or key in _TENS or key in _SCALES or key in {"hundred", "dozen"}:
        return _words(tokens, at)
    for table, kind in ((_ORDINALS, "ordinal"), (_DECADES, "decade"), (_TIMES, "times")):
        if key in table:
            return Figure(at, at, (((kind, float(table[key])), ""),))
    if key in _HALVES:
        return Figure(at, at, ((("count", 0.5), ""), (("count", 50.0), "percent")))
    return None


def _digits(tokens: Sequence[Token], at: int) -> Figure:
    """A figure written in digits, with the scale behind it."""
    token = tokens[at]
    match = _FIGURE.match(token.key)
    plain = _numbers(match[1]) if match else ()
    if match is None or not plain:
        return Figure(at, at, (), literal=token.key)
    suffix = match[2]
    if suffix in _SUFFIXES:
        return Figure(at, at, tuple(((_SUFFIXES[suffix], value), "") for value in plain))
    is_negative = re.search(r"(?:\A|[\s(])-\Z", token.gap) is not None and (
        token.gap != "-" or not at
    )
    signed = [-value if is_negative else value for value in plain]
    if suffix:
        scaled = tuple((("count", value * _SHORT[suffix]), "") for value in signed)
        unit = UNITS.get(suffix, "")
        return Figure(at, at, scaled + tuple((("count", v), unit) for v in signed if unit))
    if (part := _fraction(tokens, at, plain[0])) is not None:
        return part
    last, factor = at, 1.0
    while last + 1 < len(tokens) and _JOINED.match(tokens[last + 1].gap):
        scale = _FACTORS.get(tokens[last + 1].key)
        if scale is None:
            break
        factor, last = factor * scale, last + 1
    return Figure(at, last, tuple((("count", value * factor), "") for value in signed))


def _fraction(tokens: Sequence[Token], at: int, over: float) -> Figure | None:
    if at + 1 >= len(tokens) or tokens[at + 1].gap != "/" or not tokens[at + 1].is_figure:
        return None
    under = _numbers(tokens[at + 1].key)
    if not under or under[0] == 0 or over >= under[0] or under[0] > 100:
        return None
    return Figure(at, at + 1, ((("count", over / under[0]), ""),))


def _numbers(digits: str) -> tuple[float, ...]:
    """What a run of digits and points may mean; nothing where it is no number."""
    found: list[float] = []
    if _THOUSANDS.match(digits):
        found.append(float(digits.replace(",", "")))
    if _POINTED.match(digits):
        found.append(float(digits.replace(".", "").replace(",", ".")))
    if digits.count(".") + digits.count(",") <= 1 and ":" not in digits and not found[:1]:
        found.append(float(digits.replace(",", ".")))
    elif digits.count(".") == 1 and digits.count(",") == 0 and ":" not in digits:
        found.append(float(digits))
    return tuple(found)


def _words(tokens: Sequence[Token], at: int, *, is_led: bool = False) -> Figure:
    """The longest number in words that begins here: `two thousand three hundred and one`."""
    number = _Spoken()
    place: int | None = at
    last = at
    while place is not None and number.takes(tokens[place].key, is_first=place == at):
        last = place
        place = None if number.is_ordinal else _next_word(tokens, place)
    first = at - 1 if is_led else at
    if number.is_ordinal:
        return Figure(first, last, ((("ordinal", number.value), ""),))
    value, last = _pointed(tokens, last, number.value)
    return Figure(first, last, ((("count", value), ""),))


class _Spoken:
    """A number that is being said."""

    def __init__(self) -> None:
        self.is_ordinal = False
        self._total, self._part = 0.0, 0.0
        self._room = 10.0**15
        self._below = 100
        """What the next word may add: 100 tens or less, 10 a single digit, 0 neither."""

    @property
    def value(self) -> float:
        return self._total + self._part

    def takes(self, key: str, *, is_first: bool) -> bool:
        """Whether the number goes on with this word; if so it has grown by it."""
        if key in _TENS or key in _SMALL:
            return self._adds(key)
        if key in {"hundred", "dozen"} and (0 < self._part < 100 or is_first):
            self._part = (self._part or 1.0) * (100 if key == "hundred" else 12)
            self._below = 100 if key == "hundred" else 0
            return True
        if key in _SCALES and _SCALES[key] < self._room and (self._part or is_first):
            self._total += (self._part or 1.0) * _SCALES[key]
            self._part, self._room, self._below = 0.0, _SCALES[key], 100
            return True
        if not is_first and self._below == 10 and _ORDINALS.get(key, 10) < 10:
            self._part += _ORDINALS[key]
            self.is_ordinal = True
            return True
        return False

    def _adds(self, key: str) -> bool:
        if key in _TENS:
            added, below = _TENS[key], 10
        else:
            added, below = _SMALL[key], 0
        if self._below == 100 or (self._below == 10 and 0 < added < 10):
            self._part, self._below = self._part + added, below
            return True
        return False


def _next_word(tokens: Sequence[Token], at: int) -> int | None:
    """The token by which a number in words goes on, stepping over `and`; None where it ends."""
    key, after = tokens[at].key, at + 1
    if after >= len(tokens) or not _is_after(tokens, after, is_listed=key in _SCALES):
        return None
    if tokens[after].key == "and" and (key in _SCALES or key == "hundred"):
        after += 1
        if after >= len(tokens) or not _is_after(tokens, after):
            return None
    return after


def _is_after(tokens: Sequence[Token], at: int, *, is_listed: bool = False) -> bool:
    """Whether a token goes on with the number before it: nothing ended in between."""
    token, before = tokens[at], tokens[at - 1]
    if token.text[:1].isupper() and not before.text[:1].isupper():
        return False
    return (_LISTED if is_listed else _JOINED).match(token.gap) is not None


def _pointed(tokens: Sequence[Token], last: int, value: float) -> tuple[float, int]:
    """`three point one four` with what stands behind its point."""
    digits = ""
    at = last + 1
    if at < len(tokens) and tokens[at].key == "point":
        at += 1
        while at < len(tokens) and _SMALL.get(tokens[at].key, 10) < 10 and _is_after(tokens, at):
            digits += str(_SMALL[tokens[at].key])
            at += 1
    return (float(f"{int(value)}.{digits}"), at - 1) if digits else (value, last)


def _and_a_half(tokens: Sequence[Token], figure: Figure) -> Figure:
    """`twelve and a half` as one figure."""
    behind = tokens[figure.last + 1 : figure.last + 4]
    keys = [token.key for token in behind]
    if keys[:2] != ["and", "a"] or keys[2:] not in (["half"], ["quarter"]):
        return figure
    if not figure.values or not all(_JOINED.match(token.gap) for token in behind):
        return figure
    (kind, value), unit = figure.values[0]
    more = 0.5 if keys[2] == "half" else 0.25
    last, factor = figure.last + 3, 1.0
    if last + 1 < len(tokens) and _JOINED.match(tokens[last + 1].gap):
        factor = float(_FACTORS.get(tokens[last + 1].key, 1))
        last += factor > 1
    return replace(figure, last=last, values=(((kind, (value + more) * factor), unit),))


def _with_unit(tokens: Sequence[Token], figure: Figure) -> Figure:
    """The figure with the sign before it or the unit behind it."""
    before, after = figure.first - 1, figure.last + 1
    is_followed = after < len(tokens) and (
        not tokens[after].gap or _JOINED.match(tokens[after].gap) is not None
    )
    behind = unit_at(tokens, after) if is_followed else ""
    unit = behind
    if before >= 0 and tokens[before].key in _COINS and not tokens[figure.first].gap:
        unit = UNITS[tokens[before].key]
    values = tuple(_counted(value, own or unit) for value, own in figure.values)
    return replace(
        figure,
        values=values,
        is_bare=not unit and not is_followed,
        has_unit_behind=bool(behind) and figure.values != (),
    )


def _counted(value: Value, unit: str) -> tuple[Value, str]:
    """`two times` and `2x` are one value."""
    if unit == "time" and value[0] == "count":
        return ("times", value[1]), ""
    return value, unit


def _years(tokens: Sequence[Token], figures: Sequence[Figure]) -> Iterator[Figure]:
    """The figures, `nineteen ninety-nine` and `twenty twenty` as the years they are."""
    at = 0
    while at < len(figures):
        one = figures[at]
        other = figures[at + 1] if at + 1 < len(figures) else None
        if other is not None and (year := _year(tokens, one, other)):
            values = (((("count" if other.values[0][0][0] == "count" else "decade"), year), ""),)
            yield Figure(one.first, other.last, values, parts=(one, other), is_bare=other.is_bare)
            at += 2
            continue
        yield one
        at += 1


def _year(tokens: Sequence[Token], one: Figure, other: Figure) -> float:
    if other.first != one.last + 1 or not _is_after(tokens, other.first) or not one.values:
        return 0.0
    if tokens[one.first].is_figure or tokens[other.first].is_figure or not other.values:
        return 0.0
    (kind, high), (kind_low, low) = one.values[0][0], other.values[0][0]
    if kind != "count" or kind_low not in {"count", "decade"}:
        return 0.0
    return high * 100 + low if 15 <= high <= 21 and 10 <= low <= 99 else 0.0
