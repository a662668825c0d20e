from __future__ import annotations

from textual.widgets import Input

from pmagent.tui.app import PmagentApp
from tests.tui.conftest import Show
from tests.tui.screen_text import press, rows_of, see, text_of, type_text
from tests.tui.small_garden import SmallDesktop, SmallDoor, SmallGarden, SmallMemory


async def test_a_garden_opens_with_questions_it_can_answer(show: Show) -> None:
    async with show() as pilot:
        shown = await see(pilot, "1  What did we say about the seat price?")

        assert "words 4/4 · meaning 25% · offline" in shown
        assert isinstance(pilot.app.focused, Input)


async def test_a_question_gets_a_cited_answer_that_is_then_refined(show: Show) -> None:
    async with show() as pilot:
        await type_text(pilot, "one flat price for everyone\n")

        shown = await see(pilot, "refined")
        assert "› one flat price for everyone" in shown
        assert "One flat price for everyone, and no seat is counted again. [1]" in shown
        assert "1  talks/ep-050-eating-our-words.md" in shown
        assert "sure, an answer needs 50%" in shown
        assert pilot.app.query_one(Input).value == ""


async def test_a_digit_on_the_empty_line_opens_that_source(show: Show) -> None:
    async with show() as pilot:
        await type_text(pilot, "flat price\n")
        await press(pilot, "1")

        shown = await see(pilot, "source 1 of")
        assert "┃" in shown


async def test_a_digit_inside_a_question_is_typed(show: Show) -> None:
    async with show() as pilot:
        await type_text(pilot, "flat price\n")
        await press(pilot, *"in")
        await press(pilot, "space", *"2024")

        assert pilot.app.query_one(Input).value == "in 2024"


async def test_a_digit_without_such_a_source_is_typed(show: Show) -> None:
    async with show() as pilot:
        await press(pilot, "9", "space", *"lives")

        assert pilot.app.query_one(Input).value == "9 lives"


async def test_a_suggested_question_is_asked_by_its_digit(show: Show) -> None:
    async with show() as pilot:
        await see(pilot, "2  Why do teams drop off?")
        await press(pilot, "2")

        await see(pilot, "› Why do teams drop off?")
        await see(pilot, "Most teams drop off on the second day of onboarding. [1]")


async def test_an_abstention_says_so_with_the_nearest_passages_and_the_threshold(
    show: Show,
) -> None:
    async with show() as pilot:
        await type_text(pilot, "zebra crossing seat permits\n")

        shown = await see(pilot, "The archive does not say this clearly: 25% sure")
        assert "an answer needs 50%" in shown
        assert "The nearest passages" in shown
        assert "“" in shown


async def test_nothing_near_is_said_plainly(show: Show) -> None:
    async with show() as pilot:
        await type_text(pilot, "zygomorphic\n")

        await see(pilot, "Nothing in 4 documents says this.")


async def test_an_unknown_command_names_the_nearest_and_keeps_the_text(show: Show) -> None:
    async with show() as pilot:
        await type_text(pilot, "/wheer seats")
        await press(pilot, "enter")

        await see(pilot, 'there is no command "/wheer", did you mean "/where"')
        assert pilot.app.query_one(Input).value == "/wheer seats"


async def test_a_slash_lists_commands_and_tab_completes(show: Show) -> None:
    async with show() as pilot:
        await press(pilot, "slash")
        # The first of them; the list is longer than its place.
        assert "/read" in text_of(pilot.app)

        await press(pilot, "w", "h")
        shown = text_of(pilot.app)
        assert "/where" in shown
        assert "/read" not in shown

        await press(pilot, "tab")
        assert pilot.app.query_one(Input).value == "/where "


async def test_letters_in_order_find_a_command_and_enter_runs_it(show: Show) -> None:
    async with show() as pilot:
        await type_text(pilot, "/stus")
        await press(pilot, "enter", "enter")

        await see(pilot, "4 of 4 files")


async def test_the_list_of_commands_covers_neither_composer_nor_numbers(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await type_text(pilot, "/")

        rows = rows_of(pilot.app)
        assert rows[-2].startswith("› /")
        assert "words 4/4" in rows[-1]


async def test_escape_closes_the_list_and_never_leaves(show: Show) -> None:
    async with show() as pilot:
        await type_text(pilot, "/st")
        await press(pilot, "escape", "escape", "escape")

        assert pilot.app.is_running
        assert pilot.app.query_one(Input).value == "/st"
        assert "What is indexed" not in text_of(pilot.app)


async def test_questions_come_back_with_the_arrow_keys_and_in_the_next_run(
    show: Show, memory: SmallMemory
) -> None:
    async with show() as pilot:
        await type_text(pilot, "flat price\n")
        await type_text(pilot, "seat price\n")
        await type_text(pilot, "half a qu")
        await press(pilot, "up", "up")
        assert pilot.app.query_one(Input).value == "flat price"
        await press(pilot, "down", "down")
        assert pilot.app.query_one(Input).value == "half a qu"

    async with show() as pilot:
        await press(pilot, "up")
        assert pilot.app.query_one(Input).value == "seat price"
    assert memory.kept["questions"] == ["flat price", "seat price"]


async def test_a_source_is_reached_and_copied_by_keys_alone(
    show: Show, desktop: SmallDesktop
) -> None:
    async with show() as pilot:
        await type_text(pilot, "flat price\n")
        await press(pilot, "tab", "y")

        await see(pilot, "copied the quote: through the terminal (OSC 52)")
        assert "flat price" in pilot.app.clipboard
        await press(pilot, "c")
        assert pilot.app.clipboard.startswith(("notes/", "talks/"))
        assert desktop.copied == []


async def test_the_local_clipboard_is_used_before_the_terminals(
    show: Show, desktop: SmallDesktop
) -> None:
    desktop.program = "wl-copy"
    async with show() as pilot:
        await type_text(pilot, "flat price\n")
        await press(pilot, "tab", "y")

        await see(pilot, "copied the quote: with wl-copy")
    assert len(desktop.copied) == 1


async def test_over_ssh_the_terminal_carries_the_copy(show: Show, desktop: SmallDesktop) -> None:
    desktop.program = "pbcopy"
    async with show(environment={"SSH_CONNECTION": "10.0.0.1"}) as pilot:
        await type_text(pilot, "flat price\n")
        await press(pilot, "tab", "y")

        await see(pilot, "(OSC 52)")
    assert desktop.copied == []


async def test_what_is_too_long_for_the_terminal_goes_to_a_file(
    show: Show, desktop: SmallDesktop
) -> None:
    long = "seat price " * 10_000
    async with show(door=SmallDoor(SmallGarden({"a.md": ("2024-01-01", long)}))) as pilot:
        await type_text(pilot, "seat price\n")
        await press(pilot, "tab", "y")

        await see(pilot, 'to the file "/tmp/pmagent-kept.txt"')
    assert desktop.copied == [long.strip()] or desktop.copied == [long]


async def test_text_selected_by_mouse_is_copied_without_borders(show: Show) -> None:
    async with show() as pilot:
        await type_text(pilot, "seat price\n")
        await pilot.mouse_down(offset=(2, 4))
        await pilot.hover(offset=(30, 5))
        await pilot.mouse_up(offset=(30, 5))
        await press(pilot, "ctrl+c")

        assert pilot.app.clipboard == (
            "A seat price punishes the team that lets everyone in. [1]\n"
            "The seat price is the oldest"
        )


async def test_control_c_clears_the_line_then_asks_then_leaves(show: Show) -> None:
    async with show() as pilot:
        await type_text(pilot, "half a question")
        await press(pilot, "ctrl+c")
        assert pilot.app.query_one(Input).value == ""

        await press(pilot, "ctrl+c")
        await see(pilot, "^c again leaves pmagent")
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert not pilot.app.is_running


async def test_quit_leaves_and_the_garden_is_closed(show: Show, door: SmallDoor) -> None:
    async with show() as pilot:
        await pilot.press(*"/quit")
        await pilot.press("enter")
        await pilot.pause()
        assert not pilot.app.is_running
        assert pilot.app.return_value == 0
    assert door.garden.is_closed


async def test_flags_narrow_a_question(show: Show) -> None:
    async with show() as pilot:
        await type_text(pilot, "seat price --since 2025\n")

        shown = await see(pilot, "refined")
        assert "2025-06-20" in shown
        assert "2024-03-14" not in shown


async def test_a_flag_that_means_nothing_is_explained_and_the_text_kept(show: Show) -> None:
    async with show() as pilot:
        await type_text(pilot, "seat price --since spring\n")

        await see(pilot, '"spring" is not a day; write 2024, 2024-03 or 2024-03-14')
        assert pilot.app.query_one(Input).value == "seat price --since spring"


async def test_a_pasted_block_is_one_harmless_line_that_keeps_its_line_ends(show: Show) -> None:
    async with show() as pilot:
        await type_text(pilot, "two\nlines \x1b[31mred\u202e")

        assert pilot.app.query_one(Input).value == "two↵lines red"


async def test_a_place_is_read_by_command(show: Show) -> None:
    async with show() as pilot:
        await type_text(pilot, "/read notes/onboarding.md:2\n")

        shown = await see(pilot, "source 1 of 1")
        assert "2 ┃ The export button is not the reason." in shown


async def test_a_place_that_is_not_there_is_an_error_with_a_hint(show: Show) -> None:
    async with show() as pilot:
        await type_text(pilot, "/read nowhere.md\n")

        shown = await see(pilot, '"nowhere.md" is not a file of this garden')
        assert "check its name" in shown


async def test_a_long_conversation_stays_at_its_end_and_scrolls_back(show: Show) -> None:
    async with show((80, 24)) as pilot:
        for number in range(8):
            await type_text(pilot, f"flat price part {number}\n")
        assert "› flat price part 7" in text_of(pilot.app)

        for _ in range(8):
            await press(pilot, "pageup")
        assert "› flat price part 0" in text_of(pilot.app)


async def test_the_theme_is_changed_and_remembered(show: Show, memory: SmallMemory) -> None:
    async with show() as pilot:
        await type_text(pilot, "/theme high-contrast\n")
        await see(pilot, "theme high-contrast")
        assert pilot.app.theme == "high-contrast"
    async with show() as pilot:
        assert pilot.app.theme == "high-contrast"
        await type_text(pilot, "/theme puce\n")
        await see(pilot, 'no theme "puce"')
    assert memory.kept["theme"] == ["high-contrast"]


async def test_without_colour_the_terminals_own_theme_is_used(show: Show) -> None:
    async with show(environment={"NO_COLOR": "1"}) as pilot:
        assert pilot.app.theme == "ansi-dark"


async def test_what_is_asked_while_the_garden_opens_is_answered(
    desktop: SmallDesktop, memory: SmallMemory, door: SmallDoor
) -> None:
    app = PmagentApp(door, memory=memory, desktop=desktop, environment={})
    async with app.run_test(size=(120, 32)) as pilot:
        app.screen.query_one("Composer", Input).value = "seat price"
        await pilot.press("enter")

        shown = await see(pilot, "refined")

    assert "› seat price" in shown
