"""Faults around any publisher, by a script that survives the process it runs in.

The clock, the number of the request and what arrives late lie in a file: a process that is killed
and its successor see one and the same world. Time passes only here.
"""

from __future__ import annotations

import os
import pickle
import signal
import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from pmagent.types.outbox import Effect, Pace, Publisher, Receipt, SendFault

BEGAN = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)
"""The evening before a night in which clocks are put forward."""

MIX: Mapping[str, float] = {
    "503": 0.20, "answer lost": 0.20, "timeout": 0.04, "late": 0.03, "after the lease": 0.01,
    "429": 0.04, "cut before": 0.04,
}  # fmt: skip
"""Shares of the requests that make or change something; a look meets those that fit it."""


class World:
    """The clock and the count of requests, in a file."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, timeout=30, isolation_level=None)
        self._database.execute("PRAGMA synchronous=OFF")
        self._database.execute("CREATE TABLE IF NOT EXISTS one (s REAL, request INTEGER)")
        self._database.execute("INSERT INTO one SELECT 0, 0 WHERE NOT EXISTS (SELECT 1 FROM one)")
        self._database.execute("CREATE TABLE IF NOT EXISTS faults (kind TEXT)")
        self._database.execute("CREATE TABLE IF NOT EXISTS late (due REAL, effect BLOB)")

    def close(self) -> None:
        self._database.close()

    def now(self) -> datetime:
        return BEGAN + timedelta(seconds=self.seconds())

    def seconds(self) -> float:
        return float(self._database.execute("SELECT s FROM one").fetchone()[0])

    def pass_s(self, seconds: float) -> None:
        self._database.execute("UPDATE one SET s = s + ?", (max(0.0, seconds),))

    def pass_until(self, moment: datetime) -> None:
        self.pass_s((moment - self.now()).total_seconds())

    def count_request(self) -> int:
        with closing(
            self._database.execute("UPDATE one SET request = request + 1 RETURNING request")
        ) as cursor:
            return int(cursor.fetchone()[0])

    def requests(self) -> int:
        return int(self._database.execute("SELECT request FROM one").fetchone()[0])

    def note(self, kind: str) -> None:
        self._database.execute("INSERT INTO faults VALUES (?)", (kind,))

    def faults(self) -> Mapping[str, int]:
        return dict(
            self._database.execute("SELECT kind, count(*) FROM faults GROUP BY kind ORDER BY kind")
        )

    def send_late(self, effect: Effect, after_s: float) -> None:
        self._database.execute(
            "INSERT INTO late VALUES (?, ?)", (self.seconds() + after_s, pickle.dumps(effect))
        )

    def take_late(self) -> list[Effect]:
        with closing(
            self._database.execute(
                "DELETE FROM late WHERE due <= ? RETURNING effect", (self.seconds(),)
            )
        ) as cursor:
            return [pickle.loads(row[0]) for row in cursor.fetchall()]

    def late_left(self) -> float | None:
        """When the last of what is under way arrives, on the clock's own scale."""
        return self._database.execute("SELECT max(due) FROM late").fetchone()[0]

    def arrive(self, inner: Publisher) -> None:
        """Let arrive what was sent and is due by now."""
        for effect in self.take_late():
            with suppress(SendFault):  # what the site does not take makes nothing, late too
                inner.do(effect, None)


class Faulty:
    """A publisher whose network fails by the script. With `kill_at`, the first deed from that
    request on is the last thing its process does."""

    def __init__(
        self,
        inner: Publisher,
        world: World,
        *,
        seed: int,
        mix: Mapping[str, float] = MIX,
        kill_at: int = 0,
    ) -> None:
        self._inner = inner
        self._world = world
        self._seed = seed
        self._mix = mix
        self._kill_at = kill_at
        self.pace = Pace(requests=50, window_s=10.0, timeout_s=10.0)

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def target(self) -> str:
        return self._inner.target

    def look(self, effect: Effect) -> Receipt | None:
        _, kind = self._arrive()
        self._refuse(kind)
        if kind in {"timeout", "late", "after the lease"}:
            self._world.pass_s(self.pace.timeout_s)
            self._world.note("look timed out")
            raise SendFault("ambiguous", "the site gave no answer")
        return self._inner.look(effect)

    def do(self, effect: Effect, found: Receipt | None) -> Receipt:
        number, kind = self._arrive()
        self._refuse(kind)
        match kind:
            case "timeout":
                self._lose(kind, self.pace.timeout_s)
            case "late" if found is None:
                self._world.send_late(effect, self.pace.timeout_s * 1.5)
                self._lose(kind, self.pace.timeout_s)
            case "after the lease" if found is None:
                self._world.send_late(effect, self.pace.timeout_s * 3)
                self._lose(kind, self.pace.timeout_s)
            case _:
                receipt = self._inner.do(effect, found)
                self._die(number)
                if kind == "answer lost":
                    self._lose(kind, 1.0)
                return receipt
        raise AssertionError

    def _arrive(self) -> tuple[int, str]:
        number = self._world.count_request()
        rng = Random(f"{self._seed}-{number}")
        self._world.pass_s(rng.uniform(0.05, 0.4))
        self._world.arrive(self._inner)
        draw = rng.random()
        for kind, share in self._mix.items():
            if draw < share:
                return number, kind
            draw -= share
        return number, ""

    def _refuse(self, kind: str) -> None:
        """What fails before anything is done."""
        match kind:
            case "503":
                self._world.note(kind)
                raise SendFault("again", "the site is busy (503)")
            case "429":
                self._world.note(kind)
                raise SendFault("again", "the site asks for a pause (429)", wait_s=30.0)
            case "cut before":
                self._world.note(kind)
                raise SendFault("again", "the connection was cut before anything was sent")
            case _:
                return

    def _lose(self, kind: str, seconds: float) -> None:
        self._world.pass_s(seconds)
        self._world.note(kind)
        raise SendFault("ambiguous", f"no answer came ({kind})")

    def _die(self, number: int) -> None:
        """Killed with the deed done and nothing written of it."""
        if self._kill_at and number >= self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
