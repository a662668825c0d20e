"""The push screen: what a board elsewhere would be told, and nothing of it before Enter."""

from __future__ import annotations

import asyncio

import pytest
from textual.pilot import Pilot

from pmagent.errors import UsageError
from pmagent.tui.screens.push import PushScreen
from pmagent.tui.screens.week import WeekScreen
from pmagent.types.actions import Denied
from pmagent.types.pushes import Pushed
from tests.tui.conftest import Show
from tests.tui.screen_text import press, rows_of, see, text_of
from tests.tui.small_garden import SmallDoor
from tests.tui.small_push import SmallElsewhere
from tests.tui.small_walls import DENIED

SIZES = [(80, 24), (120, 32)]


@pytest.fixture
def elsewhere(door: SmallDoor) -> SmallElsewhere:
    return door.garden.week.elsewhere


async def open_push(pilot: Pilot[int]) -> str:
    await press(pilot, "f3", "P")
    assert isinstance(pilot.app.screen, PushScreen)
    return text_of(pilot.app)


async def read_all(pilot: Pilot[int]) -> str:
    """Every line that can be scrolled to."""
    screen = pilot.app.screen
    assert isinstance(screen, PushScreen)
    return "\n".join(line.text for line in screen.view.page.lines)


@pytest.mark.parametrize("size", SIZES)
async def test_each_card_is_shown_with_what_becomes_of_each_field(
    show: Show, size: tuple[int, int]
) -> None:
    async with show(size, environment={"NO_COLOR": "1"}) as pilot:
        shown = await open_push(pilot)
        lines = await read_all(pilot)

        assert "Push to Trello  Plumday, shared" in shown
        assert "Enter sends 1 new, 1 changed · 1 conflict waits for h or t" in shown
        assert "Enter send   h here counts   t there counts   n conflict" in shown
        assert lines == (
            "Conflict 1  changed in both places: h or t says which counts\n"
            "! Outline of the pricing spec\n"
            "  open: it stays as it is in both places\n"
            "    due      as sent  Wed 25 Nov\n"
            "           ○ here     Thu 26 Nov\n"
            "           ○ there    Mon 30 Nov\n"
            "    title    as sent  Outline the pricing spec\n"
            "           ○ here     Outline of the pricing spec\n"
            "           ○ there    Pricing: outline\n"
            "\n"
            "New 1  made there\n"
            "+ Show notes for episode 41\n"
            "    list   NOW\n"
            "    text   The guest wants to read them first.\n"
            "           \n"
            "           Effort: 2h\n"
            "    due    Tue 24 Nov\n"
            "    label  P1\n"
            "\n"
            "Changed 1  there → here\n"
            "~ Mail the guest a proof\n"
            "    list   NEXT → NOW\n"
            "    due    nothing → Mon 23 Nov\n"
            "    text   \n"
            "    1 - Proof of page 1.\n"
            "    1 + Proof of page 2.\n"
            "    2   Ask for the photo.\n"
            "\n"
            "Kept 1  changed there only: it stays\n"
            "= Listen to the first cut\n"
            '    list   stays "Doing"; here it is "NEXT"\n'
            "\n"
            "Left 1  not sent\n"
            "· Contract back from legal\n"
            '  the board there has no list "WAITING": make it there, or move the card\n'
            "\n"
            '"Old card" is gone here and stays there: nothing is deleted'
        )


async def test_leaving_sends_nothing(elsewhere: SmallElsewhere, show: Show) -> None:
    async with show((80, 24)) as pilot:
        await open_push(pilot)
        await press(pilot, "h", "escape")

        assert isinstance(pilot.app.screen, WeekScreen)
        assert (elsewhere.sent, elsewhere.taken) == ([], [])


@pytest.mark.parametrize(
    ("keys", "sent", "taken", "says"),
    [
        ((), ["ep41", "mail"], [], "2 sent"),
        (("h",), ["ep41", "mail", "prd"], [], "3 sent"),
        (("t",), ["ep41", "mail"], ["prd"], "2 sent · 1 brought here"),
        (("h", "h"), ["ep41", "mail"], [], "2 sent"),
        (("end", "n", "t", "h"), ["ep41", "mail", "prd"], [], "3 sent"),
    ],
)
async def test_a_conflict_goes_the_way_that_was_chosen_and_else_stays(
    elsewhere: SmallElsewhere,
    show: Show,
    keys: tuple[str, ...],
    sent: list[str],
    taken: list[str],
    says: str,
) -> None:
    async with show((80, 24)) as pilot:
        await open_push(pilot)
        await press(pilot, *keys, "enter")

        assert sorted(elsewhere.sent) == sorted(sent)
        assert elsewhere.taken == taken
        assert says in text_of(pilot.app)


async def test_the_mouse_chooses_a_version_by_a_click_on_it(
    elsewhere: SmallElsewhere, show: Show
) -> None:
    async with show((80, 24)) as pilot:
        await open_push(pilot)
        line = next(row for row, text in enumerate(rows_of(pilot.app)) if "○ there" in text)
        await pilot.click(offset=(30, line))
        await press(pilot)

        shown = text_of(pilot.app)
        assert "● there    Mon 30 Nov" in shown
        assert "there counts: it is brought here" in shown
        assert elsewhere.sent == []


async def test_what_came_of_each_card_is_said_and_what_is_left_is_read_again(
    elsewhere: SmallElsewhere, show: Show
) -> None:
    why = "api.trello.com does not answer; it goes when it can"
    elsewhere.ends["mail"] = Pushed(
        card="mail", title="Mail the guest a proof", state="waiting", why=why
    )

    async with show((80, 24)) as pilot:
        await open_push(pilot)
        await press(pilot, "enter")
        shown = text_of(pilot.app)

        assert "✓ Show notes for episode 41\n▌   https://trello.com/c/ep41" in shown or (
            "✓ Show notes for episode 41\n    https://trello.com/c/ep41" in shown
        )
        assert "… Mail the guest a proof" in shown
        assert why in shown
        assert "1 sent · 1 waiting" in shown
        await press(pilot, "enter")
        assert elsewhere.sent == ["ep41"]

        await press(pilot, "r")

        assert "Show notes for episode 41" not in text_of(pilot.app)
        assert "Enter sends 1 changed" in text_of(pilot.app)


async def test_a_no_of_the_gate_is_said_and_the_same_can_be_sent_again(
    elsewhere: SmallElsewhere, show: Show
) -> None:
    elsewhere.refuses = Denied(decision=DENIED, by="person", note="not on a Monday")

    async with show((80, 24)) as pilot:
        await open_push(pilot)
        await press(pilot, "enter")
        shown = text_of(pilot.app)
        assert "you said no" in shown
        assert "not on a Monday" in shown
        assert "Nothing was sent." in shown

        elsewhere.refuses = None
        await press(pilot, "enter")

        assert elsewhere.sent == ["ep41", "mail"]


async def test_without_a_board_elsewhere_it_says_how_to_set_one_up(
    elsewhere: SmallElsewhere, show: Show
) -> None:
    elsewhere.breaks = UsageError(
        "no board elsewhere is set up", '"pmagent trello connect BOARD" sets one up'
    )

    async with show((80, 24)) as pilot:
        shown = " ".join((await open_push(pilot)).split())
        assert "no board elsewhere is set up" in shown
        assert '"pmagent trello connect BOARD" sets one up' in shown
        await press(pilot, "enter", "h", "n")
        assert isinstance(pilot.app.screen, PushScreen)

        elsewhere.breaks = None
        await press(pilot, "r")

        assert "Plumday, shared" in text_of(pilot.app)


async def test_a_push_that_breaks_leaves_what_was_shown(
    elsewhere: SmallElsewhere, show: Show
) -> None:
    async with show((120, 32)) as pilot:
        await open_push(pilot)
        elsewhere.breaks = UsageError('"prd" is no card in conflict', "read both boards again")
        await press(pilot, "enter")

        assert '"prd" is no card in conflict; read both boards again' in text_of(pilot.app)
        assert "○ there    Mon 30 Nov" in text_of(pilot.app)


async def test_what_is_being_sent_goes_on_where_the_screen_is_left_and_is_told(
    elsewhere: SmallElsewhere, show: Show
) -> None:
    elsewhere.may_send.clear()

    async with show((80, 24)) as pilot:
        await open_push(pilot)
        await pilot.press("enter")
        await see(pilot, "sending…")
        await pilot.press("escape")
        await see(pilot, "Week 48")
        elsewhere.may_send.set()
        await asyncio.sleep(0)

        await see(pilot, "the push: 2 sent")


async def test_both_boards_the_same_is_said(elsewhere: SmallElsewhere, show: Show) -> None:
    elsewhere.cards = ()

    async with show((80, 24)) as pilot:
        shown = await open_push(pilot)
        assert "Both boards say the same: there is nothing to send." in shown
        await press(pilot, "enter")
        assert "there is nothing to send" in text_of(pilot.app)
