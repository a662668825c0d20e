"""What happens in a turn of the agent: one closed union of events, and the state that they make.

A front end draws these and nothing else. A test, a session log and a simulation read the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from pmagent.types.actions import Json, Outcome
from pmagent.types.answers import Abstention, Answer, Map
from pmagent.types.runs import Run
from pmagent.types.talk import Usage

EndReason = Literal[
    "done",
    "stopped",  # by the person
    "steps",
    "tokens",
    "cost",
    "time",
    "loop",  # it went in circles, and was handed back
    "hook",  # a hook ended it
    "refused",  # by the model
    "cut",  # at the model's own limit of output or context
    "failed",
    "unknown",  # no such command; the text is kept
    "waiting",  # a run waits for a person, a moment or the outbox
    "blocked",  # a run stopped on purpose before its end
]


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What a turn may use; None: no limit of that kind."""

    steps: int | None = 40
    """Requests to the model."""
    tokens: int | None = None
    cost_usd: Decimal | None = None
    """A model of unknown price does not run under such a limit."""
    time_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Spend:
    """What was used so far."""

    steps: int = 0
    usage: Usage = field(default_factory=Usage)
    cost_usd: Decimal | None = Decimal(0)
    """None: a model of unknown price had a part in it."""
    time_s: float = 0.0
    model_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class TurnBegan:
    """A turn begins. `goal` is what the person asked, in one line."""

    turn: str
    goal: str
    model: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Said:
    """More words of the answer."""

    text: str
    agent: str = ""
    """The sub-agent that says them; empty for the agent itself."""


@dataclass(frozen=True, kw_only=True)
class ToolBegan:
    """A tool is about to be used. A question to the person may come in between."""

    call_id: str
    tool: str
    subject: str
    """What it is about, in one line: a path, a command, a question."""
    why: str = ""
    agent: str = ""
    input: Mapping[str, Json] = field(default_factory=dict[str, Json])
    step: str = ""
    """Of a run of a procedure: the step's number, such as `7[2].3`; `tool` and `subject` are then
    a sentence."""


@dataclass(frozen=True, kw_only=True)
class ToolEnded:
    """What came of it."""

    call_id: str
    tool: str
    outcome: Outcome
    elapsed_s: float
    agent: str = ""
    step: str = ""
    """Of a run of a procedure: the step's number; the outcome's text is then the whole sentence."""


@dataclass(frozen=True, kw_only=True)
class AgentBegan:
    """A sub-agent was started."""

    id: str
    name: str
    task: str
    parent: str = ""
    model: str = ""
    budget: Budget = field(default_factory=Budget)


@dataclass(frozen=True, kw_only=True)
class AgentMoved:
    """Where a sub-agent is; also sent once a second while it waits."""

    id: str
    step: int
    doing: str
    """`Read notes/pricing.md`, `thinking`, `waiting for you`, `paused`."""
    elapsed_s: float
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, kw_only=True)
class AgentEnded:
    """A sub-agent has ended, and what it hands back."""

    id: str
    reason: EndReason
    text: str
    spend: Spend = field(default_factory=Spend)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A cited answer, an abstention or a map, whole; a front end draws it in place of words."""

    reply: Answer | Abstention | Map
    is_first: bool = False
    """Told at once, before a closer look at the same question: its place is taken by what that
    finds. A screen draws it; whoever tells a turn as one text leaves it out."""


@dataclass(frozen=True, kw_only=True)
class Noted:
    """One sentence of pmagent's own."""

    text: str
    kind: Literal["note", "warning", "error", "loop", "budget", "context", "hook", "model"] = "note"
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Screen:
    """Something to be shown on a screen of its own, where there are screens.

    `text` says the same for a front end without them.
    """

    name: str
    """`map`, `reader`, `status`, `help`, `garden`, `audit`, `undo`, `model`, `context`, `agents`,
    `hooks`, `sessions`, `kit`, `check`, `why`, `quit`, `clear`, `theme`, `copy`."""
    argument: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Paused:
    """The turn waits for the person: `p` was pressed, or it went in circles."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Resumed:
    """It goes on."""


@dataclass(frozen=True, kw_only=True)
class Used:
    """The numbers after a step: of the whole turn, and of the context."""

    spend: Spend
    budget: Budget
    context_tokens: int
    context_limit: int


@dataclass(frozen=True, kw_only=True)
class TurnEnded:
    """A turn has ended. Always the last event of a turn, whatever happened."""

    reason: EndReason
    text: str
    """All that the agent said; kept also where it was cut off."""
    spend: Spend
    hint: str = ""
    """What to do, where it did not end well."""
    is_partial: bool = False
    """Whether the words were cut off."""
    fault: str = ""
    """What broke, for an exit code: the kind of a `ModelError`, else the name of the error's class,
    such as `UsageError`; empty where nothing did."""
    run: Run | None = None
    """The run of a procedure that the turn was, as it stands."""
    review: str = ""
    """The id of the review that this run waits for."""


TurnEvent: TypeAlias = (
    TurnBegan
    | Said
    | ToolBegan
    | ToolEnded
    | AgentBegan
    | AgentMoved
    | AgentEnded
    | Found
    | Noted
    | Screen
    | Paused
    | Resumed
    | Used
    | TurnEnded
)


@dataclass(frozen=True, kw_only=True)
class Span:
    """One piece of work: a turn, a step, a request, a use of a tool, a sub-agent."""

    id: str
    parent: str
    """Empty for a turn."""
    kind: Literal["turn", "step", "model", "tool", "agent", "command", "hook"]
    name: str
    began: datetime
    ended: datetime | None = None
    facts: Mapping[str, Json] = field(default_factory=dict[str, Json])


WhyLabel = Literal[
    "Goal", "Now", "Why", "Read so far", "Assuming", "Next", "Would stop if", "Spent"
]


@dataclass(frozen=True, kw_only=True)
class WhyLine:
    """One line of the answer to "What are you doing?", and the spans it is read from."""

    label: WhyLabel
    text: str
    spans: tuple[str, ...]
    """At least one."""


@dataclass(frozen=True, kw_only=True)
class WhyCard:
    """The answer to "What are you doing?", read from state: no model is asked."""

    is_running: bool
    lines: tuple[WhyLine, ...]
    """At most twelve."""


@dataclass(frozen=True, kw_only=True)
class ContextRow:
    """One part of what the model is sent."""

    name: str
    """`instructions`, `AGENTS.md`, `tools`, `memory`, `conversation`, `results`, `free`."""
    tokens: int
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ContextView:
    """What the model would be sent now, in numbers."""

    rows: tuple[ContextRow, ...]
    limit_tokens: int
    is_estimate: bool = True
