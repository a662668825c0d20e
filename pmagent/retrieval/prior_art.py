"""Where something was said before: a map of themes, time and sources, drawn from a query's hits.

Values in, values out. The map shows less rather than more: a hit far weaker than the best one is
left out, and where the archive does not speak of it at all there is no map but an abstention.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from pmagent.nlp.keyphrases import key_of, keys_said
from pmagent.nlp.words import content_terms, tokens
from pmagent.retrieval.intent import read_intent
from pmagent.retrieval.ports import Scores, SearchIndex
from pmagent.retrieval.themes import Material, group_hits, is_like, measure_closeness
from pmagent.types import Abstention, Found, Hit, Map, Theme

STRONG = 0.45
"""Of the best relevance; weaker hits are not shown. Chosen by looking at 30 maps."""
STRONG_WORDS = 0.6
"""The same where relevance is known from words alone."""
NEAR = 0.9
"""A hit this near in meaning is strong whatever its words."""
NOISE_COSINE = 0.25
"""What a question and an unrelated sentence reach with all-MiniLM-L6-v2."""


def draw_map(
    found: Found, index: SearchIndex, *, encode: Callable[[Sequence[str]], Scores] | None = None
) -> Map | Abstention:
    """The strong hits of `found` in 1 to 6 themes, or why there is no map.

    Ask for 30 to 40 hits: themes need something to stand out from. `encode` takes about as many
    quotes; without it themes are told apart by their words alone.
    """
    if not found.hits:
        return Abstention(reason="no_hits", found=found)
    if found.confidence < found.threshold:
        return Abstention(reason="weak_evidence", found=found)
    hits = _strong_hits(found, index)
    ordered = sorted(hits, key=_moment)
    return Map(
        found=found,
        themes=_themes(found, hits, index, encode),
        first=ordered[0],
        latest=ordered[-1],
        timeline=_timeline(hits),
    )


def _terms(found: Found) -> tuple[str, ...]:
    latest = max(hit.citation.date for hit in found.hits)
    return read_intent(found.query.text, today=latest).terms


def _strong_hits(found: Found, index: SearchIndex) -> list[Hit]:
    """Those that say enough of the question, by its words and by meaning; always the first one."""
    weights = {stem: index.idf(stem) for term in _terms(found) for stem in index.stems(term)}
    said = [
        sum(weights[stem] for stem in set(index.stems(hit.passage.text)) & weights.keys())
        for hit in found.hits
    ]
    most = max(said) or 1.0
    meant = [hit.why.meaning for hit in found.hits]
    top = max((cosine for cosine in meant if cosine is not None), default=NOISE_COSINE)
    reach = max(top - NOISE_COSINE, 0.05)

    def is_strong(words: float, cosine: float | None) -> bool:
        if cosine is None:
            return words >= STRONG_WORDS * most
        near = max(0.0, cosine - NOISE_COSINE) / reach
        return near >= NEAR or words / most * (0.5 + 0.5 * near) >= STRONG

    return [
        hit
        for number, (hit, words, cosine) in enumerate(zip(found.hits, said, meant, strict=True))
        if number == 0 or is_strong(words, cosine)
    ]


def _themes(
    found: Found,
    hits: Sequence[Hit],
    index: SearchIndex,
    encode: Callable[[Sequence[str]], Scores] | None,
) -> tuple[Theme, ...]:
    texts = tuple("\n".join(part.text for part in hit.passage.segments) for hit in hits)
    asked = _asked(found, hits, texts)

    def idf(word: str) -> float:
        stems = index.stems(word)
        return sum(index.idf(stem) for stem in stems) / len(stems) if stems else 0.0

    encoded = encode([found.query.text, *(hit.quote for hit in hits)]) if encode else None
    material = Material(
        texts=texts,
        quotes=tuple(hit.quote for hit in hits),
        documents=tuple(hit.passage.path for hit in hits),
        weights=tuple(
            (1.0 + 0.5 * len(hit.duplicates)) / (1.0 + 0.03 * n) for n, hit in enumerate(hits)
        ),
        closeness=measure_closeness(
            texts,
            idf=idf,
            asked=asked,
            vectors=encoded[1:] if encoded is not None else None,
            question=encoded[0] if encoded is not None else None,
        ),
        nearness=(lambda phrases: encode(phrases) @ encoded[0])
        if encode and encoded is not None
        else None,
    )
    return tuple(
        Theme(
            label=group.label or found.query.text,
            hits=tuple(sorted((hits[number] for number in group.members), key=_moment)),
        )
        for group in group_hits(material, idf=idf, asked=asked)
    )


def _asked(found: Found, hits: Sequence[Hit], texts: Sequence[str]) -> frozenset[str]:
    """Keys that name no theme: forms of the question's words, and the names of who speaks."""
    names = {key_of(part) for hit in hits for name in hit.passage.speakers for part in tokens(name)}
    question = {key_of(word) for word in content_terms(found.query.text)}
    spoken = {word for text in texts for key in keys_said(text) for word in key}
    return frozenset(
        word
        for word in spoken
        if word in names
        or all(any(is_like(part, term) for term in question) for part in word.split("-"))
    )


def _moment(hit: Hit) -> tuple[date, str, int]:
    return hit.citation.date, hit.citation.path, hit.focus.first_line


def _timeline(hits: Sequence[Hit]) -> tuple[tuple[str, int], ...]:
    """Mentions by quarter, near-duplicates counted where and when they stand."""
    days = [place.date for hit in hits for place in (hit.citation, *hit.duplicates)]
    counts = Counter(map(_quarter, days))
    first, last = min(counts), max(counts)
    return tuple(
        (f"{number // 4}-Q{number % 4 + 1}", counts[number]) for number in range(first, last + 1)
    )


def _quarter(day: date) -> int:
    return day.year * 4 + (day.month - 1) // 3
