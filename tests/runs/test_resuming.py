"""A run that waited goes on as it was begun: days later, whatever became of its file."""

from __future__ import annotations

import pytest

from pmagent.errors import IndexFaultError, UsageError
from pmagent.procedures.engine.explain import explain
from tests.publishers.fake_ghost import FakeGhost
from tests.runs.grounds import TALK, TO_GHOST, Ground, bodies

WORDS = "Two lines about deposits.\n\nThey are asked for up front."
SENT = [("What a deposit does", WORDS)]
SWITCHES = """\
1. **Read** `document` as `t`
2. **Return** `"no embargo"`
"""
ALWAYS = """## Always

- **Switch to** `/careful` with `document=document` if `mentions(t, ["deposits"])`

"""


@pytest.mark.parametrize("change", ["edited", "gone", "transcript changed"])
def test_days_later_it_does_what_it_was_begun_to_do(
    ground: Ground, ghost: FakeGhost, change: str
) -> None:
    file = ground.procedure("post", TO_GHOST)
    waits = ground.begin(f"/post {TALK}")
    ground.clock.pass_by(days=9)
    match change:
        case "edited":
            ground.procedure("post", TO_GHOST.replace("Two lines", "Ten lines"))
        case "gone":
            file.unlink()
        case _:
            ground.write({TALK: "# Nothing\n"})
    ground.decide("accept")

    done = ground.resume(waits)

    assert (done.state, bodies(ghost)) == ("done", SENT)


def test_today_stays_the_day_it_began(ground: Ground) -> None:
    ground.procedure("day", '1. **Approve** "Go on?"\n2. **Return** `str(today)`\n')
    waits = ground.begin(f"/day {TALK}")
    ground.clock.pass_by(days=9)
    ground.decide("accept")

    assert ground.resume(waits).result == "2026-02-02"


def test_a_file_of_the_garden_does_not_become_ones_own_while_its_run_waits(
    ground: Ground, ghost: FakeGhost
) -> None:
    steps = '1. **Approve** "Go on?"\n' + "".join(
        f"{number + 1}{line[1:]}\n" for number, line in enumerate(TO_GHOST.splitlines(), 1)
    )
    file = ground.procedure("post", steps, is_own=False)
    waits = ground.begin(f"/post {TALK}")
    text = file.read_text(encoding="utf-8")
    file.unlink()
    ground.procedure("post", TO_GHOST).write_text(f"{text}\n", encoding="utf-8")
    ground.decide("accept")
    held = ground.resume(waits)
    assert held.waits_for == "approve"
    assert ground.waiting().sendings == ()
    ground.decide("accept")

    ended = ground.resume(waits)

    assert (ended.state, ghost.hits) == ("failed", [])
    assert ended.reason.startswith("denied: ")


def test_a_run_that_was_called_off_asks_nothing_and_sends_nothing(
    ground: Ground, ghost: FakeGhost
) -> None:
    ground.procedure("post", TO_GHOST)
    waits = ground.begin(f"/post {TALK}")

    with ground.open() as sitting:
        ended = sitting.garden.runs.cancel(waits.id)
        assert sitting.waiting() == []
    again = ground.resume(waits)

    assert (ended.state, again.state, ghost.hits) == ("cancelled", "cancelled", [])


def test_a_finished_run_is_told_as_it_is_and_not_done_again(
    ground: Ground, ghost: FakeGhost
) -> None:
    ground.procedure("post", TO_GHOST)
    waits = ground.begin(f"/post {TALK}")
    ground.decide("accept")
    done = ground.resume(waits)
    asked = len(ghost.hits)

    again = ground.resume(waits)

    assert (again, len(ghost.hits)) == (done, asked)


def test_an_always_rule_switches_and_the_other_run_takes_over(ground: Ground) -> None:
    ground.procedure("careful", SWITCHES)
    ground.procedure("post", TO_GHOST, before=ALWAYS)

    run = ground.begin(f"/post {TALK}")

    with ground.open() as sitting:
        other = sitting.garden.runs.get(run.switched_to)
        assert sitting.waiting() == []
        told = explain(run, sitting.garden.runs.steps(run.id))
    assert (other.command, other.state, other.result) == ("careful", "done", "no embargo")
    assert other.id in told


def test_a_run_below_another_has_its_own_record_and_its_parents_name(ground: Ground) -> None:
    ground.procedure("careful", SWITCHES)
    ground.procedure(
        "outer", "1. **Run** `/careful` with `document=document` as `said`\n2. **Return** `said`\n"
    )

    run = ground.begin(f"/outer {TALK}")

    with ground.open() as sitting:
        [below] = [one for one in sitting.garden.runs.list() if one.parent]
    assert (run.state, run.result) == ("done", "no embargo")
    assert (below.command, below.parent, below.parent_address) == ("careful", run.id, "1")


@pytest.mark.parametrize("name", ["nothing", "", "zz"])
def test_a_run_that_there_is_not_is_said(ground: Ground, name: str) -> None:
    with ground.open() as sitting, pytest.raises(UsageError, match=r"is no run|fits"):
        sitting.garden.runs.get(name)


def test_what_is_no_procedure_is_said_with_what_to_do(ground: Ground) -> None:
    with ground.open() as sitting, pytest.raises(UsageError, match="is no procedure") as caught:
        sitting.begin(f"/nothing {TALK}")

    assert "pmagent lint" in caught.value.hint


def test_without_an_index_a_run_says_to_make_one(ground: Ground) -> None:
    ground.procedure("seek", '1. **Find** `"deposits"` as `found`\n2. **Return** `1`\n')
    with ground.open() as sitting:
        try:
            run = sitting.begin(f"/seek {TALK}")
            told = run.reason
        except IndexFaultError as exc:
            told = f"{exc.message} {exc.hint}"
    assert "pmagent index" in told
