"""Chroma as a durable store of vectors by id: ours to ask, in a process of its own to run.

Ids are hashes of the texts, so adding twice is harmless. No text is kept here. Whatever is wrong
with the store comes out as `IndexFaultError`; the caller puts the folder aside and fills another.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import numpy as np
from numpy.typing import NDArray

from pmagent.errors import ChildError, IndexFaultError, StorageError
from pmagent.sandbox.child import Worker
from pmagent.sandbox.frames import Frame

IDS_AT_ONCE = 5_000
"""Below the 5,461 Chroma takes in one call."""
VECTORS_AT_ONCE = 1_000
"""Chroma makes Python numbers of them on the way: 5,000 at once cost it 60 MB."""
OPEN_S = 120.0
ANSWER_S = 300.0
COLLECTION = "vectors"
QUARANTINE = ".damaged"
MAX_NAME = 120
_FULL = ("disk is full", "No space left", "readonly database", "Permission denied")

Vectors = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class ChromaServer:
    """A Chroma server that answers HTTP."""

    host: str
    port: int = 8000
    is_secure: bool = False


@dataclass(frozen=True, kw_only=True)
class ChromaCloud:
    """Chroma's own service. The key is read from CHROMA_API_KEY."""

    tenant: str = ""
    database: str = ""


Server = ChromaServer | ChromaCloud


class ChromaStore:
    """One collection of unit vectors, in the folder `path` or on a server.

    On a server `path` only names the collection.

    Raises:
        IndexFaultError: it is damaged, of another embedder, or cannot be reached.
        StorageError: the disk is full or refuses.
    """

    def __init__(
        self, path: Path, dim: int, fingerprint: str, *, server: Server | None = None
    ) -> None:
        self.path = path
        self.dim = dim
        try:
            self._worker = Worker(
                "pmagent.index.chroma_worker",
                # Its threads share what one of them frees: a quarter less memory.
                environment={"MALLOC_ARENA_MAX": "2"},
            )
        except ChildError as exc:
            raise IndexFaultError(f"Chroma does not start: {exc.message}") from exc
        marks = {"dim": dim, "fingerprint": fingerprint}
        with ExitStack() as undo:
            undo.callback(self.close)
            self._ask({"do": "open", "place": _place(path, server), "marks": marks}, wait_s=OPEN_S)
            undo.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The process that runs Chroma."""
        return self._worker.pid

    def close(self) -> None:
        """End the worker; what was added is on disk already."""
        self._worker.close(timeout_s=OPEN_S)

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Keep unit vectors, shape (len(ids), dim), by id; an id that is there stays as it is."""
        for start in range(0, len(ids), VECTORS_AT_ONCE):
            part = slice(start, start + VECTORS_AT_ONCE)
            payload = np.ascontiguousarray(vectors[part], np.float32).tobytes()
            self._ask({"do": "add", "ids": list(ids[part])}, payload)

    def delete(self, ids: Sequence[str]) -> None:
        """Forget these; an id that is not there is no error."""
        for start in range(0, len(ids), IDS_AT_ONCE):
            self._ask({"do": "delete", "ids": list(ids[start : start + IDS_AT_ONCE])})

    def ids(self) -> Iterator[str]:
        """Every id, in no particular order."""
        offset = 0
        while found := _ids_of(self._ask({"do": "ids", "offset": offset})):
            yield from found
            offset += len(found)

    def get(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of those of the ids that are there."""
        kept: dict[str, Vectors] = {}
        for start in range(0, len(ids), VECTORS_AT_ONCE):
            answer = self._ask({"do": "get", "ids": list(ids[start : start + VECTORS_AT_ONCE])})
            found = _ids_of(answer)
            rows = np.frombuffer(answer.payload, np.float32).reshape(-1, self.dim)
            kept.update(zip(found, rows, strict=True))
        return kept

    def query(self, vector: Vectors, count: int) -> list[tuple[str, float]]:
        """The `count` nearest, best first, each with its cosine. Approximate (HNSW)."""
        payload = np.ascontiguousarray(vector, np.float32).tobytes()
        answer = self._ask({"do": "query", "count": count}, payload)
        scores = np.frombuffer(answer.payload, np.float32)
        return list(zip(_ids_of(answer), scores.tolist(), strict=True))

    def count(self) -> int:
        """How many vectors there are."""
        return cast("int", self._ask({"do": "count"}).header["count"])

    def _ask(
        self, header: dict[str, object], payload: bytes = b"", *, wait_s: float = ANSWER_S
    ) -> Frame:
        try:
            answer = self._worker.call(header, payload, timeout_s=wait_s)
        except ChildError as exc:
            raise IndexFaultError(f"Chroma failed: {exc.message}") from exc
        said = answer.header.get("error")
        if said is None:
            return answer
        if any(mark in str(said) for mark in _FULL):
            raise StorageError(
                f'Chroma cannot write "{self.path}": {said}',
                "free some space, then run the command again",
            )
        raise IndexFaultError(f"Chroma failed: {said}")


def quarantine(path: Path) -> Path | None:
    """Put a damaged store aside, in place of the one put aside before; where it is now."""
    if not path.exists():
        return None
    aside = path.with_name(f"{path.name}{QUARANTINE}")
    shutil.rmtree(aside, ignore_errors=True)
    return path.rename(aside)


def _place(path: Path, server: Server | None) -> dict[str, object]:
    place: dict[str, object] = {
        "kind": "embedded", "path": str(path), "collection": COLLECTION,
        "host": "", "port": 0, "is_secure": False, "tenant": "", "database": "",
    }  # fmt: skip
    match server:
        case None:
            return place
        case ChromaServer():
            kind: dict[str, object] = {
                "kind": "http",
                "host": server.host,
                "port": server.port,
                "is_secure": server.is_secure,
            }
        case ChromaCloud():
            kind = {"kind": "cloud", "tenant": server.tenant, "database": server.database}
    # The folder's parent is named after the garden and a hash of its place: no two are the same.
    return {**place, **kind, "collection": f"pmagent-{path.parent.name}"[:MAX_NAME]}


def _ids_of(answer: Frame) -> list[str]:
    return cast("list[str]", answer.header["ids"])
