"""Whether a person's decision agrees with what was made: as it is, or with a touch that is small.

An edit is small where at most 5 % of the words change and no number, name, quote or citation does.
In doubt it is not small: agreement is what a command is let alone for. Pure.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal

from pmagent.nlp.common_words import is_common
from pmagent.types.actions import Json
from pmagent.types.reviews import CRITICAL, Review

SLIGHT = 0.05
"""The share of words that may change in an edit that still agrees."""
Telling = Literal["number", "name", "quote", "citation"]
"""What may not change at all."""

_TOKEN = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")
_COUNTING = (
    "zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety "
    "hundred thousand million billion trillion dozen half third quarter twice once double no not "
    "never none"
)
"""Numbers in words, and what turns a sentence round. Not "one": it is most often a pronoun."""
_NUMBER = re.compile(
    rf"[$€£]?\d+(?:[.,:/-]\d+)*\s?%?|\b(?:{'|'.join(_COUNTING.split())})\b|n['’]t\b", re.IGNORECASE
)
_QUOTE = re.compile(r"“[^”]*”|\"[^\"\n]*\"|«[^»]*»|(?m:^>\s.*$)")
_CITATION = re.compile(r"\[\^[^\]\n]+\]|https?://[^\s)\]>]+")
_CAPITAL = re.compile(r"\b[A-Z][\w'’-]*")


def agrees(review: Review) -> bool:
    """Whether what was made stood, but for a small touch."""
    if is_critical(review):
        return False
    if review.decision == "edit":
        return all(is_slight(review.shown.get(name), value) for name, value in review.edits.items())
    return review.decision == "accept"


def is_critical(review: Review) -> bool:
    """Whether a person has found in it a wrong fact, something made up, or a leak."""
    return review.state == "decided" and not CRITICAL.isdisjoint(review.codes)


def is_slight(before: Json, after: Json) -> bool:
    """Whether the change is small: few words, and nothing that tells."""
    one, other = as_text(before), as_text(after)
    return share_changed(one, other) <= SLIGHT and not changed_kinds(one, other)


def share_changed(before: str, after: str) -> float:
    """Words and marks that were put in, taken out or exchanged, as a share of those there were."""
    one, other = _TOKEN.findall(before), _TOKEN.findall(after)
    if not one:
        return 1.0 if other else 0.0
    moves = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    changed = sum(max(i2 - i1, j2 - j1) for what, i1, i2, j1, j2 in moves if what != "equal")
    return changed / len(one)


def changed_kinds(before: str, after: str) -> tuple[Telling, ...]:
    """What that tells has changed: `("number",)`; empty where only words have."""
    one, other = _telling(before), _telling(after)
    return tuple(kind for kind in one if one[kind] != other[kind])


def as_text(value: Json) -> str:
    """A value as it is compared: text as it is, a list of text by lines, all else as JSON."""
    match value:
        case None:
            return ""
        case str():
            return value
        case list() | tuple() if all(isinstance(one, str) for one in value):
            return "\n".join(str(one) for one in value)
        case _:
            return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1)


def _telling(text: str) -> dict[Telling, Counter[str]]:
    bare = _CITATION.sub(" ", text)
    return {
        "number": Counter(" ".join(found.lower().split()) for found in _NUMBER.findall(bare)),
        "name": Counter(_names(bare)),
        "quote": Counter(" ".join(found.split()) for found in _QUOTE.findall(bare)),
        "citation": Counter(_CITATION.findall(text)),
    }


def _names(text: str) -> Iterator[str]:
    """Words with a capital, but for plain English where a sentence or a line begins."""
    for found in _CAPITAL.finditer(text):
        word = found[0]
        before = text[: found.start()].rstrip(" \t*_#>-•([{\"“'’")
        is_first = not before or before[-1] in ".!?:\n"
        if word == "I" or (is_first and is_common(word.lower())):
            continue
        yield word
