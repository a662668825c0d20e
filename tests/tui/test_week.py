"""The screens of the week: the board, the plan beside it, and what each key changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from pmagent.errors import UsageError
from pmagent.tasks.board.reading import read_board, read_card
from pmagent.tui.app import PmagentApp
from pmagent.tui.screens.board import Column
from pmagent.tui.screens.keeping import KeepScreen
from pmagent.tui.screens.week import WeekScreen
from pmagent.types.actions import Unanswered
from pmagent.types.tasks import Block
from tests.tui.conftest import Show
from tests.tui.screen_text import press, rows_of, see, text_of, type_text
from tests.tui.small_garden import SmallDesktop, SmallDoor
from tests.tui.small_walls import ASKED
from tests.tui.small_week import BOARD, MEETINGS, MONDAY, SmallWeek, meeting

SIZES = [(80, 24), (120, 32)]


@pytest.fixture
def week(door: SmallDoor) -> SmallWeek:
    return door.garden.week


def lanes(week: SmallWeek) -> dict[str, list[str]]:
    board = read_board("board.md", week.text)
    return {lane.title: [card.id for card in lane.cards] for lane in board.lanes}


def planned(week: SmallWeek, card: str) -> Block:
    """The first block of a card, as the planner has it."""
    plan = week.plan(MONDAY, MONDAY + timedelta(days=6))
    return min((one for one in plan.blocks if one.card == card), key=lambda one: one.start)


def when(block: Block) -> str:
    day = "today" if block.start.date() == MONDAY else f"{block.start:%a}"
    return f"{day} {block.start:%H:%M}"


async def go_to(pilot: Pilot[int], title: str) -> None:
    """Press down until the block of that title is under the bar."""
    screen = pilot.app.screen
    assert isinstance(screen, WeekScreen)
    for _ in range(20):
        if isinstance(screen.chosen, Block) and screen.chosen.title == title:
            return
        await press(pilot, "down")
    raise AssertionError(f"{title} is not in the plan of the day")


async def open_week(pilot: Pilot[int]) -> str:
    await press(pilot, "f3")
    assert isinstance(pilot.app.screen, WeekScreen)
    return text_of(pilot.app)


@pytest.mark.parametrize("size", SIZES)
async def test_the_board_shows_its_lists_and_when_each_card_is_planned(
    week: SmallWeek, show: Show, size: tuple[int, int]
) -> None:
    async with show(size) as pilot:
        shown = await open_week(pilot)

        assert "Week 48" in shown
        assert "NOW" in shown
        assert "2/3" in shown
        assert "○ Show notes for" in shown
        assert "P1 2h due Tue" in shown
        assert f"▒ {when(planned(week, 'ep41'))}" in shown
        assert "waits: legal" in shown or size[0] > 80
        assert "a add" in shown
        assert "p keep   P push   Tab pane" in shown
        assert ("09:00 ▓ Standup" in shown) == (size[0] > 80)


@pytest.mark.parametrize("size", SIZES)
async def test_the_day_tells_meetings_blocks_and_free_time_apart_without_colour(
    week: SmallWeek, show: Show, size: tuple[int, int]
) -> None:
    async with show(size, environment={"NO_COLOR": "1"}) as pilot:
        await open_week(pilot)
        await press(pilot, "tab")
        shown = text_of(pilot.app)
        today = planned(week, "ep41")

        assert "[day]" in shown
        assert "09:00 ▓ Standup" in shown
        assert f"{today.start:%H:%M} ▒ Show notes for episode 41" in shown
        assert "░ free" in shown
        await go_to(pilot, "Show notes for episode 41")
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
        assert "board changed: r" in shown
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
        await press(pilot, "tab")
        await go_to(pilot, "Show notes for episode 41")
        await press(pilot, "space")

        assert "ep41" in lanes(week)["DONE"]
        assert "done: Show notes for episode 41" in text_of(pilot.app)


async def test_a_card_is_added_to_the_list_under_the_bar(week: SmallWeek, show: Show) -> None:
    async with show((80, 24)) as pilot:
        await open_week(pilot)
        await press(pilot, "right", "a")
        told = "To NEXT: words est:2h due:2026-11-27 #p1"
        assert f"{told} " in text_of(pilot.app)
        marks = read_card(told.partition(": ")[2])
        assert (marks.title, marks.due is None, marks.priority) == ("words", False, 1)
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
    desktop.typed = "Show notes and titles for episode 41 est:3h priority:2 due:friday\n"

    async with show((80, 24), environment={"EDITOR": "code"}) as pilot:
        await open_week(pilot)
        await press(pilot, "e")

    assert desktop.copied[0].startswith("Show notes for episode 41 ")
    assert "#p1" in desktop.copied[0]
    assert "^ep41" not in desktop.copied[0]
    card = read_board("board.md", week.text).lanes[0].cards[0]
    assert (card.id, card.title, card.priority, card.due) == (
        "ep41", "Show notes and titles for episode 41", 2, MONDAY + timedelta(days=4),
    )  # fmt: skip


async def test_a_moved_meeting_is_replanned_and_each_move_has_its_reason(
    week: SmallWeek, show: Show
) -> None:
    async with show((80, 24)) as pilot:
        await open_week(pilot)
        await press(pilot, "p", "y")
        assert week.kept is not None
        before = planned(week, "ep41")
        day = (before.start.date() - MONDAY).days
        drill = meeting(day, f"{before.start:%H:%M}", f"{before.end:%H:%M}", "Fire drill")
        week.meetings = (*MEETINGS, drill)
        await press(pilot, "r")
        assert "planned anew" in text_of(pilot.app)

        await press(pilot, "p")

        shown = " ".join(text_of(pilot.app).split())
        assert "What changes against the plan that stands" in shown
        assert f"> Show notes for episode 41 moved: {when(before)}–{before.end:%H:%M} →" in shown
        assert "Fire drill" in shown


async def test_nothing_is_written_before_the_diff_was_shown_and_yes_was_said(
    week: SmallWeek, show: Show
) -> None:
    async with show((80, 24)) as pilot:
        await open_week(pilot)
        await press(pilot, "y")
        assert week.kept is None
        await press(pilot, "p")
        assert isinstance(pilot.app.screen, KeepScreen)
        shown = text_of(pilot.app)
        assert "drafts/plans/2026-W48/mon.md" in shown
        assert "Write 2 files below drafts/plans, and let this plan stand?" in shown
        await press(pilot, "escape")
        assert week.kept is None
        await press(pilot, "y")
        assert week.kept is None

        await press(pilot, "p", "y")

        assert week.kept is not None
        assert "wrote 2 files to drafts/plans/2026-W48" in text_of(pilot.app)


async def test_a_write_that_nobody_allowed_is_said_and_changes_nothing(
    week: SmallWeek, show: Show
) -> None:
    week.refuses = Unanswered(decision=ASKED, ask_id="a1")

    async with show((120, 32)) as pilot:
        await open_week(pilot)
        await press(pilot, "space")
        assert "nobody answered" in text_of(pilot.app)
        assert week.text == BOARD
        await press(pilot, "p", "enter")
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


async def test_a_detail_that_is_deleted_in_the_editor_is_gone_from_the_card(
    week: SmallWeek, show: Show, desktop: SmallDesktop
) -> None:
    desktop.typed = "Show notes for episode 41 [effort:: 2h] @{2026-11-24} #p1\n- Ask her first.\n"

    async with show((80, 24), environment={"EDITOR": "code"}) as pilot:
        await open_week(pilot)
        await press(pilot, "e")

    assert "- The guest wants to read them first." in desktop.copied[0]
    card = read_board("board.md", week.text).lanes[0].cards[0]
    assert card.details == ("- Ask her first.",)


async def test_what_an_editor_changed_meanwhile_stays_where_a_key_changes_something_else(
    week: SmallWeek, show: Show
) -> None:
    async with show((80, 24)) as pilot:
        await open_week(pilot)
        week.text = week.text.replace("episode 41 est:2h", "episode forty-one est:5h")

        await press(pilot, "3")

        card = read_board("board.md", week.text).lanes[0].cards[0]
        assert card.title == "Show notes for episode forty-one"
        assert card.effort is not None
        assert (card.effort.likely, card.priority) == (300, 3)
        assert "episode forty-one" in text_of(pilot.app)


async def test_the_board_is_as_its_file_is_when_one_comes_back_to_it(
    week: SmallWeek, show: Show
) -> None:
    async with show((120, 32)) as pilot:
        await open_week(pilot)
        await press(pilot, "s")
        week.text = week.text.replace("Mail the guest a proof", "Ring the guest")
        await press(pilot, "escape")

        shown = text_of(pilot.app)
        assert "Ring the guest" in shown
        assert "board changed: r" in shown


async def test_a_long_reason_is_cut_where_it_says_so_and_read_whole(
    week: SmallWeek, show: Show
) -> None:
    lines = "".join(f"  - Point {number} of the long list.\n" for number in range(30))
    mark = "  - The guest wants to read them first.\n"
    week.text = BOARD.replace(mark, f"{mark}{lines}")

    async with show((80, 24)) as pilot:
        await open_week(pilot)
        assert "w more" in text_of(pilot.app)
        await press(pilot, "w", "end")

        assert "Point 29 of the long list." in text_of(pilot.app)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, WeekScreen)


async def test_the_days_of_a_week_scroll_together_and_begin_on_the_same_line(
    week: SmallWeek, show: Show
) -> None:
    holiday = replace(
        MEETINGS[0], summary="Holiday", is_all_day=True,
        start=MONDAY + timedelta(days=1), end=MONDAY + timedelta(days=2),
    )  # fmt: skip
    week.meetings = (*MEETINGS, holiday)

    async with show((80, 24)) as pilot:
        await open_week(pilot)
        await press(pilot, "v")
        standup = next(row for row in rows_of(pilot.app) if "09:00 S" in row)
        assert standup.count("09:00 S") == 3
        await press(pilot, "end")

        screen = pilot.app.screen
        assert isinstance(screen, WeekScreen)
        tops = {column.scroll_offset.y for column in screen.query(Column) if column.display}
        assert len(tops) == 1
        assert tops != {0}


async def test_a_board_of_twelve_lists_and_three_hundred_cards_is_walked_to_its_last_card(
    week: SmallWeek, show: Show
) -> None:
    lanes_ = "".join(
        f"## List {lane} (9)\n\n"
        + "".join(f"- [ ] Card {lane}-{card} est:1h ^c{lane}-{card}\n" for card in range(25))
        + "\n"
        for lane in range(12)
    )
    week.text = f"---\nkanban-plugin: board\n---\n\n{lanes_}"

    async with show((80, 24)) as pilot:
        shown = await open_week(pilot)
        assert "lists 1–4 of 12" in shown
        assert "25/9" in shown
        await press(pilot, *["right"] * 11, "end")
        shown = text_of(pilot.app)
        assert "lists 9–12 of 12" in shown
        assert "○ Card 11-24" in shown
        await press(pilot, "space")

        assert "- [x] Card 11-24" in week.text


async def test_wide_letters_and_long_words_break_no_column(week: SmallWeek, show: Show) -> None:
    week.text = BOARD.replace("Show notes", "番組ノートと🎙️の長い題名を日本語で").replace(
        "Outline of", "Donaudampfschifffahrtsgesellschaftskapitän"
    )

    async with show((80, 24)) as pilot:
        await open_week(pilot)
        for key in ("right", "left", "w", "w", "v", "v"):
            await press(pilot, key)
            assert all(cell_len(row) <= 80 for row in rows_of(pilot.app))
        assert "番組" in text_of(pilot.app)


async def test_a_card_that_waits_for_somebody_is_not_said_to_lack_room(show: Show) -> None:
    async with show((120, 32)) as pilot:
        await open_week(pilot)
        await press(pilot, "right", "right", "right")
        shown = text_of(pilot.app)

        assert "waits: legal" in shown
        assert "it waits for legal" in shown
        assert "no room" not in shown.partition("WAITING")[2].partition("──")[0].replace(
            "1 no room", ""
        )


async def test_a_click_chooses_a_card_and_a_second_one_tells_all_of_it(
    week: SmallWeek, show: Show
) -> None:
    week.text = week.text.replace("^prd\n", "^prd\n  - One.\n  - Two.\n  - Three.\n")

    async with show((80, 24)) as pilot:
        await open_week(pilot)
        await pilot.click("#column-1", offset=(5, 2))
        await press(pilot)
        shown = text_of(pilot.app)
        assert "Outline of the pricing spec ·" in shown
        assert "Three." not in shown

        await pilot.click("#column-1", offset=(5, 2))
        await press(pilot)

        assert "Three." in text_of(pilot.app)


async def test_without_a_calendar_that_is_said_and_why(week: SmallWeek, show: Show) -> None:
    week.note = 'no calendar is known: put an export (.ics) at "calendar/**"'

    async with show((80, 24)) as pilot:
        shown = await open_week(pilot)
        assert "· no calendar" in shown
        await press(pilot, "tab", "end", "end")

        assert "no calendar is known: put an export" in text_of(pilot.app)


async def test_one_undo_takes_back_all_the_files_of_a_plan(
    door: SmallDoor, week: SmallWeek, show: Show
) -> None:
    before = dict(door.garden.now)

    async with show((80, 24)) as pilot:
        await open_week(pilot)
        await press(pilot, "p", "y")
        assert "drafts/plans/2026-W48/tue.md" in door.garden.now
        week.kept = None
        await press(pilot, "u")

        assert door.garden.now == before
        assert "taken back" in text_of(pilot.app)
        assert "not kept: p" in text_of(pilot.app)


async def test_where_transcripts_cannot_be_read_the_day_is_shown_and_why(
    week: SmallWeek, show: Show
) -> None:
    week.breaks = UsageError("this garden has no index yet", 'make it: "pmagent index"')

    async with show((80, 24)) as pilot:
        await open_week(pilot)
        await press(pilot, "o")

        shown = text_of(pilot.app)
        assert "this garden has no index yet" in shown
        assert "[day]" in shown
        assert "reading" not in shown


async def test_the_bar_is_on_the_first_card_that_is_found_however_long_it_takes(
    week: SmallWeek, show: Show
) -> None:
    week.may_read.clear()

    async with show((80, 24)) as pilot:
        await open_week(pilot)
        await pilot.press("o")
        await see(pilot, "reading the newest transcripts…")
        week.may_read.set()
        await see(pilot, "a take")
        await press(pilot, "a")

        assert "found-1" in lanes(week)["NOW"]


async def test_a_week_that_opens_on_an_afternoon_block_opens_with_all_days_on_one_line(
    week: SmallWeek, show: Show
) -> None:
    late = replace(
        MEETINGS[0], summary="Town hall",
        start=MEETINGS[0].start.replace(hour=9), end=MEETINGS[0].start.replace(hour=16, minute=30),
    )  # fmt: skip
    week.meetings = (late,)
    week.text = "---\nkanban-plugin: board\n---\n\n## Now\n\n- [ ] Ring est:15m @{2026-11-23} ^c1\n"

    async with show((80, 18)) as pilot:
        await open_week(pilot)
        await press(pilot, "v")

        screen = pilot.app.screen
        assert isinstance(screen, WeekScreen)
        tops = {column.scroll_offset.y for column in screen.query(Column) if column.display}
        assert len(tops) == 1
