"""What may come of one step, and how a run ends, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from pmagent.errors import AccessError, PmagentError
from pmagent.types.actions import Json
from pmagent.types.runs import Maker, Run, RunState, Spent, StepStatus, WaitsFor

Cause = Literal["", "budget", "denied"]
"""Why a run ended, where that has an exit code of its own; its reason begins with the word."""
_CAUSES: tuple[Cause, ...] = ("budget", "denied")


@dataclass(frozen=True, kw_only=True)
class Finished:
    """The step is done: what goes on record, and what it changes."""

    value: Json = None
    name: str = ""
    status: StepStatus = "done"
    maker: Maker = "exact"
    detail: str = ""
    spent: Spent = field(default_factory=Spent)
    assumptions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """Lines for whoever takes over."""


@dataclass(frozen=True, kw_only=True)
class Ends:
    """The run ends with this step."""

    state: RunState
    reason: str = ""
    result: Json = None
    detail: str = ""
    """What the step's own row says; empty: the reason."""
    notes: tuple[str, ...] = ()
    showing: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """Of a hand-off: the values its note shows."""
    spent: Spent = field(default_factory=Spent)


@dataclass(frozen=True, kw_only=True)
class Waits:
    """The run waits at this step, which has no row yet."""

    waits_for: WaitsFor
    reason: str
    wakes: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Switches:
    """Another command takes over."""

    command: str
    arguments: Mapping[str, Json]


Outcome: TypeAlias = Finished | Ends | Waits | Switches


@dataclass(frozen=True, kw_only=True)
class Left:
    """The run is on record as ended or waiting; nothing of it is done any more in this process."""

    run: Run


def failed(exc: PmagentError) -> Ends:
    """How a run ends where a port has broken; what was refused is told from what broke."""
    hint = f" ({exc.hint})" if exc.hint else ""
    cause = "denied: " if isinstance(exc, AccessError) else ""
    return Ends(state="failed", reason=f"{cause}{exc.message}{hint}")


def denied(why: str) -> Ends:
    """How a run ends that wants what it may not."""
    return Ends(state="failed", reason=f"denied: {why}")


def out_of_budget(why: str) -> Ends:
    """How a run ends that has used up what it was given."""
    return Ends(state="handed_off", reason=f"budget: {why}")


def cause_of(run: Run) -> Cause:
    """The cause of a run's end: `budget` and `denied` have exit codes of their own."""
    for cause in _CAUSES:
        if run.reason.startswith(f"{cause}: "):
            return cause
    return ""


def below(child: Run) -> str:
    """A child's reason as its parent gives it: `denied: /chapters: "private/x.md" is refused`."""
    cause = cause_of(child)
    said = child.reason.removeprefix(f"{cause}: ") if cause else child.reason
    told = f"/{child.command}: {said or child.state.replace('_', ' ')}"
    return f"{cause}: {told}" if cause else told
