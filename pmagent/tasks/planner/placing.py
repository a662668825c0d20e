"""The best place for one job among those that are placed already.

Every place it finds is allowed: in the free slots of a day, apart from other blocks, within
the day's budget, after what it waits for and before what waits for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from pmagent.tasks.planner.model import Job, Part, Places, Problem, cost_of

_LAST_SHARE = 0.15
"""How often the search takes the last of equally good starts, so that it sees both ends."""

Saved = tuple[list[tuple[Part, ...]], list[int], int, list[int], list[int]]
"""A layout at one moment: places, costs, their sum, free slots and room by day."""


def starts_of(free: int, size: int) -> int:
    """The slots from which `size` free ones follow."""
    got = 1
    while got < size and free:
        step = size - got
        if step > got:
            step = got
        free &= free >> step
        got += step
    return free


def longest_run(free: int, most: int) -> int:
    """How many free slots follow each other, up to `most`."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if starts_of(free, middle):
            low = middle
        else:
            high = middle - 1
    return low


def slots_in(parts: Iterable[Part]) -> int:
    """How long some parts are together."""
    return sum(size for _, _, size in parts)


def span_mask(start: int, size: int, margin: int) -> int:
    """The slots of a block with a margin on both sides."""
    first = max(0, start - margin)
    return ((1 << (start + size + margin - first)) - 1) << first


class Layout:
    """Which job lies where. It changes in place; `snapshot` and `restore` undo."""

    def __init__(self, problem: Problem, rng: Random | None = None) -> None:
        self._problem = problem
        self._jobs = problem.jobs
        self._count = len(problem.days)
        self.rng = rng
        """None: always the first of equally good starts."""
        self.places: list[tuple[Part, ...]] = [() for _ in problem.jobs]
        self.costs = [cost_of(job, ()) for job in problem.jobs]
        self.total = sum(self.costs)
        self._free = [day.free for day in problem.days]
        self._room = [day.budget for day in problem.days]

    def snapshot(self) -> Saved:
        """All of it, to come back to."""
        return (self.places[:], self.costs[:], self.total, self._free[:], self._room[:])

    def restore(self, saved: Saved) -> None:
        """Be again as a snapshot was; it is used up."""
        self.places, self.costs, self.total, self._free, self._room = saved

    def frozen(self) -> Places:
        """The places as a value."""
        return tuple(self.places)

    def room(self, day: int) -> int:
        """Slots that the budget of a day leaves."""
        return self._room[day]

    def put(self, number: int, parts: tuple[Part, ...]) -> None:
        """Place a job that is not placed; the parts must be allowed."""
        gap = self._problem.gap
        for day, start, size in parts:
            self._free[day] &= ~span_mask(start, size, gap)
            self._room[day] -= size
        self.places[number] = parts
        cost = cost_of(self._jobs[number], parts)
        self.total += cost - self.costs[number]
        self.costs[number] = cost

    def take_all(self, numbers: set[int]) -> None:
        """Take jobs out, and whatever waits for them."""
        waiting = list(numbers)
        while waiting:
            for after in self._jobs[waiting.pop()].after:
                if after not in numbers:
                    numbers.add(after)
                    waiting.append(after)
        touched: set[int] = set()
        for number in numbers:
            for day, _, size in self.places[number]:
                touched.add(day)
                self._room[day] += size
            self.places[number] = ()
            cost = cost_of(self._jobs[number], ())
            self.total += cost - self.costs[number]
            self.costs[number] = cost
        for day in touched:
            self._free[day] = self._problem.days[day].free
        for parts in self.places:
            for day, start, size in parts:
                if day in touched:
                    self._free[day] &= ~span_mask(start, size, self._problem.gap)

    def masks_for(self, number: int) -> list[int] | None:
        """By day, the slots open to a job; None while something it waits for has no place."""
        job = self._jobs[number]
        open_ = job.open
        masks = [free & open_[day] for day, free in enumerate(self._free)]
        first, slot = 0, 0
        for before in job.before:
            if not self.is_whole(before):
                return None
            day, start, size = self.places[before][-1]
            first, slot = max((first, slot), (day, start + size))
        if job.before:
            for day in range(first):
                masks[day] = 0
            masks[first] &= -1 << slot
        return masks

    def is_whole(self, number: int) -> bool:
        """Whether all of a job is placed."""
        parts, job = self.places[number], self._jobs[number]
        return bool(parts) and (not job.is_elastic or slots_in(parts) == job.slots)

    def fits(self, number: int, parts: tuple[Part, ...]) -> bool:
        """Whether a job may lie exactly there, and that is enough of it."""
        masks = self.masks_for(number)
        job = self._jobs[number]
        if masks is None or not parts or not job.floor <= slots_in(parts) <= job.slots:
            return False
        room = self._room[:]
        for day, start, size in parts:
            span = ((1 << size) - 1) << start
            room[day] -= size
            if masks[day] & span != span or room[day] < 0 or not job.least <= size <= job.most:
                return False
            masks[day] &= ~span_mask(start, size, self._problem.rest)
        return True

    def best_parts(self, number: int) -> tuple[Part, ...]:
        """The cheapest places found for a job, in order of time; none if there is no room."""
        job = self._jobs[number]
        if sum(self._room) < job.floor:
            return ()
        masks = self.masks_for(number)
        if masks is None:
            return ()
        reach = self._reach(job, masks)
        if reach[-1] < job.floor:
            return ()
        best: tuple[Part, ...] = ()
        limit = self.costs[number]
        if job.standing:
            mended = self._mended(job, masks)
            if mended and (cost := cost_of(job, mended)) < limit:
                best, limit = mended, cost
        if job.slots <= job.most:
            found = self._whole(job, masks, limit)
            if found:
                best, limit = found, cost_of(job, found)
        if job.shares.stop > 2:
            best = self._split(job, masks, reach, limit) or best
        return best

    def _reach(self, job: Job, masks: list[int]) -> list[int]:
        """By day, the slots to be had up to it at most. Days too full for one part are closed."""
        reach: list[int] = []
        total = 0
        for day, (mask, room) in enumerate(zip(masks, self._room, strict=True)):
            if room < job.least:
                masks[day] = 0
            elif mask:
                total += min(room, mask.bit_count())
            reach.append(total)
        return reach

    def _whole(self, job: Job, masks: list[int], limit: int) -> tuple[Part, ...]:
        """One block for all of it that costs less than `limit`, if there is one."""
        best: tuple[Part, ...] = ()
        size = job.slots
        for day, mask in enumerate(masks):
            base = job.day_cost[day]
            if base >= limit:
                break
            if not mask or self._room[day] < size:
                continue
            starts = starts_of(mask, size)
            if not starts:
                continue
            for start in self._candidates(starts, mask, job.misfit[day], size):
                parts = ((day, start, size),)
                cost = cost_of(job, parts)
                if cost < limit:
                    best, limit = parts, cost
        return best

    def _candidates(self, starts: int, mask: int, misfit: int, size: int) -> tuple[int, ...]:
        """The starts worth a look: one that suits, else those nearest to where it does."""
        if not misfit:
            return (self._pick(starts),)
        suiting = starts & starts_of(mask & ~misfit, size) if mask & ~misfit else 0
        if suiting:
            return (self._pick(suiting),)
        suited = mask & ~misfit
        edge = (suited & -suited).bit_length() - 1 if suited else 0
        below, above = starts & ((1 << edge) - 1), starts >> edge << edge
        found = [below.bit_length() - 1] if below else []
        if above:
            found += [(above & -above).bit_length() - 1, above.bit_length() - 1]
        return tuple(found)

    def _pick(self, starts: int) -> int:
        if self.rng is not None and self.rng.random() < _LAST_SHARE:
            return starts.bit_length() - 1
        return (starts & -starts).bit_length() - 1

    def _split(self, job: Job, masks: list[int], reach: list[int], limit: int) -> tuple[Part, ...]:
        """Several blocks that cost less than `limit` in all, if there are some."""
        best: tuple[Part, ...] = ()
        least = job.split_cost * max(0, 2 - job.parts)
        suited = (
            [mask & ~misfit for mask, misfit in zip(masks, job.misfit, strict=True)]
            if job.misfit_cost
            else []
        )
        for last in self._ends_of(job):
            if job.day_cost[last] + least >= limit and not job.is_elastic:
                break
            if reach[last] < job.floor or (not masks[last] and not job.is_elastic):
                continue
            for liked in (suited, []) if suited else ([],):
                parts = self._fill(job, masks, liked, last)
                if parts and (cost := cost_of(job, parts)) < limit:
                    best, limit = parts, cost
        return best

    def _ends_of(self, job: Job) -> Iterable[int]:
        """The last days worth a try: all; for an elastic job the last in time, and the last."""
        if not job.is_elastic:
            return range(self._count)
        cost = job.day_cost
        late = (day for day in range(1, self._count) if cost[day] - cost[day - 1] > job.worth // 5)
        return sorted({next(late, self._count) - 1, self._count - 1})

    def _mended(self, job: Job, masks: list[int]) -> tuple[Part, ...]:
        """A job where it stands, what of it cannot stay elsewhere; none if that is too little."""
        masks, room = masks[:], self._room[:]
        parts: list[Part] = []
        left = job.slots

        def take(part: Part) -> None:
            nonlocal left
            day, start, size = part
            parts.append(part)
            left, room[day] = left - size, room[day] - size
            masks[day] &= ~span_mask(start, size, self._problem.rest)

        for part in job.standing:
            day, start, size = part
            span = ((1 << size) - 1) << start
            is_sized = job.least <= size <= min(job.most, left, room[day])
            if is_sized and masks[day] & span == span:
                take(part)
        while left and len(parts) < job.shares.stop - 1:
            part = self._chunk(job, masks, room, left)
            if part is None:
                break
            take(part)
        return tuple(sorted(parts)) if job.slots - left >= job.floor else ()

    def _fill(self, job: Job, masks: list[int], liked: list[int], last: int) -> tuple[Part, ...]:
        """Parts as long as can be, up to the day `last`, in liked slots where there are some."""
        masks, liked = masks[: last + 1], liked[: last + 1]
        room = self._room[: last + 1]
        parts: list[Part] = []
        left = job.slots
        rest = self._problem.rest
        for _ in range(job.shares.stop - 1):
            part = self._chunk(job, liked, room, left) or self._chunk(job, masks, room, left)
            if part is None:
                break
            day, start, size = part
            parts.append(part)
            left -= size
            if not left:
                parts.sort()
                return tuple(parts)
            room[day] -= size
            taken = ~span_mask(start, size, rest)
            masks[day] &= taken
            if liked:
                liked[day] &= taken
        return tuple(sorted(parts)) if job.slots - left >= job.floor else ()

    def _chunk(self, job: Job, masks: list[int], room: list[int], left: int) -> Part | None:
        """The first of the longest parts that can be had, leaving enough for another."""
        most = min(job.most, left)
        if most < left < most + job.least:
            most = left - job.least
        best: Part | None = None
        size = job.least - 1
        for day, mask in enumerate(masks):
            high = min(most, room[day])
            if high <= size or not mask:
                continue
            if starts_of(mask, high):
                run = high
            elif starts_of(mask, size + 1):
                run = longest_run(mask, high - 1)
            else:
                continue
            if run < left < run + job.least:
                run = left - job.least
            if run <= size:
                continue
            starts = starts_of(mask, run)
            best = (day, (starts & -starts).bit_length() - 1, run)
            size = run
            if size == most:
                break
        return best
