"""Everything an index says, in a form two indexes can be compared by."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from pmagent.index.embed import load_embedder
from pmagent.index.layout import CHROMA, LEDGER, MEANING, WORDS
from pmagent.index.ledger import Ledger
from pmagent.index.lexical import WordReader
from pmagent.index.matrix import FlatMatrix
from pmagent.index.vectors import ChromaStore

Dump = dict[str, object]
MODEL = "all-MiniLM-L6-v2"


def dump_ledger(data_dir: Path) -> Dump:
    """Documents, passages, windows and word index of an index that nobody writes now."""
    ledger = Ledger(data_dir / LEDGER, read_only=True)
    words = WordReader(data_dir / WORDS)
    rows = ledger.rows("SELECT id, hash FROM passages")
    names = {cast("int", row): str(hash_) for row, hash_ in rows}
    found = {
        term: sorted(names[row] for row in words.search("text", {term: 1.0}, limit=10_000)[0])
        for term in ("pricing", "seat", "the", "walrus", "export")
    }
    result: Dump = {
        "documents": ledger.rows(
            "SELECT path, state, reason, size, mtime_ns, digest, title, day, date_source, format, "
            "described, has_words FROM documents ORDER BY path"
        ),
        "passages": ledger.rows(
            "SELECT d.path, p.position, p.hash, p.segments FROM passages p "
            "JOIN documents d ON d.id = p.document ORDER BY 1, 2"
        ),
        "windows": ledger.rows(
            "SELECT p.hash, w.position, w.key FROM windows w "
            "JOIN passages p ON p.id = w.passage ORDER BY 1, 2"
        ),
        "removed": ledger.rows("SELECT * FROM removed"),
        "words": (len(words), found),
    }
    ledger.close()
    return result


def dump_vectors(data_dir: Path, cache: Path) -> dict[str, NDArray[np.float32]]:
    """Each text's vector by name, from the matrix; Chroma must hold the same ones."""
    embedder = load_embedder(MODEL, cache)
    ledger = Ledger(data_dir / LEDGER, read_only=True)
    rows = ledger.rows("SELECT key, row FROM vectors ORDER BY key")
    ledger.close()
    names = [cast("bytes", key).hex() for key, _ in rows]
    matrix = FlatMatrix(data_dir / MEANING, embedder.dim, embedder.fingerprint, read_only=True)
    vectors = matrix.rows([cast("int", row) for _, row in rows])
    matrix.close()
    store = ChromaStore(data_dir / CHROMA, embedder.dim, embedder.fingerprint)
    try:
        stored = store.get(names)
        assert sorted(store.ids()) == names
    finally:
        store.close()
    for name, vector in zip(names, vectors, strict=True):
        np.testing.assert_allclose(stored[name], vector, atol=2e-3)
    return dict(zip(names, vectors, strict=True))
