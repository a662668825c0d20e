"""The blocks that are not the planner's to choose: begun, placed by the person, at a set time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pmagent.days import day_name
from pmagent.tasks.planner.days import Ground
from pmagent.tasks.planner.minutes import (
    Span,
    local_minute,
    minute_after,
    minute_of,
    moment_of,
    span_of,
    without,
    worked_spans,
)
from pmagent.tasks.planner.model import SLOT
from pmagent.tasks.planner.wording import clock, hours_text, quoted
from pmagent.types.tasks import Block, Card, Unplaced, WeekPlan, WeekTask

ASSUMED = 30
"""Minutes for a card without an estimate."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Blocks that stay, cards at a set time that cannot have it, and clashes in a sentence each."""

    blocks: tuple[Block, ...]
    refused: tuple[Unplaced, ...]
    notes: tuple[str, ...]


def block_id(card: str, number: int) -> str:
    """The id of a card's block: stable from plan to plan."""
    return f"pmagent-{card}-{number}"


def planned_minutes(card: Card) -> int:
    """How long a card takes, in whole slots: its likely effort, or what is assumed without one."""
    likely = card.effort.likely if card.effort is not None and card.effort.likely > 0 else ASSUMED
    return -(-likely // SLOT) * SLOT


def keep_blocks(task: WeekTask, ground: Ground, cards: Mapping[str, Card]) -> Kept:
    """What stands whatever is planned, in order of time."""
    kept = list(_staying(task, ground, cards))
    refused: list[Unplaced] = []
    notes: list[str] = []
    for card in sorted(cards.values(), key=lambda card: (card.priority or 9, card.id)):
        if card.is_done or card.at is None or card.waiting_for:
            continue
        if card.due is None:
            notes.append(f"{quoted(card.title)} has a time but no day, so it is planned freely")
            continue
        if any(block.card == card.id for block in kept):
            continue
        made = _at_its_time(task, ground, card, kept)
        if isinstance(made, Block):
            kept.append(made)
        else:
            refused.append(made)
    kept.sort(key=lambda block: (minute_of(block.start), block.id))
    return Kept(
        blocks=tuple(kept),
        refused=tuple(refused),
        notes=(*notes, *_clashes(task, ground, kept, cards)),
    )


def _staying(task: WeekTask, ground: Ground, cards: Mapping[str, Card]) -> list[Block]:
    staying: list[Block] = []
    for block in (task.before or _no_plan(task)).blocks:
        day = block.start.astimezone(ground.zone).date()
        if not task.window.first <= day <= task.window.last:
            continue
        card = cards.get(block.card)
        has_begun = minute_of(block.start) < ground.now
        is_wanted = card is not None and not card.is_done and not (card.at and card.due)
        if has_begun or (block.is_fixed and is_wanted):
            staying.append(replace(block, is_fixed=True))
    return staying


def _no_plan(task: WeekTask) -> WeekPlan:
    return WeekPlan(first=task.window.first, last=task.window.last, blocks=())


def _at_its_time(
    task: WeekTask, ground: Ground, card: Card, kept: Sequence[Block]
) -> Block | Unplaced:
    if card.due is None or card.at is None:
        raise ValueError("a card without a set time")
    start = local_minute(card.due, card.at, ground.zone)
    span = (start, start + planned_minutes(card))
    when = f"{day_name(card.due)} {card.at:%H:%M}"
    reason = _why_not(task, ground, card, span, kept)
    if reason:
        return Unplaced(
            card=card.id,
            title=card.title,
            reason=f"it is set to {when}, {reason}",
            minutes_missing=planned_minutes(card),
        )
    begin, end = moment_of(span[0], ground.zone), moment_of(span[1], ground.zone)
    id_ = block_id(card.id, 1)
    return Block(
        id=id_,
        card=card.id,
        title=card.title,
        start=begin,
        end=end,
        sequence=sequence_of(task.before, id_, begin, end),
        is_fixed=True,
        why=f"it is set to {when}",
    )


def _why_not(task: WeekTask, ground: Ground, card: Card, span: Span, kept: Sequence[Block]) -> str:
    if card.due is None or not task.window.first <= card.due <= task.window.last:
        return "which is not among these days"
    if span[0] < ground.now:
        return "which is over"
    if without([span], worked_spans(task.habits, card.due, ground.zone)):
        hours = hours_text(task.habits, card.due)
        return f"outside your working hours ({hours})" if hours else "a day off"
    for one in ground.meetings:
        if one.start < span[1] and span[0] < one.end:
            return f"where {quoted(one.summary)} is in the calendar"
    for block in kept:
        if minute_of(block.start) < span[1] and span[0] < minute_after(block.end):
            return f"where {quoted(block.title)} is set already"
    return ""


def sequence_of(before: WeekPlan | None, id_: str, start: datetime, end: datetime) -> int:
    """The sequence number of a block: one more than in the plan before, if it is elsewhere now."""
    for block in before.blocks if before is not None else ():
        if block.id == id_:
            return block.sequence + (span_of(block.start, block.end) != span_of(start, end))
    return 0


def _clashes(
    task: WeekTask, ground: Ground, kept: Sequence[Block], cards: Mapping[str, Card]
) -> list[str]:
    """Where a block that stays lies in something else: only the person may move it."""
    notes: list[str] = []
    for block in kept:
        span = (minute_of(block.start), minute_after(block.end))
        if span[1] <= ground.now or block.card not in cards:
            continue
        where = f"{quoted(block.title)} stays at {clock(block.start, ground.zone)}"
        day = block.start.astimezone(ground.zone).date()
        notes += [
            f"{where}, but {quoted(one.summary)} is there in the calendar"
            for one in ground.meetings
            if one.start < span[1] and span[0] < one.end
        ]
        if without([span], worked_spans(task.habits, day, ground.zone)):
            notes.append(f"{where}, which is outside your working hours")
    return notes
