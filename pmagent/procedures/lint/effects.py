"""PL03, PL07, PL12: what leaves, who said yes to it, and who answers for it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from pmagent.errors import RuleFaultError
from pmagent.procedures.engine.ceiling import Ceiling
from pmagent.procedures.language.source import is_expression
from pmagent.procedures.language.walk import given_name, is_end
from pmagent.procedures.lint.view import OUTWARD, View, error, line_of, warning
from pmagent.types.procedures import (
    ApproveStep,
    CallStep,
    EachStep,
    IfStep,
    ModelStep,
    Problem,
    ReadStep,
    Step,
)


def unapproved(view: View) -> Iterator[Problem]:
    """PL03: an effect of an external procedure that some way reaches without an Approve."""
    for step in view.steps:
        effect = view.effect_of(step)
        if effect in OUTWARD and view.procedure.risk not in OUTWARD:
            yield error(
                "PL03",
                step.line,
                f'"{_function(step)}" is {effect}, and the file says risk: {view.procedure.risk}',
                f"write risk: {effect} into its metadata",
            )
    if view.procedure.risk in OUTWARD or any(
        view.effect_of(step) in OUTWARD for step in view.steps
    ):
        found: list[Step] = []
        _walk(view, view.procedure.steps, found, is_approved=False)
        for step in dict.fromkeys(found):
            yield error(
                "PL03",
                step.line,
                f'"{_function(step)}" may be reached without an Approve',
                "put an Approve before it, on every way that leads to it",
            )


def outside_ceiling(view: View) -> Iterator[Problem]:
    """PL07: a function there is not, or one, or a document, that `allowed-tools` leaves out."""
    allowed = view.procedure.allowed_tools
    try:
        ceiling = Ceiling(allowed, is_trusted=view.procedure.is_trusted)
    except RuleFaultError as exc:
        yield error("PL07", line_of(view.procedure, "allowed-tools"), exc.message, exc.hint)
        return
    for step in view.steps:
        match step:
            case CallStep(function=function):
                yield from _call(view, function, step.line)
            case ModelStep(offline=offline) if offline is not None:
                yield from _offline(view, offline.function, offline.line)
            case ReadStep(what=what):
                if _is_plain_path(view, what.source) and ceiling.why_not_read(what.source):
                    yield error(
                        "PL07",
                        what.line,
                        f'"{what.source}" is outside its allowed-tools',
                        f"add Read({what.source}) to them",
                    )
            case _:
                continue


def unowned(view: View) -> Iterator[Problem]:
    """PL12: effects that nobody answers for, or that no simulation tries."""
    effects = [step for step in view.steps if view.effect_of(step) != "read"]
    if not effects:
        return
    if not view.procedure.owner:
        yield warning(
            "PL12",
            effects[0].line,
            f'"{_function(effects[0])}" has an effect, and nobody is named as the owner',
            "write owner: into its metadata",
        )
    if view.scenarios is not None and not view.tests():
        yield warning(
            "PL12",
            effects[0].line,
            f'"{_function(effects[0])}" has an effect, and no simulation tries it',
            f'"pmagent sim suggest {view.procedure.name}" writes some',
        )


def _walk(view: View, steps: Sequence[Step], found: list[Step], *, is_approved: bool) -> bool:
    """Whether every way to the end of these steps went through an Approve."""
    for step in steps:
        match step:
            case ApproveStep():
                is_approved = True
            case IfStep(branches=branches):
                ends = [
                    _walk(view, branch.steps, found, is_approved=is_approved) for branch in branches
                ]
                has_else = branches[-1].condition is None
                is_approved = all(ends) and (has_else or is_approved)
            case EachStep(steps=inner):
                _walk(view, inner, found, is_approved=is_approved)
            case _ if view.effect_of(step) != "read" and not is_approved:
                found.append(step)
            case _ if is_end(step):
                return True  # this way goes no further, so it keeps no other from being approved
            case _:
                continue
    return is_approved


def _call(view: View, function: str, line: int) -> Iterator[Problem]:
    spec = view.catalog.get(function)
    if spec is None:
        yield _unknown(view, function, line)
        return
    if spec.effect == "read":
        return
    if spec.effect in OUTWARD and not view.procedure.is_trusted:
        yield error(
            "PL07",
            line,
            f'"{function}" sends something out, and this file is not one you trust',
            "read it, then trust its folder",
        )
    if not any(_allows(rule, function) for rule in view.procedure.allowed_tools):
        yield error(
            "PL07", line, f'"{function}" is not among its allowed-tools', f"add {function} to them"
        )


def _offline(view: View, function: str, line: int) -> Iterator[Problem]:
    spec = view.catalog.get(function)
    if spec is None:
        yield _unknown(view, function, line)
    elif spec.effect != "read":
        yield error(
            "PL07",
            line,
            f'"{function}" has an effect, so it cannot stand in for a model',
            "name a function that only makes a value",
        )


def _unknown(view: View, function: str, line: int) -> Problem:
    near = difflib.get_close_matches(function, view.catalog, 1)
    hint = f'did you mean "{near[0]}"' if near else '"pmagent lint" lists what can be called'
    return error("PL07", line, f'no function is called "{function}"', hint)


def _allows(rule: str, function: str) -> bool:
    return fnmatchcase(function, rule.partition("(")[0])


def _is_plain_path(view: View, source: str) -> bool:
    names = {given_name(step) for step in view.steps} | {*view.procedure.arguments, *view.supplied}
    return "{" not in source and source[:1] not in "\"'" and not is_expression(source, names)


def _function(step: Step) -> str:
    return step.function if isinstance(step, CallStep) else ""
