"""Lines of styled text, and how they are clipped, wrapped and laid out. Pure; knows no widget.

A span's style is a name (`quiet`, `cite`); what it looks like is decided in `app.tcss`. Every span
is made by `span`, which makes its text safe to show, so nothing unsafe can reach the screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from rich.cells import cell_len, get_character_cell_size

from pmagent.safe_text import safe_text

NO_ITEM = -1
ELLIPSIS = "…"
_WORDS = re.compile(r"\s+|\S+")


class Span(NamedTuple):
    """A run of text in one style."""

    text: str
    style: str = ""


class Line(NamedTuple):
    """One line on screen."""

    spans: tuple[Span, ...] = ()
    item: int = NO_ITEM
    """Which of the page's items the line belongs to."""
    gutter: str = ""
    """At most two cells shown left of the text while the line's item is not under the cursor."""

    @property
    def text(self) -> str:
        """The words without their styles."""
        return "".join(part.text for part in self.spans)


class Page(NamedTuple):
    """Lines to scroll through, and the things among them that can be chosen."""

    lines: Sequence[Line] = ()
    items: Sequence[range] = ()
    """For each item the lines it takes, rising."""
    values: Sequence[object] = ()
    """For each item what is chosen with it."""


class PageBuilder:
    """Collects lines and items from top to bottom into a `Page`."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._items: list[range] = []
        self._values: list[object] = []

    def add(self, *spans: Span, gutter: str = "") -> None:
        """One line that cannot be chosen."""
        self._lines.append(Line(spans, gutter=gutter))

    def add_all(self, lines: Iterable[tuple[Span, ...]], gutter: str = "") -> None:
        """Several lines; the gutter stands at the first."""
        for spans in lines:
            self.add(*spans, gutter=gutter)
            gutter = ""

    def add_item(self, value: object, lines: Iterable[tuple[Span, ...]]) -> None:
        """Lines that are chosen together and then stand for `value`."""
        first, item = len(self._lines), len(self._items)
        self._lines.extend(Line(spans, item) for spans in lines)
        self._items.append(range(first, len(self._lines)))
        self._values.append(value)

    def add_page(self, page: Page) -> None:
        """All of another page, with its items after the ones there are."""
        first, item = len(self._lines), len(self._items)
        self._lines.extend(
            line if line.item == NO_ITEM else line._replace(item=line.item + item)
            for line in page.lines
        )
        self._items.extend(range(rows.start + first, rows.stop + first) for rows in page.items)
        self._values.extend(page.values)

    def page(self) -> Page:
        """All that was added."""
        return Page(lines=self._lines, items=self._items, values=self._values)


def span(text: str, style: str = "") -> Span:
    """`text`, made safe to show on one line."""
    return Span(safe_text(text), style)


def width_of(spans: Iterable[Span]) -> int:
    """Cells the spans take."""
    return sum(cell_len(part.text) for part in spans)


def clip_text(text: str, width: int) -> str:
    """The beginning of `text` in at most `width` cells, with an ellipsis where it was cut."""
    if cell_len(text) <= width:
        return text
    return _head(text, width - 1) + ELLIPSIS if width > 0 else ""


def clip_middle(text: str, width: int) -> str:
    """Beginning and end of `text` in at most `width` cells, the end being the longer part."""
    if cell_len(text) <= width:
        return text
    if width < 1:
        return ""
    head = _head(text, (width - 1) // 3)
    tail = _head(text[::-1], width - 1 - cell_len(head))[::-1]
    return head + ELLIPSIS + tail


def pad_text(text: str, width: int, *, right: bool = False) -> str:
    """`text` in exactly `width` cells: clipped, or filled with blanks (before it if `right`)."""
    clipped = clip_text(text, width)
    blanks = " " * (width - cell_len(clipped))
    return blanks + clipped if right else clipped + blanks


def clip(spans: Sequence[Span], width: int) -> tuple[Span, ...]:
    """The spans in at most `width` cells."""
    if width_of(spans) <= width:
        return tuple(spans)
    kept: list[Span] = []
    left = width
    for part in spans:
        taken = cell_len(part.text)
        if taken >= left:
            # The cut falls here, or the rest does not fit behind it.
            kept.append(Span(clip_text(part.text + ELLIPSIS, left), part.style))
            break
        kept.append(part)
        left -= taken
    return tuple(kept)


def spread(left: Sequence[Span], right: Sequence[Span], width: int) -> tuple[Span, ...]:
    """`left` at the left edge, `right` at the right one; `right` is dropped where it cannot fit."""
    gap = width - width_of(left) - width_of(right)
    if gap >= 2:
        return (*left, Span(" " * gap), *right)
    return clip(left, width)


def join(parts: Iterable[Sequence[Span]], between: Span) -> tuple[Span, ...]:
    """The parts that hold anything, with `between` among them."""
    joined: list[Span] = []
    for part in parts:
        if not part:
            continue
        if joined:
            joined.append(between)
        joined.extend(part)
    return tuple(joined)


def wrap(spans: Sequence[Span], width: int, indent: int = 0) -> list[tuple[Span, ...]]:
    """The spans on lines of at most `width` cells, broken between words, never empty.

    Lines after the first begin with `indent` blanks. A word longer than a line is broken inside.
    """
    width = max(width, indent + 4)
    lines: list[tuple[Span, ...]] = []
    line: list[Span] = []
    used = 0
    for word, is_blank in _tokens(spans):
        taken = width_of(word)
        if used + taken > width and used > (indent if lines else 0):
            lines.append(_trimmed(line))
            line, used = _indented(indent)
            if is_blank:
                continue
        while used + taken > width:
            head, word = _split_word(word, width - used)
            lines.append(_trimmed([*line, *head]))
            line, used = _indented(indent)
            taken = width_of(word)
        line.extend(word)
        used += taken
    lines.append(_trimmed(line))
    return lines


def mark_words(text: str, words: Sequence[str], style: str, marked: str) -> tuple[Span, ...]:
    """`text` with every word that begins with one of `words` in the style `marked`."""
    stems = tuple({word.casefold() for word in words if len(word) > 2})
    if not stems:
        return (span(text, style),)
    parts: list[Span] = []
    plain = ""
    for token in re.findall(r"\w+|\W+", text):
        if token.casefold().startswith(stems):
            parts.extend((span(plain, style),) if plain else ())
            parts.append(span(token, marked))
            plain = ""
        else:
            plain += token
    parts.extend((span(plain, style),) if plain else ())
    return tuple(parts)


def rule(width: int) -> Span:
    """A thin line across."""
    return Span("─" * max(width, 0), "faint")


def _head(text: str, width: int) -> str:
    used = 0
    for position, character in enumerate(text):
        used += get_character_cell_size(character)
        if used > width:
            return text[:position]
    return text


def _tokens(spans: Sequence[Span]) -> Iterable[tuple[list[Span], bool]]:
    """Words and the blanks between them; a word may run over several spans."""
    word: list[Span] = []
    for part in spans:
        for token in _WORDS.findall(part.text):
            if not token.isspace():
                word.append(Span(token, part.style))
                continue
            if word:
                yield word, False
                word = []
            yield [Span(token, part.style)], True
    if word:
        yield word, False


def _split_word(word: Sequence[Span], width: int) -> tuple[list[Span], list[Span]]:
    head: list[Span] = []
    for position, part in enumerate(word):
        # One character at least, so that breaking always comes to an end.
        kept = _head(part.text, width) or ("" if head else part.text[:1])
        if kept != part.text:
            rest = [Span(part.text[len(kept) :], part.style), *word[position + 1 :]]
            return [*head, Span(kept, part.style)], rest
        head.append(part)
        width -= cell_len(kept)
    return head, []


def _indented(indent: int) -> tuple[list[Span], int]:
    return ([Span(" " * indent)] if indent else []), indent


def _trimmed(line: list[Span]) -> tuple[Span, ...]:
    """The line without blanks at its end, neighbours of one style as one span."""
    while len(line) > 1 and line[-1].text.isspace():
        line.pop()
    return tuple(
        Span("".join(part.text for part in parts), style)
        for style, parts in groupby(line, key=attrgetter("style"))
    )
