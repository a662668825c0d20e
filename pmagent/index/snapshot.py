"""The arrays of an index state, kept beside it so that a new process need not join them anew.

Derived and thrown away freely: a snapshot whose mark is not that of the ledger is not used.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pmagent.errors import StorageError
from pmagent.index.ledger import Ledger
from pmagent.paths import write_atomically

Table = NDArray[np.int64]


@dataclass(frozen=True)
class Arrays:
    """What joins the ledger's tables, as numbers."""

    passages: Table
    """(passages, 3): row id, document, static row or -1; by document and position."""
    windows: Table
    """(windows, 2): passage row id, matrix row or -1; by passage and position."""


def load_arrays(ledger: Ledger, path: Path) -> Arrays:
    """The arrays of the ledger's present state: from `path` where they are of it, else joined."""
    mark = _mark(ledger)
    try:
        with np.load(path, allow_pickle=False) as kept:
            if np.array_equal(kept["mark"], mark):
                return Arrays(kept["passages"], kept["windows"])
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        pass  # none yet, or half of one from another version
    return _join(ledger)


def save_arrays(ledger: Ledger, path: Path) -> None:
    """Keep the arrays of the ledger's present state; a full disk only costs time later."""
    arrays = _join(ledger)
    stream = BytesIO()
    np.savez(stream, mark=_mark(ledger), passages=arrays.passages, windows=arrays.windows)
    try:
        write_atomically(path, stream.getvalue())
    except StorageError:
        path.unlink(missing_ok=True)


def _join(ledger: Ledger) -> Arrays:
    passages = ledger.rows(
        "SELECT p.id, p.document, COALESCE(p.static_row, -1) FROM passages p "
        "JOIN documents d ON d.id = p.document WHERE d.has_words = 1 "
        "ORDER BY p.document, p.position"
    )
    windows = ledger.rows(
        "SELECT w.passage, COALESCE(v.row, -1) FROM windows w LEFT JOIN vectors v ON v.key = w.key "
        "ORDER BY w.passage, w.position"
    )
    return Arrays(
        np.array(passages, dtype=np.int64).reshape(-1, 3),
        np.array(windows, dtype=np.int64).reshape(-1, 2),
    )


def _mark(ledger: Ledger) -> Table:
    """Changes with everything the arrays are made of: row ids are never given twice."""
    return np.array(
        ledger.rows(
            "SELECT (SELECT COALESCE(MAX(id), 0) FROM passages), (SELECT COUNT(*) FROM passages), "
            "(SELECT COALESCE(MAX(static_row), -1) FROM passages), "
            "(SELECT COUNT(*) FROM documents WHERE has_words = 1), "
            "(SELECT COALESCE(MAX(row), -1) FROM vectors), (SELECT COUNT(*) FROM vectors)"
        ),
        dtype=np.int64,
    )
