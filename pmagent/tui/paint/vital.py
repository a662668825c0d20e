"""The one-line summary of the index at the bottom of every screen.

Light on purpose: it is part of the first frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pmagent.tui.paint.lines import Span, clip, join, span

if TYPE_CHECKING:
    from pmagent.types import Progress

_BETWEEN = Span(" · ", "faint")
_STAGES = {
    "scan": "looking for changes",
    "words": "reading",
    "static": "weighing words",
    "meaning": "learning meaning",
    "vectors": "storing vectors",
}


@dataclass(frozen=True)
class Vital:
    """What the status line tells, wherever one is."""

    counts: Counts | None = None
    progress: Progress | None = None
    root: str = ""
    """The garden's folder, as it is shown."""
    note: str = ""
    """What holds above all, such as `opening`."""
    asks: int = 0
    """Questions that wait for the person."""
    trust: str = ""
    """The garden's level of trust, such as `edit`."""


@dataclass(frozen=True)
class Counts:
    """The numbers of a `Status`, without its files."""

    indexed: int
    known: int
    """Files that are to be read: indexed, waiting and failed."""
    failed: int
    passages: int
    with_meaning: int


def paint_vital(vital: Vital, width: int) -> tuple[Span, ...]:
    """Numbers first: `trust edit · words 299/299 · meaning 43% · indexing 72/s, 3 m left`.

    What waits for the person stands before all else, so that it is never cut off.
    """
    parts: list[Sequence[Span]] = [
        (span(f"{vital.asks} asks", "strong"), span(" ^g", "key")) if vital.asks else (),
        (span(vital.note, "warn"),) if vital.note else (),
        (span("trust ", "quiet"), span(vital.trust)) if vital.trust else (),
    ]
    if counts := vital.counts:
        parts.append((span("words ", "quiet"), span(f"{counts.indexed:,}/{counts.known:,}")))
        meaning = percent(counts.with_meaning / counts.passages) if counts.passages else "0%"
        parts.append((span("meaning ", "quiet"), span(meaning)))
        if counts.failed:
            parts.append((span(f"{counts.failed:,} failed", "error"),))
    if vital.progress and vital.progress.stage != "ready":
        is_scan = vital.progress.stage == "scan"
        words = "looking for changes" if is_scan else f"indexing{speed_of(vital.progress)}"
        parts.append((span(words),))
    parts.append((span("offline", "quiet"),))
    return clip(join(parts, _BETWEEN), width)


def speed_of(progress: Progress) -> str:
    """` 72/s, 3 m left`, or what is known of it."""
    rate = f" {progress.rate:,.0f}/s" if progress.rate >= 1 else ""
    left = f"{',' if rate else ''} {time_left(progress.left_s)} left" if progress.left_s else ""
    return rate + left


def pace_of(progress: Progress) -> str:
    """`reading 72/s, 3 m left`."""
    return f"{_STAGES.get(progress.stage, progress.stage)}{speed_of(progress)}"


def time_left(seconds: float) -> str:
    """`40 s`, `3 m` or `2 h`."""
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} m" if seconds < 5400 else f"{seconds / 3600:.0f} h"


def percent(share: float) -> str:
    """`43%`; never 100% or 0% for what is not all or nothing."""
    rounded = round(share * 100)
    if 0 < share < 1:
        rounded = min(max(rounded, 1), 99)
    return f"{rounded}%"
