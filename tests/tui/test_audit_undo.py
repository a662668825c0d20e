"""The trail and the undo points: what was done, by which rule, and how it is taken back."""

from __future__ import annotations

import pytest

from pmagent.tui.widgets.lines import LineView
from tests.tui.conftest import Show
from tests.tui.screen_text import press, rows_of, see, text_of, type_text
from tests.tui.small_garden import SmallDoor
from tests.tui.small_walls import AFTER, BEFORE, entries


@pytest.fixture
def changed(door: SmallDoor) -> SmallDoor:
    """Three changes of two files: c001 and c003 of one, c002 of the other."""
    door.garden.change("notes/pricing.md", BEFORE)
    door.garden.change("drafts/ep-041.md", b"# Draft\n")
    door.garden.change("notes/pricing.md", AFTER, tool="Edit")
    return door


async def test_the_trail_is_told_newest_first_with_the_state_of_its_chain(
    show: Show, door: SmallDoor
) -> None:
    door.garden.trail = entries(12)
    async with show() as pilot:
        await press(pilot, "f5")

        shown = await see(pilot, "12 entries · chain ok: each entry seals the one before")
        assert shown.index("entry-000012") < shown.index("entry-000001")
        assert "× denied" in shown
        assert "deny Read(private/**)" in shown


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("torn", "chain torn: the last line is cut"),
        ("tampered", "chain TAMPERED: line 7 was changed"),
        ("empty", "empty: nothing was done yet"),
    ],
)
async def test_a_trail_that_is_not_whole_says_so(
    show: Show, door: SmallDoor, state: str, words: str
) -> None:
    door.garden.trail = entries(3)
    door.garden.state = (state, words.partition(": ")[2])
    async with show() as pilot:
        await type_text(pilot, "/audit\n")

        await see(pilot, words)


async def test_a_hundred_thousand_entries_are_one_screen_of_work(
    show: Show, door: SmallDoor
) -> None:
    door.garden.trail = entries(100_000)
    async with show() as pilot:
        await press(pilot, "f5", "end")
        await see(pilot, "10,000 entries, the latest")
        await press(pilot, "end")
        await see(pilot, "100,000 entries")
        await press(pilot, "end")

        assert "entry-000001.md" in text_of(pilot.app)
        view = pilot.app.screen.query_one("#trail", LineView)
        assert len(view._strips) < 1_100


async def test_the_trail_is_filtered_by_key_and_by_words(show: Show, door: SmallDoor) -> None:
    door.garden.trail = entries(60)
    async with show() as pilot:
        await press(pilot, "f5", "d")
        shown = await see(pilot, "20 entries")
        assert "showing verdict:denied" in shown
        await press(pilot, "slash", "ctrl+u")
        await type_text(pilot, "entry-00003 agent:publisher tool:read\n")
        shown = await see(pilot, "4 entries")
        assert "showing entry-00003 agent:publisher tool:read" in shown
        await press(pilot, "a")
        await see(pilot, "60 entries")


async def test_all_of_an_entry_is_one_key_away(show: Show, door: SmallDoor) -> None:
    door.garden.trail = entries(3)
    async with show((80, 24)) as pilot:
        await press(pilot, "f5", "enter")

        shown = await see(pilot, "audit entry 3")
        assert "reason   private notes stay private" in shown
        assert "rule     deny Read(private/**) at ~/.claude/settings.json:14" in shown
        await press(pilot, "escape")
        await see(pilot, "3 entries")


async def test_a_change_is_taken_back_from_the_trail(show: Show, changed: SmallDoor) -> None:
    changed.garden.trail = entries(5)
    async with show() as pilot:
        await press(pilot, "f5", "down", "u")
        await see(pilot, "it changed no file; ↶ marks what did")
        await press(pilot, "up", "u")
        # The fifth entry's undo point is not among those that are kept.
        await see(pilot, "undo point c005 is no longer kept")


async def test_undo_points_come_newest_first_with_what_each_would_change(
    show: Show, changed: SmallDoor
) -> None:
    async with show() as pilot:
        await type_text(pilot, "/undo\n")

        shown = await see(pilot, "Taking this back changes 1 file, +1 -1.")
        assert shown.index("#c003") < shown.index("#c002") < shown.index("#c001")
        assert "3 - An outcome costs ninety dollars." in shown
        assert "3 + A seat costs nine dollars." in shown


async def test_escape_twice_on_an_empty_line_opens_the_undo_points(
    show: Show, changed: SmallDoor
) -> None:
    async with show() as pilot:
        await type_text(pilot, "half a question")
        await press(pilot, "escape", "escape")
        assert "Undo" not in text_of(pilot.app)
        await press(pilot, "ctrl+u")
        await pilot.press("escape", "escape")

        await see(pilot, "Undo  3 points, newest first")


async def test_one_key_takes_back_one_change_and_that_can_be_taken_back_too(
    show: Show, changed: SmallDoor
) -> None:
    async with show() as pilot:
        await type_text(pilot, "/undo\n")
        await press(pilot, "u")
        await see(pilot, "Undo c003; this can be taken back too")
        assert changed.garden.now["notes/pricing.md"] == BEFORE
        await see(pilot, "taken back by #c004")

        await press(pilot, "home", "u")
        await see(pilot, "Undo c004")
    assert changed.garden.now["notes/pricing.md"] == AFTER


async def test_taking_back_all_since_shows_it_first_and_needs_a_second_key(
    show: Show, changed: SmallDoor
) -> None:
    before = dict(changed.garden.now)
    async with show() as pilot:
        await type_text(pilot, "/undo\n")
        await press(pilot, "end", "U")
        shown = await see(pilot, "and all since, in 2 files?")
        assert "Taking back this and all since changes 2 files" in shown
        assert changed.garden.now == before
        await press(pilot, "escape", "y")
        assert changed.garden.now == before

        await press(pilot, "U", "y")
        await see(pilot, "Undo c001")
    assert changed.garden.now == {}


async def test_what_a_person_changed_since_is_never_overwritten_by_the_same_key(
    show: Show, changed: SmallDoor
) -> None:
    mine = AFTER + b"A line of mine.\n"
    changed.garden.now["notes/pricing.md"] = mine
    async with show() as pilot:
        await type_text(pilot, "/undo\n")
        shown = await see(pilot, "Changed since by somebody else, and left as they are:")
        assert "notes/pricing.md" in shown
        await press(pilot, "u", "u", "y", "enter")
        await see(pilot, "Nothing is done yet: notes/pricing.md changed since.")
        assert changed.garden.now["notes/pricing.md"] == mine
        await press(pilot, "escape", "o")
        assert changed.garden.now["notes/pricing.md"] == mine

        await press(pilot, "escape", "u", "o")
        await see(pilot, "Undo c003")
    assert changed.garden.now["notes/pricing.md"] == BEFORE


async def test_on_a_narrow_screen_the_changes_have_a_screen_of_their_own(
    show: Show, changed: SmallDoor
) -> None:
    async with show((80, 24)) as pilot:
        await type_text(pilot, "/undo\n")
        assert "A seat costs nine dollars." not in text_of(pilot.app)
        await press(pilot, "enter")
        await see(pilot, "3 + A seat costs nine dollars.")
        await press(pilot, "escape")
        await see(pilot, "3 points, newest first")
        assert all(len(row) <= 80 for row in rows_of(pilot.app))


async def test_where_nothing_was_changed_that_is_said(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await type_text(pilot, "/undo\n")

        await see(pilot, "Nothing was changed here yet, so nothing can be undone.")
        await press(pilot, "u", "U", "o", "enter", "n")
        assert "Nothing was changed here yet" in text_of(pilot.app)
