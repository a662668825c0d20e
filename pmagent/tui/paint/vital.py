"""The one-line summary of index and conversation at the bottom of every screen.

Light on purpose: it is part of the first frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from pmagent.tui.paint.lines import Span, clip, join, span, width_of

if TYPE_CHECKING:
    from pmagent.types import Progress

_BETWEEN = Span(" · ", "faint")
_CENT = Decimal("0.01")
NEARLY, FULL = 0.7, 0.9
"""Shares of the context from which on its number carries a mark."""
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
    reviews: int = 0
    """What waits in the review queue."""
    trust: str = ""
    """The garden's level of trust, such as `edit`."""
    talk: TalkFacts | None = None
    """None until the conversation is open."""


@dataclass(frozen=True)
class Counts:
    """The numbers of a `Status`, without its files."""

    indexed: int
    known: int
    """Files that are to be read: indexed, waiting and failed."""
    failed: int
    passages: int
    with_meaning: int


class TalkFacts(NamedTuple):
    """The numbers of the conversation."""

    model: str = "offline"
    is_offline: bool = True
    is_free: bool = False
    tokens: int = 0
    """What the model was last sent."""
    limit: int = 0
    """What it can be sent; 0 where nothing is known."""
    cost: Decimal | None = None
    """None where a price is not known."""
    agents: int = 0
    state: str = ""
    """`working 12 s`, `paused`."""


class _Part(NamedTuple):
    rank: int
    """What has the highest is left out first."""
    spans: Sequence[Span]
    short: Sequence[Span] = ()
    """The same in fewer cells."""


def paint_vital(vital: Vital, width: int, *, has_state: bool = True) -> tuple[Span, ...]:
    """Numbers first: `trust edit · words 299/299 · meaning 43% · fast · ctx 12% 24k · $0.02`.

    `has_state`: with what the conversation does, where nothing else on screen says it.

    What waits for the person stands before all else. In little room words are dropped before
    numbers, and of these the ones that matter least.
    """
    parts = [
        part
        for part in (*_garden_parts(vital, has_state=has_state), *_talk_parts(vital.talk))
        if part.spans
    ]
    line = join([part.spans for part in parts], _BETWEEN)
    if width_of(line) <= width:
        return line
    parts = [part._replace(spans=part.short or part.spans) for part in parts]
    while width_of(line := join([part.spans for part in parts], _BETWEEN)) > width:
        worst = max(parts, key=attrgetter("rank"))
        if worst.rank == 0:
            break
        parts.remove(worst)
    return clip(line, width)


def _garden_parts(vital: Vital, *, has_state: bool) -> list[_Part]:
    state = vital.talk.state if vital.talk is not None and has_state else ""
    trust = span(vital.trust)
    parts = [
        _Part(0, (span(f"{vital.asks} asks", "strong"), span(" ^g", "key")) if vital.asks else ()),
        _Part(0, (span(vital.note, "warn"),) if vital.note else ()),
        _Part(1, *_reviews(vital.reviews)),
        _Part(0, (span(state, "warn" if state == "paused" else "note"),) if state else ()),
        _Part(3, (span("trust ", "quiet"), trust) if vital.trust else (), (trust,)),
    ]
    if counts := vital.counts:
        words = span(f"{counts.indexed:,}/{counts.known:,}")
        parts.append(_Part(2, (span("words ", "quiet"), words), (words,)))
        meaning = percent(counts.with_meaning / counts.passages) if counts.passages else "0%"
        parts.append(_Part(6, (span("meaning ", "quiet"), span(meaning))))
        if counts.failed:
            parts.append(_Part(5, (span(f"{counts.failed:,} failed", "error"),)))
    if vital.progress and vital.progress.stage != "ready":
        is_scan = vital.progress.stage == "scan"
        pace = "looking for changes" if is_scan else f"indexing{speed_of(vital.progress)}"
        short = (span("scanning" if is_scan else "indexing"),)
        parts.append(_Part(4, (span(pace),), short))
    return parts


def _reviews(number: int) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """`2 to review F4`, and the same without its key."""
    if not number:
        return (), ()
    words = span(f"{number:,} to review", "strong")
    return (words, span(" F4", "key")), (words,)


def _talk_parts(talk: TalkFacts | None) -> list[_Part]:
    if talk is None or talk.is_offline:
        offline = _Part(1, (span("offline", "quiet"),))
        return [offline, _agents(talk.agents)] if talk is not None else [offline]
    share = talk.tokens / talk.limit if talk.limit else 0.0
    mark, style = (
        ("!! ", "error") if share >= FULL else ("! ", "warn") if share >= NEARLY else ("", "")
    )
    context = span(f"{mark}{percent(share)}", style)
    tokens = span(f" {talk.tokens / 1000:,.0f}k", "quiet") if talk.tokens >= 1000 else span("")
    label = span("ctx ", style or "quiet")
    money = "free" if talk.is_free else money_of(talk.cost)
    return [
        _Part(1, (span(talk.model),)),
        _Part(1, (label, context, tokens), (label, context)),
        _Part(1, (span(money),)),
        _agents(talk.agents),
    ]


def _agents(number: int) -> _Part:
    return _Part(3, (span(f"{number} agent{'' if number == 1 else 's'}"),) if number else ())


def money_of(cost: Decimal | None) -> str:
    """`$0.02`; `$ unknown` where a price is not known, never nothing."""
    if cost is None:
        return "$ unknown"
    return "<$0.01" if 0 < cost < _CENT else f"${cost:.2f}"


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
