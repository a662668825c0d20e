"""Runs in a list, and what one of them did as a waterfall."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.conftest import Show
from tests.tui.screen_text import press, rows_of, see, text_of, type_text
from tests.tui.small_garden import SmallDoor
from tests.tui.small_runs import garden_with_runs


@pytest.fixture
def door(tmp_path: Path) -> Iterator[SmallDoor]:
    garden = garden_with_runs(tmp_path / "data")
    yield SmallDoor(garden)
    garden.runs.tables.close()


async def test_the_runs_are_listed_and_lead_to_what_each_did(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await type_text(pilot, "/runs\n")
        shown = await see(pilot, "3, latest first")
        assert "1 waiting" in shown
        assert shown.index("r-7f3a") < shown.index("r-9b20") < shown.index("r-3c1d")
        assert "? waiting: approve" in shown
        assert all(len(row) <= 80 for row in rows_of(pilot.app))
        await press(pilot, "j", "j")
        await see(pilot, 'Ghost did not answer: "blog.example" is unreachable')

        await press(pilot, "k", "k", "enter")
        await see(pilot, "trace  publish-episode  r-7f3a")
        await press(pilot, "escape")
        await see(pilot, "3, latest first")
        await press(pilot, "escape")
        assert "Runs" not in text_of(pilot.app)


async def test_a_trace_reads_at_80_by_24_without_colour(show: Show) -> None:
    async with show((80, 24), environment={"NO_COLOR": "1"}) as pilot:
        await type_text(pilot, "/trace\n")
        shown = await see(pilot, "21 s of work in 2 d 3 h, 14 steps, 1,280 tokens, $0.0016")

        assert "! publish-episode" in shown
        assert "1 Read → t" in shown
        assert "! 12 Approve" in shown
        assert "2 d left out" in shown
        assert "░" in shown
        assert "cut off: its process was ended in it" in shown
        assert all(len(row) <= 80 for row in rows_of(pilot.app))


async def test_all_that_is_known_of_the_part_under_the_bar_stands_beside_it(show: Show) -> None:
    async with show((120, 32)) as pilot:
        await type_text(pilot, "/trace r-7f3a\n")
        await press(pilot, "j", "j", "j")
        shown = await see(pilot, "anthropic claude-haiku-4-5")

        assert "1,200 read, 1,000 from cache" in shown
        assert "first word  after 410 ms" in shown
        assert "◆ guardrail after 1.5 s: count 1" in shown
        assert "21 characters, sha256" in shown
        assert "the words of the talk" not in shown


async def test_enter_opens_the_document_that_was_read_or_the_value_that_was_given(
    show: Show,
) -> None:
    async with show((80, 24)) as pilot:
        await type_text(pilot, "/trace\n")
        await press(pilot, "j", "enter")
        await see(pilot, "We charge by the seat because that is what everyone understands.")
        await press(pilot, "escape", "j", "enter")
        await see(pilot, '"What a seat costs"')
        await press(pilot, "escape")
        await see(pilot, "trace  publish-episode")


async def test_o_explains_and_n_goes_to_what_went_wrong(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await type_text(pilot, "/trace\n")
        await press(pilot, "n")
        await see(pilot, "! 12 Approve")
        await press(pilot, "n")
        await see(pilot, "TimeoutError")
        await press(pilot, "o")
        await see(pilot, "asked you, because the effect is external")
        await press(pilot, "escape")
        await see(pilot, "TimeoutError")


async def test_a_run_that_is_not_there_is_said(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await type_text(pilot, "/trace r-0000\n")
        await see(pilot, 'there is no run "r-0000"')


async def test_a_run_without_spans_says_so_and_can_be_explained(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await type_text(pilot, "/trace r-3c1d\n")
        await see(pilot, "Nothing of it was measured")
        await see(pilot, "blog.example")
        await press(pilot, "j", "n", "enter", "o")
        await see(pilot, "Run r-3c1d")
