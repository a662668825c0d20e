"""Whether a model's words are the JSON that was asked for. Pure.

Looks at what decides whether a value can be used: kinds, required and unknown names, choices,
alternatives and references. Lengths, ranges and patterns are for whoever uses the value.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from pmagent.types.actions import Json

MOST_FAULTS = 5
_DEEPEST = 64


def read_json(text: str) -> tuple[str, Json, str]:
    """The JSON in `text` as it stands there, its value, and why there is none.

    A code fence around it and words before it are left off, which models add unasked.
    """
    inside = text.strip()
    if inside.startswith("```"):
        inside = inside.partition("\n")[2].rpartition("```")[0].strip()
    starts = [place for mark in "{[" if (place := inside.find(mark)) >= 0]
    for start in dict.fromkeys((0, min(starts, default=0))):
        try:
            value, end = _DECODER.raw_decode(inside, start)
        except (ValueError, RecursionError):
            continue
        if not inside[end:].strip():
            return inside[start:end], cast("Json", value), ""
    return "", None, "it is not one JSON value"


def misfits(value: Json, schema: Mapping[str, Json]) -> tuple[str, ...]:
    """What of `value` does not fit `schema`, as sentences; at most five."""
    found: list[str] = []
    for fault in _faults(value, schema, "the answer", schema, 0):
        found.append(fault)
        if len(found) == MOST_FAULTS:
            break
    return tuple(found)


_DECODER = json.JSONDecoder()
_KINDS: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}


def _faults(
    value: Json, schema: Json, where: str, root: Mapping[str, Json], depth: int
) -> Iterator[str]:
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return
    if isinstance(reference := schema.get("$ref"), str):
        yield from _faults(value, _referred(reference, root), where, root, depth + 1)
        return
    if not _is_kind(value, schema.get("type")):
        yield f"{where} is not of the type {json.dumps(schema.get('type'))}"
        return
    choices = schema.get("enum")
    if isinstance(choices, list) and value not in choices:
        yield f"{where} is none of {json.dumps(choices, ensure_ascii=False)}"
    if "const" in schema and value != schema["const"]:
        yield f"{where} is not {json.dumps(schema['const'], ensure_ascii=False)}"
    ways = schema.get("anyOf") or schema.get("oneOf")
    if isinstance(ways, list) and all(
        any(True for _ in _faults(value, way, where, root, depth + 1)) for way in ways
    ):
        yield f"{where} fits none of its alternatives"
    if isinstance(value, dict):
        yield from _object_faults(value, schema, where, root, depth)
    items = schema.get("items")
    if isinstance(value, list):
        for place, item in enumerate(value):
            yield from _faults(item, items, f"{where}[{place}]", root, depth + 1)


def _object_faults(
    value: Mapping[str, Json],
    schema: Mapping[str, Json],
    where: str,
    root: Mapping[str, Json],
    depth: int,
) -> Iterator[str]:
    required, named = schema.get("required"), schema.get("properties")
    properties: Mapping[str, Json] = named if isinstance(named, Mapping) else {}
    for name in required if isinstance(required, Sequence) else ():
        if isinstance(name, str) and name not in value:
            yield f'{where} has no "{name}"'
    for name, item in value.items():
        if name in properties:
            yield from _faults(item, properties[name], f'"{name}"', root, depth + 1)
        elif schema.get("additionalProperties") is False:
            yield f'{where} has "{name}", which was not asked for'


def _is_kind(value: Json, kinds: Json) -> bool:
    names = [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else []
    if not names:
        return True
    return any(
        isinstance(value, _KINDS[name]) and (name == "boolean" or not isinstance(value, bool))
        for name in names
        if isinstance(name, str) and name in _KINDS
    )


def _referred(reference: str, root: Mapping[str, Json]) -> Json:
    found: Json = root
    for step in reference.removeprefix("#/").split("/"):
        if not isinstance(found, Mapping):
            return None
        found = found.get(step.replace("~1", "/").replace("~0", "~"))
    return found
