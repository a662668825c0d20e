"""A step for the model has three who can do it: the model, a function, the person."""

# ruff: noqa: ARG002 - what stands in for a port takes all that the port takes
from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pmagent.errors import ModelError
from pmagent.procedures.engine.ports import Here, NoValue, Writing, Written
from pmagent.procedures.engine.terms import Terms
from pmagent.types.procedures import Shape
from pmagent.types.runs import Answered, Spent
from tests.procedures.engine.world import MakeWorld, World

TITLES = """---
description: Titles.
metadata:
  budget: {tokens: 10000}
---
Write plainly.

## Good looks like
- A person would say it.

## Steps
1. **Read** `t.md` as `t`
2. **Set** `secret = "never shown"`
3. Write two titles for `t`, as `titles` like `[str 5..40] 2` or offline `draft.titles(t, 2)`
4. **Return** `titles`
"""
GOOD = ["About pricing", "About export"]
COST = Spent(tokens=100, usd=Decimal("0.01"))


class Model:
    """Gives out its values one after another; what is no list of text is what it comes to."""

    def __init__(self, *values: Any) -> None:
        self.values = list(values)
        self.asked: list[Writing] = []

    def write(self, writing: Writing, here: Here) -> Written | NoValue:
        self.asked.append(writing)
        value = self.values.pop(0)
        if isinstance(value, NoValue):
            return value
        if isinstance(value, ModelError):
            raise value
        return Written(value=value, spent=COST, assumptions=("English",))


class Picky:
    """Finds fault with one word."""

    def verify(
        self, value: Any, shape: Shape, values: Mapping[str, Any], here: Here
    ) -> Sequence[str]:
        return [f"{title} is invented" for title in value if "invented" in title]


def run_with(make_world: MakeWorld, *values: Any, **parts: Any) -> tuple[World, Model, Any]:
    model = Model(*values)
    world = make_world(writer=model, verifier=Picky(), **parts)
    world.documents.add("t.md", "pricing export")
    return world, model, world.run(TITLES)


def test_the_model_sees_the_values_its_step_names_and_nothing_else(make_world: MakeWorld) -> None:
    world, model, run = run_with(make_world, GOOD)

    [writing] = model.asked
    assert list(writing.values) == ["t"]
    assert writing.guidance.strip() == "Write plainly."
    assert writing.good == ("A person would say it.",)
    assert writing.limit_tokens == 9_500
    assert run.result == GOOD
    row = world.records.steps(run.id)[2]
    assert (row.maker, row.assumptions, row.spent.tokens) == ("model", ("English",), 100)
    assert run.spent.usd == Decimal("0.01")


def test_a_value_of_the_wrong_type_is_repaired_once_with_what_is_wrong(
    make_world: MakeWorld,
) -> None:
    _, model, run = run_with(make_world, ["x"], GOOD)

    assert [writing.tier for writing in model.asked] == ["fast", "fast"]
    assert model.asked[1].previous == ["x"]
    assert model.asked[1].problems
    assert (run.result, run.spent.tokens) == (GOOD, 200)


def test_what_the_verifier_refuses_goes_to_the_deep_model_once(make_world: MakeWorld) -> None:
    _, model, run = run_with(make_world, ["an invented one", "and more"], GOOD)

    assert [writing.tier for writing in model.asked] == ["fast", "deep"]
    assert run.result == GOOD


def test_after_the_deep_model_the_function_makes_it_and_all_that_was_tried_is_told(
    make_world: MakeWorld,
) -> None:
    invented = ["an invented one", "and more"]
    world, model, run = run_with(make_world, ["x"], invented, invented)

    assert [writing.tier for writing in model.asked] == ["fast", "fast", "deep"]
    assert run.result == GOOD
    row = world.records.steps(run.id)[2]
    assert row.maker == "offline"
    assert row.detail == "the model: an invented one is invented; by draft.titles"
    assert row.spent.tokens == 300


def test_a_model_that_abstains_or_fails_is_not_asked_twice(make_world: MakeWorld) -> None:
    for silent in (NoValue(why="not enough to go on"), ModelError("it is overloaded")):
        _, model, run = run_with(make_world, silent)

        assert len(model.asked) == 1
        assert run.result == GOOD


def test_without_a_model_the_function_makes_it(make_world: MakeWorld) -> None:
    world = make_world(writer=(model := Model()))
    world.documents.add("t.md", "pricing export")

    run = world.run(TITLES, Terms(has_model=False))

    assert run.result == GOOD
    assert model.asked == []


def test_what_nobody_can_make_waits_for_a_person_and_the_model_is_not_asked_again(
    make_world: MakeWorld,
) -> None:
    text = "1. Name the mood, as `mood` like `calm|tense`\n2. **Return** `mood`\n"
    world = make_world(writer=(model := Model(NoValue(why="unsure", spent=COST))))
    waiting = world.run(text)
    assert (waiting.state, waiting.waits_for) == ("waiting", "human")

    world.person.replies["Name"] = Answered(value="calm")
    run = world.resume(waiting.id)

    assert (run.result, len(model.asked)) == ("calm", 1)
    [row, _] = world.records.steps(run.id)
    assert (row.maker, row.detail) == ("person", "the model: unsure; by person")
    assert run.spent.tokens == 100


def test_where_no_question_is_kept_the_run_abstains_and_says_why(world: World) -> None:
    world.person.keeps_questions = False

    run = world.run("1. Name the mood, as `mood` like `calm|tense`\n")

    assert (run.state, run.reason) == (
        "abstained", "mood: no model is chosen, and no function makes it offline",
    )  # fmt: skip
