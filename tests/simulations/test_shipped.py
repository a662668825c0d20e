"""The scenarios that ship: all pass, and there is no way of a shipped procedure they do not go."""

from __future__ import annotations

from pmagent.paths import bundled_dir
from pmagent.simulations.running import Bench, Wanted
from pmagent.simulations.shelf import Shelf
from pmagent.simulations.staging import folder_texts, make_stage


def shipped() -> Bench:
    shelf = Shelf(bundled_dir("simulations"))
    return Bench(shelf, make_stage(folder_texts(bundled_dir("commands")), shelf))


def test_every_way_of_every_shipped_procedure_is_gone_and_comes_out_right() -> None:
    report = shipped().run(Wanted(), lambda _: None)

    assert [(one.scenario.name, one.faults) for one in report.failed] == []
    missing = {one.command: [way.told() for way in one.missing] for one in report.coverage}
    assert missing == {
        "check-before-publish": [], "legal-review": [], "prior-art": [], "publish-episode": [],
        "size-opportunity": [], "triage-feedback": [], "weekly-review": [],
    }  # fmt: skip


def test_the_scenarios_of_a_short_procedure_notice_every_fault() -> None:
    # The others: `pmagent sim mutate COMMAND`; benchmarks/simulations.py runs them all.
    score = shipped().mutate("check-before-publish")

    assert [one.says for one in score.survivors] == []
