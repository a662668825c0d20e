"""Text from a file cannot steer the terminal, pose as markup, or break a screen."""

from __future__ import annotations

import random
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.message import Message
from textual.pilot import Pilot

from pmagent.tui.app import PmagentApp
from pmagent.types import FileState
from tests.tui.conftest import ManualClock, Show
from tests.tui.pty_app import HOSTILE, garden_of
from tests.tui.screen_text import press, rows_of, see, settle, text_of, type_text
from tests.tui.small_garden import SmallDesktop, SmallDoor, SmallGarden, SmallMemory
from tests.tui.small_walls import entries


class Told(Message):
    def __init__(self, what: object) -> None:
        super().__init__()
        self.what = what


EVIL = (
    "seat \x1b[31mred\x1b[0m \x1b]0;a title\x07 [bold red]markup[/] [@click=app.leave]go[/] "
    "\u202egnirts\u202c \u200bzero\u200d \x00 \x9b2J [/not-open] \\[ {brace} %s 日本語 \ud800"
)
LONG = "seat " + "x" * 300_000
EVIL_PATH = "no\ntes/\x1b[2Jse\u202eat[b].md"


def evil_garden() -> SmallGarden:
    garden = SmallGarden(
        {EVIL_PATH: ("2024-05-01", f"{EVIL}\n{LONG}\n{EVIL}"), "b.md": ("2025-01-01", LONG)},
        root=Path("/gar\x1b[31mden\n[red]"),
    )
    garden.files = (
        FileState(path=EVIL_PATH, state="failed", reason=EVIL),
        *replace_paths(garden.files),
    )
    garden.notes = (EVIL,)
    return garden


def replace_paths(files: tuple[FileState, ...]) -> list[FileState]:
    return [replace(item, path=item.path * 20) for item in files]


def check(pilot: Pilot[int]) -> None:
    """Nothing that steers a terminal is drawn, and no row is wider than the screen."""
    for row in rows_of(pilot.app):
        kinds = {unicodedata.category(character) for character in row}
        assert not kinds & {"Cc", "Cf", "Cs"}, row
        assert cell_len(row) <= pilot.app.size.width


@pytest.mark.parametrize("size", [(120, 32), (80, 24)])
async def test_no_screen_lets_hostile_text_through(show: Show, size: tuple[int, int]) -> None:
    async with show(size, door=SmallDoor(evil_garden())) as pilot:
        await type_text(pilot, "seat\n")
        shown = await see(pilot, "refined")
        check(pilot)
        assert "[bold red]markup[/]" in shown
        assert "red" in shown
        await press(pilot, "1")
        check(pilot)
        await press(pilot, "escape", "f2")
        await see(pilot, "where  seat")
        check(pilot)
        for key in ("n", "s", "y", "c", "enter", "escape", "escape", "f9", "down", "down"):
            await press(pilot, key)
            check(pilot)


@pytest.mark.parametrize("size", [(120, 32), (80, 24), (60, 15)])
async def test_no_screen_of_the_walls_lets_hostile_text_through(
    show: Show, clock: ManualClock, size: tuple[int, int]
) -> None:
    async with show(size, door=SmallDoor(garden_of(f"{EVIL} {HOSTILE}"))) as pilot:
        for key in ("f7", "down", "plus", "x", "escape", "escape", "f5", "down", "enter", "escape",
                    "escape"):  # fmt: skip
            await press(pilot, key)
            check(pilot)
        for typed, keys in (("/undo\n", ("enter", "n", "escape", "escape")), ("!out\n", ())):
            await type_text(pilot, typed)
            for key in keys:
                await press(pilot, key)
                check(pilot)
        await type_text(pilot, "!card\n")
        check(pilot)
        clock.pass_s(60)
        await press(pilot, "ctrl+g")
        clock.pass_s(60)
        for key in ("w", "w", "d", "end"):
            await press(pilot, key)
            check(pilot)
        assert "[@click=app.quit()]" in text_of(pilot.app) or size[1] < 20


async def test_hostile_text_on_the_first_run_is_harmless(show: Show) -> None:
    async with show(door=SmallDoor(evil_garden(), is_new=True)) as pilot:
        await see(pilot, "/garden␊[red]")
        check(pilot)


async def test_a_copied_quote_holds_no_escape_sequence(show: Show) -> None:
    garden = SmallGarden({"a.md": ("2024-05-01", EVIL)})
    async with show(door=SmallDoor(garden)) as pilot:
        await type_text(pilot, "/where seat\n")
        await press(pilot, "y")

        assert "seat red" in pilot.app.clipboard
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", pilot.app.clipboard)


async def test_a_hostile_question_is_shown_as_typed(show: Show) -> None:
    async with show() as pilot:
        await type_text(pilot, "[bold]seat[/] price [@click=app.leave]x[/]\n")

        await see(pilot, "› [bold]seat[/] price [@click=app.leave]x[/]")
        check(pilot)


def busy_garden() -> SmallGarden:
    """One in which agents ask while keys rain down."""
    garden = SmallGarden()
    for number in range(9):
        garden.change(f"notes/{number}.md", b"words\n" * number)
    garden.trail = entries(3_000)
    return garden


KEYS = (
    "a", "s", "n", "p", "y", "c", "e", "1", "2", "9", "slash", "question_mark", "enter", "enter",
    "escape", "tab", "shift+tab", "up", "down", "pageup", "pagedown", "home", "end", "f1", "f2",
    "f3", "f9", "ctrl+p", "left", "right", "left_square_bracket", "right_square_bracket",
    "backspace", "space", "w", "f", "j", "k", "g", "G", "ctrl+u", "delete", "x", "f6", "ctrl+a",
    "f5", "f7", "ctrl+g", "d", "u", "U", "o", "t", "l", "plus", "minus", "exclamation_mark",
)  # fmt: skip
SIZES = ((120, 32), (80, 24), (58, 12), (140, 50), (60, 15), (20, 5), (109, 24))


@pytest.mark.parametrize("seed", range(5))
async def test_no_storm_of_keys_and_resizes_breaks_a_screen(
    desktop: SmallDesktop, memory: SmallMemory, seed: int
) -> None:
    storm = random.Random(seed)
    garden = (SmallGarden(), evil_garden(), SmallGarden(), garden_of(HOSTILE), busy_garden())[seed]
    door = SmallDoor(garden, is_new=seed == 2)
    app = PmagentApp(door, memory=memory, desktop=desktop, environment={})
    async with app.run_test(size=(120, 32)) as pilot:
        await settle(pilot)
        for _ in range(4):
            if seed == 4:
                app.desk.start(app, "asks", lambda g: Told(g.perform("Bash", {"command": "git"})))
            for key in storm.choices(KEYS, k=12):
                app.simulate_key(key)
                await pilot.pause(0)
            await pilot.resize_terminal(*storm.choice(SIZES))
            await settle(pilot)
            if not app.is_running:
                break
            check(pilot)
            assert text_of(app).strip()
        # Only the first run has a key, and a choice, that leaves at once.
        assert app.is_running or door.opened == []
    app.desk.close()
