"""Markdown as lines of spans: headings, lists, emphasis, code, tables, and cited places as numbers.

The parser turns no file name into a web link, and lets no HTML through: what it does not know is
shown as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from pmagent.tui.paint.exact import cut_lines
from pmagent.tui.paint.lines import Span, pad_text, rule, span, width_of, wrap
from pmagent.tui.paint.prose import Block

Row = tuple[Span, ...]
Number = Callable[[str], int]
"""The number that a cited place is shown by."""

CITED = re.compile(
    r"\[([^\[\]\n]{1,300}?\.\w{1,8}(?::\d{1,9}(?:-\d{1,9})?|#(?:\d+:)?\d+:\d\d| \d\d:\d\d:\d\d))\]"
)
_STYLES = {"strong_open": "strong", "em_open": "em", "s_open": "quiet", "link_open": "link"}
_MAX_DEPTH = 8
_NARROWEST = 12
_CODE_EDGE = Span("  ", "")


def paint_block(block: Block, width: int, number: Number) -> list[Row]:
    """The lines of one block."""
    if block.kind == "code":
        return paint_code(block.text, width)
    return _Painter(width, number).paint(_parser().parse(block.text))


def paint_code(text: str, width: int) -> list[Row]:
    """Code exactly as it is, cut where a line is full."""
    return [
        (_CODE_EDGE, span(piece, "code"))
        for line in text.expandtabs(4).split("\n")
        for piece in cut_lines(span(line).text, max(width - 2, _NARROWEST))
    ]


def place_of(cited: str) -> str:
    """`talk.vtt 00:12:44` as the reader takes it: `talk.vtt#00:12:44`."""
    path, _, last = cited.rpartition(" ")
    return f"{path}#{last}" if path and ":" in last else cited


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
    return parser.enable(["table", "strikethrough"]).disable(["html_block", "html_inline"])


class _Painter:
    """Walks the tokens of one block from first to last."""

    def __init__(self, width: int, number: Number) -> None:
        self._width = width
        self._number = number
        self._rows: list[Row] = []
        self._prefixes: list[tuple[Row, Row]] = []
        """For each open list item and quote: what stands before its first line, and its others."""
        self._counts: list[int | None] = []
        self._heading = ""
        self._needs_gap = False
        self._tight: list[bool] = []

    def paint(self, tokens: Sequence[Token]) -> list[Row]:
        position = 0
        while position < len(tokens):
            token = tokens[position]
            if token.type == "table_open":
                end = next(
                    at for at in range(position, len(tokens)) if tokens[at].type == "table_close"
                )
                self._table(tokens[position : end + 1])
                position = end
            else:
                self._token(token)
            position += 1
        return self._rows

    def _token(self, token: Token) -> None:
        match token.type:
            case "inline":
                self._paragraph(token)
            case "heading_open":
                self._heading = "title" if token.tag in {"h1", "h2"} else "strong"
            case "heading_close":
                self._heading = ""
            case "fence" | "code_block":
                self._gap()
                self._add(paint_code(token.content.rstrip("\n"), self._inner_width))
                self._needs_gap = True
            case "hr":
                self._gap()
                self._add([(rule(min(self._inner_width, 24)),)])
                self._needs_gap = True
            case "blockquote_open":
                edge = (Span("│ ", "faint"),)
                self._prefixes.append((edge, edge))
            case "blockquote_close":
                self._prefixes.pop()
                self._needs_gap = True
            case _:
                self._list_token(token)

    def _list_token(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open":
                self._counts.append(None)
            case "ordered_list_open":
                self._counts.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                self._counts.pop()
                self._needs_gap = not self._counts
            case "list_item_open":
                self._open_item()
            case "list_item_close":
                self._prefixes.pop()
            case "paragraph_open":
                self._tight.append(bool(token.hidden))
            case "paragraph_close":
                if self._tight and not self._tight.pop():
                    self._needs_gap = True
            case _:
                pass

    def _open_item(self) -> None:
        count = self._counts[-1]
        mark = "• " if count is None else f"{count}. "
        if count is not None:
            self._counts[-1] = count + 1
        mark = mark if len(self._prefixes) < _MAX_DEPTH else ""
        self._prefixes.append(((Span(mark, "quiet"),), (Span(" " * len(mark)),)))

    @property
    def _inner_width(self) -> int:
        taken = sum(width_of(rest) for _, rest in self._prefixes)
        return max(self._width - taken, _NARROWEST)

    def _paragraph(self, token: Token) -> None:
        self._gap()
        for line in self._inline(token.children or []):
            self._add(wrap(line, self._inner_width))
        self._needs_gap = self._needs_gap or bool(self._heading)

    def _gap(self) -> None:
        if self._needs_gap and self._rows:
            self._rows.append(())
        self._needs_gap = False

    def _add(self, rows: Sequence[Row]) -> None:
        for row in rows:
            before = [part for first, _ in self._prefixes for part in first]
            self._rows.append((*before, *row))
            # What opens an item stands at its first line alone.
            self._prefixes = [(rest, rest) for _, rest in self._prefixes]

    def _inline(self, children: Sequence[Token]) -> list[list[Span]]:
        """The lines of one paragraph before they are wrapped: a hard break begins another."""
        lines: list[list[Span]] = [[]]
        styles: list[str] = [self._heading]
        target = ""
        for child in children:
            match child.type:
                case "text":
                    lines[-1].extend(self._cited(child.content, styles[-1]))
                case "code_inline":
                    lines[-1].append(span(child.content, "code"))
                case "softbreak":
                    lines[-1].append(Span(" ", styles[-1]))
                case "hardbreak":
                    lines.append([])
                case "image":
                    lines[-1].append(span(f"[picture: {child.content}]", "quiet"))
                case "link_close":
                    styles.pop()
                    lines[-1].extend(_target(lines[-1], target))
                case kind if kind in _STYLES:
                    styles.append(_STYLES[kind] if styles[-1] != "strong" else "strong")
                    target = str(child.attrGet("href") or "") if kind == "link_open" else target
                case kind if kind.endswith("_close") and len(styles) > 1:
                    styles.pop()
                case _:
                    lines[-1].append(span(child.content, styles[-1]))
        return lines

    def _cited(self, text: str, style: str) -> list[Span]:
        spans: list[Span] = []
        at = 0
        for found in CITED.finditer(text):
            if found.start() > at:
                spans.append(span(text[at : found.start()], style))
            spans.append(span(f"[{self._number(place_of(found[1]))}]", "cite"))
            at = found.end()
        if at < len(text):
            spans.append(span(text[at:], style))
        return spans

    def _table(self, tokens: Sequence[Token]) -> None:
        rows: list[list[Row]] = []
        for token in tokens:
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline" and rows:
                rows[-1].append(tuple(self._inline(token.children or [])[0]))
        if not rows:
            return
        self._gap()
        columns = max(len(row) for row in rows)
        widths = [
            max(width_of(row[at]) if at < len(row) else 0 for row in rows) for at in range(columns)
        ]
        is_wide = sum(widths) + 3 * (columns - 1) <= self._inner_width
        self._add(_columns(rows, widths) if is_wide else self._records(rows))
        self._needs_gap = True

    def _records(self, rows: Sequence[Sequence[Row]]) -> list[Row]:
        """`Header: value`, a line for each cell, where the columns do not fit beside each other."""
        head, *body = rows
        lines: list[Row] = []
        for row in body:
            if lines:
                lines.append(())
            for at, cell in enumerate(row):
                name = "".join(part.text for part in head[at]) if at < len(head) else ""
                label = (span(f"{name}: ", "quiet"),) if name else ()
                lines.extend(wrap((*label, *cell), self._inner_width, indent=2))
        return lines or [tuple(part for cell in head for part in (*cell, Span("  ")))]


def _columns(rows: Sequence[Sequence[Row]], widths: Sequence[int]) -> list[Row]:
    lines: list[Row] = []
    for place, row in enumerate(rows):
        parts: list[Span] = []
        for at, width in enumerate(widths):
            cell = row[at] if at < len(row) else ()
            parts.extend(
                Span(text, style or ("strong" if place == 0 else "")) for text, style in cell
            )
            if at < len(widths) - 1:
                parts.append(Span(pad_text("", width - width_of(cell))))
                parts.append(Span(" │ ", "faint"))
        lines.append(tuple(parts))
        if place == 0:
            lines.append((Span("─┼─".join("─" * width for width in widths), "faint"),))
    return lines


def _target(line: Sequence[Span], target: str) -> list[Span]:
    """Where a link leads, in words: what is shown as its text may say anything."""
    words = "".join(part.text for part in line)
    if not target or words.endswith(target):
        return []
    return [span(f" ({target})", "quiet")]
