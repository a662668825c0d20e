"""A transcript laid out for chapters: the words of its turns, and vectors of pieces of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pmagent.nlp.keyphrases import key_of
from pmagent.nlp.words import STOP_WORDS, is_filler, tokens
from pmagent.types.publishing import Turn

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Embed = Callable[[Sequence[str]], NDArray[np.float32] | None]
"""Unit vectors of texts, a row each; None where no model is at hand."""

PIECE_WORDS = 60
"""What is embedded together: longer texts blur, shorter ones say too little."""
FEWEST_WORDS = 3
"""Of a piece that gets a vector."""

_MARK = re.compile(r"\{[^{}]{0,80}\}|\[[^\[\]]{0,80}\]")


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The words of a transcript, turn by turn."""

    texts: tuple[str, ...]
    """Of each turn, without marks such as `[laughter]`."""
    speakers: tuple[str, ...]
    """Empty where nobody is named."""
    words: Ints
    """Of each turn."""
    starts: Ints
    """Words before each turn, and all of them at the end: one more than there are turns."""
    terms: Ints
    """The content words in order, as numbers."""
    term_starts: Ints
    """Like `starts`, in content words."""


@dataclass(frozen=True, kw_only=True)
class Vectors:
    """Vectors of the pieces of all turns, so that any stretch's can be had at once."""

    sums: Floats
    """Running sums of the pieces' weighted vectors: (pieces + 1, dim)."""
    first: Ints
    """The piece each turn begins with, and their number at the end."""
    starts: Ints
    """Words before each piece, and all of them at the end."""


def lay_out(turns: Sequence[Turn]) -> Layout:
    """The words of some turns. Linear in them."""
    texts = tuple(without_marks(turn.text) for turn in turns)
    numbers: dict[str, int] = {}
    terms: list[int] = []
    term_starts = [0]
    for text in texts:
        terms.extend(
            numbers.setdefault(key_of(word), len(numbers))
            for word in tokens(text)
            if len(word) > 2 and not is_filler(word) and word not in STOP_WORDS
        )
        term_starts.append(len(terms))
    words = np.array([len(text.split()) for text in texts], np.int64)
    return Layout(
        texts=texts,
        speakers=tuple(turn.speaker or "" for turn in turns),
        words=words,
        starts=np.concatenate([[0], np.cumsum(words)]).astype(np.int64),
        terms=np.array(terms, np.int64),
        term_starts=np.array(term_starts, np.int64),
    )


def embed_pieces(layout: Layout, embed: Embed) -> Vectors | None:
    """Vectors of a transcript's pieces, from which what all of it says is taken off.

    None where there is no model, or nothing to embed. A piece weighs the square root of its words.
    """
    pieces: list[str] = []
    first = [0]
    for text in layout.texts:
        pieces.extend(pieces_of(text))
        first.append(len(pieces))
    counts = np.array([len(piece.split()) for piece in pieces], np.int64)
    shown = np.flatnonzero(counts >= FEWEST_WORDS)
    vectors = embed([pieces[place] for place in shown]) if len(shown) else None
    if vectors is None:
        return None
    rows = vectors.astype(np.float64)
    rows -= rows.mean(axis=0)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    weighted = np.zeros((len(pieces) + 1, rows.shape[1]))
    weighted[shown + 1] = rows * np.sqrt(counts[shown])[:, np.newaxis]
    return Vectors(
        sums=np.cumsum(weighted, axis=0),
        first=np.array(first, np.int64),
        starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
    )


def stretches(vectors: Vectors, begin: Ints, end: Ints) -> Floats:
    """Unit vectors of stretches given by pieces; a row of zeros where nothing is said."""
    rows = vectors.sums[end] - vectors.sums[begin]
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def without_marks(text: str) -> str:
    """The text without marks such as `[laughter]`, white space folded."""
    return " ".join(_MARK.sub(" ", text).split())


def pieces_of(text: str) -> list[str]:
    """A turn's words in pieces of about sixty; a short turn is one."""
    words = text.split()
    if len(words) <= PIECE_WORDS * 1.5:
        return [text] if words else []
    parts = round(len(words) / PIECE_WORDS)
    cuts = [len(words) * part // parts for part in range(parts + 1)]
    return [" ".join(words[begin:end]) for begin, end in pairwise(cuts)]
