"""Numbers of a sentence with what they count, in digits or words, and whether it denies something.

Made to compare two sentences: a figure differs only where both count the same. Pure.
"""

from __future__ import annotations

import re

from pmagent.nlp.keyphrases import key_of
from pmagent.nlp.words import STOP_WORDS, TALK_WORDS

_UNITS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SCALE = "hundred thousand million billion trillion dozen"
_WORD = rf"(?:{'|'.join([*_UNITS.split(), *_TENS.split(), *_SCALE.split()])})\b"
_DIGITS = r"\d+(?:,\d{3})*(?:\.\d+)?"
_JOINED = rf"{_WORD}(?:(?:-|\s|,\s|\sand\s|\spoint\s){_WORD})*"
_NUMBER = rf"(?:{_DIGITS}(?:\s(?:hundred|thousand|million|billion|trillion))?|{_JOINED})"
_MEASURE = (
    r"(?:percent|per\scent|%|dollars?|cents?|euros?|pounds?|bucks|minutes?|hours?|days?|weeks?"
    r"|months?|years?|seconds?|times|seats?)"
)
_FIGURE = re.compile(
    rf"""(?ix)(?<![\w$€£.,:\#/-])(?:
      [$€£]\s?{_DIGITS}(?:\s?(?:k|m|bn|thousand|million|billion)\b)?
    | {_NUMBER}(?:\s?%|\s{_MEASURE}\b|(?:\s(?P<unit>[a-z][a-z-]{{2,}}))?)(?![\d-]|\.\d|:\d)
    )"""
)
_VAGUE = re.compile(
    r"(?i)^(?:one|two|three|ten|a hundred|hundred|thousand|million)\b(?!.*(?:percent|%|dollars?"
    r"|cents?|hundred|million|thousand| and ))"
)
_NO_UNITS = (
    STOP_WORDS | TALK_WORDS | frozenset(("went", "used", "hundred", "pairs", "gave", "kind"))
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_TELLS = re.compile(
    r"(?i)[%$€£.]|percent|per cent|dollar|cent|\d{3}|[- ](?=\w)|dozen|teen\b|ty\b|lion|sand"
)
"""Alone, without a thing counted, only such a number says something."""
_NOT = re.compile(
    r"(?i)\b(?:not|never|no|nobody|none|nothing|cannot|without|hardly|neither)\b|n['’]t\b"
)
_SMALL = {word: number for number, word in enumerate(_UNITS.split(), 1)}
_TEN = {word: 10 * number for number, word in enumerate(_TENS.split(), 2)}
_LARGE = {"hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "dozen": 12}


def figures_in(text: str) -> list[str]:
    """Number expressions of a sentence, with their unit: `41 percent`, `nine dollars`."""
    found: list[str] = []
    for match in _FIGURE.finditer(text):
        unit = match["unit"] or ""
        is_bare = not unit or unit in _NO_UNITS or unit.endswith(("ed", "ly"))
        figure = match[0].removesuffix(unit).strip() if is_bare and unit else match[0]
        if (
            _VAGUE.match(figure)
            or _YEAR.fullmatch(figure)
            or (is_bare and not _TELLS.search(figure))
        ):
            continue
        found.append(figure)
    return found


def counts_of(text: str) -> dict[str, frozenset[str]]:
    """Figures of a sentence by what they count: `{"percent": {"41"}}`, numbers in digits."""
    found: dict[str, set[str]] = {}
    for figure in figures_in(text):
        lower = figure.lower().replace("%", " percent").replace("per cent", "percent")
        lower = re.sub(r"[$€£]\s?(.*)", r"\1 dollars", lower)
        words = lower.replace("-", " ").replace(",", "").split()
        unit = key_of(words[-1])
        value = value_of(words[:-1])
        if unit.isalpha() and value:
            found.setdefault(unit, set()).add(value)
    return {unit: frozenset(values) for unit, values in found.items()}


def value_of(words: list[str]) -> str:
    """A number's words in digits: `["forty", "one"]` is `41`; as they are where it is not known."""
    total, part = 0, 0
    for word in words:
        if word in _SMALL or word in _TEN:
            part += _SMALL.get(word, _TEN.get(word, 0))
        elif word in _LARGE:
            part = max(1, part) * _LARGE[word]
            if _LARGE[word] > 100:
                total, part = total + part, 0
        elif word != "and":
            return " ".join(words)
    return str(total + part) if words else ""


def differ_in_figure(one: str, other: str) -> bool:
    """Whether both count the same thing, and no figure of one is the other's."""
    left, right = counts_of(one), counts_of(other)
    return any(unit in right and not values & right[unit] for unit, values in left.items())


def is_negated(text: str) -> bool:
    """Whether an odd number of negations stand in it."""
    return len(_NOT.findall(text)) % 2 == 1
