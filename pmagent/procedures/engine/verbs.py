"""What each verb does that neither holds other steps nor starts a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

from pmagent.errors import PmagentError, UsageError
from pmagent.procedures.engine.asking import answer_problems, ask
from pmagent.procedures.engine.conditions import judge
from pmagent.procedures.engine.effects import CallSteps
from pmagent.procedures.engine.operands import as_shape, bind_names, path_of
from pmagent.procedures.engine.outcomes import (
    Ends,
    Finished,
    Outcome,
    Switches,
    Waits,
    denied,
    failed,
)
from pmagent.procedures.engine.ports import Here
from pmagent.procedures.engine.state import RunState
from pmagent.procedures.engine.writing import ModelSteps
from pmagent.procedures.language.shapes import check_value, example_of, shape_text
from pmagent.records.runs import canonical
from pmagent.records.tables import moment, stamp
from pmagent.types.actions import Json
from pmagent.types.procedures import (
    AskStep,
    CallStep,
    CheckStep,
    CodeStep,
    FindStep,
    HandOffStep,
    ModelStep,
    NoteStep,
    Operand,
    ReadStep,
    ReturnStep,
    Scalar,
    SetStep,
    Step,
    StopStep,
    SwitchStep,
    WaitStep,
)
from pmagent.types.runs import Answered, Question

UNTIL = "until"
"""The mark of a wait: the moment."""
_ANY = Scalar(kind="any")


class Verbs:
    """Does the single steps of one run."""

    def __init__(self, state: RunState) -> None:
        self._state = state
        self._model = ModelSteps(state)
        self._calls = CallSteps(state)

    def do(self, step: Step, here: Here) -> Outcome:
        """What comes of the step. A port that breaks ends the run."""
        try:
            outcome = self._do(step, here)
            if isinstance(outcome, Finished):
                canonical(outcome.value)
        except PmagentError as exc:
            return failed(exc)
        except ValueError:
            return Ends(state="failed", reason=f"step {step.path} gives a number that has no end")
        return outcome

    def _do(self, step: Step, here: Here) -> Outcome:  # noqa: C901 - one case a verb
        match step:
            case ModelStep():
                return self._model.make(step, here)
            case CallStep():
                return self._calls.call(step, here)
            case ReadStep():
                return self._read(step, here)
            case FindStep():
                return self._find(step, here)
            case AskStep():
                return self._ask(step, here)
            case CodeStep():
                names = self._state.names()
                value = self._state.language.run_code(step.code, names)
                return Finished(value=value, name=step.name)
            case SetStep():
                return Finished(value=self._value(step.value), name=step.name)
            case CheckStep():
                return self._check(step)
            case HandOffStep():
                return self._hand_off(step)
            case NoteStep():
                return self._note(step)
            case SwitchStep():
                return self._switch(step)
            case WaitStep():
                return self._wait(step, here)
            case StopStep():
                return Ends(state="done", reason=self._said(step.message))
            case ReturnStep():
                return self._return(step)
            case _:
                raise UsageError(f"step {step.path} cannot stand here")

    def _value(self, operand: Operand) -> Json:
        return self._state.language.evaluate(operand.source, self._state.names())

    def _judged(self, condition: Operand) -> tuple[bool, str]:
        return judge(condition.source, self._state.language, self._state.names())

    def _why_not(self, condition: Operand | None) -> str:
        """How a condition is told that does not hold; empty where it does, or there is none."""
        if condition is None:
            return ""
        is_met, told = self._judged(condition)
        return "" if is_met else told

    def _said(self, message: str) -> str:
        return self._state.language.render(message, self._state.names())

    def _read(self, step: ReadStep, here: Here) -> Outcome:
        state = self._state
        if why_not := self._why_not(step.condition):
            return Finished(name=step.name, status="skipped", detail=why_not)
        path = path_of(step.what, state.language, state.names())
        if refused := state.ceiling.why_not_read(path):
            return denied(refused)
        document = state.ports.documents.read(path, here)
        if document is None:
            if step.is_optional:
                return Finished(name=step.name, status="skipped", detail=f"no {path}")
            return Ends(state="failed", reason=f'there is no "{path}"')
        # What the path leads to is what counts, not how it was asked for.
        found = str(document.get("path", path))
        if refused := state.ceiling.why_not_read(found):
            return denied(refused)
        words = document.get("words")
        told = f", {words:,} words" if isinstance(words, int) else ""
        return Finished(value=document, name=step.name, detail=f"{found}{told}")

    def _find(self, step: FindStep, here: Here) -> Outcome:
        query = self._value(step.query)
        if not isinstance(query, str) or not query.strip():
            raise UsageError(f'"{step.query.source}" is no text to search for')
        found = self._state.ports.documents.find(query, step.globs, here)
        hits = cast("Sequence[Mapping[str, Json]]", found.get("hits") or ())
        why_not = self._state.ceiling.why_not_read
        kept = [hit for hit in hits if not why_not(str(hit.get("path", "")))]
        abstained = bool(found.get("abstained")) or not kept
        said = f"{len(kept)} found" if kept else str(found.get("reason") or "nothing found")
        value: Json = {**found, "hits": kept, "abstained": abstained}
        return Finished(value=value, name=step.name, detail=said)

    def _ask(self, step: AskStep, here: Here) -> Outcome:
        shape = step.shape or _ANY
        text = self._said(step.question)
        if self._state.terms.is_dry:
            value = example_of(shape)
            return Finished(value=value, name=step.name, detail=f"a dry run: {text}")
        question = Question(
            run=here.run.id,
            address=here.address,
            command=here.run.command,
            kind="answer",
            text=text,
            shape=shape_text(shape),
        )
        person = self._state.ports.person
        reply = ask(person, question, lambda reply: answer_problems(reply, shape))
        if isinstance(reply, Answered):
            value = as_shape(reply.value, shape)
            return Finished(value=value, name=step.name, maker="person", detail=f"by {reply.by}")
        return reply if isinstance(reply, Waits | Ends) else Waits(waits_for="answer", reason=text)

    def _check(self, step: CheckStep) -> Outcome:
        is_met, told = self._judged(step.condition)
        if is_met:
            return Finished(detail=told)
        said = self._said(step.message) or f"{step.condition.source} does not hold"
        return Ends(state="blocked", reason=said, detail=told)

    def _note(self, step: NoteStep) -> Outcome:
        if why_not := self._why_not(step.condition):
            return Finished(status="skipped", detail=why_not)
        said = self._said(step.message)
        return Finished(detail=said, notes=(said,))

    def _hand_off(self, step: HandOffStep) -> Outcome:
        if why_not := self._why_not(step.condition):
            return Finished(status="skipped", detail=why_not)
        names = self._state.names()
        showing = {name: names.get(name) for name in step.showing}
        said = self._said(step.message)
        return Ends(state="handed_off", reason=said, notes=(said,), showing=showing)

    def _switch(self, step: SwitchStep) -> Outcome:
        state = self._state
        if why_not := self._why_not(step.condition):
            return Finished(status="skipped", detail=why_not)
        names = state.names()
        source = step.given.source if step.given is not None else ""
        arguments = state.language.arguments(source, names)
        target = state.ports.commands.procedure(step.command)
        if target is None:
            raise UsageError(f'"/{step.command}" is no procedure, so nothing can switch to it')
        fitting = {name: names[name] for name in target.arguments if name in state.values}
        given = {**fitting, **bind_names(step.command, target.arguments, arguments)}
        return Switches(command=step.command, arguments=given)

    def _wait(self, step: WaitStep, here: Here) -> Outcome:
        kept = self._state.mark_of(here.address, UNTIL)
        now = self._state.ports.clock.now()
        if isinstance(kept, str):
            until = moment(kept)
        else:
            until = _moment_of(self._value(step.until), now)
            self._state.mark(step, here.address, UNTIL, stamp(until))
        if until <= now or self._state.terms.is_dry:
            return Finished(detail=f"until {stamp(until)}")
        return Waits(waits_for="time", reason=f"until {stamp(until)}", wakes=until)

    def _return(self, step: ReturnStep) -> Outcome:
        value = self._value(step.value)
        output = self._state.procedure.output
        wrong = () if output is None else check_value(value, output)
        if wrong:
            return Ends(state="failed", reason="the result is not as promised: " + "; ".join(wrong))
        return Ends(state="done", result=value)


def _moment_of(value: Json, now: datetime) -> datetime:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return now + timedelta(seconds=value)
    if isinstance(value, str):
        try:
            until = datetime.fromisoformat(value)
        except ValueError as exc:
            raise UsageError(f'"{value}" is no moment', 'write it like "2026-11-22T09:00"') from exc
        # Without a zone it is the person's own: that of the clock.
        return until if until.tzinfo is not None else until.replace(tzinfo=now.tzinfo)
    raise UsageError("a wait needs an ISO time, or a number of seconds")
