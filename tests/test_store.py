"""Databases and locks are safe with several processes, whenever they start and end."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from pmagent.errors import IndexFaultError, LockedError
from pmagent.store import WriterLock, open_database

MIGRATIONS = ("CREATE TABLE a (n INTEGER); INSERT INTO a VALUES (1)", "CREATE TABLE b (n INTEGER)")


def forked(count: int, work: object) -> list[int]:
    """The exit codes of `count` processes that call `work` at once, 0 where it returns."""
    assert callable(work)
    children: list[int] = []
    for _ in range(count):
        child = os.fork()
        if child == 0:
            with contextlib.suppress(BaseException):
                work()
                os._exit(0)
            os._exit(1)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def test_processes_that_open_a_new_database_at_once_make_it_once(tmp_path: Path) -> None:
    for number in range(10):
        path = tmp_path / f"{number}.db"

        def make(path: Path = path) -> None:
            open_database(path, MIGRATIONS).close()

        assert forked(4, make) == [0] * 4
        database = open_database(path, MIGRATIONS)
        assert database.execute("SELECT count(*) FROM a").fetchone() == (1,)
        database.close()


def test_a_durable_database_waits_for_the_disk(tmp_path: Path) -> None:
    full, normal = 2, 1
    for is_durable, expected in ((True, full), (False, normal)):
        database = open_database(tmp_path / "x.db", MIGRATIONS, is_durable=is_durable)
        assert database.execute("PRAGMA synchronous").fetchone() == (expected,)
        database.close()


def test_a_damaged_database_is_said_to_be_with_the_hint_that_was_given(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"nothing of the kind" * 100)

    with pytest.raises(IndexFaultError, match="is damaged") as caught:
        open_database(tmp_path / "x.db", MIGRATIONS, mend="move it away")

    assert caught.value.hint == "move it away"


def test_a_lock_whose_file_is_taken_away_still_lets_one_in_at_a_time(tmp_path: Path) -> None:
    counter = tmp_path / "counter"
    counter.write_text("0")

    def count() -> None:
        done = 0
        while done < 150:
            lock = WriterLock(tmp_path / "lock")
            try:
                lock.take()
            except LockedError:
                continue
            counter.write_text(str(int(counter.read_text()) + 1))
            lock.free(remove=True)
            done += 1

    assert forked(3, count) == [0] * 3
    assert counter.read_text() == "450"
    assert not (tmp_path / "lock").exists()
