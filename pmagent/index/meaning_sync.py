"""Fill the matrices and Chroma from the ledger: what the ledger says is missing, and nothing else.

Newest documents first. A vector counts only once its row is on disk and the ledger says so; Chroma
is filled from the matrix, and the matrix from Chroma should it be lost, so that nothing is embedded
twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from pmagent.errors import IndexFaultError
from pmagent.index.embed import OnnxEmbedder
from pmagent.index.layout import CHROMA, MEANING, STATIC
from pmagent.index.ledger import Ledger
from pmagent.index.matrix import FlatMatrix
from pmagent.index.progress import Pace
from pmagent.index.rows import PASSAGE_COLUMNS, from_row
from pmagent.index.static import StaticEmbedder
from pmagent.index.sync import Stop
from pmagent.index.vectors import ChromaStore, quarantine
from pmagent.nlp.sentences import windows
from pmagent.store import faults, transaction

PASSAGES_AT_ONCE = 48
"""Embedded between two commits: about a second's work."""
PLANNED_AT_ONCE = 4_000
CHROMA_BATCH = 5_000
WORTH_SKETCHING = 300
"""With fewer passages to embed the transformer is there before a sketch would help."""
SKETCHES_AT_ONCE = 2_000

Vectors = NDArray[np.float32]


@dataclass(kw_only=True)
class MeaningSync:
    """The writing end of the vectors. Needs the writer's lock and an embedder."""

    ledger: Ledger
    data_dir: Path
    embedder: OnnxEmbedder
    static: StaticEmbedder | None
    pace: Pace
    notes: list[str]
    matrix: FlatMatrix = field(init=False)

    def __post_init__(self) -> None:
        self.matrix = self._open_matrix()

    def run(self, stop: Stop, *, send_from: int = 0) -> int:
        """Sketch, embed and store what is missing, until done or told to stop; texts embedded.

        Chroma, which takes seconds to open, is left alone while fewer than `send_from` wait for it.
        """
        self._drop_orphans()
        if self._count_waiting() > WORTH_SKETCHING:
            self._sketch(stop)
        done = self._embed(stop)
        if not stop() and self._count_unsent() >= send_from:
            self._fill_chroma(stop)
        return done

    def close(self) -> None:
        """Release the matrix."""
        self.matrix.close()

    def _open_matrix(self) -> FlatMatrix:
        """The matrix, cut to what the ledger knows; refilled from Chroma where it is lost."""
        path = self.data_dir / MEANING
        fingerprint = self.embedder.fingerprint
        if self.ledger.fact("embedder") != fingerprint:
            self._forget_vectors(path)
            self.ledger.remember("embedder", fingerprint)
        try:
            matrix = FlatMatrix(path, self.embedder.dim, fingerprint)
        except IndexFaultError as exc:
            self.notes.append(f"the vectors were damaged and are made anew ({exc.message})")
            path.unlink(missing_ok=True)
            matrix = FlatMatrix(path, self.embedder.dim, fingerprint)
        known = self._ledger_rows()
        if len(matrix) < known:
            self._recover(matrix)
        matrix.truncate(self._ledger_rows())
        return matrix

    def _ledger_rows(self) -> int:
        found = self.ledger.rows("SELECT COALESCE(MAX(row) + 1, 0) FROM vectors")
        return cast("int", found[0][0])

    def _forget_vectors(self, path: Path) -> None:
        """Another embedder: nothing of the last one's can be compared with it."""
        with faults(self.ledger.path), transaction(self.ledger.database):
            self.ledger.database.execute("DELETE FROM vectors")
            self.ledger.database.execute("UPDATE passages SET static_row = NULL")
        for name in (path, self.data_dir / STATIC):
            name.unlink(missing_ok=True)
        quarantine(self.data_dir / CHROMA)

    def _recover(self, matrix: FlatMatrix) -> None:
        """Rows the matrix lost come back from Chroma; what it has not is embedded again."""
        lost = self.ledger.rows("SELECT key FROM vectors WHERE row >= ?", (len(matrix),))
        with faults(self.ledger.path), transaction(self.ledger.database):
            self.ledger.database.execute("DELETE FROM vectors WHERE row >= ?", (len(matrix),))
        store = self._open_chroma()
        if store is None:
            return
        try:
            keys = [cast("bytes", row[0]) for row in lost]
            for start in range(0, len(keys), CHROMA_BATCH):
                part = keys[start : start + CHROMA_BATCH]
                found = store.get([key.hex() for key in part])
                kept = [bytes.fromhex(name) for name in found]
                if kept:
                    self._store(matrix, kept, np.stack(list(found.values())), in_chroma=True)
        finally:
            store.close()

    def _drop_orphans(self) -> None:
        """Vectors of texts that are in no document any more."""
        keys = [
            cast("bytes", row[0])
            for row in self.ledger.rows(
                "SELECT key FROM vectors WHERE NOT EXISTS "
                "(SELECT 1 FROM windows WHERE windows.key = vectors.key)"
            )
        ]
        if not keys:
            return
        rows = [
            cast("int", self.ledger.rows("SELECT row FROM vectors WHERE key = ?", (key,))[0][0])
            for key in keys
        ]
        self.matrix.erase(rows)
        with faults(self.ledger.path), transaction(self.ledger.database):
            self.ledger.database.executemany(
                "DELETE FROM vectors WHERE key = ?", ((key,) for key in keys)
            )

    def _count_waiting(self) -> int:
        return cast("int", self.ledger.rows(f"SELECT COUNT(*) FROM ({_WAITING})")[0][0])

    def _sketch(self, stop: Stop) -> None:
        """A static vector for every passage that waits for the transformer."""
        if self.static is None:
            return
        matrix = self._open_sketches()
        waiting = self.ledger.rows("SELECT id FROM passages WHERE static_row IS NULL")
        ids = [cast("int", row[0]) for row in waiting]
        for start in range(0, len(ids), SKETCHES_AT_ONCE):
            if stop():
                break
            part = ids[start : start + SKETCHES_AT_ONCE]
            texts = [text for _, text in self._texts(part)]
            first = matrix.append(self.static.embed(texts))
            matrix.flush()
            with faults(self.ledger.path), transaction(self.ledger.database):
                self.ledger.database.executemany(
                    "UPDATE passages SET static_row = ? WHERE id = ?",
                    ((first + number, row) for number, row in enumerate(part)),
                )
            self.pace.say("static", start + len(part), len(ids), "passages")
        matrix.close()

    def _open_sketches(self) -> FlatMatrix:
        path = self.data_dir / STATIC
        known = self.ledger.rows(
            "SELECT COALESCE(MAX(static_row) + 1, 0), COUNT(static_row) FROM passages"
        )
        rows, used = cast("tuple[int, int]", known[0])
        try:
            matrix = FlatMatrix(path, self.embedder.dim, self.embedder.fingerprint)
        except IndexFaultError:
            rows = -1
        else:
            if rows <= len(matrix) and rows <= 2 * used:
                matrix.truncate(rows)
                return matrix
            matrix.close()
        path.unlink(missing_ok=True)
        with faults(self.ledger.path):
            self.ledger.database.execute("UPDATE passages SET static_row = NULL")
        return FlatMatrix(path, self.embedder.dim, self.embedder.fingerprint)

    def _embed(self, stop: Stop) -> int:
        total = cast(
            "int",
            self.ledger.rows(
                "SELECT COUNT(DISTINCT w.key) FROM windows w "
                "LEFT JOIN vectors v ON v.key = w.key WHERE v.key IS NULL"
            )[0][0],
        )
        done = 0
        while not stop() and (plan := self._plan()):
            for start in range(0, len(plan), PASSAGES_AT_ONCE):
                if stop():
                    break
                done += self._embed_some(plan[start : start + PASSAGES_AT_ONCE])
                self.pace.say("meaning", min(done, total), total, "windows")
        return done

    def _plan(self) -> list[int]:
        """Passages with a window that waits, those of the newest documents first."""
        rows = self.ledger.rows(f"{_WAITING} LIMIT {PLANNED_AT_ONCE}")
        return [cast("int", row[0]) for row in rows]

    def _embed_some(self, passages: Sequence[int]) -> int:
        marks = ", ".join("?" * len(passages))
        waiting = self.ledger.rows(
            "SELECT w.passage, w.position, w.key FROM windows w "
            f"LEFT JOIN vectors v ON v.key = w.key WHERE v.key IS NULL AND w.passage IN ({marks})",
            passages,
        )
        spans = {row: (text, windows(text)) for row, text in self._texts(passages)}
        texts: dict[bytes, str] = {}
        for passage, position, key in waiting:
            text, found = spans[cast("int", passage)]
            start, end = found[cast("int", position)]
            texts[cast("bytes", key)] = text[start:end]
        if texts:
            self._store(self.matrix, list(texts), self.embedder.embed(list(texts.values())))
        return len(texts)

    def _store(
        self,
        matrix: FlatMatrix,
        keys: Sequence[bytes],
        vectors: Vectors,
        *,
        in_chroma: bool = False,
    ) -> None:
        first = matrix.append(vectors)
        matrix.flush()
        with faults(self.ledger.path), transaction(self.ledger.database):
            self.ledger.database.executemany(
                "INSERT INTO vectors VALUES (?, ?, ?)",
                ((key, first + number, int(in_chroma)) for number, key in enumerate(keys)),
            )

    def _texts(self, passages: Sequence[int]) -> Iterator[tuple[int, str]]:
        marks = ", ".join("?" * len(passages))
        for row in self.ledger.rows(
            f"SELECT id, {PASSAGE_COLUMNS} FROM passages WHERE id IN ({marks})",
            passages,
        ):
            yield cast("int", row[0]), from_row("", row[1:]).text

    def _fill_chroma(self, stop: Stop) -> None:
        """Chroma holds what the ledger holds: no more, no less."""
        store = self._open_chroma()
        if store is None:
            return
        try:
            self._reconcile(store)
            total = self._count_unsent()
            sent = 0
            while not stop() and (rows := self._unsent()):
                keys = [cast("bytes", row[0]) for row in rows]
                vectors = self.matrix.rows([cast("int", row[1]) for row in rows])
                store.add([key.hex() for key in keys], vectors)
                self._mark_sent(keys)
                sent += len(keys)
                self.pace.say("vectors", sent, total, "vectors")
        except IndexFaultError as exc:
            self.notes.append(f"Chroma could not be filled ({exc.message}); search does without it")
        finally:
            store.close()

    def _open_chroma(self) -> ChromaStore | None:
        path = self.data_dir / CHROMA
        try:
            return ChromaStore(path, self.embedder.dim, self.embedder.fingerprint)
        except IndexFaultError as exc:
            self.notes.append(f"the Chroma folder was damaged and is filled anew ({exc.message})")
            quarantine(path)
        try:
            return ChromaStore(path, self.embedder.dim, self.embedder.fingerprint)
        except IndexFaultError as exc:
            self.notes.append(f"Chroma does not start ({exc.message}); search does without it")
            return None

    def _reconcile(self, store: ChromaStore) -> None:
        sent = cast(
            "int", self.ledger.rows("SELECT COUNT(*) FROM vectors WHERE in_chroma = 1")[0][0]
        )
        if store.count() == sent:
            return
        there = set(store.ids())
        known = {cast("bytes", row[0]).hex() for row in self.ledger.rows("SELECT key FROM vectors")}
        store.delete(sorted(there - known))
        with faults(self.ledger.path), transaction(self.ledger.database):
            self.ledger.database.execute("UPDATE vectors SET in_chroma = 0")
            self.ledger.database.executemany(
                "UPDATE vectors SET in_chroma = 1 WHERE key = ?",
                ((bytes.fromhex(name),) for name in there & known),
            )

    def _count_unsent(self) -> int:
        return cast(
            "int", self.ledger.rows("SELECT COUNT(*) FROM vectors WHERE in_chroma = 0")[0][0]
        )

    def _unsent(self) -> list[tuple[object, ...]]:
        return self.ledger.rows(
            f"SELECT key, row FROM vectors WHERE in_chroma = 0 ORDER BY row LIMIT {CHROMA_BATCH}"
        )

    def _mark_sent(self, keys: Sequence[bytes]) -> None:
        with faults(self.ledger.path), transaction(self.ledger.database):
            self.ledger.database.executemany(
                "UPDATE vectors SET in_chroma = 1 WHERE key = ?", ((key,) for key in keys)
            )


_WAITING = (
    "SELECT p.id FROM passages p JOIN documents d ON d.id = p.document WHERE EXISTS "
    "(SELECT 1 FROM windows w LEFT JOIN vectors v ON v.key = w.key "
    "WHERE w.passage = p.id AND v.key IS NULL) "
    "ORDER BY d.date_source = 'modified', d.day DESC, p.document, p.position"
)
