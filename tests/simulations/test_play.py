from __future__ import annotations

from pathlib import Path

import pytest

from pmagent.simulations import golden
from pmagent.simulations.judging import judge
from pmagent.simulations.play import play
from pmagent.simulations.played import Played
from tests.simulations.benches import FACTS, HAPPY, NOTE, bench_of


def played(folder: Path, text: str) -> Played:
    bench = bench_of(folder, one=text)
    [scenario] = bench.shelf.scenarios()
    return play(scenario, bench.stage)


def test_a_scenario_goes_through_the_engine_to_its_end(tmp_path: Path) -> None:
    one = played(tmp_path, HAPPY)

    assert judge(one) == ()
    assert one.outcome == "done"
    assert [thing.payload["title"] for thing in one.things] == ["Forty-two seats"]


def test_a_kill_at_any_step_changes_nothing_of_what_comes_out(tmp_path: Path) -> None:
    straight = played(tmp_path, HAPPY)

    for place in ("1", "4.performed", "5.written", "8", "8.performed", "9", "9.performed", "10"):
        broken = played(tmp_path, f'{HAPPY}kill_at: ["{place}"]\n')
        assert broken.killed == (place,)
        assert judge(broken) == ()
        assert golden.transcript(broken) == golden.transcript(straight)


def test_an_effect_whose_answer_is_lost_is_there_once(tmp_path: Path) -> None:
    one = played(tmp_path, f"{HAPPY}faults: {{ghost.draft: [503, timeout_after_commit, ok]}}\n")

    assert judge(one) == ()
    assert [attempt.how for attempt in one.attempts] == ["again", "ambiguous", "ok"]
    assert len(one.things) == 1
    assert one.doubled == ()


@pytest.mark.parametrize(
    ("change", "outcome", "things"),
    [
        (("say: approve", "say: {reject: not today}"), "blocked", 0),
        (("say: approve", "say: take"), "handed_off", 0),
        (("say: approve", "say: nobody"), "waiting:approve", 0),
        (("say: approve", "say: [nobody, approve]"), "done", 1),
        (("say: approve", "say: {edit: {title: Edited seats}}"), "done", 1),
        (("contradicted: 0", "contradicted: 1"), "handed_off", 0),
        (("We have counted", "Under embargo we have counted"), "handed_off", 0),
        (('grants: ["Read(notes/**)"', 'grants: ["Read(policies/**)"'), "failed", 0),
        ((", ghost.draft]", "]"), "failed", 0),
        (("[bad, Forty-two seats]", "[a, b, c]"), "done", 1),
        ((f"facts.check: {FACTS}", "facts.check: {fail: no evidence}"), "failed", 0),
    ],
)
def test_each_way_ends_as_a_person_would_expect(
    tmp_path: Path, change: tuple[str, str], outcome: str, things: int
) -> None:
    assert change[0] in HAPPY

    one = played(tmp_path, HAPPY.replace(*change))

    assert (one.outcome, len(one.things)) == (outcome, things)


def test_an_edit_is_what_leaves(tmp_path: Path) -> None:
    one = played(tmp_path, HAPPY.replace("say: approve", "say: {edit: {title: Edited seats}}"))

    assert [thing.payload["title"] for thing in one.things] == ["Edited seats"]


def test_without_a_model_the_offline_function_writes(tmp_path: Path) -> None:
    one = played(tmp_path, f"{HAPPY}model: none\n")

    [title] = [row for row in one.path if row.name == "title"]
    assert (title.maker, one.shown) == ("offline", ())


def test_what_is_refused_is_on_record(tmp_path: Path) -> None:
    denied = HAPPY.replace(
        "simulate: /post-note notes/a.md", "simulate: /post-note finance/plan.md"
    )
    one = played(tmp_path, denied.replace('"Read(notes/**)"', '"Read(policies/**)"'))

    assert one.outcome == "failed"
    assert "allowed-tools" in one.run.reason


def test_the_same_scenario_gives_the_same_bytes(tmp_path: Path) -> None:
    text = f"{HAPPY}faults: {{ghost.draft: [503, 500, ok]}}\n"

    first, second = (
        golden.write_lines(golden.transcript(played(tmp_path, text))) for _ in range(2)
    )

    assert first == second
    assert NOTE in first
