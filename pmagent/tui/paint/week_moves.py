"""What a new plan moves as lines: what, from when to when, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.cells import cell_len

from pmagent.nlp.counted import counted
from pmagent.tui.paint.board import short_day
from pmagent.tui.paint.lines import Span, clip, span, spread, wrap
from pmagent.tui.paint.week_values import Week, clock_span
from pmagent.types.tasks import Move

_MOST_BELOW = 3
"""Moves below the board; the rest is on a page of its own."""
_LEAST_TITLE = 16
_SIGNS = {"new": "+", "moved": ">", "shortened": "<", "lengthened": "~", "dropped": "-"}
_ORDER = ("moved", "dropped", "shortened", "lengthened", "new")


def moves_heading(week: Week) -> str:
    """Against what the moves are."""
    than = "the plan that stands" if week.has_standing else "the plan before"
    return f"What changes against {than}"


def grouped(moves: Sequence[Move]) -> list[tuple[Move, ...]]:
    """The moves of one card that have one reason together; what stood elsewhere first."""
    groups: dict[tuple[int, str, str], list[Move]] = {}
    for move in moves:
        groups.setdefault((_ORDER.index(move.kind), move.title, move.why), []).append(move)
    kinds = sorted(groups.items(), key=lambda group: group[0][0])
    return [tuple(group) for _, group in kinds]


def move_lines(week: Week, moves: Sequence[Move], width: int) -> list[tuple[Span, ...]]:
    """Each move with its reason below, in full."""
    lines: list[tuple[Span, ...]] = []
    for group in grouped(moves):
        title = span(group[0].title, "strong")
        words = (_sign(group[0]), title, span(f"  {move_words(group, week)}"))
        lines.extend(wrap(words, width, 2))
        if why := group[0].why:
            lines.extend(wrap((span(f"  {why}", "quiet"),), width, 2))
    return lines


def paint_moves_below(week: Week, width: int) -> list[tuple[Span, ...]]:
    """The first moves, two lines each, and the key that shows all in full."""
    groups = grouped(week.moves)
    head = (span(moves_heading(week), "title"), span(f"  {counted(len(groups), 'move')}"))
    key = (span("m", "key"), span(" all", "quiet"))
    lines = [spread(clip(head, width - 7), key, width)]
    for group in groups[:_MOST_BELOW]:
        says = span(f"  {move_words(group, week, is_short=True)}")
        # When it is counts for more than the end of a title.
        room = max(width - cell_len(says.text) - 2, _LEAST_TITLE)
        title = clip((span(group[0].title, "strong"),), room)
        lines.append(clip((_sign(group[0]), *title, says), width))
        if why := group[0].why:
            lines.append(clip((span(f"  {why}", "quiet"),), width))
    return lines


def move_words(group: Sequence[Move], week: Week, *, is_short: bool = False) -> str:
    """`moved: today 09:30–11:00 → Tue 09:00–10:30`; of several blocks how many, or their starts."""
    kind = group[0].kind
    spans = [(move.before or move.after, move.after or move.before) for move in group]
    (first, *_), (*_, last) = [one[0] for one in spans], [one[1] for one in spans]
    if first is None or last is None:
        return kind
    if len(group) == 1:
        was = f"{_day(week, first[0])} {clock_span(*first, week.zone)}"
        if group[0].before is None or group[0].after is None:
            return f"{kind}: {was}"
        name = _day(week, last[0])
        day = f"{name} " if name != _day(week, first[0]) else ""
        return f"{kind}: {was} → {day}{clock_span(*last, week.zone)}"
    if kind in {"new", "dropped"}:
        return f"{kind}: {len(group)} blocks, {_start(week, first)} to {_start(week, last)}"
    pairs = [f"{_start(week, was)} → {_start(week, now)}" for was, now in spans if was and now]
    told = f"{len(pairs)} blocks, {pairs[0]} …" if is_short else ", ".join(pairs)
    return f"{kind}: {told}"


def _sign(move: Move) -> Span:
    return span(f"{_SIGNS[move.kind]} ", "ok" if move.kind == "new" else "warn")


def _start(week: Week, when: tuple[datetime, datetime]) -> str:
    return f"{_day(week, when[0])} {when[0].astimezone(week.zone):%H:%M}"


def _day(week: Week, moment: datetime) -> str:
    return short_day(moment.astimezone(week.zone).date(), week.today)
