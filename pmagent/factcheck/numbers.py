"""Quantities and dates of a text as values that can be compared: 7,200, two dozen, 41%, May 2021.

Digits, words, shares, money, factors and dates; not the digits of a name such as GPT-4. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pmagent.factcheck.quantities import Kind, Quantity, is_measure
from pmagent.nlp.keyphrases import key_of
from pmagent.nlp.words import STOP_WORDS

_SMALL_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_SMALL = {word: float(value) for value, word in enumerate(_SMALL_WORDS.split())}
_TENS = {
    word: 10.0 * value
    for value, word in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), 2
    )
}
_SCALES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
    "k": 1e3, "m": 1e6, "bn": 1e9, "mn": 1e6, "b": 1e9,
}  # fmt: skip
_SPOKEN = {"dozen": 12.0, "couple": 2.0, "half": 0.5, "pair": 2.0}
_ORDINALS = {
    "third": 3.0, "fourth": 4.0, "fifth": 5.0, "sixth": 6.0, "seventh": 7.0, "eighth": 8.0,
    "ninth": 9.0, "tenth": 10.0, "twelfth": 12.0,
}  # fmt: skip
_FACTORS = {
    "twice": 2.0, "double": 2.0, "doubled": 2.0, "triple": 3.0, "tripled": 3.0, "tenfold": 10.0,
    "halved": 0.5, "quadrupled": 4.0, "thrice": 3.0,
}  # fmt: skip
MONTHS = {
    name: float(number)
    for number, name in enumerate(
        [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ],
        1,
    )
}
_SHORT_MONTHS = {name[:3]: value for name, value in MONTHS.items()} | {"sept": 9.0}
_HEDGES = re.compile(
    r"(?i)\b(?:about|around|over|nearly|almost|roughly|maybe|approximately|some|something like|"
    r"more than|less than|at least|at most|up to|fewer than|under|above|below|close to|perhaps|"
    r"probably|like|circa|or so|ish|on the order of|upwards of|north of)\s+(?:a |the |only )?$"
)
_HEDGED_AFTER = re.compile(r"(?i)^(?:-?ish\b|-something\b|\s+or so\b|\+| plus\b|\s+something\b)")
_CURRENCY = frozenset(("dollar", "euro", "pound", "cent", "buck", "usd", "eur", "gbp", "yen"))
_WORDS = "|".join(sorted([*_SMALL, *_TENS, *_SPOKEN], key=len, reverse=True))
_SCALE = r"hundred|thousand|million|billion|trillion"
_DIGITS = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_NUMBER = re.compile(
    rf"""(?ix)(?<![\w.,/\#-])(?P<coin>[$€£]\s?)?(?:
      (?P<digits>{_DIGITS})(?P<short>\s?(?:k|m|bn|mn|b)\b|(?:\s(?:{_SCALE})\b)+|-(?:{_SCALE})\b)?
    | (?P<half>half\s(?:a|an)\s(?:{_SCALE}|dozen))\b
    | (?P<words>(?:(?:a|an)\s)?(?:{_WORDS})\b
        (?:(?:[-\s]|,\s|\sand\s(?:a\s)?|\spoint\s)(?:{_WORDS}|{_SCALE})\b)*)
    | (?P<scaled>(?:a|several)\s(?:{_SCALE})\b(?:\s(?:{_SCALE})\b)*)
    )(?P<ending>(?:st|nd|rd|th)\b|s\b|x\b|%)?(?![\d])(?!\.\d)"""
)
_FACTOR = re.compile(rf"(?i)\b(?:{'|'.join(_FACTORS)})\b")
_ORDINAL = re.compile(rf"(?i)\b(?:{'|'.join(_ORDINALS)})\b")
_MONTH = re.compile(
    rf"\b(?P<name>{'|'.join(name.title() for name in MONTHS)}|"
    rf"{'|'.join(name.title() for name in _SHORT_MONTHS)})\b\.?"
    r"(?:\s(?:the\s)?(?P<day>\d{1,2})(?:st|nd|rd|th)?\b(?!:))?"
)
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\s(?:of\s)?$")
_MONTH_BEFORE = re.compile(
    r"(?i)\b(?:in|of|by|since|until|last|this|next|early|late|mid|on|from|to)\s$"
)
_TO = re.compile(r"\s?(?:-|–|—|to|or)\s?(?:like |maybe )?[$€£]?")
_POINTS = re.compile(r"(?i)\s?(?:%|percent(?:age)?|per cent)?[\s-]?points?\b")
_NO_FIGURES = frozenset(("second", "a second", "half", "a half", "zero"))
_YEAR_LEAD_WORDS = """
in since by until of from to before after during late early mid and around through till year summer
winter spring fall autumn the a this
"""
_YEAR_LEADS = frozenset(_YEAR_LEAD_WORDS.split())
_HYPHENED = re.compile(
    r"-(?:bit|year|month|week|day|hour|minute|second|person|page|something|ish|point|fold|dollar|"
    r"percent|plus|to|man|part|step|mile|foot|inch|way|core|hours)"
)
_DATE_PARTS: tuple[Kind, ...] = ("year", "month", "day")
_PARTS = {
    "half": 2.0, "third": 3.0, "quarter": 4.0, "fifth": 5.0, "sixth": 6.0, "eighth": 8.0,
    "tenth": 10.0,
}  # fmt: skip
_FRACTION = re.compile(
    rf"(?i)\b(?:(?P<one>an?|one)[-\s](?P<part>third|quarter|fifth|tenth)"
    rf"(?=\s(?:of|less|more|fewer)\b|[.,;:!?]|$)"
    rf"|(?P<many>{'|'.join(_SMALL)}|\d)[-\s](?P<parts>third|quarter|fifth|sixth|eighth|tenth)s\b"
    rf"|(?P<half>half)(?=\sof\b))"
)
"""Shares of a whole: a third of, two thirds, half of; "a third time" is none."""
_OUT_OF = re.compile(
    rf"(?i)\b(?P<some>{'|'.join(_SMALL)}|\d)\s(?:in|out\sof)\s(?:every\s)?"
    rf"(?P<whole>three|four|five|ten|hundred|3|4|5|10|100)\b"
)
_ISO = re.compile(r"\b((?:19|20)\d\d)-(\d\d)-(\d\d)\b")
_AFTER = re.compile(r"\s*[-\s]\s*([A-Za-z%][A-Za-z-]*)(?:\s+([A-Za-z]+))?")
_SKIP = frozenset((
    "more",
    "of",
    "new",
    "different",
    "full",
    "whole",
    "good",
    "other",
    "the",
    "recorded",
    "separate",
    "additional",
    "extra",
    "or",
))


def read_numbers(text: str) -> list[Quantity]:
    """Every quantity of a text, in order of appearance, none inside a name such as GPT-4.

    Lone "one", "first" and "second" are words, not figures.
    """
    found = [*_dates(text)]
    taken = [(one.start, one.end) for one in found]
    for one in (*_shares(text), *_plain(text), *_factors(text)):
        if not any(start < one.end and one.start < end for start, end in taken):
            found.append(one)
            taken.append((one.start, one.end))
    return _ranges(text, sorted(found, key=lambda one: one.start))


def _dates(text: str) -> Iterator[Quantity]:
    for found in _ISO.finditer(text):
        for group, kind in enumerate(_DATE_PARTS, 1):
            yield _quantity(found, group, float(found[group]), kind)
    for found in _MONTH.finditer(text):
        name = found["name"].lower()
        before = text[: found.start()]
        is_doubtful = name in {"may", "march", "mar", "dec", "sep", "jun", "jan"}
        if is_doubtful and not (
            found["day"]
            or _MONTH_BEFORE.search(before)
            or _DAY_FIRST.search(before)
            or re.match(r",?\s(?:of\s)?(?:19|20)\d\d", text[found.end() :])
        ):
            continue
        value = MONTHS.get(name) or _SHORT_MONTHS[name]
        yield _quantity(found, "name", value, "month")
        if found["day"] and 1 <= int(found["day"]) <= 31:
            yield _quantity(found, "day", float(found["day"]), "day")
        elif (first := _DAY_FIRST.search(before)) and 1 <= int(first[1]) <= 31:
            yield Quantity(
                text=first[1], start=first.start(1), end=first.end(1),
                value=float(first[1]), kind="day",
            )  # fmt: skip


def _quantity(found: re.Match[str], group: str | int, value: float, kind: Kind) -> Quantity:
    return Quantity(
        text=found[group], start=found.start(group), end=found.end(group), value=value, kind=kind
    )


def _shares(text: str) -> Iterator[Quantity]:
    """Shares said as people round them: a third of, seven in ten."""
    for found in _FRACTION.finditer(text):
        part = (found["part"] or found["parts"] or found["half"]).lower()
        some = (found["many"] or "one").lower()
        yield _share(found, _small(some) / _PARTS[part])
    for found in _OUT_OF.finditer(text):
        some, whole = (_small(found[group].lower()) for group in ("some", "whole"))
        if 0 < some < whole and not is_measure(_unit_after(text, found.end())[0]):
            yield _share(found, some / whole)


def _share(found: re.Match[str], value: float) -> Quantity:
    return Quantity(
        text=found[0], start=found.start(), end=found.end(), value=100 * value, kind="percent",
        is_hedged=True,
    )  # fmt: skip


def _small(word: str) -> float:
    return float(word) if word.isdigit() else _SMALL.get(word) or _SCALES.get(word, 0.0)


def _plain(text: str) -> Iterator[Quantity]:
    for found in _NUMBER.finditer(text):
        value = _value(found)
        if value is None or _is_part_of_name(text, found):
            continue
        yield from _classified(text, found, value)


def _classified(text: str, found: re.Match[str], value: float) -> Iterator[Quantity]:
    start, end = found.span()
    lead = re.match(r"(?i)(?:a|an|several)\s", found[0])
    start += lead.end() if lead and (found["words"] or found["scaled"]) else 0
    unit, behind = _unit_after(text, end)
    kind = _kind(text, found, unit, behind)
    if kind == "count" and _is_only_a_word(found[0].lower(), unit):
        return
    is_hedged = (
        _HEDGES.search(text[max(0, found.start() - 22) : found.start()]) is not None
        or _HEDGED_AFTER.match(text[end : end + 12]) is not None
        or (found["ending"] == "s" and kind != "year")
        or (lead is not None and "several" in lead[0])
    )
    yield Quantity(
        text=text[start:end],
        start=start,
        end=end,
        value=value,
        kind=kind,
        unit=unit if kind == "count" else "",
        is_hedged=is_hedged,
    )


def _kind(text: str, found: re.Match[str], unit: str, behind: str) -> Kind:
    ending = (found["ending"] or "").lower()
    if found["coin"] or unit in _CURRENCY:
        return "money"
    if ending == "%" or unit in {"percent", "%", "percentage"} or (unit, behind) == ("per", "cent"):
        is_points = _POINTS.match(text, found.end()) is not None
        return "points" if is_points else "percent"
    if ending == "x" or unit in {"time", "fold"}:
        return "times"
    if ending in {"st", "nd", "rd", "th"}:
        return "ordinal"
    return "year" if _is_year(text, found, unit) else "count"


def _is_only_a_word(lower: str, unit: str) -> bool:
    """Whether it is no figure: a lone "one" or "half"; "one minute" and "half an hour" are."""
    is_part = lower.endswith(("one", "half"))
    return lower in (_NO_FIGURES | {"one"}) and not (is_part and is_measure(unit))


def _is_year(text: str, found: re.Match[str], unit: str) -> bool:
    if not re.fullmatch(r"(?:19|20)\d\d", found["digits"] or "") or found["short"]:
        return False
    before = text[: found.start()].rstrip().rsplit(" ", 1)[-1].lower().rstrip(",.")
    behind = text[found.end() : found.end() + 1]
    is_led = before in _YEAR_LEADS or before[:3] in _SHORT_MONTHS
    return is_led or not unit or behind in {",", ".", ")"}


def _is_part_of_name(text: str, found: re.Match[str]) -> bool:
    """Whether the digits belong to a name: GPT 4, Series 7, Formula 1."""
    if found["coin"] or not found["digits"] or found["short"] or found["ending"]:
        return False
    behind = text[found.end() :]
    if re.match(r"-?[A-Za-z]", behind) and not _HYPHENED.match(behind):
        return True
    before = re.search(r"([A-Z][\w.]*)\s$", text[: found.start()])
    is_long = len(found["digits"]) > 2 or "." in found["digits"]
    if before is None or is_long:
        return False
    word = before[1]
    at_start = before.start() == 0 or text[: before.start()].rstrip()[-1:] in {".", "!", "?", ":"}
    follows = re.match(r"\s[a-z]", text[found.end() :]) is not None
    if word.lower() in STOP_WORDS or word.lower()[:3] in _SHORT_MONTHS:
        return False
    return not (at_start and follows)


def _value(found: re.Match[str]) -> float | None:
    if found["digits"]:
        value = float(found["digits"].replace(",", ""))
        for scale in re.findall(r"[a-z]+", (found["short"] or "").lower()):
            value *= _SCALES[scale]
        return value
    if found["half"]:
        return 0.5 * (_spoken([re.findall(r"[a-z]+", found["half"].lower())[-1]]) or 0.0)
    words = re.findall(r"[a-z]+", (found["words"] or found["scaled"]).lower())
    return _spoken([word for word in words if word not in {"a", "an", "and", "several"}])


def _spoken(words: list[str]) -> float | None:
    total, part, tail = 0.0, 0.0, ""
    is_behind_point = False
    for word in words:
        if word == "point":
            is_behind_point = True
        elif is_behind_point and word in _SMALL:
            tail += str(int(_SMALL[word]))
        elif word in _SCALES:
            part = max(1.0, part) * _SCALES[word]
            if _SCALES[word] > 100:
                total, part = total + part, 0.0
        elif word == "dozen":
            part = max(1.0, part) * 12
        else:
            part += _SMALL.get(word, _TENS.get(word, _SPOKEN.get(word, 0.0)))
    return total + part + (float(f"0.{tail}") if tail else 0.0)


def _unit_after(text: str, end: int) -> tuple[str, str]:
    """What is counted, and the word behind it; adjectives in between are stepped over."""
    at = end
    if text[:end].lower().endswith("half") and (article := re.match(r"\san?\b", text[end:])):
        at += article.end()  # half an hour
    for _ in range(3):
        found = _AFTER.match(text, at)
        if found is None:
            return "", ""
        word = found[1].lower().split("-")[0]
        if word in _SKIP or word.endswith("ly"):
            at = found.end(1)
            continue
        if word in STOP_WORDS and word != "per":
            return "", ""
        return ("per" if word == "per" else key_of(word)), (found[2] or "").lower()
    return "", ""


def _factors(text: str) -> Iterator[Quantity]:
    for found in _FACTOR.finditer(text):
        yield _quantity(found, 0, _FACTORS[found[0].lower()], "times")
    for found in _ORDINAL.finditer(text):
        yield _quantity(found, 0, _ORDINALS[found[0].lower()], "ordinal")


def _ranges(text: str, found: list[Quantity]) -> list[Quantity]:
    """The quantities with "10 to 12 weeks" made one, whose first end takes the second's unit."""
    kept: list[Quantity] = []
    for one in found:
        last = kept[-1] if kept else None
        if last is not None and _is_range(text, last, one):
            kept[-1] = replace(
                one,
                text=text[last.start : one.end],
                start=last.start,
                value=last.value,
                high=one.value,
                is_hedged=one.is_hedged or last.is_hedged,
            )
        else:
            kept.append(one)
    return kept


def _is_range(text: str, low: Quantity, high: Quantity) -> bool:
    if low.high is not None or high.value <= low.value or low.kind not in {"count", high.kind}:
        return False
    if high.kind in {"month", "day", "year"}:
        return False
    joint = text[low.end : high.start].lower()
    if joint.strip() == "and":
        return re.search(r"(?i)between\s(?:about )?$", text[: low.start]) is not None
    return _TO.fullmatch(joint) is not None
