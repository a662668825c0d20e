"""What may be changed through the walls, and what a change leaves as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pmagent.errors import AccessError, PmagentError, ReadError
from pmagent.permissions.openat2 import move_by_link
from pmagent.permissions.walls import Walls
from pmagent.permissions.walls_roots import Method
from tests.permissions.opened import METHODS, SECRET, Ground, closing, lay_out, opened, tree


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    ground = lay_out(tmp_path)
    ground.put("notes/a.md", "hello world")
    ground.put("b.md", "inside-b")
    return ground


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest) -> Method:
    return request.param


@pytest.fixture
def walls(ground: Ground, method: Method) -> Iterator[Walls]:
    with opened(ground, method) as walls:
        yield walls


def identity(path: Path) -> tuple[int, int]:
    state = path.stat()
    return state.st_dev, state.st_ino


def names(ground: Ground) -> list[str]:
    return sorted(path.relative_to(ground.root).as_posix() for path in ground.root.rglob("*"))


def test_a_new_file_and_a_changed_one_hold_what_was_written(ground: Ground, walls: Walls) -> None:
    made = walls.write("notes/new.md", b"new", expected=None)
    changed = walls.write("b.md", b"changed", expected=identity(ground.root / "b.md"))

    assert tree(ground.root) == {
        "b.md": b"changed", "notes/a.md": b"hello world", "notes/new.md": b"new",
    }  # fmt: skip
    assert (made.path, made.size) == ("notes/new.md", 3)
    assert (changed.device, changed.inode) == identity(ground.root / "b.md")


def test_a_reader_of_the_old_file_keeps_the_old_bytes(ground: Ground, walls: Walls) -> None:
    with (ground.root / "b.md").open("rb") as reader:
        walls.write("b.md", b"x" * 100_000)

        assert reader.read() == b"inside-b"


def test_rights_are_kept_and_a_new_file_has_those_of_the_umask(
    ground: Ground, walls: Walls
) -> None:
    (ground.root / "b.md").chmod(0o640)
    (ground.root / "notes" / "a.md").chmod(0o4755)
    before = os.umask(0o027)
    try:
        walls.write("b.md", b"1")
        walls.write("notes/a.md", b"1")
        walls.write("new.md", b"1")
        walls.write("run.sh", b"1", mode=0o700)
    finally:
        os.umask(before)

    modes = {name: (ground.root / name).stat().st_mode & 0o7777 for name in tree(ground.root)}
    assert modes == {"b.md": 0o640, "notes/a.md": 0o755, "new.md": 0o640, "run.sh": 0o700}


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="the system has no extended attributes")
def test_attributes_are_kept(ground: Ground, walls: Walls) -> None:
    os.setxattr(ground.root / "b.md", "user.tag", b"blue")
    if os.geteuid() == 0:
        may_bind_ports = bytes.fromhex("0100000200040000000000000000000000000000")
        os.setxattr(ground.root / "b.md", "security.capability", may_bind_ports)

    walls.write("b.md", b"1")

    kept = os.listxattr(ground.root / "b.md")
    assert "security.capability" not in kept
    assert os.getxattr(ground.root / "b.md", "user.tag") == b"blue"


def test_no_change_reaches_the_outside(ground: Ground, walls: Walls) -> None:
    outside = ground.outside
    ground.link("link", ground.secret)
    ground.link("door", outside)
    ground.link("relative", f"../{outside.name}/new.md")
    ground.link("dangling", outside / "created.md")
    before = tree(outside)

    for asked in (
        f"../{outside.name}/new.md",
        str(outside / "new.md"),
        "link",
        "door/new.md",
        "door/secret.txt",
        "relative",
        "dangling",
        "notes/../../outside/secret.txt",
    ):
        for act in (
            lambda name: walls.write(name, b"gone"),
            lambda name: walls.write(name, b"gone", expected=None),
            lambda name: walls.make_folder(name),
            lambda name: walls.delete(name),
            lambda name: walls.rename(name, "taken.md"),
            lambda name: walls.rename("b.md", name),
        ):
            with pytest.raises(AccessError):
                act(asked)

    assert tree(outside) == before
    assert tree(ground.root) == {"b.md": b"inside-b", "notes/a.md": b"hello world"}


def test_a_link_to_nothing_inside_is_not_created_through(ground: Ground, walls: Walls) -> None:
    ground.link("later.md", "notes/later.md")
    ground.link("shelf", "nowhere")

    for asked in ("later.md", "shelf/new.md"):
        with pytest.raises(AccessError, match="link"):
            walls.write(asked, b"x")
    with pytest.raises(AccessError):
        walls.make_folder("shelf")

    assert names(ground) == ["b.md", "later.md", "notes", "notes/a.md", "shelf"]


def test_a_link_inside_is_written_to_where_it_leads(ground: Ground, walls: Walls) -> None:
    ground.link("same.md", "notes/a.md")

    entry = walls.write("same.md", b"changed")

    assert entry.path == "notes/a.md"
    assert (ground.root / "same.md").is_symlink()
    assert (ground.root / "notes" / "a.md").read_bytes() == b"changed"


def test_writing_one_name_of_a_file_leaves_its_other_names(ground: Ground, walls: Walls) -> None:
    (ground.root / "h.md").hardlink_to(ground.secret)

    walls.write("h.md", b"mine")

    assert ground.secret.read_text(encoding="utf-8") == SECRET
    assert (ground.root / "h.md").read_bytes() == b"mine"


def test_what_is_not_as_it_was_approved_is_left_alone(ground: Ground, walls: Walls) -> None:
    approved = identity(ground.root / "b.md")
    (ground.root / "b.md").rename(ground.root / "kept.md")
    ground.put("b.md", "a person's later words")

    for act in (
        lambda: walls.write("b.md", b"x", expected=approved),
        lambda: walls.write("b.md", b"x", expected=None),
        lambda: walls.delete("b.md", expected=approved),
        lambda: walls.rename("b.md", "c.md", expected=approved),
        lambda: walls.write("gone.md", b"x", expected=approved),
    ):
        with pytest.raises(AccessError):
            act()

    assert tree(ground.root) == {
        "b.md": b"a person's later words", "kept.md": b"inside-b", "notes/a.md": b"hello world",
    }  # fmt: skip


def test_a_rename_never_replaces(ground: Ground, walls: Walls) -> None:
    walls.rename("b.md", "notes/moved.md")
    with pytest.raises(AccessError, match="there already"):
        walls.rename("notes/moved.md", "notes/a.md")
    (ground.root / "empty").mkdir()
    with pytest.raises(AccessError, match="there already"):
        walls.rename("notes", "empty")

    assert tree(ground.root) == {"notes/a.md": b"hello world", "notes/moved.md": b"inside-b"}


def test_where_the_file_system_has_no_such_rename_a_taken_name_is_safe_too(
    ground: Ground,
) -> None:
    here = os.open(ground.root, os.O_RDONLY)
    ground.put("free/x.md")
    try:
        with pytest.raises(FileExistsError):
            move_by_link((here, "b.md"), (here, "notes"))
        with pytest.raises(FileExistsError):
            move_by_link((here, "free"), (here, "notes"))
        move_by_link((here, "b.md"), (here, "c.md"))
        move_by_link((here, "free"), (here, "moved"))
    finally:
        os.close(here)

    assert sorted(tree(ground.root)) == ["c.md", "moved/x.md", "notes/a.md"]


def test_a_folder_is_moved_whole_unless_it_holds_what_is_closed(
    ground: Ground, method: Method
) -> None:
    ground.put("notes/deep/private/key.md", SECRET)
    ground.put("talks/deep/c.md")

    with opened(ground, method, closing("notes/deep/private", "shut")) as walls:
        walls.rename("talks", "shows")
        for source, destination in (
            ("notes", "shown"),
            ("notes/deep/private/key.md", "key.md"),
            ("b.md", "shut/b.md"),
            ("notes/deep/private", "public"),
        ):
            with pytest.raises(PmagentError):
                walls.rename(source, destination)

    assert sorted(tree(ground.root)) == [
        "b.md", "notes/a.md", "notes/deep/private/key.md", "shows/deep/c.md",
    ]  # fmt: skip


def test_folders_are_made_with_those_above_them(ground: Ground, walls: Walls) -> None:
    ground.link("same", "notes")

    assert walls.make_folder("x/y/z") == ("x", "x/y", "x/y/z")
    assert walls.make_folder("x/y") == ()
    assert walls.make_folder("same/deep") == ("notes/deep",)
    with pytest.raises(AccessError):
        walls.make_folder("b.md")
    with pytest.raises(ReadError):
        walls.make_folder("b.md/x")

    assert (ground.root / "notes" / "deep").is_dir()


def test_a_folder_that_cannot_be_made_leaves_none(ground: Ground, method: Method) -> None:
    with opened(ground, method, closing("x/y/z")) as walls, pytest.raises(AccessError):
        walls.make_folder("x/y/z")

    assert names(ground) == ["b.md", "notes", "notes/a.md"]


def test_a_file_or_an_empty_folder_is_deleted_and_nothing_else(
    ground: Ground, walls: Walls
) -> None:
    ground.link("same.md", "notes/a.md")
    ground.link("door", "notes")
    (ground.root / "empty").mkdir()

    walls.delete("empty")
    walls.delete("b.md", expected=identity(ground.root / "b.md"))
    for asked, error in (
        ("notes", AccessError),
        ("same.md", AccessError),
        ("door", AccessError),
        ("gone.md", ReadError),
        ("", AccessError),
        ("notes/..", AccessError),
        (str(ground.root), AccessError),
    ):
        with pytest.raises(error):
            walls.delete(asked)
    walls.delete("door/a.md")

    assert names(ground) == ["door", "notes", "same.md"]


def test_the_garden_itself_is_not_written_over_or_moved(ground: Ground, walls: Walls) -> None:
    for act in (
        lambda: walls.write("", b"x"),
        lambda: walls.write("notes", b"x"),
        lambda: walls.write("notes/..", b"x"),
        lambda: walls.rename("", "notes/all"),
        lambda: walls.rename("notes", "notes/deeper"),
        lambda: walls.write("missing/new.md", b"x"),
    ):
        with pytest.raises(PmagentError):
            act()

    assert tree(ground.root) == {"b.md": b"inside-b", "notes/a.md": b"hello world"}


def test_a_rule_keeps_every_change_away(ground: Ground, method: Method) -> None:
    ground.put("private/key.md", "closed")
    ground.link("door", "private")
    before = tree(ground.root)

    with opened(ground, method, closing("private")) as walls:
        for asked in ("private/key.md", "door/key.md", "notes/../private/key.md"):
            for act in (
                lambda name: walls.write(name, b"x"),
                lambda name: walls.delete(name),
                lambda name: walls.rename(name, "c.md"),
            ):
                with pytest.raises(AccessError, match="closed"):
                    act(asked)
        for asked in ("private/new.md", "door/new.md"):
            with pytest.raises(AccessError, match="closed"):
                walls.write(asked, b"x", expected=None)
            with pytest.raises(AccessError, match="closed"):
                walls.rename("b.md", asked)
            with pytest.raises(AccessError, match="closed"):
                walls.make_folder(asked)

    assert tree(ground.root) == before


def test_what_a_killed_write_leaves_is_swept_after_an_hour_and_nothing_else(
    ground: Ground, walls: Walls
) -> None:
    code = (
        "import os, sys, signal\n"
        "from pathlib import Path\n"
        "from pmagent.permissions.walls import Walls\n"
        "os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
        "Walls(Path(sys.argv[1])).write('notes/a.md', b'half')\n"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(ground.root)], timeout=30, check=False, capture_output=True
    )
    [left] = [name for name in names(ground) if name.endswith(".pmagent-tmp")]
    (ground.root / ".mine.pmagent-tmp").write_text("a person's file", encoding="utf-8")
    age = (ground.root / left).stat().st_mtime

    assert walls.sweep(age + 3_000) == 0
    assert walls.sweep(age + 4_000) == 1

    assert names(ground) == [".mine.pmagent-tmp", "b.md", "notes", "notes/a.md"]
    assert (ground.root / "notes" / "a.md").read_bytes() == b"hello world"


def test_a_file_cannot_be_given_the_name_of_one_that_is_swept(walls: Walls) -> None:
    name = ".0123456789abcdef.pmagent-tmp"

    with pytest.raises(AccessError):
        walls.write(name, b"x")
    with pytest.raises(AccessError):
        walls.rename("b.md", name)
