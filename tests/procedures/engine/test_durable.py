"""A run is a row a step: it is carried on from where it stands, by one process at a time."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest

from pmagent.errors import UsageError
from pmagent.procedures.engine.ports import NotYet
from pmagent.procedures.engine.terms import Terms
from pmagent.types.runs import Answered, Approved, Rejected, RunEvent, StepEnded
from tests.procedures.engine.world import MakeWorld, World, last, procedure

ASK = '1. **Set** `a = 1`\n2. **Ask** "Go on?" as `b` like `int`\n3. **Return** `a + b`\n'


def test_a_finished_step_is_never_done_again(world: World) -> None:
    world.documents.add("a.md", "before")
    text = '1. **Read** `a.md` as `t`\n2. **Ask** "Go?" as `b` like `int`\n3. **Return** `t.text`\n'
    waiting = world.run(text)
    world.documents.add("a.md", "after")
    world.person.replies["Go?"] = Answered(value=1)

    events = list(world.engine.resume(waiting.id))

    assert last(iter(events)).result == "before"
    assert [event.row.address for event in events if isinstance(event, StepEnded)] == ["2", "3"]
    assert world.documents.asked == ["a.md"]


def test_a_live_run_keeps_its_text_whatever_the_file_says_now(make_world: MakeWorld) -> None:
    world = make_world(commands={"job": ASK})
    found = world.commands.procedure("job")
    assert found is not None
    waiting = last(world.engine.start(found, {}))

    world.commands.texts["job"] = '1. **Stop** "changed"\n'
    world.person.replies["Go on?"] = Answered(value=4)

    assert world.resume(waiting.id).result == 5


def test_a_run_waits_for_its_moment_and_no_longer(world: World) -> None:
    text = "1. **Wait** until `3600`\n2. **Return** `today`\n"
    waiting = world.run(text)
    assert (waiting.waits_for, waiting.wakes) == ("time", world.clock.at.replace(hour=13))
    assert world.records.due(world.clock.at) == ()

    world.clock.pass_by(minutes=59)
    assert world.resume(waiting.id).state == "waiting"
    world.clock.pass_by(days=2)
    assert [run.id for run in world.records.due(world.clock.at)] == [waiting.id]
    run = world.resume(waiting.id)

    assert (run.state, run.result) == ("done", "2026-11-23")


def test_an_effect_that_is_tried_later_makes_the_run_wait_for_the_outbox(world: World) -> None:
    front = "---\ndescription: Sends.\nallowed-tools: post.send\n---\n## Steps\n"
    text = front + '1. **Call** `post.send` with `title="x"` as `post`\n2. **Return** `post.url`\n'
    world.calls.answers = [NotYet(reason="the site is down", wakes=world.clock.at)]

    waiting = world.run(text)
    run = world.resume(waiting.id)

    assert (waiting.state, waiting.waits_for, waiting.reason) == (
        "waiting", "outbox", "the site is down",
    )  # fmt: skip
    assert (run.state, len(world.calls.effects())) == ("done", 1)


def test_a_run_with_an_owner_that_lives_is_not_carried_on_twice(make_world: MakeWorld) -> None:
    one, other = make_world(), make_world()
    events = one.engine.start(procedure(ASK), {})
    next(events)

    with pytest.raises(UsageError, match="another process"):
        list(other.engine.resume("r1"))

    close(events)
    other.person.replies["Go on?"] = Answered(value=1)
    assert other.resume("r1").result == 2


def test_a_lease_ends_with_its_process(make_world: MakeWorld) -> None:
    one, other = make_world(), make_world(replies={"Go on?": Answered(value=1)})
    events = one.engine.start(procedure(ASK), {})
    next(events)
    one.leases.close()

    assert other.resume("r1").state == "done"


def test_a_cancelled_run_stops_after_the_step_that_is_being_done(make_world: MakeWorld) -> None:
    one, other = make_world(), make_world()
    events = one.engine.start(procedure(ASK), {})
    for event in events:
        if isinstance(event, StepEnded):
            other.engine.cancel("r1")
            break

    run = last(events)

    assert (run.state, run.reason) == ("cancelled", "called off by a person")
    assert one.path("r1") == ["1 Set"]
    assert last(one.engine.resume("r1")).state == "cancelled"


def test_cancelling_a_child_ends_the_runs_that_wait_for_it(make_world: MakeWorld) -> None:
    world = make_world(commands={"inner": ASK})
    world.run("1. **Run** `/inner` as `x`\n")

    world.engine.cancel("r2")

    assert [run.state for run in world.records.list()] == ["cancelled", "cancelled"]


def test_a_child_that_waits_makes_its_parent_wait_and_resuming_either_goes_on(
    make_world: MakeWorld,
) -> None:
    for number, resumed in enumerate(("parent", "child")):
        world = make_world(commands={"inner": ASK})
        parent = world.run("1. **Run** `/inner` as `x`\n2. **Return** `x * 10`\n")
        [child] = world.records.children(parent.id)
        assert (parent.state, parent.waits_for, parent.reason) == (
            "waiting", "answer", "/inner: Go on?",
        ), number  # fmt: skip

        world.person.replies["Go on?"] = Answered(value=2)
        run = world.resume(parent.id if resumed == "parent" else child.id)

        assert (run.id, run.state, run.result) == (parent.id, "done", 30)
        assert run.spent.steps == 5


def test_a_child_that_does_not_end_well_ends_its_parent_the_same_way(
    make_world: MakeWorld,
) -> None:
    world = make_world(
        commands={
            "stopped": '1. **Check** `False` else "not so"\n',
            "broken": "1. **Read** `private/x.md` as `t`\n",
            "handed": '1. **Hand off** "yours"\n',
        }
    )

    runs = [world.run(f"1. **Run** `/{name}` as `x`\n") for name in world.commands.texts]

    assert [(run.state, run.reason) for run in runs] == [
        ("blocked", "/stopped: not so"),
        ("failed", 'denied: /broken: "private/x.md" is refused by the walls'),
        ("handed_off", "/handed: yours"),
    ]


def test_a_command_of_code_gives_its_value_without_a_run(world: World) -> None:
    run = world.run('1. **Run** `/chapters` with `transcript="ep.md"` as `c`\n2. **Return** `c`\n')

    assert run.result == [{"at": "00:00:00", "title": "ep.md"}]
    assert world.records.children(run.id) == ()


def test_a_switch_ends_the_run_and_the_other_takes_over_with_what_fits(
    make_world: MakeWorld,
) -> None:
    legal = "---\ndescription: L.\narguments: [title, why, more]\n---\n## Steps\n"
    world = make_world(commands={"legal": legal + "1. **Return** `[title, why, more]`\n"})

    run = world.run(
        '1. **Set** `title = "T"`\n2. **Set** `other = 1`\n'
        '3. **Switch to** `/legal` with `why="w"`\n'
    )

    assert (run.id, run.state, run.result) == ("r2", "done", ["T", "w", None])
    first = world.records.get("r1")
    assert first is not None
    assert (first.state, first.switched_to, first.reason) == ("done", "r2", "/legal took over")
    assert world.resume("r1").id == "r2"


def test_runs_that_start_one_another_in_a_circle_end(make_world: MakeWorld) -> None:
    world = make_world(commands={"a": "1. **Switch to** `/b`\n", "b": "1. **Run** `/a` as `x`\n"})

    run = world.run("1. **Run** `/a` as `x`\n")

    assert run.state == "failed"
    assert "circle" in run.reason
    assert len(world.records.list(100)) < 12


def test_a_child_is_carved_out_of_what_its_parent_has_left(make_world: MakeWorld) -> None:
    steps = "".join(f"{n}. **Set** `a = {n}`\n" for n in range(1, 9))
    world = make_world(commands={"long": steps})
    front = "---\ndescription: P.\nmetadata:\n  budget: {steps: 8}\n---\n## Steps\n"

    run = world.run(front + "1. **Set** `a = 1`\n2. **Run** `/long` as `x`\n")

    assert (run.state, run.reason) == ("handed_off", "budget: /long: 5 of 7 steps are used")


def test_the_last_steps_of_a_budget_are_kept_for_ending_well(world: World) -> None:
    front = "---\ndescription: P.\nmetadata:\n  budget: {steps: 4}\n---\n## Steps\n"
    two = "1. **Set** `a = 1`\n2. **Set** `b = 2`\n"

    ends = world.run(front + two + '3. **Note** "so far"\n4. **Return** `a`\n')
    over = world.run(front + two + "3. **Set** `c = 3`\n4. **Return** `a`\n")

    assert (ends.state, ends.result) == ("done", 1)
    assert (over.state, over.reason) == ("handed_off", "budget: 2 of 4 steps are used")
    assert (world.root / f"{over.id}.note.md").exists()


def test_no_more_effects_happen_than_the_budget_has(world: World) -> None:
    text = """---
description: Sends.
allowed-tools: card.add
metadata:
  budget: {effects: 2}
---
## Steps
1. **For each** `n` in `["a", "b", "c"]` up to `3`
   1. **Call** `card.add` with `name=n`
"""
    run = world.run(text)

    assert (run.state, run.reason) == ("handed_off", "budget: 2 of 2 effects are used")
    assert len(world.calls.effects()) == 2


def test_what_is_left_of_the_budget_may_be_asked_about(world: World) -> None:
    text = """---
description: Careful.
metadata:
  budget: {steps: 20, usd: 0.50}
---
## Always
- **Hand off** "Almost out of steps." if `budget.steps_left < 18`

## Steps
1. **Set** `a = budget.usd_left`
2. **Set** `b = 2`
3. **Set** `c = 3`
4. **Set** `d = 3`
"""
    run = world.run(text)

    assert (run.state, run.reason) == ("handed_off", "Almost out of steps.")
    assert world.records.steps(run.id)[0].value == 0.5
    assert world.path(run.id)[-1] == "3+A1 Hand off"


def test_effects_of_a_loop_are_told_apart_by_their_item_and_not_by_its_place(
    world: World,
) -> None:
    text = """---
description: Cards.
arguments: [names]
allowed-tools: card.add
metadata:
  key: week(today)
---
## Steps
1. **For each** `n` in `names` up to `9`
   1. **Call** `card.add` with `name=n`
"""
    world.run(text, names=["a", "b", "b"])
    world.run(text, names=["b", "a", "b", "c"])

    keys = [effect["key"] for effect in world.calls.effects()]
    assert keys == [f"card.add 2026-W48/{item}" for item in ("a", "b", "b#2", "c")]


def test_names_that_are_given_to_the_run_are_kept_with_it(world: World) -> None:
    text = '1. **Ask** "Go?" as `x` like `int`\n2. **Return** `site`\n'
    waiting = world.run(text, Terms(names={"site": "folder"}))
    world.person.replies["Go?"] = Answered(value=1)

    assert world.resume(waiting.id).result == "folder"


def test_a_yes_that_was_given_is_not_asked_for_again_after_a_break(make_world: MakeWorld) -> None:
    front = "---\ndescription: Sends.\nallowed-tools: post.send\n---\n## Steps\n"
    text = front + '1. **Call** `post.send` with `title="x"` as `post`\n'
    broken = make_world(replies={"post.send": Approved()}, failpoint=break_at("performed"))
    broken.calls.is_asking = True
    with pytest.raises(KeyboardInterrupt):
        broken.run(text)

    world = make_world(replies={"post.send": Rejected()})
    world.calls.is_asking = True

    assert world.resume("r1").state == "done"
    assert world.person.asked == []
    assert len(world.calls.effects()) == 1


def break_at(where: str):  # noqa: ANN201 - a failpoint
    def failpoint(place: str, address: str) -> None:
        if place == where:
            raise KeyboardInterrupt

    return failpoint


def close(events: Iterator[RunEvent]) -> None:
    assert isinstance(events, Generator)
    events.close()
