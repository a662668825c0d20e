from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pmagent.errors import IndexFaultError, StorageError
from pmagent.index.half import widen
from pmagent.index.matrix import HEAD_BYTES, FlatMatrix

DIM = 16
MARK = "weights-r1-int8"

WRITER = """
import sys
from pathlib import Path
import numpy as np
from pmagent.index.matrix import FlatMatrix

matrix = FlatMatrix(Path(sys.argv[1]), 16, "weights-r1-int8")
while True:
    first = matrix.append(np.full((7, 16), len(matrix) % 1000, np.float32))
    matrix.flush()
    print(len(matrix), flush=True)
    matrix.append(np.full((5, 16), -1, np.float32))
    matrix.truncate(first + 7)
"""

FILLER = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from pmagent.errors import StorageError
from pmagent.index.matrix import FlatMatrix

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (6_000, 6_000))
matrix = FlatMatrix(Path(sys.argv[1]), 16, "weights-r1-int8")
matrix.append(np.ones((10, 16), np.float32))
matrix.flush()
try:
    matrix.append(np.ones((1_000, 16), np.float32))
except StorageError as exc:
    print(exc.message)
print(len(matrix))
"""


def vectors(rows: int, seed: int = 1) -> NDArray[np.float32]:
    found = np.random.default_rng(seed).normal(size=(rows, DIM)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_rows_and_their_products_are_those_of_float16(tmp_path: Path) -> None:
    path, rows = tmp_path / "m.f16", vectors(2_500)
    written = FlatMatrix(path, DIM, MARK)
    assert written.append(rows[:1_000]) == 0
    assert written.append(rows[1_000:]) == 1_000
    written.flush()
    written.close()

    matrix = FlatMatrix(path, DIM, MARK, read_only=True)

    halves = rows.astype(np.float16).astype(np.float32)
    np.testing.assert_array_equal(matrix.rows([2_499, 0, 7]), halves[[2_499, 0, 7]])
    np.testing.assert_allclose(matrix.scan(rows[3]), halves @ rows[3], atol=1e-6)
    assert int(np.argmax(matrix.scan(rows[1_234]))) == 1_234


def test_every_finite_half_widens_to_the_same_number() -> None:
    halves = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    finite = halves[np.isfinite(halves)]

    np.testing.assert_array_equal(widen(finite), finite.astype(np.float32))


def test_a_matrix_without_rows_scans_to_nothing(tmp_path: Path) -> None:
    matrix = FlatMatrix(tmp_path / "m.f16", DIM, MARK)

    assert matrix.scan(vectors(1)[0]).shape == (0,)
    assert matrix.rows([]).shape == (0, DIM)


def test_a_reader_sees_rows_once_they_are_flushed_and_it_looks_again(tmp_path: Path) -> None:
    path, rows = tmp_path / "m.f16", vectors(5)
    writer = FlatMatrix(path, DIM, MARK)
    reader = FlatMatrix(path, DIM, MARK, read_only=True)
    writer.append(rows)
    reader.refresh()
    assert (len(writer), len(reader)) == (5, 0)

    writer.flush()
    assert len(reader) == 0
    reader.refresh()

    assert len(reader) == 5
    assert int(np.argmax(reader.scan(rows[4]))) == 4


def test_truncated_rows_are_written_over_under_a_reader(tmp_path: Path) -> None:
    path, rows = tmp_path / "m.f16", vectors(2_000)
    writer = FlatMatrix(path, DIM, MARK)
    writer.append(rows)
    writer.flush()
    reader = FlatMatrix(path, DIM, MARK, read_only=True)
    reader.scan(rows[0])

    writer.truncate(3)
    assert len(reader.scan(rows[0])) == 2_000
    assert writer.append(rows[100:102]) == 3
    writer.flush()
    reader.refresh()

    assert len(reader) == 5
    np.testing.assert_array_equal(reader.rows([3, 4]), writer.rows([3, 4]))
    assert int(np.argmax(reader.scan(rows[101]))) == 4


def test_what_is_left_of_truncated_rows_is_not_seen_after_reopening(tmp_path: Path) -> None:
    path = tmp_path / "m.f16"
    writer = FlatMatrix(path, DIM, MARK)
    writer.append(vectors(10))
    writer.flush()
    writer.truncate(4)
    writer.close()

    assert len(FlatMatrix(path, DIM, MARK)) == 4


def test_erased_rows_are_like_nothing_and_the_others_stay(tmp_path: Path) -> None:
    path, rows = tmp_path / "m.f16", vectors(6)
    matrix = FlatMatrix(path, DIM, MARK)
    matrix.append(rows)
    matrix.flush()

    matrix.erase([1, 4])

    scores = matrix.scan(rows[1])
    assert scores[[1, 4]].tolist() == [0.0, 0.0]
    assert len(matrix) == 6
    kept = rows[0].astype(np.float16).tobytes()
    gone = rows[1].astype(np.float16).tobytes()
    assert kept in path.read_bytes()
    assert gone not in path.read_bytes()


@pytest.mark.parametrize(
    ("dim", "mark", "says"),
    [(DIM, "other-r1-int8", "another embedder"), (DIM + 8, MARK, "another version or width")],
)
def test_a_matrix_of_another_embedder_is_refused(
    tmp_path: Path, dim: int, mark: str, says: str
) -> None:
    FlatMatrix(tmp_path / "m.f16", DIM, MARK).close()

    with pytest.raises(IndexFaultError, match=says):
        FlatMatrix(tmp_path / "m.f16", dim, mark)


@pytest.mark.parametrize("content", [b"", b"PMVECTOR", b"\0" * 9_000, os.urandom(5_000)])
def test_a_file_that_is_no_matrix_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.f16"
    path.write_bytes(content)

    with pytest.raises(IndexFaultError):
        FlatMatrix(path, DIM, MARK, read_only=True)


def test_a_missing_matrix_is_no_matrix_for_a_reader(tmp_path: Path) -> None:
    with pytest.raises(IndexFaultError, match="no such file"):
        FlatMatrix(tmp_path / "m.f16", DIM, MARK, read_only=True)


def test_of_a_file_that_was_cut_the_whole_rows_are_kept(tmp_path: Path) -> None:
    path, rows = tmp_path / "m.f16", vectors(10)
    matrix = FlatMatrix(path, DIM, MARK)
    matrix.append(rows)
    matrix.flush()
    matrix.close()
    os.truncate(path, HEAD_BYTES + 6 * DIM * 2 + 5)

    matrix = FlatMatrix(path, DIM, MARK)

    assert len(matrix) == 6
    assert matrix.append(rows[:1]) == 6


def test_a_full_disk_is_said_and_nothing_is_added(tmp_path: Path) -> None:
    path = tmp_path / "m.f16"

    ran = _run(FILLER, path)

    assert ran.stdout.splitlines() == [f'cannot write "{path}": file too large', "10"]
    assert len(FlatMatrix(path, DIM, MARK)) == 10


def test_every_flushed_row_survives_kills_at_any_moment(tmp_path: Path) -> None:
    path = tmp_path / "m.f16"
    chance = random.Random(7)
    expected = 0
    for _ in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)],
            stdout=subprocess.PIPE,
            env=_environment(),
            text=True,
        ) as writer:
            assert writer.stdout is not None
            said = [int(writer.stdout.readline()) for _ in range(chance.randrange(1, 60))]
            writer.send_signal(signal.SIGKILL)
        matrix = FlatMatrix(path, DIM, MARK)
        flushed = len(matrix) // 7 * 7  # a kill may fall between an append and its truncation
        assert flushed >= max(said, default=expected)
        firsts = np.arange(flushed) // 7 * 7
        np.testing.assert_array_equal(
            matrix.rows(range(flushed)), np.repeat((firsts % 1000)[:, None], DIM, axis=1)
        )
        matrix.truncate(flushed)
        matrix.close()
        expected = flushed


def test_a_failed_write_is_a_storage_error(tmp_path: Path) -> None:
    path = tmp_path / "m.f16"
    FlatMatrix(path, DIM, MARK).close()
    matrix = FlatMatrix(path, DIM, MARK, read_only=True)

    with pytest.raises(StorageError, match="cannot write"):
        matrix.append(vectors(1))


def _run(source: str, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", source, str(path)],
        env=_environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
