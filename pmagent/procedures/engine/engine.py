"""Begins, resumes and calls off runs. Each step is done once, whatever happens to the process.

A run is carried on by one process at a time. What it waits for is on record, so `resume` of any run
of a family (the one a person began, those its steps started, those that took over) goes on with all
of it from where it stands.
"""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace

from pmagent.errors import PmagentError, UsageError
from pmagent.procedures.engine import terms as terms_of_runs
from pmagent.procedures.engine.ceiling import Ceiling
from pmagent.procedures.engine.operands import bind_names
from pmagent.procedures.engine.outcomes import (
    Ends,
    Finished,
    Left,
    Outcome,
    Switches,
    Waits,
    below,
    failed,
)
from pmagent.procedures.engine.ports import Failpoint, Here, Ports
from pmagent.procedures.engine.state import Opened, RunState, add_spent
from pmagent.procedures.engine.terms import Terms, left_of, level, terms_json
from pmagent.procedures.engine.walker import Walker
from pmagent.records.runs import OPEN, RunRecords, canonical
from pmagent.types.actions import Json
from pmagent.types.procedures import Procedure, RunStep
from pmagent.types.runs import Run, RunChanged, RunEvent, Spent

DEEPEST = 8
"""Runs that may stand above one another, or take over one after another."""
_LONGEST_KEY = 200


def nowhere(place: str, address: str) -> None:
    """No failpoint: nothing is broken off."""
    del place, address


class Engine:
    """Carries runs on over its ports. Safe to use from several threads, one run in each."""

    def __init__(self, ports: Ports, records: RunRecords, failpoint: Failpoint = nowhere) -> None:
        self._ports = ports
        self._records = records
        self._failpoint = failpoint
        self._turns = itertools.count(1)

    def start(
        self, procedure: Procedure, arguments: Mapping[str, Json], terms: Terms | None = None
    ) -> Iterator[RunEvent]:
        """Begin a run; what happens in it, as it happens. The first event names it.

        It is on record when this returns, and is carried on as far as the events are taken.
        Arguments that are not given are None.

        Raises:
            UsageError: the procedure has an error, or the arguments do not fit.
            StorageError: nothing can be put on record (also while events are taken: the run then
                stands as it was after its last step, and can be resumed).
        """
        run, kept = self._begun(procedure, arguments, terms or Terms(), None)
        self._records.add(run, kept)
        return self._events(run.id)

    def resume(self, run_id: str) -> Iterator[RunEvent]:
        """Go on with a run, and with those above it that wait for it.

        Finished steps are not done again, and not told of. A run that has ended is told as it is.

        Raises:
            UsageError: there is no such run, or another process carries it on.
        """
        return self._events(self._foremost(self._known(run_id)).id)

    def cancel(self, run_id: str, why: str = "called off by a person") -> Run:
        """End a run, those above it that wait for it, and those below it; what it is as it stands.

        A process that is in the middle of a step finishes that step, and then stops. What is in
        the outbox stays there.

        Raises:
            UsageError: there is no such run.
        """
        first = self._foremost(self._known(run_id))
        self._end_all(first, why)
        return self._known(run_id)

    def run_below(
        self, state: RunState, step: RunStep, here: Here
    ) -> Generator[RunEvent, None, Outcome]:
        """The step Run: a run of its own with a carved budget, or the value of code."""
        child = self._records.child_at(here.run.id, here.address)
        try:
            if child is None:
                begun = self._begun_below(state, step, here)
                if isinstance(begun, Finished):
                    return begun
                child = begun[0]
                self._records.add(*begun)
        except PmagentError as exc:
            return failed(exc)
        child = yield from self._carry(child.id)
        spent = self._spent_at(here)
        match child.state:
            case "done":
                return Finished(
                    value=child.result, name=step.name, detail=f"run {child.id}", spent=spent
                )
            case "waiting" | "running":
                reason = f"/{child.command}: {child.reason}"
                return Waits(waits_for=child.waits_for, reason=reason, wakes=child.wakes)
            case _:
                return Ends(state=child.state, reason=below(child), spent=spent)

    def successor(self, state: RunState, switch: Switches) -> tuple[Run, Mapping[str, Json]]:
        """The run that takes over: its arguments, this run's place, and what is left to it.

        Raises:
            UsageError: there is no such procedure, or it cannot be begun.
        """
        procedure = self._procedure(switch.command)
        terms = self._terms_below(state)
        run, kept = self._begun(procedure, switch.arguments, terms, state.run)
        own = state.run
        return replace(run, parent=own.parent, parent_address=own.parent_address), kept

    # -- beginning ---------------------------------------------------------------------------------

    def _begun(
        self,
        procedure: Procedure,
        arguments: Mapping[str, Json],
        terms: Terms,
        above: Run | None,
    ) -> tuple[Run, Mapping[str, Json]]:
        """A run that is not on record yet. One above it gives it its clock, so that they agree."""
        errors = [problem for problem in procedure.problems if problem.is_error]
        if errors:
            raise UsageError(
                f"{procedure.path}:{errors[0].line}: {errors[0].message}",
                errors[0].hint or f'see all of it: "pmagent lint /{procedure.name}"',
            )
        if terms.depth > DEEPEST:
            raise UsageError(
                f'"/{procedure.name}" would be run {terms.depth} deep, at most {DEEPEST}',
                "procedures may not run or switch to one another in a circle",
            )
        Ceiling(procedure.allowed_tools, is_trusted=procedure.is_trusted)
        given = bind_names(procedure.name, procedure.arguments, ((), arguments))
        now = self._ports.clock.now()
        asked = terms.autonomy if above is None else above.autonomy
        run = Run(
            id=self._ports.ids.run_id(),
            command=procedure.name,
            text=procedure.text,
            digest=procedure.digest,
            arguments={name: given.get(name) for name in procedure.arguments},
            began=now,
            clock=now if above is None else above.clock,
            autonomy=level(asked, procedure.autonomy),
            origin=terms.origin if above is None else above.origin,
        )
        kept = terms_json(replace(terms, was_trusted=procedure.is_trusted))
        return replace(run, key=self._key(procedure, run, terms)), kept

    def _begun_below(
        self, state: RunState, step: RunStep, here: Here
    ) -> tuple[Run, Mapping[str, Json]] | Finished:
        source = step.given.source if step.given is not None else ""
        by_place, by_name = state.language.arguments(source, state.names())
        procedure = self._ports.commands.procedure(step.command)
        if procedure is None:
            placed = {str(number): value for number, value in enumerate(by_place)}
            value = self._ports.commands.run(step.command, {**placed, **by_name}, here)
            return Finished(value=value, name=step.name)
        given = bind_names(step.command, procedure.arguments, (by_place, by_name))
        run, kept = self._begun(procedure, given, self._terms_below(state), state.run)
        return replace(run, parent=here.run.id, parent_address=here.address), kept

    def _terms_below(self, state: RunState) -> Terms:
        left = left_of(state.budget, state.spent)
        procedure = state.procedure
        return terms_of_runs.below(
            state.terms,
            left,
            is_trusted=procedure.is_trusted,
            allowed_tools=procedure.allowed_tools,
        )

    def _key(self, procedure: Procedure, run: Run, terms: Terms) -> str:
        """What the run is about: the value of its key, or its arguments."""
        if procedure.key:
            names = {**terms.names, **run.arguments}
            with closing(self._ports.language(run, procedure)) as language:
                value = language.evaluate(procedure.key, names)
            return value if isinstance(value, str) else canonical(value)
        given = [value for value in run.arguments.values() if value is not None and value != ""]
        if len(given) == 1 and isinstance(given[0], str):
            return given[0]
        return canonical(given)[:_LONGEST_KEY] if given else ""

    def _procedure(self, name: str) -> Procedure:
        found = self._ports.commands.procedure(name)
        if found is None:
            raise UsageError(f'"/{name}" is no procedure, so nothing can switch to it')
        return found

    # -- carrying on -------------------------------------------------------------------------------

    def _events(self, run_id: str) -> Iterator[RunEvent]:
        run = self._known(run_id)
        if run.state in OPEN or run.switched_to:
            yield from self._carry(run_id)
        else:
            yield RunChanged(run=run)

    def _carry(self, run_id: str) -> Generator[RunEvent, None, Run]:
        """Carry a run on, and those that take over from it, until the last ends or waits."""
        run = self._known(run_id)
        while True:
            if run.state in OPEN:
                run = yield from self._held(run)
            if not run.switched_to:
                return run
            run = self._known(run.switched_to)

    def _held(self, run: Run) -> Generator[RunEvent, None, Run]:
        """The same for one run, while no other process can."""
        leases = self._ports.leases
        holder = f"{leases.me}/{next(self._turns)}"

        def is_alive(other: str) -> bool:
            return leases.is_alive(other.rpartition("/")[0])

        if not self._records.lease(run.id, holder, is_alive):
            raise UsageError(
                f"run {run.id} is being carried on by another process",
                f'wait for it, or end it: "pmagent cancel {run.id}"',
            )
        try:
            with self._ports.tracing.run(run):
                left = yield from self._walk(run)
        finally:
            self._records.free(run.id, holder)
        yield RunChanged(run=left.run)
        return left.run

    def _walk(self, run: Run) -> Generator[RunEvent, None, Left]:
        going = replace(run, state="running", waits_for="", wakes=None, reason="")
        if not self._records.change(going):
            return Left(run=self._known(run.id))
        yield RunChanged(run=going)
        procedure = self._ports.commands.reread(run.command, run.text)
        errors = [problem for problem in procedure.problems if problem.is_error]
        if errors:
            reason = f"its text cannot be read any more: {errors[0].message}"
            ended = replace(going, state="failed", reason=reason, ended=self._ports.clock.now())
            self._records.change(ended)
            return Left(run=ended)
        terms = terms_of_runs.terms_of(self._records.terms(run.id))
        procedure = replace(procedure, is_trusted=terms.was_trusted)
        with closing(self._ports.language(going, procedure)) as language:
            opened = Opened(run=going, procedure=procedure, terms=terms, language=language)
            state = RunState(opened, self._ports, self._records)
            return (yield from Walker(state, self, self._failpoint).proceed())

    # -- families ----------------------------------------------------------------------------------

    def _known(self, run_id: str) -> Run:
        found = self._records.get(run_id)
        if found is None:
            raise UsageError(f'there is no run "{run_id}"', 'see those there are: "pmagent runs"')
        return found

    def _foremost(self, run: Run) -> Run:
        """The run that stands for the whole family: the last to take over, and its open parents."""
        while run.switched_to:
            run = self._known(run.switched_to)
        while run.parent:
            parent = self._known(run.parent)
            if parent.state not in OPEN:
                break
            run = parent
        return run

    def _end_all(self, run: Run, why: str) -> None:
        if run.state in OPEN:
            ended = replace(run, state="cancelled", waits_for="", wakes=None, reason=why)
            self._records.change(replace(ended, ended=self._ports.clock.now()))
        for child in self._records.children(run.id):
            self._end_all(child, why)

    def _spent_at(self, here: Here) -> Spent:
        """What all runs that a step has started have used; those they started are in it."""
        runs: Sequence[Run] = self._records.children(here.run.id)
        spent = Spent()
        for run in runs:
            if run.parent_address == here.address:
                spent = add_spent(spent, run.spent)
        return spent
