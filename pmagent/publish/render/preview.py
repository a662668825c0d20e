"""The post as one local page to look at: no script, nothing fetched, light and dark.

Beside it stand the chapters and how much of each target's room the post takes.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pmagent.nlp.counted import counted
from pmagent.publish.render import apple, ghost, youtube
from pmagent.publish.render._escape import plain
from pmagent.publish.render._format import Format, Rendering
from pmagent.publish.render._limits import (
    APPLE_DESCRIPTION_BYTES,
    GHOST_EXCERPT_CHARS,
    TITLE_CHARS,
    YOUTUBE_DESCRIPTION_CHARS,
    YOUTUBE_TITLE_CHARS,
    byte_count,
)
from pmagent.publish.render._preview_style import STYLE
from pmagent.publish.render._times import Mark, clock, marks_of
from pmagent.publish.render.html import TAGS, to_html
from pmagent.publish.render.post import post_page, title_of
from pmagent.types.publishing import Kit

_WORDS_A_MINUTE = 230
"""Silent reading of plain prose (Brysbaert 2019: 238)."""
_JOINER = "&#8288;"
_STRIP_WIDTH = 1000
_OVER = ' class="over"'
_ACTIVE = re.compile(
    r"(?i)<(?:script|iframe|object|embed|form|link|base|img|svg[^>]*\son)|\son\w+\s*="
)


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much of a target's room is taken."""

    target: str
    size: int
    most: int
    unit: str

    @property
    def fits(self) -> bool:
        """Whether it goes in whole."""
        return self.size <= self.most


def sizes(kit: Kit) -> tuple[Size, ...]:
    """What the parts of the kit take of the room that each target has."""
    title = len(title_of(kit))
    told = plain(kit.description.short) or plain(kit.description.long)
    return (
        Size(target="Title in lists", size=title, most=TITLE_CHARS, unit="characters"),
        Size(target="YouTube title", size=title, most=YOUTUBE_TITLE_CHARS, unit="characters"),
        Size(target="Ghost excerpt", size=len(told), most=GHOST_EXCERPT_CHARS, unit="characters"),
        Size(
            target="YouTube chapters",
            size=len(youtube.YOUTUBE.render(kit)),
            most=YOUTUBE_DESCRIPTION_CHARS,
            unit="characters",
        ),
        *(
            Size(
                target=name,
                size=byte_count(one.render(kit)),
                most=APPLE_DESCRIPTION_BYTES,
                unit="bytes",
            )
            for name, one in zip(("Apple, plain", "Apple, HTML"), apple.FORMATS, strict=True)
        ),
    )


def preview_page(kit: Kit, *, markdown: str | None = None) -> str:
    """The whole page. `markdown` is the post as a person has edited it; without, as drafted."""
    page = post_page(kit) if markdown is None else markdown
    # A joiner keeps a number on the line of its sentence.
    article = to_html(page, tags=TAGS - {"img"}).replace("<sup>", f"{_JOINER}<sup>")
    policy = (
        f"default-src 'none'; style-src 'sha256-{_digest(STYLE)}'; base-uri 'none'; "
        "form-action 'none'"
    )
    rows = [
        "<!doctype html>",
        '<html lang="">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>Preview: {_text(title_of(kit))}</title>",
        f"<style>{STYLE}</style>",
        "</head>",
        "<body>",
        _banner(kit, article),
        _strip(kit),
        f'<main><article dir="auto">\n{article}</article>\n<aside>',
        _chapters(kit),
        _room(kit),
        _remarks(kit),
        "</aside></main>",
        "</body>",
        "</html>",
    ]
    return "\n".join(row for row in rows if row) + "\n"


def preview_problems(text: str) -> tuple[str, ...]:
    """What a page that is opened from disk must not hold, or lacks."""
    problems: list[str] = []
    if _ACTIVE.search(re.sub(r">[^<]*<", "><", text)):
        problems.append("it holds something that runs or is fetched")
    if f"'sha256-{_digest(STYLE)}'" not in text or "default-src 'none'" not in text:
        problems.append("it does not forbid what it does not bring along")
    return tuple(problems)


def _banner(kit: Kit, article: str) -> str:
    words = len(re.sub(r"<[^>]+>", " ", article).split())
    told = [counted(words, "word"), f"{max(1, round(words / _WORDS_A_MINUTE))} min to read"]
    if kit.chapters:
        told.append(counted(len(kit.chapters), "chapter"))
    if kit.transcript.end_ms is not None:
        told.append(f"{clock(kit.transcript.end_ms)} to hear")
    made = f"from <bdi>{_text(kit.transcript.document.path)}</bdi>"
    if kit.made_by != "offline":
        made += f" · worded by {_text(kit.made_by)}"
    return (
        '<header><p class="badge">Preview</p>'
        f"<p>{' · '.join(told)}</p>"
        f'<p class="path">{made}</p></header>'
    )


def _strip(kit: Kit) -> str:
    """The chapters as a band, each as wide as it is long; empty where their length is unknown."""
    marks = marks_of(kit).marks
    end_ms = kit.transcript.end_ms
    if len(marks) < 2 or end_ms is None or end_ms <= marks[-1].start_ms:
        return ""
    ends = [mark.start_ms for mark in marks[1:]] + [end_ms]
    bands = [
        _band(mark, end, number, end_ms)
        for number, (mark, end) in enumerate(zip(marks, ends, strict=True))
    ]
    return (
        f'<svg class="strip" viewBox="0 0 {_STRIP_WIDTH} 10" preserveAspectRatio="none" role="img" '
        f'aria-label="{counted(len(marks), "chapter")}">{"".join(bands)}</svg>'
    )


def _band(mark: Mark, until_ms: int, number: int, end_ms: int) -> str:
    left = _STRIP_WIDTH * mark.start_ms / end_ms
    width = max(_STRIP_WIDTH * (until_ms - mark.start_ms) / end_ms - 2, 0.5)
    told = f"{clock(mark.start_ms)} {_text(mark.title)}"
    return (
        f'<rect class="band{number % 2}" x="{left:.1f}" y="0" width="{width:.1f}" height="10">'
        f"<title>{told}</title></rect>"
    )


def _chapters(kit: Kit) -> str:
    if not kit.chapters:
        return _card("Chapters", "<p>None is marked.</p>")
    rows = [
        f"<li>{_time(chapter.start_ms, is_estimate=chapter.is_interpolated)}"
        f"<bdi>{_text(chapter.title) or 'Untitled'}</bdi></li>"
        for chapter in kit.chapters
    ]
    return _card("Chapters", f'<ol class="chapters">{"".join(rows)}</ol>')


def _time(start_ms: int | None, *, is_estimate: bool) -> str:
    if start_ms is None:
        return ""
    return f"<time>{'~' if is_estimate else ''}{clock(start_ms)}</time>"


def _room(kit: Kit) -> str:
    rows = [
        f"<li{'' if one.fits else _OVER}>"
        f'<span class="target">{one.target}</span> '
        f'<span class="count">{one.size:,} <i>of {one.most:,} {one.unit}</i></span>'
        f'<progress max="{one.most}" value="{min(one.size, one.most)}"></progress></li>'
        for one in sizes(kit)
    ]
    return _card("Will it fit", f'<ul class="room">{"".join(rows)}</ul>')


def _remarks(kit: Kit) -> str:
    remarks: Sequence[str] = tuple(
        dict.fromkeys((
            *kit.remarks,
            *kit.transcript.notes,
            *(one for fit in (ghost.GHOST, youtube.YOUTUBE) for one in fit.make(kit).remarks),
        ))
    )
    if not remarks:
        return ""
    rows = "".join(f"<li>{_text(remark[:1].upper() + remark[1:])}</li>" for remark in remarks)
    return _card("Before publishing", f'<ul class="remarks">{rows}</ul>')


def _card(heading: str, inner: str) -> str:
    return f"<section><h2>{heading}</h2>{inner}</section>"


def _text(text: str) -> str:
    return html.escape(plain(text))


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _make(kit: Kit) -> Rendering:
    return Rendering(text=preview_page(kit))


FORMATS = (
    Format(
        name="preview",
        about="the post as a local page to look at",
        file_name="preview.html",
        media_type="text/html",
        make=_make,
        check=preview_problems,
    ),
)
