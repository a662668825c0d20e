"""Fill the word index from the ledger: what the ledger says is missing, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from pmagent.errors import IndexFaultError
from pmagent.index.ledger import Ledger
from pmagent.index.lexical import WordReader, WordWriter
from pmagent.index.rows import from_row
from pmagent.types import Passage


class WordSync:
    """The writing end of the word index. What it cannot open it puts aside and makes anew."""

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self._ledger = ledger
        self._folder = folder
        try:
            self._check()
            self._writer = WordWriter(folder)
        except IndexFaultError:
            shutil.rmtree(folder, ignore_errors=True)
            self._writer = WordWriter(folder)
            ledger.words_are_lost()
        self._begun: set[int] = set()

    def add(self, document: int, title: str, rows: Sequence[tuple[int, Passage]]) -> None:
        """Begin to index a document's passages; they are searchable after `flush`.

        tantivy works on them in its own thread while the next file is read.
        """
        self._writer.remove(document)
        self._writer.add(document, _entries(title, rows))
        self._begun.add(document)

    def flush(self) -> None:
        """Make every document's present passages searchable, and no others."""
        adding, removing = self._ledger.without_words()
        if not adding and not removing:
            return
        for document, title in adding:
            if document not in self._begun:
                self.add(document, title, self._stored(document))
        for document in set(removing) - self._begun:
            self._writer.remove(document)
        self._writer.commit()
        self._ledger.words_are_in([document for document, _ in adding], removing)
        self._begun.clear()

    def close(self) -> None:
        """Finish merges."""
        self._writer.close()

    def _check(self) -> None:
        """A word index with too few or too many passages is as bad as a broken one."""
        if not (self._folder / "version").exists():
            raise IndexFaultError("there is no word index")
        expected = self._ledger.rows(
            "SELECT COUNT(*), (SELECT COUNT(*) FROM removed), "
            "(SELECT COUNT(*) FROM documents WHERE has_words = 0) FROM passages"
        )[0]
        if expected[1] == expected[2] == 0 and len(WordReader(self._folder)) != expected[0]:
            raise IndexFaultError("the word index lost passages")

    def _stored(self, document: int) -> list[tuple[int, Passage]]:
        rows = self._ledger.passage_rows(document)
        return [(row, from_row(path, columns)) for row, path, columns in rows]


def _entries(title: str, rows: Sequence[tuple[int, Passage]]) -> Iterator[tuple[int, str, str]]:
    texts = [_searched(passage) for _, passage in rows]
    for number, (row, _) in enumerate(rows):
        yield row, texts[number], _around(texts, number, title)


def _searched(passage: Passage) -> str:
    """Headings count as words of what stands under them."""
    return "\n".join((*passage.heading, passage.text))


def _around(texts: Sequence[str], number: int, title: str) -> str:
    return "\n".join((title, *texts[max(0, number - 1) : number + 2]))
