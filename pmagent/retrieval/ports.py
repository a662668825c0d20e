"""What search needs from an index and from an encoder, and nothing more of either.

Passages are rows 0 to size - 1, ordered by document, then by position. Arrays over all rows come
back whole, so that every arm can be fused, filtered and smoothed with plain arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pmagent.types import Citation, Coverage, Locator, Passage, Query

Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]


class SearchIndex(Protocol):
    """One consistent state of a garden's index, to be read by one thread."""

    @property
    def size(self) -> int:
        """Passages."""
        ...

    @property
    def document_of(self) -> NDArray[np.int32]:
        """(size,) the number of each passage's document, from 0, never falling."""
        ...

    @property
    def date_of(self) -> NDArray[np.int32]:
        """(size,) `date.toordinal()` of each passage's document."""
        ...

    @property
    def speakers(self) -> tuple[str, ...]:
        """Every speaker's name as written, most frequent first."""
        ...

    @property
    def coverage(self) -> Coverage:
        """What the index holds."""
        ...

    def matching(self, query: Query) -> Mask | None:
        """Rows the query's filters leave; None where it has no filter."""
        ...

    def stems(self, text: str) -> list[str]:
        """The words of `text` as the index knows them: folded, stemmed, in order, repeats kept."""
        ...

    def idf(self, stem: str) -> float:
        """ln(1 + (n - df + 0.5) / (df + 0.5)) over passages, of a word from `stems`."""
        ...

    def words(self, weights: Mapping[str, float], *, limit: int) -> Scores:
        """(size,) BM25 of the passage's text with its speakers' names; 0 beyond the best `limit`.

        Keys are words as typed (the index folds and stems them), values multiply a word's score.
        """
        ...

    def words_around(self, weights: Mapping[str, float], *, limit: int) -> Scores:
        """(size,) the same over the passage together with the one before and the one after."""
        ...

    def having(self, text: str) -> Mask:
        """(size,) rows whose text holds these words side by side in this order, after stemming."""
        ...

    def meaning(self, vector: Scores) -> Scores | None:
        """(size,) cosine of the passage's best window; NaN where not embedded; None without any."""
        ...

    def static(self, vector: Scores) -> Scores | None:
        """(size,) cosine of the static vector; NaN where there is none; None without any."""
        ...

    def passages(self, rows: Sequence[int]) -> tuple[Passage, ...]:
        """The passages of these rows, in this order."""
        ...

    def citation(self, passage: Passage, locator: Locator, speaker: str | None) -> Citation:
        """Title, date and its source of the passage's document, at `locator`."""
        ...


class QueryEncoder(Protocol):
    """The transformer, for a question and for the few passages that are looked at closely."""

    def encode(self, texts: Sequence[str]) -> Scores:
        """Unit vectors, shape (len(texts), dim)."""
        ...

    def tokens(self, texts: Sequence[str]) -> list[tuple[list[tuple[int, int]], Scores]]:
        """For each text its word pieces' character spans and their unit vectors (pieces, dim).

        Pieces that stand for no characters (start and end marks) are left out.
        """
        ...


class StaticEncoder(Protocol):
    """Static word vectors: no transformer at query time."""

    def encode(self, texts: Sequence[str]) -> Scores:
        """Unit vectors, shape (len(texts), dim)."""
        ...
