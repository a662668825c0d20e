"""How fast a run goes and when it will be done, from the last few seconds of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from pmagent.types import Progress, StageName

Report = Callable[[Progress], None]

WINDOW_S = 8.0
"""The rate is over this long: short enough to follow the machine, long enough to be calm."""
LEAST_INTERVAL_S = 0.1


class Pace:
    """Turns counts into `Progress`, at most ten times a second."""

    def __init__(self, report: Report | None, clock: Callable[[], float]) -> None:
        self._report = report
        self._clock = clock
        self._stage: StageName = "scan"
        self._marks: deque[tuple[float, int]] = deque()
        self._said_at = -1.0

    def say(self, stage: StageName, done: int, total: int, unit: str, path: str = "") -> None:
        """Report `done` of `total`; the first and the last of a stage are always reported."""
        if self._report is None:
            return
        now = self._clock()
        if stage != self._stage:
            self._stage = stage
            self._marks.clear()
            self._said_at = -1.0
        self._marks.append((now, done))
        while self._marks[0][0] < now - WINDOW_S:
            self._marks.popleft()
        if done < total and now - self._said_at < LEAST_INTERVAL_S:
            return
        self._said_at = now
        since, before = self._marks[0]
        rate = (done - before) / (now - since) if now > since else 0.0
        self._report(
            Progress(
                stage=stage,
                done=done,
                total=total,
                unit=unit,
                rate=rate,
                left_s=(total - done) / rate if rate > 0 else None,
                path=path,
            )
        )
