"""Asking a person: until a reply fits, or nobody answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from pmagent.procedures.engine.operands import as_shape
from pmagent.procedures.engine.outcomes import Ends, Waits
from pmagent.procedures.engine.ports import Clock, Person
from pmagent.procedures.language.shapes import check_value
from pmagent.types.procedures import Shape
from pmagent.types.runs import Answered, Approved, Question, Rejected, Reply, TakenOver

MOST_TRIES = 5


class Patience:
    """A person, and how long they have been waited for: that time is not working time."""

    def __init__(self, person: Person, clock: Clock) -> None:
        self._person = person
        self._clock = clock
        self.waited_s = 0.0

    @property
    def keeps_questions(self) -> bool:
        """As the person says."""
        return self._person.keeps_questions

    def ask(self, question: Question) -> Reply | None:
        """As the person answers."""
        began = self._clock.monotonic()
        try:
            return self._person.ask(question)
        finally:
            self.waited_s += self._clock.monotonic() - began


def ask(
    person: Person, question: Question, problems_of: Callable[[Reply], Sequence[str]]
) -> Approved | Answered | Ends | Waits:
    """The reply that fits; or that the run waits, or how it ends.

    A reply that does not fit is asked about again under an address of its own, so that whoever
    keeps questions keeps both, and the same replies give the same end when the run is resumed.
    """
    asked = question
    for number in range(2, MOST_TRIES + 2):
        reply = person.ask(asked)
        if reply is None:
            break
        match reply:
            case Rejected(note=note):
                return Ends(state="blocked", reason=note or f'no to "{question.text}"')
            case TakenOver(note=note):
                return Ends(state="handed_off", reason=note or "a person does the rest")
            case Approved() | Answered():
                problems = tuple(problems_of(reply))
                if not problems:
                    return reply
        address = f"{question.address}~{number}"
        asked = replace(question, address=address, problems=problems)
    return Waits(waits_for=question.kind, reason=question.text)


def answer_problems(reply: Reply, shape: Shape) -> Sequence[str]:
    """What is wrong with a reply where a value is wanted."""
    if not isinstance(reply, Answered):
        return ("a value is wanted, not a yes",)
    return check_value(as_shape(reply.value, shape), shape)
