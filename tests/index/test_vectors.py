from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pmagent.errors import IndexFaultError
from pmagent.index.vectors import ChromaServer, ChromaStore, quarantine

DIM = 24
MARK = "weights-r1-int8"
MANY = 2_300
"""Enough for Chroma to write a segment file, which it does every 1,000."""


def vectors(rows: int, seed: int = 1) -> NDArray[np.float32]:
    found = np.random.default_rng(seed).normal(size=(rows, DIM)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def names(rows: int, start: int = 0) -> list[str]:
    return [f"{number:032x}" for number in range(start, start + rows)]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("chroma") / "vectors"
    with ChromaStore(path, DIM, MARK) as store:
        store.add(names(MANY), vectors(MANY))
    return path


@pytest.fixture
def folder(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "vectors"))


def test_what_was_added_is_there_after_reopening(folder: Path) -> None:
    ids, rows = names(MANY), vectors(MANY)

    with ChromaStore(folder, DIM, MARK) as store:
        assert store.count() == MANY
        assert sorted(store.ids()) == ids
        found = store.get([ids[2_000], "not there", ids[3]])
        assert set(found) == {ids[2_000], ids[3]}
        assert store.get(["not there"]) == {}
        np.testing.assert_allclose(found[ids[3]], rows[3], atol=1e-6)
        np.testing.assert_allclose(found[ids[2_000]], rows[2_000], atol=1e-6)
        nearest = store.query(rows[7], 3)
        assert nearest[0][0] == ids[7]
        scores = [score for _, score in nearest]
        assert scores == sorted(scores, reverse=True)
        assert scores[0] == pytest.approx(1, abs=1e-5)


def test_adding_twice_and_deleting_what_is_not_there_is_harmless(tmp_path: Path) -> None:
    ids, rows = names(20), vectors(20)
    with ChromaStore(tmp_path / "vectors", DIM, MARK) as store:
        store.add(ids[:12], rows[:12])
        store.add(ids[8:], rows[8:])
        store.delete([ids[0], ids[19], "not there"])
        store.add([], rows[:0])

        assert sorted(store.ids()) == ids[1:19]
        np.testing.assert_allclose(store.get([ids[9]])[ids[9]], rows[9], atol=1e-6)


def test_the_vectors_of_another_embedder_are_refused(folder: Path) -> None:
    with pytest.raises(IndexFaultError, match="made by another embedder"):
        ChromaStore(folder, DIM, "other-r1-int8")


def _scramble(path: Path) -> None:
    path.write_bytes(os.urandom(path.stat().st_size))


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 3)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("chroma.sqlite3", _scramble),
        ("*/data_level0.bin", _scramble),
        ("*/data_level0.bin", _cut),
        ("*/link_lists.bin", Path.unlink),
    ],
)
def test_a_damaged_folder_is_refused_and_put_aside_for_another(
    folder: Path, name: str, damage: Callable[[Path], None]
) -> None:
    [path] = folder.glob(name)
    damage(path)

    with pytest.raises(IndexFaultError):
        ChromaStore(folder, DIM, MARK)
    aside = quarantine(folder)

    assert aside is not None
    assert (aside / "chroma.sqlite3").exists()
    assert not folder.exists()


def test_only_the_last_damaged_folder_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "vectors"
    for mark in ("first", "second"):
        path.mkdir()
        (path / mark).touch()
        quarantine(path)

    assert sorted(found.name for found in tmp_path.rglob("*")) == ["second", "vectors.damaged"]
    assert quarantine(path) is None


def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    path, ids, rows = tmp_path / "vectors", names(1_500), vectors(1_500)
    store = ChromaStore(path, DIM, MARK)
    store.add(ids, rows)
    os.kill(store.pid, signal.SIGKILL)
    with pytest.raises(IndexFaultError, match=r"died with signal 9 \(SIGKILL\)"):
        store.count()
    store.close()

    with ChromaStore(path, DIM, MARK) as store:
        assert sorted(store.ids()) == ids
        assert len(store.get(ids)) == 1_500


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ChromaServer]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [
            str(Path(sys.executable).with_name("chroma")), "run",
            "--path", str(tmp_path / "remote"), "--host", "127.0.0.1", "--port", str(port),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
    ) as process:  # fmt: skip
        _wait_for(port)
        yield ChromaServer(host="127.0.0.1", port=port)
        process.terminate()


def test_a_server_keeps_each_garden_apart(tmp_path: Path, server: ChromaServer) -> None:
    one, other = tmp_path / "one-1a" / "vectors", tmp_path / "other-2b" / "vectors"
    ids, rows = names(40), vectors(40)
    with ChromaStore(one, DIM, MARK, server=server) as store:
        store.add(ids, rows)
        assert store.query(rows[5], 1)[0][0] == ids[5]

    with ChromaStore(other, DIM, MARK, server=server) as store:
        assert store.count() == 0
    assert not one.exists()


def test_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(IndexFaultError, match="Chroma"):
        ChromaStore(
            tmp_path / "g" / "vectors", DIM, MARK, server=ChromaServer(host="127.0.0.1", port=1)
        )


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("the Chroma server did not start")
