from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import zlib
from pathlib import Path

import pytest

from pmagent.errors import JournalError
from pmagent.journal import library, objects
from pmagent.journal.observe import Limits
from tests.journal.lab import Lab


def disk_holds(folder: Path, text: bytes) -> bool:
    """Whether git finds an object with `text` in it, packed or not."""
    listed = subprocess.run(
        ["git", "--git-dir", str(folder), "cat-file", "--batch-all-objects", "--batch"],
        capture_output=True,
        check=True,
    )
    return text in listed.stdout


def fsck(folder: Path) -> str:
    done = subprocess.run(
        ["git", "--git-dir", str(folder), "fsck", "--full", "--strict", "--no-dangling"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout if done.returncode == 0 else f"{done.returncode}: {done.stderr}"


def test_the_journal_is_a_repository_that_git_finds_whole(lab: Lab) -> None:
    for number in range(20):
        lab.put(f"{number}.md", f"{number}\n" * 50)
    lab.run(lambda: [lab.put(f"{number}.md", "new") for number in range(20)])
    lab.write("a.md", "x")

    assert fsck(lab.folder) == ""


def test_pruning_removes_old_undo_points_and_their_bytes(lab: Lab) -> None:
    lab.put("a.md", "FIRST-1138")
    for number in range(6):
        lab.write("a.md", f"version {number}")

    assert lab.journal.prune(keep=2) == 4

    kept = lab.journal.checkpoints()
    assert len(kept) == 2
    assert not disk_holds(lab.folder, b"FIRST-1138")
    assert fsck(lab.folder) == ""
    lab.journal.rewind(kept[-1].id, including=True)
    assert lab.get("a.md") == "version 3"


def test_pruning_by_age_keeps_what_is_younger(lab: Lab) -> None:
    lab.write("a.md", "1")
    lab.clock = lab.clock.replace(month=lab.clock.month + 3)
    young = lab.write("a.md", "2")

    assert lab.journal.prune(days=30) == 1
    assert [point.id for point in lab.journal.checkpoints()] == [young.id]


def test_what_is_under_way_survives_pruning(lab: Lab) -> None:
    lab.put("a.md", "UNDER-WAY")
    lab.put("b.md", "b")
    before = lab.journal.prepare(["a.md"])
    for number in range(4):
        lab.write("b.md", f"{number}")
    lab.journal.prune(keep=1)

    lab.put("a.md", "changed")
    lab.journal.close()
    [point] = lab.reopen().recover()
    lab.journal.undo(point.id)

    assert before.roots == ("a.md",)
    assert lab.get("a.md") == "UNDER-WAY"


def test_a_forgotten_file_is_gone_from_the_disk_and_the_rest_can_be_undone(lab: Lab) -> None:
    lab.put("private/diary.md", "SECRET-4471")
    lab.put("b.md", "b")

    def effect() -> None:
        lab.put("private/diary.md", "SECRET-4472")
        lab.put("b.md", "B")

    point = lab.run(effect)
    lab.run(lambda: lab.put("c.md", "c"))
    assert disk_holds(lab.folder, b"SECRET-447")

    assert lab.journal.forget("private/diary.md") == 1

    assert not disk_holds(lab.folder, b"SECRET-447")
    for place in lab.folder.rglob("*"):
        assert not place.is_file() or b"SECRET" not in place.read_bytes()
    assert lab.journal.preview(point.id).refused[0][0] == "private/diary.md"
    lab.journal.undo(point.id)
    assert lab.get("b.md") == "b"
    assert lab.get("private/diary.md") == "SECRET-4472"


def test_a_forgotten_folder_takes_all_below_it(lab: Lab) -> None:
    lab.put("private/a.md", "SECRET-1")
    lab.run(lambda: shutil.rmtree(lab.root / "private"))

    assert lab.journal.forget("private") == 1
    assert not disk_holds(lab.folder, b"SECRET-1")


def test_nothing_is_erased_while_a_change_is_under_way(lab: Lab) -> None:
    before = lab.journal.prepare(["a.md"])

    with pytest.raises(JournalError, match="under way"):
        lab.journal.forget("a.md")
    lab.journal.abandon(before)

    assert lab.journal.forget("a.md") == 0


@pytest.mark.parametrize("damage", ["remove", "cut", "flip", "empty", "swap"])
def test_a_damaged_undo_point_is_named_and_the_others_work(lab: Lab, damage: str) -> None:
    lab.put("a.md", "0")
    lab.put("b.md", "0")
    lab.write("a.md", "1")
    hurt = lab.write("b.md", "1")
    lab.write("a.md", "2")
    ref = next(lab.folder.glob(f"refs/checkpoints/*-{hurt.id}"))
    commit = ref.read_text(encoding="ascii").strip()
    place = lab.folder / "objects" / commit[:2] / commit[2:]
    spoil(place, damage)
    journal = lab.reopen()

    [newest, bad, oldest] = journal.checkpoints()
    assert (bad.id, bad.summary) == (hurt.id, library.DAMAGED)
    with pytest.raises(JournalError, match=f'"{hurt.id}" is damaged'):
        journal.undo(hurt.id)
    journal.undo(newest.id)
    journal.undo(oldest.id)
    assert lab.get("a.md") == "0"
    assert lab.get("b.md") == "1"


def spoil(place: Path, damage: str) -> None:
    data = place.read_bytes()
    place.chmod(0o600)
    match damage:
        case "remove":
            place.unlink()
        case "cut":
            place.write_bytes(data[: len(data) // 2])
        case "flip":
            place.write_bytes(data[:-6] + bytes([data[-6] ^ 0x55]) + data[-5:])
        case "swap":  # a whole object, but another one
            place.write_bytes(zlib.compress(b"commit 5\0other"))
        case _:
            place.write_bytes(b"")


def test_damage_to_a_files_bytes_stops_the_undo_before_anything_is_touched(lab: Lab) -> None:
    lab.put("a.md", "KEPT-A")
    lab.put("b.md", "KEPT-B")

    def effect() -> None:
        lab.put("a.md", "1")
        lab.put("b.md", "1")

    point = lab.run(effect)
    name = objects.name_of(b"KEPT-B")
    (lab.folder / "objects" / name[:2] / name[2:]).unlink()
    before = lab.tree()

    with pytest.raises(JournalError, match=f'"{point.id}"|{name[:10]}'):
        lab.journal.undo(point.id)

    assert lab.tree() == before


def test_a_damaged_pack_is_said_and_what_lies_elsewhere_works(lab: Lab) -> None:
    for number in range(30):
        lab.put(f"{number}.md", f"old {number}")
    packed = lab.run(lambda: [lab.put(f"{n}.md", "new") for n in range(30)])
    loose = lab.write("a.md", "x")
    for pack in (lab.folder / "objects" / "pack").glob("*.pack"):
        pack.chmod(0o600)
        pack.write_bytes(b"PACK" + bytes(len(pack.read_bytes()) - 4))
    journal = lab.reopen()

    with pytest.raises(JournalError):
        journal.undo(packed.id)
    journal.undo(loose.id)

    assert not (lab.root / "a.md").exists()


def test_many_undo_points_are_packed_at_the_next_start(lab: Lab) -> None:
    lab.limits = Limits(loose_objects=50)
    lab.put("a.md", "first")
    for number in range(20):
        lab.write("a.md", f"version {number}\n" * 30)
    files_before = sum(1 for _ in (lab.folder / "objects").rglob("*") if _.is_file())

    journal = lab.reopen()
    journal.recover()

    files_after = sum(1 for _ in (lab.folder / "objects").rglob("*") if _.is_file())
    assert files_after < files_before / 5
    assert fsck(lab.folder) == ""
    journal.rewind(journal.checkpoints()[-1].id, including=True)
    assert lab.get("a.md") == "first"


def test_another_process_that_packed_meanwhile_does_not_hide_an_object(lab: Lab) -> None:
    lab.put("a.md", "first")
    point = lab.write("a.md", "second")
    lab.journal.preview(point.id)
    here = lab.journal
    lab.limits = Limits(loose_objects=0)
    lab.reopen().recover()

    here.undo(point.id)

    assert lab.get("a.md") == "first"


def test_an_unchanged_garden_is_not_read_twice(lab: Lab) -> None:
    lab.limits = Limits(fresh_ns=0)
    lab.journal.close()
    lab.reopen()
    for number in range(40):
        lab.put(f"{number}.md", f"note {number}")
    lab.journal.abandon(lab.journal.prepare_all())
    reads: list[str] = []
    real = lab.files.read
    lab.files.read = lambda path, *, limit: (reads.append(path), real(path, limit=limit))[1]  # type: ignore[method-assign]

    lab.put("7.md", "edited")
    lab.journal.abandon(lab.journal.prepare_all())
    lab.journal.close()
    lab.reopen().abandon(lab.journal.prepare_all())

    assert reads == ["7.md"]


def test_a_file_changed_a_moment_ago_is_read_again(lab: Lab) -> None:
    lab.put("a.md", "one")
    before = lab.journal.prepare_all()

    assert dict(before.scene.known) == {}


def test_where_the_journal_cannot_be_written_nothing_may_begin(lab: Lab) -> None:
    lab.put("a.bin", os.urandom(200_000))
    child = os.fork()
    if child == 0:
        status = 1
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        try:
            lab.journal.prepare(["a.bin"])
        except JournalError as exc:
            status = 0 if "cannot be written" in exc.message else 2
        finally:
            os._exit(status)

    assert os.waitpid(child, 0)[1] == 0
    assert list((lab.folder / "pending").iterdir()) == []
    # With room again it goes on as if nothing had been.
    point = lab.write("a.bin", "new")
    assert lab.journal.preview(point.id).changes[0].before == b"new"
