"""Walks the steps of one run: what is on record is taken over, what is not is done and recorded."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, TypeAlias

from pmagent.errors import PmagentError
from pmagent.procedures.engine.approving import Approvals
from pmagent.procedures.engine.budget import why_over
from pmagent.procedures.engine.conditions import judge
from pmagent.procedures.engine.handing_off import write_note
from pmagent.procedures.engine.operands import are_known, item_keys, items_of
from pmagent.procedures.engine.outcomes import (
    Ends,
    Finished,
    Left,
    Outcome,
    Switches,
    Waits,
    failed,
    out_of_budget,
)
from pmagent.procedures.engine.ports import Failpoint, Here
from pmagent.procedures.engine.state import RunState, Turn, Turns, add_spent, address_of
from pmagent.procedures.engine.structure import verb_of
from pmagent.procedures.engine.verbs import Verbs
from pmagent.records.runs import OPEN
from pmagent.types.actions import Json
from pmagent.types.procedures import (
    ApproveStep,
    CheckStep,
    EachStep,
    HandOffStep,
    IfStep,
    NoteStep,
    Operand,
    RunStep,
    Step,
    SwitchStep,
)
from pmagent.types.runs import Run, RunEvent, Spent, StepBegan, StepEnded, StepRow

Walking: TypeAlias = Generator[RunEvent, None, Left | None]
"""Tells what happens; gives None where the run goes on after it."""


class Runs(Protocol):
    """What a walk needs of the other runs."""

    def run_below(
        self, state: RunState, step: RunStep, here: Here
    ) -> Generator[RunEvent, None, Outcome]:
        """The step Run: a run of its own, or a command that is code."""
        ...

    def successor(self, state: RunState, switch: Switches) -> tuple[Run, Mapping[str, Json]]:
        """The run that takes over, and its terms; not yet on record."""
        ...


class Walker:
    """One walk of one run, from its first step on."""

    def __init__(self, state: RunState, runs: Runs, failpoint: Failpoint) -> None:
        self._state = state
        self._runs = runs
        self._failpoint = failpoint
        self._verbs = Verbs(state)
        self._approvals = Approvals(state)

    def proceed(self) -> Generator[RunEvent, None, Left]:
        """Until the run ends or waits, and that is on record."""
        left = yield from self._block(self._state.procedure.steps, ())
        return left if left is not None else self._leave(Ends(state="done"))

    def _block(self, steps: Sequence[Step], turns: Turns) -> Walking:
        for number, step in enumerate(steps, start=1):
            match step:
                case IfStep():
                    left = yield from self._if(step, turns)
                case EachStep():
                    left = yield from self._each(step, turns)
                case _:
                    left = yield from self._single(step, steps[number:], turns)
            if left is not None:
                return left
        return None

    # -- blocks ------------------------------------------------------------------------------------

    def _if(self, step: IfStep, turns: Turns) -> Walking:
        state, address = self._state, address_of(step.path, turns)
        row = state.row(address)
        if row is None:
            if (left := self._stopped(step)) is not None:
                return left
            outcome = self._chosen(step)
            left = yield from self._record(step, address, outcome, began=None)
            if left is not None:
                return left
        else:
            state.replay(row)
        kept = state.row(address)
        chosen = kept.value if kept is not None else None
        for branch in step.branches:
            if branch.path == chosen:
                return (yield from self._block(branch.steps, turns))
        return None

    def _chosen(self, step: IfStep) -> Outcome:
        """Which way to go, and why. It is kept, so that a resumed run goes the same way."""
        told: list[str] = []
        names = self._state.names()
        for branch in step.branches:
            if branch.condition is None:
                return Finished(value=branch.path, detail="; ".join((*told, "else")))
            try:
                is_met, said = judge(branch.condition.source, self._state.language, names)
            except PmagentError as exc:
                return failed(exc)
            told.append(said)
            if is_met:
                return Finished(value=branch.path, detail="; ".join(told))
        return Finished(detail="; ".join(told), status="skipped")

    def _each(self, step: EachStep, turns: Turns) -> Walking:
        state, address = self._state, address_of(step.path, turns)
        row = state.row(address)
        if row is None:
            if (left := self._stopped(step)) is not None:
                return left
            left = yield from self._record(step, address, self._items(step), began=None)
            if left is not None:
                return left
        else:
            state.replay(row)
        kept = state.row(address)
        items = kept.value if kept is not None else ()
        if not isinstance(items, Sequence) or isinstance(items, str):
            return None
        for index, (item, key) in enumerate(zip(items, item_keys(items), strict=True), start=1):
            state.values[step.variable] = item
            turn = Turn(path=step.path, index=index, key=key)
            left = yield from self._block(step.steps, (*turns, turn))
            if left is not None:
                return left
        return None

    def _items(self, step: EachStep) -> Outcome:
        try:
            items, left_out = items_of(step, self._state.language, self._state.names())
        except PmagentError as exc:
            return failed(exc)
        if not left_out:
            return Finished(value=items, detail=f"{len(items)} items")
        said = (
            f"{left_out} of {len(items) + left_out} in {step.items.source} were left out:"
            f" step {step.path} goes over {len(items)} at most"
        )
        return Finished(value=items, detail=said, notes=(said,))

    # -- single steps ------------------------------------------------------------------------------

    def _single(self, step: Step, rest: Sequence[Step], turns: Turns, rule: str = "") -> Walking:
        """One step; `rule` is the address it was checked after, where it is an always-rule."""
        state = self._state
        address = f"{rule}+{step.path}" if rule else address_of(step.path, turns)
        row = state.row(address)
        if row is not None:
            state.replay(row)
            self._settle(step, row)
        else:
            if (left := self._stopped(step)) is not None:
                return left
            here = state.here(address, turns)
            yield StepBegan(run=state.run.id, address=address, verb=verb_of(step), text=step.text)
            began, waited = state.ports.clock.monotonic(), state.patience.waited_s
            outcome = yield from self._done(step, rest, here, turns)
            left = yield from self._record(step, address, outcome, began=(began, waited))
            if left is not None:
                return left
        return None if rule else (yield from self._always(address, turns))

    def _done(
        self, step: Step, rest: Sequence[Step], here: Here, turns: Turns
    ) -> Generator[RunEvent, None, Outcome]:
        with self._state.ports.tracing.step(here, verb_of(step)) as span:
            self._failpoint("begun", here.address)
            match step:
                case RunStep():
                    outcome = yield from self._runs.run_below(self._state, step, here)
                case ApproveStep():
                    outcome = self._approvals.approve(step, rest, here, turns)
                case _:
                    outcome = self._verbs.do(step, here)
            self._failpoint("performed", here.address)
            span.note(_facts(outcome))
        return outcome

    def _stopped(self, step: Step) -> Left | None:
        """That the run is over: somebody ended it, or its budget is used."""
        state = self._state
        if state.records.state_of(state.run.id) not in OPEN:
            return Left(run=state.records.get(state.run.id) or state.run)
        over = why_over(state.budget, state.spent, step)
        return self._leave(out_of_budget(over)) if over else None

    def _settle(self, step: Step, row: StepRow) -> None:
        if isinstance(step, ApproveStep) and row.status == "done" and row.value is not None:
            self._approvals.settle(row.value)

    # -- always-rules ------------------------------------------------------------------------------

    def _always(self, address: str, turns: Turns) -> Walking:
        for rule in self._state.procedure.always:
            is_kept = self._state.row(f"{address}+{rule.path}") is not None
            if is_kept or self._fires(rule):
                left = yield from self._single(rule, (), turns, rule=address)
                if left is not None:
                    return left
        return None

    def _fires(self, rule: Step) -> bool:
        """Whether a rule has something to do; one whose names have no value yet has not."""
        state = self._state
        try:
            match rule:
                case CheckStep(condition=condition):
                    return self._is_known(condition.source) and not self._holds(condition.source)
                case HandOffStep() | SwitchStep():
                    return self._is_met(rule.condition)
                case NoteStep(message=message):
                    # It would hold after each later step too: one note says it.
                    return (
                        self._is_met(rule.condition)
                        and state.language.render(message, state.names()) not in state.run.notes
                    )
                case _:
                    return False
        except PmagentError:
            return True  # it is done as a step, which then says what is wrong with it

    def _is_met(self, condition: Operand | None) -> bool:
        if condition is None:
            return True
        return self._is_known(condition.source) and self._holds(condition.source)

    def _is_known(self, source: str) -> bool:
        return are_known(source, self._state.names())

    def _holds(self, source: str) -> bool:
        return bool(self._state.language.evaluate(source, self._state.names()))

    # -- records -----------------------------------------------------------------------------------

    def _record(
        self, step: Step, address: str, outcome: Outcome, *, began: tuple[float, float] | None
    ) -> Walking:
        """Put what came of a step on record; `began` is None for blocks, which cost nothing."""
        state = self._state
        if isinstance(outcome, Waits):
            waiting = replace(
                state.run,
                state="waiting",
                waits_for=outcome.waits_for,
                wakes=outcome.wakes,
                reason=outcome.reason,
            )
            return self._changed(waiting)
        successor = None
        match outcome:
            case Finished():
                done, run = outcome, state.run
                run = replace(run, notes=(*run.notes, *outcome.notes))
            case Ends():
                done, run = _last(outcome), self._ended(outcome)
            case Switches():
                try:
                    successor = self._runs.successor(state, outcome)
                except PmagentError as exc:
                    return (yield from self._record(step, address, failed(exc), began=began))
                done, run = Finished(detail=f"run {successor[0].id}"), self._switched(successor[0])
        elapsed_ms, spent = self._cost(step, began)
        row = state.row_of(
            step, address, verb_of(step), replace(done, spent=add_spent(done.spent, spent))
        )
        is_open = state.write(row, run, successor)
        self._failpoint("written", address)
        yield StepEnded(row=row, elapsed_ms=elapsed_ms)
        self._settle(step, row)
        return None if is_open and isinstance(outcome, Finished) else Left(run=state.run)

    def _cost(self, step: Step, began: tuple[float, float] | None) -> tuple[int, Spent]:
        """How long it took, and what the step itself costs: waiting for a person is no work."""
        if began is None:
            return 0, Spent()
        since, waited_before = began
        elapsed_s = self._state.ports.clock.monotonic() - since
        waited_s = self._state.patience.waited_s - waited_before
        # A run below has counted its own time.
        work_s = 0.0 if isinstance(step, RunStep) else max(0.0, elapsed_s - waited_s)
        return round(elapsed_s * 1000), Spent(steps=1, ms=round(work_s * 1000))

    def _leave(self, ends: Ends) -> Left:
        """End the run without a step's row."""
        return self._changed(self._ended(ends))

    def _changed(self, run: Run) -> Left:
        state = self._state
        run = replace(run, spent=state.spent)
        is_open = state.records.change(run)
        state.run = run if is_open else state.records.get(run.id) or run
        return Left(run=state.run)

    def _ended(self, ends: Ends) -> Run:
        state = self._state
        run = replace(
            state.run,
            state=ends.state,
            reason=ends.reason,
            result=ends.result,
            notes=(*state.run.notes, *ends.notes),
            ended=state.ports.clock.now(),
        )
        if ends.state != "handed_off" or state.terms.is_dry:
            return run
        try:
            path = state.ports.notes.hand_off(run, write_note(run, state.rows, ends.showing))
        except PmagentError as exc:
            return replace(run, notes=(*run.notes, f"no note was left: {exc.message}"))
        return replace(run, notes=(*run.notes, f'the note is in "{path}"')) if path else run

    def _switched(self, successor: Run) -> Run:
        return replace(
            self._state.run,
            state="done",
            reason=f"/{successor.command} took over",
            switched_to=successor.id,
            ended=self._state.ports.clock.now(),
        )


def _last(ends: Ends) -> Finished:
    """What the last step's row says."""
    is_bad = ends.state in {"failed", "abstained", "blocked", "cancelled"}
    value: Json = ends.result
    return Finished(
        value=value,
        status="failed" if is_bad else "done",
        detail=ends.detail or ends.reason,
        spent=ends.spent,
    )


def _facts(outcome: Outcome) -> Mapping[str, Json]:
    match outcome:
        case Finished():
            usd = outcome.spent.usd
            return {
                "status": outcome.status,
                "maker": outcome.maker,
                "tokens": outcome.spent.tokens,
                "usd": None if usd is None else str(usd),
            }
        case Ends():
            return {"status": outcome.state}
        case Waits():
            return {"status": "waiting", "waits_for": outcome.waits_for}
        case Switches():
            return {"status": "done"}
