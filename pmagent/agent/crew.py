"""Uses the tools of one answer: reads and sub-agents beside each other, everything else in order.

Each use gets exactly one answer. A stop lets finish what runs, and what has not begun is answered
as not run, so that nothing is ever half done.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace

from pmagent.agent.footing import SPAWNER, Footing, Parent, Starter
from pmagent.agent.gate import CALLED_OFF
from pmagent.agent.tool import AgentReport, AgentTask, Errand, no_spawn, subject_of
from pmagent.agent.tool_answers import STOPPED, answer_of, not_run
from pmagent.agent.tool_specs import find_spec, no_such_tool
from pmagent.errors import PmagentError
from pmagent.types.actions import Failed, Outcome, ToolCall
from pmagent.types.talk import ToolAnswer, ToolSpec, ToolUse
from pmagent.types.turns import Budget, ToolBegan, ToolEnded, TurnEvent

READERS = 4
"""Reads at once."""
TICK_S = 1.0
"""How long a sub-agent may be silent."""
BROKE = "it broke inside pmagent, and what it did is not known"


@dataclass(frozen=True, kw_only=True)
class _Gone:
    """A thread has nothing left to do."""


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """What the threads of a turn want to be shown, in the order in which it happened."""

    waiting: queue.SimpleQueue[TurnEvent | _Gone] = field(
        default_factory=queue.SimpleQueue["TurnEvent | _Gone"]
    )

    def post(self, event: TurnEvent) -> None:
        """Show an event; from any thread."""
        self.waiting.put(event)

    def take(self) -> Generator[TurnEvent]:
        """What waits now."""
        while True:
            try:
                item = self.waiting.get_nowait()
            except queue.Empty:
                return
            if not isinstance(item, _Gone):
                yield item


@dataclass(kw_only=True)
class Used:
    """One use of a tool and what came of it."""

    use: ToolUse
    tool: str
    """The tool's present name; empty where there is no such tool."""
    about: str
    outcome: Outcome | None = None
    """None where it was not begun."""
    span: str = ""
    call_id: str = ""

    @property
    def answer(self) -> ToolAnswer:
        """What the model reads."""
        if self.outcome is None:
            return not_run(self.use, STOPPED)
        return answer_of(self.use, self.outcome, about=self.about)


class Crew:
    """Performs the uses of one answer."""

    def __init__(self, parent: Parent, inbox: Inbox, starter: Starter | None, why: str) -> None:
        self._parent = parent
        self._footing: Footing = parent.footing
        self._inbox = inbox
        self._starter = starter
        self._why = why
        self.used: list[Used] = []
        """In the order of the answer; complete also where the work was broken off."""

    def perform(self, uses: Sequence[ToolUse]) -> Generator[TurnEvent]:
        """Use them; `used` has what came of it."""
        specs = self._parent.specs
        for use in uses:
            spec = find_spec(use.tool, specs)
            name = spec.name if spec is not None else ""
            self.used.append(Used(use=use, tool=name, about=subject_of(use.input)))
        for batch in self._batches(specs):
            if self._parent.controls.is_stopped:
                return
            yield from self._run_batch(batch)

    def _batches(self, specs: Sequence[ToolSpec]) -> Generator[Sequence[Used]]:
        """Runs of uses that may overlap; any other stands alone."""
        together: list[Used] = []
        for used in self.used:
            problem = self._problem(used, specs)
            if problem is not None:
                used.outcome = problem
            if problem is not None or self._may_overlap(used):
                together.append(used)
                continue
            if together:
                yield together
            together = []
            # Whether a later use only reads is looked at when this one has changed what it changes.
            yield [used]
        if together:
            yield together

    def _may_overlap(self, used: Used) -> bool:
        return used.tool == SPAWNER or self._footing.only_reads(used.tool, used.use.input)

    @staticmethod
    def _problem(used: Used, specs: Sequence[ToolSpec]) -> Failed | None:
        if not used.tool:
            return Failed(message=no_such_tool(used.use.tool, specs))
        if used.use.problem:
            return Failed(message=f"not run: its input is not whole: {used.use.problem}")
        return None

    def _run_batch(self, batch: Sequence[Used]) -> Generator[TurnEvent]:
        agents = [used for used in batch if used.tool == SPAWNER and used.outcome is None]
        others = deque(used for used in batch if used not in agents)
        share = self._parent.meter.share(max(1, len(agents)))
        threads = [self._thread(deque([used]), share) for used in agents]
        threads += [self._thread(others, share) for _ in range(min(READERS, len(others)))]
        for thread in threads:
            thread.start()
        try:
            yield from self._events_of(len(threads))
        finally:
            if any(thread.is_alive() for thread in threads):
                # Nobody listens any more: what runs is let finish, and nothing more is begun.
                self._parent.controls.stop()
            for thread in threads:
                thread.join()

    def _events_of(self, threads: int) -> Generator[TurnEvent]:
        told = self._footing.clock()
        while threads:
            try:
                item = self._inbox.waiting.get(timeout=TICK_S)
            except queue.Empty:
                item = None
            if isinstance(item, _Gone):
                threads -= 1
            elif item is not None:
                yield item
            if self._starter is None:
                continue
            if item is None or self._footing.clock() - told >= TICK_S:
                told = self._footing.clock()
                yield from self._starter.moves(self._parent.role.id)

    def _thread(self, work: deque[Used], share: Budget) -> threading.Thread:
        def run() -> None:
            try:
                while not self._parent.controls.is_stopped:
                    try:
                        used = work.popleft()
                    except IndexError:
                        return
                    self._one(used, share)
            finally:
                self._inbox.waiting.put(_Gone())

        # Not a daemon: an end of the program lets an effect finish.
        return threading.Thread(target=run, name="tool")

    def _one(self, used: Used, share: Budget) -> None:
        """Use one tool, in this thread, and show that it began and ended."""
        footing, role = self._footing, self._parent.role
        tool = used.tool or used.use.tool
        call = ToolCall(
            id=footing.new_id(), tool=tool, input=dict(used.use.input), by=role.by, why=self._why
        )
        used.call_id = call.id
        used.span = footing.trace.begin("tool", tool, self._parent.span, call=call.id)
        self._inbox.post(
            ToolBegan(
                call_id=call.id, tool=tool, subject=used.about, why=self._why,
                input=call.input,
            )
        )  # fmt: skip
        began = footing.clock()
        # A fault of ours ends this thread with its trace; the use has its answer all the same.
        outcome: Outcome = used.outcome or Failed(message=BROKE, can_retry=False)
        try:
            if used.outcome is None:
                outcome = footing.perform(call, self._errand(used, share))
        except PmagentError as exc:
            outcome = Failed(message=exc.message, hint=exc.hint)
        finally:
            is_off = isinstance(outcome, Failed) and outcome.message == CALLED_OFF
            used.outcome = None if is_off else outcome
            ended = type(outcome).__name__.casefold()
            footing.trace.end(used.span, outcome=ended)
            self._inbox.post(
                ToolEnded(
                    call_id=call.id, tool=tool, outcome=outcome,
                    elapsed_s=max(0.0, footing.clock() - began),
                )
            )  # fmt: skip

    def _errand(self, used: Used, share: Budget) -> Errand:
        role = self._parent.role
        return Errand(
            spawn=self._spawner(used, share) if used.tool == SPAWNER else no_spawn,
            is_off=lambda: self._parent.controls.is_stopped,
            mode=role.mode,
            facts=role.facts,
        )

    def _spawner(self, used: Used, share: Budget) -> Callable[[AgentTask], AgentReport]:
        starter = self._starter
        if starter is None:
            return no_spawn
        parent = replace(self._parent, span=used.span)
        return lambda task: starter.start(parent, task, share)
