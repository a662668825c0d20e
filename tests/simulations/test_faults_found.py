"""What a set of scenarios leaves untried, and which faults it does not notice."""

from __future__ import annotations

from pathlib import Path

from pmagent.simulations.mutants import make_mutants
from pmagent.simulations.running import Wanted
from pmagent.simulations.suggesting import suggestions
from pmagent.simulations.writing import scenario_text
from tests.simulations.benches import HAPPY, NOTE, bench_of

SHORT = HAPPY.replace(NOTE, " ".join(NOTE.split()[:19])).split("expect:")[0]
TWENTY = HAPPY.replace(NOTE, " ".join(NOTE.split()[:20])).replace("has: [forty two seats]", "")
MANY = HAPPY.replace("unsupported_claims: []", "unsupported_claims: [one, two, three]")
WHOLE = {
    "happy": HAPPY,
    "short": f"{SHORT}expect: {{outcome: blocked, effects: {{ghost: 0}}}}\n",
    "twenty": TWENTY,
    "embargo": HAPPY.replace("We have", "Under embargo we have").split("expect:")[0]
    + "expect: {outcome: handed_off, note: [embargo]}\n",
    "contradicted": HAPPY.replace("contradicted: 0", "contradicted: 1").split("expect:")[0]
    + 'expect: {outcome: handed_off, note: ["Contradicted: forty-two"]}\n',
    "many": MANY.split("expect:")[0]
    + 'expect: {outcome: done, note: ["No source says: two"], output: {title: {there: true}}}\n',
    "offline": f"{HAPPY.split('expect:')[0]}model: none\nexpect: {{outcome: done}}\n",
    "outside": HAPPY
    .replace("/post-note notes/a.md", "/post-note finance/plan.md")
    .replace('"Read(notes/**)"', '"Read(**)"')
    .split("expect:")[0]
    + 'expect: {outcome: failed, note: ["outside the allowed-tools"]}\n',
}


def test_what_nobody_has_tried_is_named_by_its_step(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, happy=HAPPY)

    report = bench.run(Wanted(), lambda _: None)

    [coverage] = report.coverage
    missing = [(way.path, way.what) for way in coverage.missing]
    assert missing == [
        ("A1", "fires"), ("2", "fails"), ("3", "there"), ("4", "offline"), ("4", "by the person"),
        ("5", "fails"), ("6", "6"), ("7", "some"), ("7", "more than up to"), ("8", "edited"),
        ("8", "no"), ("9", "fails"), ("9", "may have happened"),
    ]  # fmt: skip
    assert coverage.hit == 8


def test_every_way_is_found_again_where_it_is_gone(tmp_path: Path) -> None:
    head = HAPPY.split("expect:")[0]
    bench = bench_of(
        tmp_path,
        **WHOLE,
        tone=head.replace("garden:", "garden:\n  policies/tone.md: Plain words."),
        person=f"{head}model: none\nfaults: {{text.cut: [timeout]}}\n".replace(
            "person: [", 'person: [{when: "Write a title*", say: By a person}, '
        ),
        some=HAPPY.replace("unsupported_claims: []", "unsupported_claims: [one]"),
        broken=f"{head}faults: {{facts.check: [timeout]}}\n",
        edited=head.replace("say: approve", "say: {edit: {title: Edited}}"),
        no=head.replace("say: approve", "say: reject"),
        dead=f"{head}faults: {{ghost.draft: [422]}}\n",
        lost=f"{head}faults: {{ghost.draft: [timeout_after_commit]}}\n",
    )

    report = bench.run(Wanted(), lambda _: None)

    [coverage] = report.coverage
    assert [way.told() for way in coverage.missing] == []
    assert report.failed == ()


def test_a_weak_scenario_lets_faults_live_and_says_which(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, happy=HAPPY)

    score = bench.mutate("post-note")

    survivors = {(one.kind, one.line) for one in score.survivors}
    assert ("comparator", 23) in survivors  # n.words >= 20
    assert ("always", 18) in survivors
    assert ("grants", 0) in survivors
    assert ("dropped", 31) not in survivors  # the approval


def test_a_whole_set_of_scenarios_notices_every_fault(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, **WHOLE)

    score = bench.mutate("/post-note")

    assert [one.says for one in score.survivors] == []
    assert {one.mutant.kind for one in score.verdicts} == {
        "comparator", "negated", "dropped", "grants", "always", "up to", "order",
    }  # fmt: skip


def test_no_mutant_is_the_procedure_itself(tmp_path: Path) -> None:
    procedure = bench_of(tmp_path).procedure("post-note")

    mutants = list(make_mutants(procedure, ["ghost.draft"]))

    for mutant in mutants:
        same = (mutant.procedure.steps, mutant.procedure.always, mutant.procedure.allowed_tools)
        assert same != (procedure.steps, procedure.always, procedure.allowed_tools)
    assert len({(one.kind, one.says, one.path) for one in mutants}) == len(mutants)


def test_suggestions_go_each_condition_both_ways_and_break_each_call(tmp_path: Path) -> None:
    bench = bench_of(tmp_path)

    found = {one.name.removeprefix("post-note/"): one for one in suggestions(bench, "post-note")}
    outcomes = {name: one.expect.outcome for name, one in found.items()}

    assert outcomes["2-n.words-19"] == "blocked"
    assert outcomes["2-n.words-20"] == "done"
    assert outcomes["6-facts.contradicted-1"] == "handed_off"
    assert outcomes["A1-mentions"] == "handed_off"
    assert outcomes["1-missing"] == "failed"
    assert outcomes["1-denied"] == "failed"
    assert outcomes["1-planted"] == "done"
    assert outcomes["5-facts.check-timeout"] == "failed"
    assert outcomes["8-rejected"] == "blocked"
    assert outcomes["9-ghost.draft-422"] == "failed"
    assert outcomes["9-ghost.draft-timeout-after-commit"] == "done"
    assert outcomes["budget-steps"] == "handed_off"
    assert {"7-0-items", "7-1-items", "7-3-items", "4-title-offline", "8-edited"} <= set(found)


def test_what_is_suggested_passes_as_it_is_written(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, happy=HAPPY)
    for one in suggestions(bench, "post-note"):
        assert bench.shelf.keep_suggestion(one.name, scenario_text(one))

    report = bench.run(Wanted(), lambda _: None)

    assert [(one.scenario.name, one.faults) for one in report.failed] == []
    assert {one.scenario.origin for one in report.results} == {"", "suggested"}


def test_suggestions_take_the_fixtures_of_the_scenario_they_begin_from(tmp_path: Path) -> None:
    text = HAPPY.replace(f'notes/a.md: "{NOTE}"', "notes/a.md: {from: fixtures/a.md}")
    bench = bench_of(tmp_path, happy=text)
    (tmp_path / "simulations" / "fixtures").mkdir()
    (tmp_path / "simulations" / "fixtures" / "a.md").write_text(NOTE)

    found = {one.name.removeprefix("post-note/") for one in suggestions(bench, "post-note")}

    assert {"1-denied", "8-rejected", "9-ghost.draft-503"} <= found
