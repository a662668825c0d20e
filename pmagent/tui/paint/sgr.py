"""What a person's own program prints, with its colours in the theme's; every other escape goes."""

from __future__ import annotations

import re

from pmagent.tui.paint.lines import Span, clip, span

MAX_LINES = 3
_SGR = re.compile(r"\x1b\[([0-9;]{0,40})m")
_STYLES = {
    1: "strong", 2: "quiet", 3: "em", 31: "error", 32: "ok", 33: "warn", 34: "note", 35: "cite",
    36: "note", 37: "quiet", 90: "faint", 91: "error", 92: "ok", 93: "warn", 94: "note",
    95: "cite", 96: "note", 97: "strong",
}  # fmt: skip
_ENDS = frozenset({0, 22, 23, 39})


def paint_printed(text: str, width: int, padding: int = 0) -> list[tuple[Span, ...]]:
    """The first lines of it, each cut to the width."""
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")[:MAX_LINES]
    edge = (Span(" " * padding),) if padding else ()
    return [clip((*edge, *_spans(line)), width) for line in lines]


def _spans(line: str) -> list[Span]:
    spans: list[Span] = []
    style = ""
    # Odd pieces are the numbers of a colour, even ones what stands between.
    for place, piece in enumerate(_SGR.split(line)):
        if place % 2:
            style = _style(piece, style)
        elif shown := span(piece, style):
            spans.extend((shown,) if shown.text else ())
    return spans


def _style(numbers: str, style: str) -> str:
    codes = [int(code) for code in numbers.split(";") if code.isdigit()] or [0]
    if codes[0] in {38, 48}:
        # Exact colours are the theme's to choose.
        return style
    for code in codes:
        if code in _ENDS:
            style = ""
        elif code in _STYLES:
            style = _STYLES[code]
    return style
