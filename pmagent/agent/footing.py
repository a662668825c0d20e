"""What a loop stands on, who it is, and what it passes on to those it starts. Values only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pmagent.agent.budget import Meter, PriceOf
from pmagent.agent.context import Section
from pmagent.agent.controls import Controls
from pmagent.agent.session import Narrow
from pmagent.agent.tool import AgentReport, AgentTask, Errand
from pmagent.agent.trace import Trace
from pmagent.hooks.verdict import Verdict
from pmagent.types.actions import Ask, Json, Outcome, ToolCall
from pmagent.types.sessions import Record
from pmagent.types.talk import Effort, Model, ToolSpec
from pmagent.types.turns import AgentMoved, Budget, TurnEvent

SPAWNER = "Agent"
"""The tool that starts sub-agents."""


def nothing_asked() -> Ask | None:
    """No question is open."""
    return None


def somebody() -> bool:
    """A person is there."""
    return True


@dataclass(frozen=True, kw_only=True)
class Footing:
    """The ways out of a loop. Shared by an agent and all its sub-agents; all are thread-safe."""

    perform: Callable[[ToolCall, Errand], Outcome]
    """The gate."""
    only_reads: Callable[[str, Mapping[str, Json]], bool]
    """Whether a call may run beside others."""
    specs: Callable[[], Sequence[ToolSpec]]
    """The tools there are now."""
    fire: Callable[[str, Mapping[str, Json]], Verdict]
    """What the hooks say at a moment."""
    price: PriceOf
    record: Callable[[Record], None]
    """Keeps what was said; on the disk when it returns."""
    trace: Trace
    clock: Callable[[], float]
    """Seconds, never backwards."""
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    asking: Callable[[], Ask | None] = nothing_asked
    is_attended: Callable[[], bool] = somebody
    """Whether a person can be waited for."""


def no_sections() -> Sequence[Section]:
    """No instructions."""
    return ()


@dataclass(frozen=True, kw_only=True)
class Role:
    """Who a loop is: the agent itself, or one of its sub-agents."""

    sections: Callable[[], Sequence[Section]] = no_sections
    """The instructions and the trust state, as they are now; sent whole with every request."""
    id: str = ""
    """Empty for the agent itself."""
    name: str = ""
    depth: int = 0
    tools: frozenset[str] | None = None
    """The tools it may use of those there are; None: all."""
    spawnable: frozenset[str] | None = None
    """The types of sub-agents it may start; None: all."""
    mode: Narrow | None = None
    effort: Effort | None = None
    output_schema: Mapping[str, Json] | None = None
    """JSON Schema that the words of its answers must fit."""

    @property
    def by(self) -> str:
        """As the trail names it."""
        return f"agent/{self.name}" if self.name else "agent"

    @property
    def facts(self) -> Mapping[str, Json]:
        """What hooks are told of it."""
        return {"agent_id": self.id, "agent_type": self.name} if self.id else {}


@dataclass(frozen=True, kw_only=True)
class Parent:
    """What a sub-agent takes over from the one who starts it."""

    footing: Footing
    role: Role
    model: Model
    meter: Meter
    controls: Controls
    specs: Sequence[ToolSpec]
    post: Callable[[TurnEvent], None]
    """Shows an event in the parent's turn."""
    span: str


class Starter(Protocol):
    """Starts sub-agents and knows those that run."""

    def start(self, parent: Parent, task: AgentTask, share: Budget) -> AgentReport:
        """Run one to its end, in this thread.

        Raises:
            UsageError: it cannot be started.
        """
        ...

    def moves(self, parent: str) -> Sequence[AgentMoved]:
        """Where each is that `parent` started and that runs still."""
        ...

    def doing(self, parent: str) -> Sequence[tuple[str, str]]:
        """The same in words, each with the span of the sub-agent."""
        ...
