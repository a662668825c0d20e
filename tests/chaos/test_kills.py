"""An index run may end at any moment, and nothing is lost or doubled by it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from pmagent.garden import Garden
from tests.chaos.dump import Dump, dump_ledger, dump_vectors

KILLS = 20
EPISODES = 10
TURNS = 24
SAYINGS = (
    "Pricing is a promise, not a number, and a seat is the wrong thing to count.",
    "We lost forty one percent before they imported a single calendar.",
    "The lighthouse customers wanted an export they can keep offline.",
    "I said no to that feature three times and I was wrong the third time.",
    "The walrus experiment is what I want to try first, whatever it costs.",
    "Five interviews are enough to begin with, and never enough to stop.",
)


def write_garden(root: Path) -> None:
    rng = random.Random(41)
    root.mkdir(parents=True)
    for number in range(EPISODES):
        turns = [
            f"**{rng.choice(('Ana', 'Tom'))}:** {' '.join(rng.choices(SAYINGS, k=3))} Take {turn}."
            for turn in range(TURNS)
        ]
        text = f"---\ndate: 2024-01-{number + 1:02d}\n---\n\n" + "\n\n".join(turns) + "\n"
        (root / f"ep-{number:03d}.md").write_text(text, encoding="utf-8")


def start_index(root: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "pmagent", "index", "--quiet", "--garden", str(root)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def index_until_done(root: Path) -> float:
    began = time.monotonic()
    assert start_index(root).wait(90) == 0
    return time.monotonic() - began


@pytest.mark.timeout(900)
def test_after_each_of_twenty_kills_the_next_run_makes_the_index_a_fresh_one_would_be(
    tmp_path: Path, model_cache: Path
) -> None:
    root = tmp_path / "garden"
    write_garden(root)
    cache = tmp_path / "home" / "cache"
    cache.parent.mkdir(parents=True)
    cache.symlink_to(model_cache)
    with Garden.create(root) as garden:
        data_dir = garden.data_dir
    length_s = index_until_done(root)
    fresh: Dump = dump_ledger(data_dir)
    vectors = dump_vectors(data_dir, cache)
    rng = random.Random(7)
    unfinished = 0

    for _ in range(KILLS):
        shutil.rmtree(data_dir)
        running = start_index(root)
        # The first tenth is Python starting; the kill is to fall into the work.
        time.sleep(length_s * rng.uniform(0.1, 1.0))
        unfinished += running.poll() is None
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
        running.wait(10)

        index_until_done(root)

        assert dump_ledger(data_dir) == fresh
        again = dump_vectors(data_dir, cache)
        assert again.keys() == vectors.keys()
        for name, vector in vectors.items():
            np.testing.assert_allclose(again[name], vector, atol=5e-3)
    assert unfinished >= KILLS // 2
