"""The embedders as search asks for them, remembering what they were asked last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pmagent.index.embed import OnnxEmbedder
from pmagent.index.static import StaticEmbedder

Vectors = NDArray[np.float32]
T = TypeVar("T")
Pieces = tuple[list[tuple[int, int]], Vectors]

KEPT_VECTORS = 4_000
KEPT_WORDS = 20_000
KEPT_PIECES = 400
"""Texts whose piece vectors are kept: some 60 kB each."""


class PassageEncoder:
    """The transformer; a question asked again, or a passage looked at again, costs nothing."""

    def __init__(self, embedder: OnnxEmbedder) -> None:
        self._embedder = embedder
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._pieces: OrderedDict[str, Pieces] = OrderedDict()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dim)."""
        found = _remembered(
            texts, self._vectors, lambda new: list(self._embedder.embed(new)), KEPT_VECTORS
        )
        return np.stack(found) if found else np.empty((0, self._embedder.dim), np.float32)

    def tokens(self, texts: Sequence[str]) -> list[Pieces]:
        """For each text its word pieces' character spans and unit vectors."""
        return _remembered(texts, self._pieces, self._embedder.embed_tokens, KEPT_PIECES)


class SketchEncoder:
    """Static word vectors; the words an archive uses are soon all known."""

    def __init__(self, embedder: StaticEmbedder) -> None:
        self._embedder = embedder
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dim)."""
        found = _remembered(
            texts, self._vectors, lambda new: list(self._embedder.embed(new)), KEPT_WORDS
        )
        return np.stack(found) if found else np.empty((0, self._embedder.dim), np.float32)


def _remembered(
    texts: Sequence[str],
    kept: OrderedDict[str, T],
    make: Callable[[Sequence[str]], list[T]],
    limit: int,
) -> list[T]:
    new = [text for text in dict.fromkeys(texts) if text not in kept]
    if new:
        kept.update(zip(new, make(new), strict=True))
    found = [kept[text] for text in texts]
    for text in texts:
        kept.move_to_end(text)
    while len(kept) > limit:
        kept.popitem(last=False)
    return found
