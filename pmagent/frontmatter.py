"""Front matter: the YAML between two `---` lines at the top of a file, as values and as text.

Reads leniently, because people and templates write it by hand: what is broken becomes a stated
problem and the values that can still be seen. Aliases are refused, so a few bytes cannot grow into
a value that never ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import yaml

Value = str | list["Value"] | dict[str, "Value"]
"""Every scalar stays as it was written: `no`, `1.10` and `2026-02-30` are not guessed at."""

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""The C library where it is built in: ten times the speed."""
_parse = cast("Callable[..., Iterator[yaml.Event]]", yaml.parse)  # pyright: ignore[reportUnknownMemberType]
"""Typed here, because the stub leaves the events unknown."""
_MOST_LINES = 2_000
_MOST_NODES = 10_000
_DEEPEST = 50
_FENCE = "---"
_ENDS = ("---", "...")
_PLAIN_FIELD = re.compile(r"([A-Za-z][\w -]{0,40}):[ \t]+(\S.*)")
_SCALAR_MARKUP = " \t\"'|>"


@dataclass(frozen=True, kw_only=True)
class FrontMatter:
    """What stands above a document."""

    values: Mapping[str, Value] = field(default_factory=dict[str, Value])
    texts: Mapping[str, tuple[tuple[int, str], ...]] = field(
        default_factory=dict[str, tuple[tuple[int, str], ...]]
    )
    """The words of each top-level key, as (line number from 1, text)."""
    body_line: int = 1
    """The line number on which the document itself begins."""
    problem: str = ""
    """Why values may be missing; empty where none are."""


def read_front_matter(lines: Sequence[str]) -> FrontMatter:
    """The front matter of a file with these lines; an empty one where there is none."""
    if not lines or lines[0].rstrip() != _FENCE:
        return FrontMatter()
    end = _closing_line(lines)
    if end is None:
        if _PLAIN_FIELD.match(lines[1] if len(lines) > 1 else ""):
            return FrontMatter(problem="the front matter has no end: read as text")
        return FrontMatter()
    inside = lines[1:end]
    try:
        reader = _Reader(inside)
    except _NotMappingError:
        # A thematic break, text and another one: nothing to take away from the document.
        return FrontMatter()
    except (yaml.YAMLError, _RefusedError) as exc:
        return FrontMatter(
            values=_plain_fields(inside), body_line=end + 2, problem=_problem(exc, inside)
        )
    texts = {key: tuple(words) for key, words in reader.texts.items()}
    return FrontMatter(values=reader.values, texts=texts, body_line=end + 2)


def strings_of(value: Value | None) -> tuple[str, ...]:
    """The strings of a list, or of a text that separates them by commas; empty ones left out."""
    if isinstance(value, str):
        value = [*value.strip("[]").split(",")]
    if not isinstance(value, list):
        return ()
    return tuple(part.strip() for part in value if isinstance(part, str) and part.strip())


def _closing_line(lines: Sequence[str]) -> int | None:
    for index, line in enumerate(lines[1:_MOST_LINES], 1):
        if line.rstrip() in _ENDS:
            return index
    return None


def _plain_fields(lines: Sequence[str]) -> dict[str, Value]:
    """`key: value` of single lines; a value that opens a bracket is part of what is broken."""
    found: dict[str, Value] = {}
    for line in lines:
        match = _PLAIN_FIELD.fullmatch(line.rstrip())
        if match and match[2][0] not in "[{|>&*!":
            found.setdefault(match[1].strip(), match[2].strip(_SCALAR_MARKUP))
    return found


def _problem(exc: Exception, lines: Sequence[str]) -> str:
    mark = exc.problem_mark if isinstance(exc, yaml.MarkedYAMLError) else None
    if mark is None:
        return f"the front matter is {exc if isinstance(exc, _RefusedError) else 'not valid YAML'}"
    # The parser notices some mistakes only behind the last line.
    return f"the front matter is not valid YAML at line {min(mark.line + 1, len(lines)) + 1}"


class _NotMappingError(Exception):
    """The lines are YAML, but hold no fields."""


class _RefusedError(Exception):
    """Valid YAML that costs too much to hold."""


class _Reader:
    """Builds values from YAML events: no recursion, no aliases, each scalar with its line."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.values: dict[str, Value] = {}
        self.texts: dict[str, list[tuple[int, str]]] = {}
        self._lines = lines
        self._open: list[dict[str, Value] | list[Value]] = []
        self._keys: list[str | None] = []
        self._field = ""
        text = "\n".join(lines) + "\n"
        for nodes, event in enumerate(_parse(text, Loader=_LOADER)):
            if nodes > _MOST_NODES or len(self._open) > _DEEPEST:
                raise _RefusedError("too large or nested too deeply")
            self._take(event)

    def _take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent):
            raise _RefusedError("not read: it uses YAML aliases")
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.MappingStartEvent):
            self._enter(self.values if not self._open else {})
        elif isinstance(event, yaml.SequenceStartEvent):
            if not self._open:
                raise _NotMappingError
            self._enter([])
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
            self._keys.pop()

    def _enter(self, container: dict[str, Value] | list[Value]) -> None:
        if self._open:
            self._place(container)
        self._open.append(container)
        self._keys.append(None)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        if not self._open:
            if event.value:
                raise _NotMappingError
            return
        if isinstance(self._open[-1], dict) and self._keys[-1] is None:
            self._keys[-1] = str(event.value)
            self._field = str(event.value) if len(self._open) == 1 else self._field
            return
        self._place(str(event.value))
        self.texts.setdefault(self._field, []).extend(self._words(event))

    def _place(self, value: Value) -> None:
        container, key = self._open[-1], self._keys[-1]
        if isinstance(container, list):
            container.append(value)
        elif key is not None:
            container[key] = value
            self._keys[-1] = None

    def _words(self, event: yaml.ScalarEvent) -> list[tuple[int, str]]:
        first, end = event.start_mark, event.end_mark
        last = end.line - (end.line > first.line and end.column == 0)
        if first.line == last:
            return [(first.line + 2, str(event.value))]
        raw = enumerate(self._lines[first.line : last + 1], first.line + 2)
        return [(number, line.strip(_SCALAR_MARKUP)) for number, line in raw]
