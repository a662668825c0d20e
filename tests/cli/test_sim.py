"""`pmagent sim` beside a garden: what is played there counts there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from pmagent.cli.sim_command import command
from pmagent.garden import Garden
from pmagent.records.rehearsals import RehearsalRow, RehearsalRows

GREET = """---
description: Greets
arguments: [name]
metadata: {autonomy: auto, risk: read, owner: me, output: str, budget: {steps: 5}}
---
# Greet
## Steps
1. **Check** `name != ""` else "Nobody is named."
2. **Return** `"Hello, " + name`
"""
CASE = """simulate: /greet {name}
because: people like their names
garden: {{}}
expect:
  outcome: {outcome}
"""


@pytest.fixture
def garden_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "garden"
    folder.mkdir()
    Garden.create(folder).close()
    (folder / ".pmagent" / "commands").mkdir()
    (folder / ".pmagent" / "commands" / "greet.md").write_text(GREET, encoding="utf-8")
    cases = folder / "simulations" / "greet"
    cases.mkdir(parents=True)
    for name, typed, outcome in (("named", "Ada", "done"), ("nobody", "''", "blocked")):
        text = CASE.format(name=typed, outcome=outcome)
        (cases / f"{name}.sim.yaml").write_text(text, encoding="utf-8")
    return folder


def played(folder: Path, *more: str) -> tuple[int, str]:
    words = ["run", "greet", "--in", str(folder), "--garden", str(folder), *more]
    done = CliRunner().invoke(command, words, standalone_mode=False)
    assert done.exception is None, done.exception
    return int(done.return_value), done.output


def kept(folder: Path) -> RehearsalRow | None:
    with Garden.open(folder) as garden:
        digest = garden.runs.procedure("greet").digest
        return RehearsalRows(garden.runs.parts.tables).get("greet", digest)


def test_a_gardens_own_commands_are_played_with_its_own_scenarios_and_it_remembers(
    garden_folder: Path,
) -> None:
    code, said = played(garden_folder)

    assert code == 0, said
    row = kept(garden_folder)
    assert row is not None
    assert (row.cases, row.clean, row.ways) == (2, 2, 1.0)


def test_what_was_played_on_another_text_does_not_count_here(garden_folder: Path) -> None:
    played(garden_folder)
    path = garden_folder / ".pmagent" / "commands" / "greet.md"
    path.write_text(GREET.replace("Hello", "Good day"), encoding="utf-8")

    assert kept(garden_folder) is None


def test_a_folder_without_scenarios_says_which_folder_is_missing(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["run", "--in", str(tmp_path)], standalone_mode=False)

    assert "simulations" in str(done.exception)


def test_the_first_scenarios_of_a_garden_are_suggested(garden_folder: Path) -> None:
    shutil.rmtree(garden_folder / "simulations")
    words = ["suggest", "greet", "--in", str(garden_folder), "--garden", str(garden_folder)]

    done = CliRunner().invoke(command, words, standalone_mode=False)

    assert done.exception is None, done.exception
    assert list((garden_folder / "simulations" / "greet").glob("*.sim.yaml"))
