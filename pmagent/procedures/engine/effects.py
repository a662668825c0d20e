"""The step Call: pure functions are worked out; effects go through the gate, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pmagent.errors import PmagentError, UsageError
from pmagent.procedures.engine.asking import ask
from pmagent.procedures.engine.budget import why_no_effect
from pmagent.procedures.engine.operands import bind
from pmagent.procedures.engine.outcomes import Ends, Finished, Outcome, Waits, denied, out_of_budget
from pmagent.procedures.engine.ports import Done, Here, NeedsYes, NotYet, Refused
from pmagent.procedures.engine.state import RunState
from pmagent.procedures.language.shapes import example_of, parse_shape
from pmagent.types.actions import Json
from pmagent.types.calls import CallSpec
from pmagent.types.procedures import CallStep
from pmagent.types.runs import Approved, Question, Reply, Sending, Spent

YES = "yes"
"""The marks of a call that a person has said yes to, with a number: the digests."""
_MOST_YES = 3


class CallSteps:
    """Does the calls of one run."""

    def __init__(self, state: RunState) -> None:
        self._state = state

    def call(self, step: CallStep, here: Here) -> Outcome:
        """What the function gives; or what becomes of its effect."""
        spec, given = planned(self._state, step, self._state.names())
        refused = self._state.ceiling.why_no_call(spec.name, spec.effect, given)
        if refused:
            return denied(refused)
        if spec.effect == "read":
            value = self._state.ports.calls.value(spec.name, given, here)
            return Finished(value=value, name=step.name)
        if self._state.terms.is_dry:
            return self._dry(step, spec, given, here)
        over = why_no_effect(self._state.budget, self._state.spent)
        return out_of_budget(over) if over else self._effect(step, spec, given, here)

    def _dry(
        self, step: CallStep, spec: CallSpec, given: Mapping[str, Json], here: Here
    ) -> Outcome:
        sending = self._state.ports.calls.preview(spec.name, given, here)
        detail = f"a dry run: it would go to {sending.target}"
        return Finished(value=example_of(parse_shape(spec.gives)), name=step.name, detail=detail)

    def _effect(
        self, step: CallStep, spec: CallSpec, given: Mapping[str, Json], here: Here
    ) -> Outcome:
        state = self._state
        marks = (state.mark_of(here.address, f"{YES}{n}") for n in range(1, _MOST_YES + 1))
        own = (yes for yes in state.approved if yes.startswith(yes_for(here.address, "")))
        approved = frozenset(yes.rpartition(" ")[2] for yes in own).union(*map(digests_of, marks))
        for number in range(1, _MOST_YES + 1):
            match state.ports.calls.perform(spec.name, given, here, approved):
                case Done(data=data):
                    return self._done(step, data)
                case NotYet(reason=reason, wakes=wakes):
                    return Waits(waits_for="outbox", reason=reason, wakes=wakes)
                case Refused() as refused:
                    return _refused(spec, refused)
                case NeedsYes(sending=sending) if state.is_shadow:
                    detail = f"held: it would have asked before it goes to {sending.target}"
                    value = example_of(parse_shape(spec.gives))
                    return Finished(value=value, name=step.name, detail=detail)
                case NeedsYes(sending=sending):
                    reply = self._ask(here, sending, number)
                    if isinstance(reply, Waits | Ends):
                        return reply
                    approved |= {sending.digest}
                    # Put on record before it is done: after a kill nobody is asked again.
                    state.mark(step, here.address, f"{YES}{number}", [sending.digest])
        return Ends(state="failed", reason=f'what "{spec.name}" would send changes at each look')

    def _done(self, step: CallStep, data: Json) -> Finished:
        is_held = self._state.is_shadow
        return Finished(
            value=data,
            name=step.name,
            detail="held" if is_held else "",
            spent=Spent(effects=0 if is_held else 1),
        )

    def _ask(self, here: Here, sending: Sending, number: int) -> Waits | Ends | None:
        address = here.address if number == 1 else f"{here.address}~{YES}{number}"
        question = Question(
            run=here.run.id,
            address=address,
            command=here.run.command,
            kind="approve",
            text=f"{sending.function} to {sending.target}?",
            sendings=(sending,),
        )
        reply = ask(self._state.ports.person, question, _approval_problems)
        return reply if isinstance(reply, Waits | Ends) else None


def planned(
    state: RunState, step: CallStep, names: Mapping[str, Json]
) -> tuple[CallSpec, Mapping[str, Json]]:
    """What a step calls, and with what.

    Raises:
        UsageError: there is no such function, or its arguments do not fit.
    """
    spec = state.ports.calls.spec(step.function)
    if spec is None:
        raise UsageError(
            f'there is no function "{step.function}"', 'see what there is: "pmagent lint"'
        )
    source = step.given.source if step.given is not None else ""
    return spec, bind(spec, state.language.arguments(source, names))


def sending_of(
    state: RunState, step: CallStep, names: Mapping[str, Json], here: Here
) -> Sending | None:
    """What an effect would send; None where that cannot be known by now, or nothing is sent."""
    try:
        spec, given = planned(state, step, names)
        if spec.effect == "read" or state.ceiling.why_no_call(spec.name, spec.effect, given):
            return None
        return state.ports.calls.preview(spec.name, given, here)
    except PmagentError:
        return None


def yes_for(address: str, digest: str) -> str:
    """A yes as it is kept: for one step, once, and for exactly these bytes."""
    return f"{address} {digest}"


def digests_of(mark: Json) -> frozenset[str]:
    """The digests of a mark."""
    if not isinstance(mark, list | tuple):
        return frozenset()
    return frozenset(str(digest) for digest in mark)


def _refused(spec: CallSpec, refused: Refused) -> Ends:
    hint = f" ({refused.hint})" if refused.hint else ""
    said = f"{spec.name}: {refused.why}{hint}"
    match refused.by:
        case "person":
            return Ends(state="blocked", reason=said)
        case "outbox":
            return Ends(state="failed", reason=said)
        case "rule" | "hook":
            return replace(denied(said), detail=refused.why)


def _approval_problems(reply: Reply) -> tuple[str, ...]:
    if not isinstance(reply, Approved):
        return ("a yes or a no is wanted, not a value",)
    return ("what would leave cannot be edited here: say no, and edit before",) * bool(reply.edits)
