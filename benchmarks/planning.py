"""How good and how fast weeks are planned, beside CP-SAT and beside first-fit by due date.

    python -m benchmarks.planning                  speed, the curve of steps, 1,000 checked weeks
    python -m benchmarks.planning --weeks 10000    the full form of the check
    python -m benchmarks.planning --cp 50          and CP-SAT, 5 s each (pip install ortools)

CP-SAT has the same days, jobs, constraints and objective (`planning_cp.py`), and is asked twice:
from nothing, and from our plan. First-fit by due date is what a person would do by hand.
Gates: 100 ms for 40 cards, 99.5 % of the better CP-SAT plan, no broken promise.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

from pmagent.tasks.planner.checking import check_plan
from pmagent.tasks.planner.model import ideal_of, value_of
from pmagent.tasks.planner.prepare import prepare
from pmagent.tasks.planner.search import STEPS, find_places, first_places
from pmagent.tasks.planner.week import plan_week
from pmagent.types.tasks import WeekTask
from tests.tasks.planner.weeks import any_week, changed, usual_week

MOST_MS = 100.0
LEAST_SHARE = 0.995
WEEKS = 50
LONG = 6
CURVE = (0, 25, 50, 100, 200, 400, 1000, 3000)
CP_S = 5.0


def main() -> int:
    """Print each figure; 1 where a gate is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, default=1000)
    parser.add_argument("--cp", type=int, default=0)
    parser.add_argument("--curve", type=int, default=10)
    given = parser.parse_args()
    missed = [_speed(), _checked(given.weeks)]
    if given.curve:
        _curve(given.curve)
    if given.cp:
        missed.append(_beside_cp(given.cp))
    return int(any(missed))


def _week(seed: int) -> WeekTask:
    """40 cards; in every other week six of them take days."""
    return usual_week(seed, long=LONG if seed % 2 else 0)


def _speed() -> bool:
    spent: list[float] = []
    for seed in range(WEEKS):
        task = _week(seed)
        began = time.process_time()
        plan_week(task)
        spent.append((time.process_time() - began) * 1000)
    spent.sort()
    median, high = statistics.median(spent), spent[int(len(spent) * 0.95)]
    print(f"plan_week, 40 cards, {STEPS} steps: {median:.0f} ms median, {high:.0f} ms p95 (CPU)")
    return median > MOST_MS


def _curve(weeks: int) -> None:
    print(f"{'steps':>8}{'objective / ideal':>20}{'share of the last':>20}{'ms':>8}")
    problems = [prepare(_week(seed)).problem for seed in range(weeks)]
    rows: list[tuple[int, list[float], float]] = []
    for steps in CURVE:
        began = time.process_time()
        values = [
            value_of(problem, find_places(problem, seed, steps=steps))
            for seed, problem in enumerate(problems)
        ]
        rows.append((steps, values, (time.process_time() - began) * 1000 / weeks))
    ideal = sum(map(ideal_of, problems))
    for steps, values, spent in rows:
        last = sum(values) / sum(rows[-1][1])
        print(f"{steps:>8}{sum(values) / ideal:>20.4f}{last:>20.4f}{spent:>8.0f}")
    first = sum(value_of(problem, first_places(problem)) for problem in problems)
    print(f"{'due date':>8}{first / ideal:>20.4f}{first / sum(rows[-1][1]):>20.4f}")


def _checked(weeks: int) -> bool:
    broken = blocks = plans = 0
    for seed in range((weeks + 1) // 2):
        task = any_week(seed)
        plan = plan_week(task, steps=10)
        again = changed(task, plan, seed)
        for one, made in ((task, plan), (again, plan_week(again, steps=10))):
            faults = check_plan(one, made)
            plans, blocks = plans + 1, blocks + len(made.blocks)
            broken += bool(faults)
            for fault in faults[:1]:
                print(f"seed {seed}: {fault}")
    print(f"{plans} weeks with {blocks} blocks checked: {broken} break a promise")
    return broken > 0


def _beside_cp(weeks: int) -> bool:
    from benchmarks.planning_cp import CpWeek

    cold: list[float] = []
    best: list[float] = []
    firsts: list[float] = []
    better = optimal = 0
    for seed in range(weeks):
        problem = prepare(_week(seed)).problem
        places = find_places(problem, seed)
        ours, first = value_of(problem, places), value_of(problem, first_places(problem))
        alone = CpWeek(problem).solve(CP_S, 2)
        onward = CpWeek(problem).solve(CP_S, 2, places)
        values = [value_of(problem, one.places) for one in (alone, onward)]
        reference = max(values)
        cold.append(ours / max(1.0, values[0]))
        best.append(ours / reference)
        firsts.append(first / reference)
        better += reference > ours
        optimal += alone.is_optimal or onward.is_optimal
        print(f"week {seed}: ours {ours:.0f}, CP-SAT {values[0]:.0f}, from ours {values[1]:.0f},"
              f" first-fit {first:.0f}", flush=True)  # fmt: skip
    for name, shares in (
        ("ours / CP-SAT from nothing", cold),
        ("ours / the better CP-SAT plan", best),
        ("first-fit / the better CP-SAT plan", firsts),
    ):
        print(f"{name:38}{statistics.mean(shares):8.4f} mean, {min(shares):.4f} least")
    print(f"CP-SAT is better in {better} of {weeks}, proves the best in {optimal}")
    return statistics.mean(best) < LEAST_SHARE


if __name__ == "__main__":
    sys.exit(main())
