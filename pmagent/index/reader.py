"""One consistent state of a garden's index, read-only: what `retrieval.ports.SearchIndex` asks for.

Passages are rows of arrays, so that a filter is a mask and every score an addition. The text of a
passage is fetched only when it is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from pmagent.errors import AccessError, StaleError
from pmagent.index.layout import SNAPSHOT, WORDS
from pmagent.index.ledger import Ledger
from pmagent.index.lexical import WordReader
from pmagent.index.rows import PASSAGE_COLUMNS, from_row
from pmagent.index.snapshot import load_arrays
from pmagent.ingest.scan import matches_any
from pmagent.types import Citation, Coverage, DateSource, Locator, Passage, Query

Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]


class Matrix(Protocol):
    """Rows of unit vectors on disk."""

    def scan(self, vector: Scores) -> Scores:
        """The dot product with every row."""
        ...

    def __len__(self) -> int: ...


class IndexReader:
    """Answers `SearchIndex` from the ledger, the word index and the two matrices."""

    def __init__(
        self,
        ledger: Ledger,
        folder: Path,
        meaning: Matrix | None,
        static: Matrix | None,
        *,
        hidden: Callable[[str], bool] | None = None,
    ) -> None:
        """`hidden` paths are left out of everything, as if they had never been indexed."""
        self._hidden = hidden
        self._ledger = ledger
        self._meaning = meaning
        self._static = static
        # One read transaction sees one state of the ledger, whatever is written meanwhile.
        with _snapshot(ledger):
            self._load(folder / SNAPSHOT)
        self._words = WordReader(folder / WORDS)
        self._speakers: tuple[str, ...] | None = None

    def _load(self, snapshot: Path) -> None:
        arrays = load_arrays(self._ledger, snapshot)
        table = self._without_hidden(arrays.passages)
        self._ids = table[:, 0]
        self._static_rows = table[:, 2]
        documents = self._ledger.rows(
            "SELECT id, path, title, day, date_source FROM documents WHERE state = 'indexed'"
        )
        if self._hidden is not None:
            documents = [row for row in documents if not self._hidden(str(row[1]))]
        self._documents = {cast("int", row[0]): row for row in documents}
        self._by_path = {str(row[1]): row for row in documents}
        self._document_ids, numbers = np.unique(table[:, 1], return_inverse=True)
        self.document_of = numbers.astype(np.int32)
        days = [_ordinal(self._documents[int(item)][3]) for item in self._document_ids]
        self.date_of = np.array(days, dtype=np.int32)[numbers]
        self._order = np.argsort(self._ids)
        self._load_windows(arrays.windows)
        waiting = self._ledger.rows("SELECT COUNT(*) FROM documents WHERE state = 'waiting'")
        self.coverage = Coverage(
            documents=len(self._document_ids),
            passages=self.size,
            with_static=int((self._static_rows >= 0).sum()) if self._static is not None else 0,
            with_meaning=len(self._windowed),
            waiting=cast("int", waiting[0][0]),
        )

    def _without_hidden(self, table: NDArray[np.int64]) -> NDArray[np.int64]:
        if self._hidden is None:
            return table
        rows = self._ledger.rows("SELECT id, path FROM documents WHERE state = 'indexed'")
        shut = [cast("int", row[0]) for row in rows if self._hidden(str(row[1]))]
        return table[~np.isin(table[:, 1], np.array(shut, dtype=np.int64))]

    def _load_windows(self, windows: NDArray[np.int64]) -> None:
        """Where each passage's window vectors lie, as runs of one long array of matrix rows."""
        count = len(self._meaning) if self._meaning is not None else 0
        table = windows if count else windows[:0]
        # The matrix is read before the ledger, so the ledger may know of later rows.
        rows = np.where(table[:, 1] < count, table[:, 1], -1)
        owners, self._first_windows = np.unique(table[:, 0], return_index=True)
        self._window_rows = rows
        whole = np.ones(len(owners), dtype=np.bool_)
        if len(table):
            whole = np.minimum.reduceat(self._window_rows, self._first_windows) >= 0
        positions = self._positions(owners)
        usable = whole & (positions >= 0)
        self._windowed = positions[usable]
        self._window_starts = self._first_windows[usable]

    @property
    def size(self) -> int:
        """Passages."""
        return len(self._ids)

    @property
    def speakers(self) -> tuple[str, ...]:
        """Every speaker's name as written, most frequent first."""
        if self._speakers is None:
            self._speakers = self._count_speakers()
        return self._speakers

    def _count_speakers(self) -> tuple[str, ...]:
        counts: Counter[str] = Counter()
        for names, count in self._ledger.rows(
            "SELECT speakers, COUNT(*) FROM passages WHERE speakers <> '' GROUP BY speakers"
        ):
            for name in str(names).split("\n"):
                counts[name] += cast("int", count)
        return tuple(name for name, _ in counts.most_common())

    def matching(self, query: Query) -> Mask | None:
        """Rows the query's filters leave; None where it has no filter."""
        mask: Mask | None = None
        if query.since is not None or query.until is not None:
            since = (query.since or date.min).toordinal()
            until = (query.until or date.max).toordinal()
            mask = (self.date_of >= since) & (self.date_of <= until)
        if query.within:
            paths = (str(self._documents[int(item)][1]) for item in self._document_ids)
            allowed = np.array([matches_any(path, query.within) for path in paths], dtype=np.bool_)
            mask = _both(mask, allowed[self.document_of])
        if query.speaker:
            wanted = query.speaker.casefold()
            spoken = np.zeros(self.size, dtype=np.bool_)
            names = self._ledger.rows("SELECT id, speakers FROM passages WHERE speakers <> ''")
            ids = [cast("int", row) for row, said in names if wanted in str(said).casefold()]
            found = self._positions(np.array(ids, dtype=np.int64))
            spoken[found[found >= 0]] = True
            mask = _both(mask, spoken)
        return mask

    def stems(self, text: str) -> list[str]:
        """The words of `text` as they are indexed, in order, repeats kept."""
        return self._words.stems(text)

    def idf(self, stem: str) -> float:
        """ln(1 + (n - df + 0.5) / (df + 0.5)) over passages."""
        return self._words.idf(stem)

    def words(self, weights: Mapping[str, float], *, limit: int) -> Scores:
        """(size,) BM25 of the passages' text with speakers and headings."""
        return self._scattered(*self._words.search("text", weights, limit=limit))

    def words_around(self, weights: Mapping[str, float], *, limit: int) -> Scores:
        """(size,) the same over each passage with its neighbours and its document's title."""
        return self._scattered(*self._words.search("around", weights, limit=limit))

    def having(self, text: str) -> Mask:
        """(size,) rows whose text holds these words side by side, after stemming."""
        rows = self._words.phrase(text, limit=max(1, self.size))
        mask = np.zeros(self.size, dtype=np.bool_)
        found = self._positions(np.array(rows, dtype=np.int64))
        mask[found[found >= 0]] = True
        return mask

    def meaning(self, vector: Scores) -> Scores | None:
        """(size,) cosine of the passage's best window; NaN where not embedded; None without any."""
        if not len(self._windowed):
            return None
        scores = self._scan(vector)
        best = np.full(self.size, np.nan, dtype=np.float32)
        # Runs of windows are not contiguous where passages are not whole: reduce over all, pick.
        highest = np.maximum.reduceat(scores, self._first_windows)
        chosen = np.searchsorted(self._first_windows, self._window_starts)
        best[self._windowed] = highest[chosen]
        return best

    def static(self, vector: Scores) -> Scores | None:
        """(size,) cosine of the passage's static vector; NaN where there is none."""
        if self._static is None or not len(self._static):
            return None
        scores = self._static.scan(vector)
        known = (self._static_rows >= 0) & (self._static_rows < len(scores))
        result = np.full(self.size, np.nan, dtype=np.float32)
        result[known] = scores[self._static_rows[known]]
        return result

    def passages(self, rows: Sequence[int]) -> tuple[Passage, ...]:
        """The passages of these rows, in this order.

        Raises:
            StaleError: one of them has gone since this state was loaded.
        """
        ids = [int(self._ids[row]) for row in rows]
        marks = ", ".join("?" * len(ids))
        found = {
            cast("int", row[0]): from_row(self._path(cast("int", row[2])), row[1:])
            for row in self._ledger.rows(
                f"SELECT id, {PASSAGE_COLUMNS} FROM passages WHERE id IN ({marks})",
                ids,
            )
        }
        if len(found) < len(set(ids)):
            raise StaleError("a passage has gone since the index was loaded", "ask again")
        return tuple(found[item] for item in ids)

    def citation(self, passage: Passage, locator: Locator, speaker: str | None) -> Citation:
        """Title, date and its source of the passage's document, at `locator`.

        Raises:
            StaleError: the document has gone since the passage was found.
        """
        if passage.path not in self._by_path:
            raise StaleError(f'"{passage.path}" has gone since it was found', "ask again")
        return self._cite(passage.path, locator, speaker)

    @property
    def paths(self) -> tuple[str, ...]:
        """Every document that may be seen, sorted."""
        return tuple(sorted(self._by_path))

    def paths_of(self, rows: Mask) -> tuple[str, ...]:
        """The documents some rows stand in, each once, sorted. `rows` has shape (size,)."""
        found = self._document_ids[np.unique(self.document_of[rows])]
        return tuple(sorted(self._path(int(item)) for item in found))

    def document(self, path: str) -> Citation:
        """Title and date of a document, cited as a whole.

        Raises:
            AccessError: it is not in this index.
        """
        if path not in self._by_path:
            raise AccessError(f'"{path}" is not indexed', '"pmagent status" says why')
        return self._cite(path, Locator(first_line=1, last_line=1), None)

    def _cite(self, path: str, locator: Locator, speaker: str | None) -> Citation:
        row = self._by_path[path]
        return Citation(
            path=path,
            locator=locator,
            title=str(row[2]),
            date=date.fromisoformat(str(row[3])),
            date_source=cast("DateSource", row[4]),
            speaker=speaker,
        )

    def _path(self, document: int) -> str:
        return str(self._documents[document][1])

    def _positions(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Row of each passage id, -1 where it is not of this state."""
        if not self.size:
            return np.full(len(ids), -1, dtype=np.int64)
        slot = np.searchsorted(self._ids, ids, sorter=self._order)
        rows = self._order[np.minimum(slot, self.size - 1)]
        return np.where(self._ids[rows] == ids, rows, -1)

    def _scattered(self, ids: Sequence[int], scores: Sequence[float]) -> Scores:
        result = np.zeros(self.size, dtype=np.float32)
        rows = self._positions(np.array(ids, dtype=np.int64))
        known = rows >= 0
        result[rows[known]] = np.array(scores, dtype=np.float32)[known]
        return result

    def _scan(self, vector: Scores) -> Scores:
        """(windows,) cosines; -1 for a window that is not embedded yet."""
        meaning = cast("Matrix", self._meaning)
        return np.append(meaning.scan(vector), np.float32(-1))[self._window_rows]


class _snapshot:  # noqa: N801 - reads as a word
    """A read transaction of the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._database = ledger.database

    def __enter__(self) -> None:
        self._database.execute("BEGIN")

    def __exit__(self, *_: object) -> None:
        self._database.execute("COMMIT")


def _both(mask: Mask | None, other: Mask) -> Mask:
    return other if mask is None else mask & other


def _ordinal(day: object) -> int:
    return date.fromisoformat(str(day)).toordinal() if day else 1
