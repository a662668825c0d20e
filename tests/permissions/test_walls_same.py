"""Both ways of opening come to the same file or the same refusal, over any tree of links."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pmagent.errors import PmagentError
from pmagent.permissions.walls import Walls
from tests.permissions.opened import SECRET, Ground, lay_out, opened

PARTS = st.sampled_from(["a", "b", "c", "..", ".", "secret.txt", "outside", "garden", ""])
NAMES = st.lists(PARTS, max_size=6).map("/".join)
PLACES = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)
TARGETS = st.one_of(
    NAMES.filter(bool),
    NAMES.map(lambda name: f"ROOT/{name}"),
    NAMES.map(lambda name: f"OUT/{name}"),
    st.sampled_from(["/proc/self/root", "/proc/self/cwd", "/dev/null", "/"]),
)
LAID = st.lists(st.tuples(PLACES, st.one_of(st.none(), st.just(""), TARGETS)), max_size=8)
ASKED = st.lists(st.one_of(NAMES, NAMES.map(lambda name: f"ROOT/{name}")), min_size=1, max_size=6)


def lay(ground: Ground, laid: list[tuple[str, str | None]]) -> None:
    """Files (None), folders (empty) and links, as far as each fits beside those before it."""
    for number, (name, kind) in enumerate(laid):
        place = ground.root / name
        try:
            if not place.parent.resolve().is_relative_to(ground.root):
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            if kind is None:
                place.touch(exist_ok=False)
                place.write_text(f"file {number}", encoding="utf-8")
            elif not kind:
                place.mkdir()
            else:
                place.symlink_to(named(ground, kind))
        except (OSError, RuntimeError):
            continue


def named(ground: Ground, name: str) -> str:
    return name.replace("ROOT", str(ground.root)).replace("OUT", str(ground.outside))


def outcome(walls: Walls, asked: str) -> tuple[object, ...]:
    """What comes of looking at a name, reading it, and reading it without links."""
    told: list[object] = []
    for act in (
        lambda: walls.locate(asked, "read"),
        lambda: walls.read(asked, limit=1_000, follow=True),
        lambda: walls.read(asked, limit=1_000)[0],
        lambda: [entry.path for entry in walls.entries(asked)],
    ):
        try:
            told.append(act())
        except PmagentError as exc:
            told.append((type(exc).__name__, exc.message))
    return tuple(told)


@settings(max_examples=int(os.environ.get("PMAGENT_EXAMPLES", "100")), deadline=None)
@given(laid=LAID, asked=ASKED)
def test_both_ways_agree_and_neither_leaves(
    laid: list[tuple[str, str | None]], asked: list[str]
) -> None:
    folder = Path(tempfile.mkdtemp(prefix="walls-"))
    try:
        ground = lay_out(folder)
        lay(ground, laid)
        with opened(ground, "openat2") as kernel, opened(ground, "walk") as walk:
            for name in asked:
                spelled = named(ground, name)
                here = outcome(kernel, spelled)
                assert here == outcome(walk, spelled)
                assert SECRET not in str(here)
                check_against_the_system(ground, kernel, spelled)
    finally:
        shutil.rmtree(folder)


def check_against_the_system(ground: Ground, walls: Walls, asked: str) -> None:
    """What the walls let through is the file that the system means by the name, and inside."""
    try:
        target = walls.locate(asked, "read")
    except PmagentError:
        return
    real = os.path.realpath(ground.root / asked)
    assert real == os.path.normpath(ground.root / target.resolved)
    assert target.exists == os.path.lexists(real)
    if target.exists:
        state = Path(real).stat(follow_symlinks=False)
        assert target.identity == (state.st_dev, state.st_ino)
