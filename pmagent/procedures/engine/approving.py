"""The step Approve: a yes covers the bytes that were shown, or those that an edit makes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from pmagent.errors import PmagentError
from pmagent.procedures.engine.asking import ask
from pmagent.procedures.engine.effects import digests_of, yes_for
from pmagent.procedures.engine.look_ahead import look_ahead
from pmagent.procedures.engine.operands import as_shape
from pmagent.procedures.engine.outcomes import Ends, Finished, Outcome, Waits, failed
from pmagent.procedures.engine.ports import Here
from pmagent.procedures.engine.state import RunState, Turns
from pmagent.procedures.engine.structure import shape_of
from pmagent.procedures.language.shapes import check_value
from pmagent.types.actions import Json
from pmagent.types.procedures import ApproveStep, Step
from pmagent.types.runs import Approved, Question, Reply, Sending

_TURN = re.compile(r"\[\d+\]")


class Approvals:
    """Asks for the yeses of one run."""

    def __init__(self, state: RunState) -> None:
        self._state = state

    def approve(self, step: ApproveStep, rest: Sequence[Step], here: Here, turns: Turns) -> Outcome:
        """What the person says; `rest` are the steps that follow in the same block."""
        try:
            return self._approve(step, rest, here, turns)
        except PmagentError as exc:
            return failed(exc)

    def settle(self, kept: Json) -> None:
        """Take over what a yes on record has changed: the edits, and what may leave."""
        yes = cast("Mapping[str, Json]", kept)
        self._state.values.update(cast("Mapping[str, Json]", yes["edits"]))
        self._state.approved |= digests_of(yes["approved"])

    def _approve(
        self, step: ApproveStep, rest: Sequence[Step], here: Here, turns: Turns
    ) -> Outcome:
        state = self._state
        names = state.names()
        text = state.language.render(step.question, names)
        sendings = look_ahead(state, rest, names, turns)
        if state.is_quiet:
            said = "a dry run" if state.terms.is_dry else "a shadow: effects are held"
            return _yes({}, (), said, "exact")
        shown = {name: names.get(name) for name in step.showing}
        question = Question(
            run=here.run.id,
            address=here.address,
            command=here.run.command,
            kind="approve",
            text=text,
            shown=shown,
            sendings=sendings,
        )
        reply = ask(state.ports.person, question, lambda reply: self._problems(reply, shown))
        match reply:
            case Approved(edits=edits, by=by):
                read = {name: self._read(name, value) for name, value in edits.items()}
                if read:
                    # The edit is the person's own, so the yes is for what it makes of the bytes;
                    # never for another effect than those that were shown.
                    known = {_effect_of(sending) for sending in sendings}
                    edited = look_ahead(state, rest, {**names, **read}, turns)
                    sendings = tuple(one for one in edited if _effect_of(one) in known)
                return _yes(read, sendings, f"yes by {by}", "person")
            case Ends():
                return replace(reply, showing=shown)
            case Waits():
                return reply
            case _:  # a value is never taken for a yes
                return Waits(waits_for="approve", reason=text)

    def _problems(self, reply: Reply, shown: Mapping[str, Json]) -> Sequence[str]:
        if not isinstance(reply, Approved):
            return ("a yes or a no is wanted, not a value",)
        problems = [f'"{name}" is not shown' for name in reply.edits if name not in shown]
        for name, value in reply.edits.items():
            shape = shape_of(self._state.procedure, name)
            if shape is not None:
                problems += check_value(self._read(name, value), shape, name=name)
        return problems

    def _read(self, name: str, value: Json) -> Json:
        shape = shape_of(self._state.procedure, name)
        return value if shape is None else as_shape(value, shape)


def _effect_of(sending: Sending) -> tuple[str, str, str]:
    # Of a step in a loop every turn is the same effect: an edit may make a list longer.
    return sending.function, sending.target, _TURN.sub("", sending.address)


def _yes(edits: Mapping[str, Json], sendings: Sequence[Sending], said: str, maker: str) -> Finished:
    approved = [yes_for(sending.address, sending.digest) for sending in sendings]
    value: Json = {"edits": edits, "approved": approved}
    told = f"{said}; edited: {', '.join(edits)}" if edits else said
    return Finished(value=value, maker="person" if maker == "person" else "exact", detail=told)
