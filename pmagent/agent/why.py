"""The answer to "What are you doing?", made of state: no model is asked, nothing is waited for.

The loop keeps one immutable snapshot up to date; the card is a template over it. Every line names
the spans that it is read from, and a line without one is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pmagent.safe_text import safe_text
from pmagent.types.turns import Budget, Spend, WhyCard, WhyLine

MOST_LINES = 12
WIDTH = 200
SOURCES_SHOWN = 3
MOST_ASSUMED = 5
AGENTS_SHOWN = 2
_ASSUMING = re.compile(
    r"[^.!?\n]*\b(?:assum(?:e|es|ed|ing|ption)|presum\w+|taking it that)\b[^.!?\n]*", re.IGNORECASE
)
Label = Literal["Goal", "Now", "Why", "Read so far", "Assuming", "Next", "Would stop if", "Spent"]


@dataclass(frozen=True, kw_only=True)
class Said:
    """One statement, and the spans that it is read from."""

    text: str
    spans: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Where a turn is. Replaced whole at each change, so that any thread may read it."""

    is_running: bool = False
    turn: str = ""
    """The span of the turn; empty before the first."""
    goal: str = ""
    now: Said | None = None
    why: Said | None = None
    sources: tuple[Said, ...] = ()
    """What was read, the newest last, each once."""
    assumed: tuple[Said, ...] = ()
    next: Said | None = None
    agents: tuple[Said, ...] = ()
    """The sub-agents that run, and where each is."""
    stops: tuple[str, ...] = ()
    """What would end the turn besides its limits."""
    spend: Spend = field(default_factory=Spend)
    budget: Budget = field(default_factory=Budget)


def card_of(snapshot: Snapshot) -> WhyCard:
    """What a snapshot says, in at most twelve lines."""
    if not snapshot.turn:
        return WhyCard(is_running=False, lines=())
    lines: list[WhyLine] = []
    for label, said in _statements(snapshot):
        text = _one_line(said.text)
        spans = tuple(span for span in dict.fromkeys(said.spans) if span)
        if text and spans:
            lines.append(WhyLine(label=label, text=text, spans=spans))
    return WhyCard(is_running=snapshot.is_running, lines=tuple(lines[:MOST_LINES]))


def assumptions_in(text: str) -> Sequence[str]:
    """What an answer says that it takes for granted, in its own words."""
    return tuple(_one_line(found) for found in _ASSUMING.findall(text))[:MOST_ASSUMED]


def _statements(at: Snapshot) -> Iterator[tuple[Label, Said]]:
    turn = (at.turn,)
    yield "Goal", Said(text=at.goal, spans=turn)
    yield "Now", at.now or Said(text="waiting for you", spans=turn)
    for agent in at.agents[:AGENTS_SHOWN]:
        yield "Now", agent
    yield "Why", at.why or Said(text="you asked for it", spans=turn)
    yield "Read so far", _read_so_far(at)
    if at.assumed:
        spans = tuple(span for said in at.assumed for span in said.spans)
        yield "Assuming", Said(text="; ".join(s.text for s in at.assumed), spans=spans)
    else:
        yield "Assuming", Said(text="nothing that it said", spans=turn)
    yield "Next", at.next or Said(text="nothing, until you say more", spans=turn)
    yield "Would stop if", Said(text="; ".join(_stops(at)), spans=turn)
    yield "Spent", Said(text=_spent(at.spend), spans=turn)


def _read_so_far(at: Snapshot) -> Said:
    if not at.sources:
        return Said(text="nothing yet", spans=(at.turn,))
    count = len(at.sources)
    shown = at.sources[-SOURCES_SHOWN:]
    names = ", ".join(said.text for said in reversed(shown))
    spans = tuple(span for said in shown for span in said.spans)
    return Said(text=f"{count} source{'s' if count != 1 else ''}: {names}", spans=spans)


def _stops(at: Snapshot) -> Iterator[str]:
    budget, spend = at.budget, at.spend
    if budget.steps is not None:
        left = max(0, budget.steps - spend.steps)
        yield f"{budget.steps} steps are used ({left} left)"
    if budget.tokens is not None:
        yield f"{budget.tokens:,} tokens are used ({spend.usage.total_tokens:,} so far)"
    if budget.cost_usd is not None:
        so_far = "unknown" if spend.cost_usd is None else f"{spend.cost_usd:.4f}"
        yield f"{budget.cost_usd:.2f} USD are spent ({so_far} so far)"
    if budget.time_s is not None:
        yield f"{budget.time_s:g} seconds are over ({spend.time_s:.0f} so far)"
    yield from at.stops
    yield "it goes in circles"
    yield "you press Esc"


def _spent(spend: Spend) -> str:
    usage = spend.usage
    cost = "cost unknown" if spend.cost_usd is None else f"{spend.cost_usd:.4f} USD"
    about = "about " if usage.is_estimate else ""
    steps = f"{spend.steps} step{'s' if spend.steps != 1 else ''}"
    return f"{steps}, {about}{usage.total_tokens:,} tokens, {cost}, {spend.time_s:.0f} s"


def _one_line(text: str) -> str:
    line = safe_text(" ".join(text.split()))
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"
