"""A fact-check as lines: the heading with its gate, and the claims, each with its verdict in words.

Colour only repeats what the word and the glyph say.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from pmagent.nlp.counted import counted
from pmagent.tui.paint.lines import (
    Page,
    PageBuilder,
    Span,
    clip,
    clip_middle,
    clip_text,
    join,
    pad_text,
    span,
    spread,
    width_of,
    wrap,
)
from pmagent.types.checking import CheckReport, Claim, Leave, Verdict, VerdictWord

Filter = Literal["all", "blocking", "contradicted", "not_found", "needs_person", "supported"]
FILTERS: tuple[Filter, ...] = (
    "all", "blocking", "contradicted", "not_found", "needs_person", "supported",
)  # fmt: skip
WORDS: dict[VerdictWord, tuple[str, str, str]] = {
    "supported": ("✓", "supported", "ok"),
    "contradicted": ("×", "contradicted", "error"),
    "not_found": ("?", "not found", "warn"),
    "needs_person": ("!", "needs you", "warn"),
}
"""Glyph, word and style of each verdict."""
_WORD_WIDTH = 14
_BETWEEN = Span(" · ", "faint")
_TWO_ROWS = 30
"""Rows of a screen from which a claim has two lines in the list."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What has become of a report's claims since, by their numbers from 0."""

    kept: Collection[int] = ()
    """A person lets them stand."""
    fixed: Collection[int] = ()
    """Their correction was put in."""
    blocking: Collection[int] = ()
    """They hold the draft back."""
    is_partial: bool = False
    """Whether the check was stopped before its end."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Which claims the list shows, and how high it is."""

    filter: Filter = "all"
    has_aside: bool = False
    """Whether also what was set aside."""
    rows: int = 2
    """Lines a claim may take."""


def rows_for(height: int) -> int:
    """Lines of a claim in the list of a screen so many rows high."""
    return 2 if height >= _TWO_ROWS else 1


def blocking_numbers(report: CheckReport, leave: Leave) -> frozenset[int]:
    """Which of a report's claims hold its draft back."""
    held = set(map(id, leave.blocking))
    return frozenset(
        number
        for number, verdict in enumerate(report.verdicts)
        if id(verdict) in held or verdict in leave.blocking
    )


def paint_check_heading(
    report: CheckReport, leave: Leave, standing: Standing, shown: Shown, width: int
) -> list[tuple[Span, ...]]:
    """The draft and what was searched; how many of each verdict; whether it may leave."""
    within = f" of {', '.join(report.sources)}" if report.sources else ""
    searched = clip_middle(f"{counted(report.searched, 'document')}{within}", width // 2)
    took = f" searched in {report.elapsed_ms / 1000:.1f} s" if report.elapsed_ms else " searched"
    about = (span(f"{searched}{took}", "quiet"),)
    path = clip_middle(span(report.path or "text").text, max(width - width_of(about) - 9, 12))
    counts = [_count(report, word, width) for word in WORDS if report.count(word)]
    if report.set_aside:
        counts.append((span(f"{len(report.set_aside)} set aside", "quiet"),))
    kept = len(standing.kept)
    if kept:
        counts.append((span(f"{kept} kept by you", "note"),))
    none = (span("nothing in it can be checked", "quiet"),)
    lines = [
        spread((span("Check  ", "quiet"), span(path, "title")), about, width),
        clip(join(counts, Span("  ")) or none, width),
        _gate(leave, standing, shown, width),
    ]
    lines.extend(clip((span(f"! {note}", "warn"),), width) for note in report.notes[:1])
    return lines


def paint_claims(report: CheckReport, standing: Standing, shown: Shown, width: int) -> Page:
    """The claims that the filter lets through, as items of their numbers; then what is set aside.

    A claim that is set aside is an item of its own, as `Claim`.
    """
    builder = PageBuilder()
    numbers = [
        number
        for number, verdict in enumerate(report.verdicts)
        if _fits(verdict, number, standing, shown.filter)
    ]
    for number in numbers:
        builder.add_item(number, _claim(report.verdicts[number], number, standing, shown, width))
    if not numbers:
        builder.add(span(_nothing(report, shown), "quiet"))
    if shown.has_aside:
        builder.add()
        builder.add(span("Set aside: no claim that can be checked", "title"))
        for claim in report.set_aside:
            builder.add_item(claim, [_aside(claim, width)])
    return builder.page()


def verdict_words(verdict: Verdict, number: int, standing: Standing) -> tuple[str, str, str]:
    """Glyph, word and style, as they stand now."""
    if number in standing.fixed:
        return "✓", "fixed", "note"
    if number in standing.kept:
        return "=", "kept by you", "note"
    return WORDS[verdict.word]


def marked(text: str, places: Collection[tuple[int, int]], style: str, mark: str) -> list[Span]:
    """`text` in a style, with the characters of each place in the style `mark`."""
    spans: list[Span] = []
    done = 0
    for start, end in sorted(places):
        start, end = max(start, done), min(end, len(text))
        if start >= end:
            continue
        spans.extend((span(text[done:start], style), span(text[start:end], mark)))
        done = end
    spans.append(span(text[done:], style))
    return [part for part in spans if part.text]


def said_places(verdict: Verdict) -> list[tuple[int, int]]:
    """Where in a claim it says what its evidence puts otherwise."""
    if verdict.word == "not_found":
        # What is nearest is about something else: to differ from it means nothing.
        return []
    return [
        (difference.start, difference.end)
        for difference in verdict.differences
        if difference.end > difference.start
    ]


def _claim(
    verdict: Verdict, number: int, standing: Standing, shown: Shown, width: int
) -> list[tuple[Span, ...]]:
    glyph, word, style = verdict_words(verdict, number, standing)
    claim = verdict.claim
    place = span(f"L{claim.first_line}", "quiet")
    head = (span(f"{glyph} ", style), span(pad_text(word, _WORD_WIDTH), style))
    is_open = number in standing.blocking
    words = marked(claim.text, said_places(verdict), "" if is_open else "quiet", "said")
    if shown.rows == 1:
        room = max(width - 2 - _WORD_WIDTH - width_of((place,)) - 2, 8)
        return [spread((*head, *clip(words, room)), (place,), width)]
    rows = wrap(words, width - 2)
    text = clip((*rows[0], span("…", "quiet")), width - 2) if len(rows) > 1 else rows[0]
    weak = (span("look at it", "warn"), span("  ")) if verdict.is_weak and is_open else ()
    return [spread(head, (*weak, place), width), (Span("  "), *text)]


def _aside(claim: Claim, width: int) -> tuple[Span, ...]:
    place = span(f"L{claim.first_line}", "quiet")
    head = span(pad_text(f"– {claim.kind}", _WORD_WIDTH + 2), "quiet")
    room = max(width - _WORD_WIDTH - width_of((place,)) - 4, 8)
    return spread((head, span(clip_text(span(claim.text).text, room), "quiet")), (place,), width)


def _fits(verdict: Verdict, number: int, standing: Standing, wanted: Filter) -> bool:
    if wanted == "all":
        return True
    if wanted == "blocking":
        return number in standing.blocking
    return verdict.word == wanted


def _nothing(report: CheckReport, shown: Shown) -> str:
    if not report.verdicts:
        return "It makes no claim that can be checked."
    if shown.filter == "blocking":
        return "Nothing holds it back."
    return f"No claim is {filter_words(shown.filter)}."


def filter_words(wanted: Filter) -> str:
    """A filter as a person reads it."""
    return {"all": "all", "blocking": "blocking"}.get(wanted) or WORDS[wanted][1]  # pyright: ignore[reportArgumentType]


def _count(report: CheckReport, word: VerdictWord, width: int) -> tuple[Span, ...]:
    glyph, name, style = WORDS[word]
    short = name if width >= _WORD_WIDTH * 5 else name.partition(" ")[0]
    return (span(f"{glyph} {report.count(word)}", style), span(f" {short}"))


def _gate(leave: Leave, standing: Standing, shown: Shown, width: int) -> tuple[Span, ...]:
    is_all = shown.filter == "all"
    right = () if is_all else (span(f"showing {filter_words(shown.filter)}", "note"),)
    room = width - width_of(right) - 2
    return spread(clip(_gate_words(leave, standing), room), right, width)


def _gate_words(leave: Leave, standing: Standing) -> tuple[Span, ...]:
    again = (span("R", "key"), span(" checks again", "quiet"))
    number = len(standing.blocking)
    if number:
        held = (span(f"× held back by {counted(number, 'claim')}", "error"),)
        since = (span("  changed since: ", "quiet"), *again) if standing.fixed else ()
        return (*held, *since)
    if standing.is_partial:
        return (span("? only a part was checked: ", "warn"), *again)
    if standing.fixed:
        return (span("? changed since it was checked: ", "warn"), *again)
    if leave.is_free:
        return (span("✓ may leave", "ok"),)
    return (span(f"× held back: {leave.reasons[0]}", "error"),)
