"""The screen of a fact-check: each claim beside its evidence, and what its keys let happen."""

from __future__ import annotations

import threading

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from pmagent.tui.paint.check import Standing
from pmagent.tui.paint.check_detail import paint_verdict
from pmagent.tui.screens.check import CheckScreen, split_sources
from tests.publish import kits
from tests.tui.conftest import Show
from tests.tui.screen_text import press, rows_of, see, settle, text_of, type_text
from tests.tui.small_garden import TEXTS, SmallDesktop, SmallDoor, SmallGarden
from tests.tui.small_jobs import DRAFT, report


@pytest.fixture
def door() -> SmallDoor:
    garden = SmallGarden({**TEXTS, kits.PATH: ("2031-03-04", kits.source())})
    garden.change(DRAFT, b"# Draft\n")
    garden.change(DRAFT, b"# Draft, put right\n", tool="Edit")
    return SmallDoor(garden)


async def check(pilot: Pilot[int], name: str = DRAFT) -> str:
    await type_text(pilot, f"/check {name}\n")
    return await see(pilot, "held back by 4 claims")


def bar_of(pilot: Pilot[int]) -> str:
    return next(row for row in rows_of(pilot.app) if row.startswith("▌"))


@pytest.mark.parametrize("size", [(80, 24), (120, 32)])
async def test_counts_gate_claims_and_evidence_are_on_one_screen_in_words(
    show: Show, size: tuple[int, int]
) -> None:
    async with show(size) as pilot:
        shown = await check(pilot)

        for count in ("✓ 2", "× 2 contradicted", "? 1 not found", "! 1 needs you", "2 set aside"):
            assert count in shown
        assert "× contradicted" in bar_of(pilot)
        assert "here “14”  there “41 feet. It is 14”" in shown
        assert "evidence 1" in shown
        assert "00:01:35" in shown
        assert "Esc back   ? keys" in rows_of(pilot.app)[-2]


def test_the_words_that_differ_are_marked_in_the_claim_and_in_the_evidence() -> None:
    verdict = report().verdicts[3]

    page = paint_verdict(verdict, 3, Standing(), 80)

    marked = [(part.text, part.style) for line in page.lines for part in line.spans]
    assert ("Careful", "said") in marked
    assert marked.count(("Patient", "found")) == 2


async def test_next_and_previous_go_through_what_holds_the_draft_back(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await check(pilot)
        await press(pilot, "n")
        assert "Careful Cartographer" in bar_of(pilot)
        await press(pilot, "n", "n")
        assert "needs you" in bar_of(pilot)
        await press(pilot, "n")
        await see(pilot, "no other claim holds it back there")
        await press(pilot, "p")
        assert "not found" in bar_of(pilot)


async def test_filters_show_what_is_asked_for_and_say_so(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await check(pilot)
        await press(pilot, "b")
        shown = text_of(pilot.app)
        assert "showing blocking" in shown
        assert "nineteen years" not in shown
        await press(pilot, "b")
        assert "nineteen years" in text_of(pilot.app)
        await press(pilot, "f", "f", "f")
        assert "showing not found" in text_of(pilot.app)
        assert "Careful" not in text_of(pilot.app)


async def test_a_correction_is_put_in_and_taken_back(show: Show, door: SmallDoor) -> None:
    async with show((120, 32)) as pilot:
        await check(pilot)
        await press(pilot, "a")
        await see(pilot, "there is no correction for it")
        await press(pilot, "n", "a")

        await see(pilot, "held back by 3 claims  changed since: R checks again")
        assert door.garden.jobs.fixed == [3]
        assert "✓ fixed" in bar_of(pilot)
        await press(pilot, "u")
        await see(pilot, "taken back: the draft is as it was")
        assert door.garden.now[DRAFT] == b"# Draft\n"
        assert "held back by 4 claims" in text_of(pilot.app)


async def test_a_draft_that_was_put_right_may_not_leave_before_it_is_checked_again(
    show: Show, door: SmallDoor
) -> None:
    door.garden.jobs.words_kept = {1: "", 4: "", 5: ""}
    async with show((120, 32)) as pilot:
        await type_text(pilot, f"/check {DRAFT}\n")
        await see(pilot, "held back by 1 claim")
        await press(pilot, "a")

        await see(pilot, "changed since it was checked: R checks again")
        assert "may leave" not in text_of(pilot.app)


async def test_a_claim_is_kept_on_ones_word_with_a_note_that_may_hold_any_letter(
    show: Show, door: SmallDoor
) -> None:
    async with show((80, 24)) as pilot:
        await check(pilot)
        await press(pilot, "k", *"ask k", "enter")

        await see(pilot, "held back by 3 claims")
        assert door.garden.jobs.words_kept == {1: "ask k"}
        assert "= kept by you" in bar_of(pilot)
        await press(pilot, "K")
        await see(pilot, "held back by 4 claims")
        assert door.garden.jobs.words_kept == {}


async def test_nothing_is_kept_where_the_note_is_left(show: Show, door: SmallDoor) -> None:
    async with show((80, 24)) as pilot:
        await check(pilot)
        await press(pilot, "k", "x", "escape")

        assert door.garden.jobs.words_kept == {}
        assert isinstance(pilot.app.screen, CheckScreen)


async def test_when_all_is_kept_or_right_it_may_leave(show: Show, door: SmallDoor) -> None:
    door.garden.jobs.words_kept = {1: "", 3: "", 4: ""}
    async with show((80, 24)) as pilot:
        await type_text(pilot, f"/check {DRAFT}\n")
        await see(pilot, "held back by 1 claim")
        await press(pilot, "k", "enter")

        await see(pilot, "✓ may leave")


async def test_enter_reads_the_evidence_and_e_opens_the_draft_at_the_line(
    show: Show, desktop: SmallDesktop
) -> None:
    async with show((80, 24), environment={"EDITOR": "code"}) as pilot:
        await check(pilot)
        await press(pilot, "enter")
        assert "13 ┃ <v Tomas Brill>A depth was copied" in text_of(pilot.app)
        await press(pilot, "escape", "e")
        await see(pilot, f"opened {DRAFT} at line 5")
    assert desktop.edited == [["code", "--goto", f"/garden/{DRAFT}:5"]]


async def test_a_claim_is_copied_with_its_verdict_and_its_evidence(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await check(pilot)
        await press(pilot, "n", "c")

        assert pilot.app.clipboard == (
            "The book is The Careful Cartographer.\n"
            "contradicted: the talk says otherwise\n"
            f"{kits.PATH} 00:08:40: “{kits.SPOKEN[9][2]}”\n"
            "correction: The book is The Patient Cartographer."
        )


async def test_what_was_set_aside_is_shown_with_the_reason(show: Show) -> None:
    async with show((120, 32)) as pilot:
        await check(pilot)
        await press(pilot, "s")
        assert "– opinion       We think that doubt is underrated." in bar_of(pilot)
        assert "nobody can check it" in text_of(pilot.app)
        await press(pilot, "s")
        assert "underrated" not in text_of(pilot.app)


async def test_a_check_tells_how_far_it_is_and_stops_at_escape(show: Show, door: SmallDoor) -> None:
    gate = door.garden.jobs.gate = threading.Event()
    async with show((80, 24)) as pilot:
        await pilot.pause(0)
        line = pilot.app.focused
        assert line is not None
        line.post_message(Paste(f"/check {DRAFT}"))
        await pilot.pause(0)
        await pilot.press("enter")
        await see(pilot, "checked 1 of 6…   Esc stops")
        await pilot.press("escape")
        await see(pilot, "stopping after this claim")
        gate.set()
        await settle(pilot)

        await see(pilot, "stopped after 1 of 6 claims; R checks all of them")
        assert "only a part was checked" in text_of(pilot.app)
        await press(pilot, "R")
        await see(pilot, "held back by 4 claims")


async def test_the_verdicts_are_written_beside_the_draft(show: Show, door: SmallDoor) -> None:
    async with show((80, 24)) as pilot:
        await check(pilot)
        await press(pilot, "w")

        await see(pilot, "written beside the draft")
    assert len(door.garden.jobs.recorded) == 1


async def test_words_and_flags_are_a_turn_and_not_a_name(show: Show, door: SmallDoor) -> None:
    async with show((80, 24)) as pilot:
        await type_text(pilot, "/check Seats cost nine dollars now.\n")

        assert not isinstance(pilot.app.screen, CheckScreen)
    assert door.garden.jobs.checks == 0


def test_the_sources_of_a_check_are_read_back_as_they_were_given() -> None:
    assert split_sources("drafts/a b.md --sources notes/** --sources 'x y.md'") == (
        "drafts/a b.md", ("notes/**", "x y.md"),
    )  # fmt: skip


async def test_a_draft_that_is_not_there_is_said(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await type_text(pilot, "/check nowhere.md\n")

        await see(pilot, 'there is no document "nowhere.md" in this garden; check its name')
