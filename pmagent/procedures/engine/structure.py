"""What a step is on record: its verb with what it calls, and the type of the name it makes."""

from __future__ import annotations

from pmagent.procedures.language import walk
from pmagent.types.procedures import (
    AskStep,
    CallStep,
    ModelStep,
    Procedure,
    RunStep,
    Shape,
    Step,
    SwitchStep,
)


def verb_of(step: Step) -> str:
    """As it stands on record: `Read`, `Call ghost.draft`, `Run /chapters`, `model`."""
    verb = walk.verb_of(step)
    match step:
        case CallStep(function=function):
            return f"{verb} {function}"
        case RunStep(command=command) | SwitchStep(command=command):
            return f"{verb} /{command}"
        case ModelStep():
            return "model"
        case _:
            return verb


def shape_of(procedure: Procedure, name: str) -> Shape | None:
    """The type that a name's value must have, where a step declares one."""
    declared = (
        step.shape
        for step in walk.steps_below(procedure.steps)
        if isinstance(step, ModelStep | AskStep) and step.name == name
    )
    return next((shape for shape in declared if shape is not None), None)
