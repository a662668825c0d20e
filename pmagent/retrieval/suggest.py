"""Questions a garden can answer: what it comes back to, in its own words."""

from __future__ import annotations

from collections.abc import Sequence

from pmagent.nlp.keyphrases import key_of, pick_distinct, rank_phrases
from pmagent.nlp.words import tokens
from pmagent.retrieval.ports import SearchIndex

LOOKED_AT = 240
"""Passages, spread evenly over the garden: enough to hear what it comes back to."""
SUGGESTED = 3


def suggest(index: SearchIndex) -> tuple[str, ...]:
    """Up to three questions about what several documents say; none in a garden of one document."""
    step = max(1, index.size // LOOKED_AT)
    rows = list(range(0, index.size, step))
    passages = index.passages(rows)
    documents = [int(index.document_of[row]) for row in rows]
    names = {key_of(word) for name in index.speakers[:200] for word in tokens(name)}
    phrases = rank_phrases(
        [" ".join(segment.text for segment in passage.segments) for passage in passages],
        idf=index.idf,
        without=names,
    )
    recurring = [
        phrase
        for phrase in phrases
        if len(phrase.key) > 1 and _spread(phrase.texts, documents) >= min(3, len(set(documents)))
    ]
    return tuple(
        f"where have I talked about {phrase.text}?"
        for phrase in pick_distinct(recurring, limit=SUGGESTED)
    )


def _spread(texts: Sequence[int], documents: Sequence[int]) -> int:
    return len({documents[number] for number in texts})
