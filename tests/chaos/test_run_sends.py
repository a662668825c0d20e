"""`pmagent resume` is killed again and again while it sends, and one post is there."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.chaos.effects import LONG
from tests.publishers.fake_ghost import ADMIN_KEY, FakeGhost, Fault, serve_ghost
from tests.runs.grounds import TALK, TO_GHOST, Ground, bodies, make_ground
from tests.runs.processes import ended, on_real_time, pmagent

POSTS = 12
KILLS = 3


@pytest.fixture
def ghost(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGhost]:
    monkeypatch.setenv("PMAGENT_GHOST_ADMIN_KEY", ADMIN_KEY)
    with serve_ghost() as site:
        yield site


@pytest.mark.skipif(not LONG, reason="the long form, of make chaos")
@pytest.mark.timeout(900)
def test_killed_at_any_moment_each_run_ends_with_one_post(tmp_path: Path, ghost: FakeGhost) -> None:
    rng = Random(7)
    for number in range(POSTS):
        ground = make_ground(tmp_path / str(number))
        ghost.posts.clear()
        check_one(ground, ghost, rng)


def check_one(ground: Ground, ghost: FakeGhost, rng: Random) -> None:
    on_real_time(ground, ghost)
    ground.settings(ghost_url=ghost.url)
    ground.procedure("post", TO_GHOST)
    waits = ground.begin(f"/post {TALK}")
    ground.decide("accept")
    for _ in range(KILLS):
        kinds = rng.choices(["slow", "lost", "busy"], k=3)
        ghost.faults.extend(Fault(kind, slow_s=0.3, is_any=True) for kind in kinds)  # type: ignore[arg-type]
        child = pmagent(ground, "resume", waits.id)
        time.sleep(rng.uniform(0.3, 2.5))
        child.send_signal(signal.SIGKILL)
        ended(child)
        ghost.faults.clear()
    for _ in range(3):
        ground.clock.pass_by(hours=2)
        ground.resume(waits)
    done = ground.resume(waits)
    words = "Two lines about deposits.\n\nThey are asked for up front."
    assert (done.state, bodies(ghost)) == ("done", [("What a deposit does", words)])
