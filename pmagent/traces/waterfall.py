"""A trace as a waterfall: a tree of spans, each with its bar on one time axis.

Time in which nothing of the run was open (it waited for a person, days perhaps) is cut out of the
axis, so that a minute of work stays a minute wide. Pure; whoever shows it decides on the width.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter

from pmagent.types.traces import TraceSpan

SECOND = 1_000_000_000
_STEPS_S = (
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600,
    900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400,
)  # fmt: skip
"""Distances of two marks on the axis that a person reads at once."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"
WAITING = "░"
"""The bar of a span that waits for a person or a moment."""
CUT = "┊"
"""Where time was cut out of the axis."""


@dataclass(frozen=True, kw_only=True)
class WaterfallRow:
    """One span, where it stands in the tree."""

    span: TraceSpan
    depth: int
    """0 for a root."""
    ended_ns: int
    """Of an open span the last moment that the trace tells of."""
    usd: Decimal | None
    """Of the span and all below it. None: a model of unknown price."""
    tokens: int
    """The same, read and written."""
    children: int
    """How many spans stand directly below it."""

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.ended_ns - self.span.began_ns) / SECOND

    @property
    def is_waiting(self) -> bool:
        """Whether the time is a person's, or a clock's."""
        return self.span.operation in {"person", "wait"}


@dataclass(frozen=True, kw_only=True)
class Axis:
    """The stretches of time in which something was open; what lies between is cut out."""

    stretches: tuple[tuple[int, int], ...]
    """(begin, end) in nanoseconds, rising, apart from each other."""
    befores: tuple[int, ...]
    """For each stretch how much of the axis lies before it."""

    @property
    def length_ns(self) -> int:
        """All stretches together."""
        first, end = self.stretches[-1]
        return self.befores[-1] + end - first

    def place(self, at_ns: int) -> int:
        """Nanoseconds from the begin of the axis."""
        number = max(bisect_right(self.stretches, at_ns, key=itemgetter(0)) - 1, 0)
        begin, end = self.stretches[number]
        return self.befores[number] + min(max(at_ns, begin), end) - begin


@dataclass(frozen=True, kw_only=True)
class Waterfall:
    """A trace, ready to be drawn."""

    rows: tuple[WaterfallRow, ...]
    """Each span before those below it, by their begin."""
    axis: Axis


def waterfall(spans: Sequence[TraceSpan]) -> Waterfall | None:
    """The spans as a tree on a time axis; None where there are none.

    A span whose parent is not among them is a root.
    """
    if not spans:
        return None
    last = max(max(span.ended_ns or 0, span.began_ns) for span in spans)
    ends = {span.id: last if span.ended_ns is None else span.ended_ns for span in spans}
    children: dict[str, list[TraceSpan]] = {}
    for span in sorted(spans, key=lambda one: (one.began_ns, one.id)):
        above = span.parent if span.parent in ends and span.parent != span.id else ""
        children.setdefault(above, []).append(span)
    rows: list[WaterfallRow] = []
    waiting = [(span, 0) for span in reversed(children.get("", ()))]
    while waiting:
        span, depth = waiting.pop()
        below = children.get(span.id, ())
        rows.append(
            WaterfallRow(
                span=span,
                depth=depth,
                ended_ns=ends[span.id],
                usd=span.usd,
                tokens=span.tokens_in + span.tokens_out,
                children=len(below),
            )
        )
        waiting.extend((child, depth + 1) for child in reversed(below))
    stretches = _joined((span.began_ns, ends[span.id]) for span in spans)
    return Waterfall(rows=tuple(_summed(rows)), axis=_axis(stretches))


def bar(row: WaterfallRow, axis: Axis, width: int) -> str:
    """The row's bar in `width` cells: blanks before it, to an eighth of a cell; never nothing."""
    scale = 8 * width / max(axis.length_ns, 1)
    first, end = axis.place(row.span.began_ns) * scale, axis.place(row.ended_ns) * scale
    # Its length is exact and its begin the nearest cell: a cell is filled from its left edge only.
    eighths = max(round(end - first), 1)
    cells = -(-eighths // 8)
    begin = max(min(round(first / 8), width - cells), 0)
    if row.is_waiting:
        return (" " * begin + WAITING * cells).ljust(width)
    return (" " * begin + "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()).ljust(width)


def cuts(axis: Axis, width: int) -> Sequence[tuple[int, int]]:
    """(cell, nanoseconds that were cut out there), for each cut of an axis of `width` cells."""
    scale = width / max(axis.length_ns, 1)
    return tuple(
        (min(int(before * scale), width - 1), begin - end)
        for before, (begin, _), (_, end) in zip(
            axis.befores[1:], axis.stretches[1:], axis.stretches[:-1], strict=True
        )
    )


def marks(axis: Axis, width: int, *, apart: int = 10) -> str:
    """The axis in `width` cells: `0 s      10 s      20 s`, at least `apart` cells between."""
    whole_s = max(axis.length_ns, 1) / SECOND
    step = next((step for step in _STEPS_S if step * width / whole_s >= apart), whole_s)
    cells = [" "] * width
    number = 0
    while (at := round(number * step * width / whole_s)) < width:
        label = say_time(number * step) if number else "0"
        if at + len(label) <= width:
            cells[at : at + len(label)] = label
        number += 1
    return "".join(cells)


def say_time(seconds: float) -> str:
    """`3 ms`, `4.2 s`, `95 s`, `2 h 5 min`, `3 d 4 h`: never longer than nine characters."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s" if seconds % 1 else f"{seconds:.0f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"{minutes} min"
    hours, left = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {left} min" if left else f"{hours} h"
    return f"{hours // 24} d {hours % 24} h" if hours % 24 else f"{hours // 24} d"


def say_usd(usd: Decimal | None) -> str:
    """`$0.0123`, `$1.20`; nothing for nothing, `$?` for a price that nobody knows."""
    if usd is None:
        return "$?"
    if not usd:
        return ""
    return f"${usd:.2f}" if usd >= 1 else f"${usd:.4f}"


def _summed(rows: Sequence[WaterfallRow]) -> Sequence[WaterfallRow]:
    """The rows with what was spent below them added."""
    usd = [row.usd for row in rows]
    tokens = [row.tokens for row in rows]
    above: list[int] = []
    parents: list[int | None] = []
    for number, row in enumerate(rows):
        del above[row.depth :]
        parents.append(above[-1] if above else None)
        above.append(number)
    for number in range(len(rows) - 1, -1, -1):
        parent = parents[number]
        if parent is not None:
            here, there = usd[number], usd[parent]
            usd[parent] = None if here is None or there is None else here + there
            tokens[parent] += tokens[number]
    return [
        WaterfallRow(
            span=row.span,
            depth=row.depth,
            ended_ns=row.ended_ns,
            usd=usd[number],
            tokens=tokens[number],
            children=row.children,
        )
        for number, row in enumerate(rows)
    ]


def _joined(stretches: Iterable[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(stretches):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return joined


def _axis(stretches: Sequence[tuple[int, int]]) -> Axis:
    befores: list[int] = []
    length = 0
    for begin, end in stretches:
        befores.append(length)
        length += end - begin
    return Axis(stretches=tuple(stretches), befores=tuple(befores))
