"""A process that is killed between two bytes leaves a garden that can still be taken back."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path
from random import Random

import pytest

from pmagent.errors import PmagentError
from tests.chaos.effects import LONG, do_one, fill
from tests.journal.lab import Lab, Tree, opened

KILLS = 200 if LONG else 12
LONGEST_S = 0.25


def work_until_killed(base: Path, seed: int, acknowledge: int) -> None:
    """Effects and undos without end; each undo point is told when its maker knows of it."""
    rng = Random(seed)
    lab = Lab(base)
    lab.journal.recover()
    while True:
        try:
            point = do_one(lab, rng)
            if point is not None and rng.random() < 0.3:
                point = lab.journal.undo(point.id)
        except PmagentError:
            continue
        if point is not None:
            os.write(acknowledge, f"{point.id}\n".encode())


def run_and_kill(base: Path, seed: int, after_s: float) -> list[str]:
    """The undo points that a child had made for certain when it was killed."""
    told, acknowledge = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            os.close(told)
            work_until_killed(base, seed, acknowledge)
        os._exit(1)
    os.close(acknowledge)
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the child ended by itself"
    with os.fdopen(told, "rb") as stream:
        return stream.read().decode().split()


def without_links(tree: Tree) -> Tree:
    """A link that a call removed is the one thing that cannot be put back, nor its undo taken."""
    return {path: entry for path, entry in tree.items() if entry[0] != "link"}


@pytest.mark.timeout(900)
def test_after_any_kill_everything_can_be_taken_back(tmp_path: Path) -> None:
    rng = Random(11)
    with opened(tmp_path) as lab:
        fill(lab, rng)
        first = lab.write("first.md", "x")
        lab.journal.undo(first.id)
        before = lab.tree()
        acknowledged: list[str] = []
        interrupted = 0

        for number in range(KILLS):
            acknowledged += run_and_kill(tmp_path, number, rng.uniform(0, LONGEST_S))
            interrupted += len(lab.reopen().recover())
            assert list((lab.folder / "pending").iterdir()) == []

        listed = {point.id for point in lab.journal.checkpoints(limit=10**6)}
        assert set(acknowledged) <= listed
        assert interrupted > 0
        lab.walls.sweep(time.time() + 7_200)  # files half written hold their folders
        lab.journal.rewind(first.id, including=True)
        assert without_links(lab.tree()) == before


def test_a_kill_between_the_effect_and_its_undo_point_can_be_taken_back(tmp_path: Path) -> None:
    with opened(tmp_path) as lab:
        lab.put("a.md", "old")
        before = lab.tree()
        child = os.fork()
        if child == 0:
            with contextlib.suppress(BaseException):
                theirs = Lab(tmp_path)
                theirs.journal.prepare(["a.md", "made/b.md"])
                theirs.put("a.md", "new")
                theirs.put("made/b.md", "b")
                os.kill(os.getpid(), signal.SIGKILL)
            os._exit(1)
        os.waitpid(child, 0)

        [point] = lab.journal.recover()
        assert point.summary.startswith("interrupted: ")
        assert point.paths == ("a.md", "made/b.md")
        assert lab.journal.recover() == []
        lab.journal.undo(point.id)

        assert lab.tree() == before


def test_a_note_that_the_disk_has_damaged_does_not_stop_the_start(tmp_path: Path) -> None:
    with opened(tmp_path) as lab:
        lab.put("a.md", "old")
        lab.journal.prepare(["a.md"])
        lab.put("a.md", "new")
        lab.journal.prepare_all()
        lab.journal.close()
        for note in (lab.folder / "pending").iterdir():
            note.write_bytes(note.read_bytes()[:20])

        assert lab.reopen().recover() == []
        assert lab.write("b.md", "x") == lab.journal.checkpoints()[0]


def test_after_a_kill_what_was_changed_much_later_is_not_the_calls(tmp_path: Path) -> None:
    with opened(tmp_path) as lab:
        lab.put("a.md", "old")
        lab.put("b.md", "old")
        lab.journal.prepare_all()
        lab.put("a.md", "new")
        lab.put("b.md", "the person's, an hour later")
        later = time.time() + 3_600
        os.utime(lab.root / "b.md", (later, later))
        lab.journal.close()

        [point] = lab.reopen().recover()

        assert point.paths == ("a.md",)


def test_a_call_that_still_runs_in_another_process_is_not_taken_for_dead(tmp_path: Path) -> None:
    with opened(tmp_path) as lab:
        here = lab.journal
        before = here.prepare(["a.md"])
        lab.put("a.md", "x")

        assert lab.reopen().recover() == []

        here.abandon(before)


def write_ten(base: Path, path: str) -> int:
    with contextlib.suppress(BaseException):
        lab = Lab(base)
        for number in range(10):
            lab.write(path, f"{number}")
        return 0
    return 1


def test_three_processes_that_write_at_once_lose_no_undo_point(tmp_path: Path) -> None:
    with opened(tmp_path) as lab:
        children: list[int] = []
        for name in ("one", "two", "three"):
            child = os.fork()
            if child == 0:
                os._exit(write_ten(tmp_path, f"{name}.md"))
            children.append(child)
        statuses = [os.waitpid(child, 0)[1] for child in children]

        assert statuses == [0, 0, 0]
        points = lab.journal.checkpoints(limit=100)
        assert len(points) == len({point.id for point in points}) == 30
        lab.journal.rewind(points[-1].id, including=True)
        assert lab.tree() == {}
