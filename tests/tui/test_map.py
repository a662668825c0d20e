from __future__ import annotations

import pytest
from textual.pilot import Pilot

from pmagent.tui.widgets.lines import LineView
from pmagent.types import Query
from tests.tui.conftest import Show
from tests.tui.screen_text import press, rows_of, see, settle, text_of, type_text
from tests.tui.small_garden import TEXTS, SmallDesktop, SmallDoor


async def draw(pilot: Pilot[int], question: str = "seat price") -> str:
    await type_text(pilot, f"/where {question}\n")
    return await see(pilot, "refined")


def focus_of(pilot: Pilot[int]) -> str | None:
    focused = pilot.app.focused
    return focused.id if focused is not None else None


async def test_a_map_shows_how_many_since_when_and_how_sure(show: Show) -> None:
    async with show() as pilot:
        shown = await draw(pilot)

        assert "where  seat price" in shown
        assert "7 passages · 3 sources · 2024-03-14 to 2025-06-20" in shown
        assert "100% sure, needs 50%" in shown


async def test_the_timeline_tells_its_counts_in_numbers(show: Show) -> None:
    async with show() as pilot:
        await draw(pilot)

        rows = rows_of(pilot.app)
        counts = next(row for row in rows if "[2]" in row)
        assert counts.split() == ["3", "·", "·", "[2]", "·", "2"]
        quarters = rows[rows.index(counts) + 1]
        assert quarters.split() == ["2024", "Q1", "Q2", "Q3", "Q4", "2025", "Q1", "Q2"]


async def test_the_first_and_the_latest_mention_are_named_and_estimates_marked(show: Show) -> None:
    async with show((120, 48)) as pilot:
        await draw(pilot)

        rows = rows_of(pilot.app)
        assert any(row.split("│")[0].rstrip().endswith("first") for row in rows)
        assert any(row.split("│")[0].rstrip().endswith("latest") for row in rows)
        assert any("~00:03:03" in row for row in rows)
        assert any(" 00:02:02" in row for row in rows)


async def test_the_passage_stands_beside_the_list_and_follows_the_bar(show: Show) -> None:
    async with show((120, 32)) as pilot:
        await draw(pilot)
        assert "3 ┃ The seat price is the oldest promise we have." in text_of(pilot.app)

        await press(pilot, "n")
        assert "4 ┃ A flat price would be a promise" in text_of(pilot.app)
        await press(pilot, "p")
        assert "3 ┃ The seat price is the oldest" in text_of(pilot.app)


async def test_enter_goes_to_the_passage_and_escape_comes_back_step_by_step(show: Show) -> None:
    async with show((120, 32)) as pilot:
        await draw(pilot)
        assert focus_of(pilot) == "mentions"
        await press(pilot, "enter")
        assert focus_of(pilot) == "reader"
        await press(pilot, "n")
        assert "4 ┃ A flat price" in text_of(pilot.app)
        await press(pilot, "escape")
        assert focus_of(pilot) == "mentions"
        await press(pilot, "escape")
        assert "› /where seat price" in text_of(pilot.app)


async def test_on_a_narrow_screen_the_passage_has_a_screen_of_its_own(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await draw(pilot)
        assert "┃" not in text_of(pilot.app)
        await press(pilot, "down", "enter")

        assert "source 2 of 7" in text_of(pilot.app)
        assert "4 ┃ A flat price would be a promise" in text_of(pilot.app)
        await press(pilot, "p")
        assert "source 1 of 7" in text_of(pilot.app)
        await press(pilot, "escape")
        assert focus_of(pilot) == "mentions"


async def test_sorting_keeps_the_bar_on_the_same_passage(show: Show) -> None:
    async with show() as pilot:
        await draw(pilot)
        await press(pilot, "n", "s")
        assert "by time" in text_of(pilot.app)
        assert "4 ┃ A flat price" in text_of(pilot.app)
        headings = [row[2:6] for row in rows_of(pilot.app) if row[2:6] in {"2024", "2025"}]
        assert "2024" in headings
        await press(pilot, "s")
        assert "Best first" in text_of(pilot.app)
        assert "4 ┃ A flat price" in text_of(pilot.app)


async def test_brackets_step_from_quarter_to_quarter(show: Show) -> None:
    async with show() as pilot:
        await draw(pilot)
        await press(pilot, "right_square_bracket")
        assert "[2]" in text_of(pilot.app)
        assert "1 ┃ **Nell:** We said a seat price was fair." in text_of(pilot.app)
        await press(pilot, "left_square_bracket", "left_square_bracket")
        assert "[3]" in text_of(pilot.app)


async def test_the_quote_and_the_citation_are_copied(show: Show) -> None:
    async with show() as pilot:
        await draw(pilot)
        await press(pilot, "y")
        assert pilot.app.clipboard == "The seat price is the oldest promise we have."
        await press(pilot, "c")
        assert pilot.app.clipboard == "notes/pricing-notebook.md L3"
        assert "copied the citation" in text_of(pilot.app)


async def test_a_windowed_editor_is_opened_at_the_line(show: Show, desktop: SmallDesktop) -> None:
    async with show(environment={"EDITOR": "code"}) as pilot:
        await draw(pilot)
        await press(pilot, "e")

        await see(pilot, "opened notes/pricing-notebook.md at line 3")
    assert desktop.edited == [["code", "--goto", "/garden/notes/pricing-notebook.md:3"]]


async def test_without_an_editor_it_is_said_how_to_name_one(show: Show) -> None:
    async with show(environment={"TERM": "xterm"}) as pilot:
        await draw(pilot)
        await press(pilot, "e")

        await see(pilot, 'no editor is named; set one: export EDITOR="vim"')


async def test_another_question_is_asked_in_place(show: Show) -> None:
    async with show() as pilot:
        await draw(pilot)
        await press(pilot, "slash", "ctrl+u")
        await type_text(pilot, "export button\n")

        shown = await see(pilot, "where  export button")
        assert "2 passages · 2 sources" in shown
        assert focus_of(pilot) == "mentions"


async def test_the_archive_may_say_nothing_and_the_map_says_so(show: Show) -> None:
    async with show() as pilot:
        shown = await draw(pilot, "zebra crossing seat permits")

        assert "The archive does not say this clearly: 25% sure, and an answer needs 50%." in shown
        assert "Nearest passages" in shown


async def test_near_duplicates_are_named(show: Show, door: SmallDoor) -> None:
    [hit, *_] = door.garden.search(Query(text="oldest promise")).hits
    door.garden.copies = (hit.citation,) * 3
    async with show() as pilot:
        shown = await draw(pilot)

        assert "= also in 3 places: pricing-notebook.md L3, " in shown


async def test_the_map_stays_in_the_conversation_and_opens_again(show: Show) -> None:
    async with show() as pilot:
        await draw(pilot)
        await press(pilot, "escape")
        assert "7 passages in 3 sources, 2024-03-14 to 2025-06-20" in text_of(pilot.app)
        await press(pilot, "tab", "enter")

        await see(pilot, "where  seat price")


async def test_under_its_line_stand_the_mentions_that_tell_most_and_digits_open_them(
    show: Show,
) -> None:
    async with show() as pilot:
        await draw(pilot)
        await press(pilot, "escape")

        shown = await see(pilot, "passages in")
        dates = [row.split()[-1] for row in shown.splitlines() if row.strip()[:3] in {"1  ", "2  "}]
        assert dates == sorted(dates)
        assert dates[0] == "2024-03-14"
        await press(pilot, "1")
        await see(pilot, "source 1 of")


async def test_f2_maps_the_latest_question(show: Show) -> None:
    async with show() as pilot:
        await type_text(pilot, "seat price\n")
        await press(pilot, "f2")

        await see(pilot, "where  seat price")


async def test_widening_the_window_brings_the_passage_beside_the_list(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await draw(pilot)
        await pilot.resize_terminal(130, 40)
        await settle(pilot)
        assert "3 ┃ The seat price" in text_of(pilot.app)
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert "┃" not in text_of(pilot.app)


async def test_a_window_that_is_too_small_says_so_and_recovers(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await draw(pilot)
        await pilot.resize_terminal(58, 12)
        await settle(pilot)
        assert text_of(pilot.app).strip() == "58×12 is too small, 60×15 is enough"
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert "where  seat price" in text_of(pilot.app)


@pytest.mark.parametrize("size", [(80, 24), (120, 32)])
async def test_every_key_of_the_bottom_line_can_be_read(show: Show, size: tuple[int, int]) -> None:
    async with show(size) as pilot:
        await draw(pilot)

        hints = rows_of(pilot.app)[-2]
        assert hints.startswith("  Enter read   n next   p previous   s sort")
        assert "Esc back   ? keys" in hints
        assert len(hints) <= size[0]


async def test_a_mouse_click_opens_what_was_clicked(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await draw(pilot)
        view = pilot.app.screen.query_one("#mentions", LineView)
        await pilot.click(view, offset=(10, 3))
        await settle(pilot)

        await see(pilot, "source 2 of 7")


def test_the_texts_are_what_the_promises_above_count_on() -> None:
    assert sum("seat" in line or "price" in line for _, text in TEXTS.values()
               for line in text.split("\n")) == 7  # fmt: skip
