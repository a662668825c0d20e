"""`pmagent` as a process of its own, on a test's ground."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable

from tests.publishers.fake_ghost import ADMIN_KEY, FakeGhost
from tests.runs.grounds import Ground

MOST_S = 30.0


def on_real_time(ground: Ground, ghost: FakeGhost | None = None) -> None:
    """Processes of their own have no other clock."""
    from datetime import UTC, datetime  # noqa: PLC0415

    ground.clock.at = datetime.now(UTC)
    if ghost is not None:
        ghost.token_now = time.time


def pmagent(ground: Ground, *words: str, **options: object) -> subprocess.Popen[str]:
    """The process, begun; what it says is kept."""
    environment = {
        **os.environ, "PMAGENT_HOME": str(ground.home), "PMAGENT_GHOST_ADMIN_KEY": ADMIN_KEY,
        "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "pmagent", *words, "--garden", str(ground.root)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=environment, **options,  # type: ignore[call-overload]
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Code, what stands on stdout, what on stderr."""
    said, told = process.communicate(timeout=MOST_S)
    return process.returncode, said, told


def wait_until(is_so: Callable[[], bool], process: subprocess.Popen[str]) -> bool:
    """Whether it became so while the process lived."""
    until = time.monotonic() + MOST_S
    while time.monotonic() < until and process.poll() is None:
        if is_so():
            return True
        time.sleep(0.005)
    return is_so()
