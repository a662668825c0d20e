"""Markdown as lines, blocks as they come in, a long history that is laid out where one looks."""

from __future__ import annotations

import cProfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmagent.tui.paint.lines import Line, Page
from pmagent.tui.paint.markdown import paint_block
from pmagent.tui.paint.prose import MAX_BLOCK, Prose
from pmagent.tui.paint.roll import Roll
from pmagent.types.sessions import TurnRow
from tests.tui.conftest import Show
from tests.tui.screen_text import press, see, text_of, type_text
from tests.tui.small_garden import SmallDoor
from tests.tui.small_talk import AT

TURNS = 5_000


def lines_of(markdown: str, width: int = 60) -> list[str]:
    numbers: dict[str, int] = {}

    def number(place: str) -> int:
        return numbers.setdefault(place, len(numbers) + 1)

    return [
        "".join(part.text for part in row)
        for block in Prose(markdown).blocks
        for row in paint_block(block, width, number)
    ]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("## Title\n", ["Title"]),
        ("a *b* **c** `d` ~~e~~", ["a b c d e"]),
        ("- one\n- two\n  - three\n", ["• one", "• two", "  • three"]),
        ("3. three\n4. four", ["3. three", "4. four"]),
        ("> said\n> twice", ["│ said twice"]),
        ("see pricing.md and plan.py", ["see pricing.md and plan.py"]),
        ("<b>bold</b> &amp; more", ["<b>bold</b> & more"]),
        ("[word](http://a.test/x)", ["word (http://a.test/x)"]),
        ("x [a/b.md:4] y [c.vtt 00:12:44] z [a/b.md:4]", ["x [1] y [2] z [1]"]),
        ("a [1] and [x] stay", ["a [1] and [x] stay"]),
        ("```\n# no title\n\n* no list\n```\n", ["  # no title", "  ", "  * no list"]),
        ("|A|B|\n|-|-|\n|1|22|\n", ["A │ B", "──┼───", "1 │ 22"]),
    ],
)
def test_markdown_is_laid_out_as_it_is_meant(markdown: str, expected: list[str]) -> None:
    assert lines_of(markdown) == expected


def test_a_table_that_is_too_wide_is_told_cell_by_cell() -> None:
    table = "|Question|Answer|\n|-|-|\n|how much for a seat|nine dollars and a promise|\n"

    assert lines_of(table, 30) == [
        "Question: how much for a seat",
        "Answer: nine dollars and a",
        "  promise",
    ]


@settings(max_examples=60, deadline=None)
@given(
    text=st.text(alphabet="ab \n#*-`>|_[]1.", max_size=400),
    cuts=st.lists(st.integers(1, 40), max_size=30),
)
def test_words_that_come_in_pieces_end_as_they_would_whole(text: str, cuts: list[int]) -> None:
    pieces = Prose()
    rest = text
    for cut in cuts:
        pieces.feed(rest[:cut])
        rest = rest[cut:]
    pieces.feed(rest)
    pieces.end()

    assert pieces.blocks == Prose(text).blocks
    assert pieces.source == text


@pytest.mark.parametrize("bad", ["*a_", "[", "`" * 7 + "a", "[a](b", ">", "x", "- ", "|a"])
def test_no_input_makes_a_block_longer_than_it_may_be(bad: str) -> None:
    prose = Prose(bad * 20_000)

    assert max(len(block.text) for block in prose.blocks) <= 2 * MAX_BLOCK
    assert sum(len(block.text) for block in prose.blocks) >= 20_000


class FixedPart:
    """A part that takes another number of lines than is guessed."""

    def __init__(self, name: str, guess: int, lines: int) -> None:
        self.name = name
        self._guess = guess
        self._page = Page(
            lines=tuple(Line((), 0) for _ in range(lines)), items=(range(lines),), values=(name,)
        )

    def guess(self, width: int) -> int:
        del width
        return self._guess

    def page(self, width: int) -> Page:
        del width
        return self._page


def test_a_roll_knows_the_lines_and_items_of_what_was_painted() -> None:
    roll = Roll([FixedPart("a", 5, 2), FixedPart("b", 5, 9), FixedPart("c", 5, 1)], 80)
    assert roll.height == 15
    assert len(roll.view().items) == 0

    assert roll.paint(2)
    assert roll.paint(0)
    view = roll.view()

    assert roll.height == 2 + 5 + 1
    assert list(view.values) == ["a", "c"]
    assert list(view.items) == [range(2), range(7, 8)]
    assert view.lines[7].item == 1
    assert view.lines[4] == Line()
    assert not roll.paint(0)


def long_talk(door: SmallDoor) -> None:
    door.garden.talk.rows = [
        TurnRow(
            turn=f"k{number}", at=AT, typed=f"question {number}", reason="done",
            shown="\n\n".join(f"- answer {number}.{line} **bold**" for line in range(number % 7)),
        )
        for number in range(TURNS)
    ]  # fmt: skip


async def test_ten_thousand_messages_open_at_their_end_and_scroll_both_ways(
    show: Show, door: SmallDoor
) -> None:
    long_talk(door)
    async with show((80, 24)) as pilot:
        await see(pilot, f"› question {TURNS - 1}")
        for _ in range(3):
            await press(pilot, "pageup")
        middle = text_of(pilot.app)
        assert f"› question {TURNS - 1}" not in middle
        for _ in range(4):
            await press(pilot, "pagedown")
        assert f"› question {TURNS - 1}" in text_of(pilot.app)

        await press(pilot, "tab", "home")
        assert "› question 0" in text_of(pilot.app)
        await pilot.resize_terminal(120, 32)
        await press(pilot, "end")
        assert f"› question {TURNS - 1}" in text_of(pilot.app)


async def test_scrolling_up_line_by_line_shows_every_turn_once_and_in_order(
    show: Show, door: SmallDoor
) -> None:
    long_talk(door)
    seen: list[int] = []
    async with show((80, 24)) as pilot:
        await see(pilot, f"› question {TURNS - 1}")
        history = pilot.app.screen.query_one("#history")
        for _ in range(120):
            for row in reversed(text_of(pilot.app).split("\n")):
                name = row.removeprefix("› question ")
                if name != row and name.isdigit() and (not seen or int(name) < seen[-1]):
                    seen.append(int(name))
            history.scroll_to(y=history.scroll_offset.y - 2, animate=False)
            await pilot.pause(0)

    assert seen == list(range(TURNS - 1, TURNS - 1 - len(seen), -1))
    assert len(seen) > 20


async def test_a_new_turn_after_a_long_history_is_followed(show: Show, door: SmallDoor) -> None:
    long_talk(door)
    async with show((80, 24)) as pilot:
        await see(pilot, f"› question {TURNS - 1}")
        await type_text(pilot, "flat price\n")

        await see(pilot, "refined")


def test_the_cost_of_an_answer_grows_with_its_length_alone() -> None:
    def calls(times: int) -> int:
        profile = cProfile.Profile()
        profile.runcall(lines_of, "*a_ [b](c " * 500 * times)
        return sum(entry.callcount for entry in profile.getstats())

    calls(1)
    assert calls(4) < 5 * calls(1)
