"""Sessions as they are kept: append-only records, and what is told of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from pmagent.types.actions import Json
from pmagent.types.talk import Message, Usage

PIPED = "\n\n<piped>\n"
"""What stands between the words of a prompt and what was piped in beside them."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A turn begins: what the person typed, and what the model was given for it."""

    turn: str
    typed: str
    message: Message
    model: str = ""


@dataclass(frozen=True, kw_only=True)
class Stepped:
    """One message inside a turn: the model's, or the answers of tools."""

    turn: str
    message: Message
    usage: Usage = field(default_factory=Usage)
    model: str = ""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A turn is complete. A session that was killed goes on after the last of these."""

    turn: str
    reason: str
    cost_usd: Decimal | None = None
    checkpoints: tuple[str, ...] = ()
    """Undo points that the turn made, oldest first."""
    shown: str = ""
    """What the person saw as the answer, as Markdown."""


@dataclass(frozen=True, kw_only=True)
class Compacted:
    """What came before is told to the model as this summary; a person still sees all of it."""

    summary: str
    kept_turns: tuple[str, ...] = ()
    by: Literal["person", "limit"] = "limit"


@dataclass(frozen=True, kw_only=True)
class Rewound:
    """The conversation goes on from before a turn. The turns since stay in the record."""

    to_turn: str


@dataclass(frozen=True, kw_only=True)
class Renamed:
    """The session has another name."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Marked:
    """A fact of the session itself: model, mode, pending budget."""

    facts: Mapping[str, Json]


Record: TypeAlias = Asked | Stepped | Ended | Compacted | Rewound | Renamed | Marked


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """One session in a list."""

    id: str
    name: str
    """Given, else the first words that were typed."""
    began: datetime
    last: datetime
    turns: int
    forked_from: str = ""
    draft: str = ""
    """What was typed and not sent."""
    first: str = ""
    """The first words that were typed."""
    found: tuple[str, ...] = ()
    """Of the words that were looked for, those it speaks of."""
    excerpt: str = ""
    """One line around the first of them."""


@dataclass(frozen=True, kw_only=True)
class TurnRow:
    """One turn of a session, as a person sees it."""

    turn: str
    at: datetime
    typed: str
    shown: str
    """The answer as Markdown; empty where it was cut off before a word."""
    reason: str
    """Why it ended; `killed` where no end was written."""
    checkpoints: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing remembered across sessions."""

    text: str
    source: str
    """Where it was said: a citation, or `you, 2026-11-20`."""
    kind: Literal["fact", "policy", "scratch"] = "fact"
    expires: datetime | None = None
    name: str = ""
    """The file that holds it."""
