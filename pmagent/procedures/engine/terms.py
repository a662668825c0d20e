"""What a run is begun under, besides its procedure and its arguments. It never changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeVar, cast

from pmagent.types.actions import Json
from pmagent.types.procedures import Autonomy, RunBudget
from pmagent.types.runs import Origin, Spent

N = TypeVar("N", int, float, Decimal)
_LEVELS: tuple[Autonomy, ...] = ("shadow", "assist", "canary", "auto")


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How a run is begun."""

    origin: Origin = "user"
    autonomy: Autonomy | None = None
    """How far it may go; never beyond the procedure's own level. None: as far as that."""
    names: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """Names every expression may use besides its own, such as `site`."""
    named: tuple[str, ...] = ()
    """Documents that the person named when the run began: they lie below every ceiling."""
    is_dry: bool = False
    """Nothing is performed, no model and nobody is asked; the path is told."""
    has_model: bool = True
    """False: values are made offline or by the person, though a model is there."""
    budget: RunBudget | None = None
    """What it may use at most; None: what its procedure says."""
    is_trusted: bool = True
    """False below a procedure that is not one of the person's own: nothing is sent out."""
    was_trusted: bool = False
    """Whether the procedure itself was one of theirs, or trusted, when the run began: what becomes
    of its file later changes nothing."""
    ceilings: tuple[tuple[str, ...], ...] = ()
    """The `allowed-tools` of procedures above that are not the person's own: they hold here too."""
    depth: int = 0
    """How many runs stand above it, or have switched to it."""


def level(asked: Autonomy | None, ceiling: Autonomy) -> Autonomy:
    """The lower of the two."""
    if asked is None or _LEVELS.index(asked) > _LEVELS.index(ceiling):
        return ceiling
    return asked


def below(
    terms: Terms, left: RunBudget, *, is_trusted: bool, allowed_tools: tuple[str, ...]
) -> Terms:
    """The terms of a run that this one starts, carved out of what it has left.

    Below a procedure that nobody has trusted nothing may do more than that one may.
    """
    return replace(
        terms,
        budget=left,
        depth=terms.depth + 1,
        is_trusted=terms.is_trusted and is_trusted,
        ceilings=terms.ceilings if is_trusted else (*terms.ceilings, allowed_tools),
    )


def terms_json(terms: Terms) -> Mapping[str, Json]:
    """As it is kept. The autonomy and the origin are on record with the run itself."""
    return {
        "names": terms.names,
        "named": terms.named,
        "is_dry": terms.is_dry,
        "has_model": terms.has_model,
        "is_trusted": terms.is_trusted,
        "was_trusted": terms.was_trusted,
        "ceilings": [list(rules) for rules in terms.ceilings],
        "depth": terms.depth,
        "budget": None if terms.budget is None else _budget_json(terms.budget),
    }


def terms_of(kept: Mapping[str, Json]) -> Terms:
    """The terms as they were kept."""
    budget = cast("Mapping[str, int | float | str | None] | None", kept.get("budget"))
    return Terms(
        names=cast("Mapping[str, Json]", kept.get("names") or {}),
        named=tuple(cast("Sequence[str]", kept.get("named") or ())),
        is_dry=bool(kept.get("is_dry")),
        has_model=bool(kept.get("has_model", True)),
        is_trusted=bool(kept.get("is_trusted", True)),
        was_trusted=bool(kept.get("was_trusted")),
        ceilings=tuple(
            tuple(rules) for rules in cast("Sequence[Sequence[str]]", kept.get("ceilings") or ())
        ),
        depth=int(cast("int", kept.get("depth", 0))),
        budget=None if budget is None else _budget_of(budget),
    )


def tighter(one: RunBudget, other: RunBudget | None) -> RunBudget:
    """The smaller of each."""
    if other is None:
        return one
    return RunBudget(
        steps=_less(one.steps, other.steps),
        minutes=_less(one.minutes, other.minutes),
        tokens=_less(one.tokens, other.tokens),
        usd=_less(one.usd, other.usd),
        effects=_less(one.effects, other.effects),
    )


def left_of(budget: RunBudget, spent: Spent) -> RunBudget:
    """What is left of it. Money that is not known is not taken off."""
    minutes = spent.ms / 60_000
    usd = spent.usd or Decimal(0)
    return RunBudget(
        steps=None if budget.steps is None else max(0, budget.steps - spent.steps),
        minutes=None if budget.minutes is None else max(0.0, budget.minutes - minutes),
        tokens=None if budget.tokens is None else max(0, budget.tokens - spent.tokens),
        usd=None if budget.usd is None else max(Decimal(0), budget.usd - usd),
        effects=None if budget.effects is None else max(0, budget.effects - spent.effects),
    )


def _less(one: N | None, other: N | None) -> N | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def _budget_json(budget: RunBudget) -> Mapping[str, Json]:
    return {
        "steps": budget.steps, "minutes": budget.minutes, "tokens": budget.tokens,
        "effects": budget.effects, "usd": None if budget.usd is None else str(budget.usd),
    }  # fmt: skip


def _budget_of(kept: Mapping[str, int | float | str | None]) -> RunBudget:
    usd, minutes = kept["usd"], kept["minutes"]
    counts = {
        name: None if (count := kept[name]) is None else int(count)
        for name in ("steps", "tokens", "effects")
    }
    return RunBudget(
        minutes=None if minutes is None else float(minutes),
        usd=None if usd is None else Decimal(usd),
        **counts,
    )
