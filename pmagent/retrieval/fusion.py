"""Scores of several arms made into one, over all rows at once. Plain arithmetic, no I/O.

Every arm is put on a scale of its own that does not depend on the archive: words as the share of
the highest score they can reach, meaning as the cosine it is. Standardising over the top of a
ranking, as is common, ranks no better on 299 transcripts (nDCG@10 .607 for .603), has no sense
among five passages, and loses how good the best passage is, which is what abstaining needs (area
under ROC .78 for .93). See Bruch, Gai and Ingber, "An analysis of fusion functions for hybrid
retrieval" (TOIS 2023).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pmagent.retrieval.ports import Mask, Scores

LEXICAL_WEIGHT = 1.5
"""Of the share of words beside the cosine of meaning. 1 to 2 rank alike."""
AROUND_SHARE = 0.5
"""Of the neighbourhood's words beside the passage's own."""
SATURATION = 2.2
"""k1 + 1: how many times its idf a word's BM25 nears as it is repeated."""
NEIGHBOUR_WEIGHT = 0.1
"""Of each neighbouring passage's score: talk goes on across the cut. Replaces overlap."""
DOCUMENT_WEIGHT = 0.2
"""Of the mean of the document's best three passages."""

_DEPTH = 1000
"""Passages from which a document's best three are taken."""
_USUAL_COSINE, _USUAL_SPREAD = 0.15, 0.08
"""Mean and deviation of a question's cosine with all windows of an archive, all-MiniLM-L6-v2."""


def lexical_share(words: Scores, around: Scores, idf_mass: float) -> Scores:
    """(n,) BM25 of passage and neighbourhood as a share of what the question can reach.

    `idf_mass` is the sum of the idf of all its words, those no passage has among them: a question
    of one known and four unknown words is not well answered by the known one.
    """
    ceiling = max(idf_mass * SATURATION, 1e-6)
    mixed = (1 - AROUND_SHARE) * words + AROUND_SHARE * around
    return (mixed / ceiling).astype(np.float32)


def meaning_everywhere(
    meaning: Scores | None, static: Scores | None, lexical: Scores
) -> Scores | None:
    """(n,) cosines without gaps, while only some passages are embedded; None without any vector.

    Where the transformer's cosine is missing, the static one stands in, stretched to the same mean
    and deviation; without that, what passages of the best words usually have, so that none is
    passed over for not being embedded yet.
    """
    if meaning is None:
        return None if static is None else _stretched(static, _USUAL_COSINE, _USUAL_SPREAD)
    missing = np.isnan(meaning)
    if not missing.any():
        return meaning
    known = meaning[~missing]
    if not len(known):
        return meaning_everywhere(None, static, lexical)
    if static is not None and not np.isnan(static[missing]).all():
        stand_in = _stretched(static, float(known.mean()), float(known.std()))[missing]
    else:
        best = np.argsort(-np.where(missing, -1, lexical), kind="stable")[:50]
        usual = meaning[best[~missing[best]]]
        stand_in = np.full(int(missing.sum()), usual.mean(), np.float32)
    filled = meaning.copy()
    filled[missing] = stand_in
    return filled


def fuse(meaning: Scores | None, lexical: Scores) -> Scores:
    """(n,) the arms' weighted sum; of words alone where there are no vectors."""
    weighted = np.float32(LEXICAL_WEIGHT) * lexical
    return weighted if meaning is None else meaning + weighted


def neighbour_part(scores: Scores, document_of: NDArray[np.int32]) -> Scores:
    """(n,) what the passages before and after, of the same document, add to each score."""
    added = np.zeros_like(scores)
    is_same = document_of[1:] == document_of[:-1]
    added[1:] += np.where(is_same, scores[:-1], 0)
    added[:-1] += np.where(is_same, scores[1:], 0)
    return added * np.float32(NEIGHBOUR_WEIGHT)


def document_part(scores: Scores, document_of: NDArray[np.int32], allowed: Mask | None) -> Scores:
    """(n,) what each passage gains from how far its document's best three stand out.

    Scores count from that of the thousandth passage up, so that the gain is the same in an archive
    where every passage has some cosine and in one where most have none.
    """
    open_rows = np.arange(len(scores)) if allowed is None else np.flatnonzero(allowed)
    if not len(open_rows):
        return np.zeros_like(scores)
    values = scores[open_rows]
    depth = min(_DEPTH, len(values))
    top = open_rows[np.argpartition(-values, depth - 1)[:depth]]
    above = scores[top] - scores[top].min()
    order = np.lexsort((-above, document_of[top]))
    documents, above = document_of[top][order], above[order]
    starts = np.flatnonzero(np.r_[True, documents[1:] != documents[:-1]])
    place = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    gains = np.zeros(int(document_of.max()) + 1, np.float32)
    np.add.at(gains, documents[place < 3], above[place < 3] / 3)
    return gains[document_of] * np.float32(DOCUMENT_WEIGHT)


def best_rows(scores: Scores, count: int, allowed: Mask | None) -> NDArray[np.int64]:
    """The best `count` rows that are allowed, best first; equal scores in reading order."""
    open_rows = np.arange(len(scores)) if allowed is None else np.flatnonzero(allowed)
    values = scores[open_rows]
    if count < len(values):
        edge = np.partition(values, len(values) - count)[len(values) - count]
        open_rows = open_rows[values >= edge]
        values = scores[open_rows]
    return open_rows[np.argsort(-values, kind="stable")][:count]


def _stretched(scores: Scores, mean: float, spread: float) -> Scores:
    """The same order with another mean and deviation; gaps get the mean."""
    known = scores[~np.isnan(scores)]
    if not len(known):
        return np.full(len(scores), mean, np.float32)
    scaled = (scores - known.mean()) / max(float(known.std()), 1e-3) * spread + mean
    return np.nan_to_num(scaled, nan=mean).astype(np.float32)
