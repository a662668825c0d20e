"""The reading end of an index: the newest state of it, and the encoders questions need.

A state is loaded whole and kept until the indexer commits another. Each store that is missing or
damaged is left out and said to be; words alone are enough to answer.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from pmagent.config import Settings
from pmagent.errors import EmbedderError, IndexFaultError, StaleError
from pmagent.index.embed import OnnxEmbedder, load_embedder
from pmagent.index.encoders import PassageEncoder, SketchEncoder
from pmagent.index.layout import LEDGER, MEANING, STATIC
from pmagent.index.ledger import Ledger
from pmagent.index.matrix import FlatMatrix
from pmagent.index.reader import IndexReader
from pmagent.index.static import StaticEmbedder, load_static

T = TypeVar("T")

STALE_TRIES = 3
LONGEST_WAIT_S = 0.3
"""A state is used at least as long as it took to load, but no longer than this."""


class Engine:
    """Everything a search needs, loaded when first asked for."""

    def __init__(self, data_dir: Path, cache: Path, settings: Settings) -> None:
        if not (data_dir / LEDGER).exists():
            raise IndexFaultError("this garden has no index yet", 'make it: "pmagent index"')
        self._data_dir = data_dir
        self._cache = cache
        self._settings = settings
        self.ledger = Ledger(data_dir / LEDGER, read_only=True)
        self.notes: list[str] = []
        self._reader: IndexReader | None = None
        self._version = -1
        self._loaded_at = 0.0
        self._load_s = 0.0
        self._turn = threading.RLock()
        self._hidden_key: object = None
        self._hidden: Callable[[str], bool] | None = None

    def hide(self, key: object, hidden: Callable[[str], bool] | None) -> None:
        """Answer from now on as if the documents of these paths were not there.

        `key` says which rules `hidden` stands for: the state is loaded again when it changes.
        """
        with self._turn:
            if key is not self._hidden_key:
                self._hidden_key, self._hidden = key, hidden
                self._reader = None

    def close(self) -> None:
        """Release the files."""
        self.ledger.close()

    def asked(self, question: Callable[[IndexReader], T]) -> T:
        """What `question` finds in the index; asked again where the index changed under it."""
        for _ in range(STALE_TRIES):
            try:
                return question(self.reader())
            except StaleError:
                self._reader = None
        return question(self.reader())

    def reader(self) -> IndexReader:
        """The newest state of the index, or one a moment old while much is being written.

        May be called from several threads.
        """
        with self._turn:
            return self._newest()

    def _newest(self) -> IndexReader:
        version = int(self.ledger.database.execute("PRAGMA data_version").fetchone()[0])
        is_due = time.monotonic() - self._loaded_at > min(self._load_s, LONGEST_WAIT_S)
        if self._reader is None or (version != self._version and is_due):
            began = time.monotonic()
            self._reader = self._load()
            self._version = version
            self._loaded_at = time.monotonic()
            self._load_s = self._loaded_at - began
        return self._reader

    @cached_property
    def embedder(self) -> OnnxEmbedder | None:
        """The transformer, or None where it is not made yet or cannot be trusted."""
        try:
            return load_embedder(self._settings.model, self._cache)
        except EmbedderError as exc:
            self._note(f"search by meaning is off: {exc.message}")
            return None

    @cached_property
    def encoder(self) -> PassageEncoder | None:
        """The transformer as search asks for it."""
        return PassageEncoder(self.embedder) if self.embedder else None

    @cached_property
    def sketcher(self) -> SketchEncoder | None:
        """The static word vectors as search asks for them."""
        return SketchEncoder(self.static) if self.static else None

    @cached_property
    def static(self) -> StaticEmbedder | None:
        """The static word vectors, or None where they are not made yet."""
        try:
            return load_static(self._settings.model, self._cache)
        except EmbedderError:
            return None

    def _load(self) -> IndexReader:
        return IndexReader(
            self.ledger,
            self._data_dir,
            self._matrix(MEANING) if self.embedder else None,
            self._matrix(STATIC) if self.static else None,
            hidden=self._hidden,
        )

    def _matrix(self, name: str) -> FlatMatrix | None:
        path = self._data_dir / name
        if not path.exists() or self.embedder is None:
            return None
        try:
            return FlatMatrix(path, self.embedder.dim, self.embedder.fingerprint, read_only=True)
        except IndexFaultError as exc:
            self._note(f'"{name}" cannot be used ({exc.message}); "pmagent index" makes it anew')
            return None

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)
