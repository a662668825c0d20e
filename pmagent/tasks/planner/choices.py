"""A choice that is taken: which option a person names, and what of a card it changes. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pmagent.errors import UsageError
from pmagent.tasks.planner.wording import quoted
from pmagent.types.tasks import Card, TradeOff, WeekPlan

_NAME = re.compile(r"([1-9]\d?)[ .-]?([a-z])")
_FIRST = ord("a")


@dataclass(frozen=True, kw_only=True)
class TakenOption:
    """An option, and what it comes to."""

    says: str
    """The option's own words."""
    card: Card | None
    """The card as it is to be; None where the option changes none."""
    advice: str = ""
    """Where it changes none: what is left to the person, in one sentence."""


def option_name(choice: int, option: int) -> str:
    """`1b` for the first choice's second option; both count from 0."""
    return f"{choice + 1}{chr(_FIRST + option)}"


def option_named(plan: WeekPlan, name: str) -> tuple[TradeOff, int]:
    """The choice and the place of its option that `1b` means.

    Raises:
        UsageError: the plan has no such option.
    """
    found = _NAME.fullmatch(name.strip().casefold())
    if found is not None and int(found[1]) <= len(plan.trade_offs):
        choice, option = plan.trade_offs[int(found[1]) - 1], ord(found[2]) - _FIRST
        if option < len(choice.options):
            return choice, option
    names = [
        option_name(place, option)
        for place, choice in enumerate(plan.trade_offs)
        for option in range(len(choice.options))
    ]
    hint = f"there are {', '.join(names)}" if names else "this plan has no choices"
    raise UsageError(f'there is no option "{name}"', hint)


def taken_option(plan: WeekPlan, choice_id: str, option: int, cards: Sequence[Card]) -> TakenOption:
    """What an option comes to; `cards` are those of the board as they are.

    Raises:
        UsageError: the plan has no such choice or option, or its card is open no more.
    """
    choice = next((one for one in plan.trade_offs if one.id == choice_id), None)
    if choice is None or not 0 <= option < len(choice.options):
        raise UsageError("this plan has no such choice", "plan again: the board may be another now")
    says = choice.options[option]
    shift, left = choice.shift_of(option), choice.left_of(option)
    if shift is None:
        own = (
            f"is yours to do: {left}, then plan again"
            if left
            else "changes nothing on the board: keep the plan as it is"
        )
        return TakenOption(says=says, card=None, advice=f"{quoted(says, 90)} {own}")
    card = next((one for one in cards if one.id == shift.card and not one.is_done), None)
    if card is None:
        raise UsageError("the card of this choice is open no more", "plan again")
    changed = replace(card, due=shift.due or card.due, start=shift.start or card.start)
    return TakenOption(says=says, card=changed)
