"""What may be read through the walls, whichever way the system opens files."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from pmagent.errors import AccessError, GardenError, PmagentError, ReadError, SkipError
from pmagent.permissions.walls import Walls
from pmagent.permissions.walls_roots import Method
from tests.permissions.opened import METHODS, SECRET, Ground, closing, lay_out, opened


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


def test_a_file_is_read_by_its_place_in_the_garden(walls: Walls) -> None:
    data, entry = walls.read("notes/a.md", limit=100)

    assert (data, entry.path, entry.size) == (b"hello world", "notes/a.md", 11)


@pytest.mark.parametrize(
    "asked", ["notes/a.md", "notes/./a.md", "./notes//a.md", "notes/../notes/a.md", "notes/a.md/"]
)
def test_a_place_inside_may_be_named_in_every_usual_way(walls: Walls, asked: str) -> None:
    assert walls.read(asked, limit=100, follow=True)[0] == b"hello world"
    assert walls.locate(asked, "read").resolved == "notes/a.md"


def test_an_absolute_name_below_the_garden_is_a_name_in_it(ground: Ground, walls: Walls) -> None:
    target = walls.locate(str(ground.root / "notes" / "a.md"), "read")

    assert (target.resolved, target.exists, target.is_folder) == ("notes/a.md", True, False)
    state = (ground.root / "notes" / "a.md").stat()
    assert target.identity == (state.st_dev, state.st_ino)


def test_a_garden_opened_through_a_link_knows_both_of_its_names(
    ground: Ground, tmp_path: Path, method: Method
) -> None:
    (tmp_path / "desk").symlink_to(ground.root)

    with Walls(tmp_path / "desk", method=method) as walls:
        for base in (tmp_path / "desk", ground.root):
            assert walls.locate(str(base / "b.md"), "read").resolved == "b.md"


def outside_names(ground: Ground) -> list[str]:
    root, outside = ground.root, ground.outside
    return [
        f"../{outside.name}/secret.txt",
        f"notes/../../{outside.name}/secret.txt",
        f"notes/./.././/../{outside.name}/secret.txt",
        str(ground.secret),
        f"/{ground.secret}",
        f"{root}/../{outside.name}/secret.txt",
        f"{root}-evil/secret.txt",
        f"{root}2/secret.txt",
        f"/proc/self/root{ground.secret}",
        f"/proc/self/cwd/../{outside.name}/secret.txt",
        "/proc/self/environ",
        "/dev/zero",
        "..",
        "/",
    ]


def test_no_name_leads_out(ground: Ground, walls: Walls) -> None:
    for copy in ("-evil", "2"):
        twin = Path(f"{ground.root}{copy}")
        twin.mkdir()
        (twin / "secret.txt").write_text(SECRET, encoding="utf-8")

    for asked in outside_names(ground):
        for act in (
            lambda name: walls.read(name, limit=100),
            lambda name: walls.read(name, limit=100, follow=True),
            lambda name: walls.open(name, "read"),
            lambda name: walls.locate(name, "edit"),
            lambda name: list(walls.entries(name)),
            lambda name: list(walls.walk(name)),
        ):
            with pytest.raises(AccessError):
                act(asked)


@pytest.mark.parametrize(
    "asked",
    ["~/.ssh/id_rsa", "$HOME/x", "${HOME}/x", "file:///etc/passwd", "%2e%2e/secret.txt", "*.md"],
)
def test_a_name_is_taken_letter_by_letter(
    ground: Ground, walls: Walls, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(ground.outside))
    with pytest.raises(ReadError, match="no such file"):
        walls.read(asked, limit=100, follow=True)

    ground.put(asked, "literally")

    assert walls.read(asked, limit=100, follow=True)[0] == b"literally"


@pytest.mark.parametrize(
    "asked",
    [
        "notes/a.md\0/../../outside/secret.txt",
        "a/" * 3_000 + "x",
        "n" * 300,
        "é" * 200,
        "notes\\..\\..\\outside\\secret.txt",
        "\udcff.md",
        "\ud800",
    ],
)
def test_what_is_no_name_is_refused_in_one_line(walls: Walls, asked: str) -> None:
    for act in (
        lambda: walls.locate(asked, "read"),
        lambda: walls.open(asked, "read"),
        lambda: walls.write(asked, b""),
        lambda: walls.make_folder(asked),
        lambda: walls.delete(asked),
        lambda: walls.rename("b.md", asked),
    ):
        with pytest.raises(AccessError) as refused:
            act()
        assert len(refused.value.message) < 400
        assert refused.value.message.isprintable()


def test_the_index_reads_odd_names_that_a_tool_may_not_ask_for(
    ground: Ground, walls: Walls
) -> None:
    ground.put("back\\slash.md", "odd")
    os.close(os.open(os.fsencode(ground.root) + b"/\xff.md", os.O_CREAT | os.O_WRONLY))

    names = [entry.path for entry in walls.entries("")]

    assert names == ["b.md", "back\\slash.md", "notes", "\udcff.md"]
    assert walls.read("back\\slash.md", limit=10)[0] == b"odd"
    with Walls(ground.root, exact=True) as exact:
        assert exact.locate("\udcff.md", "read").exists
        exact.write("back\\slash.md", b"even")
    assert (ground.root / "back\\slash.md").read_bytes() == b"even"


def test_links_inside_are_followed_for_tools_and_left_alone_by_the_index(
    ground: Ground, walls: Walls
) -> None:
    ground.link("same.md", "notes/a.md")
    ground.link("deep/up.md", "../notes/a.md")
    ground.link("folder", "notes")
    ground.link("whole.md", ground.root / "notes" / "a.md")

    for asked in ("same.md", "deep/up.md", "folder/a.md", "whole.md"):
        data, entry = walls.read(asked, limit=100, follow=True)
        assert (data, entry.path) == (b"hello world", "notes/a.md")
        with pytest.raises(SkipError, match="link"):
            walls.read(asked, limit=100)


def links_out(ground: Ground) -> list[str]:
    outside = ground.outside
    ground.link("absolute", ground.secret)
    ground.link("relative", f"../{outside.name}/secret.txt")
    ground.link("folder", outside)
    ground.link("climbs", "notes/../../outside")
    ground.link("magic", "/proc/self/root")
    ground.link("own", "/proc/self/cwd")
    ground.link("first", "second")
    ground.link("second", "absolute")
    ground.link("device", "/dev/zero")
    return [
        "absolute",
        "relative",
        "folder/secret.txt",
        "climbs/secret.txt",
        f"magic{ground.secret}",
        f"own/{outside}/secret.txt",
        "first",
        "device",
        "folder/../outside/secret.txt",
    ]


def test_no_link_leads_out(ground: Ground, walls: Walls) -> None:
    for asked in links_out(ground):
        for act in (
            lambda name: walls.read(name, limit=100, follow=True),
            lambda name: walls.open(name, "edit"),
            lambda name: walls.locate(name, "read"),
        ):
            with pytest.raises(AccessError):
                act(asked)
        with pytest.raises(PmagentError):
            walls.read(asked, limit=100)
    assert SECRET not in str([entry.path for entry in walls.walk()])
    assert "folder/secret.txt" not in [entry.path for entry in walls.walk()]


def test_links_in_a_circle_end(ground: Ground, walls: Walls) -> None:
    ground.link("one", "two")
    ground.link("two", "one")
    ground.link("self/in", ".")

    with pytest.raises(AccessError, match="circle"):
        walls.open("one", "read")
    with pytest.raises(AccessError):
        walls.open("self/" + "in/" * 50 + "in", "read")
    assert walls.locate("self/" + "in/" * 10, "read").resolved == "self"


def test_what_is_no_file_is_refused_at_once(ground: Ground, walls: Walls) -> None:
    os.mkfifo(ground.root / "pipe.md")
    ground.link("to-pipe", "pipe.md")
    here = os.open(ground.root, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as listener:
        # Through the descriptor: the folder's own name can be longer than a socket's may be.
        listener.bind(f"/proc/self/fd/{here}/socket.md")
        os.close(here)
        for asked in ("pipe.md", "to-pipe", "socket.md"):
            for act in (
                lambda name: walls.read(name, limit=100, follow=True),
                lambda name: walls.open(name, "read"),
                lambda name: walls.locate(name, "read"),
                lambda name: walls.write(name, b"x"),
            ):
                with pytest.raises(AccessError):
                    act(asked)
        for asked in ("pipe.md", "socket.md", "notes"):
            with pytest.raises(SkipError, match="regular file"):
                walls.read(asked, limit=100)


@pytest.mark.skipif(os.geteuid() != 0, reason="only the administrator makes devices")
def test_a_device_in_the_garden_is_not_read(ground: Ground, walls: Walls) -> None:
    os.mknod(ground.root / "zero.md", 0o666 | 0o020000, os.makedev(1, 5))

    with pytest.raises(AccessError):
        walls.open("zero.md", "read")
    with pytest.raises(SkipError):
        walls.read("zero.md", limit=100)


def test_a_larger_file_is_refused_before_it_is_read(ground: Ground, walls: Walls) -> None:
    os.truncate(ground.put("big.txt"), 10**12)

    with pytest.raises(SkipError, match="more than"):
        walls.read("big.txt", limit=100)
    with walls.open("big.txt", "read") as held, pytest.raises(SkipError):
        held.read(100)
    assert walls.read("b.md", limit=8)[0] == b"inside-b"
    with pytest.raises(SkipError):
        walls.read("b.md", limit=7)


def test_a_file_that_grows_while_it_is_open_stays_within_the_limit(
    ground: Ground, walls: Walls
) -> None:
    place = ground.put("grows.md", "")
    with walls.open("grows.md", "read") as held:
        place.write_text("x" * 200_000, encoding="utf-8")

        with pytest.raises(SkipError):
            held.read(100_000)
        assert len(held.read(200_000)) == 200_000


def test_what_was_opened_is_read_whatever_is_put_in_its_place(ground: Ground, walls: Walls) -> None:
    with walls.open("b.md", "read") as held:
        (ground.root / "b.md").unlink()
        ground.link("b.md", ground.secret)

        assert held.read(100) == b"inside-b"


def test_a_missing_garden_is_said_to_be_missing(tmp_path: Path, method: Method) -> None:
    with pytest.raises(GardenError, match="no such file"):
        Walls(tmp_path / "gone", method=method)


def test_after_closing_nothing_can_be_touched(ground: Ground, method: Method) -> None:
    walls = Walls(ground.root, method=method)
    walls.close()
    walls.close()

    with pytest.raises(AccessError, match="closed"):
        walls.read("b.md", limit=100)


def test_what_does_not_exist_is_named_by_the_folder_it_would_be_in(
    ground: Ground, walls: Walls
) -> None:
    ground.link("same", "notes")

    for asked in ("notes/new.md", "same/new.md", "same/../notes/new.md"):
        target = walls.locate(asked, "edit")
        assert (target.resolved, target.exists, target.identity) == ("notes/new.md", False, None)
    assert walls.locate("same/deep/er/new.md", "edit").resolved == "notes/deep/er/new.md"
    with pytest.raises(ReadError):
        walls.locate("nowhere/../new.md", "edit")
    with pytest.raises(ReadError):
        walls.locate("b.md/new.md", "edit")


def test_a_rule_closes_a_file_by_its_own_name_and_by_the_name_it_was_asked_by(
    ground: Ground, method: Method
) -> None:
    ground.put("private/key.md", "closed")
    ground.link("open.md", "private/key.md")
    ground.link("door", "private")
    ground.link("private/a.md", "../notes/a.md")

    with opened(ground, method, closing("private")) as walls:
        for asked in (
            "private/key.md",
            "notes/../private/key.md",
            str(ground.root / "private" / "key.md"),
            "open.md",
            "door/key.md",
            "private/a.md",
        ):
            with pytest.raises(AccessError, match="is closed"):
                walls.open(asked, "read")
        with pytest.raises(SkipError, match="is closed"):
            walls.read("private/key.md", limit=100)
        with pytest.raises(ReadError):
            list(walls.entries("private"))
        assert walls.entry("private/key.md") is None
        assert [entry.path for entry in walls.walk()] == [
            "b.md", "door", "notes", "open.md", "notes/a.md",
        ]  # fmt: skip


def test_another_granted_folder_is_called_by_its_absolute_names(
    ground: Ground, tmp_path: Path, method: Method
) -> None:
    shelf = tmp_path / "shelf"
    (shelf / "deep").mkdir(parents=True)
    (shelf / "deep" / "c.md").write_text("granted", encoding="utf-8")
    (shelf / "out").symlink_to(ground.outside)
    name = str(shelf / "deep" / "c.md")

    with opened(ground, method, others=(shelf, tmp_path / "unplugged")) as walls:
        assert walls.read(name, limit=100, follow=True)[0] == b"granted"
        assert walls.locate(name, "read").resolved == name
        assert [entry.path for entry in walls.walk(str(shelf))] == [
            str(shelf / "deep"), str(shelf / "out"), name,
        ]  # fmt: skip
        for asked in (f"{shelf}/out/secret.txt", f"{shelf}/../outside/secret.txt", f"{shelf}2"):
            with pytest.raises(AccessError):
                walls.open(asked, "read")


def test_a_file_called_deleted_is_read_by_a_link_to_it(ground: Ground, walls: Walls) -> None:
    ground.put("plan (deleted)", "still here")
    ground.link("plan", "plan (deleted)")

    data, entry = walls.read("plan", limit=100, follow=True)

    assert (data, entry.path) == (b"still here", "plan (deleted)")


def test_a_garden_that_is_moved_while_it_is_open_is_still_the_garden(
    ground: Ground, tmp_path: Path, method: Method
) -> None:
    ground.link("same.md", "notes/a.md")
    with opened(ground, method) as walls:
        assert walls.read("same.md", limit=100, follow=True)[0] == b"hello world"
        ground.root.rename(tmp_path / "moved")

        data, entry = walls.read("same.md", limit=100, follow=True)

    assert (data, entry.path) == (b"hello world", "notes/a.md")


def test_a_file_without_the_right_to_read_is_located_and_not_opened(
    ground: Ground, walls: Walls
) -> None:
    ground.put("shut.md").chmod(0)
    is_administrator = os.geteuid() == 0
    if is_administrator:
        os.seteuid(65_534)  # who may read everything would be no test
    try:
        assert walls.locate("shut.md", "read").exists
        with pytest.raises(ReadError, match="permission denied"):
            walls.open("shut.md", "read")
    finally:
        if is_administrator:
            os.seteuid(0)


def test_a_walk_ends_at_links_and_names_every_folder(ground: Ground, walls: Walls) -> None:
    ground.link("loop", ".")
    ground.put("notes/deep/c.md")

    assert [(entry.path, entry.kind) for entry in walls.walk()] == [
        ("b.md", "file"),
        ("loop", "link"),
        ("notes", "folder"),
        ("notes/a.md", "file"),
        ("notes/deep", "folder"),
        ("notes/deep/c.md", "file"),
    ]
    assert [entry.path for entry in walls.walk("notes/deep")] == ["notes/deep/c.md"]


def test_a_garden_deeper_than_a_path_can_say_is_walked_and_read(
    ground: Ground, walls: Walls
) -> None:
    name, here = "d" * 240, os.open(ground.root, os.O_RDONLY)
    for _ in range(20):
        os.mkdir(name, dir_fd=here)
        below = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("deep.md", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)

    [deepest] = [entry for entry in walls.walk() if entry.path.endswith("deep.md")]

    assert len(deepest.path) > 4_096
    assert walls.read(deepest.path, limit=10)[0] == b""
    assert walls.entry(deepest.path) == deepest
    with pytest.raises(AccessError):
        walls.open(deepest.path, "read")
    with pytest.raises(ReadError):
        list(walls.entries("n" * 300))


def test_an_entry_is_what_stands_at_a_name_itself(ground: Ground, walls: Walls) -> None:
    ground.link("same.md", "notes/a.md")
    ground.link("door", "notes")

    kinds = {
        name: entry.kind if (entry := walls.entry(name)) else None
        for name in ("", "notes", "b.md", "same.md", "door", "door/a.md", "gone", "..", "notes/..")
    }

    assert kinds == {
        "": "folder", "notes": "folder", "b.md": "file", "same.md": "link", "door": "link",
        "door/a.md": None, "gone": None, "..": None, "notes/..": None,
    }  # fmt: skip
