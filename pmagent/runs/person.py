"""Whoever answers the questions of a run: what was decided before, who sits here now, or the queue.

A question is kept as a review, and the run waits, where nobody answers at once. What a person says
at the terminal is kept as a decided review too: it counts for how far the command may go alone.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from pmagent.agent.labels import must_ask
from pmagent.agent.session import Session
from pmagent.errors import UsageError
from pmagent.reviews.alone import Clearance, Errand
from pmagent.reviews.asking import Setting, reply_of, review_of_question
from pmagent.reviews.queue import ReviewQueue
from pmagent.reviews.typed import shown_text
from pmagent.runs.sampling import ALONE
from pmagent.types.actions import Ask, AskReply, Decision, No, NoAnswer, ToolCall, Yes
from pmagent.types.procedures import Procedure
from pmagent.types.reviews import Ruling
from pmagent.types.runs import Approved, Question, Reply, Run


@dataclass(frozen=True, kw_only=True)
class QueuePerson:
    """The person of one garden."""

    queue: ReviewQueue
    setting: Callable[[Question], Setting]
    """When it is, and what the command is, for a review's row."""
    session: Session
    asker: Callable[[Ask], AskReply] | None = None
    """Asks whoever sits here now; None where nobody does."""
    procedure: Callable[[str], Procedure | None] = lambda _: None
    run: Callable[[str], Run | None] = lambda _: None
    trigger: Callable[[Run, Question], str] = lambda _, __: ""
    """Why a person must look whatever was earned; empty where nothing says so."""

    @property
    def keeps_questions(self) -> bool:
        """Always: in the queue."""
        return True

    def ask(self, question: Question) -> Reply | None:
        """The reply; None where nobody has one yet."""
        clearance = self._cleared(question)
        if clearance.is_given:
            return Approved(by=ALONE)
        review = review_of_question(
            question, self.setting(question), is_triggered=clearance.is_triggered
        )
        # The one that asks exactly this, where there is one: a yes is for what was shown.
        kept = self.queue.add(review)
        if kept.state == "open" and (ruling := self._asked_now(question)) is not None:
            with suppress(UsageError):
                # Somebody else may have decided meanwhile, and the first word counts.
                self.queue.decide(kept.id, ruling)
            kept = self.queue.get(kept.id)
        return reply_of(kept)

    def _cleared(self, question: Question) -> Clearance:
        """Whether the command has earned not to be asked about this."""
        run, procedure = self.run(question.run), self.procedure(question.command)
        if question.kind != "approve" or run is None or procedure is None:
            return Clearance(is_given=False, why="a value is wanted")
        if run.autonomy in {"shadow", "assist"}:
            return Clearance(is_given=False, why=f"it was begun in {run.autonomy}")
        if run.digest != procedure.digest:
            # What was earned is about the file as it is, and this run goes by another text.
            return Clearance(is_given=False, why="its file has changed since it was begun")
        if question.sendings and (why := must_ask(self.session.labels, is_outward=True)):
            return Clearance(is_given=False, why=why)
        trigger = self.trigger(run, question)
        errand = Errand(risk=procedure.risk, key=run.key or run.id, trigger=trigger)
        return self.queue.may_go_alone(question.command, errand)

    def _asked_now(self, question: Question) -> Ruling | None:
        """What whoever sits here says; None where nobody answers."""
        if self.asker is None or question.kind != "approve":
            return None
        match self.asker(ask_of(question, self.setting(question))):
            case Yes():
                return Ruling(decision="accept", by="person")
            case No(note=note):
                return Ruling(decision="reject", note=note, by="person")
            case NoAnswer():
                return None


def ask_of(question: Question, setting: Setting) -> Ask:
    """The question as a front end asks it: what is shown, and the exact text that would leave."""
    # What would leave stands first: on a low screen the values below it are cut.
    parts = [
        f"a yes sends, by {one.function}, to {one.target}:\n{one.outgoing}"
        for one in question.sendings
    ]
    parts += [f"{name}:\n{shown_text(value).rstrip()}" for name, value in question.shown.items()]
    call = ToolCall(
        id=f"{question.run}-{question.address}"[:40],
        tool="Approve",
        input=dict(question.shown),
        by=f"procedure/{question.command}",
    )
    return Ask(
        id=call.id,
        call=call,
        decision=Decision(effect="ask", reason="the procedure asks", can_be_remembered=False),
        at=setting.now,
        title=f"APPROVE {question.text}",
        body="\n\n".join(parts),
        risk="what follows is shown whole" if question.sendings else "nothing leaves by this",
    )
