"""Chroma in a process of its own: a damaged segment ends this process and no other.

Answers `vectors.ChromaStore` over its standard input and output. It holds vectors and ids, never
texts. Any fault Chroma names is answered with its words; any other ends the process, which is an
answer too.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Literal, TypedDict, cast

import chromadb
import numpy as np
from chromadb.api import ClientAPI
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings
from chromadb.errors import ChromaError, NotFoundError
from numpy.typing import NDArray

from pmagent.sandbox.frames import Frame, serve

API_KEY_VARIABLE = "CHROMA_API_KEY"
FORM = 1
"""Of what is in a collection; raised when an older one cannot be used."""
SAMPLES = 32
IDS_AT_ONCE = 10_000
UNIT_TOLERANCE = 0.01

Vectors = NDArray[np.float32]


class Place(TypedDict):
    """Where the collection is, as `vectors` says it."""

    kind: Literal["embedded", "http", "cloud"]
    path: str
    host: str
    port: int
    is_secure: bool
    tenant: str
    database: str
    collection: str


class _Answers:
    """The requests, one method each, on the collection `open` opened."""

    def __init__(self) -> None:
        self._collection: Collection | None = None

    def answer(self, request: Frame) -> Frame:
        """The reply to one request; Chroma's own errors become `{"error": …}`."""
        work: dict[str, Callable[[Frame], Frame]] = {
            "open": self._open,
            "add": self._add,
            "delete": self._delete,
            "ids": self._ids,
            "get": self._get,
            "query": self._query,
            "count": lambda _: Frame({"count": self._there.count()}),
        }
        try:
            return work[cast("str", request.header["do"])](request)
        except (ChromaError, OSError, ValueError, RuntimeError) as exc:
            return Frame({"error": f"{type(exc).__name__}: {exc}"})

    def _open(self, request: Frame) -> Frame:
        place = cast("Place", request.header["place"])
        marks = {**cast("dict[str, str | int]", request.header["marks"]), "form": FORM}
        client = _connect(place)
        try:
            found = client.get_collection(place["collection"], embedding_function=None)
        except NotFoundError:
            found = client.create_collection(
                place["collection"],
                metadata=marks,
                configuration={"hnsw": {"space": "ip"}},
                embedding_function=None,
            )
        self._collection = found
        if {key: (found.metadata or {}).get(key) for key in marks} != marks:
            return Frame({"error": "it was made by another embedder"})
        return Frame({"error": said} if (said := self._complaint()) else {})

    def _complaint(self) -> str:
        """What a sample of the vectors shows to be wrong; reading them loads the whole index."""
        count = self._there.count()
        offsets = range(0, count, max(count // SAMPLES, 1))
        misses = 0
        for offset in offsets:
            found = self._there.get(limit=1, offset=offset, include=["embeddings"])
            vector = np.asarray(found["embeddings"], np.float32)
            if len(vector) != 1 or abs(float(np.linalg.norm(vector)) - 1) > UNIT_TOLERANCE:
                return "it holds vectors that are none"
            nearest = self._there.query(query_embeddings=vector, n_results=1, include=["distances"])
            distances = cast("list[list[float]]", nearest["distances"])[0]
            misses += not distances or distances[0] > UNIT_TOLERANCE
        # The search is approximate: it misses a few of what it holds even when all is well.
        return "it does not find what it holds" if misses * 2 > len(offsets) else ""

    def _add(self, request: Frame) -> Frame:
        ids = cast("list[str]", request.header["ids"])
        vectors = np.frombuffer(request.payload, np.float32).reshape(len(ids), -1)
        # Ids are hashes of the texts, so what is there already is right.
        self._there.add(ids=ids, embeddings=vectors)
        return Frame({})

    def _delete(self, request: Frame) -> Frame:
        self._there.delete(ids=cast("list[str]", request.header["ids"]))
        return Frame({})

    def _ids(self, request: Frame) -> Frame:
        offset = cast("int", request.header["offset"])
        return Frame({"ids": self._there.get(limit=IDS_AT_ONCE, offset=offset, include=[])["ids"]})

    def _get(self, request: Frame) -> Frame:
        ids = cast("list[str]", request.header["ids"])
        found = self._there.get(ids=ids, include=["embeddings"])
        return Frame({"ids": found["ids"]}, _packed(found["embeddings"]))

    def _query(self, request: Frame) -> Frame:
        vector = np.frombuffer(request.payload, np.float32).reshape(1, -1)
        found = self._there.query(
            query_embeddings=vector,
            n_results=cast("int", request.header["count"]),
            include=["distances"],
        )
        distances = cast("list[list[float]]", found["distances"])[0]
        return Frame({"ids": found["ids"][0]}, _packed([1 - distance for distance in distances]))

    @property
    def _there(self) -> Collection:
        if self._collection is None:
            raise RuntimeError("no collection is open")
        return self._collection


def _connect(place: Place) -> ClientAPI:
    settings = Settings(anonymized_telemetry=False)
    match place["kind"]:
        case "embedded":
            return chromadb.PersistentClient(place["path"], settings=settings)
        case "http":
            return chromadb.HttpClient(
                place["host"], place["port"], ssl=place["is_secure"], settings=settings
            )
        case "cloud":
            return chromadb.CloudClient(
                tenant=place["tenant"] or None,
                database=place["database"] or None,
                api_key=os.environ.get(API_KEY_VARIABLE),
                settings=settings,
            )


def _packed(values: Sequence[object] | NDArray[np.generic] | None) -> bytes:
    return np.asarray(values, np.float32).tobytes()


if __name__ == "__main__":
    serve(_Answers().answer)
