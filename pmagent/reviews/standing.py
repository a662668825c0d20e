"""How far a command goes by itself: earned by agreement, lost by one grave mistake. Pure.

Levels go shadow → assist → canary → auto. In shadow and assist a person sees every run; in canary a
share of what it is about goes alone; in auto all of it does, and a share is looked at afterwards.
Within canary and auto the share that is looked at falls by itself, and rises by itself. To the
next level only a person takes a command, never above what its file allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pmagent.errors import UsageError
from pmagent.nlp.counted import counted
from pmagent.records.standings import StandingRow
from pmagent.reviews.agreement import agrees, is_critical
from pmagent.reviews.evidence import TARGETS, Rehearsal, drawn_of, missing_for, weigh
from pmagent.reviews.wilson import upper_bound
from pmagent.types.procedures import Autonomy, Risk
from pmagent.types.reviews import Review, Standing

LEVELS: tuple[Autonomy, ...] = ("shadow", "assist", "canary", "auto")
RATES = (100, 50, 25, 10, 5)
"""Percent of the runs that a person looks at, from all to the least."""
LEAST: dict[Autonomy, int] = {"shadow": 100, "assist": 100, "canary": 25, "auto": 5}
"""The rate at which each level ends."""
_ENTRY: dict[Autonomy, int] = {"shadow": 100, "assist": 100, "canary": 50, "auto": 25}
AFTER_CHANGE = 50
"""After a change at least so much is looked at."""
SAME = 0.95
"""Golden replays whose output must be unchanged for a change to cost nothing."""
LATEST = 20
"""Reviews over which it is looked for a fall."""
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_UNSEEN = {50: "half of its runs go unseen", 25: "three of four runs go unseen",
           10: "nine of ten runs go unseen", 5: "19 of 20 runs go unseen"}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One command as it is now."""

    command: str
    risk: Risk
    ceiling: Autonomy
    """`metadata.autonomy` of its file: it goes no further."""
    digest: str
    """Of the procedure, the models and the embedder: not of what the index holds."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a subject: where it stood, what was decided since, what it passed."""

    row: StandingRow
    reviews: Sequence[Review] = ()
    """All that was decided of it, of any kind, in order."""
    rehearsal: Rehearsal | None = None
    """None where nothing was simulated of this version."""

    @property
    def since(self) -> list[Review]:
        """Those since the last step."""
        return [one for one in self.reviews if one.decided and one.decided > self.row.since]

    @property
    def has_passed(self) -> bool:
        """Whether the simulations of this version hold."""
        return self.rehearsal is not None and self.rehearsal.has_passed


def first_row(subject: Subject) -> StandingRow:
    """Where a command begins: every effect is approved, or held where its file says so."""
    return StandingRow(
        command=subject.command,
        risk=subject.risk,
        level=_lower("assist", subject.ceiling),
        rate=100,
        since=BEGINNING,
        digest=subject.digest,
    )


def level_of(subject: Subject, row: StandingRow) -> Autonomy:
    """How far it goes now: what it has earned, as far as its file lets it."""
    return _lower(row.level, _ceiling(subject))


def settle(subject: Subject, known: Known, now: datetime) -> StandingRow:
    """Where it stands after a change of the command, and after the reviews since.

    Grave mistakes come first: each takes it back a level, and every run is looked at again. Then
    a fall of agreement, then what was earned. The same reviews settle it once.
    """
    row = _after_change(subject, known, now)
    known = replace(known, row=row)
    grave = [one for one in known.since if is_critical(one)]
    if grave:
        level = LEVELS[max(LEVELS.index(row.level) - len(grave), 0)]
        return replace(row, level=level, rate=100, since=grave[-1].decided or now)
    drawn = drawn_of(known.since)
    if not drawn or row.level not in {"canary", "auto"}:
        return row
    at = drawn[-1].decided or now
    if not agrees(drawn[-1]) and _has_fallen(subject, known):
        return replace(row, rate=_looser(row.rate, -1), since=at) if row.rate < 100 else row
    if (
        known.has_passed
        and row.rate > LEAST[row.level]
        and weigh(drawn, now, known.rehearsal).bound >= TARGETS[subject.risk]
    ):
        return replace(row, rate=_looser(row.rate, 1), since=at)
    return row


def standing(subject: Subject, known: Known, now: datetime) -> Standing:
    """The same in the words a person reads. `known.row` is settled."""
    row, target = known.row, TARGETS[subject.risk]
    drawn = drawn_of(known.since)
    evidence = weigh(drawn, now, known.rehearsal)
    # A level that ends is left by a person: nothing more has to be earned in it.
    is_earned = row.level in {"canary", "auto"} and row.rate <= LEAST[row.level]
    missing = 0 if is_earned or target >= 1 else missing_for(evidence, target)
    return Standing(
        command=subject.command,
        risk=subject.risk,
        level=level_of(subject, row),
        rate=row.rate,
        reviews=len(drawn),
        agreed=sum(map(agrees, drawn)),
        bound=round(evidence.bound, 4),
        target=target,
        missing=missing,
        says=_says(subject, known, missing),
        digest=row.digest,
    )


def promoted(
    subject: Subject, known: Known, now: datetime, *, is_forced: bool = False
) -> StandingRow:
    """Where it stands one level further, with nothing counted yet.

    `is_forced` passes over what is not earned; never over the file's ceiling or what is final.

    Raises:
        UsageError: it may not, and why.
    """
    row = known.row
    why, hint = _refusal(subject, known, now, is_forced=is_forced)
    if why:
        raise UsageError(f'"/{subject.command}" stays at {row.level}: {why}', hint)
    level = LEVELS[LEVELS.index(row.level) + 1]
    rate = max(min(row.rate, _ENTRY[level]), LEAST[level])
    return replace(row, level=level, rate=rate, since=now, digest=subject.digest)


def _refusal(subject: Subject, known: Known, now: datetime, *, is_forced: bool) -> tuple[str, str]:
    """Why it may not go further, and what to do; empty where it may."""
    row, ceiling = known.row, _ceiling(subject)
    if row.level == LEVELS[-1]:
        return "that is as far as any command goes", ""
    if LEVELS.index(row.level) >= LEVELS.index(ceiling):
        if subject.risk == "irreversible":
            return "what it does cannot be taken back, so it is always asked about", ""
        return f'its file says "autonomy: {ceiling}"', "change metadata.autonomy in its file"
    if is_forced:
        return "", ""
    missing = standing(subject, known, now).missing
    if missing:
        more = f"{counted(missing, 'more clean review')} to go"
        return more, '"pmagent review" lists what can be looked at; --force goes on the trail'
    if row.level == "canary" and row.rate > LEAST["canary"]:
        return f"{row.rate} % of its runs are still looked at", "it goes down to 25 % first"
    if not known.has_passed:
        return "its simulations have not passed", f'run "pmagent sim {subject.command}"'
    return "", ""


def _says(subject: Subject, known: Known, missing: int) -> str:
    row = known.row
    if subject.risk == "irreversible":
        return "what it does cannot be taken back: every run is asked about"
    is_at_ceiling = LEVELS.index(row.level) >= LEVELS.index(subject.ceiling)
    if row.level in {"shadow", "assist"} and is_at_ceiling:
        held = "nothing it does leaves" if row.level == "shadow" else "every effect is asked about"
        return f'{held}: its file says "autonomy: {subject.ceiling}"'
    if row.level == "shadow":
        then = "its effects may be asked about"
    elif row.level == "assist":
        then = _UNSEEN[50]
    elif row.rate > LEAST[row.level]:
        then = _UNSEEN[_looser(row.rate, 1)]
    elif row.level == "canary" and not is_at_ceiling:
        then = "all of its runs go alone, and 25 % are looked at afterwards"
    else:
        return f"{row.rate} % of its runs are looked at: nothing more is to be earned"
    if missing:
        return f"{counted(missing, 'more clean review')} until {then}"
    if not known.has_passed:
        return f'its simulations must pass until {then}: "pmagent sim {subject.command}"'
    return f'"pmagent autonomy promote {subject.command}", and {then}'


def _after_change(subject: Subject, known: Known, now: datetime) -> StandingRow:
    """Another version: the evidence was about the one before, unless its replays are the same."""
    row = known.row
    if row.digest == subject.digest:
        return row
    rehearsal = known.rehearsal
    if rehearsal is not None and rehearsal.has_passed and rehearsal.unchanged >= SAME:
        return replace(row, digest=subject.digest)
    return replace(row, digest=subject.digest, rate=max(row.rate, AFTER_CHANGE), since=now)


def _has_fallen(subject: Subject, known: Known) -> bool:
    """Whether over the latest reviews agreement is certainly below what it must be."""
    same = [one for one in drawn_of(known.reviews) if one.digest in {"", subject.digest}]
    latest = same[-LATEST:]
    bound = upper_bound(sum(map(agrees, latest)), len(latest))
    return bound < TARGETS[subject.risk]


def _looser(rate: int, step: int) -> int:
    """The next rate; at the ends the same."""
    return RATES[min(max(RATES.index(rate) + step, 0), len(RATES) - 1)]


def _ceiling(subject: Subject) -> Autonomy:
    return _lower(subject.ceiling, "assist") if subject.risk == "irreversible" else subject.ceiling


def _lower(one: Autonomy, other: Autonomy) -> Autonomy:
    return one if LEVELS.index(one) <= LEVELS.index(other) else other
