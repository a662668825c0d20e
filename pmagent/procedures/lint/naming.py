"""PL02: a name that nothing gives a value, and a value that nothing uses."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from pmagent.errors import UsageError
from pmagent.procedures.language.helpers import CONSTANTS, NAMES, ROOMS
from pmagent.procedures.language.source import (
    FUNCTIONS,
    expressions_in,
    is_expression,
    names_in,
    read_source,
)
from pmagent.procedures.language.walk import given_name, verb_of
from pmagent.procedures.lint.scope import Moment, Use, messages_of, shown_by, uses_of
from pmagent.procedures.lint.view import View, error, line_of, warning
from pmagent.types.procedures import (
    CodeStep,
    FindStep,
    ModelStep,
    Operand,
    Problem,
    ReadStep,
    Record,
    ReturnStep,
    RunStep,
    SetStep,
    Step,
    SwitchStep,
)

_CALLABLE = FUNCTIONS | NAMES | ROOMS
_ALWAYS_THERE = _CALLABLE | CONSTANTS
_MADE_TO_BE_USED = (ReadStep, FindStep, SetStep, CodeStep, ModelStep, RunStep)
"""A Call may be made for what it does, an Ask for its being asked."""


def undefined(view: View) -> Iterator[Problem]:
    """PL02: each use of a name without a value where it stands."""
    ever = {given_name(step) for step in view.steps}
    for moment in view.moments:
        for use in uses_of(moment.step):
            yield from _unreadable(use)
            used = names_in(use.source)
            yield from _missing(moment, sorted(used), use.line, ever)
            yield from _uncalled(use)
        yield from _missing(moment, shown_by(moment.step), moment.step.line, ever)
    yield from _bad_key(view)


def unused(view: View) -> Iterator[Problem]:
    """PL02: each value, and each argument, that nothing uses."""
    used = _all_used(view)
    for step in view.steps:
        name = given_name(step)
        if name and name not in used and isinstance(step, _MADE_TO_BE_USED):
            yield warning(
                "PL02",
                step.line,
                f'nothing uses "{name}", which this {verb_of(step)} step makes',
                "use it, or take the step out",
            )
    for name in view.procedure.arguments:
        is_told = re.search(rf"[`$]{re.escape(name)}\b", view.procedure.guidance)
        if name not in used and not is_told:
            line = line_of(view.procedure, "arguments")
            yield warning(
                "PL02", line, f'nothing uses the argument "{name}"', "use it, or take it out"
            )


def _missing(
    moment: Moment, used: list[str] | tuple[str, ...], line: int, ever: set[str]
) -> Iterator[Problem]:
    for name in used:
        if name in _ALWAYS_THERE and name not in moment.names:
            continue
        known = moment.names.get(name)
        if known is None and name in ever:
            hint = "move the step that makes it up"
            yield error("PL02", line, f'"{name}" has no value yet here', hint)
        elif known is None:
            near = difflib.get_close_matches(name, [*moment.names, *ever], 1)
            hint = f'did you mean "{near[0]}"' if near else "make it with a step before this one"
            yield error("PL02", line, f'nothing gives "{name}" a value', hint)
        elif not known.is_sure and not moment.is_always:
            yield warning(
                "PL02",
                line,
                f'"{name}" has a value only on some of the ways that lead here',
                "give it one before them with Set",
            )


def _unreadable(use: Use) -> Iterator[Problem]:
    try:
        read_source(use.source, use.form)
    except UsageError as exc:
        yield error(
            "PL02", use.line, exc.message, "spans in a step are values; write other words plainly"
        )


def _uncalled(use: Use) -> Iterator[Problem]:
    try:
        called = read_source(use.source, use.form).called
    except UsageError:
        return
    for name in sorted(called - _CALLABLE):
        near = difflib.get_close_matches(name, _CALLABLE, 1)
        yield error(
            "PL02",
            use.line,
            f'no function is called "{name}" in expressions',
            f'did you mean "{near[0]}"' if near else "call it with a Call step, and use its value",
        )


def _bad_key(view: View) -> Iterator[Problem]:
    key = view.procedure.key
    there = {*view.procedure.arguments, *view.supplied} | _ALWAYS_THERE
    for name in sorted(names_in(key) - there):
        yield error(
            "PL02",
            line_of(view.procedure, "key"),
            f'the key uses "{name}", which is no argument',
            "a run is known by its arguments, before its first step",
        )


def _all_used(view: View) -> set[str]:
    ever = {given_name(step) for step in view.steps} | set(view.procedure.arguments)
    used = set(names_in(view.procedure.key))
    for moment in view.moments:
        for use in uses_of(moment.step):
            used |= names_in(use.source)
        used |= set(shown_by(moment.step))
    for step in view.steps:
        used |= _used_otherwise(step, view, ever)
    has_return = any(isinstance(step, ReturnStep) for step in view.steps)
    if isinstance(view.procedure.output, Record) and not has_return:
        used |= {member.name for member in view.procedure.output.members}
    return used


def _used_otherwise(step: Step, view: View, ever: set[str]) -> set[str]:
    match step:
        case SwitchStep(command=command):
            # Whoever takes over is given the values that are called as its arguments are.
            other = view.commands.get(command)
            return set(other.arguments) if other is not None else set()
        case ReadStep(what=what) | FindStep(query=what):
            return _names_of_place(what, ever)
        case _:
            return {
                name
                for message in messages_of(step)
                for source in expressions_in(message)
                for name in names_in(source)
            }


def _names_of_place(operand: Operand, ever: set[str]) -> set[str]:
    """The names in a path or a phrase, which may be an expression or hold `{expr}`."""
    if is_expression(operand.source, ever | _ALWAYS_THERE):
        return set(names_in(operand.source))
    try:
        return {name for source in expressions_in(operand.source) for name in names_in(source)}
    except UsageError:
        return set()
