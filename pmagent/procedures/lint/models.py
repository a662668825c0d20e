"""PL08, PL09, PL10: what a step for the model must say, rest on, and do without one."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.procedures.language.source import fields_in, names_in
from pmagent.procedures.lint.view import View, error, warning
from pmagent.types.procedures import (
    CallStep,
    FindStep,
    ListOf,
    Maybe,
    ModelStep,
    Problem,
    ReadStep,
    Record,
    RunStep,
    Scalar,
    Shape,
)

_EVIDENCE = (ReadStep, FindStep, CallStep, RunStep)


def untyped(view: View) -> Iterator[Problem]:
    """PL08: a step for the model without the name or the type of its value."""
    for step in _model_steps(view):
        if not step.name or step.shape is None:
            missing = "name" if not step.name else "type"
            yield error(
                "PL08",
                step.line,
                f"a step for the model does not say the {missing} of its value",
                "end it with as `name` like `type`; a step that is exact begins with a bold verb",
            )


def unfounded(view: View) -> Iterator[Problem]:
    """PL09: a value with citations where nothing was read or found that could be cited."""
    has_evidence = False
    arguments = set(view.procedure.arguments)
    for step in view.steps:
        has_evidence = has_evidence or isinstance(step, _EVIDENCE)
        if not isinstance(step, ModelStep) or has_evidence or not _is_factual(step.shape):
            continue
        # A field of an argument is a part of something that was read before it was handed in.
        seen = [operand.source for operand in step.sees]
        if not any(names_in(one) & arguments and fields_in(one) for one in seen):
            yield warning(
                "PL09",
                step.line,
                f'"{step.name}" has citations, and nothing was read or found before it',
                "put a Read or a Find before it, and name its value in the step",
            )


def without_offline(view: View) -> Iterator[Problem]:
    """PL10: a step for the model that only a person can do where there is no model."""
    for step in _model_steps(view):
        if step.offline is not None:
            continue
        message = f'with no model, a person has to write "{step.name or "this"}"'
        hint = "add or offline `family.function(x)`"
        if view.procedure.autonomy == "auto":
            yield error("PL10", step.line, f"{message}, and the file says autonomy: auto", hint)
        else:
            yield warning("PL10", step.line, message, hint)


def _model_steps(view: View) -> Iterator[ModelStep]:
    return (step for step in view.steps if isinstance(step, ModelStep))


def _is_factual(shape: Shape | None) -> bool:
    match shape:
        case Scalar(kind=kind):
            return kind in ("cited", "cited_text")
        case ListOf(item=inner) | Maybe(shape=inner):
            return _is_factual(inner)
        case Record(members=members):
            return any(_is_factual(member.shape) for member in members)
        case _:
            return False
