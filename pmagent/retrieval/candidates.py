"""The sentences an answer can be made of, ranked by how well each answers the question.

What counts: the question's words in the sentence and around it, by rarity; the passage's rank; that
it is a whole statement; that it holds what is asked for, such as a number; its meaning, where there
is an encoder. Values in, values out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pmagent.nlp.sentences import split_sentences
from pmagent.nlp.words import tokens
from pmagent.retrieval.intent import read_intent
from pmagent.retrieval.ports import Scores, SearchIndex
from pmagent.types import Found, Hit, Passage, quote_of

ENCODED = 24
"""Best sentences by words that are compared by meaning."""
LONGEST_LEAD = 40
"""Words of a sentence that may come along to say what "it" is."""
NOISE_COSINE = 0.2
"""What a question and an unrelated sentence reach with all-MiniLM-L6-v2; 0.7 is very near."""


@dataclass(frozen=True)
class Candidate:
    """A sentence, or two that belong together, of one segment of a hit's passage."""

    hit: Hit
    rank: int
    segment: int
    """Which of the passage's segments it stands in."""
    start: int
    """Of `passage.text`, with the sentence that leads up to it."""
    core: int
    """Where the sentence itself begins."""
    end: int
    score: float = 0.0

    @property
    def speaker(self) -> str | None:
        """Who says it."""
        return self.hit.passage.segments[self.segment].speaker

    @property
    def text(self) -> str:
        """What is shown, verbatim on one line."""
        return self.hit.passage.text[self.start : self.end]

    @property
    def sentence(self) -> str:
        """The same without what leads up to it."""
        return self.hit.passage.text[self.core : self.end]


def rank_candidates(
    found: Found,
    hits: Sequence[Hit],
    index: SearchIndex,
    encode: Callable[[Sequence[str]], Scores] | None,
) -> list[Candidate]:
    """The sentences of `hits` with their scores, best first.

    With `encode` only the best 24 by words are left, in the order of words and meaning.
    """
    latest = max(hit.citation.date for hit in found.hits)
    terms = read_intent(found.query.text, speakers=index.speakers, today=latest).terms
    weights = {stem: index.idf(stem) for term in terms for stem in index.stems(term)}
    candidates = [
        replace(candidate, score=score)
        for rank, hit in enumerate(hits)
        for candidate, score in _scored(hit, rank, weights, index, found)
    ]
    candidates.sort(key=_worst_last)
    if encode is None or not candidates:
        return candidates
    head = candidates[:ENCODED]
    vectors = encode([found.query.text, *(item.text for item in head)])
    near = np.clip((vectors[1:] @ vectors[0] - NOISE_COSINE) / 0.5, 0, 1)
    # Meaning mends the order of words and rank; it does not replace it.
    head = [
        replace(item, score=item.score * (0.75 + 0.5 * float(value)))
        for item, value in zip(head, near, strict=True)
    ]
    return sorted(head, key=_worst_last)


def _worst_last(item: Candidate) -> float:
    return -item.score


def _scored(
    hit: Hit, rank: int, weights: Mapping[str, float], index: SearchIndex, found: Found
) -> Iterator[tuple[Candidate, float]]:
    total = sum(weights.values()) or 1.0
    parts = list(_sentences(hit, rank))
    stems = [frozenset(index.stems(item.sentence)) & weights.keys() for item in parts]
    names = [
        frozenset(index.stems(hit.passage.segments[item.segment].speaker or "")) & weights.keys()
        for item in parts
    ]
    everywhere = frozenset[str]().union(*stems, *names)
    prior = 1 / (1 + 0.2 * rank)
    for number, item in enumerate(parts):
        own = stems[number] | names[number]
        around = frozenset[str]().union(*stems[max(0, number - 2) : number + 2])
        said = sum(
            weight * (1.0 if stem in own else 0.5 if stem in around else 0.2 * (stem in everywhere))
            for stem, weight in weights.items()
        )
        is_own = 1.0 if stems[number] else 0.75
        focal = 1.15 if _overlaps_focus(item) else 1.0
        form = _completeness(item.sentence) * _fit(item, found)
        yield item, (0.15 + said / total) * (0.4 + 0.6 * prior) * is_own * focal * form


def _sentences(hit: Hit, rank: int) -> Iterator[Candidate]:
    """The passage's sentences, one that opens with a pronoun together with the one before it."""
    passage = hit.passage
    for number, (start, text) in enumerate(_segment_texts(passage)):
        spans = split_sentences(text)
        for place, (first, last) in enumerate(spans):
            lead = first
            if place and _leans_back(text[first:last]):
                before = spans[place - 1]
                if 2 < len(text[slice(*before)].split()) <= LONGEST_LEAD:
                    lead = before[0]
            yield Candidate(hit, rank, number, start + lead, start + first, start + last)


def _segment_texts(passage: Passage) -> Iterator[tuple[int, str]]:
    """Where each segment's words begin in `passage.text`, and the words on one line."""
    cursor = 0
    for segment in passage.segments:
        cursor += len(segment.speaker) + 2 if segment.speaker else 0
        text = quote_of([segment.text])
        yield cursor, text
        cursor += len(text) + 1


_OPENING = "and but so because well yeah yes no right okay then or plus also i mean you know"
_OPENERS = frozenset(_OPENING.split())
_POINTING = "it it's its they they're them their that that's this these those he he's she she's"
_PRONOUNS = frozenset(_POINTING.split())


def _leans_back(sentence: str) -> bool:
    words = [word.replace("’", "'") for word in tokens(sentence)[:5]]
    while words and words[0] in _OPENERS:
        words = words[1:]
    return bool(words) and words[0] in _PRONOUNS


_NUMBER = re.compile(
    r"""(?ix) \d | \b(?: two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|twenty|
    thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|
    trillions?|half|twice|percent )\b"""
)
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w’'-]+")
_DATED = re.compile(
    r"""(?x) \b(?:19|20)\d\d\b | \b(?:last|this)\ (?:year|month|week)\b | \byears?\ ago\b
    | \b(?: January|February|March|April|May|June|July|August|September|October|November
    |December )\b"""
)
_HOLLOW = """
yeah yes no right exactly okay sure absolutely totally definitely well so and but thanks thank you
great cool interesting wow i that's it's is that a an the awesome gotcha good nice really
"""
_EMPTY = frozenset(_HOLLOW.split())
"""Words of which a sentence can be made that says nothing."""
_ENDS = ".!?…。！？｡।॥؟۔"


def _completeness(sentence: str) -> float:
    """Below 1 for what is no statement: fragments, asides, questions, titles of links."""
    words = tokens(sentence)
    telling = [word for word in words if word not in _EMPTY]
    if len(telling) < 3:
        return 0.2
    value = 1.0 if len(words) >= 7 else 0.7
    if any(word in ("unintelligible", "inaudible") for word in words):
        value *= 0.7
    if sentence.rstrip("\"')]”’» ").endswith("?"):
        value *= 0.45
    elif sentence.rstrip().endswith(("--", "...", "…", ",", "–", "—")):
        value *= 0.75
    elif sentence.rstrip("\"')]”’»* ")[-1:] not in _ENDS:
        value *= 0.6 if len(words) > 12 else 0.35
    return value * (0.8 if sentence[0] in "-–—" or sentence[0].islower() else 1.0)


def _fit(item: Candidate, found: Found) -> float:
    """Above 1 for a sentence that holds what the question asks for."""
    text = item.sentence
    match found.intent:
        case "how many":
            asked = set(tokens(found.query.text))
            fresh = any(_NUMBER.search(word) for word in tokens(text) if word not in asked)
            return 1.4 if fresh else 0.7
        case "when":
            return 1.3 if _DATED.search(text) else 1.0
        case "who":
            return 1.15 if item.speaker is not None or _NAME.search(text) else 0.9
        case _:
            return 1.0


def _overlaps_focus(item: Candidate) -> bool:
    """Whether the sentence is a part of the hit's quote."""
    return item.sentence in item.hit.quote or item.hit.quote in item.text
