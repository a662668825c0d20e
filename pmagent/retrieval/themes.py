"""Group hits into a few themes, each named by words that are said in it.

A theme begins with its name: a phrase that several hits share and the rest of the archive seldom
says. That way a person sees why hits stand together; groups made first and named afterwards
(average linkage over the same closeness) get names that few of their hits say. Vectors, where there
are any, tell which phrases hold hits together that mean the same, and where a hit without any of
the phrases belongs. Pure arithmetic: the same hits give the same themes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pmagent.nlp.keyphrases import Phrase, key_of, keys_said, rank_phrases
from pmagent.nlp.words import STOP_WORDS, tokens

MOST_THEMES = 6
HITS_PER_THEME = 4
"""On average at least: a list shorter than two themes' worth needs no parting."""

LARGEST_SHARE = 0.6
"""A phrase said by more of the hits than this parts nothing."""

OUTSIDE_QUOTE = 0.5
"""What a phrase counts that stands in a hit's passage but not in its quote."""

SAME_DOCUMENT = 0.4
"""What a further hit of one document counts, beside 1 for the first: a theme is what comes back."""

MOST_PHRASES = 150
"""Phrases looked at as names."""

GAIN_SHARE = 0.12
"""Of the first theme's gain that a further theme needs: what says less is no theme of its own."""

LONGER_SHARE = 0.5
"""A label is said longer where at least this share of the hits that say it say it so."""

TELLING_POWER = 1.4
"""How far a telling phrase is preferred to a plain one that more hits say."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Group:
    """A theme by the numbers of its hits."""

    label: str
    members: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Material:
    """What is known of the hits before they are grouped; position k of everything is hit k."""

    texts: tuple[str, ...]
    """What is said in each, without speakers' names."""
    quotes: tuple[str, ...]
    """The part of each text that answers best: what is said there names the hit."""
    documents: tuple[str, ...]
    weights: tuple[float, ...]
    """How much each hit counts, above 0."""
    closeness: Floats
    """(hits, hits) how alike two hits are apart from the question they share."""
    nearness: Callable[[Sequence[str]], Floats] | None = None
    """How near phrases are to the question, each -1 to 1."""


def group_hits(
    material: Material, *, idf: Callable[[str], float], asked: Collection[str]
) -> tuple[Group, ...]:
    """One to six themes that together hold every hit once, heaviest first.

    `asked` are keys (`key_of`) of words that part nothing: the question's own, and speakers' names.
    One theme alone may be named by them: nothing else tells what its hits share.
    """
    total = len(material.texts)
    if not total:
        return ()
    phrases = _weighed(
        material, rank_phrases(material.texts, idf=idf, without=asked)[:MOST_PHRASES]
    )
    seeds = _seeds(material, phrases)
    parts = _assigned(material, seeds) if len(seeds) > 1 else []
    if sum(map(bool, parts)) < 2:
        named = _weighed(material, rank_phrases(material.texts, idf=idf)[:MOST_PHRASES])
        return (Group(label=_label(material, range(total), named), members=tuple(range(total))),)
    groups = [
        Group(label=_label(material, part, phrases), members=tuple(part)) for part in parts if part
    ]
    return tuple(sorted(groups, key=lambda group: (-_weight(material, group.members), group.label)))


def measure_closeness(
    texts: Sequence[str],
    *,
    idf: Callable[[str], float],
    asked: Collection[str],
    vectors: Floats | None = None,
    question: Floats | None = None,
) -> Floats:
    """(texts, texts) cosines of words weighted by rarity, and of `vectors` where there are any.

    Both leave out what all texts share, the question: its words, and its direction in space.
    """
    words = _word_vectors(texts, idf, frozenset(asked))
    alike = words @ words.T
    if vectors is None or question is None:
        return alike
    rest = vectors - np.outer(vectors @ question, question)
    rest /= np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-9)
    return (alike + rest @ rest.T) / 2


def _word_vectors(
    texts: Sequence[str], idf: Callable[[str], float], asked: frozenset[str]
) -> Floats:
    counts = [
        Counter(
            key
            for word in tokens(text)
            if word not in STOP_WORDS and (key := key_of(word)) not in asked
        )
        for text in texts
    ]
    spread = Counter(key for count in counts for key in count)
    column = {key: number for number, key in enumerate(key for key in spread if spread[key] > 1)}
    matrix = np.zeros((len(texts), max(1, len(column))), np.float32)
    for row, count in enumerate(counts):
        for key, times in count.items():
            if key in column:
                matrix[row, column[key]] = (1 + np.log(times)) * idf(key)
    return matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    """A phrase that may name a theme."""

    text: str
    key: tuple[str, ...]
    worth: float
    """How well it names one, whatever it holds."""
    hits: frozenset[int]
    focal: frozenset[int]
    """Hits whose quote says it."""


def _weighed(material: Material, phrases: Sequence[Phrase]) -> list[_Candidate]:
    near = material.nearness([phrase.text for phrase in phrases]) if material.nearness else None
    quoted = [keys_said(quote) for quote in material.quotes]
    return [
        _Candidate(
            text=phrase.text,
            key=phrase.key,
            worth=phrase.telling**TELLING_POWER
            * (1.0 if near is None else _fit(float(near[number]))),
            hits=frozenset(phrase.texts),
            focal=frozenset(hit for hit in phrase.texts if phrase.key in quoted[hit]),
        )
        for number, phrase in enumerate(phrases)
    ]


def _fit(near: float) -> float:
    """A name should be near the question, but not say it again in other words."""
    return 0.5 + max(0.0, near) - 3 * max(0.0, near - 0.5)


def _seeds(material: Material, phrases: Sequence[_Candidate]) -> list[_Candidate]:
    """Phrases that together name most of the hits, each adding hits the others do not name."""
    total = len(material.texts)
    room = min(MOST_THEMES, total // HITS_PER_THEME)
    candidates = [item for item in phrases if 2 <= len(item.hits) <= LARGEST_SHARE * total]
    taken: list[_Candidate] = []
    covered: set[int] = set()
    enough = 0.0
    while candidates and len(taken) < room:
        gains = [_gain(material, item, covered) for item in candidates]
        best = int(np.argmax(gains))
        if gains[best] <= enough:
            break
        enough = enough or GAIN_SHARE * gains[best]
        chosen = candidates[best]
        taken.append(chosen)
        covered.update(chosen.hits)
        candidates = [item for item in candidates if not _share_a_word(item.key, chosen.key)]
    return taken


def _gain(material: Material, phrase: _Candidate, covered: Collection[int]) -> float:
    fresh = [number for number in sorted(phrase.hits) if number not in covered]
    if len(fresh) < 2:
        return 0.0
    return (
        phrase.worth
        * _weight(material, fresh, phrase.focal) ** 0.8
        * (0.3 + _coherence(material, fresh))
    )


def _coherence(material: Material, members: Sequence[int]) -> float:
    """Mean closeness of different members beyond what any two hits have, at least 0."""
    block = material.closeness[np.ix_(members, members)]
    pairs = len(members) * (len(members) - 1)
    mean = float((block.sum() - np.trace(block)) / pairs) if pairs else 0.0
    return max(0.0, mean - float(np.median(material.closeness)))


def _weight(
    material: Material, members: Sequence[int], focal: Collection[int] | None = None
) -> float:
    """Hits by weight; further ones of one document, and those outside `focal`, count less."""
    seen: set[str] = set()
    total = 0.0
    for number in sorted(members, key=lambda number: -material.weights[number]):
        share = 1.0 if focal is None or number in focal else OUTSIDE_QUOTE
        document = material.documents[number]
        total += material.weights[number] * share * (SAME_DOCUMENT if document in seen else 1.0)
        seen.add(document)
    return total


def _assigned(material: Material, seeds: Sequence[_Candidate]) -> list[list[int]]:
    """Each hit to one seed: of those it says the closest, else the closest of all."""
    affinity = np.zeros((len(material.texts), len(seeds)))
    for column, seed in enumerate(seeds):
        for row in range(len(material.texts)):
            others = [number for number in sorted(seed.hits) if number != row]
            near = float(material.closeness[row, others].mean()) if others else 0.0
            affinity[row, column] = near + (row in seed.hits) + 0.3 * (row in seed.focal)
    groups: list[list[int]] = [[] for _ in seeds]
    for row in range(len(material.texts)):
        groups[int(affinity[row].argmax())].append(row)
    return groups


def _label(material: Material, members: Sequence[int], phrases: Sequence[_Candidate]) -> str:
    """What most of the members say and few of the others do."""
    inside = frozenset(members)
    whole = _weight(material, members)
    others = len(material.texts) - len(members)

    def fitness(phrase: _Candidate) -> float:
        said = [number for number in members if number in phrase.hits]
        if not said:
            return 0.0
        share = _weight(material, said, phrase.focal) / whole
        outside = len(phrase.hits - inside) / others if others else 0.0
        alone = 0.3 if len(said) == 1 < len(members) else 1.0
        return alone * phrase.worth**0.6 * share / (len(said) / len(members) + outside) ** 0.5

    best = max(phrases, key=fitness, default=None)
    if best is None or fitness(best) <= 0:
        return ""
    longer = [
        phrase
        for phrase in phrases
        if len(phrase.key) > len(best.key)
        and _holds(phrase.key, best.key)
        and len(phrase.hits & inside) >= max(LONGER_SHARE * len(best.hits & inside), 2)
    ]
    return max(
        longer, key=lambda phrase: (len(phrase.hits & inside), phrase.worth), default=best
    ).text


def is_like(one: str, other: str) -> bool:
    """Whether two keys are forms of one word: `train`, `training`; `private`, `privacy`."""
    if one == other:
        return True
    same = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        same += 1
    return same >= 5 and same >= 0.55 * max(len(one), len(other))


def _share_a_word(one: Sequence[str], other: Sequence[str]) -> bool:
    return any(is_like(left, right) for left in one for right in other)


def _holds(longer: tuple[str, ...], shorter: tuple[str, ...]) -> bool:
    size = len(shorter)
    return any(longer[at : at + size] == shorter for at in range(len(longer) - size + 1))
