"""Whether one effect may go without asking, and which runs are looked at afterwards. Pure.

Drawn by a hash: the same run is drawn or not whoever asks, and nobody can try again for luck.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from pmagent.types.procedures import Risk
from pmagent.types.reviews import Standing


@dataclass(frozen=True, kw_only=True)
class Errand:
    """One effect that is about to be."""

    risk: Risk
    """Of this effect, not of the command."""
    key: str
    """What the run is about: the same goes the same way each time."""
    trigger: str = ""
    """Why a person must look in any case, as `trigger_of` says."""


@dataclass(frozen=True, kw_only=True)
class Clearance:
    """Whether it may go, and why."""

    is_given: bool
    why: str
    is_triggered: bool = False
    """Whether the review that is asked for is an extra one, which estimates nothing."""


def may_go_alone(standing: Standing, errand: Errand, *, salt: str, has_passed: bool) -> Clearance:
    """Whether an effect of a command that stands so may go unasked.

    `salt` is the garden's own secret; `has_passed`: the simulations of this version hold.
    """
    if errand.risk == "irreversible" or standing.risk == "irreversible":
        return Clearance(is_given=False, why="it cannot be taken back, so it is always asked about")
    match standing.level:
        case "shadow":
            return Clearance(is_given=False, why="in shadow nothing it does leaves")
        case "assist":
            return Clearance(is_given=False, why="in assist every effect is asked about")
        case "canary" | "auto":
            pass
    if not has_passed:
        return Clearance(is_given=False, why="it has changed, and its simulations have not passed")
    if errand.trigger:
        return Clearance(is_given=False, why=errand.trigger, is_triggered=True)
    if standing.level == "canary" and is_drawn_by(errand.key, standing.rate, salt=salt):
        return Clearance(is_given=False, why=f"it is among the {standing.rate} % that are asked")
    share = f"{standing.agreed} of {standing.reviews} reviews agreed"
    return Clearance(is_given=True, why=f"{standing.level}: {share} since the last step")


def is_drawn_by(name: str, rate: int, *, salt: str) -> bool:
    """Whether `name` is among the `rate` percent. What a lower rate draws, a higher one does."""
    digest = hashlib.sha256(f"{salt}\0{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 10_000 < rate * 100
