"""The procedures that ship: each reads whole, runs without a model, and asks before any effect."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from pmagent.commands.found import Found
from pmagent.commands.read_command import read_command
from pmagent.paths import bundled_dir
from pmagent.procedures.language.read import is_procedure, read_procedure
from pmagent.procedures.language.shapes import check_value, parse_shape
from pmagent.procedures.language.source import names_in
from pmagent.tools.board_add import tool as board_add
from pmagent.tools.notes_write import tool as notes_write
from pmagent.types.actions import Json
from pmagent.types.calls import CallSpec
from pmagent.types.commands import CommandFile
from pmagent.types.procedures import (
    ApproveStep,
    CallStep,
    EachStep,
    IfStep,
    ModelStep,
    Procedure,
    ReturnStep,
    RunStep,
    Step,
    SwitchStep,
)
from tests.functions.conftest import EPISODE, FUNCTIONS, NOTES, Bench

SHIPPED = (
    "check-before-publish", "legal-review", "prior-art", "publish-episode", "size-opportunity",
    "triage-feedback", "weekly-review",
)  # fmt: skip
EFFECTS = {"notes.write": notes_write.spec, "board.add": board_add.spec}
OUTWARD = {"ghost.draft", "folder.draft"}
NAMED = re.compile(r"(?:^|,)\s*(\w+)=")


def command(name: str) -> CommandFile:
    path = bundled_dir("commands") / f"{name}.md"
    read = read_command(path.read_bytes(), Found(name=name, path=str(path), place="shipped"))
    assert isinstance(read, CommandFile)
    return read


def procedure(name: str) -> Procedure:
    return read_procedure(command(name), command(name).text)


def all_steps(steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        match step:
            case IfStep(branches=branches):
                for branch in branches:
                    yield from all_steps(branch.steps)
            case EachStep(steps=inner):
                yield from all_steps(inner)
            case _:
                pass


def test_every_shipped_file_with_exact_steps_is_known_here() -> None:
    found = {
        path.stem for path in Path(bundled_dir("commands")).glob("*.md")
        if is_procedure(command(path.stem))
    }  # fmt: skip

    assert found == set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_it_reads_whole_and_says_whose_it_is_and_when_to_use_it(name: str) -> None:
    read = procedure(name)

    assert read.problems == ()
    assert read.when_to_use
    assert read.owner
    assert read.key
    assert read.budget.steps is not None
    assert read.budget.usd is not None
    assert read.guidance


@pytest.mark.parametrize("name", SHIPPED)
def test_every_step_for_a_model_has_a_function_that_does_without_one(name: str) -> None:
    steps = [step for step in all_steps(procedure(name).steps) if isinstance(step, ModelStep)]

    for step in steps:
        assert step.shape is not None, step.text
        assert step.offline is not None, step.text
        assert step.offline.function in FUNCTIONS, step.text


@pytest.mark.parametrize("name", SHIPPED)
def test_every_function_it_calls_is_there_and_takes_what_it_is_given(name: str) -> None:
    for step in all_steps(procedure(name).steps):
        if not isinstance(step, CallStep) or step.function in OUTWARD:
            continue
        spec = FUNCTIONS[step.function].spec if step.function in FUNCTIONS else None
        spec = spec or EFFECTS[step.function]
        given = set(NAMED.findall(step.given.source if step.given else ""))
        taken = {one.name: one for one in spec.parameters}
        assert given <= set(taken), step.text
        assert {one.name for one in spec.parameters if not one.is_optional} <= given, step.text


@pytest.mark.parametrize("name", SHIPPED)
def test_no_effect_stands_without_an_approval_before_it(name: str) -> None:
    read = procedure(name)

    effects = list(unapproved(read.steps, is_approved=False))

    assert effects == []
    used = {step.function for step in all_steps(read.steps) if isinstance(step, CallStep)}
    assert used & (OUTWARD | set(EFFECTS)) <= set(read.allowed_tools)


def unapproved(steps: Sequence[Step], *, is_approved: bool) -> Iterator[str]:
    """Effects that can be reached without an approval."""
    for step in steps:
        match step:
            case ApproveStep():
                is_approved = True
            case CallStep(function=function) if function not in FUNCTIONS and not is_approved:
                yield step.text
            case IfStep(branches=branches):
                for branch in branches:
                    yield from unapproved(branch.steps, is_approved=is_approved)
            case EachStep(steps=inner):
                yield from unapproved(inner, is_approved=is_approved)
            case _:
                pass


def test_the_procedures_that_others_run_or_switch_to_ship_as_well() -> None:
    for name in SHIPPED:
        read = procedure(name)
        for step in (*all_steps(read.steps), *read.always):
            if isinstance(step, RunStep | SwitchStep):
                assert step.command in SHIPPED
                assert step.given is not None
                assert names_in(step.given.source) or step.given.source


@pytest.mark.parametrize("name", SHIPPED)
def test_what_it_returns_names_the_fields_of_its_output(name: str) -> None:
    read = procedure(name)
    given = [step for step in all_steps(read.steps) if isinstance(step, ReturnStep)]

    if name == "legal-review":
        assert given == []
        return
    assert given
    assert read.output is not None


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("draft.titles", {"document": EPISODE, "count": 5}),
        ("draft.description", {"document": EPISODE}),
        ("draft.short", {"document": EPISODE}),
        ("draft.chapters", {"document": EPISODE}),
        ("draft.notes", {"document": EPISODE}),
        ("draft.quotes", {"document": EPISODE}),
        ("draft.mentions", {"document": EPISODE}),
        ("facts.check", {"text": "We asked nobody.", "sources": [EPISODE]}),
        ("archive.prior_art", {"query": "a price you can say out loud"}),
        ("archive.news", {"idea": "A price you can say out loud at the till."}),
        ("archive.notes_of", {"document": EPISODE}),
        ("archive.lines", {"document": NOTES, "first": 9}),
        ("archive.sentences_with", {"document": EPISODE, "words": ["promise"]}),
        ("signals.load", {"paths": "feedback/**"}),
        ("weekly.gather", {"week": "2026-W05"}),
        ("text.words", {"text": "One two.[^a.md:1]"}),
        ("text.cut", {"text": "One two three", "most": 8}),
    ],
)
def test_a_function_gives_what_it_says_it_gives(
    shop: Bench, name: str, given: dict[str, Json]
) -> None:
    value = shop.call(name, **given)

    assert check_value(value, parse_shape(FUNCTIONS[name].spec.gives), name=name) == ()


@pytest.mark.parametrize("spec", [one.spec for one in FUNCTIONS.values()], ids=lambda one: one.name)
def test_every_type_a_function_names_can_be_read(spec: CallSpec) -> None:
    for shape in (spec.gives, *(one.shape for one in spec.parameters)):
        assert parse_shape(shape)
    assert spec.effect == "read"
