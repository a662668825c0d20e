"""What is typed behind a command, as its arguments by name."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import cast

from pmagent.errors import UsageError
from pmagent.types.actions import Json
from pmagent.types.procedures import Procedure


def read_arguments(line: str, procedure: Procedure) -> Mapping[str, Json]:
    """The arguments by name, in their order; the last takes what is left, those without words "".

    `name=value` names one. A word that is a JSON object or list is that value: what only another
    procedure hands over can be simulated too.

    Raises:
        UsageError: a quotation mark is left open, or there is more than the command takes.
    """
    try:
        words = shlex.split(line)
    except ValueError as exc:
        raise UsageError(f'"{line}" cannot be split: {str(exc).lower()}') from exc
    given: dict[str, Json] = {}
    free: list[str] = []
    for word in words:
        name, sign, value = word.partition("=")
        if sign and name in procedure.arguments:
            given[name] = value
        else:
            free.append(word)
    open_names = [name for name in procedure.arguments if name not in given]
    if free and not open_names:
        raise UsageError(f'"/{procedure.name}" does not take "{free[0]}"')
    for place, name in enumerate(open_names):
        is_last = place == len(open_names) - 1
        given[name] = " ".join(free[place:]) if is_last else "".join(free[place : place + 1])
    return {name: _read(given[name]) for name in procedure.arguments}


def _read(value: Json) -> Json:
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return value
    try:
        return cast("Json", json.loads(value))
    except (ValueError, RecursionError):
        return value
