"""A whole `SearchIndex` in memory: exact BM25, and vectors that are sums of words' own."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pmagent.ingest.scan import matches_any
from pmagent.nlp.sentences import windows
from pmagent.nlp.words import tokens
from pmagent.retrieval.ports import Mask, Scores
from pmagent.types import Citation, Locator, Passage, Query
from tests.retrieval.small_archive import SmallArchive

DIM = 256
ALIKE = {"cat": "feline", "kitten": "feline", "puppy": "dog"}
"""Words that the encoders hold to mean the same."""


class FakeEncoder:
    """Knows which words are alike, and nothing of their order."""

    def encode(self, texts: Sequence[str]) -> Scores:
        rows = [_unit(sum((_word(word) for word in tokens(text)), np.zeros(DIM))) for text in texts]
        return np.array(rows, np.float32).reshape(len(texts), DIM)

    def tokens(self, texts: Sequence[str]) -> list[tuple[list[tuple[int, int]], Scores]]:
        found: list[tuple[list[tuple[int, int]], Scores]] = []
        for text in texts:
            spans: list[tuple[int, int]] = []
            end = 0
            for word in tokens(text):
                start = text.lower().index(word, end)
                end = start + len(word)
                spans.append((start, end))
            rows = [_unit(_word(word)) for word in tokens(text)]
            found.append((spans, np.array(rows, np.float32).reshape(len(rows), DIM)))
        return found


@dataclass
class MemoryIndex(SmallArchive):
    """`embedded` of its passages have vectors, from the first on; None means all."""

    embedded: int | None = None
    undated: tuple[str, ...] = ()
    """Files whose date is only that of their last change."""

    def citation(self, passage: Passage, locator: Locator, speaker: str | None) -> Citation:
        cited = super().citation(passage, locator, speaker)
        is_undated = passage.path in self.undated
        return replace(cited, date_source="modified") if is_undated else cited

    @property
    def size(self) -> int:
        return len(self.all_passages)

    @property
    def document_of(self) -> NDArray[np.int32]:
        paths = list(self.files)
        return np.array([paths.index(one.path) for one in self.all_passages], np.int32)

    @property
    def date_of(self) -> NDArray[np.int32]:
        days = [self.files[one.path][0].toordinal() for one in self.all_passages]
        return np.array(days, np.int32)

    def matching(self, query: Query) -> Mask | None:
        if not (query.since or query.until or query.speaker or query.within):
            return None
        return np.array([self._matches(one, query) for one in self.all_passages], np.bool_)

    def _matches(self, passage: Passage, query: Query) -> bool:
        day = self.files[passage.path][0]
        wanted = (query.speaker or "").casefold()
        return (
            (query.since is None or day >= query.since)
            and (query.until is None or day <= query.until)
            and (not wanted or any(wanted in name.casefold() for name in passage.speakers))
            and (not query.within or matches_any(passage.path, query.within))
        )

    def words(self, weights: Mapping[str, float], *, limit: int) -> Scores:  # noqa: ARG002
        return self._bm25([one.text for one in self.all_passages], weights)

    def words_around(self, weights: Mapping[str, float], *, limit: int) -> Scores:  # noqa: ARG002
        texts: list[str] = []
        for row, passage in enumerate(self.all_passages):
            near = self.all_passages[max(0, row - 1) : row + 2]
            texts.append("\n".join(one.text for one in near if one.path == passage.path))
        return self._bm25(texts, weights)

    def having(self, text: str) -> Mask:
        wanted = self.stems(text)
        held = [self.stems(one.text) for one in self.all_passages]
        size = len(wanted)
        return np.array(
            [any(said[at : at + size] == wanted for at in range(len(said))) for said in held],
            np.bool_,
        )

    def meaning(self, vector: Scores) -> Scores | None:
        if self.embedded == 0:
            return None
        best = [float((rows @ vector).max()) for rows in self._window_vectors]
        scores = np.array(best, np.float32)
        if self.embedded is not None:
            scores[self.embedded :] = np.nan
        return scores

    def static(self, vector: Scores) -> Scores | None:
        rows = FakeEncoder().encode([one.text for one in self.all_passages])
        return (rows @ vector).astype(np.float32)

    def passages(self, rows: Sequence[int]) -> tuple[Passage, ...]:
        return tuple(self.all_passages[row] for row in rows)

    @cached_property
    def _window_vectors(self) -> list[Scores]:
        return [
            FakeEncoder().encode([one.text[start:end] for start, end in windows(one.text)])
            for one in self.all_passages
        ]

    def _bm25(self, texts: Sequence[str], weights: Mapping[str, float]) -> Scores:
        said = [self.stems(text) for text in texts]
        usual = sum(len(words) for words in said) / max(len(said), 1)
        scores = np.zeros(len(texts), np.float32)
        for word, weight in weights.items():
            for stem in self.stems(word):
                for row, words in enumerate(said):
                    count = words.count(stem)
                    room = count + 1.2 * (0.25 + 0.75 * len(words) / usual)
                    scores[row] += weight * self.idf(stem) * 2.2 * count / room
        return scores


def _word(word: str) -> NDArray[np.float64]:
    seed = zlib.crc32(ALIKE.get(word, word).encode())
    return np.random.default_rng(seed).standard_normal(DIM)


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)
