"""Estimates brought in line with how long the person's own finished cards took. Pure.

Where at least five finished cards of a project, a tag, or all together have an estimate and the
time spent, an open card of that kind is planned for what such a card typically takes: its estimate
times the median of those ratios, with a range from the first quarter to the ninth tenth of them.
The card itself stays as it is, and an own range of it wins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pmagent.nlp.counted import counted
from pmagent.tasks.planner.model import SLOT
from pmagent.tasks.planner.wording import duration, quoted
from pmagent.types.tasks import Card, Effort

FEWEST_OF_A_KIND = 5
"""Finished cards below which a kind says nothing."""
LOW, TYPICAL, HIGH = 0.25, 0.5, 0.9
_LEAST_RATIO, _MOST_RATIO = 0.25, 4.0
"""A ratio beyond is more often a slip of the pen than a habit."""


@dataclass(frozen=True, kw_only=True)
class KindPast:
    """How long the finished cards of one kind took, against their estimates."""

    says: str
    """`"tanker"`, `#pricing`, or `all cards`."""
    cards: int
    low: float
    typical: float
    """To a tenth, so that one card more does not move a whole plan."""
    high: float


@dataclass(frozen=True, kw_only=True)
class Adjusted:
    """Cards to be planned, and what was done to their estimates."""

    cards: tuple[Card, ...]
    notes: tuple[str, ...] = ()
    """One sentence for each kind by which a card is planned longer or shorter."""


def adjust_estimates(cards: Sequence[Card], history: Sequence[Card]) -> Adjusted:
    """The cards with the efforts that the person's past gives them; finished ones stay.

    The kind is a card's project where enough is known of it, else that of its tags of which most
    is known, else all cards.
    """
    pasts = _pasts(history)
    made: list[Card] = []
    told: dict[str, list[tuple[int, int]]] = {}
    for card in cards:
        past = _past_of(card, pasts)
        effort = card.effort
        if past is None or effort is None or card.is_done or _has_own_range(effort):
            made.append(card)
            continue
        likely = _times(effort.likely, past.typical)
        least, most = _times(effort.likely, past.low), _times(effort.likely, past.high)
        own = Effort(likely=likely, least=min(least, likely), most=max(most, likely))
        made.append(replace(card, effort=own))
        if likely != -(-effort.likely // SLOT) * SLOT:
            told.setdefault(past.says, []).append((effort.likely, likely))
    by_name = {past.says: past for past in pasts.values()}
    notes = tuple(_note(by_name[says], told[says]) for says in sorted(told))
    return Adjusted(cards=tuple(made), notes=notes)


def _has_own_range(effort: Effort) -> bool:
    return effort.least is not None or effort.most is not None


def _pasts(history: Sequence[Card]) -> Mapping[str, KindPast]:
    """By kind: a project, a tag with its sign before it, or nothing for all."""
    ratios: defaultdict[str, list[float]] = defaultdict(list)
    for card in history:
        if not card.is_done or card.effort is None or card.effort.likely <= 0 or not card.spent:
            continue
        ratio = min(_MOST_RATIO, max(_LEAST_RATIO, card.spent / card.effort.likely))
        kinds = {"", card.project, *(f"#{tag.casefold()}" for tag in card.tags)}
        for kind in kinds:
            ratios[kind].append(ratio)
    return {
        kind: _past(kind, sorted(ratios[kind]))
        for kind in sorted(ratios)
        if len(ratios[kind]) >= FEWEST_OF_A_KIND
    }


def _past(kind: str, ratios: Sequence[float]) -> KindPast:
    says = kind if kind.startswith("#") else quoted(kind, 30) if kind else "all cards"
    return KindPast(
        says=says,
        cards=len(ratios),
        low=_quantile(ratios, LOW),
        typical=round(_quantile(ratios, TYPICAL), 1),
        high=_quantile(ratios, HIGH),
    )


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Between two values in proportion: the method 7 of Hyndman and Fan (1996)."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _past_of(card: Card, pasts: Mapping[str, KindPast]) -> KindPast | None:
    if card.project and card.project in pasts:
        return pasts[card.project]
    tags = [pasts[kind] for tag in card.tags if (kind := f"#{tag.casefold()}") in pasts]
    if tags:
        return max(tags, key=lambda past: (past.cards, past.says))
    return pasts.get("")


def _times(minutes: int, ratio: float) -> int:
    """In whole slots, as a plan is."""
    return max(SLOT, -(-round(minutes * ratio) // SLOT) * SLOT)


def _note(past: KindPast, changes: Sequence[tuple[int, int]]) -> str:
    said, planned = changes[0]
    more = f", and {counted(len(changes) - 1, 'card')} more" if len(changes) > 1 else ""
    return (
        f"estimates of {past.says} took {past.typical:g} times as long in {past.cards} cards:"
        f" {duration(said)} is planned as {duration(planned)}{more}"
    )
