"""How well `where` finds what was said, scored by the shared scorer: `make bench-quality`.

Constants were chosen on the even half of the questions; both halves are reported, beside BM25 alone
and plain Chroma with MiniLM as the scorer's authors measured them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.places import Data, find_data

TARGETS = {
    "hit@5": 0.78,
    "ndcg@10": 0.64,
    "episode@5": 0.90,
    "first hit@1": 0.50,
    "abstain_f1": 0.60,
}
ROWS = ("hit@1", "hit@5", "ndcg@10", "mrr@10", "episode@5", "abstain_f1")
BASELINES = {"BM25, 160 words": (0.475, 0.656, 0.562, 0.552, 0.803, 0.600)}


def main() -> None:
    """Index the archive in a home of its own (or `--home`), ask it everything, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--home", type=Path, help="a home that may hold the index already")
    options.add_argument("--fast", action="store_true", help="without the closer look")
    options.add_argument("--out", type=Path, help="keep the answers here")
    chosen = options.parse_args()
    data = find_data()
    with tempfile.TemporaryDirectory() as folder:
        home = (chosen.home or Path(folder) / "home").absolute()
        out = chosen.out or Path(folder) / "answers.jsonl"
        answer(data, home, out, is_fast=chosen.fast)
        questions = [
            json.loads(line) for line in data.queries.read_text("utf-8").splitlines() if line
        ]
        show(data, questions, out, Path(folder))


def answer(data: Data, home: Path, out: Path, *, is_fast: bool) -> None:
    """Write one line of answers a question."""
    root = home / "garden"
    if not root.exists():
        root.parent.mkdir(parents=True, exist_ok=True)
        root.mkdir()
        subprocess.run(["cp", "-r", f"{data.archive}/.", str(root)], check=True)
        subprocess.run(["chmod", "-R", "u+w", str(root)], check=True)
        pmagent(home, "init", str(root))
    pmagent(home, "index", "--garden", str(root))
    command = ["where", "--garden", str(root), "--jsonl", "--batch", str(data.queries)]
    out.write_text(pmagent(home, *command, *(["--fast"] if is_fast else [])), encoding="utf-8")


def pmagent(home: Path, *arguments: str) -> str:
    """What one command prints."""
    done = subprocess.run(
        [sys.executable, "-m", "pmagent", *arguments],
        env={"PATH": "/usr/bin:/bin", "PMAGENT_HOME": str(home), "HOME": str(home)},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return done.stdout


def show(data: Data, questions: list[dict[str, object]], out: Path, folder: Path) -> None:
    """Print both halves and all, the targets, and hit@5 by kind."""
    halves = {
        "even half": [item for item in questions if _number(item) % 2 == 0],
        "odd half": [item for item in questions if _number(item) % 2 == 1],
        "all": questions,
    }
    print(f"{'':<22}" + "".join(f"{name:>11}" for name in (*ROWS, "first hit@1")))
    for name, figures in BASELINES.items():
        print(f"{name:<22}" + "".join(f"{value:>11.3f}" for value in figures))
    scores = {}
    for name, part in halves.items():
        scores[name] = score(data, part, out, folder)
        row = [*(scores[name][key] for key in ROWS), scores[name]["first hit@1"]]
        print(f"pmagent, {name:<13}" + "".join(f"{value:>11.3f}" for value in row))
    whole = scores["all"]
    print("\ntargets")
    for key, target in TARGETS.items():
        verdict = "reached" if whole[key] >= target else "missed"
        print(f"  {key:<12} {whole[key]:.3f} of {target:.2f}  {verdict}")
    print("\nwithout abstaining: " + "  ".join(f"{k} {whole[k + '_forced']:.3f}" for k in ROWS[:5]))
    print(f"abstain AUROC {whole['abstain_auroc']:.3f}, best F1 {whole['abstain_best_f1']:.3f}")
    print(
        "hit@5 by kind: "
        + "  ".join(f"{k} {v['hit@5']:.2f} ({v['n']})" for k, v in whole["by_kind"].items())
    )


def score(data: Data, part: list[dict[str, object]], out: Path, folder: Path) -> dict[str, object]:
    """The scorer's numbers for some of the questions, with hit@1 of the "first" ones."""
    gold = folder / "gold.jsonl"
    numbers: dict[str, object] = {}
    for name, chosen in (("", part), ("first ", [q for q in part if q["kind"] == "first"])):
        gold.write_text("".join(json.dumps(item) + "\n" for item in chosen), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, str(data.scorer), "--gold", str(gold), "--pred", str(out),
             "--archive", str(data.archive)],
            stdout=subprocess.PIPE, check=True, text=True,
        )  # fmt: skip
        found = json.loads(done.stdout)
        numbers.update(found if not name else {"first hit@1": found.get("hit@1", 0.0)})
    return numbers


def _number(question: dict[str, object]) -> int:
    return int("".join(c for c in str(question["id"]) if c.isdigit()) or 0)


if __name__ == "__main__":
    main()
