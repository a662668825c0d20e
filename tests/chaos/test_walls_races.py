"""While names are swapped under the walls, nothing outside is read or changed.

A few seconds; PMAGENT_CHAOS_S makes them more, as `PMAGENT_CHAOS_S=60` does for the long form.
Beside it runs the guard that resolves a name, checks it and opens it, to show that there is a race.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path

import pytest

from pmagent.errors import PmagentError
from pmagent.permissions.walls import Walls
from pmagent.permissions.walls_roots import Method
from tests.chaos.swapper import swapping
from tests.permissions.opened import SECRET, Ground, both_ways, lay_out, opened, tree

SECONDS = float(os.environ.get("PMAGENT_CHAOS_S", "1.5"))
ROUND = 50
pytestmark = [
    pytest.mark.skipif(not hasattr(os, "O_PATH"), reason="names are exchanged by a call of Linux"),
    pytest.mark.timeout(120 + 3 * int(SECONDS)),
]


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    """`x` is a folder and `y` a link out; `e.md` a file and `el.md` a link to one outside."""
    ground = lay_out(tmp_path)
    ground.put("x/secret.txt", "inside")
    ground.put("x/deep/secret.txt", "inside")
    (ground.outside / "deep").mkdir()
    (ground.outside / "deep" / "secret.txt").write_text(SECRET, encoding="utf-8")
    (ground.outside / "only-outside.txt").write_text("outside", encoding="utf-8")
    ground.link("y", ground.outside)
    ground.put("e.md", "inside")
    ground.link("el.md", ground.secret)
    return ground


def swapped(ground: Ground) -> tuple[Path, ...]:
    root = ground.root
    return root / "x", root / "y", root / "e.md", root / "el.md"


def naive_read(root: Path, asked: str) -> bytes:
    place = root / asked
    if not place.resolve().is_relative_to(root):
        raise PermissionError(asked)
    return place.read_bytes()


def escapes_of_the_naive_guard(ground: Ground, seconds: float) -> int:
    """How often the check and the use were of two different files."""
    count, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        for asked in ("x/secret.txt", "e.md"):
            try:
                count += naive_read(ground.root, asked) == SECRET.encode()
            except (OSError, RuntimeError):
                continue
    return count


@both_ways
def test_no_read_comes_out_of_a_swap(ground: Ground, method: Method) -> None:
    told: Counter[str] = Counter()
    with opened(ground, method) as walls, swapping(*swapped(ground)):
        lost = escapes_of_the_naive_guard(ground, min(SECONDS, 5))
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            for asked in ("x/secret.txt", "e.md", "x/deep/secret.txt", "x/deep/../secret.txt"):
                for follow in (True, False):
                    told[read(walls, asked, follow=follow)] += 1
            told[listed(walls, "x")] += 1

    assert told[SECRET] == 0
    assert told["inside"] > ROUND
    if not lost:
        pytest.skip("the race was not provoked: the naive guard lost no round either")


def read(walls: Walls, asked: str, *, follow: bool) -> str:
    try:
        return walls.read(asked, limit=1_000, follow=follow)[0].decode()
    except PmagentError as exc:
        return type(exc).__name__


def listed(walls: Walls, folder: str) -> str:
    """`inside`, or the secret where the listing is of the folder outside."""
    try:
        names = {entry.path.rpartition("/")[2] for entry in walls.walk(folder)}
    except PmagentError as exc:
        return type(exc).__name__
    return SECRET if "only-outside.txt" in names else "inside"


@both_ways
def test_no_change_comes_out_of_a_swap(ground: Ground, method: Method) -> None:
    before = tree(ground.outside)
    told: Counter[str] = Counter()
    with opened(ground, method) as walls, swapping(*swapped(ground)):
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            told[change(walls)] += 1

    assert tree(ground.outside) == before
    assert sorted(path.name for path in ground.outside.iterdir()) == [
        "deep", "only-outside.txt", "secret.txt",
    ]  # fmt: skip
    assert told["done"] > 0
    left = [path for path in ground.root.rglob("*") if path.name.endswith(".pmagent-tmp")]
    assert left == []


def change(walls: Walls) -> str:
    """Every kind of change once, each through a name that is being swapped."""
    done = 0
    for act in (
        lambda: walls.write("e.md", b"changed"),
        lambda: walls.write("x/secret.txt", b"changed"),
        lambda: walls.write("x/new.txt", b"changed"),
        lambda: walls.make_folder("x/made/deep"),
        lambda: walls.rename("x/new.txt", "x/moved.txt"),
        lambda: walls.delete("x/moved.txt"),
        lambda: walls.delete("x/made/deep"),
        lambda: walls.delete("x/only-outside.txt"),
    ):
        try:
            act()
            done += 1
        except PmagentError:
            continue
    return "done" if done else "refused"


@both_ways
def test_an_edit_that_was_approved_falls_on_that_file_alone(ground: Ground, method: Method) -> None:
    """Between the look and the write the name is given to another file of the garden."""
    ground.put("two.md", "another")
    with opened(ground, method) as walls, swapping(ground.root / "e.md", ground.root / "two.md"):
        until = time.monotonic() + min(SECONDS, 5)
        refused = 0
        while time.monotonic() < until:
            with walls.open("e.md", "edit") as held:
                words = held.read(1_000)
                identity = held.target.identity
            try:
                walls.write("e.md", words, expected=identity)
            except PmagentError:
                refused += 1

    assert refused > 0
    assert ground.secret.read_text(encoding="utf-8") == SECRET
