"""Texts to vectors without the transformer: the sum of their pieces' own vectors.

The table is made once, by the export: every piece of the vocabulary goes through the transformer
as a text of its own, counts less the commoner it is, and loses what all have in common (SIF:
Arora, Liang and Ma, ICLR 2017). Coarser than the transformer, and a hundred times faster.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from pmagent.errors import EmbedderError
from pmagent.index.embed import OnnxEmbedder, Vectors, open_tokenizer, unit
from pmagent.index.half import widen
from pmagent.index.weights import REMAKE, Export, find_export
from pmagent.nlp.words import STOP_WORDS, TALK_WORDS

TEXTS_AT_ONCE = 32
"""Widened together: 256 passages at once take 300 MB and twice as long."""
PIECES_AT_ONCE = 2_048
SMOOTHING = 1e-4
"""SIF's `a`: a piece of this probability counts half."""
ZIPF = 1.1
ZIPF_TOTAL = 7.0
"""The sum of rank ** -1.1 is 6.9 for 20,000 ranks and 7.4 for 100,000."""
PUNCTUATION_SHARE = 0.05
PLAIN_SHARE = 0.005
"""Probability of a stop word at least, and of a punctuation mark: neither depends on the archive,
so the same text has the same vector everywhere."""
LARGEST_VOCABULARY = 100_000
"""More pieces than this would take minutes; such a model has no static vectors."""
_WORD_MARKS = "\u2581\u0120"
"""What SentencePiece and byte-level BPE put before a piece that begins a word."""


class StaticEmbedder:
    """The vocabulary's vectors, ready to use. Safe to use from several threads."""

    def __init__(self, export: Export) -> None:
        self.name = f"{export.name} (static)"
        self.dim = export.dim
        self.fingerprint = f"{export.fingerprint}-static"
        self._tokenizer = open_tokenizer(export)
        self._tokenizer.no_truncation()
        try:
            stored = np.memmap(export.static, np.float16, "r")
        except (OSError, ValueError) as exc:
            raise EmbedderError(f'"{export.name}" has no static vectors', REMAKE) from exc
        self._table = cast("NDArray[np.float16]", stored.reshape(-1, export.dim))

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one row per text: shape (len(texts), self.dim). A text is never cut.

        A text without a known word gives zeros.
        """
        sums = np.zeros((len(texts), self.dim), np.float32)
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            part = list(texts[start : start + TEXTS_AT_ONCE])
            encodings = self._tokenizer.encode_batch_fast(part, add_special_tokens=False)
            ids = [encoding.ids for encoding in encodings]
            lengths = np.array([len(row) for row in ids])
            held = np.flatnonzero(lengths)
            if len(held):
                wide = widen(self._table[np.concatenate([row for row in ids if row])])
                firsts = np.cumsum(lengths[held]) - lengths[held]
                sums[start + held] = np.add.reduceat(wide, firsts, axis=0)
        return unit(sums)


def load_static(model: str, cache: Path) -> StaticEmbedder:
    """The static vectors of `model` as they were exported into `cache`.

    Raises:
        EmbedderError: they are not made yet, or are damaged.
    """
    return StaticEmbedder(find_export(model, cache))


def has_static(export: Export) -> bool:
    """Whether the model's vocabulary is small enough for static vectors."""
    return open_tokenizer(export).get_vocab_size() <= LARGEST_VOCABULARY


def distil(
    embedder: OnnxEmbedder, export: Export, on_share: Callable[[float], None]
) -> NDArray[np.float16]:
    """A weighted vector for every piece of the vocabulary, by its id: (pieces, dim).

    `on_share` hears the share done. Costs the transformer three pieces of text for each.
    """
    tokenizer = open_tokenizer(export)
    marks = tokenizer.encode("").ids
    before, after = marks[:1], marks[1:]
    shares = piece_shares(tokenizer.get_vocab(with_added_tokens=True))
    table = np.empty((len(shares), embedder.dim), np.float32)
    parts = [
        slice(start, min(start + PIECES_AT_ONCE, len(table)))
        for start in range(0, len(table), PIECES_AT_ONCE)
    ]
    likeness = np.zeros((embedder.dim, embedder.dim), np.float32)
    for part in parts:
        pieces = range(part.start, part.stop)
        table[part] = embedder.embed_pieces([[*before, piece, *after] for piece in pieces])
        likeness += (table[part] * shares[part, np.newaxis]).T @ table[part]
        on_share(part.stop / len(table))
    common = np.linalg.eigh(likeness)[1][:, -1:]
    for part in parts:
        table[part] -= (table[part] @ common) @ common.T
        table[part] *= (SMOOTHING / (SMOOTHING + shares[part]))[:, np.newaxis]
    return table.astype(np.float16)


def piece_shares(vocabulary: Mapping[str, int]) -> Vectors:
    """Which share of all text each piece is likely to be, by its id.

    A vocabulary lists its words from common to rare, so by their order (Zipf's law).
    """
    shares = np.full(max(vocabulary.values()) + 1, 1 / len(vocabulary), np.float32)
    plain = STOP_WORDS | TALK_WORDS
    rank = 0
    for piece, place in sorted(vocabulary.items(), key=lambda item: item[1]):
        word = piece.lstrip(_WORD_MARKS)
        if len(word) > 1 and word.isalpha():
            rank += 1
            shares[place] = rank**-ZIPF / ZIPF_TOTAL
        elif len(word) == 1 and not word.isalnum():
            shares[place] = PUNCTUATION_SHARE
        if word in plain:
            shares[place] = max(shares[place], PLAIN_SHARE)
    return shares
