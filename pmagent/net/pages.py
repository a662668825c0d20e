"""A fetched page as Markdown to read, and as a marked block to hand to a model.

HTML is scanned once without building a tree, for its size, depth, title and bare text. Only a page
of ordinary size and depth then goes through trafilatura, whose time grows with both; all others,
and those in which it finds nothing, give their bare text. What is no text is refused. Whatever
comes out is others' words: data, which no marking makes an instruction.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, cast

import trafilatura

# lxml ships no types: the two names taken from it are given theirs below.
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType]

from pmagent.errors import FetchError
from pmagent.net.page import Page, page_text
from pmagent.safe_text import safe_text

MOST_CHARACTERS = 100_000
MOST_ELEMENTS = 12_000
"""Trafilatura takes up to 0.15 ms for each."""
DEEPEST = 100
LONGEST_TITLE = 300
_SCANNED_CHARACTERS = 1_000_000
_SCANNED_ELEMENTS = 200_000
_PIECE = 65_536

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_TEXT = frozenset({
    "text/plain", "text/markdown", "text/x-markdown", "text/csv", "application/json",
    "application/ld+json", "application/feed+json",
})  # fmt: skip
_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "dd", "details", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "li", "main",
    "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tr", "ul", *_HEADINGS,
})  # fmt: skip
_UNSEEN = frozenset({
    "head", "iframe", "math", "noscript", "object", "script", "style", "svg", "template", "title",
})  # fmt: skip
_ENDS_A_MARK = re.compile(r"<(?=\s{0,9}/?\s{0,9}untrusted)", re.IGNORECASE)


class _Parser(Protocol):
    def feed(self, data: bytes) -> None: ...
    def close(self) -> object: ...


_LxmlError = cast("type[Exception]", etree.LxmlError)
_HTMLParser = cast("Callable[..., _Parser]", etree.HTMLParser)
# What trafilatura and lxml raise on damaged pages.
_TROUBLE = (
    AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError, _LxmlError,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Article:
    """The readable part of a page."""

    title: str
    """One line; empty where the page names none."""
    text: str
    """Markdown, at most 100,000 characters; says at its end where more was left out."""
    links: int
    """How many links to other pages it holds. Their addresses are not part of the text."""


def to_markdown(page: Page) -> Article:
    """What there is to read on `page`.

    Raises:
        FetchError: it is of a kind that is not read here, or no text at all.
    """
    kind = page.media_type
    if kind and kind not in _HTML | _TEXT:
        raise FetchError(
            f'the page is of the type "{safe_text(kind)}", which is not read',
            "web pages, plain text, Markdown and JSON are read",
        )
    text = page_text(page)
    if "\0" in text:
        raise FetchError(
            "the page is not text", "web pages, plain text, Markdown and JSON are read"
        )
    if kind in _HTML or (not kind and text.lstrip()[:1] == "<"):
        return _from_html(text, was_cut=page.was_cut)
    return Article(title="", text=_capped(text.strip("\n"), was_cut=page.was_cut), links=0)


def wrap_untrusted(article: Article, url: str) -> str:
    """`article` in a block for a model, which nothing in it can close.

    The mark in both ends is made of the content and does not stand in it.
    """
    title, text = safe_text(article.title), safe_text(article.text, newlines=True)
    inner = "\n".join((f"address: {safe_text(url)}", f"title: {title}", "", text))
    inner = _ENDS_A_MARK.sub("‹", inner)
    mark = hashlib.sha256(inner.encode("utf-8")).hexdigest()[:32]
    while mark in inner:
        mark = hashlib.sha256(mark.encode("ascii")).hexdigest()[:32]
    return f'<untrusted mark="{mark}">\n{inner}\n</untrusted mark="{mark}">'


def _from_html(html: str, *, was_cut: bool) -> Article:
    outline = _outline(html)
    text = ""
    if outline.is_ordinary:
        text = _extracted(html)
    return Article(
        title=outline.title(),
        text=_capped(text or outline.text(), was_cut=was_cut),
        links=outline.links,
    )


def _extracted(html: str) -> str:
    # It tells of every damaged page on standard error, where a screen is being drawn.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        found = trafilatura.extract(
            html, output_format="markdown", include_comments=False, include_links=False,
            include_images=False, include_tables=True, fast=True,
        )  # fmt: skip
    except _TROUBLE:
        return ""
    return (found or "").strip()


def _outline(html: str) -> _Outline:
    outline = _Outline()
    # As bytes of a known encoding: what a page says of itself in its head is not asked again.
    parser = _HTMLParser(target=outline, encoding="utf-8")
    data = html.encode("utf-8", "replace")
    try:
        for start in range(0, len(data), _PIECE):
            parser.feed(data[start : start + _PIECE])
            if outline.is_full:
                break
        parser.close()
    except _LxmlError:
        pass  # what came before the damage counts
    return outline


class _Outline:
    """Takes a page as a stream of tags and text, in space bounded by what is kept of the text."""

    def __init__(self) -> None:
        self.elements = 0
        self.deepest = 0
        self.links = 0
        self._depth = 0
        self._unseen = 0
        self._in: dict[str, int] = {"title": 0, "h1": 0}
        self._named: dict[str, list[str]] = {"title": [], "h1": []}
        self._pieces: list[str] = []
        self._room = _SCANNED_CHARACTERS
        self._naming = 0
        self._line_ends = 2

    @property
    def is_full(self) -> bool:
        """Whether more of the page would not be kept."""
        return self._room <= 0 or self.elements > _SCANNED_ELEMENTS

    @property
    def is_ordinary(self) -> bool:
        """Whether the whole page was seen, and is no larger and deeper than people write them."""
        return not self.is_full and self.elements <= MOST_ELEMENTS and self.deepest <= DEEPEST

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A tag opens."""
        self.elements += 1
        self._depth += 1
        self.deepest = max(self.deepest, self._depth)
        if tag in self._in and (tag != "title" or self._unseen <= 1):
            self._in[tag] += 1
            self._naming += 1
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "a" and _is_link(attributes.get("href", "")):
            self.links += 1
        elif tag in _BLOCKS:
            self._break(tag)
            self._put(f"{_HEADINGS[tag]} " if tag in _HEADINGS else "- " if tag == "li" else "")
        elif tag in {"td", "th"}:
            self._put(" ")
        elif tag == "br":
            self._put("\n")

    def end(self, tag: str) -> None:
        """A tag closes."""
        self._depth -= 1
        if self._in.get(tag):
            self._in[tag] -= 1
            self._naming -= 1
        if tag in _UNSEEN:
            self._unseen -= 1
        elif tag in _BLOCKS:
            self._break(tag)

    def data(self, text: str) -> None:
        """Text between tags."""
        if self._naming:
            for tag, count in self._in.items():
                if count and len(self._named[tag]) < LONGEST_TITLE:
                    self._named[tag].append(text[:LONGEST_TITLE])
        if not self._unseen:
            self._put(text)

    def close(self) -> None:
        """The page ends."""

    def title(self) -> str:
        """The page's own name, else its first headings."""
        for tag in ("title", "h1"):
            if name := " ".join("".join(self._named[tag]).split()):
                return name[:LONGEST_TITLE]
        return ""

    def text(self) -> str:
        """The bare text, one line a block, an empty line between paragraphs."""
        lines: list[str] = []
        for line in "".join(self._pieces).split("\n"):
            words = " ".join(line.split())
            if words or (lines and lines[-1]):
                lines.append(words)
        return "\n".join(lines).strip()

    def _break(self, tag: str) -> None:
        wanted = 2 if tag in _HEADINGS or tag == "p" else 1
        self._put("\n" * (wanted - self._line_ends))
        self._line_ends = max(wanted, self._line_ends)

    def _put(self, text: str) -> None:
        if text and not self._unseen and self._room > 0:
            self._pieces.append(text[: self._room])
            self._room -= len(text)
            if not text.isspace():
                self._line_ends = 0


def _is_link(address: str) -> bool:
    scheme, colon, _ = address.strip().partition(":")
    return (
        bool(address)
        and not address.startswith("#")
        and (not colon or "/" in scheme or scheme.lower() in {"http", "https"})
    )


def _capped(text: str, *, was_cut: bool) -> str:
    note = "\n\n[The page goes on; only its beginning was read]" if was_cut else ""
    if len(text) + len(note) <= MOST_CHARACTERS:
        return text + note
    note = f"\n\n[The page goes on; {len(text):,} characters were read and the first are shown]"
    return text[: MOST_CHARACTERS - len(note)].rstrip() + note
