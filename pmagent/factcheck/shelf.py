"""What evidence is looked for in: an index, or the part of it that some globs name.

Finds the passages that may bear on a claim, and says what a document holds elsewhere. Everything
is asked of a `SearchIndex`, so that a garden's index and a few given documents are treated alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pmagent.retrieval.fusion import best_rows
from pmagent.retrieval.ports import Mask, Scores, SearchIndex
from pmagent.types import Query

MATCHES = 1_000
"""Passages the word arms may score."""
_TOP = 100
"""Passages over which an arm's scores are standardised."""
_AROUND_SHARE = 0.3
_FEW_DOCUMENTS = 12
_OF_NAMED = 4
_FEW_PASSAGES = 40
_OF_PHRASE = 3
EVERYWHERE = 0.2
"""Share of the documents from which a name goes without saying in the others."""
_WORDS_SHARE = 0.4
"""Of words in a passage's rank; the rest is meaning."""


class Shelf:
    """The passages evidence may come from."""

    def __init__(
        self, index: SearchIndex, within: Sequence[str] = (), without: Sequence[str] = ()
    ) -> None:
        """`within` are globs of paths, empty for everything; `without` are left out of them."""
        self.index = index
        mask = index.matching(Query(text="", within=tuple(within))) if within else None
        aside = index.matching(Query(text="", within=tuple(without))) if without else None
        if aside is not None and aside.any():
            mask = ~aside if mask is None else mask & ~aside
        self._mask: Mask | None = mask

    @property
    def mask(self) -> Mask | None:
        """Rows that may be evidence; None for all."""
        return self._mask

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look in."""
        return not self.index.size or (self._mask is not None and not self._mask.any())

    def lexical(self, weights: Mapping[str, float]) -> tuple[Scores, Scores]:
        """(size,) BM25 of the passages' words; the same mixed with that of their neighbours."""
        limit = max(1, min(MATCHES, self.index.size))
        words = self.index.words(weights, limit=limit)
        around = self.index.words_around(weights, limit=limit)
        mixed = (1 - _AROUND_SHARE) * words + _AROUND_SHARE * around
        return words, mixed.astype(np.float32)

    def documents_having(self, words: Sequence[str]) -> Mask:
        """(words, documents) whether each word stands anywhere in each document."""
        count = int(self.index.document_of.max()) + 1 if self.index.size else 0
        held = np.zeros((len(words), count), np.bool_)
        for place, word in enumerate(words):
            held[place, self.index.document_of[self.index.having(word)]] = True
        return held

    def is_everywhere(self, text: str, share: float = EVERYWHERE) -> bool:
        """Whether so many documents have these words that one without them means nothing by it."""
        rows = np.flatnonzero(self.index.having(text))
        documents = len(np.unique(self.index.document_of[rows]))
        total = int(self.index.document_of.max()) + 1 if self.index.size else 1
        return documents >= max(3, share * total)

    def rank(
        self,
        mixed: Scores,
        vector: Scores | None,
        gains: Scores,
        count: int,
        phrases: Sequence[str] = (),
    ) -> tuple[NDArray[np.int64], Scores]:
        """Rows of the best `count` passages, and how far each stands out, in deviations.

        `gains`, (documents,), is what a passage gains for the document it stands in. Those that
        have one of the `phrases` word for word come in where few do.
        """
        meaning = self.index.meaning(vector) if vector is not None else None
        if meaning is None:
            fused = self._standard(mixed)
        else:
            known = ~np.isnan(meaning)
            filled = np.where(known, meaning, meaning[known].mean() if known.any() else 0)
            fused = _WORDS_SHARE * self._standard(mixed)
            fused = fused + (1 - _WORDS_SHARE) * self._standard(filled.astype(np.float32))
        gained = gains[self.index.document_of]
        fused = (fused + gained).astype(np.float32)
        rows = best_rows(fused, count, self._mask)
        if len(gains) and gains.max() > 0 and int((gains == gains.max()).sum()) <= _FEW_DOCUMENTS:
            # In the few documents that have the names the best passages are looked at anyway.
            mask = gained == gains.max()
            own = best_rows(fused, _OF_NAMED, mask if self._mask is None else mask & self._mask)
            rows = np.array(list(dict.fromkeys([*rows[: count - _OF_NAMED], *own])), np.int64)
        rows = self._with_phrases(rows, fused, phrases)
        if meaning is None:
            # A passage without any of the words is no candidate where nothing else is known of it.
            rows = rows[mixed[rows] > 0]
        return rows, fused[rows]

    def _with_phrases(
        self, rows: NDArray[np.int64], fused: Scores, phrases: Sequence[str]
    ) -> NDArray[np.int64]:
        more: list[int] = []
        for phrase in phrases[:_OF_NAMED]:
            held = self.index.having(phrase)
            held = held if self._mask is None else held & self._mask
            if 0 < int(held.sum()) <= _FEW_PASSAGES:
                more.extend(best_rows(fused, _OF_PHRASE, held).tolist())
        return np.array(list(dict.fromkeys([*rows.tolist(), *more])), np.int64)

    def neighbours(self, row: int) -> list[int]:
        """The rows before and after, of the same document."""
        document = self.index.document_of
        near = (row - 1, row + 1)
        return [at for at in near if 0 <= at < self.index.size and document[at] == document[row]]

    def holds(self, text: str, row: int, reach: int | None = None) -> bool:
        """Whether these words stand side by side in the document of `row`.

        `reach` looks only that many passages before and behind.
        """
        hits = self.index.having(text)
        same = self.index.document_of == self.index.document_of[row]
        if reach is not None:
            near = np.zeros(self.index.size, np.bool_)
            near[max(0, row - reach) : row + reach + 1] = True
            same = same & near
        return bool((hits & same).any())

    def _standard(self, scores: Scores) -> Scores:
        """(size,) in deviations from the mean of the best hundred allowed."""
        values = scores if self._mask is None else scores[self._mask]
        if len(values) > _TOP:
            values = np.partition(values, len(values) - _TOP)[-_TOP:]
        if not len(values):
            return np.zeros_like(scores)
        # Among few passages the spread says little; never blow up a difference of nothing.
        spread = max(float(values.std()), 0.02)
        return ((scores - float(values.mean())) / spread).astype(np.float32)
