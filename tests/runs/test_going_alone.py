"""A command that has earned it goes alone: after its simulations, not at first, and looked at."""

from __future__ import annotations

from pmagent.records.rehearsals import RehearsalRow
from pmagent.types.runs import Run
from tests.runs.grounds import TALK, Ground

STEPS = """\
1. **Read** `document` as `t`
2. **Approve** "Keep a note of it?" showing `document`
3. **Return** `document`
"""


def earn(ground: Ground) -> None:
    """Take the command to `auto`, as a person does who knows what they do."""
    with ground.open() as sitting:
        for _ in range(2):
            sitting.garden.reviews.promote("keep", is_forced=True)


def rehearse(ground: Ground, *, clean: int = 4) -> None:
    with ground.open() as sitting:
        runs = sitting.garden.runs
        assert runs.keep_rehearsal(
            RehearsalRow(
                command="keep", digest=runs.procedure("keep").digest, at=ground.clock(),
                cases=4, clean=clean, ways=1.0,
            )
        )  # fmt: skip


def talk(number: int) -> str:
    return TALK.replace("101", str(200 + number))


def begun(ground: Ground, number: int) -> Run:
    return ground.begin(f"/keep {talk(number)}")


def ready(ground: Ground) -> None:
    ground.write({talk(number): f"# Talk {number}\n\nWords of it.\n" for number in range(40)})
    ground.procedure("keep", STEPS, risk="read", autonomy="auto", tools="Read")


def see_three(ground: Ground) -> None:
    """The first three of a version are looked at, whatever it has earned."""
    for number in range(3):
        waits = begun(ground, number)
        assert waits.state == "waiting", number
        ground.decide("accept")
        ground.resume(waits)


def test_a_command_goes_alone_once_it_has_earned_it_and_its_first_runs_were_seen(
    ground: Ground,
) -> None:
    ready(ground)
    earn(ground)
    rehearse(ground)
    see_three(ground)

    run = begun(ground, 3)

    assert run.state == "done"
    rows = ground.rows(run)
    assert [row.detail for row in rows if row.verb == "Approve"] == ["yes by standing"]


def test_nothing_goes_alone_whose_simulations_did_not_pass(ground: Ground) -> None:
    ready(ground)
    earn(ground)
    rehearse(ground, clean=3)
    see_three(ground)

    assert begun(ground, 3).state == "waiting"


def test_some_of_the_runs_that_went_alone_are_put_before_a_person(ground: Ground) -> None:
    ready(ground)
    earn(ground)
    rehearse(ground)
    see_three(ground)

    alone = [begun(ground, number) for number in range(3, 40)]

    with ground.open() as sitting:
        samples = [one for one in sitting.garden.reviews.open() if one.kind == "sample"]
        rate = sitting.garden.reviews.standing("keep").rate
    assert all(run.state == "done" for run in alone)
    assert rate < 100
    assert 0 < len(samples) < len(alone)
    assert {one.run for one in samples} < {run.id for run in alone}
