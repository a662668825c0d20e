"""Text shown exactly, for what a person decides on: no blank is dropped, nothing is left out.

Reading text is wrapped between words (`lines.wrap`); here every character of the original is on
screen, and what is many blanks or many empty lines is told by its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.cells import cell_len, get_character_cell_size

from pmagent.safe_text import spell_out

MANY_BLANKS = 40
MANY_EMPTY = 3
_BLANKS = re.compile(f" {{{MANY_BLANKS},}}")


def cut_lines(text: str, width: int) -> list[str]:
    """One line of text in pieces of at most `width` cells, cut wherever a piece is full."""
    width = max(width, 2)
    if text.isascii():
        return [text[start : start + width] for start in range(0, len(text), width)] or [""]
    if cell_len(text) <= width:
        return [text]
    return list(_pieces(text, width))


def told_lines(text: str) -> Iterator[tuple[str, bool]]:
    """The lines of `text`, spelled out; (words, is it the line itself).

    Runs of blanks and of empty lines longer than a person would count are told instead, so that
    nothing can be pushed out of sight.
    """
    for is_empty, group in groupby(text.split("\n"), key=_is_empty):
        lines = list(group)
        if is_empty:
            yield from (("", True) for _ in lines[:MANY_EMPTY])
            if len(lines) > MANY_EMPTY:
                yield f"⋮ {len(lines) - MANY_EMPTY:,} more empty lines", False
        else:
            yield from ((spelled(line), True) for line in lines)


def spelled(text: str) -> str:
    """One line, spelled out, with long runs of blanks told by their number."""
    return _BLANKS.sub(_told_blanks, spell_out(text))


def _is_empty(line: str) -> bool:
    return not line.strip(" ")


def _told_blanks(match: re.Match[str]) -> str:
    return f" ⟨{len(match.group()):,} blanks⟩ "


def _pieces(text: str, width: int) -> Iterable[str]:
    start, used = 0, 0
    for position, character in enumerate(text):
        size = get_character_cell_size(character)
        if used + size > width:
            yield text[start:position]
            start, used = position, 0
        used += size
    yield text[start:]
