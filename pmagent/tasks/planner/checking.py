"""Checks a plan against its task, minute by minute, and knows nothing of how it was made.

It shares no arithmetic with the search: no slots, no masks, only moments and clocks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pmagent.types.tasks import Block, Card, Occurrence, WeekPlan, WeekTask

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_GRAIN = timedelta(minutes=5)
_BREAK = timedelta(minutes=15)
_ASSUMED = timedelta(minutes=30)


def check_plan(task: WeekTask, plan: WeekPlan) -> tuple[str, ...]:
    """Every promise that a plan breaks, in a sentence each; none for a good one.

    A block that stood before and had begun, or was placed by the person, may lie where no other
    may: it is only held to be there still.
    """
    return tuple(_Check(task, plan).faults())


class _Check:
    def __init__(self, task: WeekTask, plan: WeekPlan) -> None:
        self._task = task
        self._plan = plan
        self._zone = ZoneInfo(task.habits.zone)
        self._cards = {card.id: card for card in task.cards}
        self._stood = {
            _trace(block)
            for block in (task.before.blocks if task.before is not None else ())
            if block.is_fixed or _before(block.start, task.now)
        }
        self._busy = [
            (self._moment(one.start), self._moment(one.end), one)
            for one in task.window.occurrences
            if _takes_time(one) and self._is_long(one)
        ]

    def faults(self) -> Iterator[str]:
        """All of them."""
        for block in self._plan.blocks:
            yield from self._of_block(block)
        yield from self._overlaps()
        yield from self._budgets()
        yield from self._of_cards()
        yield from self._kept()

    def _moment(self, when: datetime | date) -> datetime:
        if isinstance(when, datetime):
            return when if when.tzinfo is not None else when.replace(tzinfo=self._zone)
        return datetime.combine(when, time(), self._zone)

    def _is_long(self, one: Occurrence) -> bool:
        return _before(self._moment(one.start), self._moment(one.end))

    def _has_stood(self, block: Block) -> bool:
        return _trace(block) in self._stood

    def _is_set(self, block: Block) -> bool:
        card = self._cards.get(block.card)
        return card is not None and card.at is not None and card.due is not None

    def _worked(self, day: date) -> list[tuple[datetime, datetime]]:
        habits = self._task.habits
        if day in habits.days_off:
            return []
        spans: list[tuple[datetime, datetime]] = []
        for name, hours in habits.hours:
            if name != _DAYS[day.weekday()]:
                continue
            for one in hours:
                after = day + timedelta(days=1) if one.end == time() else day
                start = datetime.combine(day, one.start, self._zone)
                spans.append((start, datetime.combine(after, one.end, self._zone)))
        return sorted(spans)

    def _of_block(self, block: Block) -> Iterator[str]:
        name = f"{block.id} at {block.start.isoformat()}"
        habits = self._task.habits
        if _elapsed(block.start, block.end) <= timedelta():
            yield f"{name} is empty or ends before it starts"
        if self._has_stood(block):
            return
        day = block.start.astimezone(self._zone).date()
        if not self._plan.first <= day <= self._plan.last:
            yield f"{name} is not in these days"
        if _before(block.start, self._task.now):
            yield f"{name} is in the past"
        if not any(
            not _before(block.start, start) and not _before(end, block.end)
            for start, end in _merged(self._worked(day))
        ):
            yield f"{name} is outside working hours"
        margin = timedelta() if self._is_set(block) else timedelta(minutes=habits.buffer)
        for start, end, one in self._busy:
            if _before(start, block.end, margin) and _before(block.start, end, margin):
                yield f"{name} is in or too near {one.summary}"

    def _overlaps(self) -> Iterator[str]:
        blocks = sorted(self._plan.blocks, key=lambda block: block.start.timestamp())
        between = timedelta(minutes=self._task.habits.between)
        if len({block.id for block in blocks}) < len(blocks):
            yield "two blocks have one id"
        for place, one in enumerate(blocks):
            for other in blocks[place + 1 : place + 4]:
                is_bound = self._is_bound(one) and self._is_bound(other)
                gap = timedelta() if is_bound else between
                if one.card == other.card and not is_bound:
                    gap = max(gap, _BREAK)
                if self._has_stood(one) and self._has_stood(other):
                    continue
                if _elapsed(one.end, other.start) < gap:
                    yield f"{one.id} and {other.id} are on or too near each other"

    def _is_bound(self, block: Block) -> bool:
        return self._has_stood(block) or self._is_set(block)

    def _budgets(self) -> Iterator[str]:
        days: defaultdict[date, list[Block]] = defaultdict(list)
        for block in self._plan.blocks:
            days[block.start.astimezone(self._zone).date()].append(block)
        share = self._task.habits.daily_share
        for day, blocks in sorted(days.items()):
            chosen = sum(_minutes(one) for one in blocks if not self._is_bound(one))
            bound = [one for one in blocks if self._is_bound(one)]
            ahead = sum(_minutes(one) for one in bound if not _before(one.start, self._task.now))
            begun = sum(_minutes(one) for one in bound) - ahead
            most = share * self._open_minutes(day, self._task.now)
            if self._task.before is not None:
                start = datetime.combine(day, time(), self._zone)
                most = max(most, share * self._open_minutes(day, start) - begun)
            if chosen and chosen > most - ahead + 1e-6:
                yield f"{day} has {chosen} min planned, over its budget of {most - ahead:.0f}"

    def _open_minutes(self, day: date, begin: datetime) -> int:
        """Counted one by one: slow and plain."""
        count = 0
        for start, end in _merged(self._worked(day)):
            low = max(start.timestamp(), begin.timestamp())
            first, last = -int(-low // 60), int(end.timestamp() // 60)
            taken: set[int] = set()
            for busy, free, _ in self._busy:
                meets = range(
                    max(first, int(busy.timestamp() // 60)),
                    min(last, -int(-free.timestamp() // 60)),
                )
                taken.update(meets)
            count += max(0, last - first) - len(taken)
        return count

    def _of_cards(self) -> Iterator[str]:
        named = {one.card: one for one in self._plan.unplaced}
        for card in self._task.cards:
            blocks = [block for block in self._plan.blocks if block.card == card.id]
            chosen = [block for block in blocks if not self._is_bound(block)]
            if not card.is_done and not blocks and card.id not in named:
                yield f"{card.id} is neither planned nor said to be missing"
            if chosen:
                yield from self._of_chosen(card, chosen)
            yield from self._lateness(card, blocks)
        for block in self._plan.blocks:
            if block.card not in self._cards and not self._has_stood(block):
                yield f"{block.id} is for a card that is not there"

    def _of_chosen(self, card: Card, chosen: list[Block]) -> Iterator[str]:
        if card.is_done or card.waiting_for:
            yield f"{card.id} is planned, but done or waiting"
        likely = card.effort.likely if card.effort is not None else 0
        need = timedelta(minutes=likely) if likely > 0 else _ASSUMED
        need = -(-need // _GRAIN) * _GRAIN
        total = sum((_elapsed(one.start, one.end) for one in chosen), timedelta())
        if total > need:
            yield f"{card.id} has {total} planned and needs {need}"
        habits = self._task.habits
        longest = timedelta(minutes=max(habits.longest, habits.shortest + 4))
        shortest = timedelta(minutes=habits.shortest)
        even = total // max(1, -(-total // max(longest // _GRAIN * _GRAIN, _GRAIN)))
        for one in chosen:
            length = _elapsed(one.start, one.end)
            if length > longest:
                yield f"{one.id} is longer than the longest block"
            if length < min(shortest, even // _GRAIN * _GRAIN):
                yield f"{one.id} is shorter than the shortest block"
            if card.start is not None and one.start.astimezone(self._zone).date() < card.start:
                yield f"{one.id} is before its card may start"
            yield from self._order(card, one)

    def _order(self, card: Card, block: Block) -> Iterator[str]:
        for id_ in card.after:
            other = self._cards.get(id_)
            if other is None or other.is_done:
                continue
            if any(one.card == id_ and one.minutes_planned for one in self._plan.unplaced):
                yield f"{block.id} is planned, but not all of {id_}, which comes first"
            first = [one for one in self._plan.blocks if one.card == id_]
            if not first:
                yield f"{block.id} is planned, but {id_}, which comes first, is not"
            if any(_before(block.start, one.end) for one in first):
                yield f"{block.id} starts before {id_} is finished"

    def _lateness(self, card: Card, blocks: list[Block]) -> Iterator[str]:
        ends = max((block.end.astimezone(self._zone).date() for block in blocks), default=None)
        in_part = any(one.card == card.id and one.minutes_planned for one in self._plan.unplaced)
        is_late = not (card.is_done or in_part) and bool(ends and card.due and ends > card.due)
        if is_late != any(one.card == card.id for one in self._plan.late):
            yield f"{card.id} is {'late and not said so' if is_late else 'said to be late'}"

    def _kept(self) -> Iterator[str]:
        there = {_trace(block) for block in self._plan.blocks}
        for id_, start, end in sorted(self._stood - there):
            card = next(
                (
                    self._cards.get(one.card)
                    for one in (self._task.before.blocks if self._task.before else ())
                    if one.id == id_
                ),
                None,
            )
            moment = datetime.fromtimestamp(start, self._zone)
            in_days = self._plan.first <= moment.date() <= self._plan.last
            is_free = card is None or card.is_done or (card.at and card.due)
            if in_days and (_before(moment, self._task.now) or not is_free):
                yield f"{id_} was to stay at {moment.isoformat()} for {(end - start) / 60:g} min"


def _takes_time(one: Occurrence) -> bool:
    return one.is_busy and not one.is_ours and one.component != "VTODO"


def _trace(block: Block) -> tuple[str, float, float]:
    return (block.id, block.start.timestamp(), block.end.timestamp())


def _elapsed(start: datetime, end: datetime) -> timedelta:
    # Two moments of one zone are subtracted by their clocks; that is wrong where those change.
    return timedelta(seconds=end.timestamp() - start.timestamp())


def _before(one: datetime, other: datetime, margin: timedelta = timedelta()) -> bool:
    return one.timestamp() < other.timestamp() + margin.total_seconds()


def _minutes(block: Block) -> int:
    return int(_elapsed(block.start, block.end).total_seconds() // 60)


def _merged(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    whole: list[tuple[datetime, datetime]] = []
    for start, end in spans:
        if whole and not _before(whole[-1][1], start):
            last = max(whole[-1][1], end, key=lambda one: one.timestamp())
            whole[-1] = (whole[-1][0], last)
        else:
            whole.append((start, end))
    return whole
