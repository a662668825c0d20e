"""The application over the real garden, searched by words alone."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from pmagent.garden import Garden
from pmagent.paths import find_homes
from pmagent.tui.app import PmagentApp
from pmagent.tui.doorway import GardenDoor
from pmagent.tui.memory import FileMemory
from pmagent.tui.screens.base import GardenScreen
from pmagent.tui.widgets.card import ARM_S, BURST_S
from tests.tui.screen_text import press, see, settle, text_of, type_text
from tests.tui.small_garden import SmallDesktop


class StillDoor(GardenDoor):
    """Opens real gardens that start no child process: the test has indexed them."""

    def open(self) -> Garden:
        return still(super().open())

    def create(self) -> Garden:
        return still(super().create())

    def sample(self) -> Garden:
        return still(super().sample())


def still(garden: Garden) -> Garden:
    garden.index(meaning=False)
    garden.start_indexer = lambda: None  # type: ignore[method-assign]
    return garden


def application(start: Path) -> PmagentApp:
    homes = find_homes()
    door = StillDoor(start, homes, None)
    memory = FileMemory({"theme": homes.config, "questions": homes.data})
    return PmagentApp(door, memory=memory, desktop=SmallDesktop(), environment={})


async def test_a_new_folder_is_indexed_asked_mapped_and_read(root: Path) -> None:
    app = application(root)
    async with app.run_test(size=(120, 32)) as pilot:
        await settle(pilot)
        assert "1 WebVTT · 1 Markdown" in text_of(app) or "1 Markdown · 1 WebVTT" in text_of(app)
        await press(pilot, "i")
        await see(pilot, "words 2/2")

        await type_text(pilot, "what did we say about pricing\n")
        await see(pilot, "[1]")
        await press(pilot, "1")
        shown = await see(pilot, "┃")
        assert "Pricing is a promise" in shown or "pricing moves to outcomes" in shown

        await press(pilot, "escape")
        await type_text(pilot, "/where pricing\n")
        shown = await see(pilot, "passages ·")
        assert "00:00:03" in shown
        assert "first" in shown
    app.desk.close()
    assert (root / ".pmagent" / "settings.json").is_file()


async def test_the_sample_is_copied_to_the_persons_own_folder_and_answers(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    app = application(empty)
    async with app.run_test(size=(120, 32)) as pilot:
        await settle(pilot)
        await press(pilot, "s")
        await see(pilot, "meaning 0%")
        shown = await see(pilot, "3  ")
        assert "1  " in shown
        await press(pilot, "1")
        await see(pilot, "Enter opens the map")
    app.desk.close()
    assert list(empty.iterdir()) == []
    assert (find_homes().data / "sample-garden" / ".pmagent").is_dir()


async def test_a_place_outside_the_garden_is_refused_in_words(root: Path) -> None:
    Garden.create(root).close()
    app = application(root)
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await type_text(pilot, "/read ../../etc/passwd\n")
        await settle(pilot)

        assert isinstance(app.screen, GardenScreen)
        assert "root:" not in text_of(app)
        assert "etc/passwd" in text_of(app)
    app.desk.close()


def test_what_is_remembered_survives_and_damage_is_no_fault(tmp_path: Path) -> None:
    memory = FileMemory({"questions": tmp_path / "new" / "folder"})
    assert memory.read("questions") == []

    memory.write("questions", [f"question {number}" for number in range(700)])
    assert memory.read("questions")[0] == "question 200"
    assert memory.read("questions")[-1] == "question 699"

    (tmp_path / "new" / "folder" / "questions.txt").write_bytes(b"\xff\xfe broken\n")
    assert len(memory.read("questions")) == 1


@pytest.mark.parametrize("is_garden", [True, False])
def test_the_first_frame_is_drawn_before_the_engines_are_imported(
    tmp_path: Path, is_garden: bool
) -> None:
    if is_garden:
        (tmp_path / ".pmagent").mkdir()
    code = """
import asyncio, sys
from pathlib import Path
from pmagent.tui import app as module
from pmagent.tui.app import PmagentApp

seen = []

def begin(self):
    seen.extend(sorted(sys.modules))
    self.exit(0)

PmagentApp._begin = begin
PmagentApp.run = lambda self: asyncio.run(self.run_async(headless=True, size=(120, 32)))
module.run(Path(sys.argv[1]))
heavy = {"pmagent.garden", "pmagent.types", "numpy", "tantivy", "onnxruntime", "click", "json",
         "sqlite3", "pmagent.tui.screens.map", "pmagent.tui.screens.typed", "pmagent.tui.told",
         "pmagent.tui.asks", "pmagent.tui.widgets.card", "textual.widgets._text_area"}
print(*sorted(heavy & set(seen)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout.split(), done.stderr) == (0, [], "")


async def test_a_command_is_asked_about_run_told_in_the_trail_and_taken_back(root: Path) -> None:
    Garden.create(root).close()
    app = application(root)
    try:
        async with app.run_test(size=(120, 40)) as pilot:
            await settle(pilot)
            await type_text(pilot, "!printf changed > notes/new.md; echo well\n")
            await see(pilot, "asks 1 of 1")
            assert not (root / "notes" / "new.md").exists()
            await asyncio.sleep(ARM_S + 0.1)
            await pilot.press("ctrl+g")
            await asyncio.sleep(2 * BURST_S)
            await press(pilot, "y")
            await see(pilot, "│ well")
            assert (root / "notes" / "new.md").read_text() == "changed"

            await press(pilot, "f5")
            shown = await see(pilot, "chain ok")
            assert "✓ done" in shown
            await press(pilot, "escape", "f7")
            await see(pilot, "sandbox  ")
            await press(pilot, "escape")
            await type_text(pilot, "/undo\n")
            await see(pilot, "new.md  deleted")
            await press(pilot, "u")
            await see(pilot, "this can be taken back too")
            assert not (root / "notes" / "new.md").exists()
    finally:
        app.desk.close()
