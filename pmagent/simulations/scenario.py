"""One scenario: a small world, what is said and what breaks in it, and what must come of it.

Pure data, as it is read from a `.sim.yaml` file. Nothing here runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from pmagent.types.actions import Json

Mode = Literal["none", "scripted"]
"""`none`: no model is there. `scripted`: it answers what `replies` say."""
Invariant = Literal["garden", "secrets", "budget", "trail"]
INVARIANTS: tuple[Invariant, ...] = ("garden", "secrets", "budget", "trail")
DEFAULT_NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""A Monday morning: the clock of a scenario that names none."""
SUGGESTED = "suggested"

Outcome = Literal[
    "done", "blocked", "handed_off", "abstained", "failed", "cancelled", "waiting",
    "waiting:approve", "waiting:answer", "waiting:human", "waiting:time", "waiting:outbox",
]  # fmt: skip
"""How the run stands when nobody can carry it on: `waiting` for whatever it waits for."""


@dataclass(frozen=True, kw_only=True)
class Fixture:
    """The bytes of another file, named from the scenario's own folder or one above it."""

    source: str


Content: TypeAlias = str | Fixture
"""What stands in one file of the scenario's garden."""


@dataclass(frozen=True, kw_only=True)
class PersonLine:
    """What the person does about a question that fits."""

    when: str
    """A glob over the question's text."""
    says: tuple[Json, ...]
    """One after the other; the last one from then on. Each is a word (`approve`, `reject`, `take`,
    `nobody`), `{edit: {name: value}}`, `{reject: why}`, or else the value that is answered."""


@dataclass(frozen=True, kw_only=True)
class Saw:
    """What a model step may be shown."""

    never: tuple[str, ...] = ()
    """Globs of documents; none that fits may be shown."""
    only: tuple[str, ...] | None = None
    """Exactly these names."""
    has: tuple[str, ...] = ()
    """Words that stand somewhere in what is shown."""


@dataclass(frozen=True, kw_only=True)
class Within:
    """What it may use; None: no limit of that kind."""

    steps: int | None = None
    tokens: int | None = None
    usd: Decimal | None = None
    ms: int | None = None


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What must come of it. What is None or empty is not looked at, but for `invariants`."""

    outcome: Outcome | None = None
    path: tuple[str, ...] = ()
    """Steps in order; `...` stands for any number between."""
    called: Mapping[str, int] = field(default_factory=dict[str, int])
    effects: Mapping[str, int] = field(default_factory=dict[str, int])
    """Things there at the end, by publisher (`ghost`) or kind (`ghost.draft`)."""
    denied: tuple[str, ...] | None = None
    """All that was refused, in any order."""
    saw: Mapping[str, Saw] = field(default_factory=dict[str, Saw])
    output: Json = None
    sent: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """What the last effect of a kind carries, by kind; as `output`."""
    note: tuple[str, ...] = ()
    """Words that stand in the notes, or in why it ended."""
    within: Within = field(default_factory=Within)
    invariants: tuple[Invariant, ...] = INVARIANTS


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One simulation of one command."""

    name: str
    """`publish-episode/contradicted`: its folder and its file."""
    path: str
    """Its file; empty where it has none yet."""
    command: str
    """Without the slash."""
    line: str
    """What is typed behind the command."""
    because: str = ""
    """Why it matters, in one sentence."""
    now: datetime = DEFAULT_NOW
    model: Mode = "scripted"
    garden: Mapping[str, Content] = field(default_factory=dict[str, Content])
    grants: tuple[str, ...] | None = None
    """What the garden allows, as rules; None: all that the command may use."""
    site: str = ""
    """Where posts go, as the procedure's `site` says: `ghost` or `folder`; empty for `folder`."""
    replies: Mapping[str, tuple[Json, ...]] = field(default_factory=dict[str, tuple[Json, ...]])
    """What the model writes, by the value's name: one attempt after the other."""
    functions: Mapping[str, tuple[Json, ...]] = field(default_factory=dict[str, tuple[Json, ...]])
    """What a function gives in place of its own work; the last one from then on."""
    commands: Mapping[str, tuple[Json, ...]] = field(default_factory=dict[str, tuple[Json, ...]])
    """The same for commands that are code, or that shall not be run."""
    faults: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """What breaks, by function, `model` or `Read`: one word a try, `ok` from then on."""
    person: tuple[PersonLine, ...] = ()
    kill_at: tuple[str, ...] = ()
    """Where the process ends: an address, before its row is written; `8.performed`, after its
    effect and before its row. It is resumed each time."""
    budget: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal])
    """Another budget than the procedure's: `{steps: 3}`."""
    expect: Expectation = field(default_factory=Expectation)
    origin: str = ""
    """`suggested` for one that nobody has looked at yet."""
