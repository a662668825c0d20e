"""From a week and its cards to a problem in whole numbers; what cannot be planned is said here.

Decided before any search: cards that wait for somebody, begin later, wait for each other or for
something that is not planned, and how much of a card is left when some of it lies behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pmagent.days import day_name
from pmagent.safe_text import safe_text
from pmagent.tasks.planner.days import Ground, build_days, minutes_in, read_ground
from pmagent.tasks.planner.following import left_out, refuse_circles, refuse_followers
from pmagent.tasks.planner.keeping import Kept, keep_blocks, planned_minutes
from pmagent.tasks.planner.later import cannot_wait
from pmagent.tasks.planner.minutes import midnight, minute_after, minute_of
from pmagent.tasks.planner.model import (
    BREAK,
    DEEP_SHARE,
    EARLY_MOST,
    EARLY_SHARE,
    LATE_FIRST,
    LATE_MOST,
    LATE_SHARE,
    LIGHT_SHARE,
    SLOT,
    SPLIT_MINUTES,
    Day,
    Job,
    Part,
    Problem,
)
from pmagent.tasks.planner.wording import duration
from pmagent.types.tasks import Block, Card, Unplaced, WeekTask

_WEIGHTS = {1: 8, 2: 4, 3: 2}
_OTHER_WEIGHT = 1
_PLAIN_WEIGHT = 2
"""A card that says no priority counts as one of priority 3,"""
_BEGUN_WEIGHT = 3
"""and somewhat more in a list of what is in hand."""
_BEGUN = {"now", "doing", "in progress", "this week", "today"}
_DUE_FACTOR = 1.5
"""A card that is due in these days counts more than one that is not;"""
_URGENT_FACTOR = 1.4
"""what cannot wait for later days counts somewhat less, as those days are guessed."""
_LEAST_OUTCOME, _MOST_OUTCOME = 0.25, 4.0
_WHOLE_DAY = (1 << 26 * 60 // SLOT) - 1
"""All slots of the longest day there is."""
_PART_OF_THE_WEEK = 2
"""A card longer than all there is gets one half of it at most, so that others have room,"""
_DAYS_WORK = 6 * 60
"""Minutes: of a card that takes a day or more a part may be planned,"""
_LEAST_PART = 60
"""but no less than an hour of it."""


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """The problem, and what was decided on the way to it."""

    task: WeekTask
    ground: Ground
    problem: Problem
    cards: tuple[Card, ...]
    """By job."""
    by_id: Mapping[str, Card]
    kept: tuple[Block, ...]
    refused: tuple[Unplaced, ...]
    rest: Mapping[str, int]
    """Minutes of a card that no job has, as it is longer than these days."""
    notes: tuple[str, ...]


def prepare(task: WeekTask) -> Prepared:
    """Read a task: its days, the blocks that stay, and a job for each card that can be placed."""
    ground = read_ground(task)
    by_id = {card.id: card for card in task.cards}
    kept = keep_blocks(task, ground, by_id)
    days = build_days(task, ground, kept.blocks)
    refused = {one.card: one for one in kept.refused}
    left = _left_of_cards(task, ground, kept, by_id, refused)
    urgent = cannot_wait(task, ground, left, by_id)
    standing = _standing_minutes(task, kept.blocks)
    rest = _cut_the_longest(left, days, urgent, standing)
    refuse_circles(left, by_id, refused)
    refuse_followers(left, rest, by_id, refused)
    for card in refused:
        left.pop(card, None)
    numbers = {card: number for number, card in enumerate(sorted(left))}
    maker = _Maker(_Prior(task, ground, days, kept.blocks, urgent, rest), numbers)
    jobs = tuple(maker.make(by_id[card], left[card]) for card in numbers)
    gap = -(-task.habits.between // SLOT)
    problem = Problem(days=days, jobs=jobs, gap=gap, rest=max(gap, BREAK // SLOT))
    return Prepared(
        task=task,
        ground=ground,
        problem=problem,
        cards=tuple(by_id[card] for card in numbers),
        by_id=by_id,
        kept=kept.blocks,
        refused=tuple(refused.values()),
        rest={card: minutes for card, minutes in rest.items() if card in numbers},
        notes=kept.notes,
    )


def weight_of(card: Card, priorities: Mapping[str, float]) -> float:
    """How much a card counts: by its priority, times the weight of its outcome."""
    if card.priority is None:
        weight = _BEGUN_WEIGHT if card.lane.strip().casefold() in _BEGUN else _PLAIN_WEIGHT
    else:
        weight = _WEIGHTS.get(max(1, card.priority), _OTHER_WEIGHT)
    factor = priorities.get(card.outcome, 1.0) if card.outcome else 1.0
    return weight * min(_MOST_OUTCOME, max(_LEAST_OUTCOME, factor))


def _left_of_cards(
    task: WeekTask,
    ground: Ground,
    kept: Kept,
    by_id: Mapping[str, Card],
    refused: dict[str, Unplaced],
) -> dict[str, int]:
    """Minutes to place, by card; cards that are not to be planned at all go to `refused`."""
    left: dict[str, int] = {}
    for card in by_id.values():
        if card.is_done or card.id in refused:
            continue
        blocks = [block for block in kept.blocks if block.card == card.id]
        if card.waiting_for:
            refused[card.id] = left_out(card, f"it waits for {safe_text(card.waiting_for)}")
        elif card.start is not None and card.start > task.window.last:
            refused[card.id] = left_out(
                card, f"it begins on {day_name(card.start, task.window.last)}"
            )
        elif not (card.at and card.due and blocks):
            minutes = _minutes_left(card, blocks, ground)
            if minutes > 0:
                left[card.id] = minutes
            elif not any(minute_after(block.end) > ground.now for block in blocks):
                spent = card.spent or sum(minutes_in(block) for block in blocks)
                reason = f"its {duration(spent)} are over and it is not done: say how much is left"
                refused[card.id] = left_out(card, reason, 0)
    return left


def _minutes_left(card: Card, blocks: Sequence[Block], ground: Ground) -> int:
    """What is neither spent nor in a block that stays. Time planned and over counts as spent."""
    if card.spent is None:
        behind = sum(minutes_in(block) for block in blocks)
    else:
        ahead = [block for block in blocks if minute_after(block.end) > ground.now]
        behind = card.spent + sum(minutes_in(block) for block in ahead)
    return -(-max(0, planned_minutes(card) - behind) // SLOT) * SLOT


def _standing_minutes(task: WeekTask, kept: Sequence[Block]) -> dict[str, int]:
    """Minutes of each card in blocks of the plan before that may still be moved."""
    stay = {block.id for block in kept}
    found: dict[str, int] = {}
    for block in task.before.blocks if task.before is not None else ():
        if block.id not in stay and block.start >= task.now:
            found[block.card] = found.get(block.card, 0) + minutes_in(block)
    return found


def _cut_the_longest(
    left: dict[str, int],
    days: Sequence[Day],
    urgent: Mapping[str, int],
    standing: Mapping[str, int],
) -> dict[str, int]:
    """Give a card that is longer than all that is free a part of it; what is left over, by card.

    The part is no less than what stands of it: time that passes must not push a block out.
    """
    free = sum(min(day.budget, day.free.bit_count()) for day in days) * SLOT
    rest: dict[str, int] = {}
    for card, minutes in left.items():
        if minutes > free > 0:
            share = max(free // _PART_OF_THE_WEEK, min(free, urgent.get(card, 0)))
            share = max(share, min(free, standing.get(card, 0)))
            left[card] = -(-share // SLOT) * SLOT
            rest[card] = minutes - left[card]
    return rest


def _slots_between(day: Day, first: int, last: int) -> int:
    """The slots of a day that lie between two minutes."""
    low = max(0, -((day.midnight - first) // SLOT))
    high = (last - day.midnight) // SLOT
    return ((1 << (high - low)) - 1) << low if high > low else 0


class _Value(NamedTuple):
    """What a card is worth, in points."""

    worth: int
    slot: int
    urgent: int
    """In slots."""
    urgent_slot: int
    timely: int
    """That it will not be late, where later days hold the rest of it."""
    split: int
    """Each part more than needed."""


class _Prior(NamedTuple):
    """What is known before any job is made."""

    task: WeekTask
    ground: Ground
    days: tuple[Day, ...]
    kept: Sequence[Block]
    urgent: Mapping[str, int]
    """Minutes of a card that cannot wait."""
    rest: Mapping[str, int]
    """Minutes of a card that was cut."""


class _Maker:
    """Makes a job of a card."""

    def __init__(self, prior: _Prior, numbers: Mapping[str, int]) -> None:
        self._task, self._ground, self._days, self._kept, self._urgent, self._rest = prior
        self._numbers = numbers
        self._by_id = {card.id: card for card in self._task.cards}
        self._priorities = dict(self._task.priorities)

    def make(self, card: Card, minutes: int) -> Job:
        """The job of a card with so many minutes to place."""
        slots = minutes // SLOT
        value = self._value(card, slots)
        is_long = planned_minutes(card) >= _DAYS_WORK or card.id in self._rest
        is_due = self._is_due(card)
        habits = self._task.habits
        least = -(-max(1, habits.shortest) // SLOT)
        most = max(habits.longest // SLOT, least, 1)
        parts = -(-slots // most)
        standing = self._standing(card)
        begun = sum(size for _, _, size in standing) or _LEAST_PART // SLOT
        floor = min(slots, max(least, min(begun, _LEAST_PART // SLOT))) if is_long else slots
        before = [self._numbers[one] for one in card.after if one in self._numbers]
        share = {"deep": DEEP_SHARE, "light": LIGHT_SHARE}.get(card.energy, 0.0)
        has_deep = habits.deep_from is not None and habits.deep_until is not None
        return Job(
            card=card.id,
            slots=slots,
            floor=floor,
            enough=slots if is_due else max(floor, self._cannot_wait(card)),
            # A card shorter than the shortest block, or one whose parts would be, sets its own.
            least=least if floor < slots else max(1, min(least, slots // parts)),
            most=most,
            parts=parts,
            open=self._open(card),
            misfit=self._misfit(card) if has_deep else (0,) * len(self._days),
            before=tuple(sorted(set(before))),
            after=tuple(
                number for other, number in self._numbers.items() if card.id in self._after(other)
            ),
            worth=value.worth,
            slot_worth=value.slot,
            urgent=value.urgent,
            urgent_worth=value.urgent_slot,
            timely_worth=value.timely,
            day_cost=self._day_costs(card, value.worth),
            misfit_cost=round(value.worth * share / slots) if has_deep else 0,
            split_cost=value.split,
            standing=standing,
        )

    def _after(self, card: str) -> tuple[str, ...]:
        return self._by_id[card].after if card in self._by_id else ()

    def _cannot_wait(self, card: Card) -> int:
        """In slots; more than the job has where the card was cut."""
        return -(-self._urgent.get(card.id, 0) // SLOT)

    def _is_due(self, card: Card) -> bool:
        return card.due is not None and card.due <= self._task.window.last

    def _value(self, card: Card, slots: int) -> _Value:
        weight = weight_of(card, self._priorities) * (_DUE_FACTOR if self._is_due(card) else 1.0)
        urgent = min(slots, self._cannot_wait(card))
        slot = round(weight * 1000 * SLOT / 60)
        urgent_slot = round((_URGENT_FACTOR - 1) * slot)
        # An hour of its own for being done at all: ten short cards are not worth ten long ones.
        # What is longer than these days is not done in them.
        done = 0 if card.id in self._rest else round(weight * 1000)
        is_in_reach = 0 < self._cannot_wait(card) <= slots
        timely = round(LATE_FIRST * slot * slots) if is_in_reach else 0
        return _Value(
            worth=max(1, done + slot * slots + urgent_slot * urgent + timely),
            slot=slot,
            urgent=urgent,
            urgent_slot=urgent_slot,
            timely=timely,
            split=slot * SPLIT_MINUTES // SLOT,
        )

    def _day_costs(self, card: Card, worth: int) -> tuple[int, ...]:
        today = self._ground.today
        dates = self._ground.dates
        due = len(dates) if card.due is None else (card.due - dates[0]).days
        costs: list[int] = []
        for number in range(len(dates)):
            late = max(0, number - max(due, today))
            early = max(0, number - today)
            lost = min(LATE_MOST, LATE_FIRST + (late - 1) * LATE_SHARE) if late else 0.0
            costs.append(round(worth * (lost + min(EARLY_MOST, early * EARLY_SHARE))))
        return tuple(costs)

    def _misfit(self, card: Card) -> tuple[int, ...]:
        if card.energy == "deep":
            return tuple(_WHOLE_DAY & ~day.deep for day in self._days)
        return tuple(day.deep if card.energy else 0 for day in self._days)

    def _open(self, card: Card) -> tuple[int, ...]:
        """By day, the slots from the card's start, after what it waits for, before what waits."""
        first = self._ground.now
        if card.start is not None:
            first = max(first, midnight(card.start, self._ground.zone))
        last = self._days[-1].midnight + 2 * 24 * 60
        for block in self._kept:
            if block.card in card.after:
                first = max(first, minute_after(block.end))
            if card.id in self._after_of_kept(block):
                last = min(last, minute_of(block.start))
        open_ = [_slots_between(day, first, last) for day in self._days]
        for block in self._kept:
            if block.card == card.id:
                start = minute_of(block.start) - BREAK - SLOT + 1
                end = minute_after(block.end) + BREAK + SLOT - 1
                for number, day in enumerate(self._days):
                    open_[number] &= ~_slots_between(day, start, end)
        return tuple(open_)

    def _after_of_kept(self, block: Block) -> tuple[str, ...]:
        # A block that has begun cannot wait any more.
        is_ahead = minute_of(block.start) >= self._ground.now
        return self._after(block.card) if is_ahead else ()

    def _standing(self, card: Card) -> tuple[Part, ...]:
        """Where the movable blocks of the plan before lie, if that is on the grid of these days."""
        kept = {block.id for block in self._kept}
        parts: list[Part] = []
        for block in self._task.before.blocks if self._task.before is not None else ():
            if block.card != card.id or block.id in kept:
                continue
            day = (block.start.astimezone(self._ground.zone).date() - self._ground.dates[0]).days
            if 0 <= day < len(self._days):
                start = minute_of(block.start) - self._days[day].midnight
                parts.append((day, start // SLOT, minutes_in(block) // SLOT))
        return tuple(sorted(parts))
