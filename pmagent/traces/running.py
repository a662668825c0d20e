"""The spans of runs that are being carried on, so that whoever works for a step finds its span.

The engine names its run and its steps; what a step uses (a model, a tool, a search) is hung below
the step that is open. It has the form that the engine asks for, without knowing the engine.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Protocol

from pmagent.traces.tracer import OpenSpan, Tracer
from pmagent.types.actions import Json
from pmagent.types.runs import Run
from pmagent.types.traces import EventName, Operation

_OPERATIONS: Mapping[str, Operation] = {
    "Find": "find", "Ask": "person", "Approve": "person", "Wait": "wait",
}  # fmt: skip
"""Of a step by its verb; every other is a step."""
_WORDS = ("detail", "error", "reason")
"""Facts of the engine that may hold words of a document or a person."""


class StepPlace(Protocol):
    """Which step of which run."""

    @property
    def run(self) -> Run:
        """The run."""
        ...

    @property
    def address(self) -> str:
        """`7[2].3`."""
        ...


class RunSpan:
    """The span of a run or a step, as the engine adds to it."""

    def __init__(self, opened: OpenSpan) -> None:
        self.opened = opened

    def note(self, facts: Mapping[str, Json]) -> None:
        """Add facts. Those that may hold words become hashes."""
        words = {name: str(facts[name]) for name in _WORDS if facts.get(name)}
        self.opened.add(**{name: value for name, value in facts.items() if name not in _WORDS})
        if words:
            self.opened.add_words(**words)


class RunTracing:
    """The spans that are open now, by run. Safe to use from several threads."""

    def __init__(self, tracer: Tracer) -> None:
        self.tracer = tracer
        self._lock = threading.Lock()
        self._open: dict[str, list[OpenSpan]] = {}

    @contextmanager
    def run(self, run: Run) -> Generator[RunSpan]:
        """Around one process's part of a run; below its parent's open step where it has one."""
        parent = self.here(run.parent) if run.parent else None
        facts: dict[str, Json] = {
            "digest": run.digest, "autonomy": run.autonomy, "origin": run.origin,
        }  # fmt: skip
        with (
            self.tracer.run(run.id, run.command, parent=parent, **facts) as opened,
            self._held(run.id, opened),
        ):
            yield RunSpan(opened)

    @contextmanager
    def step(self, here: StepPlace, verb: str) -> Generator[RunSpan]:
        """Around one step that is done now. Steps nest."""
        run = here.run.id
        operation = _OPERATIONS.get(verb.partition(" ")[0], "step")
        with self.span(run, verb, operation, address=here.address) as opened:
            yield RunSpan(opened)

    @contextmanager
    def span(self, run: str, name: str, operation: Operation, **facts: Json) -> Generator[OpenSpan]:
        """Around something that the open step of a run uses: a model, a tool, a search.

        Raises:
            LookupError: the run is not being carried on here.
        """
        parent = self.here(run)
        if parent is None:
            raise LookupError(run)
        with (
            self.tracer.span(name, operation, parent, **facts) as opened,
            self._held(run, opened),
        ):
            yield opened

    def event(self, run: str, name: EventName, **facts: Json) -> None:
        """Something happens in the open step of a run; nothing where it is not carried on here."""
        if (opened := self.here(run)) is not None:
            opened.event(name, **facts)

    def here(self, run: str) -> OpenSpan | None:
        """The innermost open span of a run; None where it is not being carried on here."""
        with self._lock:
            held = self._open.get(run)
            return held[-1] if held else None

    @contextmanager
    def _held(self, run: str, opened: OpenSpan) -> Generator[None]:
        with self._lock:
            self._open.setdefault(run, []).append(opened)
        try:
            yield
        finally:
            with self._lock:
                held = self._open[run]
                held.remove(opened)
                if not held:
                    del self._open[run]
