"""Which names have a value at each step, and of which type, as far as the file tells.

Follows the steps as a run would: branches come together, a loop may run no time at all, and what
ends a run does not reach what stands behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pmagent.errors import UsageError
from pmagent.procedures.language.shapes import parse_shape
from pmagent.procedures.language.source import Form, expressions_in
from pmagent.procedures.language.walk import given_name, is_end, steps_below
from pmagent.procedures.lint.guess import shape_of
from pmagent.types.calls import CallSpec
from pmagent.types.procedures import (
    ApproveStep,
    AskStep,
    Branch,
    CallStep,
    CheckStep,
    CodeStep,
    EachStep,
    FindStep,
    HandOffStep,
    IfStep,
    ListOf,
    Maybe,
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

DOCUMENT = parse_shape(
    "{kind?: str, path: str, title: str, date: str, text: str, words: int, sha256?: str, "
    "lines: [any]}"
)
"""What **Read** gives."""
FOUND = parse_shape(
    "{hits: [{path: str, place: str, label?: str, title: str, date: any, text: str, "
    "score: float}], abstained: bool, reason: str}"
)
"""What **Find** gives."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """A name that has a value."""

    shape: Shape | None
    """None: the file does not tell."""
    is_sure: bool = True
    """False: only on some of the ways that lead here."""


Names = Mapping[str, Known]


@dataclass(frozen=True, kw_only=True)
class Use:
    """One source that a step works out."""

    source: str
    line: int
    form: Form


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One step, or one way of an If, and what has a value when it is reached."""

    step: Step | Branch
    names: Names
    is_always: bool = False
    """It stands under `Always`, where a name without a value only means: not yet."""


def moments_of(
    procedure: Procedure,
    catalog: Mapping[str, CallSpec],
    commands: Mapping[str, Procedure | None],
    supplied: Collection[str],
) -> Iterator[Moment]:
    """Every step and every way, in the order of the file."""
    walker = _Walker(catalog, commands)
    first: dict[str, Known] = {
        name: Known(shape=None) for name in (*supplied, *procedure.arguments)
    }
    walker.follow(procedure.steps, dict(first))
    ever = dict(first)
    for step in steps_below(procedure.steps):
        if given_name(step):
            ever[given_name(step)] = Known(shape=None)
    for step in procedure.always:
        yield Moment(step=step, names=ever, is_always=True)
    yield from walker.moments


def uses_of(step: Step | Branch) -> Iterator[Use]:
    """The sources that a step works out itself, without those of the steps within it."""
    match step:
        case Branch(condition=condition):
            yield from _one(condition.source if condition else "", step.line)
        case IfStep():
            return
        case ModelStep(sees=sees, using=using, offline=offline):
            for operand in (*sees, *using):
                yield Use(source=operand.source, line=operand.line, form="expression")
            if offline is not None:
                yield Use(source=offline.arguments, line=offline.line, form="arguments")
        case CallStep(given=given) | RunStep(given=given):
            if given is not None:
                yield Use(source=given.source, line=given.line, form="arguments")
        case EachStep(items=items, most=most):
            yield from _one(items.source, items.line)
            yield from _one(most.source if most else "", step.line)
        case CodeStep(code=code, line=line):
            yield Use(source=code, line=line, form="code")
        case _:
            yield from _told(step)


def messages_of(step: Step | Branch) -> Iterator[str]:
    """The messages of a step."""
    match step:
        case CheckStep(message=message) | NoteStep(message=message) | StopStep(message=message):
            yield message
        case HandOffStep(message=message) | AskStep(question=message):
            yield message
        case ApproveStep(question=message):
            yield message
        case _:
            return


def shown_by(step: Step | Branch) -> tuple[str, ...]:
    """The names that a step shows to a person."""
    match step:
        case ApproveStep(showing=showing) | HandOffStep(showing=showing):
            return showing
        case _:
            return ()


def _told(step: Step) -> Iterator[Use]:
    for message in messages_of(step):
        for source in expressions_in(message):
            yield Use(source=source, line=step.line, form="expression")
    match step:
        case CheckStep(condition=one) | SetStep(value=one) | ReturnStep(value=one):
            yield from _one(one.source, one.line)
        case WaitStep(until=until):
            yield from _one(until.source, until.line)
        case SwitchStep(given=given, condition=condition):
            if given is not None:
                yield Use(source=given.source, line=given.line, form="arguments")
            yield from _one(condition.source if condition else "", step.line)
        case (
            HandOffStep(condition=condition)
            | NoteStep(condition=condition)
            | ReadStep(condition=condition)
        ):
            yield from _one(condition.source if condition else "", step.line)
        case _:
            return


def _one(source: str, line: int) -> Iterator[Use]:
    if source:
        yield Use(source=source, line=line, form="expression")


class _Walker:
    def __init__(
        self, catalog: Mapping[str, CallSpec], commands: Mapping[str, Procedure | None]
    ) -> None:
        self._catalog = catalog
        self._commands = commands
        self.moments: list[Moment] = []

    def follow(self, steps: Sequence[Step], names: dict[str, Known]) -> bool:
        """Go through steps, changing `names`; whether what follows them is reached."""
        goes_on = True
        for step in steps:
            self.moments.append(Moment(step=step, names=dict(names)))
            match step:
                case IfStep(branches=branches):
                    goes_on = self._if(branches, names) and goes_on
                case EachStep():
                    self._each(step, names)
                case _:
                    self._give(step, names)
                    goes_on = goes_on and not is_end(step)
        return goes_on

    def _if(self, branches: Sequence[Branch], names: dict[str, Known]) -> bool:
        ends: list[Names] = []
        for branch in branches:
            self.moments.append(Moment(step=branch, names=dict(names)))
            inner = dict(names)
            if self.follow(branch.steps, inner):
                ends.append(inner)
        if branches[-1].condition is not None:
            ends.append(dict(names))
        if not ends:
            return False
        joined = _joined(ends)
        names.clear()
        names.update(joined)
        return True

    def _each(self, step: EachStep, names: dict[str, Known]) -> None:
        items = shape_of(step.items.source, _shapes(names))
        item = items.item if isinstance(items, ListOf) else None
        # The first round tells which types change from one turn to the next.
        before = len(self.moments)
        first = {**names, step.variable: Known(shape=item)}
        self.follow(step.steps, first)
        del self.moments[before:]
        turn = {
            name: Known(
                shape=known.shape if first[name].shape == known.shape else None,
                is_sure=known.is_sure,
            )
            for name, known in names.items()
        }
        turn[step.variable] = Known(shape=item)
        last = dict(turn)
        self.follow(step.steps, last)
        joined = _joined([names, last])
        names.clear()
        names.update(joined)

    def _give(self, step: Step, names: dict[str, Known]) -> None:
        name = given_name(step)
        if name:
            names[name] = Known(shape=self._shape(step, names))

    def _shape(self, step: Step, names: Names) -> Shape | None:
        match step:
            case ModelStep(shape=shape) | AskStep(shape=shape):
                return shape
            case ReadStep(is_optional=is_optional, condition=condition):
                return Maybe(shape=DOCUMENT) if is_optional or condition else DOCUMENT
            case FindStep():
                return FOUND
            case CallStep(function=function):
                return given_by(function, self._catalog)
            case RunStep(command=command):
                other = self._commands.get(command)
                return other.output if other else None
            case SetStep(value=value):
                return shape_of(value.source, _shapes(names))
            case _:
                return None


def given_by(function: str, catalog: Mapping[str, CallSpec]) -> Shape | None:
    """The type of a function's value; None where the catalog does not tell."""
    spec = catalog.get(function)
    return declared(spec.gives) if spec is not None else None


@lru_cache(maxsize=512)
def declared(text: str) -> Shape | None:
    """A declared short type; None where it cannot be read."""
    try:
        return parse_shape(text)
    except UsageError:
        return None


def _shapes(names: Names) -> dict[str, Shape | None]:
    return {name: known.shape for name, known in names.items()}


def _joined(ways: Sequence[Names]) -> dict[str, Known]:
    """What is known where several ways come together."""
    joined: dict[str, Known] = {}
    for name in dict.fromkeys(name for way in ways for name in way):
        found = [way[name] for way in ways if name in way]
        is_same = all(known.shape == found[0].shape for known in found)
        joined[name] = Known(
            shape=found[0].shape if is_same else None,
            is_sure=len(found) == len(ways) and all(known.is_sure for known in found),
        )
    return joined
