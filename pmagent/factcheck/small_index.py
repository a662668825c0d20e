"""A few documents in memory as a `SearchIndex`: named sources that no garden has indexed.

The same protocol as the index on disk, so that claims are checked alike. BM25 with k1 .9 and b .4
over stems; meaning by windows, embedded when first asked for. What is rare cannot be told from
three passages, so they are counted as standing among a thousand of ordinary talk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from math import log

import numpy as np
from numpy.typing import NDArray

from pmagent.index.lexical import stemmer
from pmagent.ingest.scan import matches_any
from pmagent.nlp.plain_words import PLAIN_WORDS
from pmagent.nlp.sentences import windows
from pmagent.nlp.words import STOP_WORDS, TALK_WORDS
from pmagent.retrieval.ports import Mask, QueryEncoder, Scores, SearchIndex
from pmagent.types import Citation, Coverage, Document, Locator, Passage, Query

K1, B = 0.9, 0.4
_BACKGROUND = 1_000
"""Passages of ordinary talk the documents are counted among, where no index tells what is rare."""
_SHARES = ((STOP_WORDS, 0.3), (TALK_WORDS, 0.05), (PLAIN_WORDS, 0.03))
"""Share of those passages that hold a stop word, a word of talk, or a plain one."""


class SmallIndex:
    """Passages of a few documents, ordered by document and position."""

    def __init__(
        self,
        documents: Sequence[tuple[Document, Sequence[Passage]]],
        *,
        encoder: QueryEncoder | None = None,
        background: SearchIndex | None = None,
    ) -> None:
        """`background` tells how rare a word is; without one, plain English does."""
        self._encoder = encoder
        self._windows: tuple[Scores, NDArray[np.int64]] | None = None
        self._background = background
        self._stem = background.stems if background is not None else stemmer()
        self._documents = {document.path: document for document, _ in documents}
        placed = [(n, one) for n, (_, passages) in enumerate(documents) for one in passages]
        self._passages = [passage for _, passage in placed]
        self.document_of: NDArray[np.int32] = np.array([n for n, _ in placed], np.int32)
        days = [documents[n][0].date.toordinal() for n, _ in placed]
        self.date_of: NDArray[np.int32] = np.array(days, np.int32)
        self._said = [self._stem(passage.text) for passage in self._passages]
        self._runs = [f" {' '.join(stems)} " for stems in self._said]
        self._counts = [Counter(stems) for stems in self._said]
        self._found = Counter(stem for counts in self._counts for stem in counts)

    @property
    def size(self) -> int:
        """Passages."""
        return len(self._passages)

    @property
    def speakers(self) -> tuple[str, ...]:
        """Every speaker's name as written, most frequent first."""
        return self._speakers

    @cached_property
    def _speakers(self) -> tuple[str, ...]:
        counts = Counter(name for passage in self._passages for name in passage.speakers)
        return tuple(name for name, _ in counts.most_common())

    @property
    def coverage(self) -> Coverage:
        """What is held; every passage has its meaning where there is an encoder."""
        return Coverage(
            documents=len(self._documents),
            passages=self.size,
            with_static=0,
            with_meaning=self.size if self._encoder else 0,
            waiting=0,
        )

    def matching(self, query: Query) -> Mask | None:
        """Rows the query's filters leave; None where it has no filter."""
        if not (query.within or query.speaker or query.since or query.until):
            return None
        since = (query.since or date.min).toordinal()
        until = (query.until or date.max).toordinal()
        wanted = (query.speaker or "").casefold()
        return np.array(
            [
                since <= day <= until
                and (not query.within or matches_any(passage.path, query.within))
                and (not wanted or any(wanted in name.casefold() for name in passage.speakers))
                for passage, day in zip(self._passages, self.date_of.tolist(), strict=True)
            ],
            np.bool_,
        )

    def stems(self, text: str) -> list[str]:
        """The words of `text`, folded and stemmed, in order."""
        return self._stem(text)

    def idf(self, stem: str) -> float:
        """ln(1 + (n - df + 0.5) / (df + 0.5)) over passages."""
        if self._background is not None:
            return self._background.idf(stem)
        count = self.size + _BACKGROUND
        found = self._found[stem] + self._ordinary.get(stem, 0.0)
        return log(1 + (count - found + 0.5) / (found + 0.5))

    @cached_property
    def _ordinary(self) -> dict[str, float]:
        """In how many passages of ordinary talk a common stem would stand."""
        shares: dict[str, float] = {}
        for words, share in _SHARES:
            for word in words:
                for stem in self._stem(word):
                    shares[stem] = max(shares.get(stem, 0.0), share * _BACKGROUND)
        return shares

    def words(self, weights: Mapping[str, float], *, limit: int) -> Scores:
        """(size,) BM25 of the passages' text with speakers; 0 beyond the best `limit`."""
        return self._rated(weights, self._counts, limit)

    def words_around(self, weights: Mapping[str, float], *, limit: int) -> Scores:
        """(size,) the same over each passage with its neighbours."""
        return self._rated(weights, self._around, limit)

    @cached_property
    def _around(self) -> list[Counter[str]]:
        wide: list[Counter[str]] = []
        for row, counts in enumerate(self._counts):
            near = [row - 1, row + 1]
            same = [
                self._counts[at] for at in near
                if 0 <= at < self.size and self.document_of[at] == self.document_of[row]
            ]  # fmt: skip
            wide.append(sum(same, counts))
        return wide

    def _rated(
        self, weights: Mapping[str, float], counts: Sequence[Counter[str]], limit: int
    ) -> Scores:
        wanted = Counter[str]()
        for word, weight in weights.items():
            for stem in self._stem(word):
                wanted[stem] += weight  # pyright: ignore[reportArgumentType] - weights are floats
        lengths = [one.total() for one in counts]
        usual = max(1.0, sum(lengths) / max(1, len(lengths)))
        scores = np.zeros(self.size, np.float32)
        rarity = {stem: weight * self.idf(stem) for stem, weight in wanted.items()}
        for row, (one, length) in enumerate(zip(counts, lengths, strict=True)):
            base = K1 * (1 - B + B * length / usual)
            scores[row] = sum(
                worth * one[stem] * (K1 + 1) / (one[stem] + base)
                for stem, worth in rarity.items()
                if one[stem]
            )
        if limit < self.size:
            scores[np.argsort(-scores, kind="stable")[limit:]] = 0
        return scores

    def having(self, text: str) -> Mask:
        """(size,) rows whose text holds these words side by side, after stemming."""
        stems = self._stem(text)
        wanted = f" {' '.join(stems)} "
        return np.array([bool(stems) and wanted in run for run in self._runs], np.bool_)

    def meaning(self, vector: Scores) -> Scores | None:
        """(size,) cosine of the passage's best window; None without an encoder."""
        if self._encoder is None or not self.size:
            return None
        if self._windows is None:
            self._windows = self._embed_windows(self._encoder)
        vectors, starts = self._windows
        return np.maximum.reduceat(vectors @ vector, starts).astype(np.float32)

    def _embed_windows(self, encoder: QueryEncoder) -> tuple[Scores, NDArray[np.int64]]:
        texts: list[str] = []
        starts: list[int] = []
        for passage in self._passages:
            starts.append(len(texts))
            text = passage.text
            texts.extend([text[slice(*span)] for span in windows(text)] or [text])
        return encoder.encode(texts), np.array(starts, np.int64)

    def static(self, vector: Scores) -> Scores | None:
        """None: so few passages need no sketch."""
        del vector

    def passages(self, rows: Sequence[int]) -> tuple[Passage, ...]:
        """The passages of these rows, in this order."""
        return tuple(self._passages[row] for row in rows)

    def citation(self, passage: Passage, locator: Locator, speaker: str | None) -> Citation:
        """Title, date and its source of the passage's document, at `locator`."""
        document = self._documents[passage.path]
        return Citation(
            path=passage.path,
            locator=locator,
            title=document.title,
            date=document.date,
            date_source=document.date_source,
            speaker=speaker,
        )
