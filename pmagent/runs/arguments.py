"""The words behind a procedure's name, as its arguments: by place, or as `name=value`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping

from pmagent.errors import UsageError
from pmagent.procedures.language.walk import all_steps
from pmagent.types.actions import Json
from pmagent.types.procedures import Procedure, ReadStep

_NAMED = re.compile(r"(?P<name>[a-z][a-z0-9_-]*)=(?P<value>.*)", re.DOTALL)
_REQUIRED = re.compile(r"<[^>]+>")


def read_arguments(procedure: Procedure, typed: str, hint: str = "") -> Mapping[str, Json]:
    """The arguments by name; words beyond the last one are part of it.

    `hint` is the command's own, such as `<transcript> [since]`: what stands in angle brackets is
    needed.

    Raises:
        UsageError: one that is needed is missing, or there is none to take the words.
    """
    placed: list[str] = []
    given: dict[str, Json] = {}
    for word in _split(typed):
        named = _NAMED.fullmatch(word)
        if named is not None and named["name"] in procedure.arguments:
            given[named["name"]] = named["value"]
        else:
            placed.append(word)
    free = [name for name in procedure.arguments if name not in given]
    if placed and not free:
        raise UsageError(f'"/{procedure.name}" takes no "{placed[0]}"', _usage(procedure, hint))
    if len(placed) > len(free):
        placed = [*placed[: len(free) - 1], " ".join(placed[len(free) - 1 :])]
    given.update(zip(free, placed, strict=False))
    needed = procedure.arguments[: len(_REQUIRED.findall(hint))]
    for name in needed:
        if not given.get(name):
            raise UsageError(f'"/{procedure.name}" needs "{name}"', _usage(procedure, hint))
    return given


def resolve_documents(
    procedure: Procedure, given: Mapping[str, Json], resolve: Callable[[str], str]
) -> tuple[Mapping[str, Json], tuple[str, ...]]:
    """The same with each argument that a step reads by its whole path; and those paths.

    Raises:
        UsageError: no document, or several, are called so.
    """
    read = {
        step.what.source.strip()
        for step in all_steps(procedure)
        if isinstance(step, ReadStep) and not step.is_optional
    }
    paths = {
        name: resolve(value)
        for name, value in given.items()
        if name in read and isinstance(value, str) and value
    }
    return {**given, **paths}, tuple(paths.values())


def _usage(procedure: Procedure, hint: str) -> str:
    words = hint or " ".join(f"[{name}]" for name in procedure.arguments)
    return f"for example: /{procedure.name} {words}".rstrip()


def _split(typed: str) -> list[str]:
    try:
        return shlex.split(typed)
    except ValueError:
        return typed.split()
