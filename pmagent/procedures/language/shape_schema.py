"""Shapes as JSON Schema, for structured output, and back from what a file may carry."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import cast

from pmagent.errors import UsageError
from pmagent.types.actions import Json
from pmagent.types.procedures import ListOf, Maybe, Member, OneOf, Record, Scalar, ScalarKind, Shape

TIME_PATTERN = r"^\d{1,3}:[0-5]\d(:[0-5]\d)?([.,]\d{1,3})?$"
_TYPES: Mapping[ScalarKind, dict[str, Json]] = {
    "any": {},
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "time": {
        "type": "string",
        "pattern": TIME_PATTERN,
        "description": "A place in a recording or a time of day: 00:14:03.",
    },
    "url": {"type": "string", "format": "uri"},
    "cited": {
        "type": "string",
        "description": "One statement that ends with its source: [^path:line].",
    },
    "cited_text": {
        "type": "string",
        "description": "Markdown in which each claim carries its source: [^path:line].",
    },
}
_BOUNDS: Mapping[str, tuple[str, str]] = {
    "string": ("minLength", "maxLength"),
    "integer": ("minimum", "maximum"),
    "number": ("minimum", "maximum"),
    "array": ("minItems", "maxItems"),
}
_WORDS_ONLY = ("title", "description", "$schema", "examples", "default")
"""What a schema may say without changing what fits it."""
_NAME = re.compile(r"[^\W\d]\w*")
_WORD = re.compile(r"[^\W\d][\w-]*")


def schema_of(shape: Shape) -> dict[str, Json]:
    """The JSON Schema of a shape. Objects name all of their fields and allow no others."""
    match shape:
        case Scalar():
            schema = dict(_TYPES[shape.kind])
            return schema | _bounds(schema, shape.least, shape.most)
        case ListOf():
            schema = {"type": "array", "items": schema_of(shape.item)}
            return schema | _bounds(schema, shape.least, shape.most)
        case Record():
            return {
                "type": "object",
                "properties": {member.name: schema_of(member.shape) for member in shape.members},
                "required": [member.name for member in shape.members if not member.is_optional],
                "additionalProperties": False,
            }
        case OneOf():
            return {"type": "string", "enum": list(shape.values)}
        case Maybe():
            return {"anyOf": [schema_of(shape.shape), {"type": "null"}]}


def shape_of_schema(schema: Json) -> Shape:
    """The shape that a JSON Schema describes, as far as shapes go.

    Raises:
        UsageError: it uses a keyword or a type that no shape has.
    """
    if not isinstance(schema, Mapping):
        raise UsageError("a JSON Schema is an object with a type", _HINT)
    if "anyOf" in schema:
        return _maybe(schema)
    if "enum" in schema:
        return _one_of(schema)
    kind = schema.get("type")
    match kind:
        case None if not set(schema) - set(_WORDS_ONLY):
            return Scalar(kind="any")
        case "object":
            return _record(schema)
        case "array":
            _only(schema, "items", "minItems", "maxItems")
            least, most = _read_bounds(schema, "array")
            return ListOf(item=shape_of_schema(schema.get("items", {})), least=least, most=most)
        case "string":
            _only(schema, "minLength", "maxLength", "format", "pattern")
            return _text(schema)
        case "integer" | "number" as number:
            _only(schema, "minimum", "maximum")
            least, most = _read_bounds(schema, str(number))
            return Scalar(kind="int" if number == "integer" else "float", least=least, most=most)
        case "boolean":
            _only(schema)
            return Scalar(kind="bool")
        case _:
            raise UsageError(f'a JSON Schema of the type "{kind}" has no short type', _HINT)


_HINT = "use string, integer, number, boolean, array, object, enum, and their bounds"


def _bounds(schema: Mapping[str, Json], least: int | None, most: int | None) -> dict[str, Json]:
    names = _BOUNDS.get(str(schema.get("type")), ("", ""))
    return {
        name: bound for name, bound in zip(names, (least, most), strict=True) if bound is not None
    }


def _read_bounds(schema: Mapping[str, Json], kind: str) -> tuple[int | None, int | None]:
    least, most = (schema.get(name) for name in _BOUNDS[kind])
    for bound in (least, most):
        if bound is not None and (not isinstance(bound, int) or isinstance(bound, bool)):
            raise UsageError(f'the bound "{bound}" in a JSON Schema is no whole number', _HINT)
    return cast("int | None", least), cast("int | None", most)


def _only(schema: Mapping[str, Json], *known: str) -> None:
    other = sorted(set(schema) - set(known) - set(_WORDS_ONLY) - {"type"})
    if other:
        raise UsageError(f'the keyword "{other[0]}" in a JSON Schema has no short type', _HINT)


def _text(schema: Mapping[str, Json]) -> Scalar:
    least, most = _read_bounds(schema, "string")
    match schema.get("format"), schema.get("pattern"):
        case None, None:
            return Scalar(kind="str", least=least, most=most)
        case "date", None:
            return Scalar(kind="date")
        case (("uri" | "url"), None):
            return Scalar(kind="url")
        case None, str(pattern) if pattern == TIME_PATTERN:
            return Scalar(kind="time")
        case form, pattern:
            raise UsageError(f'the text form "{form or pattern}" has no short type', _HINT)


def _record(schema: Mapping[str, Json]) -> Record:
    _only(schema, "properties", "required", "additionalProperties")
    properties, required = schema.get("properties", {}), schema.get("required", [])
    if not isinstance(properties, Mapping) or not isinstance(required, Sequence):
        raise UsageError("the properties of a JSON Schema are an object", _HINT)
    for name in properties:
        if not _NAME.fullmatch(name):
            raise UsageError(f'the field "{name}" of a JSON Schema is no name', _HINT)
    return Record(
        members=tuple(
            Member(name=name, shape=shape_of_schema(inner), is_optional=name not in required)
            for name, inner in properties.items()
        )
    )


def _one_of(schema: Mapping[str, Json]) -> OneOf:
    _only(schema, "enum")
    values = schema["enum"]
    if isinstance(values, str) or not isinstance(values, Sequence) or len(values) < 2:
        raise UsageError("the enum of a JSON Schema is a list of two words or more", _HINT)
    for value in values:
        if not isinstance(value, str) or not _WORD.fullmatch(value):
            raise UsageError(f'the enum value "{value}" of a JSON Schema is no word', _HINT)
    return OneOf(values=cast("tuple[str, ...]", tuple(values)))


def _maybe(schema: Mapping[str, Json]) -> Maybe:
    _only(schema, "anyOf")
    match schema["anyOf"]:
        case [inner, {"type": "null"}] | [{"type": "null"}, inner]:
            shape = shape_of_schema(inner)
            return shape if isinstance(shape, Maybe) else Maybe(shape=shape)
        case _:
            raise UsageError("anyOf of a JSON Schema may only add null to one type", _HINT)
