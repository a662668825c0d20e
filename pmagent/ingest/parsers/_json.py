"""JSON whose values keep their source lines.

The library's decoder gives values without places, so the items of one list are decoded one by one
from where they stand. Each is let go before the next: a long recording is never held as objects.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import cast

_DECODER = json.JSONDecoder(strict=False)
_BETWEEN = re.compile(r"[\s,]*")
_LONGEST_S = 10**7
_COLON = re.compile(r"\s*:\s*")
_QUOTE = re.compile(r'[\s,]*(?=")')


class Places:
    """Line numbers of rising offsets in a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._offset = 0
        self._line = 1

    def line(self, offset: int) -> int:
        """The line number from 1 on which `offset` stands; not before the one asked for last."""
        if offset > self._offset:
            self._line += self._text.count("\n", self._offset, offset)
            self._offset = offset
        return self._line


def objects_from(text: str, start: int) -> Iterator[tuple[int, int, dict[str, object]]]:
    """Each object of the list whose first item begins at `start`: (offset, end, value).

    Ends with the list, or where the text stops being JSON.
    """
    at = _skip(text, start)
    while text.startswith("{", at):
        try:
            value, end = read_value(text, at)
        except (ValueError, RecursionError):
            return
        if isinstance(value, dict):
            yield at, end, cast("dict[str, object]", value)
        at = _skip(text, end)


def list_start(text: str, *keys: str) -> int | None:
    """Where the first item stands of the list named by one of `keys`, or of a bare list."""
    bare = _skip(text, 0)
    if text.startswith("[", bare):
        return bare + 1
    names = "|".join(map(re.escape, keys))
    found = re.search(rf'"(?:{names})"\s*:\s*\[', text)
    return found.end() if found and text.startswith("{", bare) else None


def is_closed(text: str, end: int) -> bool:
    """Whether the list that was read up to `end` ends there as it should."""
    return text.startswith("]", _skip(text, end))


def value_place(text: str, start: int, *keys: str) -> int:
    """Where the value of the first member named by `keys` stands in the object at `start`.

    Only the object's own members count, not those of what it contains. `start` if there is none.
    """
    at = start + 1
    while (quote := _QUOTE.match(text, at)) is not None:
        name, end = read_value(text, quote.end())
        colon = _COLON.match(text, end)
        if colon is None:
            break
        if name in keys:
            return colon.end()
        _, at = read_value(text, colon.end())
    return start


def strings_at(text: str, at: int) -> Iterator[tuple[int, str]]:
    """The string that stands at `at`, or each string of the list there, with its place."""
    is_list = text.startswith("[", at)
    at += is_list
    while (quote := _QUOTE.match(text, at)) is not None:
        try:
            value, end = read_value(text, quote.end())
        except ValueError:
            return
        yield quote.end(), str(value)
        if not is_list:
            return
        at = end


def read_value(text: str, at: int) -> tuple[object, int]:
    """The value that begins at `at`, and where it ends.

    Raises:
        ValueError: there is no JSON value.
        RecursionError: it is nested too deeply.
    """
    return cast("tuple[object, int]", _DECODER.raw_decode(text, at))


def milliseconds(seconds: object) -> int | None:
    """Whole milliseconds of a number of seconds, None of anything else."""
    # NaN is no number of seconds either; nothing compares true with it.
    if isinstance(seconds, int | float) and 0 <= seconds < _LONGEST_S:
        return round(seconds * 1000)
    return None


def _skip(text: str, at: int) -> int:
    match = _BETWEEN.match(text, at)
    return match.end() if match else at
