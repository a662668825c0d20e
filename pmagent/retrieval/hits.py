"""Ranked rows made into hits that are as many places: quoted, cited, and each thing said once.

A place is left out when it is cited by the same lines as a better one beside it; a passage that
says nearly the same words as a better one is listed with it, never lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pmagent.ingest.passages import locate, speaker_at
from pmagent.nlp.sentences import windows
from pmagent.nlp.words import singular, tokens
from pmagent.retrieval.late import Rarity
from pmagent.retrieval.ports import SearchIndex
from pmagent.types import Hit, Passage, Why

SAME_WORDS = 0.8
"""Share of common three-word runs from which two passages say the same."""


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """One row on its way to becoming a hit."""

    passage: Passage
    score: float
    why: Why
    window: int | None = None
    """Which of `windows(passage.text)` answers best, where that is known."""
    rate: Callable[[str], float] | None = None
    """How well a window's text answers, where it is not; None to count the question's words."""


def make_hits(
    index: SearchIndex,
    ranked: Iterable[Ranked],
    terms: Sequence[str],
    rarity: Rarity,
    *,
    limit: int,
) -> tuple[Hit, ...]:
    """Up to `limit` hits in the order of `ranked`; looks no further than it must."""
    hits: list[Hit] = []
    runs: list[frozenset[tuple[str, ...]]] = []
    for item in ranked:
        own = _runs(item.passage.text)
        twin = next((n for n, other in enumerate(runs) if _overlap(own, other) >= SAME_WORDS), None)
        if twin is not None:
            if not _is_same_place(hits[twin].passage, item.passage):
                citation = _hit(index, item, terms, rarity).citation
                hits[twin] = replace(hits[twin], duplicates=(*hits[twin].duplicates, citation))
            continue
        if any(_is_same_place(hit.passage, item.passage) for hit in hits):
            continue
        if len(hits) == limit:
            break
        hits.append(_hit(index, item, terms, rarity))
        runs.append(own)
    return tuple(hits)


def terms_in(text: str, terms: Sequence[str]) -> tuple[str, ...]:
    """Those of the question's words that stand in `text`, plural or not."""
    said = {singular(word) for word in tokens(text)}
    return tuple(term for term in terms if singular(term) in said)


def _hit(index: SearchIndex, item: Ranked, terms: Sequence[str], rarity: Rarity) -> Hit:
    text = item.passage.text
    start, end = _focus(item, {term: rarity(term) for term in terms})
    focus = locate(item.passage, start, end)
    return Hit(
        passage=item.passage,
        citation=index.citation(item.passage, focus, speaker_at(item.passage, start)),
        score=item.score,
        why=replace(item.why, terms=terms_in(text, terms)),
        focus=focus,
        quote=" ".join(text[start:end].split()),
    )


def _focus(item: Ranked, weights: Mapping[str, float]) -> tuple[int, int]:
    """The span of the best window, cut to what one speaker says of it."""
    text = item.passage.text
    spans = windows(text)
    if item.window is not None and item.window < len(spans):
        spans = [spans[item.window]]
    elif item.rate is not None and spans:
        rated = [item.rate(text[start:end]) for start, end in spans]
        spans = [spans[rated.index(max(rated))]]
    parts = [part for span in spans for part in _parts(item.passage, *span)]
    return max(
        parts or [(0, len(text))],
        key=lambda part: (_mass(text[slice(*part)], weights), min(part[1] - part[0], 200)),
    )


def _parts(passage: Passage, start: int, end: int) -> list[tuple[int, int]]:
    """What each speaker says within a span, without the names before it."""
    parts: list[tuple[int, int]] = []
    at = 0
    for segment, line in zip(passage.segments, passage.text.split("\n"), strict=True):
        label = len(segment.speaker) + 2 if segment.speaker else 0
        part = (max(start, at + label), min(end, at + len(line)))
        if part[0] < part[1]:
            parts.append(part)
        at += len(line) + 1
    return parts


def _mass(text: str, weights: Mapping[str, float]) -> float:
    return sum(weights[term] for term in terms_in(text, tuple(weights)))


def _is_same_place(one: Passage, other: Passage) -> bool:
    """Neighbours cited by a common line: two parts of one long turn."""
    return (
        one.path == other.path
        and abs(one.position - other.position) <= 1
        and one.locator.first_line <= other.locator.last_line
        and other.locator.first_line <= one.locator.last_line
    )


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = tokens(text)
    return frozenset(tuple(words[at : at + 3]) for at in range(max(1, len(words) - 2)))


def _overlap(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    fewer, more = sorted((len(one), len(other)))
    if not fewer or fewer < SAME_WORDS * more:
        return 0.0
    common = len(one & other)
    return common / (len(one) + len(other) - common)
