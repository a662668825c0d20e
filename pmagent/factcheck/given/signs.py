"""What a claim and the documents given with it have in common, as a few numbers.

Few and plain on purpose: texts differ greatly in how much they copy, and what is fitted to one kind
fails on another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pmagent.factcheck.given.reading import Given, stem_of, words_of
from pmagent.factcheck.numbers import read_numbers
from pmagent.factcheck.quantities import is_equal
from pmagent.nlp.words import STOP_WORDS

_FIRST_PERSON = frozenset(("i", "we", "my", "our", "me", "us", "mine", "ours"))
_WINDOWS_READ = 12
"""Windows that share most words with the claim; in the others its words stand further apart."""
_NEAR_WORDS = 3
"""Two words this close in a document belong together as in the claim; farther ones less."""
_SPREAD = 8.0
_MOST_PLACES = 2_000


@dataclass(frozen=True, kw_only=True)
class Signs:
    """How far a claim stands in given documents."""

    order: float
    """Longest common subsequence of words with a window, by the claim's length."""
    coverage: float
    """Share of the claim's content words in the best sentence and its two neighbours."""
    closeness: float
    """How close to each other the claim's neighbouring content words stand in the documents."""
    numbers_missing: int
    """Its figures that do not stand there."""
    names_missing: int
    """Its capitalised words, but the first, that do not stand there."""
    other_speaker: float
    """How much more of the claim another speaker says than the one it names; -1 to 1."""
    is_first_person: bool
    best: int
    """The sentence that holds most of it."""
    first: int
    last: int
    """Around it: the sentences `first` to `last`, the last included."""
    unsaid: tuple[str, ...]
    """Its content words that stand nowhere in the documents."""
    missing: tuple[str, ...]
    """Its figures and names that do not stand near."""


def read_signs(text: str, given: Given) -> Signs:
    """Hold a claim against the documents. `given` holds at least one sentence."""
    words = words_of(text)
    stems = [stem_of(word) for word in words]
    content = [place for place, word in enumerate(words) if word.lower() not in STOP_WORDS]
    subject = [stems[place] for place in content]
    shares = _shares(subject, given)
    best = int(np.argmax(shares))
    first, last = max(0, best - 1), min(len(given.sentences) - 1, best + 1)
    near = {stem for row in range(first, last + 1) for stem in given.stems[row]}
    near |= {stem_of(part) for row in (first, best, last) for part in _label(given, row)}
    numbers = _numbers_missing(
        text, " . ".join(one.text for one in given.sentences[first : last + 1])
    )
    names = [
        words[place]
        for place in content
        if place and words[place][0].isupper() and stems[place] not in near
    ]
    return Signs(
        order=_order(stems, given),
        coverage=sum(stem in near for stem in subject) / max(1, len(subject)),
        closeness=_closeness(subject, given),
        numbers_missing=len(numbers),
        names_missing=len(names),
        other_speaker=_other_speaker(text, subject, given),
        is_first_person=any(_bare(word) in _FIRST_PERSON for word in words),
        best=best,
        first=first,
        last=last,
        unsaid=tuple(words[place] for place in content if not _is_said(stems[place], given)),
        missing=(*numbers, *names),
    )


def _bare(word: str) -> str:
    return word.lower().replace("’", "'").partition("'")[0]


def _label(given: Given, row: int) -> list[str]:
    return words_of(given.sentences[row].speaker)


def _is_said(stem: str, given: Given) -> bool:
    return stem in given.places or any(
        stem == stem_of(part) for label in given.labels for part in words_of(label)
    )


def _shares(stems: Sequence[str], given: Given) -> NDArray[np.float64]:
    """(sentences,) share of the words that each sentence holds."""
    found = np.zeros(len(given.sentences))
    for stem in stems:
        found[given.sentences_with(stem)] += 1
    return found / max(1, len(stems))


def _numbers_missing(text: str, near: str) -> list[str]:
    said = read_numbers(near)
    return [
        one.text for one in read_numbers(text) if not any(is_equal(one, other) for other in said)
    ]


def _order(stems: Sequence[str], given: Given) -> float:
    """Longest common subsequence with one of the most promising windows, by the claim's length."""
    firsts = np.array([first for first, _ in given.windows])
    stops = np.array([stop for _, stop in given.windows])
    shared = np.zeros(len(firsts))
    for stem in dict.fromkeys(stems):
        rows = given.sentences_with(stem)
        shared += np.searchsorted(rows, stops) > np.searchsorted(rows, firsts)
    ranked = np.argsort(-shared, kind="stable")[:_WINDOWS_READ]
    longest = 0
    for window in ranked:
        if shared[window] <= longest and len(set(stems)) == len(stems):
            break  # a subsequence is never longer than the words shared
        first, stop = given.windows[int(window)]
        words = [stem for row in range(first, stop) for stem in given.stems[row]]
        longest = max(longest, _common(stems, words))
    return longest / max(1, len(stems))


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    numbers = {stem: number for number, stem in enumerate(dict.fromkeys(one))}
    column = np.array([numbers.get(stem, -1) for stem in other])
    row = np.zeros(len(other) + 1, dtype=np.int64)
    for stem in one:
        longer = np.where(column == numbers[stem], row[:-1] + 1, 0)
        row[1:] = np.maximum.accumulate(np.maximum(longer, row[1:]))
    return int(row[-1])


def _closeness(stems: Sequence[str], given: Given) -> float:
    """Mean over neighbouring content words that are said: 1 side by side, towards 0 far apart."""
    said = [stem for stem in stems if stem in given.places]
    near = [
        float(np.exp(-max(0, _distance(given, one, other) - _NEAR_WORDS) / _SPREAD))
        for one, other in pairwise(said)
        if one != other
    ]
    return sum(near) / len(near) if near else 0.5


def _distance(given: Given, one: str, other: str) -> int:
    left, right = given.places[one][:_MOST_PLACES], given.places[other][:_MOST_PLACES]
    behind = np.searchsorted(right, left)
    after = right[np.minimum(behind, len(right) - 1)]
    before = right[np.maximum(behind - 1, 0)]
    return int(np.minimum(np.abs(after - left), np.abs(before - left)).min())


def _other_speaker(text: str, stems: Sequence[str], given: Given) -> float:
    """The best share anybody else says, less the best of who is named; 0 where nobody is."""
    named = _named(text, given)
    if not named or named >= given.labels:
        return 0.0
    parts = {stem_of(part) for label in given.labels for part in words_of(label)}
    subject = [stem for stem in stems if stem not in parts]
    if not subject:
        return 0.0
    shares = _shares(subject, given)
    is_own = np.array([one.speaker.lower() in named for one in given.sentences])
    return float(shares[~is_own].max(initial=0.0) - shares[is_own].max(initial=0.0))


def _named(text: str, given: Given) -> set[str]:
    """The speakers whom a claim names, as in `Given.labels`."""
    said = f" {' '.join(word.lower() for word in words_of(text))} ".replace("'s ", " ")
    found = {label for label in given.labels if f" {' '.join(words_of(label))} " in said}
    for part in said.split():
        found |= given.names.get(part, frozenset())
    return found
