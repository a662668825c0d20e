"""`index.db`: every document and passage, and what of them is done in the other stores.

The ledger is the truth about the index. Words, matrix and Chroma are filled from it; each keeps a
mark here that is set only after that store has the thing on disk, so a run that is killed anywhere
is continued, never repeated from the start and never believed too early.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from pmagent.index.rows import PASSAGE_COLUMNS, to_row
from pmagent.nlp.sentences import windows
from pmagent.permissions.walls_entries import Entry
from pmagent.store import faults, open_database, transaction
from pmagent.types import DateSource, Document, FileState, Passage, StateName

MIGRATIONS = (
    """
    CREATE TABLE documents (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        path TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL,
        reason TEXT NOT NULL DEFAULT '',
        size INTEGER NOT NULL DEFAULT -1,
        mtime_ns INTEGER NOT NULL DEFAULT 0,
        inode INTEGER NOT NULL DEFAULT 0,
        read_ns INTEGER NOT NULL DEFAULT 0,
        digest TEXT NOT NULL DEFAULT '',
        title TEXT NOT NULL DEFAULT '',
        day TEXT,
        date_source TEXT,
        format TEXT NOT NULL DEFAULT '',
        described TEXT NOT NULL DEFAULT '{}',
        has_words INTEGER NOT NULL DEFAULT 1
    );
    CREATE TABLE passages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        hash TEXT NOT NULL UNIQUE,
        document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        segments TEXT NOT NULL,
        heading TEXT NOT NULL,
        speakers TEXT NOT NULL,
        first_line INTEGER NOT NULL,
        last_line INTEGER NOT NULL,
        start_ms INTEGER,
        end_ms INTEGER,
        is_interpolated INTEGER NOT NULL,
        page INTEGER,
        static_row INTEGER
    );
    CREATE UNIQUE INDEX passages_in_order ON passages(document, position);
    CREATE TABLE windows (
        passage INTEGER NOT NULL REFERENCES passages(id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        key BLOB NOT NULL,
        PRIMARY KEY (passage, position)
    ) WITHOUT ROWID;
    CREATE INDEX windows_by_key ON windows(key);
    CREATE TABLE vectors (
        key BLOB PRIMARY KEY,
        row INTEGER NOT NULL UNIQUE,
        in_chroma INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID;
    CREATE INDEX vectors_to_send ON vectors(row) WHERE in_chroma = 0;
    CREATE TABLE removed (document INTEGER PRIMARY KEY);
    CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID
    """,
)

RACY_NS = 2_000_000_000
"""A file read within this time of its last change may have changed again in the same tick."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the ledger remembers of one file."""

    id: int
    state: str
    size: int
    mtime_ns: int
    inode: int
    read_ns: int
    digest: str

    def is_current(self, entry: Entry) -> bool:
        """Whether the file is surely as it was when it was read."""
        return (
            self.state in {"indexed", "skipped"}
            and (self.size, self.mtime_ns, self.inode) == (entry.size, entry.mtime_ns, entry.inode)
            and self.read_ns - self.mtime_ns > RACY_NS
        )


def key_of(text: str) -> bytes:
    """The name of a text's vector: 16 bytes of its BLAKE2b."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


class Ledger:
    """Reads and writes `index.db`. One writer at a time, under the garden's lock."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self.database = open_database(path, MIGRATIONS, read_only=read_only)

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """All rows of a query."""
        with faults(self.path):
            return cast("list[tuple[object, ...]]", self.database.execute(query, values).fetchall())

    def fact(self, name: str) -> str:
        """A remembered value, or the empty string."""
        found = self.rows("SELECT value FROM facts WHERE name = ?", (name,))
        return str(found[0][0]) if found else ""

    def remember(self, name: str, value: str) -> None:
        """Set a remembered value."""
        with faults(self.path):
            self.database.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def known(self) -> dict[str, Known]:
        """Every file by path."""
        return {
            str(row[0]): Known(
                id=cast("int", row[1]),
                state=str(row[2]),
                size=cast("int", row[3]),
                mtime_ns=cast("int", row[4]),
                inode=cast("int", row[5]),
                read_ns=cast("int", row[6]),
                digest=str(row[7]),
            )
            for row in self.rows(
                "SELECT path, id, state, size, mtime_ns, inode, read_ns, digest FROM documents"
            )
        }

    def await_reading(self, paths: Iterable[str]) -> None:
        """Note files that are there and not read yet; those known keep what is known."""
        with faults(self.path), transaction(self.database):
            self.database.executemany(
                "INSERT INTO documents (path, state) VALUES (?, 'waiting') "
                "ON CONFLICT(path) DO UPDATE SET read_ns = 0",
                ((path,) for path in paths),
            )

    def leave(self, items: Iterable[tuple[str, StateName, str]]) -> None:
        """Note files (path, state, reason) that are not searched; passages of an older state go."""
        with faults(self.path), transaction(self.database):
            for path, state, reason in items:
                self._leave(path, state, reason)

    def refuse(self, path: str, state: StateName, reason: str, entry: Entry, read_ns: int) -> None:
        """The same for one file whose bytes were looked at, so that it is not looked at again."""
        with faults(self.path), transaction(self.database):
            self._leave(path, state, reason)
            self._stamp(path, entry, read_ns)

    def touch(self, path: str, entry: Entry, read_ns: int) -> None:
        """Note that a file was read again and is the same."""
        with faults(self.path), transaction(self.database):
            self._stamp(path, entry, read_ns)

    def put(
        self, document: Document, passages: Sequence[Passage], entry: Entry, read_ns: int
    ) -> tuple[int, list[tuple[int, Passage]]]:
        """Replace a document and its passages, whose words are waiting from then on.

        Gives the document's number and each passage with its row.
        """
        parsed = document.parsed
        described = {
            "title": parsed.title,
            "day": parsed.date.isoformat() if parsed.date else None,
            "tags": parsed.tags,
            "aliases": parsed.aliases,
            "links": parsed.links,
        }
        with faults(self.path), transaction(self.database):
            self._forget_passages(document.path)
            self.database.execute(
                "INSERT INTO documents (path, state) VALUES (?, 'indexed') ON CONFLICT DO NOTHING",
                (document.path,),
            )
            self.database.execute(
                "UPDATE documents SET state = 'indexed', reason = ?, digest = ?, title = ?, "
                "day = ?, date_source = ?, format = ?, described = ?, has_words = 0 WHERE path = ?",
                (
                    "; ".join(parsed.warnings),
                    document.digest,
                    document.title,
                    document.date.isoformat(),
                    document.date_source,
                    parsed.format,
                    json.dumps(described, ensure_ascii=False),
                    document.path,
                ),
            )
            self._stamp(document.path, entry, read_ns)
            number = self._id_of(document.path)
            return number, self._insert(number, passages)

    def described(self) -> Iterator[tuple[str, str | None, date | None, int]]:
        """(path, own title, own date, modification time) of every document that is indexed."""
        for path, raw, mtime_ns in self.rows(
            "SELECT path, described, mtime_ns FROM documents WHERE state = 'indexed'"
        ):
            own = cast("dict[str, str | None]", json.loads(str(raw)))
            day = own.get("day")
            stated = date.fromisoformat(day) if day else None
            yield str(path), own.get("title"), stated, cast("int", mtime_ns)

    def date_anew(self, path: str, title: str, day: date, source: DateSource) -> None:
        """Change what is said about a document whose text is the same."""
        with faults(self.path):
            self.database.execute(
                "UPDATE documents SET title = ?, day = ?, date_source = ? WHERE path = ?",
                (title, day.isoformat(), source, path),
            )

    def remove(self, paths: Iterable[str]) -> None:
        """Forget files that are gone."""
        with faults(self.path), transaction(self.database):
            for path in paths:
                self._forget_passages(path)
                self.database.execute("DELETE FROM documents WHERE path = ?", (path,))

    def without_words(self) -> tuple[list[tuple[int, str]], list[int]]:
        """Documents (id, title) whose words are to be added, and ids whose words are to go."""
        adding = self.rows(
            "SELECT id, title FROM documents WHERE has_words = 0 ORDER BY day DESC, id"
        )
        removing = self.rows("SELECT document FROM removed")
        return (
            [(cast("int", row[0]), str(row[1])) for row in adding],
            [cast("int", row[0]) for row in removing],
        )

    def words_are_in(self, added: Sequence[int], removed: Sequence[int]) -> None:
        """Note what the word index has on disk."""
        with faults(self.path), transaction(self.database):
            self.database.executemany(
                "UPDATE documents SET has_words = 1 WHERE id = ?", ((item,) for item in added)
            )
            self.database.executemany(
                "DELETE FROM removed WHERE document = ?", ((item,) for item in removed)
            )

    def words_are_lost(self) -> None:
        """Note that the word index is empty and every document's words are to be added again."""
        with faults(self.path), transaction(self.database):
            self.database.execute("UPDATE documents SET has_words = 0 WHERE state = 'indexed'")
            self.database.execute("DELETE FROM removed")

    def passage_rows(self, document: int) -> list[tuple[int, str, tuple[object, ...]]]:
        """(row id, path, columns) of a document's passages in order."""
        found = self.rows(
            f"SELECT p.id, d.path, {PASSAGE_COLUMNS} FROM passages p "
            "JOIN documents d ON d.id = p.document WHERE p.document = ? ORDER BY p.position",
            (document,),
        )
        return [(cast("int", row[0]), str(row[1]), tuple(row[2:])) for row in found]

    def states(self) -> Iterator[FileState]:
        """Every file by path, with what became of it."""
        for row in self.rows(
            "SELECT d.path, d.state, d.reason, d.day, d.date_source, d.format, COUNT(p.id) "
            "FROM documents d LEFT JOIN passages p ON p.document = d.id "
            "GROUP BY d.id ORDER BY d.path"
        ):
            yield FileState(
                path=str(row[0]),
                state=cast("StateName", row[1]),
                reason=str(row[2]),
                date=date.fromisoformat(str(row[3])) if row[3] else None,
                date_source=cast("DateSource | None", row[4]),
                format=str(row[5]),
                passages=cast("int", row[6]),
            )

    def _leave(self, path: str, state: StateName, reason: str) -> None:
        self._forget_passages(path)
        self.database.execute(
            "INSERT INTO documents (path, state, reason) VALUES (?, ?, ?) "
            "ON CONFLICT(path) DO UPDATE SET state = excluded.state, reason = excluded.reason, "
            "digest = '', day = NULL, date_source = NULL, format = '', described = '{}', "
            "has_words = 1, size = -1",
            (path, state, reason),
        )

    def _forget_passages(self, path: str) -> None:
        self.database.execute(
            "INSERT OR IGNORE INTO removed SELECT id FROM documents WHERE path = ? AND EXISTS "
            "(SELECT 1 FROM passages WHERE document = documents.id)",
            (path,),
        )
        self.database.execute(
            "DELETE FROM passages WHERE document = (SELECT id FROM documents WHERE path = ?)",
            (path,),
        )

    def _id_of(self, path: str) -> int:
        row = self.database.execute("SELECT id FROM documents WHERE path = ?", (path,)).fetchone()
        return int(row[0])

    def _stamp(self, path: str, entry: Entry, read_ns: int) -> None:
        self.database.execute(
            "UPDATE documents SET size = ?, mtime_ns = ?, inode = ?, read_ns = ? WHERE path = ?",
            (entry.size, entry.mtime_ns, entry.inode, read_ns, path),
        )

    def _insert(self, document: int, passages: Sequence[Passage]) -> list[tuple[int, Passage]]:
        columns = f"id, {PASSAGE_COLUMNS}"
        marks = ", ".join("?" * 13)
        used = self.database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'passages'")
        first = (used.fetchone() or (0,))[0] + 1
        numbered = list(enumerate(passages, start=first))
        self.database.executemany(
            f"INSERT INTO passages ({columns}) VALUES ({marks})",
            ((row, *to_row(passage, document)) for row, passage in numbered),
        )
        self.database.executemany(
            "INSERT INTO windows VALUES (?, ?, ?)",
            (
                (row, position, key_of(text[start:end]))
                for row, text in ((row, passage.text) for row, passage in numbered)
                for position, (start, end) in enumerate(windows(text))
            ),
        )
        return numbered
