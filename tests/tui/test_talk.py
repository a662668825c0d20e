"""A turn on screen: its words and tools, its controls, what is queued, what is typed meanwhile."""

from __future__ import annotations

from decimal import Decimal

from textual.pilot import Pilot
from textual.widgets import Input

from pmagent.tui.app import PmagentApp
from pmagent.types.actions import Denied, Failed, Unanswered
from pmagent.types.sessions import TurnRow
from pmagent.types.turns import (
    AgentBegan,
    AgentMoved,
    Budget,
    Noted,
    Paused,
    Said,
    Screen,
    Spend,
    ToolBegan,
    ToolEnded,
    TurnEnded,
    Usage,
    Used,
)
from tests.tui.conftest import Show
from tests.tui.screen_text import press, rows_of, see, text_of, type_text
from tests.tui.small_garden import SmallDoor
from tests.tui.small_talk import AT, FAST, read_done, session
from tests.tui.small_walls import ASKED, DENIED

WORDS = (
    "**Seats** came first [notes/pricing-notebook.md:3], then nothing [notes/onboarding.md:2].\n"
)


def line_of(pilot: Pilot[int]) -> str:
    return pilot.app.query_one(Input).value


def used(tokens: int) -> Used:
    return Used(spend=Spend(), budget=Budget(), context_tokens=tokens, context_limit=200_000)


async def test_cited_places_become_numbers_that_a_digit_opens(show: Show, door: SmallDoor) -> None:
    door.garden.talk.scripts["tell me"] = [Said(text=WORDS[:30]), Said(text=WORDS[30:])]
    async with show() as pilot:
        await type_text(pilot, "tell me\n")

        shown = await see(pilot, "Seats came first [1], then nothing [2].")
        assert "2  notes/onboarding.md:2" in shown

        await press(pilot, "2")
        shown = await see(pilot, "source 2 of 2")
        assert "2 ┃ The export button is not the reason." in shown
        await press(pilot, "p")
        await see(pilot, "source 1 of 2")


async def test_a_tool_is_one_line_that_a_key_unfolds(show: Show, door: SmallDoor) -> None:
    door.garden.talk.scripts["look"] = [*read_done("c1", "notes/a.md"), Said(text="I looked.")]
    async with show() as pilot:
        await type_text(pilot, "look\n")
        shown = await see(pilot, "> Read notes/a.md  0.08 s")
        assert "the words of notes/a.md" not in shown

        await press(pilot, "tab", "enter")
        shown = await see(pilot, "the words of notes/a.md")
        assert "why: it is the newest about seats" in shown
        await press(pilot, "enter")
        assert "the words of notes/a.md" not in text_of(pilot.app)


async def test_what_did_not_run_is_told_apart_in_words(show: Show, door: SmallDoor) -> None:
    outcomes = (
        Denied(decision=DENIED, by="rule"),
        Unanswered(decision=ASKED),
        Failed(message="the disk is full"),
    )
    door.garden.talk.scripts["try"] = [
        event
        for number, outcome in enumerate(outcomes)
        for event in (
            ToolBegan(call_id=f"c{number}", tool="Write", subject=f"{number}.md"),
            ToolEnded(call_id=f"c{number}", tool="Write", outcome=outcome, elapsed_s=0.5),
        )
    ]
    async with show() as pilot:
        await type_text(pilot, "try\n")

        shown = await see(pilot, "> Write 0.md  denied: a rule says no · 0.50 s")
        assert "> Write 1.md  not answered, which is not a no" in shown
        assert "> Write 2.md  failed: the disk is full" in shown


async def test_escape_stops_the_turn_and_what_was_said_is_kept(show: Show, door: SmallDoor) -> None:
    talk = door.garden.talk
    talk.scripts["long"] = [Said(text="Half an ans"), "hold", Said(text="never said")]
    async with show() as pilot:
        await type_text(pilot, "long\n")
        await see(pilot, "Half an ans")
        await press(pilot, "escape")

        shown = await see(pilot, "Stopped by you. What was said until then is kept.")
        assert "Half an ans" in shown
        assert "never said" not in shown
        assert pilot.app.is_running
    assert talk.asked == ["stop"]


async def test_what_is_typed_meanwhile_is_told_to_the_agent_and_commands_wait(
    show: Show, door: SmallDoor
) -> None:
    talk = door.garden.talk
    talk.scripts["long"] = ["hold"]
    talk.scripts["and flat prices?"] = [Said(text="Those too.")]
    talk.scripts["/digest ep-050"] = [Said(text="A digest.")]
    async with show() as pilot:
        await type_text(pilot, "long\n")
        await type_text(pilot, "and flat prices?\n")
        await type_text(pilot, "/digest ep-050\n")
        shown = await see(pilot, "queued  /digest ep-050")
        assert "queued  and flat prices?" in shown
        assert talk.submitted == ["long"]

        talk.release()
        shown = await see(pilot, "A digest.")
        assert "queued" not in shown
    assert talk.submitted == ["long", "and flat prices?", "/digest ep-050"]


async def test_a_lone_p_pauses_and_a_word_that_begins_with_p_is_typed(
    show: Show, door: SmallDoor
) -> None:
    talk = door.garden.talk
    talk.scripts["long"] = [Paused(reason="you paused it"), "hold"]
    async with show() as pilot:
        await type_text(pilot, "long\n")
        await see(pilot, "paused: you paused it")
        await pilot.press("p", "l", "e", "a", "s", "e")
        assert line_of(pilot) == "please"
        await press(pilot, "ctrl+c", "p")
        await see(pilot, "it goes on")
    assert talk.asked == ["resume"]


async def test_minus_and_plus_halve_the_steps_and_give_them_back(
    show: Show, door: SmallDoor
) -> None:
    talk = door.garden.talk
    talk.scripts["long"] = ["hold"]
    async with show() as pilot:
        await type_text(pilot, "long\n")
        await press(pilot, "minus")
        await see(pilot, "half of the steps")
        await press(pilot, "plus")
        await see(pilot, "given back")
        talk.release()
    assert talk.asked == ["halve", "restore"]


async def test_a_question_mark_tells_why_while_it_works_and_shows_the_keys_else(
    show: Show, door: SmallDoor
) -> None:
    door.garden.talk.scripts["long"] = ["hold"]
    async with show((80, 24)) as pilot:
        await type_text(pilot, "long\n")
        await press(pilot, "question_mark")
        shown = await see(pilot, "What is it doing?")
        assert "Would stop if  38 steps, or Esc" in shown
        await press(pilot, "escape")
        assert "What is it doing?" not in text_of(pilot.app)
        assert door.garden.talk.asked == []

        door.garden.talk.release()
        await see(pilot, "› long")
        await type_text(pilot, "/why\n")
        await see(pilot, "What did it do last?")
        await press(pilot, "escape", "question_mark")
        await see(pilot, "Commands")


async def test_sub_agents_are_seen_looked_into_and_stopped(show: Show, door: SmallDoor) -> None:
    talk = door.garden.talk
    talk.peeked["a1"] = read_done("c9", "talks/ep-010.vtt")
    talk.scripts["long"] = [
        AgentBegan(id="a1", name="researcher", task="find seats", budget=Budget(steps=12)),
        AgentMoved(
            id="a1", step=3, doing="thinking", elapsed_s=14, usage=Usage(input_tokens=3_100)
        ),
        "hold",
    ]
    async with show((80, 24)) as pilot:
        await type_text(pilot, "long\n")
        await see(pilot, "step 3/12 · thinking · 14 s · 3.1k tokens")

        await press(pilot, "f8")
        shown = await see(pilot, "1 running")
        assert "writer" in shown
        await press(pilot, "enter")
        await see(pilot, "> Read talks/ep-010.vtt  0.08 s")
        await press(pilot, "escape", "p", "k")
        await see(pilot, "researcher is stopped")
        talk.release()
    assert talk.asked == ["agent a1 pause", "agent a1 stop"]


async def test_an_unknown_command_that_only_the_conversation_knows_of_keeps_its_text(
    show: Show, door: SmallDoor
) -> None:
    door.garden.talk.scripts["/daily x"] = [
        TurnEnded(reason="unknown", text="it is gone", spend=Spend(), hint="write it anew")
    ]
    async with show() as pilot:
        await type_text(pilot, "/daily x\n")

        await see(pilot, "it is gone, write it anew")
        assert line_of(pilot) == "/daily x"
        assert "› /daily x" in rows_of(pilot.app)[-2]


async def test_screens_that_a_turn_asks_for_are_opened(show: Show, door: SmallDoor) -> None:
    door.garden.talk.scripts["/standup"] = [Screen(name="reader", argument="notes/onboarding.md:2")]
    async with show() as pilot:
        await type_text(pilot, "/standup\n")

        await see(pilot, "source 1 of 1")


async def test_numbers_stand_in_the_status_line_with_a_mark_where_they_are_high(
    show: Show, door: SmallDoor
) -> None:
    talk = door.garden.talk
    talk.card, talk.cost = FAST, None
    talk.scripts["go"] = [used(146_000)]
    talk.scripts["on"] = [used(190_000)]
    async with show((80, 24)) as pilot:
        await type_text(pilot, "go\n")
        await see(pilot, "fast · ctx ! 73%")
        assert "$ unknown" in rows_of(pilot.app)[-1]
        talk.cost = Decimal("0.431")
        await type_text(pilot, "on\n")
        await see(pilot, "fast · ctx !! 95%")
        assert "$0.43" in rows_of(pilot.app)[-1]


async def test_a_killed_turn_and_unsent_words_come_back(show: Show, door: SmallDoor) -> None:
    talk = door.garden.talk
    talk.now = session("s-1", "seat pricing", turns=2, draft="half a thought")
    talk.rows = [
        TurnRow(turn="k1", at=AT, typed="first", shown="The **first** answer.", reason="done"),
        TurnRow(turn="k2", at=AT, typed="second", shown="The sec", reason="killed"),
    ]
    async with show() as pilot:
        shown = await see(pilot, "Cut off when pmagent was killed")

        assert "The first answer." in shown
        assert line_of(pilot) == "half a thought"


async def test_a_note_of_pmagents_own_names_what_to_do(show: Show, door: SmallDoor) -> None:
    door.garden.talk.scripts["go"] = [
        Noted(text="the budget is nearly used up", kind="budget", hint="+ gives steps back")
    ]
    async with show() as pilot:
        await type_text(pilot, "go\n")

        shown = await see(pilot, "the budget is nearly used up")
        assert "+ gives steps back" in shown


async def test_what_is_typed_is_kept_within_two_seconds(show: Show, door: SmallDoor) -> None:
    async with show() as pilot:
        await type_text(pilot, "half a thought")
        await see(pilot, "half a thought")
        app = pilot.app
        assert isinstance(app, PmagentApp)
        for _ in range(200):
            if "half a thought" in door.garden.talk.drafts:
                break
            await pilot.pause(0.05)
    assert "half a thought" in door.garden.talk.drafts


async def test_a_turn_with_a_hostile_answer_shows_it_harmlessly(
    show: Show, door: SmallDoor
) -> None:
    evil = "a\x1b]52;c;ZXZpbA==\x07b `\x1b[2J` [x\x1b[8m](http://evil.test/\u202e) <script>\n"
    door.garden.talk.scripts["go"] = [Said(text=evil), *read_done("c1", "\x1b[2Jx")]
    async with show() as pilot:
        await type_text(pilot, "go\n")

        shown = await see(pilot, "<script>")
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "(http://evil.test/" in shown


async def test_a_long_answer_that_comes_at_once_is_shown_from_its_beginning(
    show: Show, door: SmallDoor
) -> None:
    lines = "\n\n".join(f"Line {n} [notes/{n}.md:1]." for n in range(1, 60))
    door.garden.talk.scripts["/digest x"] = [Said(text=lines)]
    async with show() as pilot:
        await type_text(pilot, "/digest x\n")

        shown = await see(pilot, "Line 1 [1].")
        assert "› /digest x" in shown
        await press(pilot, "tab", "end")
        shown = await see(pilot, "and 50 more places")
        assert "9  notes/9.md:1" in shown
        assert "10  notes/10.md:1" not in shown
