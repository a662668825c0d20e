"""Runs that a person looks at beyond what they are asked: odd ones at once, others by a draw."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pmagent.outbox.outbox import Outbox
from pmagent.records.runs import RunRecords
from pmagent.reviews.asking import Setting, review_of_sample
from pmagent.reviews.queue import ReviewQueue
from pmagent.reviews.triggers import FIRST_AFTER_CHANGE, RunFacts, trigger_of
from pmagent.types.runs import Question, Run, RunChanged, RunEvent

ALONE = "standing"
"""Who says yes where a command has earned to go alone."""
_REMEMBERED = 200
"""Runs of a command that are looked back on."""


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """Draws and triggers of one garden."""

    records: RunRecords
    outbox: Callable[[], Outbox]
    queue: Callable[[], ReviewQueue]
    setting: Callable[[str], Setting]

    def trigger(self, run: Run, question: Question) -> str:
        """Why a person must look at this one in any case; empty where nothing says so."""
        before = self._before(run)
        ids = {one.id for one in before}
        sent = {one.target for one in self.outbox().listed("done") if one.run in ids}
        same = sum(one.digest == run.digest for one in before)
        facts = RunFacts(
            target=question.sendings[0].target if question.sendings else "",
            usd=run.spent.usd,
            since_change=min(same, FIRST_AFTER_CHANGE),
        )
        costs = [one.spent.usd for one in before if one.spent.usd is not None]
        return trigger_of(facts, targets=sent, costs=_known(costs))

    def drawn(self, events: Iterator[RunEvent]) -> Iterator[RunEvent]:
        """The events; a run that went alone and is drawn is put into the queue when it is done."""
        for event in events:
            yield event
            if isinstance(event, RunChanged) and self._is_drawn(event.run):
                self.queue().add(review_of_sample(event.run, self.setting(event.run.command)))

    def _is_drawn(self, run: Run) -> bool:
        if run.state != "done" or run.parent or run.origin != "user":
            return False
        rows = self.records.steps(run.id)
        went_alone = any(row.verb == "Approve" and f"yes by {ALONE}" in row.detail for row in rows)
        return went_alone and self.queue().is_sampled(run.command, run.id)

    def _before(self, run: Run) -> Sequence[Run]:
        found = self.records.list(_REMEMBERED, command=run.command)
        return [one for one in found if one.id != run.id and one.state == "done"]


def _known(costs: Sequence[Decimal]) -> Sequence[Decimal]:
    return [one for one in costs if one > 0]
