"""PL18: a value that is used as what, by its declared type, it cannot be."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence

from pmagent.procedures.language.shapes import shape_text
from pmagent.procedures.language.source import fields_in
from pmagent.procedures.lint.guess import (
    Shapes,
    arguments_of,
    comparisons_of,
    field_of,
    shape_of,
    why_not,
)
from pmagent.procedures.lint.scope import Moment, declared, given_by, uses_of
from pmagent.procedures.lint.view import View, error, line_of
from pmagent.types.calls import CallSpec
from pmagent.types.procedures import (
    CallStep,
    EachStep,
    ListOf,
    Maybe,
    ModelStep,
    OneOf,
    Operand,
    Problem,
    ReturnStep,
    RunStep,
    Scalar,
    Shape,
    SwitchStep,
)


def misfits(view: View) -> Iterator[Problem]:
    """PL18: fields, comparisons, arguments and results that do not fit."""
    for moment in view.moments:
        names = {name: known.shape for name, known in moment.names.items()}
        for use in uses_of(moment.step):
            for problem in dict.fromkeys((
                *_fields(use.source, names),
                *_comparisons(use.source, names),
            )):
                yield error("PL18", use.line, problem)
        yield from _step(view, moment, names)
    yield from _key(view)


def _step(view: View, moment: Moment, names: Shapes) -> Iterator[Problem]:
    match moment.step:
        case EachStep(items=items):
            yield from _loop(items, names)
        case CallStep(function=function, given=given) if function in view.catalog:
            yield from _call(
                view.catalog[function],
                given or Operand(source="", line=moment.step.line),
                names,
            )
        case ModelStep(offline=offline, shape=shape) if offline is not None:
            spec = view.catalog.get(offline.function)
            if spec is not None:
                given = Operand(source=offline.arguments, line=offline.line)
                yield from _call(spec, given, names)
                why = why_not(given_by(spec.name, view.catalog), shape)
                if why and shape is not None:
                    yield error(
                        "PL18",
                        offline.line,
                        f'"{spec.name}" gives {spec.gives}, and the step wants '
                        f"{shape_text(shape)}: {why}",
                    )
        case RunStep(command=command, given=given) | SwitchStep(command=command, given=given):
            yield from _command(view, command, given, names)
        case ReturnStep(value=value):
            why = why_not(shape_of(value.source, names), view.procedure.output)
            if why and view.procedure.output is not None:
                yield error(
                    "PL18",
                    value.line,
                    f"what it returns is not its output: {why}",
                    f"the file says output: {shape_text(view.procedure.output)[:200]}",
                )
        case _:
            return


def _fields(source: str, names: Shapes) -> Iterator[str]:
    for dotted in sorted(fields_in(source)):
        root, *parts = dotted.split(".")
        shape = names.get(root)
        said = root
        for part in parts:
            inner, problem = field_of(shape, part)
            if problem:
                near = _nearest_field(shape, part)
                yield f'"{said}" {problem}' + (f'; did you mean "{near}"' if near else "")
                break
            shape, said = inner, f"{said}.{part}"


def _nearest_field(shape: Shape | None, name: str) -> str:
    while isinstance(shape, Maybe):
        shape = shape.shape
    members = [member.name for member in getattr(shape, "members", ())]
    near = difflib.get_close_matches(name, members, 1)
    return near[0] if near else ""


def _comparisons(source: str, names: Shapes) -> Iterator[str]:
    for one in comparisons_of(source, names):
        why = why_not(one.left, one.right)
        if why:
            yield f'"{one.text}" compares what cannot be compared: {why}'
            continue
        for side in (one.left, one.right):
            words = side.values if isinstance(side, OneOf) else ()
            if words and one.is_equality and one.word and one.word not in words:
                known = ", ".join(f'"{word}"' for word in words)
                yield f'"{one.text}" compares with a word that it never is: it is one of {known}'


def _loop(items: Operand, names: Shapes) -> Iterator[Problem]:
    shape = shape_of(items.source, names)
    while isinstance(shape, Maybe):
        shape = shape.shape
    if shape is None or isinstance(shape, ListOf) or shape == Scalar(kind="any"):
        return
    yield error(
        "PL18",
        items.line,
        f'"{items.source}" is {shape_text(shape)}, and a loop goes over a list',
    )


def _call(spec: CallSpec, given: Operand, names: Shapes) -> Iterator[Problem]:
    read = arguments_of(given.source, names)
    if read is None:
        return
    by_place, by_name, is_whole = read
    known = [parameter.name for parameter in spec.parameters]
    if len(by_place) > len(known):
        yield error(
            "PL18",
            given.line,
            f'"{spec.name}" takes {len(known)} arguments, and is given {len(by_place)}',
        )
        return
    bound = {**dict(zip(known, by_place, strict=False)), **by_name}
    yield from _unknown_names(f'"{spec.name}"', by_name, known, given.line)
    for parameter in spec.parameters:
        if parameter.name not in bound:
            if is_whole and not parameter.is_optional:
                missing = f'"{spec.name}" is not given "{parameter.name}"'
                yield error("PL18", given.line, missing, f"it is {parameter.shape}")
            continue
        why = why_not(bound[parameter.name], declared(parameter.shape))
        if why:
            yield error(
                "PL18",
                given.line,
                f'"{parameter.name}" of "{spec.name}" is {parameter.shape}: {why}',
            )


def _command(view: View, command: str, given: Operand | None, names: Shapes) -> Iterator[Problem]:
    other = view.commands.get(command)
    if other is None or given is None:
        return
    read = arguments_of(given.source, names)
    if read is None:
        return
    by_place, by_name, _ = read
    if len(by_place) > len(other.arguments):
        yield error(
            "PL18",
            given.line,
            f'"/{command}" takes {len(other.arguments)} arguments, and is given {len(by_place)}',
        )
    yield from _unknown_names(f'"/{command}"', by_name, other.arguments, given.line)


def _unknown_names(
    what: str, given: Mapping[str, Shape | None], known: Sequence[str], line: int
) -> Iterator[Problem]:
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            takes = ", ".join(f'"{one}"' for one in known) or "none"
            hint = f'did you mean "{near[0]}"' if near else f"it takes {takes}"
            yield error("PL18", line, f'{what} has no argument "{name}"', hint)


def _key(view: View) -> Iterator[Problem]:
    shape = shape_of(view.procedure.key, {}) if view.procedure.key else None
    if isinstance(shape, ListOf):
        yield error(
            "PL18",
            line_of(view.procedure, "key"),
            "the key is a list, and a run is known by a text",
        )
