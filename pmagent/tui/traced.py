"""What the desk hands back about runs and their traces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from pmagent.errors import UsageError

if TYPE_CHECKING:
    from pmagent.tui.ports import GardenPort
    from pmagent.types.runs import Run, StepRow
    from pmagent.types.traces import RunViews, TraceEvent, TraceSpan


class RunsTold(Message):
    """The latest runs, newest first."""

    def __init__(self, runs: Sequence[Run]) -> None:
        super().__init__()
        self.runs = tuple(runs)


class TraceTold(Message):
    """A run with its spans, its events, and the steps of it and of its sub-runs."""

    def __init__(
        self,
        run: Run,
        spans: Sequence[TraceSpan],
        events: Sequence[TraceEvent],
        steps: Sequence[StepRow],
    ) -> None:
        super().__init__()
        self.run = run
        self.spans = tuple(spans)
        self.events = tuple(events)
        self.steps = tuple(steps)


class Explained(Message):
    """Why a run went as it did."""

    def __init__(self, run: str, text: str) -> None:
        super().__init__()
        self.run = run
        self.text = text


def runs_of(garden: GardenPort) -> RunViews:
    """The garden's runs, to be looked at."""
    return garden.runs


def read_trace(garden: GardenPort, run: str) -> TraceTold:
    """All that is known of a run; of the latest where no id is given.

    Raises:
        UsageError: there is no such run, or none at all.
    """
    runs = runs_of(garden)
    if not run:
        latest = runs.list(1)
        if not latest:
            raise UsageError("nothing was run here yet", "a command with steps makes a run")
        run = latest[0].id
    found = runs.get(run)
    spans = runs.spans(found.id)
    with_steps = dict.fromkeys([found.id, *(span.run for span in spans)])
    steps = [row for each in with_steps for row in runs.steps(each)]
    return TraceTold(found, spans, runs.events(found.id), steps)
