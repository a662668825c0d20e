"""What a step is, without doing it: its verb, the name it makes, the steps below it."""

from __future__ import annotations

from collections.abc import Sequence

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
    Shape,
    Step,
    StopStep,
    SwitchStep,
    WaitStep,
)

_VERBS: dict[type[Step], str] = {
    ModelStep: "model", ReadStep: "Read", FindStep: "Find", AskStep: "Ask", CodeStep: "Code",
    SetStep: "Set", CheckStep: "Check", IfStep: "If", EachStep: "For each",
    ApproveStep: "Approve", HandOffStep: "Hand off", NoteStep: "Note", WaitStep: "Wait",
    StopStep: "Stop", ReturnStep: "Return",
}  # fmt: skip


def verb_of(step: Step) -> str:
    """As it stands on record: `Read`, `Call ghost.draft`, `Run /chapters`, `model`."""
    match step:
        case CallStep(function=function):
            return f"Call {function}"
        case RunStep(command=command):
            return f"Run /{command}"
        case SwitchStep(command=command):
            return f"Switch to /{command}"
        case _:
            return _VERBS[type(step)]


def name_of(step: Step) -> str:
    """The name its value has from there on; empty for none."""
    match step:
        case (
            ModelStep() | ReadStep() | FindStep() | AskStep() | CallStep() | RunStep()
            | CodeStep() | SetStep()
        ):  # fmt: skip
            return step.name
        case _:
            return ""


def every_step(steps: Sequence[Step]) -> tuple[Step, ...]:
    """All steps and those in the blocks below them, in the order they are written."""
    found: list[Step] = []
    for step in steps:
        found.append(step)
        match step:
            case IfStep(branches=branches):
                found += [inner for way in branches for inner in every_step(way.steps)]
            case EachStep(steps=inner_steps):
                found += every_step(inner_steps)
            case _:
                pass
    return tuple(found)


def shape_of(procedure: Procedure, name: str) -> Shape | None:
    """The type that a name's value must have, where a step declares one."""
    declared = (
        step.shape
        for step in every_step(procedure.steps)
        if isinstance(step, ModelStep | AskStep) and step.name == name
    )
    return next((shape for shape in declared if shape is not None), None)
