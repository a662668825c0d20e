"""What a plan puts before a person: options to take, moves to read, other weeks, their keys."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from textual.pilot import Pilot

from pmagent.tasks.board.reading import cards_of
from pmagent.tui.paint.week_values import Option
from pmagent.tui.screens.keeping import KeepScreen
from pmagent.tui.screens.week import WeekScreen
from pmagent.types.actions import Unanswered
from pmagent.types.tasks import Card
from tests.tui.conftest import Show
from tests.tui.screen_text import press, rows_of, text_of
from tests.tui.small_garden import SmallDoor
from tests.tui.small_walls import ASKED
from tests.tui.small_week import BOARD, MEETINGS, SmallWeek, meeting

REPORT = "- [ ] Report for the board est:40h due:2026-11-27 priority:1 ^report\n"
FULL = BOARD.replace("- [ ] Show notes", f"{REPORT}- [ ] Show notes")
"""A week without room for the deck: its day can be put off."""
GROUPS = {"Late", "In part", "No room", "Waiting"}


@pytest.fixture
def week(door: SmallDoor) -> SmallWeek:
    return door.garden.week


@pytest.fixture
def full(week: SmallWeek) -> SmallWeek:
    week.text = FULL
    return week


def card(week: SmallWeek, name: str) -> Card:
    return next(one for one in cards_of(week.board()) if one.id == name)


def screen_of(pilot: Pilot[int]) -> WeekScreen:
    screen = pilot.app.screen
    assert isinstance(screen, WeekScreen)
    return screen


async def go_to_option(pilot: Pilot[int], start: str) -> Option:
    """Open the choices and press down until an option that begins so is under the bar."""
    await press(pilot, "c")
    for _ in range(12):
        chosen = screen_of(pilot).chosen
        if isinstance(chosen, Option) and chosen.says.startswith(start):
            return chosen
        await press(pilot, "down")
    raise AssertionError(f"no option begins with {start}")


async def test_an_option_says_what_it_changes_and_enter_changes_it_and_plans_anew(
    full: SmallWeek, show: Show
) -> None:
    async with show((80, 24)) as pilot:
        await press(pilot, "f3")
        await go_to_option(pilot, "put its day off")
        shown = text_of(pilot.app)
        assert "1a put its day off to Tue 1 Dec" in shown
        assert "due 25 Nov → 1 Dec" in shown
        assert "Enter take it" in shown
        await press(pilot, "enter")

        assert card(full, "deck").due == date(2026, 12, 1)
        shown = text_of(pilot.app)
        assert "taken: due 25 Nov → 1 Dec" in shown
        assert "board changed" not in shown
        assert '"Deck for the retro" has no room' not in shown


async def test_undo_takes_an_option_back_and_the_choice_is_there_again(
    door: SmallDoor, full: SmallWeek, show: Show
) -> None:
    door.garden.now["board.md"] = FULL.encode()

    async with show((80, 24)) as pilot:
        await press(pilot, "f3")
        await go_to_option(pilot, "put its day off")
        await press(pilot, "enter")
        full.text = FULL
        await press(pilot, "u")

        assert door.garden.now["board.md"] == FULL.encode()
        assert "board changed" not in text_of(pilot.app)
        await go_to_option(pilot, "put its day off")


async def test_an_option_that_changes_no_card_says_what_the_person_does(
    full: SmallWeek, show: Show
) -> None:
    async with show((80, 24)) as pilot:
        await press(pilot, "f3")
        await go_to_option(pilot, "move")
        await press(pilot, "enter")

        shown = " ".join(text_of(pilot.app).split())
        told = "yours to do: move it in your calendar, export that again, then press r"
        assert told in shown
        assert full.text == FULL


async def test_to_leave_it_as_it_is_said_closes_the_choice(full: SmallWeek, show: Show) -> None:
    async with show((80, 24)) as pilot:
        await press(pilot, "f3")
        assert "2 choices: c" in text_of(pilot.app)
        await go_to_option(pilot, "leave it for later")
        await press(pilot, "enter")

        assert "1 choice: c" in text_of(pilot.app)
        assert full.text == FULL


async def test_the_first_click_on_an_option_reads_it_and_the_second_takes_it(
    full: SmallWeek, show: Show
) -> None:
    async with show((80, 24)) as pilot:
        await press(pilot, "f3", "c", "down")
        await press(pilot, "up")
        view = screen_of(pilot).plan_view
        line = next(
            number for number, one in enumerate(view.page.lines) if "1a put its" in one.text
        )
        offset = (8, line - view.scroll_offset.y)
        await pilot.click("#plan", offset=offset)
        await press(pilot)
        assert isinstance(screen_of(pilot).chosen, Option)
        assert full.text == FULL

        await pilot.click("#plan", offset=(8, line - view.scroll_offset.y))
        await press(pilot)

        assert card(full, "deck").due == date(2026, 12, 1)


async def test_an_option_that_nobody_allowed_changes_nothing_and_stays(
    full: SmallWeek, show: Show
) -> None:
    full.refuses = Unanswered(decision=ASKED, ask_id="a1")

    async with show((120, 32)) as pilot:
        await press(pilot, "f3")
        option = await go_to_option(pilot, "put its day off")
        await press(pilot, "enter")

        assert "nobody answered" in text_of(pilot.app)
        assert screen_of(pilot).chosen == option
        assert full.text == FULL


async def test_a_card_of_which_a_part_is_planned_has_a_group_and_a_mark_of_its_own(
    full: SmallWeek, show: Show
) -> None:
    async with show((80, 24)) as pilot:
        await press(pilot, "f3")
        board = text_of(pilot.app).partition("──")[0]
        assert any(row.startswith("▌   in part") for row in board.splitlines())
        await press(pilot, "tab")
        lines = [one.text for one in screen_of(pilot).plan_view.page.lines]
        groups = [one for one in lines if one.rpartition("  ")[0] in GROUPS]

    assert groups == ["In part  1", "No room  3", "Waiting  1"]
    assert lines[lines.index("In part  1") + 1].startswith("Report for the board")


async def test_what_a_new_plan_moves_is_read_without_a_key_until_the_bar_goes_on(
    week: SmallWeek, show: Show
) -> None:
    async with show((80, 24)) as pilot:
        await press(pilot, "f3", "p", "y")
        assert week.kept is not None
        first = min(
            (one for one in week.kept.blocks if one.card == "ep41"), key=lambda one: one.start
        )
        day = (first.start.date() - week.today()).days
        drill = meeting(day, f"{first.start:%H:%M}", f"{first.end:%H:%M}", "Fire drill")
        week.meetings = (*MEETINGS, drill)
        await press(pilot, "r")
        shown = text_of(pilot.app)
        assert "What changes against the plan that stands" in shown
        row = next(row for row in rows_of(pilot.app) if row.lstrip().startswith("> Show notes"))
        assert f"{first.start:%H:%M}–{first.end:%H:%M} →" in row
        assert "Fire drill" in shown

        await press(pilot, "down")
        assert "What changes" not in text_of(pilot.app)
        await press(pilot, "m")

        assert "> Show notes for episode 41  moved: " in text_of(pilot.app)


async def test_keeping_after_a_change_of_the_board_plans_anew_first(
    week: SmallWeek, show: Show
) -> None:
    async with show((80, 24)) as pilot:
        await press(pilot, "f3", "space", "p")
        assert isinstance(pilot.app.screen, KeepScreen)
        await press(pilot, "y")

    assert week.kept is not None
    assert "ep41" not in {block.card for block in week.kept.blocks}


async def test_other_weeks_are_a_key_or_a_click_away(week: SmallWeek, show: Show) -> None:
    del week
    async with show((80, 24)) as pilot:
        await press(pilot, "f3", "n")
        assert "Week 49" in rows_of(pilot.app)[0]
        await press(pilot, "b", "b")
        assert "Week 47" in rows_of(pilot.app)[0]
        assert "these days are over" in rows_of(pilot.app)[0]
        await press(pilot, "t")
        assert "Week 48" in rows_of(pilot.app)[0]

        for sign, number in (("›", 49), ("‹", 48)):
            place = rows_of(pilot.app)[0].index(sign)
            await pilot.click("#heading", offset=(place, 0))
            await press(pilot)
            assert f"Week {number}" in rows_of(pilot.app)[0]

        await pilot.click("#heading", offset=(rows_of(pilot.app)[1].index("week"), 1))
        await press(pilot)
        assert "[week]" in text_of(pilot.app)


async def test_what_is_past_is_not_offered_as_free(week: SmallWeek, show: Show) -> None:
    week.clock = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)

    async with show((80, 24)) as pilot:
        await press(pilot, "f3", "tab")
        today = screen_of(pilot).plan_view.page.lines
        free = [line.text for line in today if "░" in line.text]
        assert [line for line in free if line < "12:30"] == []
        await press(pilot, "left")

        assert "░" not in text_of(pilot.app)


async def test_a_narrow_week_shows_three_days_with_whole_words_and_goes_on_to_the_others(
    show: Show,
) -> None:
    async with show((80, 24)) as pilot:
        await press(pilot, "f3", "v")
        shown = text_of(pilot.app)
        assert "days 1–3 of 5" in shown
        assert "▓ 10:00 Recording," in shown
        assert "▓ episode 42" in shown
        assert "Fri 27 Nov" not in shown.partition("\n")[2]
        await press(pilot, "right", "right", "right")
        assert "days 2–4 of 5" in text_of(pilot.app)
        await press(pilot, "right", "right")
        shown = text_of(pilot.app)
        assert "Week 49" in shown
        assert "Mon 30 Nov" in shown.partition("\n")[2]
        await press(pilot, "left")

        shown = text_of(pilot.app)
        assert "Week 48" in shown
        assert "days 3–5 of 5" in shown


async def test_lists_of_finished_cards_are_last_and_narrow_and_get_no_new_card(
    week: SmallWeek, show: Show
) -> None:
    head, done = BOARD.split("## DONE")
    week.text = head.replace("## NOW", f"## SHIPPED{done}\n## NOW")

    async with show((80, 24)) as pilot:
        await press(pilot, "f3")
        assert screen_of(pilot).columns.names[-1] == "SHIPPED"
        await press(pilot, "right", "right", "right", "right")
        widths = [one.size.width for one in screen_of(pilot).columns.children if one.display]
        assert widths[-1] < min(widths[:-1])
        await press(pilot, "a")

        assert "To NOW: words" in text_of(pilot.app)


async def test_the_bar_stays_in_its_list_when_a_card_is_finished(
    week: SmallWeek, show: Show
) -> None:
    async with show((80, 24)) as pilot:
        await press(pilot, "f3", "space", "space")

    assert {one.id for one in cards_of(week.board()) if one.is_done} == {"studio", "ep41", "mail"}


@pytest.mark.parametrize(
    ("keys", "heading"),
    [
        (("f3",), "Board and plan"),
        (("f3", "p"), "What keeping a plan writes"),
        (("f3", "P"), "Push to a board elsewhere"),
    ],
)
async def test_the_help_of_a_screen_begins_with_its_keys(
    show: Show, keys: tuple[str, ...], heading: str
) -> None:
    async with show((80, 24)) as pilot:
        await press(pilot, *keys, "question_mark")

        assert next(row for row in rows_of(pilot.app)[1:] if row.strip()).strip() == heading


@pytest.mark.parametrize("width", [60, 66, 72, 80, 100])
async def test_the_heading_is_never_cut_within_a_word(
    full: SmallWeek, show: Show, width: int
) -> None:
    del full
    async with show((width, 24)) as pilot:
        await press(pilot, "f3", "space", "r")

        assert "…" not in "".join(rows_of(pilot.app)[:2])
