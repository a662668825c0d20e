"""Run a command as a whole process: wall and CPU seconds, and the memory of its whole tree."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Run:
    """One finished process. Memory in MB: of the largest process, and of the tree together."""

    wall_s: float
    cpu_s: float
    peak_one_mb: float
    peak_tree_mb: float
    out: str


def run(command: list[str], *, env: dict[str, str], watch_memory: bool = False) -> Run:
    """Start `command`, wait, and account for it and its children. Raises where it fails."""
    before = os.times()
    began = time.perf_counter()
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    peaks = [0.0, 0.0]
    if watch_memory:
        threading.Thread(target=_watch, args=(process, peaks), daemon=True).start()
    out, _ = process.communicate()
    wall = time.perf_counter() - began
    after = os.times()
    if process.returncode not in {0, 1, 8}:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    cpu = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    return Run(wall, cpu, peaks[0], peaks[1], out)


def middle(runs: list[Run]) -> Run:
    """The run of median CPU time."""
    return sorted(runs, key=lambda item: item.cpu_s)[len(runs) // 2]


def python(*arguments: str) -> list[str]:
    """This interpreter with arguments."""
    return [sys.executable, *arguments]


def clean_env(home: Path) -> dict[str, str]:
    """An environment with a home of its own."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(home),
        "PMAGENT_HOME": str(home),
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }


def _watch(process: subprocess.Popen[str], peaks: list[float]) -> None:
    while process.poll() is None:
        sizes = [_pss_mb(pid) for pid in _tree(process.pid)]
        peaks[0] = max(peaks[0], *sizes, 0.0)
        peaks[1] = max(peaks[1], sum(sizes))
        time.sleep(0.25)


def _tree(root: int) -> list[int]:
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
    found = [root]
    for pid in found:
        found.extend(child for child, parent in parents.items() if parent == pid)
    return found


def _pss_mb(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of them lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


__all__ = ["Run", "clean_env", "median", "middle", "percentile", "python", "run"]
