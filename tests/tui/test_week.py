"""The screens of the week: the board, the plan beside it, and what each key changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from pmagent.tasks.board.reading import read_board
from pmagent.tui.app import PmagentApp
from pmagent.tui.screens.diff import DiffScreen
from pmagent.tui.screens.week import WeekScreen
from pmagent.types.actions import Unanswered
from tests.tui.conftest import Show
from tests.tui.screen_text import press, rows_of, text_of, type_text
from tests.tui.small_garden import SmallDesktop, SmallDoor
from tests.tui.small_walls import ASKED
from tests.tui.small_week import BOARD, MEETINGS, SmallWeek, meeting

SIZES = [(80, 24), (120, 32)]


@pytest.fixture
def week(door: SmallDoor) -> SmallWeek:
    return door.garden.week


def lanes(week: SmallWeek) -> dict[str, list[str]]:
    board = read_board("board.md", week.text)
    return {lane.title: [card.id for card in lane.cards] for lane in board.lanes}


async def open_week(pilot: Pilot[int]) -> str:
    await press(pilot, "f3")
    assert isinstance(pilot.app.screen, WeekScreen)
    return text_of(pilot.app)


@pytest.mark.parametrize("size", SIZES)
async def test_the_board_shows_its_lists_and_when_each_card_is_planned(
    show: Show, size: tuple[int, int]
) -> None:
    async with show(size) as pilot:
        shown = await open_week(pilot)

        assert "Week 48" in shown
        assert "NOW" in shown
        assert "2/3" in shown
        assert "○ Show notes for" in shown
        assert "P1 2h due Tue" in shown
        assert "▒ today 09:25" in shown
        assert "waits: legal" in shown or size[0] > 80
        assert "a add" in shown
        assert "p push" in shown
        assert ("09:00 ▓ Standup" in shown) == (size[0] > 80)


@pytest.mark.parametrize("size", SIZES)
async def test_the_day_tells_meetings_blocks_and_free_time_apart_without_colour(
    show: Show, size: tuple[int, int]
) -> None:
    async with show(size, environment={"NO_COLOR": "1"}) as pilot:
        await open_week(pilot)
        await press(pilot, "tab")
        shown = text_of(pilot.app)

        assert "[day]" in shown
        assert "09:00 ▓ Standup" in shown
        assert "09:25 ▒ Show notes for episode 41" in shown
        assert "░ free 50 min" in shown
        await press(pilot, "down")
        assert "due on Tue 24 Nov, priority 1" in text_of(pilot.app)


async def test_the_week_has_a_column_a_day_and_the_same_hour_is_the_same_line(show: Show) -> None:
    async with show((120, 32)) as pilot:
        await type_text(pilot, "/week\n")

        rows = rows_of(pilot.app)
        heads = next(row for row in rows if "Tue 24 Nov" in row)
        assert all(day in heads for day in ("Mon 23 Nov", "Wed 25 Nov", "Thu 26 Nov", "Fri 27 Nov"))
        noon = next(row for row in rows if "13:30 Planning day" in row)
        assert "13:30 Offsite" in noon
        await press(pilot, "right", "down")
        assert "Recording, episode 42 · Tue 10:00–12:00" in text_of(pilot.app)


@pytest.mark.parametrize(
    ("command", "head"), [("plan", "[board]"), ("today", "[day]"), ("tasks", "[board]")]
)
async def test_a_command_opens_its_view(show: Show, command: str, head: str) -> None:
    async with show((80, 24)) as pilot:
        await type_text(pilot, f"/{command}\n")

        assert head in text_of(pilot.app)


async def test_a_command_with_words_is_a_turn_and_no_screen(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await type_text(pilot, "/tasks list\n")

        assert not isinstance(pilot.app.screen, WeekScreen)


@pytest.mark.parametrize("key", ["shift+right", "L"])
async def test_a_card_goes_to_the_list_beside_and_back_by_undo(
    week: SmallWeek, show: Show, key: str
) -> None:
    async with show((80, 24)) as pilot:
        await open_week(pilot)
        await press(pilot, key)

        assert lanes(week)["NEXT"][-1] == "ep41"
        shown = text_of(pilot.app)
        assert 'moved to "NEXT"' in shown
        assert "the board has changed" in shown
        assert "Show notes for episode 41 ·" in shown
        await press(pilot, "shift+right")
        assert lanes(week)["LATER"][-1] == "ep41"


async def test_undo_takes_back_the_file_that_the_last_key_wrote(
    door: SmallDoor, week: SmallWeek, show: Show
) -> None:
    door.garden.now["board.md"] = BOARD.encode()

    async with show((80, 24)) as pilot:
        await open_week(pilot)
        await press(pilot, "space")
        assert lanes(week)["DONE"][0] == "ep41" or "ep41" in lanes(week)["DONE"]

        await press(pilot, "u")

        assert door.garden.now["board.md"] == BOARD.encode()
        assert "taken back" in text_of(pilot.app)


async def test_a_card_goes_up_and_down_in_its_list(week: SmallWeek, show: Show) -> None:
    async with show((80, 24)) as pilot:
        await open_week(pilot)
        await press(pilot, "shift+down")
        assert lanes(week)["NOW"] == ["mail", "ep41"]
        await press(pilot, "shift+up")
        assert lanes(week)["NOW"] == ["ep41", "mail"]


async def test_the_mouse_carries_a_card_to_another_list(week: SmallWeek, show: Show) -> None:
    async with show((80, 24)) as pilot:
        await open_week(pilot)
        await pilot.mouse_down("#column-0", offset=(5, 2))
        await pilot.hover("#column-2", offset=(5, 6))
        await pilot.mouse_up("#column-2", offset=(5, 6))
        await press(pilot)
        await press(pilot, "w")

    assert lanes(week)["LATER"][-1] == "ep41"


async def test_space_finishes_the_card_of_a_block_on_the_day(week: SmallWeek, show: Show) -> None:
    async with show((80, 24)) as pilot:
        await open_week(pilot)
        await press(pilot, "tab", "down", "space")

        assert "ep41" in lanes(week)["DONE"]
        assert "done: Show notes for episode 41" in text_of(pilot.app)


async def test_a_card_is_added_to_the_list_under_the_bar(week: SmallWeek, show: Show) -> None:
    async with show((80, 24)) as pilot:
        await open_week(pilot)
        await press(pilot, "right", "a")
        assert "To NEXT" in text_of(pilot.app)
        await type_text(pilot, "Call the printer est:30m due:2026-11-25\n")

        card = read_board("board.md", week.text).lanes[1].cards[-1]
        assert card.title == "Call the printer"
        assert card.effort is not None
        assert card.effort.likely == 30
        assert "Call the printer · 30m · due Wed" in text_of(pilot.app)


async def test_keys_are_words_while_a_card_is_typed(week: SmallWeek, show: Show) -> None:
    async with show((80, 24)) as pilot:
        await open_week(pilot)
        await press(pilot, "a", "1", "space", "p", "l", "L", "enter")

    assert read_board("board.md", week.text).lanes[0].cards[-1].title == "1 plL"


async def test_a_priority_is_one_key(week: SmallWeek, show: Show) -> None:
    async with show((80, 24)) as pilot:
        await open_week(pilot)
        await press(pilot, "down", "2")
        cards = read_board("board.md", week.text).lanes[0].cards
        assert [card.priority for card in cards] == [1, 2]
        await press(pilot, "0")
        cards = read_board("board.md", week.text).lanes[0].cards
        assert [card.priority for card in cards] == [1, None]


async def test_a_card_is_edited_in_the_editor_with_its_marks(
    week: SmallWeek, show: Show, desktop: SmallDesktop
) -> None:
    desktop.typed = "Show notes and titles for episode 41 est:3h priority:2\n"

    async with show((80, 24), environment={"EDITOR": "code"}) as pilot:
        await open_week(pilot)
        await press(pilot, "e")

    assert desktop.copied[0].startswith("Show notes for episode 41 ")
    assert "#p1" in desktop.copied[0]
    assert "^ep41" not in desktop.copied[0]
    card = read_board("board.md", week.text).lanes[0].cards[0]
    assert (card.id, card.title, card.priority, card.due) == (
        "ep41", "Show notes and titles for episode 41", 2, None,
    )  # fmt: skip


async def test_a_moved_meeting_is_replanned_and_each_move_has_its_reason(
    week: SmallWeek, show: Show
) -> None:
    async with show((80, 24)) as pilot:
        await open_week(pilot)
        await press(pilot, "p", "escape", "y")
        assert week.kept is not None
        week.meetings = (*MEETINGS, meeting(0, "09:15", "12:30", "Fire drill"))
        await press(pilot, "r")
        assert "planned anew" in text_of(pilot.app)
        assert "kept" in text_of(pilot.app)

        await press(pilot, "p")

        shown = " ".join(text_of(pilot.app).split())
        assert "What changes against the plan that stands" in shown
        assert "> Show notes for episode 41 moved: today 09:25–11:25 →" in shown
        assert "Fire drill" in shown


async def test_nothing_is_written_before_the_diff_was_shown_and_yes_was_said(
    week: SmallWeek, show: Show
) -> None:
    async with show((80, 24)) as pilot:
        await open_week(pilot)
        await press(pilot, "y")
        assert week.kept is None
        await press(pilot, "p")
        assert isinstance(pilot.app.screen, DiffScreen)
        assert "drafts/plans/2026-W48/mon.md" in text_of(pilot.app) or week.kept is None
        await press(pilot, "y", "escape")
        assert week.kept is None
        assert "Write 1 file below drafts/plans, and let this plan stand?" in text_of(pilot.app)
        await press(pilot, "escape", "y")
        assert week.kept is None

        await press(pilot, "p", "escape", "y")

        assert week.kept is not None
        assert "wrote 1 file to drafts/plans/2026-W48" in text_of(pilot.app)


async def test_a_write_that_nobody_allowed_is_said_and_changes_nothing(
    week: SmallWeek, show: Show
) -> None:
    week.refuses = Unanswered(decision=ASKED, ask_id="a1")

    async with show((120, 32)) as pilot:
        await open_week(pilot)
        await press(pilot, "space")
        assert "nobody answered" in text_of(pilot.app)
        assert week.text == BOARD
        await press(pilot, "p", "escape", "y")
        assert "nobody answered" in text_of(pilot.app)
        assert "not kept: p" in text_of(pilot.app)


async def test_a_choice_is_told_with_its_costs_and_stands_once_accepted(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await open_week(pilot)
        await press(pilot, "c", "w")
        shown = " ".join(text_of(pilot.app).split())
        assert '"Deck for the retro" is late' in shown
        assert "or leave it late" in shown
        assert "a accept" in shown

        await press(pilot, "a")
        assert "1 choice" not in text_of(pilot.app)

        await press(pilot, "u")
        assert "1 choice" in text_of(pilot.app)


async def test_what_was_found_is_on_no_board_until_it_is_taken(week: SmallWeek, show: Show) -> None:
    async with show((80, 24)) as pilot:
        await open_week(pilot)
        await press(pilot, "o")
        shown = text_of(pilot.app)
        assert "○ Send the chart to Tomas" in shown
        assert "Nell: “I will send Tomas the chart by Friday.”" in shown
        assert "talks/ep-010-the-price-of-a-seat.vtt:2 00:02:02" in shown
        assert "found-1" not in week.text

        await press(pilot, "a")

        assert "found-1" in lanes(week)["NOW"]
        assert "Nothing is asked for" in text_of(pilot.app)


async def test_enter_on_what_was_found_opens_where_it_was_said(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await open_week(pilot)
        await press(pilot, "o", "enter")

        assert "We charge by the seat because" in text_of(pilot.app)


async def test_another_day_may_be_in_another_week(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await type_text(pilot, "/today\n")
        await press(pilot, "right")
        assert "Tue 24 Nov" in text_of(pilot.app)
        await press(pilot, *["right"] * 6)
        assert "Week 49" in text_of(pilot.app)
        assert "Mon 30 Nov" in text_of(pilot.app)
        await press(pilot, "t")
        assert "Mon 23 Nov  today" in text_of(pilot.app)


async def test_an_empty_board_says_what_to_do(week: SmallWeek, show: Show) -> None:
    week.text = ""

    async with show((80, 24)) as pilot:
        shown = await open_week(pilot)
        assert "a adds a card" in shown
        for key in ("right", "space", "1", "e", "shift+right", "w", "c", "tab", "v", "u"):
            await press(pilot, key)
        assert isinstance(pilot.app, PmagentApp)


async def test_the_standup_is_a_page(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await open_week(pilot)
        await press(pilot, "s")

        assert "Standup 2026-11-23" in text_of(pilot.app)


@pytest.mark.parametrize("size", [(60, 15), (200, 50)])
async def test_the_week_is_whole_on_any_screen(show: Show, size: tuple[int, int]) -> None:
    async with show(size) as pilot:
        await open_week(pilot)
        for key in ("tab", "v", "right", "v", "right", "right", "right", "right", "w"):
            await press(pilot, key)
            rows = rows_of(pilot.app)
            assert len(rows) == size[1]
            assert "Week 48" in rows[0]


async def test_hostile_words_stay_words(week: SmallWeek, show: Show) -> None:
    week.text = BOARD.replace("Show notes", "\x1b[31mShow\x07 [b]notes[/b]")
    week.meetings = (replace(MEETINGS[0], summary="Stand\x1b]0;x\x07up[/]"), *MEETINGS[1:])

    async with show((120, 32)) as pilot:
        shown = await open_week(pilot)

        assert "\x1b" not in shown
        assert "[b]notes" in shown
