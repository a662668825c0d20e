"""`!` commands: run by the garden's rules, their output folded, a refusal told with its rule."""

from __future__ import annotations

from textual.widgets import Input

from pmagent.errors import SandboxError
from pmagent.types.actions import Denied, Done, Failed, Unanswered
from tests.tui.conftest import Show
from tests.tui.screen_text import press, see, text_of, type_text
from tests.tui.small_garden import SmallDoor, SmallGarden
from tests.tui.small_walls import ASKED, DENIED

LONG = "\n".join(f"line {number}" for number in range(40))


async def test_a_command_shows_its_output_folded_and_a_key_unfolds_it(
    show: Show, door: SmallDoor
) -> None:
    door.garden.outcomes["ls"] = Done(text=LONG, checkpoint="c007")
    async with show((80, 48)) as pilot:
        await type_text(pilot, "!ls\n")
        shown = await see(pilot, "› !ls")
        assert "│ line 7\n" in shown
        assert "line 8" not in shown
        assert "32 more lines  Enter unfolds" in shown
        assert "undo point c007, /undo" in shown

        await press(pilot, "tab", "enter")
        assert "│ line 39" in text_of(pilot.app)
        await press(pilot, "enter")
        assert "line 39" not in text_of(pilot.app)


async def test_output_of_one_endless_line_stays_a_few_rows_until_it_is_unfolded(
    show: Show, door: SmallDoor
) -> None:
    door.garden.outcomes["yes"] = Done(text="y" * 100_000)
    async with show((80, 24)) as pilot:
        await type_text(pilot, "!yes\n")

        await see(pilot, "› !yes")
        await see(pilot, "Enter unfolds")


async def test_a_refusal_names_the_rule_its_file_and_its_line(show: Show, door: SmallDoor) -> None:
    door.garden.outcomes["cat private/a.md"] = Denied(decision=DENIED, by="rule")
    async with show() as pilot:
        await type_text(pilot, "!cat private/a.md\n")

        shown = " ".join((await see(pilot, "It did not run: a rule says no.")).split())
        assert "private notes stay private (deny Read(private/**), your settings at " in shown
        assert "~/.claude/settings.json:14)" in shown


async def test_what_nobody_answered_is_told_as_that_and_not_as_a_no(
    show: Show, door: SmallDoor
) -> None:
    door.garden.outcomes["git push"] = Unanswered(decision=ASKED, ask_id="a41f")
    async with show() as pilot:
        await type_text(pilot, "!git push\n")

        shown = await see(pilot, "It did not run: nobody answered. That is not a no.")
        assert ".claude/settings.json:9" in shown


async def test_a_failure_says_what_happened_and_what_to_do(show: Show, door: SmallDoor) -> None:
    door.garden.outcomes["sleep 99"] = Failed(message="it took longer than 30 s", hint="try less")
    async with show() as pilot:
        await type_text(pilot, "!sleep 99\n")

        shown = await see(pilot, "It failed: it took longer than 30 s")
        assert "try less" in shown


async def test_where_nothing_can_be_run_that_stands_in_the_place_of_the_output(show: Show) -> None:
    class NoSandbox(SmallGarden):
        def perform(self, *_: object, **__: object) -> Done:
            raise SandboxError("no sandbox can be made here", "install bubblewrap")

    async with show(door=SmallDoor(NoSandbox())) as pilot:
        await type_text(pilot, "!ls\n")

        shown = await see(pilot, "no sandbox can be made here")
        assert "install bubblewrap" in shown
        assert "running…" not in shown


async def test_questions_are_answered_while_a_command_waits_for_a_person(show: Show) -> None:
    async with show() as pilot:
        await type_text(pilot, "!git push\n")
        await type_text(pilot, "one flat price for everyone\n")

        await see(pilot, "sure, an answer needs 50%")
        assert "asks 1 of 1" in text_of(pilot.app)


async def test_an_empty_command_is_explained_and_typed_commands_come_back(show: Show) -> None:
    async with show() as pilot:
        await type_text(pilot, "!\n")
        await see(pilot, "write a command after the !")
        await press(pilot, "ctrl+u")
        await type_text(pilot, "!git push\n")
        await press(pilot, "ctrl+u", "up")
        assert pilot.app.query_one("#prompt Input", Input).value == "!git push"
