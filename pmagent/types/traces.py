"""What a run did, piece by piece and to the nanosecond: spans, and what happened within them.

Times are nanoseconds since 1970 in UTC. A span holds numbers, names and hashes. Words of a model, a
query or a file are in it only where the person asked for that when the run began.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, Protocol

from pmagent.types.actions import Json
from pmagent.types.runs import Run, StepRow

Operation = Literal[
    "run",
    "step",
    "model",
    "tool",
    "find",
    "embed",
    "agent",
    "plan",
    "remember",
    "recall",
    "forget",
    "person",
    "wait",
    "outbox",
    "guard",
]
"""What a span is of: a run or one carrying on of it, a step of it, a request to a model, a use of a
tool, a search, an embedding, a sub-agent, a plan, three uses of the memory, a question to a person,
a wait for a moment, an effect on its way out, a check by a wall or a rule."""
SpanStatus = Literal["open", "ok", "error", "interrupted"]
"""`interrupted`: the process that was in it ended without a word."""
EventName = Literal["evaluation", "guardrail", "abstain", "loop", "denial", "switch", "feedback"]


@dataclass(frozen=True, kw_only=True)
class TraceSpan:
    """One piece of work, from its begin to its end."""

    id: str
    """16 hex digits, unique in the trace."""
    trace: str
    """32 hex digits. A run, what it is resumed as, and its sub-runs share one trace."""
    parent: str = ""
    """The span it is a part of; empty for none."""
    run: str
    name: str
    """The command, the step's verb and value, the tool, the model."""
    operation: Operation
    began_ns: int
    ended_ns: int | None = None
    """None: it is open."""
    status: SpanStatus = "open"
    error_type: str = ""
    """The class of what broke, such as `ModelError`."""
    provider: str = ""
    model: str = ""
    tokens_in: int = 0
    """All that a model read, what came from its cache included."""
    tokens_out: int = 0
    tokens_cache_read: int = 0
    tokens_cache_written: int = 0
    first_ms: int | None = None
    """Until the first word of the answer."""
    usd: Decimal | None = Decimal(0)
    """None: a model of unknown price."""
    facts: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, kw_only=True)
class TraceEvent:
    """Something that happened within a span."""

    trace: str
    span: str
    at_ns: int
    name: EventName
    facts: Mapping[str, Json] = field(default_factory=dict[str, Json])


class RunViews(Protocol):
    """The runs of a garden, as screens and commands look at them."""

    def list(self, limit: int) -> Sequence[Run]:
        """The latest runs, newest first."""
        ...

    def get(self, run_id: str) -> Run:
        """One run. Raises UsageError where there is none."""
        ...

    def steps(self, run_id: str) -> Sequence[StepRow]:
        """Its finished steps, in the order in which they were done."""
        ...

    def spans(self, run_id: str) -> Sequence[TraceSpan]:
        """Its spans and those of its sub-runs, by their begin."""
        ...

    def events(self, run_id: str) -> Sequence[TraceEvent]:
        """What happened within them, in order."""
        ...

    def explain(self, run_id: str) -> str:
        """Why it went as it did, one line a step."""
        ...
