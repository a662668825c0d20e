"""The person of a scenario: answers the questions that its lines fit, and no others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal, cast

from pmagent.simulations.scenario import PersonLine
from pmagent.types.actions import Json
from pmagent.types.runs import Answered, Approved, Question, Rejected, Reply, TakenOver

Manner = Literal["yes", "edit", "no", "taken", "answer", "nobody"]
_PERSON = "scenario"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question, and how it was answered."""

    question: Question
    manner: Manner


@dataclass(kw_only=True)
class ScriptedPerson:
    """`ports.Person` that replays a scenario's lines."""

    lines: tuple[PersonLine, ...]
    asked: list[Asked] = field(default_factory=list[Asked])
    _said: Counter[int] = field(default_factory=Counter[int])

    @property
    def keeps_questions(self) -> bool:
        """A question that nobody answers waits."""
        return True

    @property
    def unused(self) -> tuple[str, ...]:
        """The lines that no question fitted."""
        return tuple(line.when for number, line in enumerate(self.lines) if not self._said[number])

    def has_more(self, question: Question) -> bool:
        """Whether the line that fits has something else to say when it is asked again."""
        number = self._fitting(question)
        return number is not None and self._said[number] < len(self.lines[number].says)

    def ask(self, question: Question) -> Reply | None:
        """What the first line that fits says next; None where none does."""
        number = self._fitting(question)
        reply: Reply | None = None
        manner: Manner = "nobody"
        if number is not None:
            says = self.lines[number].says
            said = says[min(self._said[number], len(says) - 1)]
            self._said[number] += 1
            reply, manner = reply_to(question, said)
        self.asked.append(Asked(question=question, manner=manner))
        return reply

    def _fitting(self, question: Question) -> int | None:
        return next(
            (n for n, line in enumerate(self.lines) if _fits(question.text, line.when)), None
        )


def reply_to(question: Question, said: Json) -> tuple[Reply | None, Manner]:
    """What a scenario's word means for a question."""
    if said == "nobody":
        return None, "nobody"
    if isinstance(said, Mapping) and len(said) == 1:
        [(word, value)] = said.items()
        if word == "edit" and isinstance(value, Mapping):
            return Approved(edits=cast("Mapping[str, Json]", value), by=_PERSON), "edit"
        if word == "answer":
            return Answered(value=value, by=_PERSON), "answer"
        if word in {"reject", "take"}:
            return _refusal(word, str(value))
    if said in {"reject", "take"} if isinstance(said, str) else False:
        return _refusal(str(said), "")
    if question.kind == "approve":
        is_yes = said in {"approve", "yes", True} if isinstance(said, str | bool) else False
        return (Approved(by=_PERSON), "yes") if is_yes else _refusal("reject", str(said))
    return Answered(value=said, by=_PERSON), "answer"


def _refusal(word: str, note: str) -> tuple[Reply, Manner]:
    if word == "take":
        return TakenOver(note=note, by=_PERSON), "taken"
    return Rejected(note=note, by=_PERSON), "no"


def _fits(text: str, glob: str) -> bool:
    # Brackets stand for themselves: questions have them more often than classes of letters.
    return fnmatchcase(text, glob.replace("[", "[[]"))
