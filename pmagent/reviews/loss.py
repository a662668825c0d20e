"""What is lost, on average, while a review waits: it stands the higher in the queue. Pure.

Expected loss = how bad it is if it is wrong × how likely that is × how pressing it has become.
The unit is arbitrary: only the order matters.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pmagent.types.procedures import Risk
from pmagent.types.reviews import Review, ReviewKind

COSTS: dict[Risk, float] = {"read": 1.0, "internal": 3.0, "external": 10.0, "irreversible": 30.0}
"""Each step out is about three times as hard to put right: chosen, not measured."""
CHANCES: dict[ReviewKind, float] = {
    "dead": 1.0,
    "handoff": 0.9,
    "human": 0.8,
    "answer": 0.6,
    "triggered": 0.5,
    "approve": 0.3,
    "sample": 0.1,
}
"""How likely something is amiss before anything is known of the command: a dead letter is certain
not to have arrived, a sample was drawn blindly."""
_DRAWN: frozenset[ReviewKind] = frozenset({"approve", "sample", "triggered"})
_DAY = timedelta(days=1)
_PER_DAY = 0.1
_MOST = 2.0


def expected_loss(
    review: Review, now: datetime, *, agreed: float = 0.0, reviews: float = 0.0
) -> float:
    """The loss, at least 0. `agreed` of `reviews` is what is known of the command.

    Waiting adds a tenth a day, at most as much again; what is past its time counts double.
    """
    chance = CHANCES[review.kind]
    if review.kind in _DRAWN and reviews > 0:
        # Laplace's rule, leaning to what is usual for the kind: two reviews' worth of it.
        chance = (reviews - agreed + 2 * chance) / (reviews + 2)
    waited = max((now - review.made) / _DAY, 0.0)
    pressing = min(1 + _PER_DAY * waited, _MOST)
    if review.due is not None and review.due <= now:
        pressing *= 2
    return COSTS[review.risk] * chance * pressing
