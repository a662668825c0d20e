"""Steps one by one: all of them in order, and what each is called, gives and uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pmagent.types.procedures import (
    ApproveStep,
    AskStep,
    CallStep,
    CheckStep,
    CodeStep,
    EachStep,
    FindStep,
    HandOffStep,
    IfStep,
    ModelStep,
    NoteStep,
    Procedure,
    ReadStep,
    ReturnStep,
    RunStep,
    SetStep,
    Step,
    StopStep,
    SwitchStep,
    WaitStep,
)

_VERBS: dict[type, str] = {
    ReadStep: "Read",
    FindStep: "Find",
    AskStep: "Ask",
    CallStep: "Call",
    RunStep: "Run",
    CodeStep: "Code",
    SetStep: "Set",
    CheckStep: "Check",
    IfStep: "If",
    EachStep: "For each",
    ApproveStep: "Approve",
    HandOffStep: "Hand off",
    NoteStep: "Note",
    SwitchStep: "Switch to",
    WaitStep: "Wait",
    StopStep: "Stop",
    ReturnStep: "Return",
}


def all_steps(procedure: Procedure) -> Iterator[Step]:
    """Every step, with those of branches and loops, in the order of the file."""
    yield from steps_below(procedure.always)
    yield from steps_below(procedure.steps)


def steps_below(steps: Sequence[Step]) -> Iterator[Step]:
    """These steps and all within them, each before what is within it."""
    for step in steps:
        yield step
        if isinstance(step, IfStep):
            for branch in step.branches:
                yield from steps_below(branch.steps)
        elif isinstance(step, EachStep):
            yield from steps_below(step.steps)


def verb_of(step: Step) -> str:
    """The verb of a step; `Model` for one that is for the model."""
    return _VERBS.get(type(step), "Model")


def given_name(step: Step) -> str:
    """The name a step gives a value; empty where it gives none."""
    match step:
        case (
            ModelStep(name=name)
            | ReadStep(name=name)
            | FindStep(name=name)
            | AskStep(name=name)
            | CallStep(name=name)
            | RunStep(name=name)
            | CodeStep(name=name)
            | SetStep(name=name)
        ):
            return name
        case _:
            return ""


def is_end(step: Step) -> bool:
    """Whether nothing after a step is reached: a Return, a Stop, or one that always hands over."""
    match step:
        case ReturnStep() | StopStep():
            return True
        case HandOffStep(condition=condition) | SwitchStep(condition=condition):
            return condition is None
        case IfStep(branches=branches):
            has_else = branches[-1].condition is None
            return has_else and all(
                bool(branch.steps) and is_end(branch.steps[-1]) for branch in branches
            )
        case _:
            return False


def plain_tools(procedure: Procedure) -> frozenset[str]:
    """The tools of a procedure's ceiling that are named with a dot, such as `ghost.draft`."""
    return frozenset(
        tool.partition("(")[0] for tool in procedure.allowed_tools if "." in tool.partition("(")[0]
    )
