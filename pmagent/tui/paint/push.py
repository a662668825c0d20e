"""What a push would tell a board elsewhere, as lines: card by card, `there → here`; then what came.

Colour only repeats what signs and words say. Values are spelled out: they are what one decides on.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pmagent.nlp.counted import counted
from pmagent.tui.paint.diff import diff_lines, diff_of_text
from pmagent.tui.paint.exact import spelled
from pmagent.tui.paint.lines import (
    Page,
    PageBuilder,
    Span,
    clip,
    join,
    pad_text,
    span,
    spread,
    wrap,
)
from pmagent.tui.paint.ran import outcome_words
from pmagent.types.actions import Done
from pmagent.types.pushes import PushCard, PushDiff, Pushed, PushField, PushResult, PushState

Side = Literal["ours", "theirs"]
"""Which version of a card in conflict counts: this board's, or the other's."""
Sides = Mapping[str, Side]
"""By the card's id; one that is in none stays as it is in both places."""

_GROUPS: tuple[tuple[PushState, str, str, str], ...] = (
    ("conflict", "!", "Conflict", "changed in both places: h or t says which counts"),
    ("new", "+", "New", "made there"),
    ("changed", "~", "Changed", "there → here"),
    ("kept", "=", "Kept", "changed there only: it stays"),
    ("left", "·", "Left", "not sent"),
)
_STYLES = {"conflict": "warn", "new": "ok", "changed": "note", "kept": "quiet", "left": "quiet"}
_ENDS: tuple[tuple[str, str, str, str], ...] = (
    ("failed", "✗", "Failed", "error"),
    ("waiting", "…", "Waiting in the outbox", "warn"),
    ("sent", "✓", "Sent", "ok"),
)
_NAME_CELLS = 7
_SIDE_CELLS = 9
"""`as sent  ` before a version."""
_INDENT = 4
_NOTHING = "nothing"
_BETWEEN = Span(" · ", "faint")


@dataclass(frozen=True, kw_only=True)
class PushRow:
    """What can be under the bar: a card, or one version of a card in conflict."""

    card: PushCard
    side: Side | None = None
    is_head: bool = True
    """Whether it is the first of its card."""


def paint_push_diff(diff: PushDiff, sides: Sides, width: int) -> Page:
    """The cards by what becomes of them, those that want a word first; items are `PushRow`s."""
    builder = PageBuilder()
    for state, sign, title, about in _GROUPS:
        cards = [one for one in diff.cards if one.state == state]
        if not cards:
            continue
        _begin(builder)
        head = (span(title, "title"), span(f" {len(cards)}", "strong"))
        builder.add(*clip((*head, span(f"  {about}", "quiet")), width))
        for card in cards:
            _add_card(builder, card, sign, sides.get(card.card), width)
    if not diff.cards:
        builder.add(span("Both boards say the same: there is nothing to send.", "ok"))
    _add_notes(builder, diff.notes, width)
    return builder.page()


def paint_push_result(result: PushResult, diff: PushDiff, width: int) -> Page:
    """What became of each card, those that did not go first; items are `Pushed`."""
    builder = PageBuilder()
    if not isinstance(result.outcome, Done):
        for words, style in outcome_words(result.outcome):
            builder.add_all(wrap((span(words, style),), width))
        if not result.cards:
            builder.add(span("Nothing was sent.", "quiet"))
    for state, sign, title, style in _ENDS:
        cards = [one for one in result.cards if one.state == state]
        if cards:
            _begin(builder)
            builder.add(span(title, "title"), span(f" {len(cards)}", "strong"))
        for one in cards:
            builder.add_item(one, _end_lines(one, sign, style, width))
    titles = {one.card: one.title for one in diff.cards}
    if result.taken:
        _begin(builder)
        builder.add(span("Brought here", "title"), span(f" {len(result.taken)}", "strong"))
    for name in result.taken:
        words = (span("↓ ", "ok"), span(titles.get(name, name), "strong"))
        builder.add_all(wrap(words, width, 2))
    return builder.page()


def push_heading(
    diff: PushDiff | None, says: str, width: int, *, is_sent: bool
) -> list[tuple[Span, ...]]:
    """Which board, and what is in the way of a closer look."""
    right = (span(says, "note"),) if says else ()
    if diff is None:
        return [spread((span("Push", "title"),), right, width)]
    name = span(f"{'Pushed' if is_sent else 'Push'} to {diff.place.capitalize()}", "title")
    same = (span(f"{counted(diff.same, 'card')} the same", "quiet"),) if diff.same else ()
    return [
        spread((name, span(f"  {diff.title}", "strong")), right or same, width),
        clip((span(diff.target, "quiet"),), width),
    ]


def push_foot(diff: PushDiff, sides: Sides) -> tuple[Span, ...]:
    """What Enter does, in numbers."""
    states = [one.state for one in diff.cards]
    chosen = [sides.get(one.card) for one in diff.cards if one.state == "conflict"]
    sent = [
        (span(f"{number} {word}", style),)
        for number, word, style in (
            (states.count("new"), "new", "ok"),
            (states.count("changed"), "changed", "note"),
            (chosen.count("ours"), "as here", "note"),
        )
        if number
    ]
    parts: list[Sequence[Span]] = []
    if sent:
        parts.append((span("Enter sends ", "key"), *join(sent, Span(", "))))
    if taken := chosen.count("theirs"):
        word = "brings" if sent else "Enter brings"
        parts.append((span(f"{word} {taken} here", "note"),))
    if not parts:
        parts.append((span("nothing to send", "quiet"),))
    if still := chosen.count(None):
        verb = "waits" if still == 1 else "wait"
        parts.append((span(f"{counted(still, 'conflict')} {verb} for h or t", "warn"),))
    kept, left = states.count("kept"), states.count("left")
    if kept:
        parts.append((span(f"{kept} kept", "quiet"),))
    if left:
        parts.append((span(f"{left} left", "quiet"),))
    return join(parts, _BETWEEN)


def result_foot(result: PushResult) -> tuple[Span, ...]:
    """What came of it, in numbers."""
    states = [one.state for one in result.cards]
    parts = [
        (span(f"{number} {word}", style),)
        for number, word, style in (
            (states.count("sent"), "sent", "ok"),
            (states.count("waiting"), "waiting: F4 shows the outbox", "warn"),
            (states.count("failed"), "failed", "error"),
            (len(result.taken), "brought here", "ok"),
        )
        if number
    ]
    return join(parts or [(span("nothing was sent", "warn"),)], _BETWEEN)


def change_lines(name: str, there: str, here: str, width: int) -> list[tuple[Span, ...]]:
    """A value that becomes another: `due  Tue → Wed`; line by line where it has several."""
    head = span(pad_text(name, _NAME_CELLS), "quiet")
    if "\n" in there.strip("\n") or "\n" in here.strip("\n"):
        unified = difflib.unified_diff(
            there.strip("\n").split("\n"), here.strip("\n").split("\n"), lineterm="", n=1
        )
        told = diff_of_text(name, "changed", "\n".join(unified))
        # Line numbers say enough of a text this short.
        told = replace(told, rows=tuple(row for row in told.rows if row.sign != "@"))
        return [(head,), *(line.spans for line in diff_lines(told, width))]
    before, after = _value(there, "quiet"), _value(here, "strong")
    return wrap((head, before, span(" → ", "note"), after), width, _NAME_CELLS)


def _begin(builder: PageBuilder) -> None:
    """A blank line between what is there and what comes."""
    if builder.page().lines:
        builder.add()


def _add_card(
    builder: PageBuilder, card: PushCard, sign: str, side: Side | None, width: int
) -> None:
    lead = (span(f"{sign} ", _STYLES[card.state]), span(card.title, "strong"))
    lines = wrap(lead, width, 2)
    if card.state == "conflict":
        lines.extend(_indented(wrap((span(*_stands(side)),), width - 2), 2))
    if card.why:
        lines.extend(_indented(wrap((span(card.why, "quiet"),), width - 2), 2))
    inner = width - _INDENT
    if card.state == "conflict":
        builder.add_item(PushRow(card=card), lines)
        for field in card.fields:
            _add_versions(builder, card, field, side, width)
        return
    for field in card.fields:
        if card.state == "new" and field.name == "title" and field.here == card.title:
            continue  # it stands above
        lines.extend(_indented(_field_lines(card.state, field, inner), _INDENT))
    builder.add_item(PushRow(card=card), lines)


def _stands(side: Side | None) -> tuple[str, str]:
    match side:
        case "ours":
            return "here counts: it is written there", "ok"
        case "theirs":
            return "there counts: it is brought here", "ok"
        case None:
            return "open: it stays as it is in both places", "warn"


def _field_lines(state: PushState, field: PushField, width: int) -> list[tuple[Span, ...]]:
    match state:
        case "changed":
            return change_lines(field.name, field.there, field.here, width)
        case "kept":
            stays = f"stays {_shown(field.there)}; here it is {_shown(field.here)}"
            return _named(field.name, stays, "quiet", width)
        case _:
            return _named(field.name, field.here or field.there, "", width)


def _named(name: str, value: str, style: str, width: int) -> list[tuple[Span, ...]]:
    head = span(pad_text(name, _NAME_CELLS), "quiet")
    rows = _value_lines(value, style, width - _NAME_CELLS)
    blank = Span(" " * _NAME_CELLS)
    return [(blank if number else head, *row) for number, row in enumerate(rows)]


def _add_versions(
    builder: PageBuilder, card: PushCard, field: PushField, side: Side | None, width: int
) -> None:
    """A field three times: as it was sent, as it is here, as it is there; two can be chosen."""
    base = "it never was" if field.base is None else field.base
    versions: tuple[tuple[str, str, Side | None], ...] = (
        ("as sent", base, None), ("here", field.here, "ours"), ("there", field.there, "theirs"),
    )  # fmt: skip
    blank = Span(" " * _NAME_CELLS)
    room = width - _INDENT - _NAME_CELLS - 2 - _SIDE_CELLS
    for number, (name, value, which) in enumerate(versions):
        is_chosen = which is not None and which == side
        mark = Span("  ") if which is None else span("● " if is_chosen else "○ ", "key")
        head = blank if number else span(pad_text(field.name, _NAME_CELLS), "quiet")
        style = "quiet" if which is None else "strong" if is_chosen else ""
        word = span(pad_text(name, _SIDE_CELLS), "quiet")
        empty = Span(" " * (_NAME_CELLS + 2 + _SIDE_CELLS))
        rows = [
            ((empty,) if row else (head, mark, word)) + spans
            for row, spans in enumerate(_value_lines(value, style, room))
        ]
        builder.add_item(PushRow(card=card, side=which, is_head=False), _indented(rows, _INDENT))


def _end_lines(one: Pushed, sign: str, style: str, width: int) -> list[tuple[Span, ...]]:
    lines = wrap((span(f"{sign} ", style), span(one.title, "strong")), width, 2)
    if one.why:
        lines.extend(_indented(wrap((span(one.why, style),), width - 2), 2))
    if one.url:
        lines.extend(_indented(wrap((span(one.url, "quiet"),), width - 2), 2))
    return lines


def _value_lines(value: str, style: str, width: int) -> list[tuple[Span, ...]]:
    if not value.strip():
        return [(span(_NOTHING, "quiet"),)]
    return [
        spans
        for row in value.strip("\n").split("\n")
        for spans in wrap((span(spelled(row), style),), width)
    ]


def _value(value: str, style: str) -> Span:
    return span(spelled(value.strip("\n")), style) if value.strip() else span(_NOTHING, "quiet")


def _shown(value: str) -> str:
    return f'"{value.strip()}"' if value.strip() else _NOTHING


def _indented(lines: Iterable[tuple[Span, ...]], cells: int) -> list[tuple[Span, ...]]:
    return [(Span(" " * cells), *spans) for spans in lines]


def _add_notes(builder: PageBuilder, notes: Sequence[str], width: int) -> None:
    if notes:
        _begin(builder)
    for note in notes:
        builder.add_all(wrap((span(note, "quiet"),), width))
