"""What the reviews of a command weigh, and how many more a bound needs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pmagent.reviews.agreement import agrees
from pmagent.reviews.wilson import lower_bound
from pmagent.types.procedures import Risk
from pmagent.types.reviews import Review, ReviewKind

TARGETS: dict[Risk, float] = {"read": 0.80, "internal": 0.90, "external": 0.95, "irreversible": 1.0}
"""The share of agreement that must be certain; of what cannot be undone it never is enough."""
DRAWN: frozenset[ReviewKind] = frozenset({"approve", "sample"})
"""Reviews that come of all runs, or of a blind draw. Only these estimate anything."""
HALF_LIFE = timedelta(days=90)
_SIMULATED = 0.25
"""What a golden replay or a simulation weighs against a person's review."""
_FAR = 1_000


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """What simulations and golden replays say of the version of a command that is there now."""

    has_passed: bool
    cases: int = 0
    clean: int = 0
    unchanged: float = 0.0
    """The share of golden replays whose output is what it was."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """How much is known, and how much of that speaks for the command."""

    seen: float = 0.0
    """Weight of a person's reviews."""
    agreed: float = 0.0
    cases: float = 0.0
    """Weight of simulations, before they are capped."""
    clean: float = 1.0
    """The share of them that passed."""

    @property
    def weight(self) -> float:
        """Reviews and simulations together: these are at most half of it."""
        return self.seen + self._simulated

    @property
    def bound(self) -> float:
        """What the share of agreement is at least, with 95 % confidence."""
        return lower_bound(self.agreed + self._simulated * self.clean, self.weight)

    @property
    def _simulated(self) -> float:
        return min(self.cases, self.seen)


def weigh(reviews: Sequence[Review], now: datetime, rehearsal: Rehearsal | None = None) -> Evidence:
    """What drawn and decided reviews weigh: one each, half as much for every 90 days of age."""
    seen = agreed = 0.0
    for review in reviews:
        if not is_drawn(review) or review.decided is None:
            continue
        weight = 0.5 ** max((now - review.decided) // HALF_LIFE, 0)
        seen += weight
        agreed += weight * agrees(review)
    if rehearsal is None or not rehearsal.has_passed or not rehearsal.cases:
        return Evidence(seen=seen, agreed=agreed)
    return Evidence(
        seen=seen,
        agreed=agreed,
        cases=rehearsal.cases * _SIMULATED,
        clean=rehearsal.clean / rehearsal.cases,
    )


def missing_for(evidence: Evidence, target: float) -> int:
    """How many more clean reviews bring the bound to the target; 0 where it is there."""
    for more in range(_FAR):
        grown = Evidence(
            seen=evidence.seen + more,
            agreed=evidence.agreed + more,
            cases=evidence.cases,
            clean=evidence.clean,
        )
        if grown.bound >= target:
            return more
    return _FAR


def drawn_of(reviews: Sequence[Review]) -> list[Review]:
    """Those that count, one of each run: a run that asks fifty times has shown one thing.

    Of several of one run the first that does not agree stands for it, else the last.
    """
    kept: dict[str, Review] = {}
    for review in filter(is_drawn, reviews):
        name = review.run or review.id
        before = kept.get(name)
        if before is None or agrees(before):
            # Put in anew, so that they stay in the order of their decisions.
            kept.pop(name, None)
            kept[name] = review
    return list(kept.values())


def is_drawn(review: Review) -> bool:
    """Whether it counts for the estimate: drawn, decided, and about what was made."""
    return (
        review.state == "decided"
        and review.kind in DRAWN
        and review.decision in {"accept", "edit", "reject", "take", "escalate"}
    )
