"""The garden view: every rule, its use, the level; narrowing at once, growing only when asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pmagent.types.actions import TrustLevel
from tests.tui.conftest import Show
from tests.tui.screen_text import press, rows_of, see, text_of, type_text
from tests.tui.small_garden import SmallDesktop, SmallDoor


async def test_every_rule_is_told_with_its_effect_its_line_its_use_and_its_end(show: Show) -> None:
    async with show() as pilot:
        await press(pilot, "f7")

        shown = await see(pilot, "× deny   Read(private/**)")
        assert "12    2026-11-23  ~/.claude/settings.json:14" in shown
        assert "✓ allow  Edit(/notes/**)" in shown
        assert "ends 2026-11-30 11:02" in shown
        assert "you allowed it" in shown
        assert "never decides: deny Read(private/**) at ~/.claude/settings.json:14" in shown
        assert "●●●○○  edit  agents write anywhere in the garden unasked" in shown
        assert "act would also let them run commands in the sandbox unasked" in shown
        assert "sandbox  bubblewrap, Landlock and seccomp" in shown
        assert "trust edit" in rows_of(pilot.app)[-1]


async def test_a_settings_fault_is_said_as_closing_the_garden(show: Show, door: SmallDoor) -> None:
    fault = ".claude/settings.json:3: the rule has no closing bracket"
    door.garden.rights = replace(door.garden.rights, faults=(fault,))
    async with show() as pilot:
        await press(pilot, "f7")

        await see(pilot, f"closed   {fault}")


async def test_raising_the_level_names_what_becomes_possible_and_needs_a_second_key(
    show: Show, door: SmallDoor
) -> None:
    async with show() as pilot:
        await press(pilot, "f7", "plus")
        await see(pilot, "Trust act: agents could then run commands in the sandbox unasked.")
        assert door.garden.rights.level is TrustLevel.EDIT
        await press(pilot, "escape")
        assert "Trust act:" not in text_of(pilot.app)
        await press(pilot, "y")
        assert door.garden.rights.level is TrustLevel.EDIT

        await press(pilot, "plus", "y")
        await see(pilot, "●●●●○  act")
        assert "trust act" in rows_of(pilot.app)[-1]
    assert door.garden.rights.level is TrustLevel.ACT


async def test_lowering_the_level_happens_at_once(show: Show, door: SmallDoor) -> None:
    async with show() as pilot:
        await press(pilot, "f7", "l", "l", "l")
        await see(pilot, "there is no level below")
        assert "●○○○○  look" in text_of(pilot.app)
    assert door.garden.rights.level is TrustLevel.LOOK


async def test_a_rule_is_added_only_after_it_is_read_back(show: Show, door: SmallDoor) -> None:
    async with show() as pilot:
        await press(pilot, "f7", "a")
        await type_text(pilot, "Edit(/drafts/**) for 7 days\n")
        await see(pilot, "Allow Edit(/drafts/**) for 7 days")
        assert len(door.garden.rights.rows) == 4
        await press(pilot, "y")

        shown = await see(pilot, "✓ allow  Edit(/drafts/**)")
        assert "allowed Edit(/drafts/**)" in shown


async def test_a_rule_that_means_nothing_is_refused_in_words(show: Show) -> None:
    async with show() as pilot:
        await press(pilot, "f7", "a")
        await type_text(pilot, "Edit(/drafts\n")
        await press(pilot, "y")

        await see(pilot, '"Edit(/drafts" is no rule; close the bracket')


async def test_a_pressed_rule_is_revoked_by_one_key_and_one_of_a_file_is_not(
    show: Show, door: SmallDoor
) -> None:
    async with show() as pilot:
        await press(pilot, "f7", "down", "minus")
        await see(pilot, "it stands in ~/.claude/settings.json:14; e opens the file")
        assert len(door.garden.rights.rows) == 4

        await press(pilot, "down", "down", "minus")
        await see(pilot, "revoked Edit(/notes/**)")
    assert [row.rule_text for row in door.garden.rights.rows] == [
        "Read(private/**)", "Bash(git *)", "Read(private/diary.md)",
    ]  # fmt: skip


@pytest.mark.parametrize("typed", ["can I read private/a.md?", "Read private/a.md", "private/a.md"])
async def test_a_path_is_tested_in_plain_words_and_answered_with_rule_file_and_line(
    show: Show, typed: str
) -> None:
    async with show() as pilot:
        await press(pilot, "f7", "x")
        await type_text(pilot, f"{typed}\n")

        shown = " ".join((await see(pilot, "× deny  Read private/a.md")).split())
        assert "private notes stay private (deny Read(private/**), your settings at" in shown


async def test_a_settings_file_counts_only_after_it_is_trusted_as_it_is(
    show: Show, door: SmallDoor
) -> None:
    async with show() as pilot:
        await press(pilot, "f7")
        await see(pilot, "counts for nothing until you trust it: 3 allow rules, 2 hooks")
        await press(pilot, "t")
        await see(pilot, "Trust .pmagent/settings.json as it is now (9f2b7c1d4e5a)")
        assert door.garden.trusted == []
        await press(pilot, "y")
        await see(pilot, ".pmagent/settings.json counts from now on")
    assert door.garden.trusted == ["sha256:9f2b7c1d4e5a6b7c8d9e0f"]


async def test_a_rule_is_opened_in_the_editor_at_its_line(
    show: Show, desktop: SmallDesktop
) -> None:
    async with show(environment={"EDITOR": "code"}) as pilot:
        await press(pilot, "f7", "down", "down", "e")

        await see(pilot, "opened .claude/settings.json at line 9")
    assert desktop.edited == [["code", "--goto", "/garden/.claude/settings.json:9"]]


async def test_the_garden_view_is_complete_on_a_small_screen(show: Show) -> None:
    async with show((80, 24)) as pilot:
        await press(pilot, "f7", "plus")

        shown = text_of(pilot.app)
        for words in ("Read(private/diary.md)", "Trust act:", "Esc leaves it", "a add", "? keys"):
            assert words in shown
        assert all(len(row) <= 80 for row in rows_of(pilot.app))
