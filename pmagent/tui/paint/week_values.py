"""What the screens of a week show: one value for the board, the plan and the calendar of days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pmagent.days import day_name
from pmagent.tui.paint.board import IN_PART, IN_PART_AFTER, NO_ROOM
from pmagent.types.tasks import (
    Board,
    CalendarWindow,
    Card,
    CardShift,
    Habits,
    Lane,
    Move,
    TradeOff,
    Unplaced,
    WeekPlan,
)


@dataclass(frozen=True, kw_only=True)
class Week:
    """All that the screen shows of some days."""

    today: date
    first: date
    last: date
    board: Board
    plan: WeekPlan
    window: CalendarWindow
    habits: Habits
    is_kept: bool = False
    """The plan that stands is this one."""
    now: datetime
    """The moment it was planned at: what is before it is nobody's free time."""
    moves: tuple[Move, ...] = ()
    """What the plan changes against the one that stands, or else the one that was shown."""
    has_standing: bool = False
    """Whether there is a plan that stands for any of these days."""
    notes: tuple[str, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The person's own."""
        return ZoneInfo(self.habits.zone)

    @property
    def days(self) -> tuple[date, ...]:
        """Of the plan."""
        return tuple(
            self.first + timedelta(days=number)
            for number in range((self.last - self.first).days + 1)
        )

    @property
    def cards(self) -> dict[str, Card]:
        """By their ids."""
        return {card.id: card for lane in self.board.lanes for card in lane.cards}

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """As they stand side by side: those of finished cards last."""
        return tuple(sorted(self.board.lanes, key=lambda lane: lane.is_done))

    @property
    def moved(self) -> dict[str, Move]:
        """The moves of blocks that stood elsewhere before, by the block's id."""
        return {move.block: move for move in self.moves if move.before and move.after}

    @property
    def is_over(self) -> bool:
        """Whether all of its days are."""
        return self.last < self.today


@dataclass(frozen=True, kw_only=True)
class Option:
    """One option of a choice, as the bar finds it."""

    choice: TradeOff
    number: int
    """Which of the choice's, from 0."""
    name: str
    """`1b`, as `plan --take` has it."""

    @property
    def says(self) -> str:
        """What could be done instead."""
        return self.choice.options[self.number]

    @property
    def shift(self) -> CardShift | None:
        """What it changes on the board; None where it changes nothing there."""
        return self.choice.shift_of(self.number)

    @property
    def left(self) -> str:
        """What it leaves to the person."""
        return self.choice.left_of(self.number)

    @property
    def is_as_said(self) -> bool:
        """Whether it leaves all as the choice says."""
        return self.shift is None and not self.left


def when_planned(week: Week) -> dict[str, str]:
    """`Mon 09:30` for each card with blocks, the first of them, by its id; `no room` without."""
    found: dict[str, str] = {}
    for block in sorted(week.plan.blocks, key=lambda one: one.start):
        local = block.start.astimezone(week.zone)
        name = "today" if local.date() == week.today else day_name(local.date()).split()[0]
        found.setdefault(block.card, f"{name} {local:%H:%M}")
    for one in in_part(week):
        if one.card in found:
            found[one.card] += f"{IN_PART_AFTER}{IN_PART}"
    for one in without_room(week):
        found.setdefault(one.card, NO_ROOM)
    return found


def without_room(week: Week) -> list[Unplaced]:
    """The open cards that no time was found for; those that wait for somebody are none of them."""
    return [one for one in _open(week) if not one.minutes_planned and not _waits(week, one)]


def in_part(week: Week) -> list[Unplaced]:
    """The open cards of which a part is planned."""
    return [one for one in _open(week) if one.minutes_planned]


def waiting(week: Week) -> list[Unplaced]:
    """The cards that somebody else has."""
    return [one for one in _open(week) if not one.minutes_planned and _waits(week, one)]


def late(week: Week) -> list[Unplaced]:
    """The open cards whose blocks end after they are due."""
    return [one for one in week.plan.late if not _is_done(week, one)]


def _open(week: Week) -> list[Unplaced]:
    return [one for one in week.plan.unplaced if not _is_done(week, one)]


def _is_done(week: Week, one: Unplaced) -> bool:
    card = week.cards.get(one.card)
    return card is not None and card.is_done


def _waits(week: Week, one: Unplaced) -> bool:
    card = week.cards.get(one.card)
    return card is not None and bool(card.waiting_for)


def clock_span(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """`09:30–11:00`."""
    return f"{start.astimezone(zone):%H:%M}–{end.astimezone(zone):%H:%M}"
