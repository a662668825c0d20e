"""What a person's own past says of their estimates, and of a week that is over."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pmagent.nlp.counted import counted
from pmagent.tasks.planner.days import minutes_in
from pmagent.tasks.planner.wording import duration
from pmagent.types.tasks import Card, WeekPlan

FEWEST = 10
"""Cards below which a ratio says more of chance than of the person."""
_NORMAL_95 = 1.96


@dataclass(frozen=True, kw_only=True)
class Bias:
    """How actual time compares with the guess, for one project or for all."""

    project: str
    """Empty for all of them."""
    cards: int
    ratio: float | None
    """Actual to expected, as a typical card has it; None with too few cards."""
    low: float | None = None
    """The interval of 95 %."""
    high: float | None = None
    says: str = ""


@dataclass(frozen=True, kw_only=True)
class Looked:
    """One card of a week that is over: expected against actual, in minutes."""

    card: str
    title: str
    planned: int
    spent: int | None
    """None where nobody wrote it down."""
    is_done: bool
    """By the last of these days."""
    later: date | None = None
    """When it was done, where that was after them."""


@dataclass(frozen=True, kw_only=True)
class LookBack:
    """A week that is over."""

    cards: tuple[Looked, ...]
    planned: int
    done: int
    """Minutes planned for cards that are done."""
    spent: int
    """Minutes spent on cards where it was written down."""
    expected: int
    """What was planned for those."""
    unplanned: tuple[str, ...]
    """Titles of cards that were done without a block."""
    says: tuple[str, ...]


def estimate_bias(history: Sequence[Card]) -> tuple[Bias, ...]:
    """All projects together, then each by name, from finished cards with effort and time spent.

    The ratio is the geometric mean of actual to likely, its interval that of the mean of their
    logarithms by Student's t: a card that takes twice and one that takes half as long cancel out.
    """
    ratios: defaultdict[str, list[float]] = defaultdict(list)
    for card in history:
        if card.effort is None or card.effort.likely <= 0 or not card.spent or not card.is_done:
            continue  # of a card that is open it is not known how long it takes
        ratio = math.log(card.spent / card.effort.likely)
        ratios[""].append(ratio)
        if card.project:
            ratios[card.project].append(ratio)
    return tuple(_bias(project, ratios[project]) for project in sorted({"", *ratios}))


def _bias(project: str, logs: Sequence[float]) -> Bias:
    n = len(logs)
    name = f'"{project}"' if project else "all cards"
    if n < FEWEST:
        says = f"{name}: too few to say, {n} of {FEWEST} cards have an estimate and the time spent"
        return Bias(project=project, cards=n, ratio=None, says=says)
    mean = sum(logs) / n
    spread = math.sqrt(sum((one - mean) ** 2 for one in logs) / (n - 1))
    margin = student_95(n - 1) * spread / math.sqrt(n)
    ratio, low, high = (math.exp(one) for one in (mean, mean - margin, mean + margin))
    if low <= 1 <= high:
        verdict = "no clear bias"
    else:
        verdict = "takes longer than you think" if ratio > 1 else "takes less than you think"
    says = f"{name}: {ratio:.2f} times the estimate ({low:.2f} to {high:.2f}, n = {n}), {verdict}"
    return Bias(project=project, cards=n, ratio=ratio, low=low, high=high, says=says)


def student_95(freedom: int) -> float:
    """The two-sided 95 % quantile of Student's t, by the expansion of Cornish and Fisher.

    Right to 0.5 % from 9 degrees of freedom on (Abramowitz and Stegun, 26.7.5).
    """
    z = _NORMAL_95
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


def _looked(title: str, planned: int, card: Card | None, id_: str, last: date) -> Looked:
    if card is None:
        return Looked(card=id_, title=title, planned=planned, spent=None, is_done=False)
    later = card.done_on if card.done_on is not None and card.done_on > last else None
    is_done = card.is_done and later is None
    spent = card.spent if later is None else None
    return Looked(card=id_, title=title, planned=planned, spent=spent, is_done=is_done, later=later)


def look_back(plan: WeekPlan, done: Sequence[Card]) -> LookBack:
    """What was planned against what came of it; `done` are the cards as they are now.

    What was done after these days, and the time that was told then, is of another week.
    """
    now = {card.id: card for card in done}
    minutes: dict[str, int] = {}
    titles: dict[str, str] = {}
    for block in plan.blocks:
        minutes[block.card] = minutes.get(block.card, 0) + minutes_in(block)
        titles[block.card] = block.title
    cards = tuple(
        _looked(titles[id_], planned, now.get(id_), id_, plan.last)
        for id_, planned in minutes.items()
    )
    told = [one for one in cards if one.spent is not None]
    finished = [one for one in cards if one.is_done]
    days = (plan.first, plan.last)
    unplanned = tuple(
        card.title
        for card in done
        if card.is_done
        and card.id not in minutes
        and card.done_on is not None
        and days[0] <= card.done_on <= days[1]
    )
    spent = sum(one.spent or 0 for one in told)
    expected = sum(one.planned for one in told)
    says = [f"{len(finished)} of {len(cards)} planned cards are done"]
    if unplanned:
        says.append(f"{len(unplanned)} done without a block")
    if expected:
        says.append(
            f"{duration(spent)} spent against {duration(expected)} planned,"
            f" on {counted(len(told), 'card')}"
        )
    else:
        says.append("no card says how long it took")
    return LookBack(
        cards=cards,
        planned=sum(minutes.values()),
        done=sum(one.planned for one in finished),
        spent=spent,
        expected=expected,
        unplanned=unplanned,
        says=tuple(says),
    )
