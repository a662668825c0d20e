"""The days of a week as its screen reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from pmagent.tasks.planner import diff_plans
from pmagent.tui.paint.week_values import Week
from pmagent.types.tasks import Move, WeekPlan
from pmagent.types.week import WeekCalls

_FRIDAY = 4


def friday_after(today: date) -> date:
    """The next one, as an example of a day that a card is due."""
    return today + timedelta(days=(_FRIDAY - today.weekday()) % 7)


def monday_of(day: date) -> date:
    """The first day of the week that a day is in."""
    return day - timedelta(days=day.weekday())


def read_week(calls: WeekCalls, first: date, shown: WeekPlan | None = None) -> Week:
    """Seven days from a Monday on, with a plan that is not kept yet.

    Its moves are those against the plan that stands; where none does, against the one `shown`.
    """
    last = first + timedelta(days=6)
    now = calls.now()
    plan = calls.plan(first, last)
    standing = calls.standing(first, last)
    moves = plan.moves if standing is not None or shown is None else _moves(calls, shown, plan)
    return Week(
        today=now.date(),
        now=now,
        first=first,
        last=last,
        board=calls.board(),
        plan=plan,
        moves=moves,
        has_standing=standing is not None,
        window=calls.window(first, last),
        habits=calls.habits(),
        is_kept=standing is not None and standing.blocks == plan.blocks,
        notes=tuple(calls.notes()),
    )


def _moves(calls: WeekCalls, shown: WeekPlan, plan: WeekPlan) -> tuple[Move, ...]:
    """What differs, each with what the new plan, or the board, has to say of it."""
    cards = {block.id: block.card for block in (*shown.blocks, *plan.blocks)}
    reasons = {one.card: one.reason for one in plan.unplaced}
    done = {card.id for lane in calls.board().lanes for card in lane.cards if card.is_done}
    planned = {block.card for block in plan.blocks}
    whys = {block.id: block.why for block in plan.blocks}

    def why(move: Move) -> str:
        card = cards[move.block]
        if move.kind != "dropped":
            return whys.get(move.block, "")
        if card in done:
            return "it is done"
        return reasons.get(card, "it has fewer blocks" if card in planned else "")

    return tuple(replace(move, why=why(move)) for move in diff_plans(shown, plan))
