"""The week on the command line: what is read without a word, and what a person is told."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import cast

import pytest

from tests.cli.test_cli import run

SAMPLE = Path(__file__).parents[2] / "examples" / "garden"


@pytest.fixture
def sample(tmp_path: Path) -> str:
    root = tmp_path / "sample"
    shutil.copytree(SAMPLE, root)
    return str(root)


def test_tasks_without_a_word_lists_and_flags_before_the_word_hold_for_it(sample: str) -> None:
    bare = run("tasks", "--garden", sample, "--json")
    named = run("tasks", "list", "--garden", sample, "--json")
    before = run("tasks", "--garden", sample, "--json", "list")
    one = run("tasks", "--garden", sample, "--list", "Waiting")

    assert bare.code == 0
    assert bare.data == named.data == before.data
    assert one.out.startswith("Waiting (4)")
    exported = run("tasks", "--garden", sample, "export", "todo.txt")
    assert "Write back to Ruth Halloran" in exported.out


def test_the_text_of_a_plan_says_all_that_its_json_does_and_no_line_is_cut(sample: str) -> None:
    asked = ("plan", "--week", "2026-W06", "--now", "2026-02-02T08:00", "--garden", sample)
    told = run(*asked, COLUMNS="60", NO_COLOR="1")
    plan = run(*asked, "--json").data

    words = " ".join(told.out.split())
    assert max(map(len, told.out.splitlines())) <= 60
    for one in (*rows(plan["unplaced"]), *rows(plan["late"])):
        assert " ".join(f"{one['title']}: {one['reason']}".split()) in words
    for block in rows(plan["blocks"]):
        assert str(block["why"]) in words
    for choice in rows(plan["trade_offs"]):
        options = cast("list[str]", choice["options"])
        assert all(" ".join(said.split()) in words for said in (str(choice["says"]), *options))


def rows(value: object) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", value)


def test_choices_are_numbered_and_one_that_is_taken_changes_the_board_and_shows_what_moves(
    sample: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PMAGENT_HOME", str(tmp_path / "home"))
    asked = ("plan", "--week", "2026-W06", "--now", "2026-02-02T08:00", "--garden", sample)
    plan = run(*asked, "--json").data
    choice = rows(plan["trade_offs"])[0]
    shifts = cast("list[dict[str, str] | None]", choice["shifts"])
    names = cast("list[str]", choice["option_names"])
    place = next(n for n, one in enumerate(shifts) if one is not None)
    shift = cast("dict[str, str]", shifts[place])

    refused = run(*asked, "--take", names[place])
    assert refused.code == 5
    assert "pmagent garden allow 'Edit(/board.md)'" in refused.err
    config = tmp_path / "home" / "config"
    config.mkdir(parents=True, exist_ok=True)
    (config / "settings.json").write_text('{"permissions": {"allow": ["Edit(board.md)"]}}')
    own = run(*asked, "--take", names[-1])
    taken = run(*asked, "--take", names[place])
    wrong = run(*asked, "--take", "9z")

    assert (choice["number"], names[0]) == (1, "1a")
    assert "changes nothing on the board" in own.err
    assert (taken.code, wrong.code) == (0, 2)
    assert "against the plan without it" in taken.out
    assert 'undo it with "pmagent undo ' in taken.err
    listed = rows(run("tasks", "--garden", sample, "--json").data["lists"])
    cards = {one["id"]: one for lane in listed for one in rows(lane["cards"])}
    assert any(cards[shift["card"]].get(name) == shift[name] for name in ("due", "start"))
    assert "there is no option" in wrong.err


def test_triage_of_a_board_without_a_card_does_not_praise_it(tmp_path: Path) -> None:
    assert run("init", str(tmp_path)).code == 0

    told = run("tasks", "triage", "--garden", str(tmp_path))

    assert "there is no card yet" in told.err
    assert "every open card" not in told.err
