"""A run of a procedure: what is on record of it, and what it asks of a person.

Values are JSON. A document stands as an object `{"kind": "document", "path", "title", "text",
"words", "sha256", "lines": [text…]}`, so that what a step saw can be read years later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from pmagent.types.actions import Json
from pmagent.types.procedures import Autonomy, Problem

RunState = Literal[
    "running", "waiting", "done", "blocked", "handed_off", "abstained", "failed", "cancelled"
]
WaitsFor = Literal["", "approve", "answer", "human", "time", "outbox"]
"""`approve`: a yes or no. `answer`: a value. `human`: a value no model or function could make.
`time`: a moment. `outbox`: an effect that is tried again later."""
Origin = Literal["user", "sim", "eval", "shadow", "schedule"]
StepStatus = Literal["done", "skipped", "failed"]
Maker = Literal["", "model", "offline", "person", "exact"]
"""Who made a step's value."""


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What a run, or a step, has used."""

    steps: int = 0
    tokens: int = 0
    usd: Decimal | None = Decimal(0)
    """None: a model of unknown price had a part in it."""
    effects: int = 0
    ms: int = 0
    """Working time."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run, as it is on record."""

    id: str
    command: str
    """Without the slash."""
    text: str
    """The procedure's whole file as it was when the run began: edits never change a live run."""
    digest: str
    arguments: Mapping[str, Json]
    began: datetime
    clock: datetime
    """The moment that `today` and `now` mean in all of its steps."""
    key: str = ""
    """What it is about, such as the transcript; effects are unique for it."""
    state: RunState = "running"
    waits_for: WaitsFor = ""
    wakes: datetime | None = None
    """When a waiting run may go on by itself."""
    reason: str = ""
    """Why it ended or waits, in one sentence."""
    notes: tuple[str, ...] = ()
    result: Json = None
    ended: datetime | None = None
    spent: Spent = field(default_factory=Spent)
    autonomy: Autonomy = "assist"
    origin: Origin = "user"
    parent: str = ""
    """The run whose step started this one."""
    parent_address: str = ""
    switched_to: str = ""
    """The run that took over."""


@dataclass(frozen=True, kw_only=True)
class StepRow:
    """One finished step of a run. It is never run again."""

    run: str
    seq: int
    address: str
    """The step's path with the turn of each loop around it: `7[2].3`; unique in the run."""
    path: str
    verb: str
    """`Read`, `Call ghost.draft`, `model`."""
    status: StepStatus
    name: str = ""
    """The name its value has from here on; empty for none."""
    value: Json = None
    maker: Maker = "exact"
    detail: str = ""
    """What was done, in a few words: `transcripts/ep-068.vtt, 8,450 words`."""
    at: datetime
    spent: Spent = field(default_factory=Spent)
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Sending:
    """One effect that would follow a yes: exactly what would leave, and where to."""

    function: str
    target: str
    """The host, or the folder."""
    outgoing: str
    """The exact text that would leave."""
    digest: str
    """sha256 of the tool and its whole input: what the yes is for."""
    address: str = ""
    """The step that would send it: a yes is for that one alone."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a run asks of a person."""

    run: str
    address: str
    command: str
    kind: Literal["approve", "answer", "human"]
    text: str
    shown: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """Values by name; of an approval each may be edited."""
    shape: str = ""
    """The short type of the value that is wanted, for an answer."""
    sendings: tuple[Sending, ...] = ()
    """Of an approval: the effects that follow it, as far as they are known."""
    problems: tuple[str, ...] = ()
    """What was wrong with the reply before this one; the address then ends in `~2`."""
    reasons: tuple[str, ...] = ()
    """Of a value that a person is to write: why no model and no function could."""


@dataclass(frozen=True, kw_only=True)
class Approved:
    """Yes; with the values that were edited, by name."""

    edits: Mapping[str, Json] = field(default_factory=dict[str, Json])
    by: str = "person"


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """No."""

    note: str = ""
    by: str = "person"


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A value."""

    value: Json
    by: str = "person"


@dataclass(frozen=True, kw_only=True)
class TakenOver:
    """The person does the rest themselves."""

    note: str = ""
    by: str = "person"


Reply: TypeAlias = Approved | Rejected | Answered | TakenOver


@dataclass(frozen=True, kw_only=True)
class StepBegan:
    """A step is being done."""

    run: str
    address: str
    verb: str
    text: str


@dataclass(frozen=True, kw_only=True)
class StepEnded:
    """It is done, and on record."""

    row: StepRow
    elapsed_ms: int


@dataclass(frozen=True, kw_only=True)
class RunChanged:
    """The run has begun, waits, or has ended."""

    run: Run


RunEvent: TypeAlias = StepBegan | StepEnded | RunChanged


@dataclass(frozen=True, kw_only=True)
class LintReport:
    """What is wrong with one procedure."""

    path: str
    problems: tuple[Problem, ...]
