"""How well each command fits a request: half BM25, half cosine, then what patterns say. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log, sqrt
from typing import TYPE_CHECKING, TypeAlias

from pmagent.llm.routing_table import Route
from pmagent.llm.routing_words import MARKS, Words, stem, stems
from pmagent.nlp.words import STOP_WORDS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SURE = 0.7
MAYBE = 0.4
NEVER = 0.3
"""What a pattern makes of a score: it closes this share of the gap to 1, or leaves this share."""
SAID, ASKED, DOUBTED = 0.65, 0.5, 0.3
"""The same for the form of a question to the archive: it speaks of what people said or decided, it
is not to the program, it names something of the program."""
K1 = 1.2
UNKNOWN = 0.3
"""How much of a request's own score its words count that no command knows: its topic."""
READ = 600
"""Characters that patterns look at."""

Encode: TypeAlias = "Callable[[Sequence[str]], NDArray[np.float32]]"
"""Unit vectors, one row a text."""


_POLITE = re.compile(r"^(?:\S+ ){0,3}(?:can|could|would|will) (?:you|u)\b")
_YOU = re.compile(r"^(?:\S+ ){0,4}(?:you|your|yourself|pmagent)\b(?! (?:can|could) )")
_ASKS = re.compile(
    r"(?:^|[,;:.—-] |\b(?:so|and|but|know|wonder|wondering|me|remember|idea|clue|understand) )"
    r"(?:what|who|whom|whose|when|why|how|which)\b"
)
_VERB_FIRST = re.compile(
    r"^(?:is|are|was|were|do|does|did|has|have|had|can|could|should|will|would)\b"
)
_SAID = re.compile(
    r"\b(?:did|do|does|have|has|had|were|was|what|who|why|when|how|ever)\b.{0,24}"
    r"\b(?:we|i|he|she|they|customers?|users?|owners?|guests?|people|anyone|[a-z]+'s|team)\b.{0,24}"
    r"\b(?:sa(?:y|id)|decided?|agreed?|promised?|think|thought|believed?|learn(?:ed|t)?|mention(?:ed)?"
    r"|discuss(?:ed)?|concluded?|chosen?|choose|chose|argued?|told|want(?:ed)?|dropped|drop|raised?"
    r"|change the|copy from)\b"
    r"|\b(?:after|since|because|once|when) (?:we|i|he|she|they|people|customers?|users?|owners?)"
    r" (?:[a-z]+ly )?[a-z]+ed\b"
    r"|^(?:(?:why|when|how) )?did (?:we|they|he|she|people|customers?|users?|owners?)\b"
)


def is_to_program(words: Words) -> bool:
    """Whether its first words speak to the program."""
    return _YOU.search(words.line) is not None


def is_for_archive(words: Words) -> bool:
    """Whether it has the form of a question, and not one to the program about itself."""
    # "Could you do the usual?" is an order in the shape of a question.
    is_order = _POLITE.search(words.whole) is not None and _POLITE.search(words.line) is None
    has_shape = _VERB_FIRST.search(words.line) is not None or words.is_question
    asks = _ASKS.search(words.line) is not None or (has_shape and not is_order)
    return asks and not is_to_program(words)


@dataclass(frozen=True, kw_only=True)
class _Example:
    route: str
    stems: Mapping[str, int]
    runs: Mapping[str, float]
    """Runs of three letters, of length 1 together."""
    text: str


class Reader:
    """What is learned once of a set of routes."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        self._routes = routes
        self.names = {
            spelled: item.name for item in routes for spelled in (*item.aliases, item.name)
        }
        self.own_names = frozenset(item.name for item in routes)
        self._examples = [
            _example(item.name, text)
            for item in routes
            for text in (
                item.name.replace("-", " "),
                *item.aliases,
                item.when_to_use,
                *item.examples,
            )
            if text
        ]
        counts = Counter(word for example in self._examples for word in example.stems)
        total = len(self._examples)
        self._idf = {
            word: log(1 + (total - count + 0.5) / (count + 0.5)) for word, count in counts.items()
        }
        self._rarest = log(1 + (total + 0.5) / 0.5)
        self._length = sum(sum(item.stems.values()) for item in self._examples) / max(1, total)
        self._own = {
            item.name: frozenset(
                word
                for example in self._examples
                if example.route == item.name
                for word in example.stems
            )
            for item in routes
        }
        self._vectors: tuple[Encode, NDArray[np.float32]] | None = None
        self._postings: dict[str, list[tuple[int, float]]] = {}
        for place, example in enumerate(self._examples):
            for run, weight in example.runs.items():
                self._postings.setdefault(run, []).append((place, weight))
        self.known = frozenset(_known_words(routes))

    def left_over(self, name: str, words: Words) -> str:
        """What a request says beside stop words and the command's own."""
        own = self._own.get(name, frozenset[str]())
        return " ".join(
            word
            for word in words.words
            if not (word in MARKS or word in STOP_WORDS or word.isdigit() or stem(word) in own)
        )

    def score(self, words: Words, encode: Encode | None) -> dict[str, float]:
        """By command, 0 to 1."""
        lexical = self._lexical(words)
        close = self._meaning(words, encode) if encode is not None else self._runs(words)
        lines = (words.line[:READ], words.whole[:READ])
        signs = {item.name: _signs(item, lines) for item in self._routes}
        first = words.words[0] if words.words else ""
        if first in self.own_names and not signs[first].is_known:
            signs[first] = _Signs(sure=1)
        form = _form(words, self._routes, signs)
        return {
            item.name: _judged(
                0.5 * lexical.get(item.name, 0.0) + 0.5 * close.get(item.name, 0.0),
                signs[item.name],
                form if item.name == "ask" else 0.0,
                is_lost=item.is_about_program and form == SAID,
            )
            for item in self._routes
        }

    def _lexical(self, words: Words) -> dict[str, float]:
        """BM25 of the best example, as a share of what the request itself would have."""
        asked = Counter(stems(words.words))
        whole = sum(self._idf.get(word, UNKNOWN * self._rarest) for word in asked) or 1.0
        best: dict[str, float] = {}
        for example in self._examples:
            length = sum(example.stems.values()) / self._length
            score = sum(
                self._idf[word] * count * (K1 + 1) / (count + K1 * (0.6 + 0.4 * length))
                for word, count in example.stems.items()
                if word in asked
            )
            best[example.route] = max(best.get(example.route, 0.0), min(1.0, score / whole / 1.4))
        return best

    def _runs(self, words: Words) -> dict[str, float]:
        """Cosine of runs of letters with the nearest example."""
        totals = [0.0] * len(self._examples)
        for run, weight in _letters(words.line).items():
            for place, other in self._postings.get(run, ()):
                totals[place] += weight * other
        best: dict[str, float] = {}
        for example, score in zip(self._examples, totals, strict=True):
            best[example.route] = max(best.get(example.route, 0.0), score)
        return best

    def _meaning(self, words: Words, encode: Encode) -> dict[str, float]:
        """Cosine of meaning with the nearest example."""
        if self._vectors is None or self._vectors[0] is not encode:
            self._vectors = (encode, encode([item.text for item in self._examples]))
        close = self._vectors[1] @ encode([words.line])[0]
        best: dict[str, float] = {}
        for example, score in zip(self._examples, close.tolist(), strict=True):
            best[example.route] = max(best.get(example.route, 0.0), score)
        return best


@dataclass(frozen=True, kw_only=True)
class _Signs:
    """What a command's patterns say of one request."""

    sure: int = 0
    is_maybe: bool = False
    is_never: bool = False
    is_known: bool = True
    """False for a command that has no patterns."""


def _signs(item: Route, lines: tuple[str, str]) -> _Signs:
    return _Signs(
        sure=sum(fits(pattern, lines) for pattern in item.sure),
        is_maybe=any(fits(pattern, lines) for pattern in item.maybe),
        is_never=any(fits(pattern, lines) for pattern in item.never),
        is_known=bool(item.sure),
    )


def _form(words: Words, routes: Sequence[Route], signs: Mapping[str, _Signs]) -> float:
    """How much the form of the request speaks for a question to the archive."""
    if not is_for_archive(words):
        return 0.0
    if _SAID.search(words.line):
        return SAID
    is_program = any(
        item.is_about_program and signs[item.name].sure and not signs[item.name].is_never
        for item in routes
    )
    return DOUBTED if is_program else ASKED


def _judged(score: float, signs: _Signs, form: float, *, is_lost: bool) -> float:
    """A score after the command's patterns."""
    left = 1 - max(0.0, min(score, 1.0))
    if signs.sure:
        left *= (1 - SURE) ** (1 + 0.25 * (min(signs.sure, 3) - 1))
    elif form or signs.is_maybe:
        left *= 1 - max(form, MAYBE if signs.is_maybe else 0.0)
    return (1 - left) * (NEVER if signs.is_never or is_lost else 1.0)


def fits(pattern: re.Pattern[str], lines: tuple[str, str]) -> bool:
    """Whether it is found in the request without its courtesies, or with them."""
    return pattern.search(lines[0]) is not None or (
        lines[1] != lines[0] and pattern.search(lines[1]) is not None
    )


@lru_cache(maxsize=4)
def reader_of(routes: tuple[Route, ...]) -> Reader:
    """What is learned of these routes, kept."""
    return Reader(routes)


def _known_words(routes: Sequence[Route]) -> set[str]:
    """The words commands are asked for by, which a slip is corrected to."""
    found: set[str] = set()
    for item in routes:
        for text in (item.name.replace("-", " "), *item.aliases, item.when_to_use, *item.examples):
            found |= set(re.findall(r"[a-z]{5,}", text.lower()))
    return found


def _example(name: str, text: str) -> _Example:
    lowered = text.lower()
    found = [stem(word) for word in re.findall(r"[^\W_]+(?:['-][^\W_]+)*", lowered)]
    return _Example(route=name, stems=Counter(found), runs=_letters(lowered), text=lowered)


def _letters(text: str) -> dict[str, float]:
    padded = f" {' '.join(re.findall(r'[a-z0-9]+', text))} "
    counts = Counter(padded[start : start + 3] for start in range(max(0, len(padded) - 2)))
    length = sqrt(sum(count * count for count in counts.values())) or 1.0
    return {run: count / length for run, count in counts.items()}
