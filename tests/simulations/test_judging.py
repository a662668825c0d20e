from __future__ import annotations

from pathlib import Path

import pytest

from pmagent.simulations.judging import judge
from pmagent.simulations.matching import mismatches
from pmagent.simulations.play import play
from pmagent.types.actions import Json
from tests.simulations.benches import HAPPY, bench_of


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("outcome: done", "outcome: blocked"), "it ends done, not blocked"),
        (("Call ghost.draft draft, Return", "Return, Call ghost.draft draft"), "the path is"),
        (("ghost.draft: 1}", "ghost.draft: 2}"), "ghost.draft is called 1 times, not 2"),
        (("effects: {ghost: 1}", "effects: {ghost: 0}"), "ghost holds 1 things, not 0"),
        (("denied: []", 'denied: ["Read x.md"]'), "refused is nothing, not Read x.md"),
        (("only: [n, tone]", "only: [n]"), "title saw n, tone, not n"),
        (('never: ["finance/**"]', 'never: ["notes/**"]'), "with sight of notes/a.md"),
        (("has: [forty two seats]", "has: [margin]"), 'did not see "margin"'),
        (("{max: 20}", "{max: 5}"), "output.title is 15 long, at most 5"),
        (("{title: Forty-two seats}", "{title: Other}"), 'sent.ghost.draft.title is "Forty-two'),
        (("steps: 12", "steps: 2"), "it takes"),
        (("outcome: done", "outcome: done\n  note: [Contradicted]"), 'no note says "Contradicted"'),
        (("say: approve}]", 'say: approve}]\nkill_at: ["6.2"]'), "never broken off at 6.2"),
    ],
)
def test_what_is_not_as_expected_is_said(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    assert change[0] in HAPPY
    bench = bench_of(tmp_path, one=HAPPY.replace(*change))
    [scenario] = bench.shelf.scenarios()

    faults = judge(play(scenario, bench.stage))

    assert any(said in fault for fault in faults), faults


def test_words_that_no_grant_lets_be_seen_may_not_leave(tmp_path: Path) -> None:
    leak = HAPPY.replace(
        "title: [bad, Forty-two seats]",
        "title: [The margin of the plan is eleven dollars a seat.]",
    )
    bench = bench_of(tmp_path, one=leak)
    [scenario] = bench.shelf.scenarios()

    faults = judge(play(scenario, bench.stage))

    assert any("carries what no grant lets be seen" in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("found", "wanted", "is_so"),
    [
        ([1, 2], [1, 2], True),
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": 1}, {"b": 1}, False),
        ({"a": 1}, {"b": {"there": False}}, True),
        (["ab", "abcd"], {"count": 2, "each": {"max": 4, "min": 2}}, True),
        (["ab", "abcde"], {"each": {"max": 4}}, False),
        (["ab", "cd"], {"any": {"has": "c"}}, True),
        (["ab", "cd"], {"any": {"has": "x"}}, False),
        ("10:30", {"matches": r"^\d+:\d+$"}, True),
        ("a b", {"hasnt": ["c"], "is": "a b"}, True),
        (3, {"max": 2}, False),
        (None, {"there": True}, False),
    ],
)
def test_a_value_is_held_against_what_is_wanted(found: Json, wanted: Json, is_so: bool) -> None:
    assert (not list(mismatches(found, wanted, "output"))) is is_so
