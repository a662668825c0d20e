"""Effects through a network that fails, by a process that is killed: the outbox and a plain loop.

    python -m benchmarks.outbox_faults                1,000 effects, 8 kills; about two minutes
    python -m benchmarks.outbox_faults --ghost fake   150 of them over HTTP, against our fake Ghost
    python -m benchmarks.outbox_faults --ghost env    against the server that PMAGENT_GHOST_URL and
                                                      PMAGENT_GHOST_ADMIN_KEY name; leaves drafts
    python -m benchmarks.outbox_faults --trello       1,000 cards over HTTP, against our fake Trello
    python -m benchmarks.outbox_faults --push         1,000 cards of a board, pushed until both
                                                      boards say the same; then half of them changed

Both go through the same script of faults, on a clock of its own: of all requests 20 % end with a
503 and 20 % of the deeds with a lost answer; besides there are timeouts, requests that arrive late,
after the lease too, 429 with a wait, and connections cut. Half of the kills fall between a deed and
its record. Ends with 1 where the outbox lost one, or doubled one without a word.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

from tests.outbox.ghost_ground import GROUND as GHOST
from tests.outbox.ghost_ground import fake_site
from tests.outbox.push_storm import run_push_storm
from tests.outbox.storm import GROUND, Outcome, run_storm
from tests.outbox.trello_ground import GROUND as TRELLO
from tests.outbox.trello_ground import fake_board


def main() -> int:
    """Run both ways and print what they left behind."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--effects", type=int, default=0)
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--ghost", choices=["fake", "env"])
    parser.add_argument("--trello", action="store_true")
    parser.add_argument("--push", action="store_true")
    asked = parser.parse_args()
    if asked.push:
        return _storm_push(asked.effects or 1_000, asked.seed)
    if asked.trello:
        return _storm_trello(asked.effects or 1_000, asked.kills, asked.seed)
    effects = asked.effects or (150 if asked.ghost else 1_000)
    outcomes: dict[str, Outcome] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        fake_site() if asked.ghost == "fake" else nullcontext({}) as named,
    ):
        os.environ.update(named)
        # Over HTTP the plain loop is left out: the publisher itself looks before it makes.
        for way in ("outbox",) if asked.ghost else ("outbox", "naive"):
            outcomes[way] = run_storm(
                Path(folder, f"{way}-{asked.seed}"), way, effects=effects, kills=asked.kills,
                seed=asked.seed, ground=GHOST if asked.ghost else GROUND,
            )  # fmt: skip
    show(outcomes)
    ours = outcomes["outbox"]
    return int(bool(ours.doubled or ours.lost))


def _storm_trello(effects: int, kills: int, seed: int) -> int:
    with tempfile.TemporaryDirectory() as folder, fake_board() as named:
        os.environ.update(named)
        ours = run_storm(
            Path(folder, f"trello-{seed}"), "outbox", effects=effects, kills=kills, seed=seed,
            ground=TRELLO,
        )  # fmt: skip
    show({"outbox": ours})
    return int(bool(ours.doubled or ours.lost))


def _storm_push(cards: int, seed: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PMAGENT_HOME"] = str(Path(folder, "home"))
        found = run_push_storm(Path(folder), cards, seed)
    rows = {
        "cards": found.cards, "lost": found.lost, "doubled": found.doubled, "pushes": found.pushes,
        "requests": found.requests, "writes": found.writes, "faults": sum(found.faults.values()),
        **{f"  {kind}": count for kind, count in sorted(found.faults.items())},
        "seconds": round(found.wall_s, 1),
    }  # fmt: skip
    for name, value in rows.items():
        print(f"{name:<20}{value:>12,}")
    return int(bool(found.doubled or found.lost))


def show(outcomes: dict[str, Outcome]) -> None:
    """A table with a column for each way."""
    rows = {
        "effects": lambda one: one.effects,
        "done": lambda one: one.done,
        "dead, with a cause": lambda one: sum(one.dead.values()),
        "  of them refused by the site": lambda one: one.dead.get("refused", 0),
        "  of them sent by one retry later": lambda one: one.mended,
        "lost": lambda one: one.lost,
        "doubled, and nobody is told": lambda one: one.doubled,
        "doubled, and a dead letter says so": lambda one: one.told,
        "kill -9": lambda one: one.kills,
        "requests": lambda one: one.requests,
        "faults": lambda one: sum(one.faults.values()),
        "hours on its own clock": lambda one: round(one.simulated_s / 3_600, 1),
        "seconds": lambda one: round(one.wall_s, 1),
    }
    names = {"outbox": "outbox", "naive": "plain retry loop"}
    print(f"{'':<36}" + "".join(f"{names[way]:>18}" for way in outcomes))
    for name, value in rows.items():
        print(f"{name:<36}" + "".join(f"{value(one):>18,}" for one in outcomes.values()))
    kinds = sorted({kind for one in outcomes.values() for kind in one.faults})
    for kind in kinds:
        print(
            f"  {kind:<34}"
            + "".join(f"{one.faults.get(kind, 0):>18,}" for one in outcomes.values())
        )


if __name__ == "__main__":
    sys.exit(main())
