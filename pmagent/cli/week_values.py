"""Cards, proposals and plans as the values of `--json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, time
from typing import cast

from pmagent.tasks.planner import option_name
from pmagent.types.tasks import Card, Move, ProposedCard, WeekPlan
from pmagent.types.week import FileDiff


def card_values(card: Card) -> Mapping[str, object]:
    """A card with what it says; what it does not say is left out."""
    found = {key: _plain(value) for key, value in asdict(card).items()}
    return {key: value for key, value in found.items() if value not in (None, "", [], 0, False)}


def proposed_values(one: ProposedCard) -> Mapping[str, object]:
    """A proposed card: its kind, who said it, and the card."""
    return {
        "kind": one.kind,
        "who": one.who,
        "reason": one.reason,
        "duplicate-of": one.duplicate_of,
        "card": card_values(one.card),
    }


def plan_values(
    plan: WeekPlan, moves: Sequence[Move], diffs: Sequence[FileDiff]
) -> Mapping[str, object]:
    """A plan whole, with what it changes and the files it would write.

    Each choice bears its number, and the names by which `--take` knows its options.
    """
    values = cast("dict[str, object]", _plain(asdict(plan)))
    for place, choice in enumerate(cast("list[dict[str, object]]", values["trade_offs"])):
        choice["number"] = place + 1
        count = len(plan.trade_offs[place].options)
        choice["option_names"] = [option_name(place, option) for option in range(count)]
    values["moves"] = _plain([asdict(move) for move in moves])
    values["files"] = [asdict(one) for one in diffs]
    return values


def _plain(value: object) -> object:
    """Days and moments as text, tuples as lists."""
    match value:
        case dict():
            return {key: _plain(one) for key, one in cast("dict[str, object]", value).items()}
        case list() | tuple():
            return [_plain(one) for one in cast("Sequence[object]", value)]
        case date() | time():
            return value.isoformat()
        case _:
            return value
