"""A decision that becomes a test."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pmagent.errors import UsageError
from pmagent.simulations.reading import read_scenario
from pmagent.simulations.scenario import PersonLine
from pmagent.types.reviews import Ruling
from tests.reviews.made import NOTES, episode_run, review, world


def test_an_edit_becomes_a_simulation_in_which_the_same_is_said_and_edited(tmp_path: Path) -> None:
    here = world(tmp_path)
    here.runs["run-1"] = episode_run()
    kept = here.queue.add(review(title="Send 'T' [draft]?"))
    fixed = NOTES.replace("14", "14 feet")
    here.queue.decide(kept.id, Ruling(decision="edit", edits={"notes": fixed}, note="say the unit"))

    case = here.queue.test_case(kept.id)
    scenario = read_scenario(case.text, name="n", path=case.path)

    assert case.path == "simulations/publish-episode/edited-r1.sim.yaml"
    assert (scenario.command, scenario.line) == ("publish-episode", "talks/ep-12.md")
    assert scenario.because == "say the unit"
    assert scenario.now == here.runs["run-1"].run.clock
    assert scenario.garden == {"talks/ep-12.md": "# Episode 12\nTomas: forty-one feet.\n"}
    assert scenario.model == "scripted"
    assert scenario.replies == {
        "titles": (["The patient error", "Forty-one feet"],),
        "notes": (NOTES,),
    }
    assert scenario.person == (
        PersonLine(when="Send 'T' [[]draft][?]*", says=({"edit": {"notes": fixed}},)),
    )
    assert scenario.expect.called == {"facts.check": 1}


def test_an_open_question_is_a_test_that_nobody_answers(tmp_path: Path) -> None:
    here = world(tmp_path)
    record = episode_run()
    here.runs["run-1"] = replace(record, rows=record.rows[:1])
    kept = here.queue.add(review())

    case = here.queue.test_case(kept.id, "Too early!")
    scenario = read_scenario(case.text, name="n", path=case.path)

    assert case.path == "simulations/publish-episode/too-early.sim.yaml"
    assert scenario.model == "none"
    assert [line.says for line in scenario.person] == [("nobody",)]
    assert scenario.expect.outcome == "waiting:approve"


def test_what_belongs_to_no_run_makes_no_test(tmp_path: Path) -> None:
    here = world(tmp_path)
    kept = here.queue.add(review())

    with pytest.raises(UsageError, match="no run of review"):
        here.queue.test_case(kept.id)
