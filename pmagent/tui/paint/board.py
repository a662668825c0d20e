"""A list of the board as lines: its cards with what counts of them, readable without colour."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pmagent.days import day_name
from pmagent.tui.paint.lines import (
    Page,
    PageBuilder,
    Span,
    clip,
    join,
    span,
    spread,
    width_of,
    wrap,
)
from pmagent.types.tasks import Card, Effort, Lane

NO_ROOM = "no room"
"""What is said instead of when a card is planned, where it has no block."""
IN_PART = "in part"
IN_PART_AFTER = ", "
"""What stands before `in part` where only a part of a card is planned: `Mon 09:30, in part`."""
_TITLE_LINES = 4
_LOW_TITLE_LINES = 2
_MARK_LINES = 2
_MARK_CELLS = 2
_NARROW = 14
_BLANK = Span(" ")


def paint_lane(
    lane: Lane, width: int, *, today: date, planned: Mapping[str, str], is_low: bool
) -> Page:
    """The cards of a list, each an item of its `Card`; `planned` says when, by a card's id.

    On a low screen no blank lines stand between them.
    """
    builder = PageBuilder()
    limit = f"/{lane.limit}" if lane.limit is not None else ""
    is_over = lane.limit is not None and len(lane.cards) > lane.limit
    number = (span(f"{len(lane.cards)}{limit}", "warn" if is_over else "quiet"),)
    builder.add(*spread(clip((span(lane.title, "title"),), width - 4), number, width))
    if not lane.cards:
        builder.add(span("nothing here", "faint"))
    for position, card in enumerate(lane.cards):
        if position and not is_low:
            builder.add()
        most = _LOW_TITLE_LINES if is_low else _TITLE_LINES
        lines = _card_lines(card, width, today, planned.get(card.id, ""), most)
        builder.add_item(card, lines)
    return builder.page()


def marks_of(
    card: Card, today: date, planned: str = "", *, is_narrow: bool = False
) -> list[tuple[Span, ...]]:
    """What counts of a card, the weightiest first: priority, effort, day, who it waits for.

    Where it is narrow, what the box before the title says is not said again.
    """
    parts: list[Span] = []
    if card.priority is not None:
        parts.append(span(f"P{card.priority}", "warn" if card.priority == 1 else "note"))
    if card.effort is not None:
        parts.append(span(effort_words(card.effort)))
    if card.is_done and card.done_on is not None:
        parts.append(span(f"{'' if is_narrow else 'done '}{_date(card.done_on, today)}", "quiet"))
    elif card.due is not None and not card.is_done:
        is_late = card.due < today
        word = f"{'late, ' if is_late else ''}due {_date(card.due, today)}"
        parts.append(span(word, "error" if is_late else "quiet"))
    when, _, part = planned.partition(IN_PART_AFTER)
    if planned and not card.is_done:
        parts.append(span(f"▒ {when}", "ok") if planned != NO_ROOM else span(NO_ROOM, "warn"))
    if part and not card.is_done:
        parts.append(span(part, "warn"))
    if card.waiting_for:
        parts.append(span(f"waits: {card.waiting_for}", "quiet"))
    return [(part,) for part in parts]


def effort_words(effort: Effort) -> str:
    """`2h`, `45m`, `1h30`; a range as `1h–2h`."""
    if effort.least is not None and effort.most is not None and effort.least != effort.most:
        return f"{_short(effort.least)}–{_short(effort.most)}"
    return _short(effort.likely)


def short_day(day: date, today: date) -> str:
    """`today`, `Fri` within a week, else `Fri 4 Dec`."""
    if day == today:
        return "today"
    name = day_name(day)
    return name.split()[0] if 0 < (day - today).days < 7 else name


def _date(day: date, today: date) -> str:
    """`today`, `Fri` within a week, else `4 Dec`; in another year the whole date."""
    name = short_day(day, today)
    if " " not in name:
        return name
    return name.partition(" ")[2] if day.year == today.year else day.isoformat()


def _short(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}m"
    return f"{hours}h{rest:02d}" if rest else f"{hours}h"


def _card_lines(
    card: Card, width: int, today: date, planned: str, most: int
) -> list[tuple[Span, ...]]:
    mark, style = ("✓ ", "quiet") if card.is_done else ("○ ", "")
    words = wrap((span(card.title, style),), width - _MARK_CELLS)
    kept = words[:most]
    if len(words) > most:
        kept[-1] = clip((*kept[-1], span(" …", style)), width - _MARK_CELLS)
    lines = [
        (span("  " if row else mark, style or "strong"), *spans) for row, spans in enumerate(kept)
    ]
    indent = Span(" " * _MARK_CELLS)
    marks = _flow(marks_of(card, today, planned, is_narrow=width < _NARROW), width - _MARK_CELLS)
    # What is left out of it is in the words below the lists.
    most = _MARK_LINES + planned.endswith(IN_PART)
    lines.extend((indent, *spans) for spans in marks[:most])
    return lines


def _flow(marks: list[tuple[Span, ...]], width: int) -> list[tuple[Span, ...]]:
    """The marks on as many lines as they need, none of them broken."""
    lines: list[tuple[Span, ...]] = []
    for mark in marks:
        longer = join([lines[-1], mark], _BLANK) if lines else mark
        if lines and width_of(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(clip(mark, width))
    return lines
