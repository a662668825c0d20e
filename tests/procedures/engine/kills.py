"""What the kill tests share: a job that was killed leaves what an unbroken one does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.procedures.engine.killed import make_world

EFFECTS = {"publish": 5, "triage": 3}


def check_kills(folder: Path, job: str, every: int) -> int:
    """Kill a job at each `every`th boundary, and all its processes again and again; how many kills
    were survived."""
    carry_out(folder, [("unbroken", job, 0)])
    unbroken = left_behind(folder / "unbroken")
    assert all(run.state == "done" for run in unbroken["runs"].values())
    keys = [effect["key"] for effect in unbroken["effects"]]
    assert len(keys) == len(set(keys)) == EFFECTS[job]
    boundaries = int((folder / "unbroken" / "boundaries").read_text())

    plan = [(f"at-{n}", job, n) for n in range(1, boundaries + 1, every)]
    took = carry_out(folder, [*plan, ("each-7", job, -7)])

    assert all(processes > 1 for processes in took.values())
    for name in took:
        assert left_behind(folder / name) == unbroken, name
    return sum(took.values()) - len(took)


def carry_out(folder: Path, plan: Sequence[tuple[str, str, int]]) -> dict[str, int]:
    """How many processes each job of the plan took."""
    program = [sys.executable, "-m", "tests.procedures.engine.killed"]
    done = subprocess.run(
        [*program, str(folder), json.dumps(plan)], capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    return {line.split()[0]: int(line.split()[1]) for line in done.stdout.splitlines()}


def left_behind(root: Path) -> dict[str, Any]:
    """All that a job has left: its runs, their rows and the effects, without how long it took."""
    world = make_world(root)
    runs = {run.id: replace(run, spent=replace(run.spent, ms=0)) for run in world.records.list(100)}
    rows = {
        run_id: [
            replace(row, spent=replace(row.spent, ms=0))
            for row in world.records.steps(run_id, has_marks=True)
        ]
        for run_id in runs
    }
    effects = world.calls.effects()
    world.close()
    return {"runs": runs, "rows": rows, "effects": effects}
