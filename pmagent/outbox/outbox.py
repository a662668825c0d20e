"""The outbox: every effect outside this computer goes through here, and happens once.

It puts a wish on record before anything is sent, tries it, tries it again as long as that makes
sense, and else leaves it to a person as a dead letter. It knows no publisher but by its protocol.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Literal, cast

from pmagent.errors import UsageError
from pmagent.outbox.keys import digest_of, key_of, plain
from pmagent.outbox.letters import curl_of
from pmagent.outbox.ruling import queue_afresh, wish_for
from pmagent.outbox.sending import Sender, Surroundings, publisher_of
from pmagent.records.effects import Effects
from pmagent.records.tables import Tables
from pmagent.types.actions import Json
from pmagent.types.outbox import (
    Circuit,
    Delivery,
    Describing,
    Effect,
    EffectState,
    Keyed,
    Publisher,
    Wish,
)

MOST_WAITING = 100
"""More than so many waiting tell that something is wrong which more of them would not mend."""
_STILL = frozenset({"dead", "queued", "cancelled"})


def _tell_nobody(effect: Effect) -> None:
    del effect


class Outbox:
    """The effects of one garden. Safe from several threads and processes at once.

    `now` gives aware moments, `monotonic` seconds that never run back, `rng` the jitter. `on_dead`
    is called within the transaction that makes an effect a dead letter, so that what it writes to
    the same tables stands or falls with it. Nothing is ever sent within a transaction.
    """

    def __init__(
        self,
        tables: Tables,
        publishers: Mapping[str, Publisher],
        *,
        now: Callable[[], datetime],
        rng: Random,
        monotonic: Callable[[], float],
        on_dead: Callable[[Effect], None] = _tell_nobody,
    ) -> None:
        self._tables = tables
        self._effects = Effects(tables)
        self._publishers = publishers

        def utc() -> datetime:
            # In a zone with summer time, ten minutes later may be an hour and ten minutes later.
            return now().astimezone(UTC)

        self._now = utc
        self._sender = Sender(
            tables,
            publishers,
            Surroundings(now=utc, monotonic=monotonic, rng=rng, on_dead=on_dead),
        )

    def close(self) -> None:
        """Close what it has opened itself; the tables are their owner's."""
        self._sender.limits.close()

    def heed(self, why_unwanted: Callable[[Effect], str]) -> None:
        """Ask before each try that no person asks for why it is not to be sent any more, if so.

        What is unwanted is cancelled, and can be wished again.
        """
        self._sender.why_unwanted = why_unwanted

    # Sending

    def record(self, wish: Wish) -> Effect:
        """Put it on record and send nothing: for a transaction of the caller's, which it joins.

        The same wish twice is one effect; with another payload it is an update of the same object.

        Raises:
            UsageError: no publisher is set up for it, or for that target; or too many wait.
        """
        with self._tables.written():
            before = self._effects.get(key_of(wish))
            if before is None and not wish.is_held:
                self._check(wish)
            effect = wish_for(before, wish, self._now())
            if effect is not before:
                self._effects.put(effect)
        return effect

    def send(self, wish: Wish) -> Delivery:
        """Put it on record, then try it at once where it is due.

        Within a transaction of the caller's it is recorded only, and due.

        Raises:
            UsageError: as `record`.
            StorageError: it could not be recorded, so nothing was sent; or it was sent, and that
                could not be written, so it is looked up when its lease has run out.
        """
        return self.deliver(self.record(wish).key)

    def deliver(self, key: str) -> Delivery:
        """Try it now where it is due, and say how it stands.

        Raises:
            UsageError: there is no such effect.
        """
        self._effects.rebase(self._now())
        return self._sender.attempt(key)

    def deliver_due(self, limit: int = 100) -> Sequence[Delivery]:
        """Try what is due, the longest waiting first, at most `limit` of them."""
        now = self._now()
        self._effects.rebase(now)
        willing = [name for name in self._publishers if self._barred_until(name) is None]
        due = self._effects.due(now, willing, limit) if willing else ()
        return tuple(self._sender.attempt(key) for key in due)

    def next_at(self) -> datetime | None:
        """When `deliver_due` has something to do next; None where nothing waits for a moment."""
        moments: list[datetime] = []
        for name in self._publishers:
            until, at = self._barred_until(name), self._effects.next_at(name)
            if at is not None and until != "latched":
                moments.append(max(at, until or at))
        return min(moments, default=None)

    # Looking

    def get(self, key: str) -> Effect:
        """The effect whose key begins so.

        Raises:
            UsageError: there is none, or more than one.
        """
        effect = self._effects.get(key)
        if effect is not None:
            return effect
        near = self._effects.beginning(key) if key else ()
        if len(near) == 1:
            return near[0]
        what = "is more than one effect" if near else "is no effect"
        raise UsageError(f'"{key}" {what}', '"pmagent outbox" lists those there are')

    def listed(self, *states: EffectState, run: str = "") -> Sequence[Effect]:
        """Effects in these states, or in any; of one run, or of all; the oldest first."""
        return self._effects.listed(*states, run=run)

    def dead(self) -> Sequence[Effect]:
        """The dead letters, the oldest first: each with its cause and what to do."""
        return self._effects.listed("dead")

    def depth(self) -> Mapping[EffectState, int]:
        """How many effects are in each state."""
        return self._effects.count()

    def circuits(self) -> Sequence[Circuit]:
        """How each publisher fares, by name."""
        kept = {item.name: item for item in self._sender.circuits.listed()}
        shown: list[Circuit] = []
        for name in sorted(self._publishers):
            publisher = self._publishers[name]
            item = kept.get(self._sender.circuit_of(publisher))
            state = item.state if item else "closed"
            shown.append(
                Circuit(
                    name=name,
                    target=publisher.target,
                    state=state,
                    until=self._sender.circuits.until(item) if item else None,
                    reason=item.reason if item and state != "closed" else "",
                )
            )
        return tuple(shown)

    def as_curl(self, key: str) -> str:
        """The effect as a `curl` command, its secrets masked.

        Raises:
            UsageError: there is no such effect, or its publisher cannot say what it would send.
        """
        effect = self.get(key)
        publisher = self._publishers.get(publisher_of(effect))
        if not isinstance(publisher, Describing):
            raise UsageError(
                f'"{effect.kind}" cannot be shown as a request',
                f'"pmagent outbox show {effect.key}" shows what is in it',
            )
        return curl_of(publisher.describe(effect))

    # What a person does

    def retry(self, key: str, *, anew: bool = False) -> Delivery:
        """Try it now, with all its tries before it; within a transaction, as soon as it is due.

        With `anew`, what is known of the object there is forgotten, so that one that somebody has
        changed since is brought to the payload; `over` says which version of it a person has seen.

        Raises:
            UsageError: there is no such effect, or it is not one that waits or has died.
        """
        effect = self._requeue(key, anew=anew)
        return self._sender.attempt(effect.key, is_asked=True)

    def edit(self, key: str, payload: Mapping[str, Json], *, anew: bool = False) -> Delivery:
        """Try it now with another payload, under the same key; `anew` as in `retry`.

        Raises:
            UsageError: as `retry`.
        """
        effect = self._requeue(key, payload, anew=anew)
        return self._sender.attempt(effect.key, is_asked=True)

    def drop(self, key: str) -> Effect:
        """Never send it: it stays on record as cancelled.

        Raises:
            UsageError: there is no such effect, or it is done, or being sent this moment.
        """
        with self._tables.written():
            effect = self.get(key)
            if effect.state == "cancelled":
                return effect
            if effect.state not in _STILL | {"held"}:
                raise UsageError(*_why_not(effect, "dropped"))
            dropped = replace(effect, state="cancelled", next_at=None, changed=self._now())
            self._effects.put(dropped)
        return dropped

    def undone(self, key: str) -> Effect:
        """Note that its object has been taken away again there; this takes away nothing itself.

        Raises:
            UsageError: there is no such effect, or it is not done.
        """
        with self._tables.written():
            effect = self.get(key)
            if effect.state != "done":
                raise UsageError(*_why_not(effect, "undone"))
            noted = replace(effect, state="undone", next_at=None, changed=self._now())
            self._effects.put(noted)
        return noted

    def credential_changed(self, name: str) -> None:
        """A publisher has another credential: what was refused for the old one is tried again."""
        publisher = self._publishers.get(name)
        if publisher is not None:
            self._sender.circuits.close(self._sender.circuit_of(publisher))

    def _requeue(
        self, key: str, payload: Mapping[str, Json] | None = None, *, anew: bool = False
    ) -> Effect:
        with self._tables.written():
            effect = self.get(key)
            if effect.state not in _STILL:
                raise UsageError(*_why_not(effect, "tried again"))
            afresh = queue_afresh(effect, self._now())
            if payload is not None:
                body = cast("dict[str, Json]", plain(payload))
                wished = effect.wished or effect.digest
                afresh = replace(afresh, payload=body, digest=digest_of(body), wished=wished)
            if anew:
                afresh = replace(afresh, receipt=None, sent=None, over=effect.theirs)
            self._effects.put(afresh)
        return afresh

    def _check(self, wish: Wish) -> None:
        name = wish.kind.partition(".")[0]
        publisher = self._publishers.get(name)
        if publisher is None:
            known = ", ".join(f'"{item}"' for item in sorted(self._publishers)) or "none"
            raise UsageError(f'nothing is set up to send "{wish.kind}"', f"set up here: {known}")
        if publisher.target != wish.target:
            raise UsageError(
                f'"{name}" sends to "{publisher.target}", not to "{wish.target}"',
                "wish it for the address that is set up",
            )
        depth = self._effects.count()
        if depth.get("queued", 0) + depth.get("sending", 0) >= MOST_WAITING:
            raise UsageError(
                f"{MOST_WAITING} effects wait to be sent, so no more are taken",
                '"pmagent outbox" says what they wait for',
            )

    def _barred_until(self, name: str) -> datetime | Literal["latched"] | None:
        publisher = self._publishers[name]
        credential = publisher.credential if isinstance(publisher, Keyed) else ""
        return self._sender.circuits.barred_until(self._sender.circuit_of(publisher), credential)


def _why_not(effect: Effect, deed: str) -> tuple[str, str]:
    states = {
        "sending": ("it is being sent", "try again in a minute"),
        "done": ("it is done", "wish it again with another payload to change it"),
        "held": ("it is held, as in a shadow run", "held effects are never sent"),
        "undone": ("it was undone", "run the procedure again"),
        "cancelled": ("it was dropped", "run the procedure again"),
        "queued": ("it has not been sent yet", "drop it instead"),
        "dead": ("it has not been sent", "drop it instead"),
    }
    why, hint = states[effect.state]
    return f'"{effect.key}" cannot be {deed}: {why}', hint
