"""What metrics and reports are made of, as values; and the work that counts as one task."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from pmagent.types.outbox import Effect
from pmagent.types.reviews import Review
from pmagent.types.runs import Run, StepRow
from pmagent.types.traces import EventName, TraceEvent, TraceSpan

T = TypeVar("T")
OPEN = frozenset({"running", "waiting"})
"""States of a run that may still come to any end."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """What a person set going: one run, those that took over from it, and all their sub-runs."""

    runs: tuple[Run, ...]
    """The first, and then each that took over; without sub-runs."""
    steps: tuple[StepRow, ...]
    spans: tuple[TraceSpan, ...]
    events: tuple[TraceEvent, ...]
    reviews: tuple[Review, ...]
    effects: tuple[Effect, ...]

    @property
    def first(self) -> Run:
        """The run that was asked for."""
        return self.runs[0]

    @property
    def last(self) -> Run:
        """The run that it ended with."""
        return self.runs[-1]

    @property
    def ended(self) -> datetime | None:
        """When it ended."""
        return self.last.ended if self.is_ended else None

    @property
    def is_ended(self) -> bool:
        """Whether it has come to an end of any kind."""
        return self.last.state not in OPEN

    def has(self, *names: EventName) -> bool:
        """Whether one of these events happened in it."""
        return any(event.name in names for event in self.events)


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """Everything of some stretch of time. Sub-runs are among the runs."""

    runs: Sequence[Run] = ()
    steps: Sequence[StepRow] = ()
    spans: Sequence[TraceSpan] = ()
    events: Sequence[TraceEvent] = ()
    reviews: Sequence[Review] = ()
    effects: Sequence[Effect] = ()

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """What persons set going, oldest first: no simulation, no shadow run."""
        by_id = {run.id: run for run in self.runs}
        followers = {run.switched_to for run in self.runs if run.switched_to}
        firsts = sorted(
            (
                run
                for run in self.runs
                if run.origin == "user" and run.id not in followers and run.parent not in by_id
            ),
            key=lambda run: (run.began, run.id),
        )
        parts = _Parts(self)
        return tuple(parts.task(_chain(run, by_id)) for run in firsts)


class _Parts:
    """All rows by the run they belong to."""

    def __init__(self, gathered: Gathered) -> None:
        self._children: dict[str, list[str]] = {}
        for run in gathered.runs:
            if run.parent:
                self._children.setdefault(run.parent, []).append(run.id)
        self._steps = _by_run(gathered.steps, lambda row: row.run)
        self._spans = _by_run(gathered.spans, lambda span: span.run)
        self._reviews = _by_run(gathered.reviews, lambda review: review.run)
        self._effects = _by_run(gathered.effects, lambda effect: effect.run)
        self._events = _by_run(gathered.events, lambda event: f"{event.trace} {event.span}")

    def task(self, chain: Sequence[Run]) -> Task:
        runs = self._below(run.id for run in chain)
        spans = [span for run in runs for span in self._spans.get(run, ())]
        return Task(
            runs=tuple(chain),
            steps=tuple(row for run in runs for row in self._steps.get(run, ())),
            spans=tuple(spans),
            events=tuple(
                event for span in spans for event in self._events.get(f"{span.trace} {span.id}", ())
            ),
            reviews=tuple(review for run in runs for review in self._reviews.get(run, ())),
            effects=tuple(effect for run in runs for effect in self._effects.get(run, ())),
        )

    def _below(self, runs: Iterable[str]) -> Sequence[str]:
        found: dict[str, None] = {}
        waiting = list(runs)
        while waiting:
            run = waiting.pop(0)
            if run not in found:
                found[run] = None
                waiting.extend(self._children.get(run, ()))
        return tuple(found)


def _chain(run: Run, by_id: Mapping[str, Run]) -> Sequence[Run]:
    chain = [run]
    while (follower := by_id.get(chain[-1].switched_to)) is not None and follower not in chain:
        chain.append(follower)
    return chain


def _by_run(rows: Sequence[T], run_of: Callable[[T], str]) -> Mapping[str, Sequence[T]]:
    found: dict[str, list[T]] = {}
    for row in rows:
        found.setdefault(run_of(row), []).append(row)
    return found
