"""One try of one effect: leased, looked up, done, looked at again, and what came of it written.

Never a create without a look before it. Between the transaction that leases a row and the one that
says how it ended nothing is locked; whatever happens there, the row is `sending`, and is looked up
again once its lease has run out.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from random import Random
from types import TracebackType
from typing import Literal

from pmagent.errors import PmagentError, UsageError
from pmagent.outbox.circuit import Circuits
from pmagent.outbox.limits import Limits
from pmagent.outbox.ruling import PACES, TRIES, bury, delivery_of, end_badly, end_well, withdrawn
from pmagent.records.effects import Effects
from pmagent.records.tables import Tables
from pmagent.types.outbox import (
    Delivery,
    Effect,
    Keyed,
    Pace,
    Paced,
    Publisher,
    Receipt,
    SendFault,
)

_OURS = Pace()


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """The clocks and the chance of an outbox, and whom it tells."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    rng: Random
    on_dead: Callable[[Effect], None]


class Sender:
    """Tries effects of one garden. What it decides by is in `ruling`; what it knows, in rows."""

    def __init__(
        self, tables: Tables, publishers: Mapping[str, Publisher], around: Surroundings
    ) -> None:
        self._tables = tables
        self._effects = Effects(tables)
        self._publishers = publishers
        self._around = around
        self._numbers = count(1)
        self.why_unwanted: Callable[[Effect], str] = lambda effect: ""  # noqa: ARG005
        self.circuits = Circuits(tables, around.now)
        self.limits = Limits(tables.path.parent)

    def attempt(self, key: str, *, is_asked: bool = False) -> Delivery:
        """How the effect stands after one try, where it is due.

        `is_asked`: a person asks for it, so a wait of our own making is passed over; a lease, a
        limit and an open circuit are not. Within a transaction of the caller's nothing is tried.

        Raises:
            UsageError: there is no such effect.
            StorageError: what is to be written cannot be; nothing is lost by it.
        """
        with self._tables.held() as database:
            # What is not committed may never have been wished, and all others would wait meanwhile.
            is_within = database.in_transaction
        if is_within:
            return delivery_of(self._get(key))
        with self._tables.written():
            effect = self._get(key)
            leased = self._lease(effect, is_asked=is_asked)
        if leased is None:
            return delivery_of(self._get(key))
        publisher = self._publishers[publisher_of(effect)]
        if leased.state == "done":
            return self._look_once_more(leased, publisher)
        try:
            with self._watched(leased):
                receipt, is_settled = self._send(leased, publisher)
        except SendFault as fault:
            return self._failed(leased, publisher, fault)
        return self._succeeded(leased, publisher, receipt, is_settled=is_settled)

    def bury(self, effect: Effect, error: str, hint: str) -> Effect:
        """Make it a dead letter, and tell whoever is to be told, in one transaction."""
        with self._tables.written():
            dead = bury(effect, error, hint, self._around.now())
            self._effects.put(dead)
            self._around.on_dead(dead)
        return dead

    def circuit_of(self, publisher: Publisher) -> str:
        """The name of a publisher's circuit and of its limit."""
        return f"{publisher.name} {publisher.target}"

    # Before

    def _lease(self, effect: Effect, *, is_asked: bool) -> Effect | None:
        """The row as it is tried, or None where it is not to be tried now. In a transaction."""
        now = self._around.now()
        if not _is_due(effect, now, is_asked=is_asked):
            return None
        publisher = self._publishers.get(publisher_of(effect))
        if publisher is None or self._is_withdrawn(effect, is_asked=is_asked):
            return None
        if publisher.target != effect.target:
            self._misdirected(effect, publisher)
            return None
        is_crashed = effect.state == "sending"
        if is_crashed and effect.attempts >= TRIES:
            self.bury(
                replace(effect, is_doubtful=True, leased_until=None),
                f"tried {effect.attempts} times, and each time pmagent ended in the midst of it",
                "",
            )
            return None
        pace = pace_of(publisher)
        until = self._barred_until(publisher, pace, is_asked=is_asked)
        if until != "now":
            self._put_off(effect, until)
            return None
        lease = timedelta(seconds=2 * pace.timeout_s)
        if effect.state == "done":
            leased = replace(effect, next_at=None, changed=now)  # set anew where the look fails
        else:
            leased = replace(
                effect,
                state="sending",
                attempts=effect.attempts + 1,
                changed=now,
                next_at=None,
                leased_until=now + lease,
                leased_by=f"{os.getpid()}-{next(self._numbers)}-{self._around.rng.random()}",
                is_doubtful=effect.is_doubtful or is_crashed,
            )
        self._effects.put(leased)
        return leased

    def _barred_until(
        self, publisher: Publisher, pace: Pace, *, is_asked: bool
    ) -> datetime | Literal["now"] | None:
        """`now`, or when the publisher may be used again; None where nobody knows."""
        name = self.circuit_of(publisher)
        credential = publisher.credential if isinstance(publisher, Keyed) else ""
        admitted = self.circuits.admit(name, 2 * pace.timeout_s, credential, is_asked=is_asked)
        if admitted == "latched":
            return None
        if admitted != "yes":
            return admitted
        now = self._around.now()
        wait_s = self.limits.take(name, pace, now)
        if not wait_s:
            return "now"
        self.circuits.give_back(name)
        return now + timedelta(seconds=wait_s)

    def _put_off(self, effect: Effect, until: datetime | None) -> None:
        """No try was made, so none is counted."""
        put_off = replace(effect, next_at=until, changed=self._around.now())
        if effect.state == "sending":
            put_off = replace(put_off, state="queued", leased_by="", is_doubtful=True)
        if effect.state != "done" or until is not None:
            self._effects.put(put_off)

    def _is_withdrawn(self, effect: Effect, *, is_asked: bool) -> bool:
        if is_asked or effect.state == "done":
            return False
        why = self.why_unwanted(effect)
        if why:
            self._effects.put(withdrawn(effect, why, self._around.now()))
        return bool(why)

    def _misdirected(self, effect: Effect, publisher: Publisher) -> None:
        if effect.state == "done":
            self._effects.put(replace(effect, next_at=None, changed=self._around.now()))
        else:
            self.bury(
                effect,
                f'it was meant for "{effect.target}", and "{publisher.name}" now sends to '
                f'"{publisher.target}"',
                "set the address back, or drop it and run the procedure again",
            )

    # The try itself

    def _send(self, leased: Effect, publisher: Publisher) -> tuple[Receipt, bool]:
        """The receipt, and whether it is certain that there is one object only."""
        began, began_at = self._around.monotonic(), self._around.now()
        timeout_s = pace_of(publisher).timeout_s
        with _translated(is_done_perhaps=False):
            found = publisher.look(leased)
        _refuse_doubles(leased, found)
        # Asleep between the look and the deed, this process may no longer be the one to do it.
        gone_s = max(
            self._around.monotonic() - began, (self._around.now() - began_at).total_seconds()
        )
        if gone_s > timeout_s or self._get(leased.key).leased_by != leased.leased_by:
            raise SendFault("again", "looking it up took too long")
        with _translated(is_done_perhaps=True):
            receipt = publisher.do(leased, found)
        gone_s = self._around.monotonic() - began
        if found is not None or not (leased.is_doubtful or gone_s > 2 * timeout_s):
            return receipt, True
        self._compare(leased, publisher, receipt)
        return receipt, False

    def _compare(self, leased: Effect, publisher: Publisher, receipt: Receipt) -> bool:
        """See that what an earlier try may have made is not there besides; whether it was seen."""
        try:
            with _translated(is_done_perhaps=False):
                seen = publisher.look(leased)
        except SendFault as fault:
            if fault.kind in {"collision", "refused"}:
                raise  # more than one is there, in the publisher's own words
            return False  # it is done; whether it is alone is asked again when its time comes
        _refuse_doubles(leased, seen)
        if seen is not None and seen.id != receipt.id:
            raise _doubled(leased, (seen.id, receipt.id))
        return True

    def _look_once_more(self, done: Effect, publisher: Publisher) -> Delivery:
        """Of what is done after a doubtful try: whether that try has made one too, after all."""
        if done.receipt is None:
            return delivery_of(done)
        double: SendFault | None = None
        is_seen = True
        try:
            is_seen = self._compare(done, publisher, done.receipt)
        except SendFault as fault:
            double = fault
        with self._tables.written():
            self.circuits.report(
                self.circuit_of(publisher), "" if is_seen else "it could not be looked at"
            )
            current = self._get(done.key)
            if current.state != "done":
                return delivery_of(current)
            if double is not None:
                current = replace(current, cause=double.kind)
                return delivery_of(self.bury(current, double.message, double.hint))
            if not is_seen:
                now = self._around.now()
                again = now + timedelta(seconds=2 * pace_of(publisher).timeout_s)
                self._effects.put(replace(current, next_at=again, changed=now))
        return delivery_of(current)

    @contextmanager
    def _watched(self, leased: Effect) -> Generator[None]:
        """Where the publisher itself breaks, the row says so, and the exception goes on its way."""

        def look_at(
            kind: type[BaseException] | None,
            exc: BaseException | None,
            trace: TracebackType | None,
        ) -> None:
            if exc is None or isinstance(exc, (SendFault, PmagentError)):
                return
            if kind is not None and issubclass(kind, Exception):
                self._broken(leased, exc, trace)

        with ExitStack() as stack:
            stack.push(look_at)
            yield

    def _broken(self, leased: Effect, exc: BaseException, trace: TracebackType | None) -> None:
        frames = traceback.extract_tb(trace)
        where = f" at {os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""  # noqa: PTH119 - a name, no file
        with self._tables.written():
            current = self._get(leased.key)
            if current.leased_by == leased.leased_by:
                self.bury(
                    replace(current, is_doubtful=True, cause="refused"),
                    f'"{publisher_of(leased)}" broke: {type(exc).__name__}: {exc}{where}',
                    "",
                )

    # After

    def _succeeded(
        self, leased: Effect, publisher: Publisher, receipt: Receipt, *, is_settled: bool
    ) -> Delivery:
        now = self._around.now()
        with self._tables.written():
            self.circuits.report(self.circuit_of(publisher))
            current = self._get(leased.key)
            first = current.receipt if leased.receipt is None else None
            if first is not None and first.id != receipt.id:
                double = _doubled(leased, (first.id, receipt.id))
                dead = self.bury(replace(current, cause=double.kind), double.message, double.hint)
                return delivery_of(dead)
            if current.leased_by != leased.leased_by:
                # The lease ran out on the way and another took it up: it shall know of this one.
                noted = replace(current, receipt=current.receipt or receipt, changed=now)
                self._effects.put(noted)
                return delivery_of(noted)
            ended = end_well(current, leased, receipt, now)
            if not is_settled and ended.state == "done":
                lease = timedelta(seconds=2 * pace_of(publisher).timeout_s)
                ended = replace(ended, next_at=now + lease)
            self._effects.put(ended)
        return delivery_of(ended)

    def _failed(self, leased: Effect, publisher: Publisher, fault: SendFault) -> Delivery:
        name = self.circuit_of(publisher)
        with self._tables.written():
            if fault.kind == "unauthorised":
                credential = publisher.credential if isinstance(publisher, Keyed) else ""
                self.circuits.latch(name, credential, fault.message)
            else:
                is_theirs = fault.kind in {"again", "ambiguous"}
                self.circuits.report(name, fault.message if is_theirs else "")
            current = self._get(leased.key)
            if current.leased_by != leased.leased_by:
                return delivery_of(current)
            ended = end_badly(current, leased, fault, self._around.now(), self._around.rng)
            self._effects.put(ended)
            if ended.state == "dead":
                self._around.on_dead(ended)
        return delivery_of(ended)

    def _get(self, key: str) -> Effect:
        effect = self._effects.get(key)
        if effect is None:
            raise UsageError(
                f'there is no effect "{key}"', '"pmagent outbox" lists those there are'
            )
        return effect


def publisher_of(effect: Effect) -> str:
    """The name of the publisher that an effect is for."""
    return effect.kind.partition(".")[0]


def pace_of(publisher: Publisher) -> Pace:
    """How fast it may be used: as it says itself, else as is known for its name."""
    return publisher.pace if isinstance(publisher, Paced) else PACES.get(publisher.name, _OURS)


def _is_due(effect: Effect, now: datetime, *, is_asked: bool) -> bool:
    if effect.leased_until is not None and effect.leased_until > now:
        return False
    match effect.state:
        case "sending":
            return True
        case "queued":
            return is_asked or effect.next_at is None or effect.next_at <= now
        case "done":
            return effect.next_at is not None and effect.next_at <= now
        case _:
            return False


@contextmanager
def _translated(*, is_done_perhaps: bool) -> Generator[None]:
    """A publisher's trouble as a fault; what ends unknown in a look has done nothing."""
    try:
        yield
    except PmagentError as exc:
        kind = "ambiguous" if is_done_perhaps else "again"
        raise SendFault(kind, exc.message, exc.hint) from exc
    except SendFault as fault:
        if is_done_perhaps or fault.kind != "ambiguous":
            raise
        raise SendFault("again", fault.message, fault.hint, wait_s=fault.wait_s) from fault


def _refuse_doubles(effect: Effect, seen: Receipt | None) -> None:
    if seen is not None and seen.matches > 1:
        raise SendFault(
            "collision",
            f'there are {seen.matches} of it at "{effect.target}"',
            f'delete all but one there, then "pmagent outbox retry {effect.key}"',
        )


def _doubled(effect: Effect, ids: tuple[str, str]) -> SendFault:
    return SendFault(
        "collision",
        f'there are two of it at "{effect.target}": "{ids[0]}" and "{ids[1]}"',
        f'delete one of them there, then "pmagent outbox retry {effect.key}"',
    )
