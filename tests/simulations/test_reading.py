from __future__ import annotations

from dataclasses import replace

import pytest

from pmagent.errors import UsageError
from pmagent.simulations.reading import read_scenario
from pmagent.simulations.scenario import Fixture, PersonLine
from pmagent.simulations.writing import scenario_text
from tests.simulations.benches import HAPPY

WHOLE = """\
simulate: /publish-episode transcripts/ep-042.md
because: a contradicted number must never reach Ghost
now: 2026-11-22T09:00:00Z
garden:
  transcripts/ep-042.md: {from: fixtures/ep-042.md}
  research/report.md: "10% report mature deployment."
replies:
  titles: [not json, [A long enough title, B]]
  notes: "- 40% are mature."
faults: {ghost.draft: [503, timeout_after_commit, ok], model: [529, ok]}
person: [{when: "Send '*'", say: approve}, {when: "How big*", say: large}]
kill_at: [7, "8.performed"]
expect:
  outcome: handed_off
  saw: {notes: {never: ["finance/**"]}}
  output: {titles: {count: 5, each: {max: 70}}}
  invariants: all
"""


def test_a_scenario_is_read_as_it_is_written() -> None:
    scenario = read_scenario(WHOLE, name="a/b", path="a/b.sim.yaml")

    assert (scenario.command, scenario.line) == ("publish-episode", "transcripts/ep-042.md")
    assert scenario.garden["transcripts/ep-042.md"] == Fixture(source="fixtures/ep-042.md")
    assert scenario.replies["titles"] == ("not json", ["A long enough title", "B"])
    assert scenario.replies["notes"] == ("- 40% are mature.",)
    assert scenario.faults["ghost.draft"] == ("503", "timeout_after_commit", "ok")
    assert scenario.kill_at == ("7", "8.performed")
    assert scenario.person[1] == PersonLine(when="How big*", says=("large",))


@pytest.mark.parametrize("text", [WHOLE, HAPPY])
def test_what_is_written_reads_back_the_same(text: str) -> None:
    scenario = read_scenario(text, name="a/b", path="")

    again = read_scenario(scenario_text(scenario), name="a/b", path="")

    assert replace(again, origin=scenario.origin) == scenario


@pytest.mark.parametrize(
    ("line", "place", "near"),
    [
        ("replys: {a: b}", "replys", "replies"),
        ("expect: {outcom: done}", "expect.outcom", "outcome"),
        ("expect: {within: {step: 3}}", "expect.within.step", "steps"),
        ("person: [{wen: a}]", "person.0.wen", "when"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest(line: str, place: str, near: str) -> None:
    with pytest.raises(UsageError) as refusal:
        read_scenario(f"simulate: /x\n{line}\n", name="x", path="x.sim.yaml")

    assert f'"{place}"' in refusal.value.message
    assert f'"{near}"' in refusal.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "- a\n",
        "simulate: [",
        "simulate: /\n",
        "a: &x [1]\nb: *x\n",
        "simulate: /x\nexpect: {outcome: fine}\n",
    ],
)
def test_what_is_no_scenario_is_refused_in_words(text: str) -> None:
    with pytest.raises(UsageError, match=r"x\.sim\.yaml"):
        read_scenario(text, name="x", path="x.sim.yaml")
