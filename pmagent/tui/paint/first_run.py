"""The first screen of a folder that is no garden yet, as lines."""

from __future__ import annotations

from dataclasses import dataclass

from pmagent.tui.paint.lines import (
    Page,
    PageBuilder,
    join,
    pad_text,
    span,
    wrap,
)
from pmagent.tui.paint.lines import Span as LineSpan
from pmagent.tui.paint.said import MAX_TEXT_WIDTH
from pmagent.tui.ports import Survey

_FORMATS = "Markdown, text, WebVTT, SRT, HTML, docx and PDF with text in it"
_LEFT_OUT = "hidden files, links out of the folder, pictures, sound and keys are left out"
_COLUMN = 18
_BETWEEN = LineSpan(" · ", "faint")


@dataclass(frozen=True, kw_only=True)
class Prospect:
    """What is known before the first key is pressed."""

    folder: str
    index_dir: str
    sample_dir: str
    survey: Survey | None = None
    """None while it is still being counted."""
    problem: str = ""
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of the three things to do: `index`, `sample` or `quit`."""

    id: str


def paint_first_run(prospect: Prospect, width: int) -> Page:
    """What may be read, what is written and where, and what can be done now."""
    width = min(width, MAX_TEXT_WIDTH)
    builder = PageBuilder()
    builder.add_all(wrap((span("Ask your own archive: where have I said this before?", "title"),),
                         width))  # fmt: skip
    builder.add_all(
        wrap((span("No key and no network needed. Your files are read, never changed.", "quiet"),),
             width)
    )  # fmt: skip
    builder.add()
    if prospect.problem:
        builder.add_all(wrap((span(prospect.problem, "error"),), width))
        if prospect.hint:
            builder.add_all(wrap((span(prospect.hint, "quiet"),), width))
        builder.add()
    _add(builder, "This folder", prospect.folder, width, style="strong")
    _add(builder, "", _count_words(prospect.survey), width)
    _add(builder, "I read", f"{_FORMATS}, in this folder only; {_LEFT_OUT}", width)
    _add(builder, "I write", ".pmagent/settings.json in the folder", width)
    _add(builder, "The index lives", f"outside it: {span(prospect.index_dir).text}", width)
    builder.add()
    has_files = prospect.survey is None or bool(prospect.survey.kinds)
    choices = [
        ("index", "i", "Index this folder", "words in seconds, meaning in the background"),
        ("sample", "s", "Try the sample garden", f"an invented show, put in {prospect.sample_dir}"),
        ("quit", "q", "Quit", "nothing is written"),
    ]
    if not has_files:
        choices = [choices[1], choices[0], choices[2]]
    for identity, key, name, effect in choices:
        line = (
            span(pad_text(key, 3), "key"),
            span(pad_text(name, 23), "strong"),
            span(effect, "quiet"),
        )
        builder.add_item(Choice(id=identity), wrap(line, width, indent=26))
    builder.add()
    keys = (
        (span("↑ ↓", "key"), span(" choose", "quiet")),
        (span("Enter", "key"), span(" do it", "quiet")),
    )
    builder.add(*join(keys, LineSpan("   ")))
    return builder.page()


def _count_words(survey: Survey | None) -> str:
    if survey is None:
        return "counting…"
    if not survey.kinds:
        return "nothing here that I can read yet"
    words = " · ".join(f"{number:,} {kind}" for kind, number in survey.kinds[:6])
    more = "" if survey.is_complete else " and more"
    return f"{words}{more} · {_size(survey.total_bytes)}"


def _size(number: int) -> str:
    if number < 1_000_000:
        return f"{max(number // 1000, 1):,} kB"
    return f"{number / 1_000_000:,.0f} MB" if number < 10**9 else f"{number / 10**9:,.1f} GB"


def _add(builder: PageBuilder, name: str, words: str, width: int, style: str = "") -> None:
    spans = (span(pad_text(name, _COLUMN), "quiet"), span(words, style))
    builder.add_all(wrap(spans, width, indent=_COLUMN))
