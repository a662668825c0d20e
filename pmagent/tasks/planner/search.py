"""Finds places for all jobs: earliest deadline first, then a local search.

The search takes a few cards out and puts them back elsewhere, many times (ruin and recreate;
Schrimpf et al., Journal of Computational Physics 159, 2000), and keeps what is better, at first
also what is a little worse. It is bounded by steps, never by time: the same problem, seed and
steps give the same places on every computer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from random import Random

from pmagent.tasks.planner.model import Part, Places, Problem
from pmagent.tasks.planner.placing import Layout

STEPS = 110
_HEAT = 0.02
"""The first temperature, as a share of a card's mean worth; it falls to none."""
_LAST_OF_ALL = 0.3
"""How often jobs that can take less come after all others."""
_TRIED = 8
"""Unplaced cards tried in one step at most."""


def first_places(problem: Problem) -> Places:
    """Cards one after the other, those due first in front: what the search begins with."""
    layout = Layout(problem)
    _insert(layout, problem, _orders(problem)[0])
    return layout.frozen()


def find_places(
    problem: Problem, seed: int, *, steps: int = STEPS, begin: Places | None = None
) -> Places:
    """The best places found. `begin` is what to start from; what of it is not allowed is left."""
    rng = Random(seed)
    if begin is None:
        layout = _best_order(problem, rng)
    else:
        layout = Layout(problem, rng)
        _take_over(layout, problem, begin)
    return _improve(layout, problem, rng, steps) if problem.jobs else layout.frozen()


def _orders(problem: Problem) -> tuple[list[int], ...]:
    """By deadline, by worth of a slot, by by what can stay where it stands.

    And what can take less last, where there is some of it.
    """
    jobs, numbers = problem.jobs, range(len(problem.jobs))
    density = [-job.worth / job.slots for job in jobs]
    # The dearer it is to end on the last day, the nearer the deadline.
    haste = [-job.day_cost[-1] / max(1, job.worth) for job in jobs]
    stays = [_stays(problem, number) for number in numbers]
    orders = (
        sorted(numbers, key=lambda number: (haste[number], density[number])),
        sorted(numbers, key=lambda number: (density[number], haste[number])),
        sorted(numbers, key=lambda number: (-stays[number], density[number])),
    )
    if not any(job.is_elastic for job in jobs):
        return orders
    return (*orders, sorted(orders[1], key=lambda number: jobs[number].is_elastic))


def _stays(problem: Problem, number: int) -> int:
    """2 for a job that may lie where it stands, 1 where something came in between, else 0."""
    job = problem.jobs[number]
    if not job.standing:
        return 0
    spans = [(day, ((1 << size) - 1) << start) for day, start, size in job.standing]
    is_whole = all(problem.days[day].free & job.open[day] & span == span for day, span in spans)
    return 2 if is_whole else 1


def _best_order(problem: Problem, rng: Random) -> Layout:
    layouts: list[Layout] = []
    for order in _orders(problem):
        layout = Layout(problem)
        _insert(layout, problem, order)
        layouts.append(layout)
    if any(job.standing for job in problem.jobs):
        layout = Layout(problem)
        _take_over(layout, problem, tuple(job.standing for job in problem.jobs))
        layouts.append(layout)
    best = min(layouts, key=lambda one: one.total)
    best.rng = rng
    return best


def _take_over(layout: Layout, problem: Problem, begin: Places) -> None:
    """Place all of `begin` that is allowed, what is waited for first; then all the others."""
    pending = {number for number, parts in enumerate(begin) if parts}
    while pending:
        ready = [
            number for number in sorted(pending) if pending.isdisjoint(problem.jobs[number].before)
        ]
        for number in ready:
            if layout.fits(number, begin[number]):
                layout.put(number, begin[number])
        pending.difference_update(ready)
    _insert(layout, problem, _orders(problem)[1])


def _insert(layout: Layout, problem: Problem, order: Sequence[int]) -> None:
    """Place each of these jobs that is not placed, in this order, what it waits for before it."""
    places, jobs = layout.places, problem.jobs
    pending = {number for number in order if not places[number]}

    def place(number: int) -> None:
        pending.discard(number)
        for before in jobs[number].before:
            if before in pending:
                place(before)
        parts = layout.best_parts(number)
        if parts:
            layout.put(number, parts)

    for number in order:
        if number in pending:
            place(number)


def _improve(layout: Layout, problem: Problem, rng: Random, steps: int) -> Places:
    jobs = problem.jobs
    best, best_total = layout.frozen(), layout.total
    heat = _HEAT * sum(job.worth for job in jobs) / len(jobs)
    density = [job.worth / job.slots for job in jobs]
    elastic = [number for number, job in enumerate(jobs) if job.is_elastic]
    for step in range(steps):
        if not layout.total:
            break
        saved, total = layout.snapshot(), layout.total
        out = _ruin(layout, rng)
        if elastic:
            # What can take less takes what is left: it is laid anew whenever others move.
            out.add(rng.choice(elastic))
        layout.take_all(out)
        order = _order_of(layout, out, density, rng)
        if elastic and rng.random() < _LAST_OF_ALL:
            order.sort(key=lambda number: jobs[number].is_elastic)
        _insert(layout, problem, order)
        warmth = heat * (1 - step / steps)
        worse = layout.total - total
        if worse > 0 and (warmth <= 0 or rng.random() >= math.exp(-worse / warmth)):
            layout.restore(saved)
        elif layout.total < best_total:
            best, best_total = layout.frozen(), layout.total
    return best


def _ruin(layout: Layout, rng: Random) -> set[int]:
    """The jobs to take out: neighbours on a day, any few, or those that cost and their rivals."""
    placed = [number for number, parts in enumerate(layout.places) if parts]
    if not placed:
        return set()
    count = min(len(placed), rng.randint(1, 5))
    kind = rng.random()
    if kind < 0.55:
        day, start, _ = rng.choice(layout.places[rng.choice(placed)])
        near = sorted(
            (min(_distance(part, day, start) for part in layout.places[number]), number)
            for number in placed
        )
        return {number for _, number in near[:count]}
    if kind < 0.8:
        return set(rng.sample(placed, count))
    dear = sorted(placed, key=lambda number: -layout.costs[number] * rng.random())
    return {*dear[:count], rng.choice(placed)}


def _distance(part: Part, day: int, start: int) -> int:
    return abs(part[0] - day) * 288 + abs(part[1] - start)


def _order_of(layout: Layout, out: Iterable[int], density: list[float], rng: Random) -> list[int]:
    """Those taken out and some that had no place, in one of three orders."""
    taken = sorted(out)
    homeless = [
        number for number, parts in enumerate(layout.places) if not parts and number not in out
    ]
    if len(homeless) > _TRIED:
        homeless = rng.sample(homeless, _TRIED)
    order = taken + homeless
    kind = rng.random()
    if kind < 0.5:
        order.sort(key=lambda number: -density[number] * (0.6 + 0.8 * rng.random()))
    else:
        rng.shuffle(order)
    return order
