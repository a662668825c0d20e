"""What waits for a person, and how far a command may go by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pmagent.types.actions import Json
from pmagent.types.procedures import Autonomy, Risk

ReviewKind = Literal["approve", "answer", "human", "sample", "triggered", "handoff", "dead"]
ReviewState = Literal["open", "decided", "dropped"]
ReviewDecision = Literal["", "accept", "edit", "reject", "escalate", "answer", "take"]
ReviewCode = Literal[
    "fact", "cite", "omit", "invent", "tone", "format", "dup", "scope", "stale", "perm", "loop",
    "cost",
]  # fmt: skip
CRITICAL: frozenset[ReviewCode] = frozenset({"fact", "invent", "perm"})
"""A wrong fact, something made up, a leak: one of them takes a command back a level."""


@dataclass(frozen=True, kw_only=True)
class Review:
    """One thing that waits for a person, or that one has decided."""

    id: str
    """Short, good to type."""
    kind: ReviewKind
    command: str
    title: str
    """The question, or what is to be looked at, in one line."""
    made: datetime
    run: str = ""
    address: str = ""
    risk: Risk = "internal"
    reason: str = ""
    """Why it is here, in one sentence."""
    shown: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """The values to look at, by name."""
    evidence: tuple[str, ...] = ()
    """Places such as `notes/pricing.md:42`."""
    shape: str = ""
    """The short type of the value that is wanted, for an answer."""
    sendings: tuple[Mapping[str, Json], ...] = ()
    """Of an approval: the effects that follow it, exact."""
    effect: str = ""
    """Of a dead letter: the key in the outbox."""
    compared: str = ""
    """Of a dead letter that somebody's change stood in the way of: the versions line by line."""
    due: datetime | None = None
    snoozed: datetime | None = None
    """Not to be shown before this moment."""
    digest: str = ""
    """Of the procedure, model and index that made what is reviewed."""
    state: ReviewState = "open"
    decision: ReviewDecision = ""
    codes: tuple[ReviewCode, ...] = ()
    note: str = ""
    edits: Mapping[str, Json] = field(default_factory=dict[str, Json])
    answer: Json = None
    by: str = ""
    decided: datetime | None = None
    minutes: float = 0.0
    """How long it was open on a screen."""


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """What a person decides about one review."""

    decision: ReviewDecision
    note: str = ""
    edits: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """The values as they shall be, by name."""
    answer: Json = None
    codes: tuple[ReviewCode, ...] = ()
    by: str = "person"
    minutes: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How far one command goes by itself, on what evidence, and what is missing for more."""

    command: str
    risk: Risk
    level: Autonomy
    rate: int
    """Percent of its runs that a person looks at: 100, 50, 25, 10 or 5."""
    reviews: int
    """Clean and other reviews since the last step."""
    agreed: int
    bound: float
    """The one-sided 95 % Wilson lower bound of agreement; 0 without reviews."""
    target: float
    missing: int
    """Clean reviews until the next step down; 0 where it may be taken."""
    says: str
    """One sentence: `14 more clean reviews until half of its runs go unseen`."""
    digest: str = ""
    """Of the procedure, model and index these reviews are about."""


@dataclass(frozen=True, kw_only=True)
class CaseFile:
    """A test case that is to be written."""

    path: str
    """In the garden: `simulations/publish-episode/edited-k3f9.sim.yaml`."""
    text: str
