"""The planner's problem for CP-SAT: the same places allowed, the same objective, in its terms."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from ortools.sat.python import cp_model

from pmagent.tasks.planner.model import (
    DROPPED,
    MOVED,
    MOVED_DAY,
    Job,
    Part,
    Places,
    Problem,
    value_of,
)


@dataclass(frozen=True, kw_only=True)
class Solved:
    """What CP-SAT found in its time."""

    places: Places
    value: float
    bound: float
    """No plan is worth more."""
    is_optimal: bool


@dataclass(frozen=True, kw_only=True)
class _Piece:
    present: cp_model.IntVar
    start: cp_model.IntVar
    size: cp_model.IntVar
    end: cp_model.IntVar
    days: list[cp_model.IntVar]


class CpWeek:
    """The model of one problem."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._model = cp_model.CpModel()
        self._count = len(problem.days)
        worked = [one.free | one.deep for one in problem.days if one.free]
        self._low = min(((mask & -mask).bit_length() - 1 for mask in worked), default=0)
        high = max((mask.bit_length() for mask in worked), default=1)
        self._stride = high - self._low + problem.rest + 1
        """Slots from one day to the next: the nights are left out."""
        self._spaced: list[cp_model.IntervalVar] = []
        self._plain: list[cp_model.IntervalVar] = []
        self._loads: list[list[cp_model.IntVar]] = [[] for _ in problem.days]
        self._costs: list[cp_model.LinearExprT] = []
        self._whole: list[cp_model.IntVar] = []
        """By job, whether all of it is placed."""
        self._pieces = [self._add_job(job) for job in problem.jobs]
        self._placed = [pieces[0].present for pieces in self._pieces]
        self._add_rest()

    def solve(self, seconds: float, workers: int, begin: Places | None = None) -> Solved:
        """The best places in this time, from `begin` where there is one."""
        if begin is not None:
            self._hint(begin)
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = workers
        solver.parameters.random_seed = 1
        solver.parameters.symmetry_level = 0
        solver.parameters.cp_model_probing_level = 0
        status = solver.solve(self._model)
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            nothing: Places = tuple(() for _ in self._pieces)
            value = value_of(self._problem, nothing)
            return Solved(places=nothing, value=value, bound=float("inf"), is_optimal=False)
        places: list[tuple[Part, ...]] = []
        for pieces in self._pieces:
            parts = [
                self._part(solver.value(piece.start), solver.value(piece.size))
                for piece in pieces
                if solver.value(piece.present)
            ]
            places.append(tuple(sorted(parts)))
        ideal = sum(job.worth for job in self._problem.jobs)
        return Solved(
            places=tuple(places),
            value=(ideal - solver.objective_value) / 100,
            bound=(ideal - solver.best_objective_bound) / 100,
            is_optimal=status == cp_model.OPTIMAL,
        )

    def _base(self, day: int) -> int:
        """The place of a day's midnight."""
        return day * self._stride - self._low

    def _part(self, start: int, size: int) -> Part:
        day, slot = divmod(start, self._stride)
        return (day, slot + self._low, size)

    def _add_job(self, job: Job) -> list[_Piece]:
        model = self._model
        pieces = [self._add_piece(job) for _ in range(max(job.shares, default=job.parts))]
        placed = pieces[0].present
        for number, piece in enumerate(pieces):
            if number < job.parts and not job.is_elastic:
                model.add(piece.present == placed)
            elif number:
                model.add_implication(piece.present, pieces[number - 1].present)
        total = sum(piece.size for piece in pieces)
        model.add(total <= job.slots * placed)
        model.add(total >= job.floor * placed)
        for one, other in pairwise(pieces):
            rest = self._problem.rest
            model.add(other.start >= one.end + rest).only_enforce_if(other.present)
        self._add_costs(job, pieces)
        return pieces

    def _add_piece(self, job: Job) -> _Piece:
        model, problem = self._model, self._problem
        present = model.new_bool_var("")
        low = min(job.least, job.slots)
        size = model.new_int_var_from_domain(
            cp_model.Domain.from_intervals([[0, 0], [low, min(job.most, job.slots)]]), ""
        )
        model.add(size == 0).only_enforce_if(present.negated())
        model.add(size >= low).only_enforce_if(present)
        start = model.new_int_var(0, self._count * self._stride, "")
        end = model.new_int_var(0, self._count * self._stride, "")
        self._plain.append(model.new_optional_interval_var(start, size, end, present, ""))
        spaced = model.new_int_var(0, self._count * self._stride + problem.gap, "")
        self._spaced.append(
            model.new_optional_interval_var(start, size + problem.gap, spaced, present, "")
        )
        allowed: list[list[int]] = []
        days = [model.new_bool_var("") for _ in range(self._count)]
        model.add(sum(days) == present)
        for day, one in enumerate(problem.days):
            runs = _runs(one.free & job.open[day], self._base(day))
            starts = [[first, last - low] for first, last in runs if last - first >= low]
            allowed += starts
            if not starts:
                model.add(days[day] == 0)
            model.add(start >= day * self._stride).only_enforce_if(days[day])
            model.add(start < (day + 1) * self._stride).only_enforce_if(days[day])
            load = model.new_int_var(0, min(job.most, job.slots), "")
            model.add(load == size).only_enforce_if(days[day])
            model.add(load == 0).only_enforce_if(days[day].negated())
            self._loads[day].append(load)
        if allowed:
            model.add_linear_expression_in_domain(
                start, cp_model.Domain.from_intervals(allowed)
            ).only_enforce_if(present)
            self._bound_end(job, end, present)
        else:
            model.add(present == 0)
        return _Piece(present=present, start=start, size=size, end=end, days=days)

    def _bound_end(self, job: Job, end: cp_model.IntVar, present: cp_model.IntVar) -> None:
        """An end may lie anywhere in an open run; that it is the start's own is seen to below."""
        runs = [
            [first + 1, last]
            for day, one in enumerate(self._problem.days)
            for first, last in _runs(one.free & job.open[day], self._base(day))
        ]
        self._model.add_linear_expression_in_domain(
            end, cp_model.Domain.from_intervals(runs)
        ).only_enforce_if(present)

    def _add_costs(self, job: Job, pieces: list[_Piece]) -> None:
        model, placed = self._model, pieces[0].present
        self._costs.append((job.worth + job.unplaced_cost) * (1 - placed))
        last = model.new_int_var(0, max(job.day_cost), "")
        if job.is_elastic:
            self._add_costs_of_part(job, pieces, last)
        else:
            self._whole.append(placed)
            self._costs.append(job.split_cost * sum(piece.present for piece in pieces[job.parts :]))
            for piece in pieces:
                for day in range(self._count):
                    model.add(last >= job.day_cost[day]).only_enforce_if(piece.days[day])
        self._costs.append(last)
        if job.misfit_cost:
            for piece in pieces:
                self._costs.append(job.misfit_cost * self._misfit(job, piece))
        for day, start, size in job.standing:
            self._costs.append(self._move(pieces, (day, start, size)))

    def _add_costs_of_part(self, job: Job, pieces: list[_Piece], last: cp_model.IntVar) -> None:
        """What `cost_of` takes for a job of which a part may be placed."""
        model, placed = self._model, pieces[0].present
        total = sum(piece.size for piece in pieces)
        whole = model.new_bool_var("")
        model.add(total >= job.slots * whole)
        self._whole.append(whole)
        urgent = model.new_int_var(0, job.urgent, "")
        model.add(urgent <= total)
        timely = model.new_bool_var("")
        model.add(total >= min(job.enough, job.slots) * timely)
        done = job.worth - job.slot_worth * job.slots - job.urgent_worth * job.urgent
        done -= job.timely_worth
        self._costs.append(
            job.worth * placed
            - job.slot_worth * total
            - job.urgent_worth * urgent
            - done * whole
            - job.timely_worth * timely
        )
        needed = model.new_int_var(0, job.parts, "")
        model.add(needed * job.most <= total + job.most - 1)
        self._costs.append(job.split_cost * (sum(piece.present for piece in pieces) - needed))
        for piece in pieces:
            for day in range(self._count):
                model.add(job.slots * last >= job.day_cost[day] * total).only_enforce_if(
                    piece.days[day]
                )

    def _misfit(self, job: Job, piece: _Piece) -> cp_model.IntVar:
        """Slots that do not suit: for light work those in the day's deep hours, else the others."""
        model, most = self._model, max(1, min(job.most, job.slots))
        first = self._on_day(piece, [self._deep(day)[0] for day in range(self._count)])
        last = self._on_day(piece, [self._deep(day)[1] for day in range(self._count)])
        lost = model.new_int_var(0, most, "")
        good = [model.new_int_var(0, most, "") for _ in range(2 if self._is_light(job) else 1)]
        bounds = (
            [[first - piece.start], [piece.end - last]]
            if self._is_light(job)
            else [[piece.end - first, last - piece.start]]
        )
        for one, limits in zip(good, bounds, strict=True):
            has_some = model.new_bool_var("")
            model.add(one == 0).only_enforce_if(has_some.negated())
            for limit in limits:
                model.add(one <= limit).only_enforce_if(has_some)
        model.add(sum(good) <= piece.size)
        model.add(lost >= piece.size - sum(good)).only_enforce_if(piece.present)
        return lost

    def _is_light(self, job: Job) -> bool:
        return any(
            misfit & one.deep for misfit, one in zip(job.misfit, self._problem.days, strict=True)
        )

    def _deep(self, day: int) -> tuple[int, int]:
        deep = self._problem.days[day].deep
        base = self._base(day)
        return base + (deep & -deep).bit_length() - 1, base + deep.bit_length()

    def _on_day(self, piece: _Piece, values: list[int]) -> cp_model.LinearExprT:
        return sum(value * day for value, day in zip(values, piece.days, strict=True))

    def _move(self, pieces: list[_Piece], part: Part) -> cp_model.LinearExprT:
        """What a standing block costs where it is not kept; an unplaced job pays all elsewhere."""
        model = self._model
        day, start, size = part
        kept: list[cp_model.IntVar] = []
        for piece in pieces:
            same = model.new_bool_var("")
            model.add_implication(same, piece.present)
            model.add(piece.start == self._base(day) + start).only_enforce_if(same)
            model.add(piece.size == size).only_enforce_if(same)
            kept.append(same)
        is_kept, has_day = model.new_bool_var(""), model.new_bool_var("")
        model.add(sum(kept) >= is_kept)
        model.add(sum(piece.days[day] for piece in pieces) >= has_day)
        placed = pieces[0].present
        lost = model.new_int_var(0, MOVED + MOVED_DAY + DROPPED, "")
        model.add(
            lost >= MOVED * placed - MOVED * is_kept + MOVED_DAY * placed - MOVED_DAY * has_day
        )
        return lost

    def _add_rest(self) -> None:
        model, problem = self._model, self._problem
        blocked: list[cp_model.IntervalVar] = []
        edge = 0
        for day, one in enumerate(problem.days):
            for first, last in _runs(one.free, self._base(day)):
                if first > edge:
                    blocked.append(model.new_fixed_size_interval_var(edge, first - edge, ""))
                edge = last
            model.add(sum(self._loads[day]) <= one.budget)
        blocked.append(
            model.new_fixed_size_interval_var(edge, self._count * self._stride - edge + 1, "")
        )
        model.add_no_overlap([*self._plain, *blocked])
        model.add_no_overlap(self._spaced)
        for number, job in enumerate(problem.jobs):
            for before in job.before:
                model.add_implication(self._placed[number], self._whole[before])
                for piece in self._pieces[before]:
                    model.add(self._pieces[number][0].start >= piece.end).only_enforce_if(
                        self._placed[number], piece.present
                    )
        model.minimize(sum(self._costs))

    def _hint(self, places: Places) -> None:
        for pieces, parts in zip(self._pieces, places, strict=True):
            for number, piece in enumerate(pieces):
                is_there = number < len(parts)
                self._model.add_hint(piece.present, is_there)
                if is_there:
                    day, start, size = parts[number]
                    self._model.add_hint(piece.start, self._base(day) + start)
                    self._model.add_hint(piece.size, size)


def _runs(mask: int, base: int) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    while mask:
        first = (mask & -mask).bit_length() - 1
        rest = ~(mask >> first)
        size = (rest & -rest).bit_length() - 1
        runs.append((base + first, base + first + size))
        mask &= ~(((1 << size) - 1) << first)
    return runs
