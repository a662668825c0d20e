"""Whether a run may do one more step, and what expressions know of it as `budget`.

The last two steps and the last twentieth of the tokens are kept for ending well: a note, a
hand-off, a result.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from pmagent.procedures.engine.terms import left_of
from pmagent.types.actions import Json
from pmagent.types.procedures import (
    HandOffStep,
    ModelStep,
    NoteStep,
    ReturnStep,
    RunBudget,
    Step,
    StopStep,
)
from pmagent.types.runs import Spent

RESERVE_STEPS = 2
RESERVE_TOKENS = 0.05
NO_LIMIT = 1_000_000_000
"""What expressions see as left of a kind that has no limit."""
_CLOSING = NoteStep | HandOffStep | StopStep | ReturnStep


def why_over(budget: RunBudget, spent: Spent, step: Step) -> str:
    """Why this step may not be done any more; empty where it may."""
    kept = 0 if isinstance(step, _CLOSING) else RESERVE_STEPS
    # A budget that is all reserve still buys one step.
    if budget.steps is not None and spent.steps >= max(1, budget.steps - kept):
        return f"{spent.steps} of {budget.steps} steps are used"
    if isinstance(step, _CLOSING):
        return ""
    if budget.minutes is not None and spent.ms >= budget.minutes * 60_000:
        return f"{spent.ms / 60_000:.1f} of {budget.minutes:g} minutes of work are used"
    if budget.usd is not None and spent.usd is not None and spent.usd >= budget.usd > 0:
        return f"{spent.usd:.4f} of {budget.usd} USD are used"
    if isinstance(step, ModelStep) and limit_tokens(budget, spent) == 0:
        return f"{spent.tokens:,} of {budget.tokens:,} tokens are used"
    return ""


def limit_tokens(budget: RunBudget, spent: Spent) -> int | None:
    """The tokens that may still be used, without the reserve; None: no limit."""
    if budget.tokens is None:
        return None
    return max(0, int(budget.tokens * (1 - RESERVE_TOKENS)) - spent.tokens)


def why_no_effect(budget: RunBudget, spent: Spent) -> str:
    """Why one more effect may not happen; empty where it may."""
    if budget.effects is not None and spent.effects >= budget.effects:
        return f"{spent.effects} of {budget.effects} effects are used"
    return ""


def shown(budget: RunBudget, spent: Spent) -> Mapping[str, Json]:
    """`budget` as expressions see it: `steps_left`, `minutes_left`, …, and `…_used`."""
    left = left_of(budget, spent)
    return {
        "steps_left": _or_no_limit(left.steps),
        "minutes_left": _or_no_limit(left.minutes),
        "tokens_left": _or_no_limit(left.tokens),
        "usd_left": _or_no_limit(left.usd),
        "effects_left": _or_no_limit(left.effects),
        "steps_used": spent.steps,
        "minutes_used": spent.ms / 60_000,
        "tokens_used": spent.tokens,
        "usd_used": float(spent.usd or 0),
        "effects_used": spent.effects,
    }


def _or_no_limit(left: float | Decimal | None) -> int | float:
    if left is None:
        return NO_LIMIT
    return float(left) if isinstance(left, Decimal) else left
