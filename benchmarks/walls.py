"""What the walls cost, beside a plain open and beside the guard that most programs have.

python -m benchmarks.walls            prints microseconds and ratios; takes about ten seconds

Each number is a median over rounds in which every way takes its turn, so that a busy machine slows
all of them alike. `realpath guard` is the check that loses a race; it is here for its price alone.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from pmagent.permissions.walls import Walls
from pmagent.permissions.walls_reach import FILE

ROUNDS = 200
OPENS = 25
LISTED = 10_000
GOAL_US = 15.0
NAME = "notes/2024/march/pricing.md"


def main() -> None:
    """Measure and print; exits with 1 where the goal is missed."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "garden")
        place = root / NAME
        place.parent.mkdir(parents=True)
        place.write_bytes(b"x" * 4_000)
        many = root / "many"
        many.mkdir()
        for number in range(LISTED):
            (many / f"{number}.md").touch()
        with Walls(root, method="openat2") as kernel, Walls(root, method="walk") as walk:
            costs = opening(root, kernel, walk)
            listing(root, kernel)
    added = costs["walls, openat2"] - costs["plain open"]
    print(f"\nadded to a plain open: {added:.1f} us (goal: at most {GOAL_US:.0f})")
    sys.exit(added > GOAL_US)


def opening(root: Path, kernel: Walls, walk: Walls) -> dict[str, float]:
    """Microseconds to open and close one file four folders deep, in each way."""
    absolute = str(root / NAME)
    real_root = root.resolve()

    def plain() -> None:
        os.close(os.open(absolute, FILE))

    def guarded() -> None:
        if Path(absolute).resolve().is_relative_to(real_root):
            os.close(os.open(absolute, FILE))

    def reached() -> None:
        os.close(kernel._roots[0].reach.open(NAME.split("/"), FILE, follow=True)[0])

    ways: dict[str, Callable[[], None]] = {
        "plain open": plain,
        "realpath guard": guarded,
        "openat2 and readlink alone": reached,
        "walls, openat2": lambda: kernel.open(NAME, "read").close(),
        "walls, walk": lambda: walk.open(NAME, "read").close(),
        "walls, locate": lambda: void(kernel.locate(NAME, "read")),
    }
    costs = compare(ways, OPENS)
    print(f"{'one open':<30}{'us':>8}{'ratio':>8}")
    for name, cost in costs.items():
        print(f"{name:<30}{cost:>8.1f}{cost / costs['plain open']:>8.1f}")
    reads: dict[str, Callable[[], None]] = {
        "plain open and read": lambda: void(Path(absolute).read_bytes()),
        "walls, read": lambda: void(kernel.read(NAME, limit=10_000)),
    }
    for name, cost in compare(reads, OPENS).items():
        print(f"{name:<30}{cost:>8.1f}{cost / costs['plain open']:>8.1f}")
    return costs


def listing(root: Path, walls: Walls) -> None:
    """Milliseconds to list a folder of 10,000 files with what each is."""
    many = root / "many"

    def plain() -> None:
        with os.scandir(many) as found:
            for item in sorted(found, key=lambda item: item.name):
                item.stat(follow_symlinks=False)

    ways: dict[str, Callable[[], None]] = {
        "plain scandir and stat": plain,
        "walls, entries": lambda: void(list(walls.entries("many"))),
    }
    costs = compare(ways, 1, rounds=15)
    print(f"\n{f'listing {LISTED:,} files':<30}{'ms':>8}{'ratio':>8}")
    for name, cost in costs.items():
        print(f"{name:<30}{cost / 1000:>8.1f}{cost / costs['plain scandir and stat']:>8.2f}")


def compare(
    ways: dict[str, Callable[[], None]], times: int, *, rounds: int = ROUNDS
) -> dict[str, float]:
    """The median microseconds of one call of each way."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            began = time.perf_counter()
            for _ in range(times):
                way()
            taken[name].append((time.perf_counter() - began) / times * 1e6)
    return {name: median(values) for name, values in taken.items()}


def void(_: object) -> None:
    """Let go of a result."""


if __name__ == "__main__":
    main()
