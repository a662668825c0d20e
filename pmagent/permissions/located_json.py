"""JSON with line numbers: each value knows where in its file it stands.

Strict JSON as the standard library reads it, but bounded in depth, and a key that stands twice in
one object is kept as a fault: two readers would take two different values.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias, cast

from pmagent.types.actions import Json

DEEPEST = 60
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\.)*+"')
_BLANK = re.compile(r"[ \t\n\r]*")
_ATOM = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")


@dataclass(frozen=True, kw_only=True)
class Located:
    """A value and the line it begins at, from 1."""

    value: LocatedValue
    line: int

    def plain(self) -> Json:
        """The value without its lines."""
        if isinstance(self.value, Mapping):
            return {key: below.plain() for key, below in self.value.items()}
        if isinstance(self.value, tuple):
            return [below.plain() for below in self.value]
        return self.value


LocatedValue: TypeAlias = (
    "bool | int | float | str | tuple[Located, ...] | Mapping[str, Located] | None"
)


def read_located(text: str) -> tuple[Located, tuple[tuple[str, int], ...]]:
    """The value in `text`, and each key that stands twice with the line of its second place.

    Raises:
        ValueError: it is no JSON. The message names the line.
    """
    reader = _Reader(text)
    value = reader.read(0)
    reader.skip()
    if reader.position != len(text):
        raise reader.wrong("there is something behind the value")
    return value, tuple(reader.repeated)


class _Reader:
    def __init__(self, text: str) -> None:
        self.position = 0
        self.repeated: list[tuple[str, int]] = []
        self._text = text
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def skip(self) -> str:
        """The next character that is no blank; empty at the end."""
        found = _BLANK.match(self._text, self.position)
        self.position = found.end() if found else self.position
        return self._text[self.position : self.position + 1]

    def wrong(self, what: str) -> ValueError:
        """The error for this place."""
        return ValueError(f"line {self._line()}: {what}")

    def read(self, depth: int) -> Located:
        """The value that begins here."""
        if depth > DEEPEST:
            raise self.wrong("it is nested too deeply")
        character = self.skip()
        line = self._line()
        if character == "{":
            return Located(value=self._object(depth), line=line)
        if character == "[":
            return Located(value=self._array(depth), line=line)
        if character == '"':
            return Located(value=self._string(), line=line)
        found = _ATOM.match(self._text, self.position)
        if found is None:
            raise self.wrong("a value is missing or is not JSON")
        self.position = found.end()
        return Located(value=_atom(found[0]), line=line)

    def _object(self, depth: int) -> Mapping[str, Located]:
        found: dict[str, Located] = {}
        self.position += 1
        if self.skip() == "}":
            self.position += 1
            return found
        while True:
            if self.skip() != '"':
                raise self.wrong("a key is missing or has no quotes")
            line = self._line()
            key = self._string()
            if key in found:
                self.repeated.append((key, line))
            self._expect(":")
            found[key] = self.read(depth + 1)
            if self._is_end("}"):
                return found

    def _array(self, depth: int) -> tuple[Located, ...]:
        found: list[Located] = []
        self.position += 1
        if self.skip() == "]":
            self.position += 1
            return ()
        while True:
            found.append(self.read(depth + 1))
            if self._is_end("]"):
                return tuple(found)

    def _is_end(self, closing: str) -> bool:
        character = self.skip()
        if character not in {",", closing}:
            raise self.wrong(f'"," or "{closing}" is missing')
        self.position += 1
        return character == closing

    def _expect(self, character: str) -> None:
        if self.skip() != character:
            raise self.wrong(f'"{character}" is missing')
        self.position += 1

    def _string(self) -> str:
        found = _STRING.match(self._text, self.position)
        try:
            text = cast("str", json.loads(found[0])) if found else None
        except ValueError:
            text = None
        if found is None or text is None:
            raise self.wrong("a string has no end or a wrong character")
        self.position = found.end()
        return text

    def _line(self) -> int:
        return bisect_right(self._starts, self.position)


def _atom(text: str) -> bool | int | float | None:
    if text in {"true", "false"}:
        return text == "true"
    if text == "null":
        return None
    if re.fullmatch(r"-?\d{1,300}", text):
        return int(text)
    return float(text)
