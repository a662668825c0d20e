"""Vectors in one flat file: appended by the writer, scanned exactly by any number of readers.

Rows are float16. The file's head says how many rows are whole; it is written after they are on
disk, so a writer that is killed at any moment leaves a file that is right up to there, and what
lies beyond is written over. The file never shrinks: a reader may have any part of it mapped.
"""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from pmagent.errors import IndexFaultError, StorageError
from pmagent.index.half import SCALE, widen, widen_scaled
from pmagent.paths import reason_of, write_atomically

VERSION = 1
HEAD_BYTES = 4_096
"""A page, so that the rows of a mapped file are aligned."""
ROWS_AT_ONCE = 1_024
"""Widened together: a block that stays in the processor's cache."""
WARM_SCANS = 3
"""From this scan on a reader keeps the rows widened: a process that asks often asks again."""
MOST_KEPT = 120_000
"""Rows a reader keeps so: 180 MB of 384 numbers. More are widened at every scan."""
_MAGIC = b"PMVECTOR"
_HEAD = struct.Struct("<8sIIQ128s")
_COUNT = struct.Struct("<Q")
_COUNT_AT = 16

Vectors = NDArray[np.float32]
_Halves = NDArray[np.float16]


class FlatMatrix:
    """The matrix at `path`, made when it is not there. One writer at a time, any readers.

    Raises:
        IndexFaultError: it is of another embedder, width or version, or no such file.
        StorageError: the disk is full or refuses.
    """

    def __init__(self, path: Path, dim: int, fingerprint: str, *, read_only: bool = False) -> None:
        self.path = path
        self.dim = dim
        self._row_bytes = dim * np.dtype(np.float16).itemsize
        self._mapped: _Halves = np.empty((0, dim), np.float16)
        self._kept: Vectors = np.empty((0, dim), np.float32)
        self._may_keep = read_only
        self._scans = 0
        expected = _HEAD.pack(_MAGIC, VERSION, dim, 0, fingerprint.encode())
        if not read_only and not path.exists():
            write_atomically(path, expected.ljust(HEAD_BYTES, b"\0"))
        try:
            self._descriptor = os.open(path, os.O_RDONLY if read_only else os.O_RDWR)
        except OSError as exc:
            raise IndexFaultError(f'cannot open "{path}": {reason_of(exc)}') from exc
        with ExitStack() as undo:
            undo.callback(self.close)
            self._check(expected)
            self._rows = self._whole_rows()
            undo.pop_all()

    def __len__(self) -> int:
        """Rows there are; for the writer those not flushed yet too."""
        return self._rows

    def close(self) -> None:
        """Release the file. What is not flushed is not there for anybody else."""
        self._mapped = np.empty((0, self.dim), np.float16)
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def append(self, vectors: Vectors) -> int:
        """Add rows and give the number of the first. Readers see them after `flush`.

        Raises:
            StorageError: the disk is full or refuses; nothing is added.
        """
        first = self._rows
        self._write(vectors.astype(np.float16).tobytes(), self._place(first))
        self._rows = first + len(vectors)
        return first

    def flush(self) -> None:
        """Put what was appended on disk, then say that it is there.

        Raises:
            StorageError: the disk is full or refuses.
        """
        self._sync()
        self._write(_COUNT.pack(self._rows), _COUNT_AT)
        self._sync()

    def truncate(self, rows: int) -> None:
        """Forget the rows from `rows` on; the next ones are written over them."""
        if rows > self._rows:
            raise ValueError(f"there are {self._rows} rows, not {rows}")
        if rows < self._rows:
            self._rows = rows
            self.flush()

    def erase(self, rows: Sequence[int]) -> None:
        """Overwrite rows by zeros: they stay in their places and are like nothing."""
        nothing = bytes(self._row_bytes)
        for row in rows:
            self._write(nothing, self._place(row))
        self._sync()

    def rows(self, numbers: Sequence[int]) -> Vectors:
        """These rows, in this order: shape (len(numbers), dim)."""
        return widen(self._map()[np.asarray(numbers, np.int64)])

    def scan(self, vector: Vectors) -> Vectors:
        """(len(self),) the dot product of `vector` with every row."""
        mapped = self._map()
        self._scans += 1
        if len(self._kept) == len(mapped) > 0:
            return self._kept @ vector.astype(np.float32).reshape(-1)
        if self._may_keep and self._scans >= WARM_SCANS and len(mapped) <= MOST_KEPT:
            self._kept = widen(mapped)
        products = np.empty(len(mapped), np.float32)
        block = np.empty((ROWS_AT_ONCE, self.dim), np.float32)
        # Scaled up front: products of the small widened numbers would lose their last digits.
        scaled = vector.astype(np.float32).reshape(-1) * SCALE
        for start in range(0, len(mapped), ROWS_AT_ONCE):
            halves = mapped[start : start + ROWS_AT_ONCE]
            wide = widen_scaled(halves, block[: len(halves)])
            np.matmul(wide, scaled, out=products[start : start + len(halves)])
        return products

    def refresh(self) -> None:
        """See the rows another process flushed since."""
        self._rows = self._whole_rows()

    def _check(self, expected: bytes) -> None:
        head = self._read(_HEAD.size, 0)
        if len(head) < _HEAD.size or not head.startswith(_MAGIC):
            raise IndexFaultError(f'"{self.path.name}" is no matrix of vectors, or is damaged')
        if head[:_COUNT_AT] != expected[:_COUNT_AT]:
            raise IndexFaultError(f'"{self.path.name}" is of another version or width')
        if head[_COUNT_AT + _COUNT.size :] != expected[_COUNT_AT + _COUNT.size :]:
            raise IndexFaultError(f'"{self.path.name}" was made by another embedder')

    def _whole_rows(self) -> int:
        """What the head says, or less where the file was cut."""
        (said,) = cast("tuple[int]", _COUNT.unpack(self._read(_COUNT.size, _COUNT_AT)))
        there = (os.fstat(self._descriptor).st_size - HEAD_BYTES) // self._row_bytes
        return min(said, max(there, 0))

    def _map(self) -> _Halves:
        if len(self._mapped) < self._rows:
            self._mapped = cast(
                "_Halves",
                np.memmap(
                    self.path, np.float16, "r", offset=HEAD_BYTES, shape=(self._rows, self.dim)
                ),
            )
        return self._mapped[: self._rows]

    def _place(self, row: int) -> int:
        return HEAD_BYTES + row * self._row_bytes

    def _read(self, count: int, offset: int) -> bytes:
        try:
            return os.pread(self._descriptor, count, offset)
        except OSError as exc:
            raise IndexFaultError(f'cannot read "{self.path}": {reason_of(exc)}') from exc

    def _write(self, content: bytes, offset: int) -> None:
        rest = memoryview(content)
        try:
            while rest:
                done = os.pwrite(self._descriptor, rest, offset)
                rest, offset = rest[done:], offset + done
        except OSError as exc:
            raise _refused(self.path, exc) from exc

    def _sync(self) -> None:
        try:
            os.fsync(self._descriptor)
        except OSError as exc:
            raise _refused(self.path, exc) from exc


def _refused(path: Path, exc: OSError) -> StorageError:
    hint = "free some space, then run the command again" if exc.errno == errno.ENOSPC else ""
    return StorageError(f'cannot write "{path}": {reason_of(exc)}', hint)
