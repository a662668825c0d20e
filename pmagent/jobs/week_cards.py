"""Which cards a plan is made of, and how its blocks keep their names apart from other weeks'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from pmagent.nlp.counted import counted
from pmagent.tasks.planner.keeping import block_id
from pmagent.types.tasks import Block, Card, WeekPlan, WeekTask

LATER = {"later", "someday", "someday/maybe", "maybe", "icebox", "not now"}
"""Lists whose cards are planned only where they are due."""


def plannable(task: WeekTask, away: Sequence[Block]) -> tuple[tuple[Card, ...], tuple[str, ...]]:
    """The cards to plan, less what is planned on other days to come; and what was left out."""
    minutes: dict[str, int] = {}
    for block in away:
        if block.start >= task.now:
            took = int((block.end - block.start).total_seconds() // 60)
            minutes[block.card] = minutes.get(block.card, 0) + took
    cards: list[Card] = []
    later = elsewhere = 0
    for card in task.cards:
        if _is_for_later(card, task):
            later += 1
        elif card.id in minutes and not card.is_done:
            left = _less(card, minutes[card.id])
            elsewhere += left is None
            cards += [left] if left is not None else []
        else:
            cards.append(card)
    notes: list[str] = []
    if later:
        notes.append(f"{counted(later, 'card')} for later left out")
    if elsewhere:
        notes.append(f"{counted(elsewhere, 'card')} planned on other days already")
    return tuple(cards), tuple(notes)


def _is_for_later(card: Card, task: WeekTask) -> bool:
    is_due = card.due is not None and card.due <= task.window.last
    return card.lane.strip().casefold() in LATER and not is_due and not card.is_done


def _less(card: Card, minutes: int) -> Card | None:
    """A card with less to do; None where nothing is left."""
    if card.effort is None or card.effort.likely <= minutes:
        return None
    effort = replace(card.effort, likely=card.effort.likely - minutes, least=None, most=None)
    return replace(card, effort=effort)


def as_the_board_is(plan: WeekPlan, cards: Sequence[Card], now: datetime) -> WeekPlan:
    """A plan that was kept, without what it says of cards that are done, gone or planned by now."""
    open_ = {card.id for card in cards if not card.is_done}
    to_come = {block.card for block in plan.blocks if block.end > now}
    return replace(
        plan,
        unplaced=tuple(
            one
            for one in plan.unplaced
            if one.card in open_ and (one.minutes_planned or one.card not in to_come)
        ),
        late=tuple(one for one in plan.late if one.card in open_),
        trade_offs=tuple(one for one in plan.trade_offs if open_.issuperset(one.cards)),
    )


def not_past(plan: WeekPlan, today: date) -> WeekPlan:
    """A plan of days that are all over, with one sentence for that and not one for each card."""
    if plan.last >= today:
        return plan
    told = f"these days are over since {plan.last}: nothing is planned in them any more"
    hint = '; "pmagent plan --now" plans them as of another moment'
    return replace(
        plan, unplaced=(), late=(), trade_offs=(), free=0, notes=(told + hint, *plan.notes)
    )


def ids_apart(
    plan: WeekPlan, before: WeekPlan | None, away: Sequence[Block], dropped: Sequence[Block]
) -> WeekPlan:
    """The plan with no id that a block of another week has; one that comes back counts on.

    A calendar takes an event with a sequence below the one it knows for an old one. `dropped` are
    the blocks that it may know and that stand no more, those of a plan taken back among them.
    """
    known = {block.id: block.sequence for block in (before.blocks if before is not None else ())}
    taken = {block.id for block in away} | {block.id for block in plan.blocks}
    foreign = {block.id for block in away}
    gone: dict[str, int] = {}
    for block in dropped:
        gone[block.id] = max(gone.get(block.id, 0), block.sequence)
    names: dict[str, str] = {}
    blocks: list[Block] = []
    for block in plan.blocks:
        made = block
        if block.id in foreign and block.id not in known:
            names[block.id] = _free(block.card, taken)
            taken.add(names[block.id])
            made = replace(made, id=names[block.id])
        is_new = made.id not in known or made.sequence > known[made.id]
        if made.id in gone and is_new:
            made = replace(made, sequence=max(made.sequence, gone[made.id] + 2))
        blocks.append(made)
    moves = tuple(
        replace(move, block=names[move.block])
        if move.kind == "new" and move.block in names
        else move
        for move in plan.moves
    )
    return replace(plan, blocks=tuple(blocks), moves=moves)


def _free(card: str, taken: set[str]) -> str:
    number = 1
    while block_id(card, number) in taken:
        number += 1
    return block_id(card, number)
