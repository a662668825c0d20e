"""The steps of a procedure as one list, and procedures with one step changed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from pmagent.types.procedures import EachStep, IfStep, Operand, Procedure, Step

Change: TypeAlias = Callable[[Step], Sequence[Step]]
"""What stands in place of a step: itself, another, several or none."""


def all_steps(procedure: Procedure) -> Iterator[Step]:
    """Every step, in the order of the file: those of `Always` first."""
    yield from steps_in(procedure.always)
    yield from steps_in(procedure.steps)


def steps_in(steps: Sequence[Step]) -> Iterator[Step]:
    """These steps, each with those below it."""
    for step in steps:
        yield step
        match step:
            case IfStep():
                for branch in step.branches:
                    yield from steps_in(branch.steps)
            case EachStep():
                yield from steps_in(step.steps)
            case _:
                pass


def blocks_of(procedure: Procedure) -> Iterator[tuple[Step, ...]]:
    """Every run of steps that follow one another: the whole list, branches, loops."""
    yield procedure.steps
    for step in steps_in(procedure.steps):
        match step:
            case IfStep():
                yield from (branch.steps for branch in step.branches)
            case EachStep():
                yield step.steps
            case _:
                pass


def with_step(procedure: Procedure, old: Step, new: Sequence[Step]) -> Procedure:
    """The procedure with `new` where that very step stands."""
    return changed(procedure, lambda step: new if step is old else (step,))


def with_block(procedure: Procedure, old: tuple[Step, ...], new: tuple[Step, ...]) -> Procedure:
    """The procedure with `new` where that very block stands."""
    if procedure.steps is old:
        return replace(procedure, steps=new)

    def change(step: Step) -> Sequence[Step]:
        match step:
            case IfStep():
                branches = tuple(
                    replace(branch, steps=new) if branch.steps is old else branch
                    for branch in step.branches
                )
                is_same = all(a is b for a, b in zip(branches, step.branches, strict=True))
                return (step if is_same else replace(step, branches=branches),)
            case EachStep():
                return (replace(step, steps=new) if step.steps is old else step,)
            case _:
                return (step,)

    return changed(procedure, change)


def changed(procedure: Procedure, change: Change) -> Procedure:
    """The procedure with every step, outer ones first, replaced by what `change` gives for it."""
    return replace(
        procedure,
        always=_changed(procedure.always, change),
        steps=_changed(procedure.steps, change),
    )


def conditions_of(step: Step) -> Iterator[Operand]:
    """What a step decides by: its own condition, or those of its branches."""
    match step:
        case IfStep():
            yield from (one.condition for one in step.branches if one.condition is not None)
        case _:
            found = getattr(step, "condition", None)
            if isinstance(found, Operand):
                yield found


def with_condition(step: Step, old: Operand, source: str) -> Step:
    """The step with `source` in place of that very condition."""
    new = replace(old, source=source)
    match step:
        case IfStep():
            branches = tuple(
                replace(branch, condition=new) if branch.condition is old else branch
                for branch in step.branches
            )
            return replace(step, branches=branches)
        case _:
            return replace(step, condition=new)  # pyright: ignore[reportCallIssue] - it has one


def _changed(steps: Sequence[Step], change: Change) -> tuple[Step, ...]:
    return tuple(_below(new, change) for step in steps for new in change(step))


def _below(step: Step, change: Change) -> Step:
    match step:
        case IfStep():
            branches = tuple(
                replace(branch, steps=_changed(branch.steps, change)) for branch in step.branches
            )
            return replace(step, branches=branches)
        case EachStep():
            return replace(step, steps=_changed(step.steps, change))
        case _:
            return step
