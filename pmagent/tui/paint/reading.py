"""A file around a cited passage as lines: numbers at the left, a bar beside what is cited."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pmagent.tui.paint.lines import (
    Line,
    Page,
    Span,
    clip,
    clip_middle,
    clip_text,
    join,
    span,
    wrap,
)
from pmagent.types import Citation, Reading

_BETWEEN = Span(" · ", "faint")
CITED_BAR = " ┃ "
PLAIN_BAR = " │ "
_WORD = re.compile(r"[\w'’-]+")
_CUE_TIMES = re.compile(r"[\d:.,]+ --> [\d:.,]+")
_SHORTEST_RUN = 3
_MAX_ROWS = 60
"""Rows one line of a file may take: an archive written on a single line stays readable."""


@dataclass(frozen=True, kw_only=True)
class Passage:
    """What the reader shows: lines of a file, the quote in them, and where else it is said."""

    reading: Reading
    quote: str = ""
    duplicates: tuple[Citation, ...] = ()


def paint_reading_heading(shown: Passage, width: int) -> list[tuple[Span, ...]]:
    """The file, its title, its date and where that is known from, which lines are cited."""
    reading = shown.reading
    first, last = reading.cited
    lines = f"line {first}" if first == last else f"lines {first}–{last}"
    about = join(
        (
            (span(f"{reading.date}", "date"), span(f" by {reading.date_source}", "quiet")),
            (span(f"{lines} of {reading.total_lines:,}", "quiet"),),
        ),
        _BETWEEN,
    )
    path = span(reading.path).text
    name = span(reading.title or reading.path).text
    heads: list[tuple[Span, ...]] = []
    if name not in {path, path.rpartition("/")[2]}:
        heads.append(clip((span(name, "title"),), width))
    heads.append((span(clip_middle(path, width), "quiet" if heads else "title"),))
    heads.append(clip(about, width))
    if shown.duplicates:
        names = ", ".join(copy.label for copy in shown.duplicates[:3])
        heads.append(clip((span("also in ", "note"), span(names, "quiet")), width))
    return heads


def paint_reading(shown: Passage, width: int) -> Page:
    """The lines, wrapped; `first_cited_row` finds the first cited one among them."""
    reading = shown.reading
    digits = max((len(str(number)) for number, _ in reading.lines), default=1)
    lines: list[Line] = []
    for number, text in reading.lines:
        is_cited = reading.cited[0] <= number <= reading.cited[1]
        lead = Span(str(number).rjust(digits), "cited-number" if is_cited else "faint")
        bar = Span(CITED_BAR if is_cited else PLAIN_BAR, "cited-bar" if is_cited else "faint")
        for row in _rows(text, shown.quote if is_cited else "", is_cited, width - digits - 3):
            lines.append(Line((lead, bar, *row)))
            lead = Span(" " * digits)
    return Page(lines=lines)


def cited_rows(page: Page) -> range:
    """The rows of the page that are cited."""
    cited = [
        row
        for row, line in enumerate(page.lines)
        if len(line.spans) > 1 and line.spans[1].text == CITED_BAR
    ]
    return range(cited[0], cited[-1] + 1) if cited else range(0)


def _rows(text: str, quote: str, is_cited: bool, width: int) -> Sequence[tuple[Span, ...]]:
    shown = _window(span(text).text, quote, width)
    if not is_cited or _CUE_TIMES.match(shown):
        return wrap((Span(shown, "context"),), width)
    before, quoted, after = _parts(shown, quote)
    marked = tuple(
        part for part in (Span(before, "cited"), Span(quoted, "quoted"), Span(after, "cited"))
        if part.text
    )  # fmt: skip
    return wrap(marked or (Span(""),), width)


def _window(text: str, quote: str, width: int) -> str:
    """A part of a very long line, around the quote where there is one."""
    room = max(width, 20) * _MAX_ROWS
    if len(text) <= room:
        return text
    words = " ".join(span(quote).text.split())
    start = max(0, max(text.find(words), text.find(words[:40])) - room // 3) if words else 0
    cut = text[start : start + room]
    return ("… " if start else "") + clip_text(cut, room) + " …"


def _parts(text: str, quote: str) -> tuple[str, str, str]:
    found = _find(text, quote)
    if found is None:
        return text, "", ""
    return text[: found[0]], text[found[0] : found[1]], text[found[1] :]


def _find(text: str, quote: str) -> tuple[int, int] | None:
    """Where in a line the longest run of the quote's words stands.

    A quote may run over several lines with markup between them, so a line holds a part of it.
    """
    quoted = _WORD.findall(quote)
    found = list(_WORD.finditer(text))
    spoken = [match.group() for match in found]
    run = SequenceMatcher(None, spoken, quoted, autojunk=False).find_longest_match()
    if run.size < min(_SHORTEST_RUN, len(quoted)) or not run.size:
        return None
    start, end = found[run.a].start(), found[run.a + run.size - 1].end()
    while end < len(text) and not text[end].isspace() and text[end] != "<":
        end += 1
    return start, end
