"""Texts to vectors with the transformer, without torch: onnxruntime, tokenizers and numpy.

Each text goes through the graph alone, on one core; several texts go on several cores. So no text
is padded, and a text's vector does not depend on what it is embedded with.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from pmagent.errors import ChildError, EmbedderError
from pmagent.index.weights import REMAKE, TOKENIZER, Export, find_export, hash_file, verify
from pmagent.sandbox.child import Child

Vectors = NDArray[np.float32]
Spans = list[tuple[int, int]]

THREADS = 2
TEXTS_AT_ONCE = 512
"""Tokenised together; more would only hold memory."""
ROWS_AT_ONCE = 64
"""Texts of one length that go through the graph together."""
EXPORT_LINE_S = 600.0
"""A model of a billion weights takes minutes between two of the export's reports."""
_SILENT = 3
_runtime = cast("Any", onnxruntime)  # it carries no types
_RUNTIME_ERRORS = cast(
    "tuple[type[Exception], ...]",
    tuple(
        getattr(_runtime.capi.onnxruntime_pybind11_state, name)
        for name in (
            "EPFail", "Fail", "InvalidArgument", "InvalidGraph", "InvalidProtobuf", "NoModel",
            "NoSuchFile", "NotFound", "NotImplemented", "RuntimeException",
        )
    ),
)  # fmt: skip
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class _Session(Protocol):
    def run(
        self, output_names: None, input_feed: Mapping[str, NDArray[np.int64]]
    ) -> list[Vectors]: ...


class OnnxEmbedder:
    """An exported model, ready to run. Safe to use from several threads."""

    def __init__(self, export: Export, *, threads: int = THREADS) -> None:
        self.name = export.name
        self.dim = export.dim
        self.fingerprint = export.fingerprint
        self.note = export.note
        self._is_mean = export.pooling == "mean"
        self._threads = threads
        self._pool: ThreadPoolExecutor | None = None
        self._pool_lock = threading.Lock()
        self._tokenizer = open_tokenizer(export)
        self._session = _open_session(export)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one row per text: shape (len(texts), self.dim). Empty input gives (0, dim).

        A text longer than the model reads is cut. Cost is about linear in the words.
        """
        vectors = np.empty((len(texts), self.dim), np.float32)
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            part = list(texts[start : start + TEXTS_AT_ONCE])
            encodings = self._tokenizer.encode_batch_fast(part)
            hidden = self._map(self._pooled, [encoding.ids for encoding in encodings])
            for row, vector in enumerate(hidden, start):
                vectors[row] = vector
        return unit(vectors)

    def embed_tokens(self, texts: Sequence[str]) -> list[tuple[Spans, Vectors]]:
        """For each text its word pieces: their character spans, and their unit vectors (n, dim).

        Pieces that stand for no characters (start and end marks) are left out.
        """
        encodings = self._tokenizer.encode_batch(list(texts))
        return list(self._map(self._pieces, encodings))

    def embed_pieces(self, pieces: Sequence[Sequence[int]]) -> Vectors:
        """Unit vectors of texts given as rows of piece ids, all of one length, marks included."""
        parts = [pieces[at : at + ROWS_AT_ONCE] for at in range(0, len(pieces), ROWS_AT_ONCE)]
        pooled = self._map(lambda part: self._pool_rows(self._run(part)), parts)
        return unit(np.concatenate(list(pooled)))

    def close(self) -> None:
        """End its threads."""
        if self._pool is not None:
            self._pool.shutdown()

    def _map(self, work: Callable[[_Item], _Result], items: Sequence[_Item]) -> Iterator[_Result]:
        if len(items) == 1 or self._threads == 1:
            return map(work, items)
        with self._pool_lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._threads, "embed")
        return self._pool.map(work, items)

    def _pooled(self, ids: Sequence[int]) -> Vectors:
        return self._pool_rows(self._run([ids]))[0]

    def _pool_rows(self, hidden: Vectors) -> Vectors:
        return hidden.mean(axis=1) if self._is_mean else hidden[:, 0]

    def _pieces(self, encoding: Encoding) -> tuple[Spans, Vectors]:
        kept = [place for place, (start, end) in enumerate(encoding.offsets) if end > start]
        spans = [encoding.offsets[place] for place in kept]
        return spans, unit(self._run([encoding.ids])[0][kept])

    def _run(self, ids: Sequence[Sequence[int]]) -> Vectors:
        try:
            return self._session.run(None, {"input_ids": np.array(ids, np.int64)})[0]
        except _RUNTIME_ERRORS as exc:
            raise EmbedderError(f'the embedder "{self.name}" does not run: {exc}', REMAKE) from exc


def load_embedder(model: str, cache: Path, *, threads: int = THREADS) -> OnnxEmbedder:
    """The embedder of `model` as it was exported into `cache`: about 0.1 s of CPU.

    Raises:
        EmbedderError: it is not exported yet, or is damaged.
    """
    return OnnxEmbedder(find_export(model, cache), threads=threads)


def ensure_exported(model: str, cache: Path, on_step: Callable[[str], None] | None = None) -> None:
    """Export `model` into `cache` unless a whole export is there; a damaged one is made again.

    The work is done by a child process: half a minute of one core for the default model, once.
    `on_step` hears what it is doing, in plain words.

    Raises:
        EmbedderError: the weights are missing, are not what they should be, or do not run.
    """
    arguments = ["--model", model, "--out", str(cache)]
    try:
        if verify(find_export(model, cache)):
            return
    except EmbedderError:
        pass  # nothing there yet, or nothing whole: that is what the child is for
    try:
        with Child("pmagent.index.export", arguments) as child:
            for line in child.lines(timeout_s=EXPORT_LINE_S):
                _hear(line, on_step)
            if child.wait(EXPORT_LINE_S) != 0:
                raise EmbedderError(
                    f'the embedder "{model}" could not be made: {child.failure()}',
                    "search by words works without it",
                )
    except ChildError as exc:
        raise EmbedderError(
            f'the embedder "{model}" could not be made: {exc.message}',
            "search by words works without it",
        ) from exc


def open_tokenizer(export: Export) -> Tokenizer:
    """The model's tokenizer, cutting at what the model reads and padding nothing.

    The file's own settings may say otherwise: the packaged one pads every text to 128 pieces.

    Raises:
        EmbedderError: it is damaged.
    """
    # Checked here, for the library raises a bare Exception on a damaged file.
    if hash_file(export.tokenizer) != export.sha256[TOKENIZER]:
        raise EmbedderError(f'the tokenizer of "{export.name}" is damaged', REMAKE)
    tokenizer = Tokenizer.from_file(str(export.tokenizer))
    cast("Any", tokenizer).enable_truncation(export.max_tokens)
    tokenizer.no_padding()
    return tokenizer


def unit(vectors: Vectors) -> Vectors:
    """The rows at length one; a row of zeros stays one."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, np.newaxis]
    return vectors / np.maximum(lengths, np.float32(1e-12))


def _open_session(export: Export) -> _Session:
    options = _runtime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = _SILENT
    levels = _runtime.GraphOptimizationLevel
    # A built graph is fused already; further passes would only bring slower operators back.
    options.graph_optimization_level = (
        levels.ORT_DISABLE_ALL if export.route == "built" else levels.ORT_ENABLE_ALL
    )
    try:
        return cast(
            "_Session",
            _runtime.InferenceSession(
                str(export.graph), options, providers=["CPUExecutionProvider"]
            ),
        )
    except _RUNTIME_ERRORS as exc:
        raise EmbedderError(f'the embedder "{export.name}" does not load: {exc}', REMAKE) from exc


def _hear(line: str, on_step: Callable[[str], None] | None) -> None:
    told = cast("dict[str, str]", json.loads(line))
    if "error" in told:
        raise EmbedderError(told["error"], told.get("hint", ""))
    if on_step is not None:
        on_step(told["step"])
