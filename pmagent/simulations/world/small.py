"""The small ports of a scenario: its clock, its names, its notes. Nothing in them is by chance."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pmagent.procedures.engine.ports import Here
from pmagent.types.actions import Json
from pmagent.types.runs import Run

_TICK_S = 0.001
"""How long anything takes."""


@dataclass(kw_only=True)
class ScriptedClock:
    """A clock that stands still, but for a tick each time it is looked at, and leaps."""

    moment: datetime
    ticks: int = 0

    def now(self) -> datetime:
        """Now; the same until `leap`."""
        return self.moment

    def monotonic(self) -> float:
        """Seconds; a millisecond on each time."""
        self.ticks += 1
        return self.ticks * _TICK_S

    def leap(self, to: datetime) -> None:
        """Let it be `to`, unless it is later already."""
        self.moment = max(self.moment, to)

    def sleep(self, seconds: float) -> None:
        """Let so many seconds be over."""
        self.moment += timedelta(seconds=seconds)


@dataclass(kw_only=True)
class CountedIds:
    """Names of runs, counted: `sim-001`, `sim-002`."""

    count: int = 0

    def run_id(self) -> str:
        """The next name."""
        self.count += 1
        return f"sim-{self.count:03}"


@dataclass(kw_only=True)
class KeptNotes:
    """Hand-off notes by the path they are said to lie at."""

    notes: dict[str, str] = field(default_factory=dict[str, str])

    def hand_off(self, run: Run, note: str) -> str:
        """The path."""
        path = f"handoffs/{run.id}.md"
        self.notes[path] = note
        return path


class _Span:
    def note(self, facts: Mapping[str, Json]) -> None:
        """Nothing is kept."""
        del facts


class NoTracing:
    """`ports.Tracing` that measures nothing."""

    @contextmanager
    def run(self, run: Run) -> Generator[_Span]:
        """A span that keeps nothing."""
        del run
        yield _Span()

    @contextmanager
    def step(self, here: Here, verb: str) -> Generator[_Span]:
        """A span that keeps nothing."""
        del here, verb
        yield _Span()


@dataclass(frozen=True, kw_only=True)
class ProcessNames:
    """`ports.Leases` of a process that dies when the scenario says so."""

    me: str

    def is_alive(self, holder: str) -> bool:
        """Whether it is this one: those before it are dead."""
        return holder == self.me
