from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest

from pmagent.errors import JournalError
from pmagent.journal.observe import Limits
from pmagent.types.actions import FileChange, ToolCall
from tests.journal.lab import Lab, opened

CALL = ToolCall(id="a41f9c", tool="Write", input={"path": "a.md"}, by="agent/writer")


def test_an_undone_write_leaves_the_bytes_and_the_rights_of_before(lab: Lab) -> None:
    lab.put("a.md", b"one\r\ntwo \xff\n")
    (lab.root / "a.md").chmod(0o640)
    before = lab.tree()

    point = lab.write("a.md", "something else")
    lab.journal.undo(point.id)

    assert lab.tree() == before


def test_folders_made_for_a_file_go_when_the_file_goes(lab: Lab) -> None:
    point = lab.write("drafts/2026/march/a.md", "x")

    lab.journal.undo(point.id)

    assert lab.tree() == {}


def test_a_folder_that_holds_something_of_the_persons_stays(lab: Lab) -> None:
    point = lab.write("drafts/a.md", "x")
    lab.put("drafts/mine.md", "mine")

    lab.journal.undo(point.id)

    assert set(lab.tree()) == {"drafts", "drafts/mine.md"}


def test_a_checkpoint_tells_what_was_called_and_what_changed(lab: Lab) -> None:
    before = lab.journal.prepare(["n/a.md"])
    lab.put("n/a.md", "x")

    point = lab.journal.commit(before, CALL, summary="Write n/a.md")

    assert point is not None
    assert (point.call_id, point.by, point.tool) == ("a41f9c", "agent/writer", "Write")
    assert (point.summary, point.paths, point.undone_by) == ("Write n/a.md", ("n/a.md",), "")
    assert list(lab.journal.checkpoints()) == [point]


def test_nothing_changed_makes_no_undo_point(lab: Lab) -> None:
    lab.put("a.md", "x")

    before = lab.journal.prepare(["a.md", "gone.md"])

    assert lab.journal.commit(before, CALL, summary="Write a.md") is None
    assert lab.journal.checkpoints() == []


def test_an_abandoned_call_leaves_nothing_to_recover(lab: Lab) -> None:
    before = lab.journal.prepare(["a.md"])
    lab.put("a.md", "mine")
    lab.journal.abandon(before)
    lab.journal.close()

    assert lab.reopen().recover() == []


def test_an_undo_can_be_undone_and_the_list_says_what_stands(lab: Lab) -> None:
    lab.put("a.md", "old")
    write = lab.write("a.md", "new")

    undo = lab.journal.undo(write.id)
    assert [p.undone_by for p in lab.journal.checkpoints()] == ["", undo.id]

    redo = lab.journal.undo(undo.id)
    assert lab.get("a.md") == "new"
    assert [p.undone_by for p in lab.journal.checkpoints()] == ["", redo.id, ""]

    lab.journal.undo(write.id)
    assert lab.get("a.md") == "old"


def test_undoing_twice_says_that_there_is_nothing_left(lab: Lab) -> None:
    point = lab.write("a.md", "x")
    lab.journal.undo(point.id)

    with pytest.raises(JournalError, match="nothing to take back"):
        lab.journal.undo(point.id)


def test_a_preview_shows_the_change_and_makes_none(lab: Lab) -> None:
    lab.put("a.md", "old")
    point = lab.write("a.md", "new")
    before = lab.tree()

    undo = lab.journal.preview(point.id)

    assert undo.changes == (FileChange(path="a.md", before=b"new", after=b"old"),)
    assert (undo.conflicts, undo.merged, undo.refused) == ((), (), ())
    assert lab.tree() == before


def test_a_taken_back_rename_is_shown_as_one_move(lab: Lab) -> None:
    lab.put("a.md", "text")
    before = lab.tree()
    point = lab.rename("a.md", "kept/b.md")

    assert lab.journal.preview(point.id).changes == (
        FileChange(path="a.md", before=None, after=b"text", moved_from="kept/b.md"),
    )
    lab.journal.undo(point.id)

    assert lab.tree() == before


def test_a_whole_folder_that_is_renamed_comes_back(lab: Lab) -> None:
    for name in ("x/a.md", "x/deep/b.bin", "x/deep/er/c.md"):
        lab.put(name, os.urandom(300))
    (lab.root / "x" / "empty").mkdir(mode=0o700)
    before = lab.tree()

    point = lab.rename("x", "y")
    lab.journal.undo(point.id)

    assert lab.tree() == before


def test_a_command_that_does_everything_at_once_is_undone(lab: Lab) -> None:
    for number in range(30):
        lab.put(f"n/{number % 3}/{number}.md", f"note {number}\n")
    lab.put("empty.md", b"")
    lab.put("picture.bin", bytes(range(256)) * 40)
    (lab.root / "run.sh").write_text("#!/bin/sh\n", encoding="utf-8")
    (lab.root / "run.sh").chmod(0o755)
    (lab.root / "private").mkdir(mode=0o700)
    before = lab.tree()

    def everything() -> None:
        shutil.rmtree(lab.root / "n" / "0")
        (lab.root / "n" / "1").rename(lab.root / "moved")
        (lab.root / "n" / "2" / "2.md").write_bytes(b"\0\1")
        (lab.root / "empty.md").write_text("no longer", encoding="utf-8")
        (lab.root / "picture.bin").unlink()
        (lab.root / "picture.bin").mkdir()
        (lab.root / "picture.bin" / "inside").write_text("x", encoding="utf-8")
        (lab.root / "run.sh").chmod(0o600)
        (lab.root / "private").chmod(0o755)
        (lab.root / "link").symlink_to("/etc/passwd")
        (lab.root / "folder-link").symlink_to(lab.root / "moved")
        os.mkfifo(lab.root / "pipe")
        (lab.root / "new" / "empty" / "folders").mkdir(parents=True)

    point = lab.run(everything)
    lab.journal.undo(point.id)

    assert lab.tree() == before


def test_what_a_link_leads_to_is_never_stored(tmp_path: Path, lab: Lab) -> None:
    secret = tmp_path / "outside.txt"
    secret.write_text("SECRET-6641", encoding="utf-8")
    lab.put("a.md", "x")

    point = lab.run(lambda: (lab.root / "link").symlink_to(secret))

    assert point.paths == ("link",)
    lab.journal.undo(point.id)
    assert secret.read_text(encoding="utf-8") == "SECRET-6641"
    assert not os.path.lexists(lab.root / "link")


def test_a_link_that_was_removed_cannot_be_put_back_and_that_is_said(lab: Lab) -> None:
    (lab.root / "link").symlink_to("nowhere")
    point = lab.run(lambda: (lab.root / "link").unlink())

    assert lab.journal.preview(point.id).refused == (
        ("link", "what stood there is no file, and cannot be put back"),
    )
    with pytest.raises(JournalError, match='"link" cannot be taken back'):
        lab.journal.undo(point.id)


def test_a_file_over_the_cap_is_named_and_not_touched_by_undo(tmp_path: Path) -> None:
    with opened(tmp_path, limits=Limits(file_bytes=1_000)) as lab:
        lab.put("film.mov", b"x" * 2_000)
        lab.put("a.md", "old")
        before = lab.journal.prepare_all()
        assert [path for path, _ in before.left_out] == ["film.mov"]
        lab.put("film.mov", b"y" * 3_000)
        lab.put("a.md", "new")
        point = lab.journal.commit(before, CALL, summary="Bash")
        assert point is not None

        [(path, why)] = lab.journal.preview(point.id).refused
        done = lab.journal.undo(point.id)

        assert path == "film.mov"
        assert "its bytes are not kept" in why
        assert lab.get("a.md") == "old"
        assert lab.get("film.mov") == "y" * 3_000
        assert "but for 1 file" in done.summary


def test_a_large_file_that_nobody_touched_is_no_change(tmp_path: Path) -> None:
    with opened(tmp_path, limits=Limits(total_bytes=1_500)) as lab:
        lab.put("a.md", b"x" * 1_000)
        lab.put("b.md", b"y" * 1_001)
        before = lab.journal.prepare_all()
        assert [path for path, _ in before.left_out] == ["b.md"]
        lab.put("a.md", b"")

        point = lab.journal.commit(before, CALL, summary="Bash")

        assert point is not None
        assert point.paths == ("a.md",)


def test_a_created_file_over_the_cap_is_removed_by_undo(tmp_path: Path) -> None:
    with opened(tmp_path, limits=Limits(file_bytes=1_000)) as lab:
        point = lab.run(lambda: lab.put("big.bin", b"x" * 5_000))

        lab.journal.undo(point.id)

        assert lab.tree() == {}


def test_a_hard_linked_file_is_restored_and_its_other_name_left_alone(
    tmp_path: Path, lab: Lab
) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text("shared", encoding="utf-8")
    os.link(outside, lab.root / "a.md")

    point = lab.run(lambda: (lab.root / "a.md").unlink())
    lab.journal.undo(point.id)

    assert lab.get("a.md") == "shared"
    assert outside.read_text(encoding="utf-8") == "shared"


def test_names_that_look_like_options_or_refs_are_kept(lab: Lab) -> None:
    names = [b"--upload-pack=x.md", b"a\nb.md", b"refs\xc2\xa0heads", b"HEAD", b"*"]
    for name in names:
        (lab.root / os.fsdecode(name)).write_bytes(b"old " + name)
    before = lab.tree()

    def spoil() -> None:
        for name in names:
            (lab.root / os.fsdecode(name)).write_bytes(b"new")

    point = lab.run(spoil)
    lab.journal.close()
    lab.reopen().undo(point.id)

    assert lab.tree() == before


def test_a_name_that_the_walls_do_not_open_is_named_as_left_out(lab: Lab) -> None:
    (lab.root / os.fsdecode(b"\xff.md")).write_bytes(b"x")

    before = lab.journal.prepare_all()

    assert [os.fsencode(path) for path, _ in before.left_out] == [b"\xff.md"]
    lab.journal.close()
    assert lab.reopen().recover() == []


def test_a_file_that_keeps_its_size_and_time_is_still_seen_to_change(lab: Lab) -> None:
    lab.limits = Limits(fresh_ns=0)  # or it would be read again for being new
    lab.journal.close()
    lab.reopen()
    lab.put("a.md", "one")
    os.utime(lab.root / "a.md", (1, 1))
    lab.run(lambda: lab.put("b.md", "x"))

    def disguise() -> None:
        lab.put("a.md", "two")
        os.utime(lab.root / "a.md", (1, 1))

    point = lab.run(disguise)

    assert point.paths == ("a.md",)
    lab.journal.undo(point.id)
    assert lab.get("a.md") == "one"


def test_the_journal_is_for_its_owner_only(lab: Lab) -> None:
    lab.write("a.md", "x")

    assert stat.S_IMODE(lab.folder.stat().st_mode) == 0o700


def test_an_undo_into_a_folder_that_was_closed_meanwhile_is_not_half_done_in_silence(
    lab: Lab,
) -> None:
    lab.put("a.md", "old")
    point = lab.write("a.md", "new")
    rules = {"a.md": "it is closed"}
    lab.walls._denies = lambda access, path: rules.get(path) if access == "edit" else None  # pyright: ignore[reportPrivateUsage]

    with pytest.raises(JournalError, match="could not all be taken back"):
        lab.journal.undo(point.id)

    assert lab.get("a.md") == "new"


def test_an_unknown_undo_point_is_said_to_be_unknown(lab: Lab) -> None:
    with pytest.raises(JournalError, match='no undo point "abcdef"'):
        lab.journal.undo("abcdef")
