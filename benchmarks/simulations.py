"""How fast simulations are and what they notice: their time, the ways gone, the mutants noticed.

    python benchmarks/simulations.py

Gates: 100 scenarios in 10 s on two cores, every way gone, 90 % of the mutants noticed.
"""

from __future__ import annotations

import sys
import time

from pmagent.paths import bundled_dir
from pmagent.simulations.running import Bench, Wanted
from pmagent.simulations.shelf import Shelf
from pmagent.simulations.staging import folder_texts, make_stage

MOST_S_A_HUNDRED = 10.0
LEAST_SCORE = 0.9


def main() -> int:
    """Print a line a command, and the sums; 1 where a gate is missed."""
    shelf = Shelf(bundled_dir("simulations"))
    bench = Bench(shelf, make_stage(folder_texts(bundled_dir("commands")), shelf))
    began, used = time.perf_counter(), time.process_time()
    report = bench.run(Wanted(), lambda _: None)
    wall_s, cpu_s = time.perf_counter() - began, time.process_time() - used
    count = len(report.results)
    print(f"{count} scenarios, {len(report.failed)} failed: {wall_s:.1f} s, {cpu_s:.1f} s of CPU")
    is_missed = bool(report.failed) or cpu_s / count * 100 > MOST_S_A_HUNDRED
    print(f"{'command':24}{'ways':>10}{'mutants':>10}")
    for coverage in report.coverage:
        score = bench.mutate(coverage.command)
        ways = f"{coverage.hit}/{len(coverage.ways)}"
        mutants = f"{score.killed}/{len(score.verdicts)}"
        print(f"/{coverage.command:23}{ways:>10}{mutants:>10}")
        for one in score.survivors:
            print(f"    survived line {one.line}, {one.kind}: {one.says}")
        is_missed |= bool(coverage.missing) or score.share < LEAST_SCORE
    return int(is_missed)


if __name__ == "__main__":
    sys.exit(main())
