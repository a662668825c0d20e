"""Operands worked out: paths, conditions, and what a function is given."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import cast

from pmagent.errors import UsageError
from pmagent.procedures.engine.ports import Language
from pmagent.procedures.language.helpers import CONSTANTS
from pmagent.procedures.language.shapes import check_value, parse_shape
from pmagent.procedures.language.source import names_in
from pmagent.records.runs import canonical
from pmagent.types.actions import Json
from pmagent.types.calls import CallSpec, Parameter
from pmagent.types.procedures import EachStep, Operand, Shape

MOST_ITEMS = 1_000
"""A loop goes over no more, whatever its bound says."""
_ROOT = re.compile(r"[^\W\d]\w*")
_ITEM_KEYS = ("id", "key", "path", "slug", "name", "title")
_LONGEST_KEY = 80


def path_of(operand: Operand, language: Language, names: Mapping[str, Json]) -> str:
    """The path an operand stands for: a name that holds one (or a document), or itself.

    Raises:
        UsageError: it stands for something else.
    """
    source = operand.source
    found = _ROOT.match(source)
    # `notes/x.md` is a path though `notes` may be a name: nobody divides documents.
    is_name = found is not None and found[0] in names and "/" not in source
    is_quoted = source[:1] in {'"', "'"}
    if not is_name and not is_quoted:
        return language.render(source, names) if "{" in source else source
    value = language.evaluate(source, names)
    if isinstance(value, Mapping) and isinstance(value.get("path"), str):
        return cast("str", value["path"])
    if isinstance(value, str) and value:
        return value
    raise UsageError(f'"{source}" holds no path', "give it a path of the garden")


def are_known(source: str, names: Mapping[str, Json]) -> bool:
    """Whether all names that an expression uses have a value by now."""
    return names_in(source) <= names.keys() | CONSTANTS


def bind(
    spec: CallSpec, arguments: tuple[Sequence[Json], Mapping[str, Json]]
) -> Mapping[str, Json]:
    """Arguments by name, checked against what the function takes.

    Raises:
        UsageError: one is missing, unknown, given twice or of another type.
    """
    by_place, by_name = arguments
    parameters = spec.parameters
    if len(by_place) > len(parameters):
        raise UsageError(f'"{spec.name}" takes {len(parameters)} arguments, not {len(by_place)}')
    known = [parameter.name for parameter in parameters]
    placed = dict(zip(known, by_place, strict=False))
    for name in by_name:
        if name not in known:
            raise UsageError(f'"{spec.name}" has no argument "{name}"', f"it takes {_told(known)}")
        if name in placed:
            raise UsageError(f'"{spec.name}" is given "{name}" twice')
    given = {**placed, **by_name}
    problems = [said for parameter in parameters for said in _problems(parameter, given)]
    if problems:
        raise UsageError(f'"{spec.name}" cannot be called: {"; ".join(problems)}')
    left_out = {parameter.name for parameter in parameters if parameter.is_optional}
    return {name: v for name, v in given.items() if v is not None or name not in left_out}


def bind_names(
    command: str, names: Sequence[str], arguments: tuple[Sequence[Json], Mapping[str, Json]]
) -> dict[str, Json]:
    """Arguments of a procedure by name.

    Raises:
        UsageError: there are too many, or one that it does not have.
    """
    by_place, by_name = arguments
    unknown = [name for name in by_name if name not in names]
    if unknown:
        raise UsageError(f'"/{command}" has no argument "{unknown[0]}"', f"it takes {_told(names)}")
    if len(by_place) > len(names):
        raise UsageError(f'"/{command}" takes {_told(names)}, not {len(by_place)} arguments')
    return {**dict(zip(names, by_place, strict=False)), **by_name}


def item_key(item: Json) -> str:
    """What an item of a loop is known by, in this run and in every later one."""
    if isinstance(item, Mapping):
        named = (item.get(name) for name in _ITEM_KEYS)
        found = next((value for value in named if isinstance(value, str | int) and value), None)
        item = item if found is None else found
    text = item if isinstance(item, str) else canonical(item)
    if len(text) <= _LONGEST_KEY:
        return text
    return sha256(text.encode("utf-8")).hexdigest()[:20]


def item_keys(items: Sequence[Json]) -> list[str]:
    """The same for all items; of equal ones, the second is told from the first by its number."""
    seen: dict[str, int] = {}
    keys: list[str] = []
    for item in items:
        key = item_key(item)
        seen[key] = seen.get(key, 0) + 1
        keys.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
    return keys


def items_of(
    step: EachStep, language: Language, names: Mapping[str, Json]
) -> tuple[Sequence[Json], int]:
    """The items a loop goes over, and how many it leaves out.

    Raises:
        UsageError: it is no list, or its bound no number.
    """
    items = language.evaluate(step.items.source, names)
    if not isinstance(items, Sequence) or isinstance(items, str):
        raise UsageError(f'"{step.items.source}" is no list', "a loop goes over a list")
    most: Json = MOST_ITEMS
    if step.most is not None:
        most = language.evaluate(step.most.source, names)
    if not isinstance(most, int) or isinstance(most, bool) or most < 0:
        raise UsageError(f"the bound of a loop is {canonical(most)}", "write a whole number")
    kept = items[: min(most, MOST_ITEMS)]
    return kept, len(items) - len(kept)


def as_shape(value: Json, shape: Shape) -> Json:
    """A person's typed line brought to the shape, where it is JSON for it: `3`, `["a", "b"]`."""
    if not isinstance(value, str) or not check_value(value, shape):
        return value
    try:
        read = cast("Json", json.loads(value))
    except ValueError:
        return value
    return value if check_value(read, shape) else read


def _problems(parameter: Parameter, given: Mapping[str, Json]) -> Sequence[str]:
    value = given.get(parameter.name)
    if value is None:
        may_lack = parameter.is_optional or (parameter.name in given and _takes_none(parameter))
        return () if may_lack else (f'"{parameter.name}" is missing',)
    return check_value(value, parse_shape(parameter.shape), name=parameter.name)


def _takes_none(parameter: Parameter) -> bool:
    return not check_value(None, parse_shape(parameter.shape))


def _told(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names) or "none"
