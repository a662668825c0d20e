"""The words of every passage, in tantivy. Derived: it is made again from `index.db` in seconds.

Text is folded (case, accents) and stemmed; stop words are kept, since the question leaves them out
and names such as "The Who" need them. BM25 as tantivy has it: k1 1.2, b 0.75.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

import tantivy

from pmagent.errors import IndexFaultError, StorageError

ANALYZER = "pmagent"
WRITER_BYTES = 30_000_000
"""Memory of tantivy's one writing thread before it makes a segment."""
VERSION = "2"
"""Of schema and analyzer; another version on disk is made anew."""


def _analyzer() -> tantivy.TextAnalyzer:
    return (
        tantivy
        .TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(80))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("passage", indexed=True, fast=True)
    builder.add_unsigned_field("document", indexed=True, fast=True)
    builder.add_text_field("text", tokenizer_name=ANALYZER, index_option="position")
    builder.add_text_field("around", tokenizer_name=ANALYZER, index_option="freq")
    return builder.build()


def stemmer() -> Callable[[str], list[str]]:
    """A function that gives the words of a text as they are indexed, where there is no index."""
    analyzer = _analyzer()
    return lambda text: list(analyzer.analyze(text))


def open_words(folder: Path) -> tantivy.Index:
    """The word index in `folder`, made empty where there is none.

    Raises:
        IndexFaultError: what lies there is damaged or of another version.
        StorageError: it cannot be made.
    """
    mark = folder / "version"
    try:
        if not mark.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            index = tantivy.Index(_schema(), path=str(folder))
            mark.write_text(VERSION, encoding="utf-8")
        elif mark.read_text(encoding="utf-8") != VERSION:
            raise IndexFaultError("the word index is of another version")
        else:
            index = tantivy.Index.open(str(folder))
    except OSError as exc:
        raise StorageError(f'cannot make "{folder}": {exc}', "free some space") from exc
    except ValueError as exc:
        raise IndexFaultError(f"the word index is damaged: {exc}") from exc
    index.register_tokenizer(ANALYZER, _analyzer())
    return index


class WordWriter:
    """Adds and removes passages; what it did is seen after `commit`, all at once."""

    def __init__(self, folder: Path) -> None:
        self._index = open_words(folder)
        try:
            self._writer = self._index.writer(heap_size=WRITER_BYTES, num_threads=1)
        except ValueError as exc:
            raise IndexFaultError(f"the word index cannot be written: {exc}") from exc

    def remove(self, document: int) -> None:
        """Forget the passages of one document."""
        # delete_documents_by_term takes the number for a signed one and deletes nothing.
        query = tantivy.Query.term_query(self._index.schema, "document", document)
        with _refusals():
            self._writer.delete_documents_by_query(query)

    def add(self, document: int, rows: Iterable[tuple[int, str, str]]) -> None:
        """Add (passage row id, text, text with its surroundings) of one document."""
        for passage, text, around in rows:
            entry = tantivy.Document(text=text, around=around)
            entry.add_unsigned("passage", passage)
            entry.add_unsigned("document", document)
            with _refusals():
                self._writer.add_document(entry)

    def commit(self) -> None:
        """Make what was done visible and durable.

        Raises:
            StorageError: the disk is full or refuses.
        """
        with _refusals():
            self._writer.commit()

    def close(self) -> None:
        """Wait for merges; nothing can be added afterwards."""
        with suppress(ValueError):  # what was committed is whole; a merge is only for speed
            self._writer.wait_merging_threads()


@contextmanager
def _refusals() -> Generator[None]:
    """A writer whose thread could not write says so at whatever it is asked next."""
    try:
        yield
    except ValueError as exc:
        raise StorageError(
            "the word index cannot be written: the disk is full, or refuses",
            "free some space, then run the command again; what was done is kept",
        ) from exc


class WordReader:
    """Scores passages by words, from one committed state."""

    def __init__(self, folder: Path) -> None:
        if not (folder / "version").exists():
            raise IndexFaultError("there is no word index yet")
        self._index = open_words(folder)
        self._schema = self._index.schema
        self._index.config_reader(reload_policy="manual")
        self._index.reload()
        self._searcher = self._index.searcher()
        self._analyzer = _analyzer()
        self._stems = lru_cache(maxsize=4096)(self._analyze)

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def stems(self, text: str) -> list[str]:
        """The words of `text` as they are indexed, in order."""
        return list(self._analyzer.analyze(text))

    def idf(self, stem: str) -> float:
        """ln(1 + (n - df + 0.5) / (df + 0.5)) over passages."""
        count = len(self)
        frequency = min(self._searcher.doc_freq("text", stem), count)
        return math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))

    def search(
        self, field: str, weights: Mapping[str, float], *, limit: int
    ) -> tuple[Sequence[int], Sequence[float]]:
        """Passage row ids and BM25 scores of the best `limit` that hold any of the words."""
        clauses: list[tuple[tantivy.Occur, tantivy.Query]] = []
        for word, weight in weights.items():
            for stem in self._stems(word):
                term = tantivy.Query.term_query(self._schema, field, stem, "freq")
                clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(term, weight)))
        return self._run(tantivy.Query.boolean_query(clauses), limit) if clauses else ((), ())

    def phrase(self, text: str, *, limit: int) -> Sequence[int]:
        """Passage row ids whose text holds these words side by side, after stemming."""
        stems = self.stems(text)
        if not stems:
            return ()
        query = (
            tantivy.Query.phrase_query(self._schema, "text", list(stems))
            if len(stems) > 1
            else tantivy.Query.term_query(self._schema, "text", stems[0], "basic")
        )
        return self._run(query, limit)[0]

    def _run(self, query: tantivy.Query, limit: int) -> tuple[Sequence[int], Sequence[float]]:
        if not len(self):
            return (), ()
        hits = self._searcher.search(query, limit=limit, count=False).hits
        addresses = [address for _, address in hits]
        rows = self._searcher.fast_field_values("passage", addresses)
        return [int(row) for row in rows if row is not None], [float(score) for score, _ in hits]

    def _analyze(self, word: str) -> tuple[str, ...]:
        return tuple(self._analyzer.analyze(word))
