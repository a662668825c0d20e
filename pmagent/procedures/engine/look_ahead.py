"""What would leave after a yes: the effect calls that follow an Approve, with their exact bytes.

It walks the steps that come after the Approve in its block, and the blocks below them, up to the
next Approve or the end. What only a model, a person or a later answer makes is unknown: a call that
needs it is not shown, and asks for itself when it is there. Nothing is done, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from pmagent.errors import PmagentError
from pmagent.procedures.engine.effects import planned, sending_of
from pmagent.procedures.engine.operands import are_known, item_keys, items_of, path_of
from pmagent.procedures.engine.state import RunState, Turn, Turns, address_of
from pmagent.procedures.language.walk import given_name, steps_below
from pmagent.types.actions import Json
from pmagent.types.procedures import (
    ApproveStep,
    CallStep,
    CheckStep,
    CodeStep,
    EachStep,
    HandOffStep,
    IfStep,
    ReadStep,
    ReturnStep,
    SetStep,
    Step,
    StopStep,
    SwitchStep,
)
from pmagent.types.runs import Sending

MOST_SENDINGS = 200
_Truth = Literal["yes", "no", "unknown"]


def look_ahead(
    state: RunState, steps: Sequence[Step], names: dict[str, Json], turns: Turns
) -> tuple[Sending, ...]:
    """The sendings, in order, that follow from `names`; at most `MOST_SENDINGS`."""
    walk = _Walk(state, dict(names))
    walk.block(steps, turns)
    return tuple(walk.sendings)


class _Walk:
    def __init__(self, state: RunState, names: dict[str, Json]) -> None:
        self._state = state
        self._names = names
        self.sendings: list[Sending] = []

    def block(self, steps: Sequence[Step], turns: Turns) -> bool:
        """Whether what comes after the block may still be looked at."""
        return all(self._step(step, turns) for step in steps)

    def _step(self, step: Step, turns: Turns) -> bool:
        match step:
            case ApproveStep() | StopStep() | ReturnStep():
                return False
            case HandOffStep() | SwitchStep():
                return self._truth(step.condition.source if step.condition else "True") != "yes"
            case CheckStep():
                return self._truth(step.condition.source) != "no"
            case IfStep():
                return self._if(step, turns)
            case EachStep():
                return self._each(step, turns)
            case _:
                self._value(step, turns)
                return len(self.sendings) < MOST_SENDINGS

    def _truth(self, source: str) -> _Truth:
        if not are_known(source, self._names):
            return "unknown"
        try:
            return "yes" if self._state.language.evaluate(source, self._names) else "no"
        except PmagentError:
            return "unknown"

    def _if(self, step: IfStep, turns: Turns) -> bool:
        for branch in step.branches:
            truth = "yes" if branch.condition is None else self._truth(branch.condition.source)
            if truth == "yes":
                return self.block(branch.steps, turns)
            if truth == "unknown":
                # Which way it goes is not known: nothing of it is shown, and none of its names are
                # known after it. Behind an Approve in it, another yes may be needed.
                inner = [one for way in step.branches for one in steps_below(way.steps)]
                self._forget(inner)
                return not any(isinstance(one, ApproveStep) for one in inner)
        return True

    def _each(self, step: EachStep, turns: Turns) -> bool:
        items = self._items(step)
        if items is None:
            inner = list(steps_below(step.steps))
            self._forget(inner)
            self._names.pop(step.variable, None)
            return not any(isinstance(one, ApproveStep) for one in inner)
        for index, (item, key) in enumerate(zip(items, item_keys(items), strict=True), start=1):
            self._names[step.variable] = item
            if not self.block(step.steps, (*turns, Turn(path=step.path, index=index, key=key))):
                return False
        return True

    def _items(self, step: EachStep) -> Sequence[Json] | None:
        if not are_known(step.items.source, self._names):
            return None
        try:
            return items_of(step, self._state.language, self._names)[0]
        except PmagentError:
            return None

    def _value(self, step: Step, turns: Turns) -> None:
        """Give the step's name the value it will have, or take its name away."""
        name = given_name(step)
        try:
            value, is_known = self._known(step, turns)
        except PmagentError:
            value, is_known = None, False
        if name and is_known:
            self._names[name] = value
        elif name:
            self._names.pop(name, None)

    def _known(self, step: Step, turns: Turns) -> tuple[Json, bool]:
        state, names = self._state, self._names
        match step:
            case SetStep(value=value) if are_known(value.source, names):
                return state.language.evaluate(value.source, names), True
            case CodeStep(code=code) if are_known(code, names):
                return state.language.run_code(code, names), True
            case ReadStep(condition=None):
                here = state.here(address_of(step.path, turns), turns)
                path = path_of(step.what, state.language, names)
                if state.ceiling.why_not_read(path):
                    return None, False
                return state.ports.documents.read(path, here), True
            case CallStep():
                return self._call(step, turns)
            case _:
                return None, False

    def _call(self, step: CallStep, turns: Turns) -> tuple[Json, bool]:
        state, names = self._state, self._names
        if step.given is not None and not are_known(f"f({step.given.source})", names):
            return None, False
        here = state.here(address_of(step.path, turns), turns)
        spec, given = planned(state, step, names)
        if spec.effect == "read":
            return state.ports.calls.value(spec.name, given, here), True
        sending = sending_of(state, step, names, here)
        if sending is not None:
            self.sendings.append(replace(sending, address=here.address))
        return None, False

    def _forget(self, steps: Sequence[Step]) -> None:
        for step in steps:
            self._names.pop(given_name(step), None)
