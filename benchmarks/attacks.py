"""Runs a corpus of attacks against the garden and prints what was contained, area by area.

    make attacks

The corpus is `attacks.json` with its harness `run_attacks.py` in the folder that PMAGENT_ATTACKS
names, or in `../shared/attacks`. Each case becomes a garden of its own; `tests/security/adapter.py`
speaks for the product.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

TOP = Path(__file__).parents[1]
AT_ONCE = 2
Row = dict[str, Any]


def main() -> int:
    """Run every area named on the command line, or all; 0 when nothing was missed."""
    corpus = Path(os.environ.get("PMAGENT_ATTACKS", TOP.parent / "shared" / "attacks"))
    if not (corpus / "attacks.json").exists():
        print(f"there is no corpus in {corpus}; name its folder with PMAGENT_ATTACKS")
        return 2
    cases = json.loads((corpus / "attacks.json").read_text(encoding="utf-8"))["attacks"]
    areas = sys.argv[1:] or sorted({case["area"] for case in cases})
    with ThreadPoolExecutor(AT_ONCE) as pool:
        rows = [
            row for found in pool.map(lambda area: run_area(corpus, area), areas) for row in found
        ]
    show(rows, {case["id"]: case["title"] for case in cases})
    return int(any(row["status"] not in {"pass", "unsupported"} for row in rows))


def run_area(corpus: Path, area: str) -> list[Row]:
    """The results of one area, from the harness."""
    adapter = shlex.join([sys.executable, str(TOP / "tests" / "security" / "adapter.py")])
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        subprocess.run(
            [sys.executable, str(corpus / "run_attacks.py"), str(corpus / "attacks.json"),
             "--adapter", adapter, "--area", area, "--json", str(out), "-q"],
            check=False, stdout=subprocess.DEVNULL, timeout=3_600,
        )  # fmt: skip
        return json.loads(out.read_text(encoding="utf-8"))


def show(rows: list[Row], titles: dict[str, str]) -> None:
    """A line an area, then every miss."""
    by_area: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        by_area[row["area"], row["kind"]].append(row)
    print(f"{'area':<12}{'attacks contained':>18}{'controls that work':>20}{'unsupported':>13}")
    for area in sorted({row["area"] for row in rows}):
        attacks, controls = by_area[area, "attack"], by_area[area, "control"]
        missing = sum(row["status"] == "unsupported" for row in (*attacks, *controls))
        print(f"{area:<12}{_share(attacks):>18}{_share(controls):>20}{missing or '':>13}")
    for kind, label in (("attack", "attacks contained"), ("control", "controls that work")):
        print(f"{label}: {_share([row for row in rows if row['kind'] == kind])}")
    for row in rows:
        if row["status"] != "pass":
            why = "; ".join(row["fails"])
            print(f"{row['status']:<12}{row['id']}  {titles[row['id']]}: {why[:240]}")


def _share(rows: list[Row]) -> str:
    passed = sum(row["status"] == "pass" for row in rows)
    return f"{passed} of {len(rows)}" if rows else ""


if __name__ == "__main__":
    raise SystemExit(main())
