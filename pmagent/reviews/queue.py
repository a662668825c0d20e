"""The review queue of one garden: rows, rules and draws put together.

It decides nothing for a person, sends nothing, and goes on with no run: whoever calls `decide` does
that for what `holds_run`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from pmagent.errors import UsageError
from pmagent.records.reviews import ReviewRows
from pmagent.records.standings import StandingRow, StandingRows
from pmagent.records.tables import Tables
from pmagent.reviews.alone import Clearance, Errand, is_drawn_by, may_go_alone
from pmagent.reviews.asking import holds_run
from pmagent.reviews.cases import RunRecord, make_case
from pmagent.reviews.evidence import Rehearsal
from pmagent.reviews.loss import expected_loss
from pmagent.reviews.standing import Known, Subject, first_row, promoted, settle, standing
from pmagent.types.actions import Json
from pmagent.types.reviews import (
    CaseFile,
    Review,
    ReviewDecision,
    ReviewKind,
    Ruling,
    Standing,
)

_ON_WORK: frozenset[ReviewDecision] = frozenset({"accept", "edit", "reject", "take", "escalate"})
_ON_QUESTION: frozenset[ReviewDecision] = frozenset({"answer", "reject", "take", "escalate"})
ALLOWED: Mapping[ReviewKind, frozenset[ReviewDecision]] = {
    "approve": _ON_WORK,
    "triggered": _ON_WORK,
    "sample": frozenset({"accept", "edit", "reject"}),
    "answer": _ON_QUESTION,
    "human": _ON_QUESTION,
    "handoff": frozenset({"accept", "reject", "take"}),
    "dead": frozenset({"accept", "edit", "reject"}),
}
"""What can be decided of each kind. Of a dead letter: try again, change and try again, drop."""
BATCHED: frozenset[ReviewKind] = frozenset({"approve", "triggered", "sample", "handoff", "dead"})
"""Kinds of which all can be accepted at once."""


class DeadLetters(Protocol):
    """The outbox, as far as a decision about a dead letter needs it."""

    def retry(self, key: str, payload: Mapping[str, Json] | None = None) -> object:
        """Try it again, with another payload where one is given."""
        ...

    def drop(self, key: str) -> object:
        """It is never sent."""
        ...


@dataclass(frozen=True, kw_only=True)
class QueuePorts:
    """What the queue needs from the rest of the garden."""

    clock: Callable[[], datetime]
    salt: str
    """The garden's own secret, by which runs are drawn."""
    subject: Callable[[str], Subject | None]
    """A command as it is now; None where there is none of that name."""
    letters: Callable[[], DeadLetters]
    run: Callable[[str], RunRecord | None]
    """A run with its rows; its reviews are added here."""
    record: Callable[[str, str], None]
    """Writes to the trail that a person let a command go further: command, and why."""
    rehearsal: Callable[[Subject], Rehearsal | None] = lambda _: None
    """What the simulations of this version say."""


class ReviewQueue:
    """What waits for a person in one garden. Safe to use from several threads and processes."""

    def __init__(self, tables: Tables, ports: QueuePorts) -> None:
        self._tables = tables
        self._rows = ReviewRows(tables)
        self._kept = StandingRows(tables)
        self._ports = ports

    def add(self, review: Review) -> Review:
        """Put it into the queue; the one that asks the same where there is one, decided or not."""
        return self._rows.add(review)

    def of_run(self, run: str) -> Sequence[Review]:
        """All of one run, the oldest first."""
        return self._rows.of_run(run)

    def open(self, *, with_snoozed: bool = False) -> Sequence[Review]:
        """What waits, by expected loss, the greatest first; without what is put off."""
        now = self._ports.clock()
        found = [
            one
            for one in self._rows.open()
            if with_snoozed or one.snoozed is None or one.snoozed <= now
        ]
        known = {(one.command, one.risk) for one in found}
        standings = {each: self._known(each[0]) for each in known}

        def loss(review: Review) -> float:
            stands = standings[review.command, review.risk]
            agreed, seen = (stands.agreed, stands.reviews) if stands else (0, 0)
            return expected_loss(review, now, agreed=agreed, reviews=seen)

        return sorted(found, key=lambda one: (-loss(one), one.made, one.id))

    def count(self) -> int:
        """How many wait now."""
        return self._rows.count_open(self._ports.clock())

    def get(self, name: str) -> Review:
        """One, by its id or the beginning of it.

        Raises:
            UsageError: there is none, or there are several.
        """
        return self._rows.get(name)

    def holds_run(self, review: Review) -> bool:
        """Whether a run goes on once it is decided."""
        return holds_run(review)

    def decide(self, review_id: str, ruling: Ruling) -> Review:
        """Keep a decision; a dead letter is retried or dropped with it, in one piece.

        Raises:
            UsageError: it is decided already, or this cannot be decided of it.
        """
        with self._tables.written():
            review = self._rows.get(review_id)
            if review.state == "open":
                _check(review, ruling)
            decided = self._rows.decide(review.id, ruling, self._ports.clock())
            if decided.kind == "dead":
                self._settle_letter(decided)
            subject = self._ports.subject(decided.command)
            if subject is not None:
                self._settled(subject)
        return decided

    def drop_of_run(self, run: str, reason: str) -> Sequence[Review]:
        """Nothing that a run has asked is asked any more: it has ended another way."""
        now = self._ports.clock()
        return [
            self._rows.drop(one.id, reason, now)
            for one in self._rows.of_run(run)
            # What is in the outbox stays there.
            if one.state == "open" and one.kind != "dead" and holds_run(one)
        ]

    def snooze(self, review_id: str, until: datetime) -> Review:
        """Put it off until then.

        Raises:
            UsageError: it is decided already, or the moment is past.
        """
        if until <= self._ports.clock():
            raise UsageError("that moment is past", "name one that is to come, such as 3h or 2d")
        return self._rows.snooze(self._rows.get(review_id).id, until)

    def test_case(self, review_id: str, name: str = "") -> CaseFile:
        """A simulation of the run it is about; whoever calls writes it through the gate.

        Raises:
            UsageError: nothing of the run is on record, or the name makes no file.
        """
        review = self._rows.get(review_id)
        record = self._ports.run(review.run) if review.run else None
        if record is None:
            raise UsageError(f'no run of review "{review.id}" is on record', "")
        reviews = self._rows.of_run(review.run)
        return make_case(review, replace(record, reviews=reviews), name)

    def standing(self, command: str) -> Standing:
        """How far a command goes now.

        Raises:
            UsageError: there is none of that name.
        """
        found = self._known(command)
        if found is None:
            raise _unknown(command)
        return found

    def standings(self) -> Sequence[Standing]:
        """The same of every command that was reviewed or run, by name."""
        found = (self._known(name) for name in {*self._rows.commands(), *self._kept.commands()})
        return sorted((one for one in found if one is not None), key=lambda one: one.command)

    def check_promotion(self, command: str, *, is_forced: bool = False) -> None:
        """Whether it may be taken a level further now.

        Raises:
            UsageError: it may not, and why.
        """
        subject = self._ports.subject(command)
        if subject is None:
            raise _unknown(command)
        promoted(subject, self._settled(subject), self._ports.clock(), is_forced=is_forced)

    def promote(self, command: str, *, is_forced: bool = False, by: str = "person") -> Standing:
        """Take it a level further; the trail says so before it holds.

        Raises:
            UsageError: it may not, and why.
        """
        subject = self._ports.subject(command)
        if subject is None:
            raise _unknown(command)
        now = self._ports.clock()
        with self._tables.written():
            row = promoted(subject, self._settled(subject), now, is_forced=is_forced)
            how = "forced, without the reviews it needs" if is_forced else "by its reviews"
            self._ports.record(command, f"to {row.level} by {by}, {how}")
            self._kept.put(row)
        return self.standing(command)

    def may_go_alone(self, command: str, errand: Errand) -> Clearance:
        """Whether an effect of a command may go unasked now; not where the command is unknown."""
        subject = self._ports.subject(command)
        if subject is None:
            return Clearance(is_given=False, why=f'there is no command "/{command}"')
        known = self._settled(subject)
        stands = standing(subject, known, self._ports.clock())
        return may_go_alone(stands, errand, salt=self._ports.salt, has_passed=known.has_passed)

    def is_sampled(self, command: str, run: str) -> bool:
        """Whether a run that went alone is to be looked at afterwards."""
        found = self._known(command)
        rate = found.rate if found is not None else 100
        return is_drawn_by(run, rate, salt=self._ports.salt)

    def _known(self, command: str) -> Standing | None:
        subject = self._ports.subject(command)
        if subject is None:
            return None
        return standing(subject, self._settled(subject), self._ports.clock())

    def _settled(self, subject: Subject) -> Known:
        """What is known of it, with what follows from that on record."""
        kept = self._kept.get(subject.command, subject.risk)
        known = Known(
            row=kept or first_row(subject),
            reviews=self._rows.decided(subject.command, subject.risk),
            rehearsal=self._ports.rehearsal(subject),
        )
        row: StandingRow = settle(subject, known, self._ports.clock())
        if row != kept:
            self._kept.put(row)
        return replace(known, row=row)

    def _settle_letter(self, review: Review) -> None:
        letters = self._ports.letters()
        if review.decision == "reject":
            letters.drop(review.effect)
        elif review.decision == "edit":
            letters.retry(review.effect, {**review.shown, **review.edits})
        else:
            letters.retry(review.effect)


def same_kind(review: Review, among: Sequence[Review]) -> Sequence[Review]:
    """Those of its kind and its command that can be accepted with it, itself among them.

    Never what cannot be taken back: that is read one by one.
    """
    return [
        one
        for one in among
        if one.kind in BATCHED
        and one.risk != "irreversible"
        and (one.kind, one.command) == (review.kind, review.command)
    ]


def _check(review: Review, ruling: Ruling) -> None:
    allowed = ALLOWED[review.kind]
    if ruling.decision not in allowed:
        raise UsageError(
            f'review "{review.id}" cannot be decided so: it is of the kind "{review.kind}"',
            f"it takes: {', '.join(sorted(allowed))}",
        )
    if ruling.decision != "edit":
        return
    if not ruling.edits:
        raise UsageError("nothing is changed", "accept it as it is, or name what shall change")
    unknown = [name for name in ruling.edits if name not in review.shown]
    if unknown:
        raise UsageError(
            f'there is no value "{unknown[0]}" to change',
            f"it shows: {', '.join(review.shown)}" if review.shown else "it shows nothing",
        )


def _unknown(command: str) -> UsageError:
    return UsageError(
        f'there is no command "/{command}"', '"pmagent autonomy" lists those that were reviewed'
    )
