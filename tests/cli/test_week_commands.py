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
