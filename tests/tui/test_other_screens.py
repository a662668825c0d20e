from __future__ import annotations

from datetime import date

import pytest

from pmagent.errors import GardenError
from pmagent.tui.actions import ACTIONS
from pmagent.tui.widgets.lines import LineView
from pmagent.types import FileState, Progress
from tests.tui.conftest import Show
from tests.tui.screen_text import press, rows_of, see, text_of, type_text
from tests.tui.small_garden import SmallDoor, SmallGarden

FILES = (
    FileState(path="a.md", state="indexed", passages=3, date=date(2024, 1, 2),
              date_source="file name"),
    FileState(path="broken.vtt", state="failed", reason="the time on line 9 is not a time"),
    FileState(path="photo.png", state="skipped", reason='files of the kind ".png" are not read'),
    FileState(path="new.md", state="waiting"),
)  # fmt: skip


@pytest.fixture
def mixed(door: SmallDoor) -> SmallDoor:
    door.garden.files = FILES
    return door


async def test_the_status_names_every_file_with_its_state_and_reason(
    show: Show, mixed: SmallDoor
) -> None:
    async with show() as pilot:
        await press(pilot, "f9")

        shown = await see(pilot, "1 of 3 files")
        assert "× failed   broken.vtt" in shown
        assert "the time on line 9 is not a time" in shown
        assert "✓ indexed  a.md" in shown
        assert "2024-01-02 by file name" in shown
        assert "✓ 1 indexed   · 1 waiting   – 1 skipped   × 1 failed" in shown


async def test_the_status_is_filtered_by_one_key(show: Show, mixed: SmallDoor) -> None:
    async with show() as pilot:
        await type_text(pilot, "/status\n")
        await press(pilot, "f")
        shown = await see(pilot, "showing failed")
        assert "broken.vtt" in shown
        assert "a.md" not in shown

        await press(pilot, "s")
        assert "photo.png" in text_of(pilot.app)
        await press(pilot, "a")
        assert "a.md" in text_of(pilot.app)


async def test_a_long_reason_is_told_in_full_below(show: Show, door: SmallDoor) -> None:
    reason = "the file says it is UTF-8 and is not, and what it is could not be told"
    door.garden.files = (FileState(path="odd.txt", state="failed", reason=reason),)
    async with show((80, 24)) as pilot:
        await press(pilot, "f9", "down")
        assert reason not in "\n".join(rows_of(pilot.app)[:-3])

        await see(pilot, "odd.txt: the file says it is UTF-8 and is not")


async def test_the_pace_of_the_indexer_is_told_everywhere(show: Show, mixed: SmallDoor) -> None:
    mixed.garden.progress = Progress(
        stage="meaning", done=120, total=4_000, unit="passages", rate=72.4, left_s=180.0
    )
    async with show() as pilot:
        await see(pilot, "words 1/3 · meaning 25% · 1 failed · indexing 72/s, 3 m left · offline")
        await press(pilot, "f9")
        shown = await see(pilot, "120 of 4,000 passages")
        assert "learning meaning 72/s, 3 m left" in shown


async def test_what_is_degraded_is_said_on_the_status_screen(show: Show, door: SmallDoor) -> None:
    door.garden.notes = ("search by meaning is off: the weights are missing",)
    async with show() as pilot:
        await press(pilot, "f9")

        await see(pilot, "search by meaning is off: the weights are missing")


async def test_a_hundred_thousand_files_are_one_screen_of_work(show: Show, door: SmallDoor) -> None:
    door.garden.files = tuple(
        FileState(path=f"notes/{number:06d}.md", state="indexed", passages=1)
        for number in range(100_000)
    )
    async with show() as pilot:
        await press(pilot, "f9", "end")

        assert "notes/099999.md" in text_of(pilot.app)
        view = pilot.app.screen.query_one("#files", LineView)
        assert len(view.children) <= 3
        assert len(view._strips) < 1_100


async def test_a_folder_that_is_no_garden_says_what_is_read_and_written_before_any_key(
    show: Show,
) -> None:
    new = SmallDoor(SmallGarden(), is_new=True)
    async with show((80, 24), door=new) as pilot:
        shown = await see(pilot, "212 Markdown · 48 WebVTT · 3 MB")

        assert "in this folder only" in " ".join(shown.split())
        assert ".pmagent/settings.json in the folder" in shown
        assert "outside it: /home/me/.local/share/pmagent/gardens/" in " ".join(shown.split())
        assert "▌ i  Index this folder" in shown
        assert new.opened == []


@pytest.mark.parametrize(("key", "opened"), [("enter", "create"), ("i", "create"), ("s", "sample")])
async def test_one_key_of_the_first_run_opens_a_garden(show: Show, key: str, opened: str) -> None:
    new = SmallDoor(SmallGarden(), is_new=True)
    async with show(door=new) as pilot:
        await press(pilot, key)

        await see(pilot, "1  What did we say about the seat price?")
        assert new.opened == [opened]
        await type_text(pilot, "seat price\n")
        await see(pilot, "refined")


async def test_an_empty_folder_offers_the_sample_first(show: Show) -> None:
    new = SmallDoor(SmallGarden(), is_new=True)
    new.found = type(new.found)(kinds=())
    async with show(door=new) as pilot:
        shown = await see(pilot, "nothing here that I can read yet")

        assert "▌ s  Try the sample garden" in shown


async def test_a_folder_that_cannot_be_written_is_said_and_the_choices_stay(show: Show) -> None:
    class Closed(SmallDoor):
        def create(self) -> SmallGarden:
            raise GardenError("the folder cannot be written", "choose another")

    async with show(door=Closed(SmallGarden(), is_new=True)) as pilot:
        await press(pilot, "i")

        shown = await see(pilot, "the folder cannot be written")
        assert "choose another" in shown
        assert "Try the sample garden" in shown


async def test_a_garden_that_cannot_be_opened_is_said_in_the_conversation(show: Show) -> None:
    class Broken(SmallDoor):
        def open(self) -> SmallGarden:
            raise GardenError('"settings.json" is not JSON', "mend it, or remove it")

    async with show(door=Broken(SmallGarden())) as pilot:
        shown = await see(pilot, '"settings.json" is not JSON')

        assert "mend it, or remove it" in shown
        await type_text(pilot, "seat price\n")
        await see(pilot, "no garden is open")


async def test_a_garden_that_is_not_indexed_yet_says_that_it_is_being_read(
    show: Show, door: SmallDoor
) -> None:
    door.garden.files = (FileState(path="new.md", state="waiting"),)
    async with show() as pilot:
        shown = await see(pilot, "The files are being read; ask as soon as the first are in.")

        assert "words 0/1" in shown


async def test_q_leaves_the_first_run_and_writes_nothing(show: Show) -> None:
    new = SmallDoor(SmallGarden(), is_new=True)
    async with show(door=new) as pilot:
        await pilot.press("q")
        await pilot.pause()

        assert not pilot.app.is_running
    assert new.opened == []


async def test_help_holds_every_action_of_the_table(show: Show) -> None:
    async with show((120, 400)) as pilot:
        await press(pilot, "question_mark")

        shown = " ".join(text_of(pilot.app).split())
        for action in ACTIONS:
            if action.shown or action.command:
                assert action.summary in shown, action.id


async def test_the_palette_finds_a_command_by_what_it_does(show: Show) -> None:
    async with show() as pilot:
        await press(pilot, "ctrl+p")
        await type_text(pilot, "failed")
        assert "/status" in text_of(pilot.app)
        await press(pilot, "enter")

        await see(pilot, "4 of 4 files")


async def test_the_palette_runs_what_belongs_to_the_screen_below(show: Show) -> None:
    async with show() as pilot:
        await type_text(pilot, "/where seat price\n")
        await press(pilot, "ctrl+p")
        await type_text(pilot, "by theme")
        await press(pilot, "enter")

        await see(pilot, "by time")


async def test_a_command_with_an_argument_is_begun_for_the_person(show: Show) -> None:
    async with show() as pilot:
        await press(pilot, "f9", "ctrl+p")
        await type_text(pilot, "read")
        await press(pilot, "enter")

        await see(pilot, "› /read")


def test_every_action_has_its_own_id_and_every_command_its_own_name() -> None:
    ids = [action.id for action in ACTIONS]
    names = [n for a in ACTIONS for n in (a.command, *a.aliases) if n]

    assert len(set(ids)) == len(ids)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("screen", ["map", "reader", "status", "first run", "help", "kit", "check"])
def test_no_key_means_two_things_on_one_screen(screen: str) -> None:
    scopes = {"app", "list", screen} | ({"chapters"} if screen == "kit" else set[str]())
    held = [a for a in ACTIONS if a.scope in scopes]
    firsts = {key for a in held if a.is_first for key in a.keys.split(",")}
    keys = [key for a in held if not a.is_first for key in a.keys.split(",") if key]

    assert sorted(keys) == sorted(set(keys))
    assert firsts <= {"k"}
