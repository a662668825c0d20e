"""The screen of a kit: what it shows, what its keys change, and what is written when."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from pmagent.tui.screens.kit import KitScreen
from pmagent.tui.widgets.card import ARM_S, BURST_S, PermissionCard
from pmagent.types.publishing import Kit
from tests.publish import kits
from tests.tui.conftest import ManualClock, Show
from tests.tui.screen_text import press, rows_of, see, settle, text_of, type_text
from tests.tui.small_garden import TEXTS, SmallDesktop, SmallDoor, SmallGarden
from tests.tui.small_jobs import SmallJobs, unanswered


@pytest.fixture
def door() -> SmallDoor:
    return SmallDoor(SmallGarden({**TEXTS, kits.PATH: ("2031-03-04", kits.source())}))


async def open_kit(pilot: Pilot[int], argument: str = "ep-12") -> str:
    await type_text(pilot, f"/kit {argument}\n")
    return await see(pilot, "Lighthouse maps")


def kit_of(pilot: Pilot[int]) -> Kit:
    screen = pilot.app.screen
    assert isinstance(screen, KitScreen)
    assert screen.kit is not None
    return screen.kit


def row_with(pilot: Pilot[int], words: str) -> str:
    return next(row for row in rows_of(pilot.app) if words in row)


async def test_the_chapters_stand_with_their_times_lengths_and_what_is_also_possible(
    show: Show,
) -> None:
    async with show((80, 24)) as pilot:
        shown = await open_kit(pilot)

        assert "[Chapters 5]" in shown
        assert row_with(pilot, "The Fennick chart").split() == [
            "00:00:14", "The", "Fennick", "chart", "1", "other", "title", "·", "2:47",
        ]  # fmt: skip
        assert "00:10:04  + The lamp room" in shown
        assert "also possible 75%" in shown
        assert "! two names are said once only" in shown


async def test_the_line_a_chapter_begins_with_stands_beside_it_and_follows_its_moves(
    show: Show,
) -> None:
    async with show() as pilot:
        await open_kit(pilot)
        await press(pilot, "down")
        assert "10 ┃ <v Wren Adeyo>Let us begin" in text_of(pilot.app)
        await press(pilot, "full_stop")
        assert "13 ┃ <v Tomas Brill>A depth was copied" in text_of(pilot.app)
        assert "00:01:35  The Fennick chart" in text_of(pilot.app)
        await press(pilot, "minus")
        assert "00:00:14  The Fennick chart" in text_of(pilot.app)


async def test_a_move_that_cannot_be_made_says_why_and_changes_nothing(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await open_kit(pilot)
        await press(pilot, "plus")

        await see(pilot, "the first chapter begins where the talk does")
        assert kit_of(pilot).chapters == kits.kit().chapters
        assert "changed" not in rows_of(pilot.app)[0]


async def test_split_merge_and_titles_are_taken_back_one_by_one(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await open_kit(pilot)
        await press(pilot, "end", "s")
        assert "00:10:04  The lamp room" in text_of(pilot.app)
        assert "changed, not written" in rows_of(pilot.app)[0]
        await press(pilot, "up", "m", "t")
        assert "A book for beginners, told again" in text_of(pilot.app)
        assert len(kit_of(pilot).chapters) == 5

        await press(pilot, "u", "u", "u")
        assert kit_of(pilot) == kits.kit()
        await press(pilot, "U", "ctrl+r")
        assert len(kit_of(pilot).chapters) == 5
        await press(pilot, "u", "u", "u")
        await see(pilot, "nothing to take back")


async def test_own_words_are_typed_with_letters_that_are_keys_elsewhere(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await open_kit(pilot)
        await press(pilot, "T")
        assert "In your own words" in text_of(pilot.app)
        await press(pilot, "ctrl+u", *"smux 1", "enter")

        assert kit_of(pilot).chapters[0].title == "smux 1"
        assert len(kit_of(pilot).chapters) == 5
        await press(pilot, "T", "x", "escape")
        assert kit_of(pilot).chapters[0].title == "smux 1"


async def test_fewer_and_more_ask_for_other_numbers_and_keep_the_rest(
    show: Show, door: SmallDoor
) -> None:
    async with show((80, 24)) as pilot:
        await open_kit(pilot, "ep-12#notes")
        await press(pilot, "x", "3", "f")
        await see(pilot, "4 chapters; u takes it back")
        assert len(kit_of(pilot).notes) == 2
        await press(pilot, "F")

        await see(pilot, "5 chapters; u takes it back")
        assert door.garden.jobs.made[0] == 1.0
        assert door.garden.jobs.made[1] < 1.0


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("1", "Who checks a chart before it is printed?"),
        ("2", "57 of 160 characters"),
        ("4", "Tidewater Ledger compares 3,200 soundings"),
        ("5", "Tomas Brill, 00:03:08"),
        ("6", "seen before in ep-09-ink.vtt 00:12:34"),
        ("7", "last on 2030-11-20"),
    ],
)
@pytest.mark.parametrize("size", [(80, 24), (120, 32)])
async def test_every_tab_is_one_key_away(
    show: Show, size: tuple[int, int], key: str, words: str
) -> None:
    async with show(size) as pilot:
        await open_kit(pilot)
        await press(pilot, key)

        assert words in text_of(pilot.app)
        heading = rows_of(pilot.app)[1]
        assert len(heading) <= size[0]
        assert heading.count("[") == 1
        assert "Esc back   ? keys" in rows_of(pilot.app)[-2]
        assert "w write" in rows_of(pilot.app)[-2]


async def test_brackets_go_round_the_tabs_and_a_command_may_name_one(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await open_kit(pilot, "ep-12#quotes")
        assert "[Quotes 2]" in text_of(pilot.app)
        await press(pilot, "right", "right", "right")
        assert "[Titles 5]" in text_of(pilot.app)
        await press(pilot, "left")
        assert "[Promises 3]" in text_of(pilot.app)


async def test_enter_shows_the_exact_lines_a_quote_stands_on(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await open_kit(pilot)
        await press(pilot, "5", "enter")
        assert "19 ┃ <v Tomas Brill>Nobody did." in text_of(pilot.app)
        await press(pilot, "escape", "c")

        assert pilot.app.clipboard == f"“{kits.SPOKEN[5][2]}” — Tomas Brill, 00:03:08"


async def test_what_was_said_letter_for_letter_is_not_reworded(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await open_kit(pilot)
        await press(pilot, "5", "T")

        await see(pilot, "it stays as it was said")


async def test_a_title_is_chosen_as_the_first(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await open_kit(pilot)
        await press(pilot, "1", "down", "down", "t")

        assert kit_of(pilot).titles[0].text == "“A map is a promise”"
        assert row_with(pilot, "“A map is").startswith("▌")


async def test_the_post_reads_as_it_will_with_every_change(show: Show) -> None:
    async with show() as pilot:
        await open_kit(pilot)
        await press(pilot, "b")
        assert "• 0:14 The Fennick chart" in text_of(pilot.app)
        await press(pilot, "down", "t")
        assert "• 0:14 The Fennick chart, told again" in text_of(pilot.app)
    async with show((80, 24)) as pilot:
        await open_kit(pilot)
        await press(pilot, "b")
        await see(pilot, "• A depth was copied as 41 feet. [1]")


async def test_writing_says_where_and_only_what_is_written_can_be_checked(show: Show) -> None:
    async with show() as pilot:
        await open_kit(pilot)
        await press(pilot, "v")
        await see(pilot, "w writes it first")
        await press(pilot, "w")
        await see(pilot, "files to drafts/kits/ep-12-lighthouse-maps")
        assert "· written" in rows_of(pilot.app)[0]
        await press(pilot, "down", "m")
        assert "changed, not written" in rows_of(pilot.app)[0]
        await press(pilot, "u", "v")

        await see(pilot, "held back by 4 claims")


async def test_what_could_not_be_written_is_said_and_is_not_called_written(
    show: Show, door: SmallDoor
) -> None:
    door.garden.jobs.writes = unanswered()
    async with show() as pilot:
        await open_kit(pilot)
        await press(pilot, "w")

        await see(pilot, "nobody answered")
        assert "not written" in rows_of(pilot.app)[0]


async def test_the_card_that_asks_to_write_stands_on_this_screen_and_its_keys_change_no_kit(
    show: Show, door: SmallDoor, clock: ManualClock
) -> None:
    garden = door.garden
    garden.jobs = SmallJobs(lambda tool, given: garden.perform(tool, given))
    async with show() as pilot:
        await open_kit(pilot)
        await press(pilot, "w")
        await see(pilot, "asks 1 of 1")
        assert isinstance(pilot.app.screen, KitScreen)
        clock.pass_s(2 * ARM_S)
        await press(pilot, "ctrl+g")
        clock.pass_s(2 * BURST_S)
        assert isinstance(pilot.app.focused, PermissionCard)
        await press(pilot, "m", "t", "u", "n", "enter")

        await see(pilot, "you said no")
        assert kit_of(pilot) == kits.kit()
        assert pilot.app.focused is not None
        assert pilot.app.focused.id == "items"


async def test_the_page_is_written_and_opened_in_the_browser(
    show: Show, desktop: SmallDesktop
) -> None:
    async with show(environment={"BROWSER": "firefox --new-tab"}) as pilot:
        await open_kit(pilot)
        await press(pilot, "p")

        await see(pilot, "opened drafts/kits/ep-12-lighthouse-maps/")
    assert desktop.edited[0][:2] == ["firefox", "--new-tab"]
    assert desktop.edited[0][2].endswith(".html")


async def test_without_a_browser_the_page_is_named(show: Show) -> None:
    async with show(environment={"TERM": "xterm"}) as pilot:
        await open_kit(pilot)
        await press(pilot, "p")

        await see(pilot, "in a browser: no browser is named")


async def test_changes_are_there_again_after_leaving(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await open_kit(pilot)
        await press(pilot, "down", "m", "escape")
        assert "Ask, or type / for commands" in text_of(pilot.app)
        await open_kit(pilot, kits.PATH)

        await see(pilot, "with your changes of before")
        assert len(kit_of(pilot).chapters) == 4
        await press(pilot, "u")
        assert kit_of(pilot) == kits.kit()


async def test_a_name_that_fits_nothing_is_said_where_the_kit_would_stand(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await type_text(pilot, "/kit nowhere\n")

        await see(pilot, 'there is no document "nowhere" in this garden; check its name')
        await press(pilot, "escape")
        await see(pilot, "Ask, or type / for commands")


async def test_the_reader_opens_the_kit_of_its_file(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await type_text(pilot, f"/read {kits.PATH}:10\n")
        await see(pilot, "source 1 of 1")
        await press(pilot, "K")

        await see(pilot, "[Chapters 5]")


async def test_an_empty_transcript_says_so_and_no_key_breaks(show: Show, door: SmallDoor) -> None:
    door.garden.jobs.kit_made = kits.empty_kit()
    async with show() as pilot:
        await open_kit(pilot)
        for key in ("s", "m", "plus", "comma", "t", "T", "x", "enter", "c", "e", "b", "w"):
            await press(pilot, key)
        for tab in "1234567":
            await press(pilot, tab, "enter")

        assert "nothing is said in it" in text_of(pilot.app)


async def test_twelve_hours_are_drawn_as_fast_as_they_are_moved(
    show: Show, door: SmallDoor
) -> None:
    door.garden.jobs.kit_made = replace(kits.long_kit())
    async with show((80, 24)) as pilot:
        await type_text(pilot, "/kit ep-12\n")
        await see(pilot, "[Chapters 36]")
        await press(pilot, "end", "plus")

        assert "11:41:00  Watch 36" in text_of(pilot.app)


async def test_widening_the_window_brings_the_lines_beside_the_list(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await open_kit(pilot)
        await press(pilot, "down")
        assert "┃" not in text_of(pilot.app)
        await pilot.resize_terminal(120, 32)
        await settle(pilot)

        assert "10 ┃ <v Wren Adeyo>Let us begin" in text_of(pilot.app)


async def test_random_keys_and_sizes_break_nothing(show: Show) -> None:
    keys = "s,m,t,plus,minus,comma,full_stop,u,U,x,f,F,down,up,1,3,5,right,left,tab,c,end,home"
    async with show() as pilot:
        await open_kit(pilot)
        for turn, key in enumerate(keys.split(",") * 2):
            await pilot.press(key)
            if turn % 9 == 0:
                await pilot.resize_terminal(*((80, 24), (120, 32), (61, 15))[turn % 3])
        await settle(pilot)

        marks = [chapter.turn for chapter in kit_of(pilot).chapters]
        assert marks[0] == 0
        assert marks == sorted(set(marks))
