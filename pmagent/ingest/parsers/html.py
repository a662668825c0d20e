"""Web pages: the text a reader sees, each word on its source line.

Scanned from tag to tag rather than built into a tree, so that a page that never closes a tag, or
opens a million of them, is read in one pass all the same.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from pmagent.ingest.parsers import Fit, Source
from pmagent.ingest.parsers._draft import Draft, Headings
from pmagent.types import Parsed

_OPENING = re.compile(
    r"\s*(?:<!--.{0,500}?-->\s*|<\?xml[^>]{0,200}\?>\s*){0,3}<(?:!doctype html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
_MARKUP = re.compile(r"<(?=/?[A-Za-z]|[!?])")
"""Any other `<` is text."""
_TAG = re.compile(r"</?(?P<name>[A-Za-z][A-Za-z0-9:-]{0,40})")
_HIDDEN = frozenset({"script", "style", "template", "svg", "iframe", "noscript", "select"})
"""Elements whose content is not running text."""
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "button", "caption", "center",
    "dd", "details", "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup",
    "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "option", "p", "pre",
    "section", "summary", "table", "tbody", "tfoot", "thead", "title", "tr", "ul",
})  # fmt: skip
_CELLS = frozenset({"td", "th"})
_SPACES = frozenset({"br", "td", "th", "img", "input", "wbr"})
_LEVELS = {f"h{level}": level for level in range(1, 7)}
_MOST_QUOTED_ENDS = 8
"""A tag with a `>` in more quoted values than this has lost a quote."""


class _Html:
    suffixes = frozenset({".html", ".htm", ".xhtml", ".txt", ""})

    def fit(self, source: Source) -> Fit:
        """A page says so at its top; with the name, any tag will do."""
        if _OPENING.match(source.text[:4000]):
            return Fit.CONTENT
        is_named = source.suffix in {".html", ".htm", ".xhtml"}
        return Fit.NAME if is_named and source.text else Fit.NO

    def parse(self, source: Source) -> Parsed:
        """One block an element that stands by itself."""
        page = _Page()
        for line, name, is_end, words in _pieces(source.text):
            page.text(line, words)
            page.tag(name, is_end=is_end)
        page.tag("body", is_end=True)
        return Parsed(
            blocks=tuple(page.draft.blocks),
            format="html",
            title=page.title or page.first_heading,
            warnings=source.decoded.warnings,
        )


def _pieces(text: str) -> Iterator[tuple[int, str, bool, str]]:
    """Each run of text with its line, and the tag behind it: (line, tag, whether it ends, text)."""
    at = 0
    line = 1
    lowered = text.lower()
    # Folding may change lengths beyond ASCII; then names are compared as they are written.
    lowered = lowered if len(lowered) == len(text) else text
    while at < len(text):
        found = _MARKUP.search(text, at)
        start = found.start() if found else len(text)
        end, name, is_end = _markup(text, start)
        yield line, name, is_end, text[at:start]
        if name in _HIDDEN and not is_end:
            closing = lowered.find(f"</{name}", end)
            end = len(text) if closing < 0 else closing
        line += text.count("\n", at, end)
        at = end


def _markup(text: str, start: int) -> tuple[int, str, bool]:
    """Where the markup at `start` ends, the tag's name (empty for other markup), if it closes."""
    tag = _TAG.match(text, start)
    if tag is not None:
        return _tag_end(text, tag.end()), tag["name"].lower(), text.startswith("</", start)
    closer = "-->" if text.startswith("<!--", start) else ">"
    end = text.find(closer, start + len(closer) + 1)
    return (len(text) if end < 0 else end + len(closer)), "", False


def _tag_end(text: str, at: int) -> int:
    """Behind the `>` that ends a tag: the first that is not inside a quoted value."""
    first = end = text.find(">", at)
    for _ in range(_MOST_QUOTED_ENDS):
        if end < 0:
            break
        inside = text[at:end]
        if not _is_in_quotes(inside):
            return end + 1
        end = text.find(">", end + 1)
    return len(text) if first < 0 else first + 1


def _is_in_quotes(attributes: str) -> bool:
    quote = ""
    for mark in re.findall("[\"']", attributes):
        if not quote:
            quote = mark
        elif quote == mark:
            quote = ""
    return bool(quote)


class _Page:
    """Puts a page's text into blocks."""

    def __init__(self) -> None:
        self.draft = Draft()
        self.title = ""
        self.first_heading = ""
        self._headings = Headings()
        self._level = 0
        self._in_title = False
        self._lines: dict[int, list[str]] = {}

    def text(self, line: int, words: str) -> None:
        """A run of text that begins on source line `line`."""
        for number, part in enumerate(words.split("\n") if words else (), line):
            shown = html.unescape(part) if "&" in part else part
            if shown:
                self._lines.setdefault(number, []).append(shown)

    def tag(self, name: str, *, is_end: bool) -> None:
        """The tag behind the text."""
        if name in _BLOCKS:
            self._end_block()
            self._level = 0 if is_end else _LEVELS.get(name, 0)
            self._in_title = name == "title" and not is_end
        elif self._lines and name in _SPACES:
            last = next(reversed(self._lines.values()))
            last.append(" | " if name in _CELLS and not is_end else " ")

    def _end_block(self) -> None:
        found = {number: " ".join("".join(parts).split()) for number, parts in self._lines.items()}
        self._lines = {}
        words = " ".join(filter(None, found.values()))
        if self._in_title:
            self.title = self.title or words
            return
        if self._level and words:
            self.draft.heading = self._headings.put(self._level, words)
            self.first_heading = self.first_heading or words
        for number, part in found.items():
            if part:
                self.draft.add(number, part)
        self.draft.close()


PARSER = _Html()
