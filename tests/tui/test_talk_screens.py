"""Models, context, cost, earlier conversations, rewind; what is offered while one types."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from textual.events import Key
from textual.widgets import Input

from pmagent.types.actions import Done
from pmagent.types.conversing import StatusLine
from pmagent.types.sessions import TurnRow
from pmagent.types.turns import Said
from tests.tui.conftest import Show
from tests.tui.screen_text import press, rows_of, see, text_of, type_text
from tests.tui.small_garden import SmallDoor, SmallMemory
from tests.tui.small_talk import AT, FAST, session


async def test_alt_with_a_letter_as_terminals_send_it_is_no_letter(
    show: Show, door: SmallDoor
) -> None:
    async with show((80, 24)) as pilot:
        await type_text(pilot, "half")
        pilot.app.post_message(Key("alt+p", "p"))

        await see(pilot, "Models")
        await press(pilot, "escape")
        assert pilot.app.query_one(Input).value == "half"


async def test_another_model_is_used_and_the_typed_words_stay(show: Show, door: SmallDoor) -> None:
    async with show((80, 24)) as pilot:
        await type_text(pilot, "half a question")
        await press(pilot, "alt+p")
        shown = await see(pilot, "what you type and the passages it reads go to api.anthropic.com")
        assert "nothing leaves this computer" in shown
        assert "price unknown" in shown

        await press(pilot, "2")
        await see(pilot, "deep cannot be used: there is no key: set ANTHROPIC_API_KEY")
        await press(pilot, "1")
        await see(pilot, "fast answers from the next step on")
        assert pilot.app.query_one(Input).value == "half a question"
        assert "fast" in rows_of(pilot.app)[-1]
    assert door.garden.talk.card is FAST


async def test_a_model_that_nobody_knows_is_refused_with_a_hint(show: Show) -> None:
    async with show() as pilot:
        await type_text(pilot, "/model gpt\n")

        await see(pilot, 'no model is called "gpt"')


async def test_context_and_cost_are_numbers_with_words(show: Show, door: SmallDoor) -> None:
    door.garden.talk.card, door.garden.talk.cost = FAST, Decimal("0.43")
    async with show((80, 24)) as pilot:
        await type_text(pilot, "/context\n")
        shown = await see(pilot, "about 24,400 of 200,000 tokens, 12%: there is room")
        assert "conversation" in shown
        assert "11,000" in shown
        await press(pilot, "escape")

        await type_text(pilot, "/cost\n")
        shown = await see(pilot, "9 requests to a model")
        assert "$0.43" in shown


async def test_money_of_an_unknown_price_is_never_nothing(show: Show, door: SmallDoor) -> None:
    door.garden.talk.card, door.garden.talk.cost = FAST, None
    async with show() as pilot:
        await type_text(pilot, "/cost\n")

        shown = await see(pilot, "unknown: a model whose price is not known had a part in it")
        assert "$0" not in shown


async def test_an_earlier_conversation_is_found_by_its_words_and_gone_on_with(
    show: Show, door: SmallDoor
) -> None:
    talk = door.garden.talk
    talk.kept = (session("s-1", "seat pricing"), session("s-2", "a digest", days=3, turns=7))
    async with show((80, 24)) as pilot:
        await type_text(pilot, "/resume\n")
        await see(pilot, "2, latest first")
        await press(pilot, "slash")
        await type_text(pilot, "digest\n")
        shown = await see(pilot, "1, latest first")
        assert "2026-11-20 11:02  7 turns" in shown

        await press(pilot, "f")
        await see(pilot, "opened at turn 1")
        await see(pilot, "What was said about a digest then.")
    assert talk.now.forked_from == "s-2"


async def test_rewinding_brings_the_typed_words_back_and_leaves_files(
    show: Show, door: SmallDoor
) -> None:
    talk = door.garden.talk
    talk.scripts = {name: [Said(text=f"about {name}")] for name in ("one", "two", "three")}
    async with show((80, 24)) as pilot:
        for name in talk.scripts:
            await type_text(pilot, f"{name}\n")
        await press(pilot, "escape", "escape")
        await see(pilot, "3 turns, latest first")
        await press(pilot, "down", "enter")

        await see(pilot, "rewound; what you typed is back on the line")
        shown = text_of(pilot.app)
        assert pilot.app.query_one(Input).value == "two"
        assert "about one" in shown
        assert "about two" not in shown
    assert not talk.files_taken_back


async def test_files_are_taken_back_too_only_after_a_yes(show: Show, door: SmallDoor) -> None:
    talk = door.garden.talk
    door.garden.change("notes/a.md", b"one")
    talk.rows = [
        TurnRow(turn="k1", at=AT, typed="write it", shown="done", reason="done",
                checkpoints=("c001",))
    ]  # fmt: skip
    async with show((80, 24)) as pilot:
        await type_text(pilot, "/rewind\n")
        await press(pilot, "b")
        await see(pilot, "Take back 1 change to files, and go on from before this turn?")
        assert not talk.files_taken_back
        await press(pilot, "y")
        await see(pilot, "its changes to files are taken back")
    assert talk.files_taken_back


async def test_the_files_of_a_turn_are_looked_at_before_they_are_taken_back(
    show: Show, door: SmallDoor
) -> None:
    door.garden.change("notes/a.md", b"one")
    door.garden.talk.rows = [
        TurnRow(turn="k1", at=AT, typed="write it", shown="done", reason="done",
                checkpoints=("c001",))
    ]  # fmt: skip
    async with show() as pilot:
        await type_text(pilot, "/rewind\n")
        await press(pilot, "f")

        await see(pilot, "Take back “Write notes/a.md” and all since, in 1 file?")


async def test_the_list_merges_commands_of_every_origin(show: Show) -> None:
    async with show() as pilot:
        await type_text(pilot, "/st")
        shown = text_of(pilot.app)
        assert "/status" in shown
        [row] = [row for row in rows_of(pilot.app) if "/standup" in row]
        assert "[day]" in row
        assert row.endswith("project")

        await type_text(pilot, "andup")
        await press(pilot, "tab")
        assert pilot.app.query_one(Input).value == "/standup "


async def test_an_at_offers_files_and_enter_still_sends(show: Show, door: SmallDoor) -> None:
    async with show() as pilot:
        await type_text(pilot, "compare @notes/on")
        await see(pilot, "@notes/onboarding.md")
        await press(pilot, "tab")
        assert pilot.app.query_one(Input).value == "compare @notes/onboarding.md "
        await press(pilot, "enter")
    assert door.garden.talk.submitted == ["compare @notes/onboarding.md"]


async def test_a_long_paste_is_a_chip_and_is_sent_whole(show: Show, door: SmallDoor) -> None:
    pasted = "\n".join(f"line {number}" for number in range(34))
    async with show() as pilot:
        await type_text(pilot, pasted)
        assert pilot.app.query_one(Input).value == "[paste 1: 34 lines]"
        await press(pilot, "enter")
    assert door.garden.talk.submitted == [pasted]


async def test_a_message_may_have_lines(show: Show, door: SmallDoor) -> None:
    async with show() as pilot:
        await type_text(pilot, "one")
        await press(pilot, "ctrl+j", "t", "w", "o", "enter")
    assert door.garden.talk.submitted == ["one\ntwo"]


async def test_an_earlier_line_is_found_by_a_part_of_it(show: Show, memory: SmallMemory) -> None:
    memory.write("questions", ["flat price for everyone", "why do teams leave"])
    async with show() as pilot:
        await press(pilot, "ctrl+r")
        await type_text(pilot, "flat")
        shown = await see(pilot, "flat price for everyone")
        assert "why do teams leave" not in shown
        await press(pilot, "enter")
        assert pilot.app.query_one(Input).value == "flat price for everyone"


async def test_the_last_answer_is_copied_as_markdown(show: Show, door: SmallDoor) -> None:
    door.garden.talk.scripts["go"] = [Said(text="A **bold** answer.\n")]
    async with show() as pilot:
        await type_text(pilot, "go\n")
        await type_text(pilot, "/copy\n")

        await see(pilot, "copied the last answer")
        assert pilot.app.clipboard == "A **bold** answer."


async def test_an_export_is_written_through_the_gate(show: Show, door: SmallDoor) -> None:
    door.garden.outcomes[""] = Done(text="written", checkpoint="c009")
    async with show() as pilot:
        await type_text(pilot, "/export drafts/talk.md\n")

        await see(pilot, "written to drafts/talk.md; /undo takes it back")


async def test_a_status_line_of_ones_own_stands_below_the_numbers(
    show: Show, door: SmallDoor
) -> None:
    garden = door.garden
    garden.own_line = StatusLine(padding=2)
    garden.printed = "\x1b[31mred\x1b[0m \x1b]0;title\x07\x1b[38;5;9mplain\x1b[2J"
    async with show((80, 24)) as pilot:
        await see(pilot, "red plain")

        assert rows_of(pilot.app)[-1] == "    red plain"
        garden.printed = None
        garden.talk.now = replace(garden.talk.now, name="another")
        await type_text(pilot, "/model fast\n")
        await see(pilot, "fast answers")
        assert rows_of(pilot.app)[-1] == "    red plain"
