"""The words of a claim and of its evidence: where they stand, how rare they are, their part.

Made for text whose capitals can be trusted and for text that has none: whether a word is usually
written lower case is looked up in the passages that hold it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np

from pmagent.nlp.words import STOP_WORDS, TALK_WORDS
from pmagent.retrieval.ports import SearchIndex

Role = Literal["stop", "negation", "number", "speaker", "name", "plain"]

_TOKEN = re.compile(
    r"\d+(?:[.,]\d+)*(?:st|nd|rd|th)?(?![A-Za-z])"  # 7,200 and 12.5 are one word each
    r"|[^\W_]+(?:[-–][^\W_]*\d[^\W_]*)+"  # GPT-4, Jurassic-1
    r"|(?i:no|non)-[^\W_]+"  # a no-show denies nothing
    r"|[^\W_]+(?:['’](?:[^\W_]+))*[+#]*"
    r"|%"
)
_POSSESSIVE = re.compile(r"['’]s$|['’]$")
NEGATIONS = frozenset((
    "not", "no", "never", "none", "nobody", "nothing", "nowhere", "neither", "nor", "without",
    "cannot", "hardly", "barely", "unable",
))  # fmt: skip
_KEPT_WORDS = 50_000
_CAPITALS_SEEN = 12
"""Passages in which the spelling of a word is looked at."""
_USUALLY_LOWER = 0.4
"""Share of its lower-case uses from which a word at a sentence's start is no name."""
_RELATIVES = frozenset((
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
))
_NOT_NAMES = frozenset((
    "i", "i'm", "i'll", "i've", "i'd", "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december", "english", "ai", "ok",
)) | _RELATIVES  # fmt: skip


class Token(NamedTuple):
    """One word of a text. A tuple, since thousands are made for every claim."""

    text: str
    start: int
    end: int
    key: str
    """Its stems as the index has them, joined: equal words have equal keys."""

    @property
    def lower(self) -> str:
        """Lower case, without a possessive ending."""
        return bare(self.text)


@dataclass(frozen=True)
class ClaimWord:
    """One word of a claim and its part in it."""

    token: Token
    role: Role
    idf: float

    @property
    def weight(self) -> float:
        """How much the claim rests on it: rarity times the weight of its role."""
        return self.idf * ROLE_WEIGHTS[self.role]


ROLE_WEIGHTS: dict[Role, float] = {
    "stop": 0.0, "negation": 0.0, "number": 0.6, "speaker": 0.3, "name": 1.0, "plain": 1.0,
}  # fmt: skip
"""A number is compared by value, a speaker by who says it; neither should carry the ranking."""


@lru_cache(maxsize=_KEPT_WORDS)
def bare(word: str) -> str:
    """Lower case, without a possessive ending."""
    return _POSSESSIVE.sub("", word).lower().replace("’", "'")


def is_negation(word: str) -> bool:
    """Whether a lower-case word denies."""
    return word in NEGATIONS or word.endswith(("n't", "n’t"))


class Lexicon:
    """Words as one index knows them, remembered while claims are checked against it."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._keys: dict[str, str] = {}
        self._idf: dict[str, float] = {}
        self._lower: dict[str, float] = {}
        self.people = _people(index.speakers)
        """Lower-case full names and first names of everyone who speaks, by each of them."""
        self._parts = frozenset(part for name in self.people for part in name.split())

    def tokens(self, text: str) -> list[Token]:
        """The words of `text`, in order."""
        return [
            Token(found[0], found.start(), found.end(), self.key(found[0]))
            for found in _TOKEN.finditer(text)
        ]

    def key(self, word: str) -> str:
        """Stems of one word, joined; the word itself where the index knows none."""
        lower = bare(word)
        if lower not in self._keys:
            self._keys[lower] = " ".join(self._index.stems(lower)) or lower
        return self._keys[lower]

    def idf(self, key: str) -> float:
        """Rarity of a word by its key: of its rarest part."""
        if key not in self._idf:
            self._idf[key] = max((self._index.idf(stem) for stem in key.split()), default=0.0)
        return self._idf[key]

    def claim_words(self, text: str, numbers: Iterable[tuple[int, int]]) -> tuple[ClaimWord, ...]:
        """The words of a claim with their parts; `numbers` are the spans of its quantities."""
        spans = list(numbers)
        tokens = self.tokens(text)
        is_cased = any(token.text[:1].isupper() for token in tokens)
        words = [
            ClaimWord(token, self._role(token, place, spans, is_cased), self.idf(token.key))
            for place, token in enumerate(tokens)
        ]
        if is_cased and len(words) > 1 and self._opens_name(text, words):
            words[0] = replace(words[0], role="name")
        return tuple(words)

    def _opens_name(self, text: str, words: Sequence[ClaimWord]) -> bool:
        """Whether a claim's first word is the first of a name: "Prediction Guard has"."""
        first, second = words[0], words[1]
        if first.role != "plain" or text[first.token.end : second.token.start] != " ":
            return False
        is_capital = second.role == "name" or second.token.text == "AI"
        return is_capital and bool(self._index.having(text[: second.token.end]).any())

    def is_person(self, word: str) -> bool:
        """Whether a lower-case word is part of the name of somebody who speaks."""
        return word in self._parts

    def is_name(self, token: Token, *, is_first: bool) -> bool:
        """Whether a word is written as a name is, and not only for opening its sentence."""
        lower = token.lower
        if lower in _NOT_NAMES or lower in STOP_WORDS:
            return False
        inner = token.text[1:]
        has_both = any(c.isdigit() for c in token.text) and any(c.isalpha() for c in token.text)
        if has_both and not re.fullmatch(r"\d+(?:st|nd|rd|th|s|k|m|bn|x)", lower):
            return True
        if any(c.isupper() for c in inner):
            return True
        if not token.text[:1].isupper():
            return False
        return not is_first or self.share_lower(lower) < _USUALLY_LOWER

    def share_lower(self, word: str) -> float:
        """How often the archive writes a lower-case word so, of the passages that hold it."""
        if word not in self._lower:
            self._lower[word] = self._count_lower(word)
        return self._lower[word]

    def _count_lower(self, word: str) -> float:
        rows: list[int] = np.flatnonzero(self._index.having(word)).tolist()
        step = max(1, len(rows) // _CAPITALS_SEEN)
        shape = re.compile(rf"(?i)(?<![\w]){re.escape(word)}(?![\w])")
        low = high = 0
        for passage in self._index.passages(rows[::step][:_CAPITALS_SEEN]):
            for found in shape.finditer(passage.text):
                low += found[0][0].islower()
                high += found[0][0].isupper()
        return low / (low + high) if low + high else 0.0 if rows else 0.5

    def _role(
        self, token: Token, place: int, numbers: Sequence[tuple[int, int]], is_cased: bool
    ) -> Role:
        lower = token.lower
        if is_negation(lower):
            return "negation"
        if any(start < token.end and token.start < end for start, end in numbers):
            return "number"
        if lower in STOP_WORDS:
            return "stop"
        is_capital = token.text[:1].isupper()
        if lower in self._parts and (is_capital or not is_cased):
            if not is_cased and self.share_lower(lower) >= _USUALLY_LOWER:
                return "plain"
            return "speaker"
        if self.is_name(token, is_first=place == 0):
            return "name"
        if not is_cased and len(lower) > 2 and self._index.having(lower).any():
            return "name" if self.share_lower(lower) < 1 - _USUALLY_LOWER else "plain"
        return "stop" if lower in TALK_WORDS else "plain"


def _people(speakers: Sequence[str]) -> dict[str, str]:
    """Each full and first name, lower case, with the full name it stands for."""
    people: dict[str, str] = {}
    for name in speakers:
        full = " ".join(name.lower().split())
        if not full or not full.replace(" ", "").replace(".", "").replace("-", "").isalpha():
            continue
        people.setdefault(full, full)
        first = full.split()[0]
        if len(first) > 2:
            people.setdefault(first, full)
    return people
