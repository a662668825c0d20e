"""The planning problem in whole numbers: days as bits, cards as jobs, and what each place costs.

A day is cut into slots of five minutes from its midnight; bit `i` of a mask is slot `i`. Durations
are rounded up to whole slots. `week.py` has the objective in words.
"""

from __future__ import annotations

from dataclasses import dataclass

SLOT = 5
"""Minutes: people read 10:35, not 10:37."""
BREAK = 15
"""Minutes at least between two parts of one card, if nothing else lies between them."""
SPARE_PARTS = 2
"""A card is split into at most so many parts more than its length needs."""

LATE_FIRST, LATE_SHARE = 0.30, 0.10
"""Of a card's worth, lost by the first day that it ends after it is due, and by each more."""
LATE_MOST = 0.70
EARLY_SHARE = 0.01
"""Lost by each day from the first to the one it ends on."""
EARLY_MOST = 0.10
DEEP_SHARE = 0.20
"""Lost by deep work wholly outside its hours."""
LIGHT_SHARE = 0.10
"""Lost by light work wholly inside the hours of deep work."""
SPLIT_MINUTES = 15
"""Of work, whose worth is lost by each part more than the length needs."""
MOVED = 3000
"""Points for a standing block that is not where it was; a P3 card of an hour is worth 4000."""
MOVED_DAY = 2000
"""More of them if its card has no block on that day any more."""
DROPPED = 1000
"""More of them if its card has no block at all: to drop must never be cheaper than to move."""

Part = tuple[int, int, int]
"""Day, first slot, number of slots."""


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day of the window."""

    midnight: int
    """In minutes since the epoch."""
    free: int
    """The slots that a block may take, all else being empty."""
    deep: int
    """The slots of deep work."""
    budget: int
    """Slots that may be planned at most."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A card, or what is left of it, to be placed."""

    card: str
    slots: int
    floor: int
    """Slots to be placed at least; fewer than `slots` where a part is better than nothing."""
    enough: int
    """Slots with which it is in time, as later days hold the others; more than `slots` where
    these days cannot hold so much."""
    least: int
    """Slots of a part at least."""
    most: int
    parts: int
    """As few as its length needs."""
    open: tuple[int, ...]
    """By day, the slots that it may take: not before its start or what it waits for."""
    misfit: tuple[int, ...]
    """By day, the slots that do not suit its energy."""
    before: tuple[int, ...]
    """The jobs that must end before it starts."""
    after: tuple[int, ...]
    worth: int
    """All of it placed, as well as can be."""
    slot_worth: int
    """Of that, each slot."""
    urgent: int
    """Slots that no later day before it is due has room for."""
    urgent_worth: int
    """What each of these is worth more; a slot only counts so where `floor` is less than all."""
    timely_worth: int
    """What it is worth more with `enough`, where only a part is placed: it will not be late."""
    day_cost: tuple[int, ...]
    """By the day that it ends on, if all of it is placed; never falls."""
    misfit_cost: int
    """A slot."""
    split_cost: int
    """A part more than needed."""
    standing: tuple[Part, ...]
    """Where its blocks are in the plan that stands."""

    @property
    def shares(self) -> range:
        """The numbers of parts that it can be split into."""
        # What is placed in part is what fills the gaps of a week, however many those are.
        spare = self.parts + 4 * SPARE_PARTS if self.is_elastic else SPARE_PARTS
        return range(self.parts, min(self.parts + spare, self.slots // self.least) + 1)

    @property
    def is_elastic(self) -> bool:
        """Whether a part of it may be placed."""
        return self.floor < self.slots

    @property
    def unplaced_cost(self) -> int:
        """What is lost if it has no place at all, beside its worth."""
        return (MOVED + MOVED_DAY + DROPPED) * len(self.standing)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Days and jobs."""

    days: tuple[Day, ...]
    jobs: tuple[Job, ...]
    gap: int
    """Slots between two blocks."""
    rest: int
    """Slots between two parts of one card."""


Places = tuple[tuple[Part, ...], ...]
"""By job, its parts in order of time; none where it is not placed."""


def cost_of(job: Job, parts: tuple[Part, ...]) -> int:
    """Points lost by these places of one job; 0 is the best there can be."""
    if not parts:
        return job.worth + job.unplaced_cost
    cost, needed = job.day_cost[parts[-1][0]], job.parts
    if job.is_elastic:
        placed = sum(part[2] for part in parts)
        cost, needed = cost * placed // job.slots, -(-placed // job.most)
        cost += missing_cost(job, placed)
    cost += job.split_cost * (len(parts) - needed)
    if job.misfit_cost:
        for day, start, size in parts:
            cost += job.misfit_cost * ((job.misfit[day] >> start) & ((1 << size) - 1)).bit_count()
    if job.standing:
        cost += move_cost(job, parts)
    return cost


def missing_cost(job: Job, placed: int) -> int:
    """Points for the slots of a job that are not placed, and for its not being done."""
    if placed >= job.slots:
        return 0
    gained = job.slot_worth * placed + job.urgent_worth * min(placed, job.urgent)
    return job.worth - gained - (job.timely_worth if placed >= job.enough else 0)


def move_cost(job: Job, parts: tuple[Part, ...]) -> int:
    """Points for the standing blocks that these places leave."""
    days = {part[0] for part in parts}
    return sum(
        MOVED + (MOVED_DAY if part[0] not in days else 0)
        for part in job.standing
        if part not in parts
    )


def value_of(problem: Problem, places: Places) -> float:
    """The objective: what the placed cards are worth, less all that is lost; more is better."""
    points = sum(
        job.worth - cost_of(job, parts) for job, parts in zip(problem.jobs, places, strict=True)
    )
    return points / 100


def ideal_of(problem: Problem) -> float:
    """What the objective would be if nothing stood in the way."""
    return sum(job.worth for job in problem.jobs) / 100
