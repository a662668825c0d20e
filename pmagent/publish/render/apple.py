"""The description of an episode as Apple Podcasts and Spotify show it: plain, and in four tags.

Apple keeps paragraphs, lists and links of it, and 4,000 bytes. What does not fit is left out from
the end, whole lines at a time, and said.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from pmagent.nlp.counted import counted
from pmagent.publish.render._escape import plain, web_address
from pmagent.publish.render._format import Format, Rendering
from pmagent.publish.render._limits import APPLE_DESCRIPTION_BYTES, byte_count
from pmagent.publish.render._times import clock, marks_of, untitled
from pmagent.publish.render.html import html_problems
from pmagent.types.publishing import Kit

TAGS = frozenset({"a", "li", "ol", "p", "ul"})
_FEWEST = 2
"""A part of which fewer lines fit is left out whole: one chapter is no list of chapters."""


@dataclass(frozen=True, kw_only=True)
class _Row:
    text: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class _Part:
    """Lines that belong together."""

    name: str
    """As it is counted: `chapter`."""
    heading: str
    rows: tuple[_Row, ...]
    is_list: bool = False
    """False for lines that stand as they are, so that players find the times in them."""


@dataclass(frozen=True, kw_only=True)
class _Style:
    """How a part is written."""

    write: Callable[[_Part], str]
    between: str
    end: str


def plain_problems(text: str) -> tuple[str, ...]:
    """Whether it is too long, or empty."""
    return _size_problems(text)


def limited_problems(text: str) -> tuple[str, ...]:
    """The same, and whether it holds what Apple drops."""
    return (*_size_problems(text), *(html_problems(text, tags=TAGS) if text.strip() else ()))


def _size_problems(text: str) -> tuple[str, ...]:
    if not text.strip():
        return ("there is nothing in it",)
    size = byte_count(text)
    if size > APPLE_DESCRIPTION_BYTES:
        return (f"{size:,} bytes, and Apple takes {APPLE_DESCRIPTION_BYTES:,}",)
    return ()


def _make(kit: Kit, style: _Style) -> Rendering:
    marks = marks_of(kit)
    remarks = list(marks.remarks)
    written = ""
    for part in _parts(kit):
        fitted = _fitted(part, written, style)
        if len(fitted.rows) < len(part.rows):
            remarks.append(_left_out(part, len(fitted.rows)))
        if fitted.rows:
            written += (style.between if written else "") + style.write(fitted)
    if not written:
        return Rendering(text="", remarks=("the kit is empty: there is nothing to describe",))
    text = written + style.end
    if kit.quotes:
        remarks.append("the quotes are left out: Apple shows them as more of the text")
    if marks.marks:
        remarks += untitled(kit)
    remarks.append(f"{byte_count(text):,} of {APPLE_DESCRIPTION_BYTES:,} bytes")
    return Rendering(text=text, remarks=tuple(remarks))


def _parts(kit: Kit) -> Sequence[_Part]:
    """What listeners look for, most wanted first."""
    long = plain(kit.description.long) or plain(kit.description.short)
    lines = [plain(line.text) for line in kit.description.lines]
    # Sentence by sentence where it is made of them, so that it is cut between two.
    told = lines if " ".join(lines) == long else [long]
    chapters = tuple(
        _Row(text=f"({clock(mark.start_ms)}) {mark.title}") for mark in marks_of(kit).marks
    )
    links = tuple(
        _Row(text=plain(mention.text), url=web_address(mention.url)) for mention in kit.mentions
    )
    notes = tuple(_Row(text=plain(line.text)) for line in kit.notes)
    parts = (
        _Part(name="sentence", heading="", rows=tuple(_Row(text=one) for one in told if one)),
        _Part(name="chapter", heading="Chapters", rows=chapters),
        _Part(
            name="link", heading="Links", rows=tuple(row for row in links if row.url), is_list=True
        ),
        _Part(name="note", heading="In this episode", rows=notes, is_list=True),
    )
    return tuple(part for part in parts if part.rows)


def _fitted(part: _Part, above: str, style: _Style) -> _Part:
    """The part with as many of its first rows as fit below `above`."""
    room = APPLE_DESCRIPTION_BYTES - byte_count(above) - byte_count(style.between + style.end)
    least, most = 0, len(part.rows)
    while least < most:
        middle = (least + most + 1) // 2
        if byte_count(style.write(_first(part, middle))) <= room:
            least = middle
        else:
            most = middle - 1
    is_too_few = least < min(len(part.rows), _FEWEST if part.heading else 1)
    return _first(part, 0 if is_too_few else least)


def _first(part: _Part, count: int) -> _Part:
    return _Part(name=part.name, heading=part.heading, rows=part.rows[:count], is_list=part.is_list)


def _left_out(part: _Part, kept: int) -> str:
    total = len(part.rows)
    if kept:
        return f"{kept} of {counted(total, part.name)} fit"
    if total == 1:
        return f"the {part.name} is too long to fit, and left out"
    return f"none of {counted(total, part.name)} fits"


def _plain_part(part: _Part) -> str:
    lead = "- " if part.is_list else ""
    rows = [f"{lead}{row.text}{f': {row.url}' if row.url else ''}" for row in part.rows]
    if not part.heading:
        return " ".join(rows)
    return "\n".join([f"{part.heading}:", *rows])


def _limited_part(part: _Part) -> str:
    rows = [_limited_row(row) for row in part.rows]
    if not part.heading:
        return f"<p>{' '.join(rows)}</p>"
    tag = "li" if part.is_list else "p"
    inner = "".join(f"<{tag}>{row}</{tag}>" for row in rows)
    return f"<p>{part.heading}:</p>{f'<ul>{inner}</ul>' if part.is_list else inner}"


def _limited_row(row: _Row) -> str:
    # A quotation mark needs no entity in text, and the sanitiser writes it so.
    text = html.escape(row.text, quote=False)
    if not row.url:
        return text
    return f'<a href="{html.escape(row.url)}" rel="noopener noreferrer">{text}</a>'


_AS_TEXT = _Style(write=_plain_part, between="\n\n", end="\n")
_AS_HTML = _Style(write=_limited_part, between="\n", end="\n")

PLAIN = Format(
    name="apple",
    about="the description for Apple Podcasts and Spotify, plain",
    file_name="apple.txt",
    media_type="text/plain",
    make=partial(_make, style=_AS_TEXT),
    check=plain_problems,
)
LIMITED = Format(
    name="apple-html",
    about="the same with paragraphs, lists and links",
    file_name="apple.html",
    media_type="text/html",
    make=partial(_make, style=_AS_HTML),
    check=limited_problems,
)
FORMATS = (PLAIN, LIMITED)
