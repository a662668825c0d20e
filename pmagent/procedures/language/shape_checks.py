"""Whether a value is like its shape, in words a person or a model can act on."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import assert_never

from pmagent.procedures.language.shape_schema import TIME_PATTERN
from pmagent.types.actions import Json
from pmagent.types.procedures import ListOf, Maybe, OneOf, Record, Scalar, ScalarKind, Shape

MOST_PROBLEMS = 20
"""More are not listed: whoever repairs a value repairs the first ones first."""
_CITATION = re.compile(r"\[\^[^\[\]\s][^\[\]]{0,400}\]")
_ADDRESS = re.compile(r"https?://[^\s/?#@:]+(?::\d{1,5})?(?:[/?#]\S*)?", re.IGNORECASE)
"""Without a name or a password before the host, which no address that is shown may have."""
_TIME = re.compile(TIME_PATTERN)
_SHOWN = 60
_EXAMPLES: Mapping[ScalarKind, Json] = {
    "any": "anything",
    "str": "text",
    "int": 1,
    "float": 1.5,
    "bool": True,
    "date": "2026-01-31",
    "time": "00:14:03",
    "url": "https://example.com/page",
    "cited": "It is so.[^notes/example.md:1]",
    "cited_text": "- It is so.[^notes/example.md:1]",
}
_NOUNS: Mapping[ScalarKind, str] = {
    "any": "anything",
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "date": "a date such as 2026-01-31",
    "time": "a time such as 00:14:03",
    "url": "a web address",
    "cited": "text",
    "cited_text": "text",
}


def check_value(value: Json, shape: Shape, *, name: str = "") -> tuple[str, ...]:
    """What is wrong with a value, one sentence each with the place; empty where nothing is.

    `name` is the value's: `titles[2] has 74 characters, at most 70`. Counts from 0, as in
    expressions. At most `MOST_PROBLEMS`.
    """
    found = _problems(value, shape, name)
    return tuple(problem for problem, _ in zip(found, range(MOST_PROBLEMS), strict=False))


def example_of(shape: Shape) -> Json:
    """A value that is like the shape, the same each time; its optional fields too."""
    match shape:
        case Scalar():
            return _example_scalar(shape)
        case ListOf():
            least, most = shape.least or 0, shape.most
            count = max(least, 1) if most is None else min(max(least, 1), most)
            return [example_of(shape.item)] * count
        case Record():
            return {member.name: example_of(member.shape) for member in shape.members}
        case OneOf():
            return shape.values[0]
        case Maybe():
            return example_of(shape.shape)


def _problems(value: Json, shape: Shape, place: str) -> Iterator[str]:
    match shape:
        case Scalar():
            yield from _scalar_problems(value, shape, place)
        case ListOf():
            yield from _list_problems(value, shape, place)
        case Record():
            yield from _record_problems(value, shape, place)
        case OneOf():
            if value not in shape.values:
                words = ", ".join(f'"{word}"' for word in shape.values)
                yield f"{place or 'the value'} is {_shown(value)}, not one of {words}"
        case Maybe():
            if value is not None:
                yield from _problems(value, shape.shape, place)
        case _:  # pragma: no cover
            assert_never(shape)


def _list_problems(value: Json, shape: ListOf, place: str) -> Iterator[str]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        yield f"{place or 'the value'} is {_shown(value)}, not a list"
        return
    count = len(value)
    if problem := _out_of(count, shape.least, shape.most):
        yield f"{place or 'the value'} has {count} item{'' if count == 1 else 's'}, {problem}"
    for at, item in enumerate(value):
        yield from _problems(item, shape.item, f"{place}[{at}]")


def _record_problems(value: Json, shape: Record, place: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{place or 'the value'} is {_shown(value)}, not a record"
        return
    start = f"{place}." if place else ""
    for member in shape.members:
        if member.name in value:
            yield from _problems(value[member.name], member.shape, start + member.name)
        elif not member.is_optional:
            yield f"{start}{member.name} is missing"
    for name in sorted(set(value) - {member.name for member in shape.members}):
        yield f"{start}{name[:_SHOWN]} is not a field of it"


def _scalar_problems(value: Json, shape: Scalar, place: str) -> Iterator[str]:
    subject = place or "the value"
    if not _is_kind(value, shape.kind):
        yield f"{subject} is {_shown(value)}, not {_NOUNS[shape.kind]}"
        return
    if isinstance(value, str):
        if shape.kind in ("cited", "cited_text") and not _CITATION.search(value):
            yield f"{subject} has no citation, such as [^notes/plan.md:12]"
        if problem := _out_of(len(value), shape.least, shape.most):
            s = "" if len(value) == 1 else "s"
            yield f"{subject} has {len(value)} character{s}, {problem}"
    elif isinstance(value, int | float) and (problem := _out_of(value, shape.least, shape.most)):
        yield f"{subject} is {value}, {problem}"


def _is_kind(value: Json, kind: ScalarKind) -> bool:
    match kind:
        case "any":
            return True
        case "bool":
            return isinstance(value, bool)
        case "int":
            return isinstance(value, int) and not isinstance(value, bool)
        case "float":
            if isinstance(value, bool) or not isinstance(value, int | float):
                return False
            return math.isfinite(value)
        case _:
            return isinstance(value, str) and _is_text_kind(value, kind)


def _is_text_kind(value: str, kind: ScalarKind) -> bool:
    match kind:
        case "date":
            return _is_date(value)
        case "time":
            return _TIME.match(value) is not None
        case "url":
            return _is_address(value)
        case _:
            return True


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return len(value) == len("2026-01-31")  # 20260131 is ISO too, and no other place reads it


def _is_address(value: str) -> bool:
    return _ADDRESS.fullmatch(value) is not None


def _out_of(size: float, least: int | None, most: int | None) -> str:
    if least is not None and size < least:
        return f"exactly {least} wanted" if least == most else f"at least {least}"
    if most is not None and size > most:
        return f"exactly {least} wanted" if least == most else f"at most {most}"
    return ""


def _shown(value: Json) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= _SHOWN else f'"{value[: _SHOWN - 1]}…"'
    if isinstance(value, int | float):
        return str(value)[:_SHOWN]
    return "a record" if isinstance(value, Mapping) else "a list"


def _example_scalar(shape: Scalar) -> Json:
    example = _EXAMPLES[shape.kind]
    if isinstance(example, str):
        least, most = shape.least or 0, shape.most
        longer = (example + " and more text" * (least // 10 + 1))[:least]
        if shape.kind == "str":
            return max(example, longer, key=len)[:most]
        return "x" * (least - len(example)) + example
    if isinstance(example, bool) or not isinstance(example, int | float):
        return example
    if shape.least is not None:
        return max(example, shape.least) if shape.most is None else shape.least
    return example if shape.most is None else min(example, shape.most)
