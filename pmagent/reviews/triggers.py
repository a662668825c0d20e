"""When a run is looked at whatever was drawn: these reviews are extra, and estimate nothing. Pure.

Mixed into the estimate they would make a command look worse than it is, because they are not drawn
at random; and better, where a person learns to wave them through.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import quantiles

FIRST_AFTER_CHANGE = 3
LOW_CONFIDENCE = 0.5
_ENOUGH = 8
"""Runs from which on it can be said that one is unlike the others."""


@dataclass(frozen=True, kw_only=True)
class RunFacts:
    """What is known of one run before it acts."""

    confidence: float | None = None
    """The least that any of its steps was sure, 0 to 1; None where none says."""
    guardrails: tuple[str, ...] = ()
    """What has warned."""
    target: str = ""
    """Where its effect goes."""
    usd: Decimal | None = None
    since_change: int = FIRST_AFTER_CHANGE
    """Runs of this version before it."""


def trigger_of(
    facts: RunFacts, *, targets: Collection[str] = (), costs: Sequence[Decimal] = ()
) -> str:
    """Why a person must look, in one sentence; empty where nothing says so.

    `targets` are where the command has sent before, `costs` what its earlier runs cost.
    """
    if facts.guardrails:
        return f"a guard has warned: {facts.guardrails[0]}"
    if facts.confidence is not None and facts.confidence < LOW_CONFIDENCE:
        return f"it is {facts.confidence:.0%} sure, less than {LOW_CONFIDENCE:.0%}"
    if facts.target and facts.target not in targets:
        return f'nothing was sent to "{facts.target}" before'
    if facts.since_change < FIRST_AFTER_CHANGE:
        return f"it is one of the first {FIRST_AFTER_CHANGE} runs since a change"
    if facts.usd is not None and _is_outlier(facts.usd, costs):
        return f"it cost ${facts.usd:.2f}, far more than the runs before"
    return ""


def _is_outlier(usd: Decimal, costs: Sequence[Decimal]) -> bool:
    """Beyond Tukey's fence: the upper quartile and three times the distance of the quartiles."""
    if len(costs) < _ENOUGH:
        return False
    low, _, high = quantiles(sorted(costs), n=4)
    return usd > high + 3 * (high - low) and usd > 0
