from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pmagent.cli.sim_command import command
from pmagent.errors import UsageError
from pmagent.simulations.running import Bench, Report, Wanted
from pmagent.simulations.shelf import Shelf
from pmagent.simulations.staging import folder_texts, make_stage
from tests.simulations.benches import HAPPY, bench_of

OTHER = HAPPY.replace("outcome: done", "outcome: blocked")


def run(bench: Bench, **wanted: object) -> Report:
    return bench.run(Wanted(**wanted), lambda _: None)  # type: ignore[arg-type]


def test_a_kept_play_tells_the_first_step_that_goes_otherwise(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, happy=HAPPY)
    assert run(bench, updates=True).failed == ()
    assert run(bench).failed == ()

    again = bench_of(tmp_path, happy=HAPPY.replace("say: approve", "say: {edit: {title: Edited}}"))

    [result] = run(again).results
    assert result.parted is not None
    assert (result.parted.part, result.parted.step) == ("value", "8 Approve")
    assert "    7 For each" in result.parted.tree
    assert any('"title": "Edited"' in line for line in result.parted.text)


def test_another_path_is_told_as_a_tree(tmp_path: Path) -> None:
    loose = HAPPY.split("expect:")[0]
    run(bench_of(tmp_path, happy=loose), updates=True)

    [result] = run(bench_of(tmp_path, happy=loose.replace("approve", "nobody"))).results

    assert result.parted is not None
    assert result.parted.told().splitlines() == [
        "path differs at 8 Approve",
        "    6 If",
        "    7 For each",
        "  - 8 Approve",
        "  - 9 Call ghost.draft draft",
        "  - 10 Return",
        "  + the end",
        "  + its cost",
    ]


def test_only_what_changed_is_played_again(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, happy=HAPPY, other=OTHER)
    assert len(run(bench, only_changed=True).results) == 2

    second = run(bench, only_changed=True)

    assert [one.scenario.name for one in second.results] == ["post-note/other"]
    assert second.skipped == 1
    path = tmp_path / "commands" / "post-note.md"
    path.write_text(path.read_text().replace("Plain words.", "Plainer words."))
    shelf = bench.shelf.root
    assert len(run(Bench(bench.shelf, _fresh(shelf).stage), only_changed=True).results) == 2


def _fresh(root: Path) -> Bench:
    shelf = Shelf(root)
    return Bench(shelf, make_stage(folder_texts(root.parent / "commands"), shelf))


def test_a_fixture_is_looked_for_above_and_never_outside(tmp_path: Path) -> None:
    text = HAPPY.replace('notes/a.md: "', 'notes/a.md: {from: fixtures/a.md}\n  notes/b.md: "')
    bench = bench_of(tmp_path, happy=text)
    (tmp_path / "simulations" / "fixtures").mkdir()
    (tmp_path / "simulations" / "fixtures" / "a.md").write_text(
        "Forty two seats. We have counted forty two seats, one after the other, and there "
        "are forty two seats in May.\n"
    )
    (tmp_path / "secret.md").write_text("Nothing to see.")

    assert run(bench).failed == ()
    bench = bench_of(tmp_path, happy=text.replace("fixtures/a.md", "../../secret.md"))
    [result] = run(bench).failed
    assert "names a fixture that is not there" in result.faults[0]


def test_the_command_tells_people_and_build_servers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench_of(tmp_path, happy=HAPPY, other=OTHER)
    report = tmp_path / "report.xml"

    code = command.main(
        ["--all", "--in", str(tmp_path), "--junit", str(report), "--no-color"],
        standalone_mode=False,
    )

    said = capsys.readouterr().out
    assert code == 1
    assert "ok     post-note/happy" in said
    assert "FAILED post-note/other" in said
    assert "it ends done, not blocked" in said
    assert "1 passed, 1 failed" in said
    assert "missing A1" in said
    tree = ElementTree.parse(report).getroot()
    assert (tree.get("tests"), tree.get("failures")) == ("2", "1")
    [failure] = tree.iter("failure")
    assert failure.get("message") == "it ends done, not blocked"


def test_the_command_is_gated_by_coverage_and_by_score(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench_of(tmp_path, happy=HAPPY)
    where = ["post-note", "--in", str(tmp_path), "--json"]

    assert command.main([*where, "--min-coverage", "0.3"], standalone_mode=False) == 0
    assert command.main([*where, "--min-coverage", "0.9"], standalone_mode=False) == 1
    assert command.main(["mutate", *where, "--min-score", "1"], standalone_mode=False) == 1
    *_, last = capsys.readouterr().out.splitlines()
    found = json.loads(last)["data"]
    assert found["killed"] < found["total"]
    assert {"kind": "grants", "line": 0}.items() <= found["survivors"][0].items()


def test_mutants_are_not_tried_by_scenarios_that_fail(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, other=OTHER)

    with pytest.raises(UsageError, match="does not pass as it is"):
        bench.mutate("post-note")


def test_what_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, happy=HAPPY)

    with pytest.raises(UsageError, match="no simulation"):
        run(bench, name="weekly")
    with pytest.raises(UsageError, match="no procedure"):
        bench.procedure("weekly")


def test_plays_that_are_repeated_are_the_same(tmp_path: Path) -> None:
    bench = bench_of(tmp_path, happy=f"{HAPPY}faults: {{ghost.draft: [503, 500, ok]}}\n")

    assert run(bench, repeat=3).failed == ()
