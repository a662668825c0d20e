"""How alike short texts are: by meaning where an embedder is at hand, else by their words alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pmagent.nlp.keyphrases import key_of
from pmagent.nlp.words import STOP_WORDS, tokens
from pmagent.types.calls import CallDesk

How = Literal["meaning", "words"]


@dataclass(frozen=True, kw_only=True)
class Nearness:
    """Every text beside every other."""

    how: How
    alike: NDArray[np.float32]
    """(texts, texts) cosines, 1 for the same."""


def measure(texts: Sequence[str], desk: CallDesk) -> Nearness:
    """The cosines of some texts; by words where nothing embeds them."""
    vectors = desk.archive.embed(texts) if texts else None
    if vectors is not None:
        return Nearness(how="meaning", alike=(vectors @ vectors.T).astype(np.float32))
    return Nearness(how="words", alike=_by_words(texts, desk.archive.idf))


def _by_words(texts: Sequence[str], idf: Callable[[str], float]) -> NDArray[np.float32]:
    """Cosines of all their words but stop words, by rarity.

    Words that only one text has count as well: without them, two remarks that share one word alone
    would be the same.
    """
    said = [
        {key_of(word): word for word in tokens(text) if word not in STOP_WORDS} for text in texts
    ]
    keys = sorted({key for words in said for key in words})
    column = {key: number for number, key in enumerate(keys)}
    matrix = np.zeros((len(texts), max(1, len(keys))), np.float32)
    for row, words in enumerate(said):
        for key, word in words.items():
            matrix[row, column[key]] = idf(word)
    matrix /= np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)
    return matrix @ matrix.T
