"""A step for the model: model → repair → deep model → offline function → person, in that order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from pmagent.errors import ModelError, PmagentError, UsageError
from pmagent.procedures.engine.asking import answer_problems, ask
from pmagent.procedures.engine.budget import limit_tokens
from pmagent.procedures.engine.operands import as_shape, bind
from pmagent.procedures.engine.outcomes import Ends, Finished, Outcome, Waits
from pmagent.procedures.engine.ports import Here, NoValue, Writer, Writing, Written
from pmagent.procedures.engine.state import RunState, add_spent
from pmagent.procedures.language.shapes import check_value, example_of, shape_text
from pmagent.records.runs import spent_json, spent_of
from pmagent.types.actions import Json
from pmagent.types.procedures import ModelStep, OfflineCall, Scalar, Shape
from pmagent.types.runs import Answered, Question, Spent

FAST, DEEP = "fast", "deep"
_ANY = Scalar(kind="any")
HUMAN = "human"
"""The mark of a step whose value only a person can make by now."""
_MOST_SAID = 3
_NOBODY = "no model is chosen, and no function makes it offline"


@dataclass(frozen=True, kw_only=True)
class _Made:
    """A value that is good; None where there is none, and why."""

    done: Finished | None
    why: str = ""
    spent: Spent = field(default_factory=Spent)


@dataclass(frozen=True, kw_only=True)
class _Tried:
    """What was tried before the person was asked, and what it has used."""

    reasons: tuple[str, ...]
    spent: Spent


class ModelSteps:
    """Makes the values of one run's model steps."""

    def __init__(self, state: RunState) -> None:
        self._state = state

    def make(self, step: ModelStep, here: Here) -> Outcome:
        """The step's value by the first who can give a good one."""
        shape = step.shape or _ANY
        names = self._state.names()
        values = {
            operand.source: self._state.language.evaluate(operand.source, names)
            for operand in (*step.sees, *step.using)
        }
        tried = self._state.mark_of(here.address, HUMAN)
        if tried is not None:
            # The person's answer stands, though a model could be asked again by now.
            return self._by_person(step, values, shape, here, _tried_of(tried))
        made = self._by_model(step, values, shape, here)
        spent, reasons = made.spent, [made.why] if made.why else []
        if made.done is None and step.offline is not None:
            made = self._offline(step.offline, shape, here)
            reasons += [made.why] if made.why else []
        if made.done is None and self._state.terms.is_dry:
            made = _Made(done=Finished(value=example_of(shape), detail="an example: a dry run"))
        if made.done is None:
            tried = _Tried(reasons=tuple(reasons), spent=spent)
            self._state.mark(step, here.address, HUMAN, _tried_json(tried))
            return self._by_person(step, values, shape, here, tried)
        detail = "; ".join((*reasons, made.done.detail) if made.done.detail else reasons)
        return replace(made.done, name=step.name, detail=detail, spent=spent)

    def _by_model(
        self, step: ModelStep, values: Mapping[str, Json], shape: Shape, here: Here
    ) -> _Made:
        state = self._state
        writer = state.ports.writer
        if writer is None or state.terms.is_dry or not state.terms.has_model:
            return _Made(done=None)
        writing = Writing(
            step=step,
            guidance=state.procedure.guidance,
            good=state.procedure.good,
            values=values,
            shape=shape,
            tier=state.procedure.model or FAST,
        )
        return _Ladder(state, writer, here).climb(writing)

    def _offline(self, call: OfflineCall, shape: Shape, here: Here) -> _Made:
        state = self._state
        try:
            spec = state.ports.calls.spec(call.function)
            if spec is None or spec.effect != "read":
                raise UsageError(f'there is no pure function "{call.function}"')
            given = bind(spec, state.language.arguments(call.arguments, state.names()))
            value = state.ports.calls.value(call.function, given, here)
        except PmagentError as exc:
            return _Made(done=None, why=f"{call.function}: {exc.message}")
        # By its type alone: a function of ours takes its words from the sources or computes them.
        if problems := check_value(value, shape):
            return _Made(done=None, why=f"{call.function}: {problems[0]}")
        return _Made(done=Finished(value=value, maker="offline", detail=f"by {call.function}"))

    def _by_person(
        self,
        step: ModelStep,
        values: Mapping[str, Json],
        shape: Shape,
        here: Here,
        tried: _Tried,
    ) -> Outcome:
        question = Question(
            run=here.run.id,
            address=here.address,
            command=here.run.command,
            kind="human",
            text=step.prose or step.text,
            shown=values,
            shape=shape_text(shape),
            reasons=tried.reasons or (_NOBODY,),
        )
        person = self._state.ports.person
        reply = ask(person, question, lambda reply: answer_problems(reply, shape))
        match reply:
            case Answered(value=value, by=by):
                return Finished(
                    value=as_shape(value, shape),
                    name=step.name,
                    maker="person",
                    detail="; ".join((*tried.reasons, f"by {by}")),
                    spent=tried.spent,
                )
            case Waits() if not person.keeps_questions:
                why = "; ".join(tried.reasons) or _NOBODY
                return Ends(state="abstained", reason=f"{step.name}: {why}", spent=tried.spent)
            case Waits() | Ends():
                return reply
            case _:  # a yes is never taken for a value
                return Waits(waits_for="human", reason=question.text)


@dataclass(frozen=True, kw_only=True)
class _Unusable:
    """No value of a model, or one that cannot be used."""

    why: str
    problems: tuple[str, ...] = ()
    """What is wrong with `value`; empty where nothing was written at all."""
    value: Json = None


class _Ladder:
    """The attempts of a model at one value: one repair, and one climb from fast to deep."""

    def __init__(self, state: RunState, writer: Writer, here: Here) -> None:
        self._state = state
        self._writer = writer
        self._here = here
        self._spent = Spent()
        self._repairs = 1

    def climb(self, writing: Writing) -> _Made:
        """The first good value; else why there is none."""
        made = self._tier(writing)
        if isinstance(made, _Unusable) and made.problems and writing.tier == FAST:
            told = replace(writing, problems=made.problems, previous=made.value)
            made = self._tier(replace(told, tier=DEEP))
        if isinstance(made, Finished):
            return _Made(done=made, spent=self._spent)
        return _Made(done=None, why=f"the model: {made.why}", spent=self._spent)

    def _tier(self, writing: Writing) -> Finished | _Unusable:
        """A value that is checked; or why not. What is wrong is given back once."""
        while True:
            written = self._write(writing)
            if isinstance(written, NoValue):
                return _Unusable(why=written.why)
            value = written.value
            wrong = tuple(check_value(value, writing.shape, name=writing.step.name))
            problems = wrong or problems_of(
                self._state, value, writing.shape, writing.values, self._here
            )
            if not problems:
                detail = "" if writing.tier == FAST else f"by {writing.tier}"
                return Finished(
                    value=value, maker="model", detail=detail, assumptions=written.assumptions
                )
            # A wrong form is mended where it was made; what does not hold is for the deep model,
            # which is told of it once.
            is_for_this_one = bool(wrong) or (writing.tier != FAST and not writing.problems)
            if not (self._repairs and is_for_this_one):
                return _Unusable(why=_told(problems), problems=problems, value=value)
            self._repairs -= 1
            writing = replace(writing, problems=problems, previous=value)

    def _write(self, writing: Writing) -> Written | NoValue:
        limit = self._limit()
        if limit == 0:
            return NoValue(why="no tokens are left")
        try:
            written = self._writer.write(replace(writing, limit_tokens=limit), self._here)
        except ModelError as exc:
            return NoValue(why=exc.message)
        self._spent = add_spent(self._spent, replace(written.spent, steps=0, effects=0, ms=0))
        return written

    def _limit(self) -> int | None:
        spent = add_spent(self._state.spent, self._spent)
        return limit_tokens(self._state.budget, spent)


def problems_of(
    state: RunState, value: Json, shape: Shape, values: Mapping[str, Json], here: Here
) -> tuple[str, ...]:
    """What is wrong with a value by its type; and where that is right, by the verifier."""
    wrong = check_value(value, shape)
    if wrong or state.ports.verifier is None:
        return tuple(wrong)
    return tuple(state.ports.verifier.verify(value, shape, values, here))


def _tried_json(tried: _Tried) -> Json:
    return {"reasons": tried.reasons, "spent": spent_json(tried.spent)}


def _tried_of(kept: Json) -> _Tried:
    mark = cast("Mapping[str, Json]", kept)
    return _Tried(
        reasons=tuple(cast("Sequence[str]", mark["reasons"])),
        spent=spent_of(cast("Mapping[str, int | str | None]", mark["spent"])),
    )


def _told(problems: Sequence[str]) -> str:
    more = len(problems) - _MOST_SAID
    said = "; ".join(problems[:_MOST_SAID])
    return f"{said}; and {more} more" if more > 0 else said
