"""Which ways of a procedure the plays have gone, and which nobody has tried yet. Pure.

A way is more than a branch: a loop over nothing, over some, over more than it takes; a check that
fails; an approval that is given, edited, refused; a call that fails or may have happened; a file
that is missing; a value made by the model, offline, or by the person; a standing rule that fires.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pmagent.simulations.played import Leg, Played
from pmagent.simulations.walking import steps_in
from pmagent.types.calls import CallSpec
from pmagent.types.procedures import (
    ApproveStep,
    CallStep,
    CheckStep,
    EachStep,
    HandOffStep,
    IfStep,
    ModelStep,
    Procedure,
    ReadStep,
    RunStep,
    Step,
    SwitchStep,
)
from pmagent.types.runs import StepRow

_TURN = re.compile(r"\[\d+\]")
_LEFT_OUT = "were left out"
"""What the engine says in the row of a loop that has more items than it takes."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way that a step can go."""

    path: str
    line: int
    what: str
    """`fails`, `more than up to`, `by the person`, or the branch's own path."""
    step: str
    """The step in a few words."""

    def told(self) -> str:
        """It, for a person to read."""
        return f"{self.path} {self.step}: {self.what}"


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Of one procedure."""

    command: str
    ways: tuple[Way, ...]
    missing: tuple[Way, ...]

    @property
    def hit(self) -> int:
        """How many have been gone."""
        return len(self.ways) - len(self.missing)

    @property
    def share(self) -> float:
        """From 0 to 1; 1 where there is nothing to go."""
        return self.hit / len(self.ways) if self.ways else 1.0


def cover(procedure: Procedure, specs: Mapping[str, CallSpec], plays: Iterable[Played]) -> Coverage:
    """What these plays have gone of the procedure, in whichever of their runs it was."""
    ways = tuple(ways_of(procedure, specs))
    gone = {
        hit
        for played in plays
        for leg in played.legs
        if leg.run.command == procedure.name
        for hit in _gone(procedure, leg, played)
    }
    missing = tuple(way for way in ways if (way.path, way.what) not in gone)
    return Coverage(command=procedure.name, ways=ways, missing=missing)


def ways_of(procedure: Procedure, specs: Mapping[str, CallSpec]) -> Iterator[Way]:
    """Every way, in the order of the file."""
    for rule in procedure.always:
        yield _way(rule, "fires")
    checked: set[str] = set()
    for step in steps_in(procedure.steps):
        if isinstance(step, CheckStep):
            checked.add(step.condition.source.replace(" ", ""))
        for what in _whats(step, specs):
            if what != "none" or not _is_never_empty(step, checked):
                yield _way(step, what)


def _is_never_empty(step: Step, checked: Collection[str]) -> bool:
    """Whether a check before a loop leaves it no empty list: that way cannot be gone."""
    items = step.items.source.replace(" ", "") if isinstance(step, EachStep) else ""
    return any(one in checked for one in (f"len({items})>0", f"len({items})>=1", items))


def _whats(step: Step, specs: Mapping[str, CallSpec]) -> tuple[str, ...]:
    match step:
        case IfStep(branches=branches):
            has_else = branches[-1].condition is None
            return (*(branch.path for branch in branches), *(() if has_else else ("none of them",)))
        case EachStep(most=most):
            return ("none", "some", *(("more than up to",) if most is not None else ()))
        case CheckStep():
            return ("holds", "fails")
        case ApproveStep(showing=showing):
            return ("yes", *(("edited",) if showing else ()), "no")
        case CallStep(function=function):
            spec = specs.get(function)
            is_effect = spec is not None and spec.effect != "read"
            return ("goes well", "fails", *(("may have happened",) if is_effect else ()))
        case RunStep():
            return ("goes well", "fails")
        case ReadStep(is_optional=True):
            return ("there", "missing")
        case ModelStep(offline=offline):
            return ("by the model", *(("offline",) if offline else ()), "by the person")
        case HandOffStep(condition=condition) | SwitchStep(condition=condition) if condition:
            return ("taken", "passed over")
        case _:
            return ()


def _gone(procedure: Procedure, leg: Leg, played: Played) -> Iterator[tuple[str, str]]:
    steps = {step.path: step for step in steps_in(procedure.steps)}
    always = {rule.path for rule in procedure.always}
    for row in leg.rows:
        if "+" in row.address and row.path in always:
            yield row.path, "fires"
        elif (step := steps.get(row.path)) is not None:
            what = _what(step, row)
            if what:
                yield row.path, what
    for attempt in played.attempts:
        if attempt.run == leg.run.id and attempt.how == "ambiguous":
            yield _TURN.sub("", attempt.address), "may have happened"


def _what(step: Step, row: StepRow) -> str:
    """Which way a step went, by its row; empty where that is not told apart."""
    is_well = row.status == "done"
    match step:
        case IfStep():
            return "none of them" if row.status == "skipped" else str(row.value or "")
        case EachStep():
            return _of_loop(row)
        case CheckStep():
            return "holds" if is_well else "fails"
        case ApproveStep():
            return _of_approval(row)
        case CallStep() | RunStep():
            return "goes well" if is_well else "fails"
        case ReadStep():
            return "there" if is_well else "missing" if row.status == "skipped" else ""
        case ModelStep():
            makers = {"model": "by the model", "offline": "offline", "person": "by the person"}
            return makers.get(row.maker, "") if is_well else ""
        case HandOffStep() | SwitchStep():
            return "passed over" if row.status == "skipped" else "taken"
        case _:
            return ""


def _of_loop(row: StepRow) -> str:
    if row.status != "done" or not isinstance(row.value, list | tuple):
        return ""
    if _LEFT_OUT in row.detail:
        return "more than up to"
    return "some" if row.value else "none"


def _of_approval(row: StepRow) -> str:
    if row.status == "failed":
        return "no"
    if not isinstance(row.value, Mapping) or "approved" not in row.value:
        return ""
    return "edited" if row.value.get("edits") else "yes"


def _way(step: Step, what: str) -> Way:
    said = " ".join(step.text.split())
    short = said if len(said) <= 60 else f"{said[:59]}…"
    return Way(path=step.path, line=step.line, what=what, step=short)
