"""Regular expressions that cannot hang: RE2 takes time linear in the text, whatever the pattern."""

from __future__ import annotations

from typing import Protocol, cast

import re2

from pmagent.errors import UsageError

MAX_PATTERN = 4_000


class _Options(Protocol):
    log_errors: bool
    max_mem: int
    case_sensitive: bool
    dot_nl: bool


class _Engine(Protocol):
    """The part of `re2` that is used; it ships no types."""

    Options: type[_Options]
    error: type[Exception]

    def compile(self, pattern: str, options: _Options) -> Pattern: ...


_engine = cast("_Engine", re2)


class Span(Protocol):
    """Where a match lies, and what it says."""

    def group(self, number: int = 0) -> str | None:
        """What it says, or a group of it."""
        ...

    def start(self) -> int:
        """Its first character."""
        ...

    def end(self) -> int:
        """The character after it."""
        ...


class Pattern(Protocol):
    """A compiled expression."""

    groups: int

    def search(self, text: str, pos: int = 0) -> Span | None:
        """The first match from `pos` on."""
        ...


def compile_pattern(pattern: str, *, is_case_blind: bool, is_multiline: bool) -> Pattern:
    r"""The expression, ready; `is_multiline` lets a dot match line ends.

    Raises:
        UsageError: it is none, or uses what takes more than linear time (look-around, `\1`).
    """
    if len(pattern) > MAX_PATTERN:
        raise UsageError(f"the pattern is longer than {MAX_PATTERN:,} characters", "shorten it")
    options = _engine.Options()
    options.log_errors = False
    options.max_mem = 16 << 20
    options.case_sensitive = not is_case_blind
    options.dot_nl = is_multiline
    try:
        return _engine.compile(pattern, options)
    except _engine.error as exc:
        said = exc.args[0] if exc.args else b""
        why = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        raise UsageError(
            f'"{pattern}" is no pattern that can be searched: {why}',
            "look-around and back-references are not supported",
        ) from exc


def find_pattern(pattern: str, text: str) -> str | None:
    """The first match of a pattern: its first group if it has one, else all of it; or None.

    Raises:
        UsageError: it is no pattern, or takes more than linear time.
    """
    read = compile_pattern(pattern, is_case_blind=False, is_multiline=False)
    found = read.search(text)
    if found is None:
        return None
    return found.group(1) if read.groups else found.group()
