"""The circuit breaker of each publisher, shared by all processes; the one user of pybreaker.

pybreaker holds the states and turns them over; the rows are ours, and so is the clock. It would run
the call itself, under a lock of its own process: here the call stands between two short
transactions, `admit` before it and `report` after it, so that of all processes one alone probes.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal, cast

from pybreaker import CircuitBreaker, CircuitBreakerStorage

from pmagent.records.breakers import Breaker, Breakers, CircuitState
from pmagent.records.tables import Tables

FAILS = 5
OPEN_S = 60.0


class Circuits:
    """The circuits of one garden, by name."""

    def __init__(self, tables: Tables, now: Callable[[], datetime]) -> None:
        self._tables = tables
        self._breakers = Breakers(tables)
        self._now = now

    def admit(
        self, name: str, lease_s: float, credential: str, *, is_asked: bool = False
    ) -> datetime | Literal["yes", "latched"]:
        """Whether a try may be made now; else when, or that only another credential will help.

        Of an open circuit the first after a minute is the probe, and everybody else waits until
        it is back. `is_asked` is a person's own wish, which a latched circuit lets through as a
        probe, since they may have changed the credential where it cannot be seen.
        """
        with self._turned(name) as (row, breaker):
            now = self._now()
            kept = row.kept = _rebased(row.kept, now, lease_s)
            if kept.state == "closed":
                return "yes"
            if kept.is_latched:
                is_changed = bool(credential) and credential != kept.credential
                if not (is_changed or is_asked):
                    return "latched"
            elif kept.state == "open" and kept.opened is not None:
                until = kept.opened + timedelta(seconds=OPEN_S)
                if until > now:
                    return until
            elif kept.probe_until is not None and kept.probe_until > now:
                return kept.probe_until
            breaker.half_open()
            row.kept = replace(
                row.kept, is_latched=False, probe_until=now + timedelta(seconds=lease_s)
            )
            return "yes"

    def barred_until(self, name: str, credential: str) -> datetime | Literal["latched"] | None:
        """What `admit` would say, changing nothing; None where it would let a try through."""
        now = self._now()
        kept = self._breakers.get(name)
        if kept.is_latched and not (credential and credential != kept.credential):
            return "latched"
        until = self.until(kept)
        # Opened in the future, it tells that the clock was set back, which `admit` sees to.
        is_past = until is None or until <= now or (kept.opened is not None and kept.opened > now)
        return None if is_past else until

    def give_back(self, name: str) -> None:
        """Say that an admitted try was not made, so that another may be the probe."""
        with self._turned(name) as (row, _):
            row.kept = replace(row.kept, probe_until=None)

    def report(self, name: str, fault: str = "") -> None:
        """Say how an admitted try ended: with a fault of the other side, or with none."""
        with self._turned(name) as (row, breaker):
            if row.kept.state == "open":
                return  # opened since this try was let through: it says nothing about now
            row.kept = replace(row.kept, reason=fault, probe_until=None)
            with suppress(_FaultReported):
                breaker.call(_fail if fault else _pass)

    def latch(self, name: str, credential: str, reason: str) -> None:
        """Open it until the credential is another."""
        with self._turned(name) as (row, _):
            row.kept = replace(
                row.kept,
                state="open",
                opened=self._now(),
                is_latched=True,
                credential=credential,
                reason=reason,
                probe_until=None,
            )

    def close(self, name: str) -> None:
        """Close it: the credential was changed."""
        with self._turned(name) as (row, breaker):
            breaker.close()
            row.kept = replace(row.kept, is_latched=False, probe_until=None, reason="")

    def listed(self) -> Sequence[Breaker]:
        """Every circuit that ever had a fault, by name."""
        return self._breakers.listed()

    def until(self, breaker: Breaker) -> datetime | None:
        """When one that is not closed is tried again; None where it waits for a credential."""
        if breaker.is_latched or breaker.state == "closed":
            return None
        if breaker.state == "half-open" or breaker.opened is None:
            return breaker.probe_until
        return breaker.opened + timedelta(seconds=OPEN_S)

    @contextmanager
    def _turned(self, name: str) -> Generator[tuple[_Row, CircuitBreaker]]:
        with self._tables.written():
            before = self._breakers.get(name)
            row = _Row(before, self._now)
            yield (
                row,
                CircuitBreaker(
                    fail_max=FAILS,
                    reset_timeout=OPEN_S,
                    state_storage=row,
                    throw_new_error_on_trip=False,
                ),
            )
            if row.kept != before:
                self._breakers.put(row.kept)


class _FaultReported(Exception):  # noqa: N818 - how pybreaker is told of a fault, nothing more
    """A fault that has happened."""


def _fail() -> None:
    raise _FaultReported


def _pass() -> None:
    pass


class _Row(CircuitBreakerStorage):
    """pybreaker's storage over one row, which `Circuits` reads before and writes after."""

    def __init__(self, kept: Breaker, now: Callable[[], datetime]) -> None:
        super().__init__(kept.name)
        self.kept = kept
        self._now = now

    @property
    def state(self) -> str:
        """`closed`, `open` or `half-open`."""
        return self.kept.state

    @state.setter
    def state(self, state: str) -> None:
        self.kept = replace(self.kept, state=cast("CircuitState", state))

    def increment_counter(self) -> None:
        """One fault more in a row."""
        self.kept = replace(self.kept, fails=self.kept.fails + 1)

    def reset_counter(self) -> None:
        """No fault in a row."""
        self.kept = replace(self.kept, fails=0)

    def increment_success_counter(self) -> None:
        """One probe more that came through."""
        self.kept = replace(self.kept, successes=self.kept.successes + 1)

    def reset_success_counter(self) -> None:
        """No probe has come through."""
        self.kept = replace(self.kept, successes=0)

    @property
    def counter(self) -> int:
        """Faults in a row."""
        return self.kept.fails

    @property
    def success_counter(self) -> int:
        """Probes in a row that came through."""
        return self.kept.successes

    @property
    def opened_at(self) -> datetime | None:
        """When it was opened last."""
        return self.kept.opened

    @opened_at.setter
    def opened_at(self, datetime: datetime) -> None:
        # pybreaker gives the clock of the computer; ours may be another, in a test or a simulation.
        del datetime
        self.kept = replace(self.kept, opened=self._now())


def _rebased(kept: Breaker, now: datetime, lease_s: float) -> Breaker:
    """The circuit without moments that only a clock set back can have made."""
    if kept.opened is not None and kept.opened > now:
        kept = replace(kept, opened=now)
    furthest = now + timedelta(seconds=lease_s)
    if kept.probe_until is not None and kept.probe_until > furthest:
        kept = replace(kept, probe_until=furthest)
    return kept
