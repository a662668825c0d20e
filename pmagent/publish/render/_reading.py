"""Markdown read back: what in it would be more than text to a program that takes raw HTML.

Blogs take raw HTML in Markdown and keep its scripts, so what a person has edited is looked at once
more before it leaves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

_OPENING = re.compile(r"<(?=[A-Za-z/!?])")
_PASSES = 3
"""What is escaped may uncover more, in a paragraph that now joins two; then all of it goes."""


def markdown_problems(markdown: str) -> tuple[str, ...]:
    """What keeps a page from being published: raw HTML, or nothing to read."""
    if not markdown.strip():
        return ("there is nothing in it",)
    return tuple(
        f"raw HTML on line {line}: it would be run, not shown" for line in raw_html_lines(markdown)
    )


def raw_html_lines(markdown: str) -> tuple[int, ...]:
    """The lines, from 1, of the blocks in which raw HTML stands."""
    return tuple(sorted({start + 1 for start, _ in _raw_spans(markdown)}))


def without_raw_html(markdown: str) -> str:
    """The same page with raw HTML shown as text; unchanged where there is none.

    Code keeps its tags: they are shown there already.
    """
    for _ in range(_PASSES):
        spans = _raw_spans(markdown)
        if not spans:
            return markdown
        lines = markdown.split("\n")
        for start, end in spans:
            lines[start:end] = [_OPENING.sub("&lt;", line) for line in lines[start:end]]
        markdown = "\n".join(lines)
    return _OPENING.sub("&lt;", markdown) if _raw_spans(markdown) else markdown


def _raw_spans(markdown: str) -> list[tuple[int, int]]:
    """(first, end) of the lines of each block with raw HTML, from 0, rising."""
    if "<" not in markdown:
        return []
    return list(_spans(_parser().parse(markdown)))


def _spans(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    last = (0, 1)
    for token in tokens:
        if token.map is not None:
            last = (token.map[0], max(token.map[1], token.map[0] + 1))
        held = token.children or ()
        if token.type == "html_block" or any(child.type == "html_inline" for child in held):
            # A cell has no lines of its own; those of its row stand above it.
            yield last


@cache
def _parser() -> MarkdownIt:
    """As a blog reads it: raw HTML is HTML."""
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
