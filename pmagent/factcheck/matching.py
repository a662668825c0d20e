"""How much of a claim stands in a window: word by word, and where.

A word is there when its stem is; else as far as some word of the window means nearly the same,
by the cosine of the two in their sentences. Without an encoder only stems count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pmagent.factcheck.quantities import Quantity, is_equal
from pmagent.factcheck.windows import Read
from pmagent.factcheck.words import ClaimWord, Token
from pmagent.retrieval.ports import QueryEncoder, Scores

FLOOR, SPREAD, CEILING = 0.35, 0.45, 0.9
"""A cosine of .35 is no likeness, one of .755 or more is worth .9 of the word itself."""
_SHORTEST_SENTENCE = 4
"""Words; fewer are like anything."""
_JOINED = 5
"""Letters a name must have to be found as part of a joined word: StackOverflow."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Vectors:
    """Word vectors of one text, unit rows, and the text's own."""

    words: Scores
    whole: Scores


@dataclass(frozen=True, kw_only=True)
class ClaimText:
    """A claim's words, and what they mean where an encoder is at hand."""

    words: tuple[ClaimWord, ...]
    vectors: Vectors | None
    quantities: tuple[Quantity, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Match:
    """A claim held against one window."""

    read: Read
    soft: Scores
    """(claim words,) from 0, not there, to 1, the word itself."""
    arg: NDArray[np.int64]
    """(claim words,) which word of the window that is."""
    coverage: float
    """Share of the claim's weight that is there."""
    cosine: float
    """Of claim and window; 0 without an encoder."""
    sentence: float
    """The best cosine of the claim and one sentence of the window; 0 without an encoder."""
    table: Scores | None
    """(claim words, window words) cosines of words in their sentences."""
    score: float = 0.0
    """What windows are ordered by."""


def embed_words(
    encoder: QueryEncoder, texts: Sequence[str], tokens: Sequence[Sequence[Token]]
) -> list[Vectors]:
    """For each text the vectors of its `tokens`: each the mean of its word pieces'."""
    made: list[Vectors] = []
    for (spans, pieces), words in zip(encoder.tokens(texts), tokens, strict=True):
        dim = pieces.shape[1] if pieces.ndim == 2 else 1
        # Sums up to each piece, so that a word's mean is one subtraction.
        sums = np.zeros((len(pieces) + 1, dim), np.float32)
        np.cumsum(pieces, axis=0, out=sums[1:])
        first = np.searchsorted([end for _, end in spans], [word.start for word in words], "right")
        last = np.searchsorted([start for start, _ in spans], [word.end for word in words], "left")
        count = np.maximum(last - first, 0)[:, None]
        table = (sums[np.maximum(last, first)] - sums[first]) / np.maximum(count, 1)
        whole = sums[-1] / max(1, len(pieces))
        made.append(Vectors(words=_unit(table.astype(np.float32)), whole=_unit(whole[None])[0]))
    return made


def match(
    claim: ClaimText, read: Read, vectors: Vectors | None, credit: Scores | None = None
) -> Match:
    """The claim's words in the window.

    `credit`, (claim words,), is what a word counts at least for being near, though not here.
    """
    count = len(claim.words)
    soft = np.zeros(count, np.float32)
    arg = np.full(count, -1, np.int64)
    cosine = sentence = 0.0
    table: Scores | None = None
    if claim.vectors is not None and vectors is not None and len(read.tokens):
        table = claim.vectors.words @ vectors.words.T
        arg = table.argmax(axis=1)
        soft = np.clip((table.max(axis=1) - FLOOR) / SPREAD, 0, CEILING).astype(np.float32)
        cosine = float(claim.vectors.whole @ vectors.whole)
        sentence = _best_sentence(claim.vectors, read, vectors)
    for place, word in enumerate(claim.words):
        if word.role == "speaker" and word.token.lower in read.speakers:
            soft[place] = 1.0
        found = same_places(word.token, read, is_name=word.role in {"name", "speaker"})
        if found:
            soft[place] = 1.0
            best = found[0] if table is None else max(found, key=lambda at: table[place, at])
            arg[place] = best
    _match_values(claim, read, soft, arg)
    weights = np.array([word.weight for word in claim.words], np.float32)
    total = float(weights.sum())
    counted = soft if credit is None else np.maximum(soft, credit)
    coverage = float(weights @ counted) / total if total > 0 else 0.0
    return Match(
        read=read,
        soft=soft,
        arg=arg,
        coverage=coverage,
        cosine=cosine,
        sentence=sentence,
        table=table,
    )


def _best_sentence(claim: Vectors, read: Read, vectors: Vectors) -> float:
    """Of claim and one sentence, as means of their words: a window is mostly of other things."""
    sentence = np.array(read.sentence_of)
    starts = np.flatnonzero(np.diff(sentence, prepend=-1))
    lengths = np.diff(starts, append=len(sentence))
    told = np.add.reduceat(vectors.words, starts, axis=0)[lengths >= _SHORTEST_SENTENCE]
    if not len(told):
        return 0.0
    return float((_unit(told) @ _unit(claim.words.mean(axis=0)[None])[0]).max())


def _match_values(claim: ClaimText, read: Read, soft: Scores, arg: NDArray[np.int64]) -> None:
    """A figure is there where its value is, however it is written: 31 and thirty-one."""
    for one in claim.quantities:
        held = next((it for it in read.quantities if is_equal(one, it)), None)
        if held is None:
            continue
        at = read.token_at(held.start)
        for place in places_of(claim.words, one):
            if soft[place] < 1:
                soft[place], arg[place] = 1.0, at


def places_of(words: Sequence[ClaimWord], one: Quantity) -> list[int]:
    """Which words of a claim a quantity of it is written with."""
    return [
        place for place, word in enumerate(words)
        if word.token.start < one.end and one.start < word.token.end
    ]  # fmt: skip


def same_places(token: Token, read: Read, *, is_name: bool) -> list[int]:
    """Where a word itself stands in a window, for a name also as part of a joined word."""
    found = read.places.get(token.key, [])
    lower = token.lower
    if not found and is_name and len(lower) >= _JOINED:
        return [place for place, other in enumerate(read.tokens) if lower in other.lower]
    return found


def _unit(rows: Scores) -> Scores:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.maximum(lengths, 1e-9)).astype(np.float32)
