"""`Parsed` as bytes and back. What comes back is checked: another process says it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar, cast

from pmagent.errors import ReadError
from pmagent.ingest.parsers import MOST_BLOCKS
from pmagent.types import Block, Parsed

_MOST_LINE = 1 << 40
_MOST_WORDS = 100_000
_Value = TypeVar("_Value")


def pack(parsed: Parsed) -> bytes:
    """`parsed` as bytes."""
    blocks = parsed.blocks
    return json.dumps(
        {
            "format": parsed.format,
            "title": parsed.title,
            "date": parsed.date.isoformat() if parsed.date else None,
            "tags": parsed.tags,
            "aliases": parsed.aliases,
            "links": parsed.links,
            "warnings": parsed.warnings,
            "text": [block.text for block in blocks],
            "first_line": [block.first_line for block in blocks],
            "speaker": [block.speaker for block in blocks],
            "heading": [block.heading for block in blocks],
            "start_ms": [block.start_ms for block in blocks],
            "end_ms": [block.end_ms for block in blocks],
            "marks": [block.marks for block in blocks],
            "page": [block.page for block in blocks],
        },
        separators=(",", ":"),
    ).encode("ascii")


def unpack(raw: bytes) -> Parsed:
    """What `pack` was given.

    Raises:
        ReadError: the bytes are none of it.
    """
    try:
        return _unpack(cast("Mapping[str, object]", json.loads(raw)))
    except (ValueError, KeyError, TypeError, RecursionError) as exc:
        raise ReadError("its reader gave no answer that can be understood") from exc


def _unpack(found: Mapping[str, object]) -> Parsed:
    texts = _column(found, "text", _text)
    columns = {
        "text": texts,
        "first_line": _column(found, "first_line", _number),
        "speaker": _column(found, "speaker", _or_none(_text)),
        "heading": _column(found, "heading", _texts),
        "start_ms": _column(found, "start_ms", _or_none(_number)),
        "end_ms": _column(found, "end_ms", _or_none(_number)),
        "marks": _column(found, "marks", _marks),
        "page": _column(found, "page", _or_none(_number)),
    }
    if len(texts) > MOST_BLOCKS:
        raise ValueError("too many blocks")
    names = tuple(columns)
    blocks = tuple(
        Block(**dict(zip(names, values, strict=True)))  # pyright: ignore[reportArgumentType] - as read
        for values in zip(*columns.values(), strict=True)
    )
    stated = _or_none(_text)(found["date"])
    return Parsed(
        blocks=blocks,
        format=_text(found["format"]),
        title=_or_none(_text)(found["title"]),
        date=date.fromisoformat(stated) if stated else None,
        tags=_texts(found["tags"]),
        aliases=_texts(found["aliases"]),
        links=_texts(found["links"]),
        warnings=_texts(found["warnings"]),
    )


def _column(
    found: Mapping[str, object], name: str, read: Callable[[object], _Value]
) -> list[_Value]:
    values = found[name]
    if not isinstance(values, list):
        raise TypeError(name)
    return [read(value) for value in cast("list[object]", values)]


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _MOST_LINE:
        raise TypeError("no number")
    return value


def _or_none(read: Callable[[object], _Value]) -> Callable[[object], _Value | None]:
    return lambda value: None if value is None else read(value)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(cast("list[object]", value)) > _MOST_WORDS:
        raise TypeError("no texts")
    return tuple(_text(part) for part in cast("list[object]", value))


def _marks(value: object) -> tuple[tuple[int, int], ...]:
    if not isinstance(value, list):
        raise TypeError("no marks")
    pairs = [cast("Sequence[object]", pair) for pair in cast("list[object]", value)]
    return tuple((_number(pair[0]), _number(pair[1])) for pair in pairs if len(pair) == 2)
