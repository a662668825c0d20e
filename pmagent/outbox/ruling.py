"""What becomes of an effect: when it is wished again, when a try of it ends, how long it waits.

Pure: an effect and what happened in, the effect as it is then out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import cast

from pmagent.outbox.keys import digest_of, key_of, plain
from pmagent.types.actions import Json
from pmagent.types.outbox import (
    Dead,
    Delivery,
    Effect,
    Held,
    Pace,
    Queued,
    Receipt,
    SendFault,
    Sent,
    Wish,
)

TRIES = 8
BASE_S = 5.0
CAP_S = 3_600.0
LONGEST_WAIT_S = 86_400.0
"""A server that asks for more than a day is asked again after a day."""
_ENDED = frozenset({"dead", "cancelled", "undone"})

PACES: Mapping[str, Pace] = {
    "ghost": Pace(requests=50, window_s=10.0),
    "trello": Pace(requests=80, window_s=10.0),
}
"""For publishers that name none. Trello allows 100 in 10 s for a token; Ghost names no limit."""


def wish_for(before: Effect | None, wish: Wish, now: datetime) -> Effect:
    """The effect once it is wished; `before` itself where nothing is to be done about it.

    What has ended is taken up again by another run only: the same step that wishes it once more,
    as a resumed run does, is told how it ended.
    """
    payload = cast("dict[str, Json]", plain(wish.payload))
    digest = digest_of(payload)
    if before is None:
        return Effect(
            key=key_of(wish),
            kind=wish.kind,
            target=wish.target,
            business_key=wish.business_key,
            payload=payload,
            digest=digest,
            state="held" if wish.is_held else "queued",
            made=now,
            changed=now,
            run=wish.run,
            address=wish.address,
            next_at=None if wish.is_held else now,
        )
    is_same_step = bool(wish.run) and (before.run, before.address) == (wish.run, wish.address)
    if is_same_step and before.wished == digest:
        # A person has changed what this step wished: their word counts.
        return before
    if before.digest == digest and (before.state not in _ENDED or is_same_step):
        return before
    changed = replace(
        before,
        payload=payload,
        digest=digest,
        wished="",
        run=wish.run or before.run,
        address=wish.address or before.address,
        changed=now,
    )
    if before.state in {"held", "sending"}:
        return changed
    return queue_afresh(changed, now)


def queue_afresh(effect: Effect, now: datetime) -> Effect:
    """The effect with all its tries before it; what is known of the object there is kept."""
    is_undone = effect.state == "undone"
    return replace(
        effect,
        state="queued",
        attempts=0,
        # What may still be under way has its time to arrive, whoever asks.
        next_at=max(now, effect.leased_until or now),
        changed=now,
        error="",
        hint="",
        cause="",
        theirs=None,
        over=None,
        receipt=None if is_undone else effect.receipt,
        sent=None if is_undone else effect.sent,
    )


def end_well(current: Effect, tried: Effect, receipt: Receipt, now: datetime) -> Effect:
    """The effect once `tried` came through; a payload changed meanwhile waits for its turn."""
    done = replace(
        current,
        state="done",
        receipt=receipt,
        sent=tried.payload,
        changed=now,
        next_at=None,
        leased_until=None,
        leased_by="",
        error="",
        hint="",
        cause="",
        theirs=None,
        over=None,
        is_doubtful=False,
    )
    return done if current.digest == tried.digest else queue_afresh(done, now)


def end_badly(
    current: Effect, tried: Effect, fault: SendFault, now: datetime, rng: Random
) -> Effect:
    """The effect once a try of it ended with `fault`: it waits for another, or is dead.

    Full jitter: a wait between 0 and 2^n x 5 seconds after the nth try, at most an hour; never
    less than the server asked for. After a try of unknown end it keeps its lease, since the
    request may still be under way.
    """
    ended = replace(
        current,
        leased_by="",
        leased_until=tried.leased_until if fault.kind == "ambiguous" else None,
        is_doubtful=tried.is_doubtful or fault.kind == "ambiguous",
        changed=now,
        error=fault.message,
        hint=fault.hint,
        cause=fault.kind,
        theirs=fault.theirs,
    )
    if current.digest != tried.digest:
        return replace(queue_afresh(ended, now), is_doubtful=ended.is_doubtful)
    if fault.kind == "unauthorised":
        return replace(ended, state="queued", attempts=max(0, tried.attempts - 1), next_at=None)
    if fault.kind in {"refused", "collision"}:
        return bury(ended, fault.message, fault.hint, now)
    if tried.attempts >= TRIES:
        return bury(ended, f"tried {tried.attempts} times; the last time: {fault.message}", "", now)
    wait_s = max(wait_after(tried.attempts, rng), min(fault.wait_s or 0.0, LONGEST_WAIT_S))
    next_at = now + timedelta(seconds=wait_s)
    if ended.leased_until is not None:
        next_at = max(next_at, ended.leased_until)
    return replace(ended, state="queued", next_at=next_at)


def bury(effect: Effect, error: str, hint: str, now: datetime) -> Effect:
    """The effect as a dead letter: the cause, and the one thing to do."""
    doubt = "; it may be there all the same, and the next try looks first"
    return replace(
        effect,
        state="dead",
        changed=now,
        next_at=None,
        leased_by="",
        error=error + (doubt if effect.is_doubtful else ""),
        hint=hint or f'"pmagent outbox retry {effect.key}", or drop it',
    )


def withdrawn(effect: Effect, why: str, now: datetime) -> Effect:
    """The effect as it is never sent by itself, since whoever wished it wants it no more."""
    dropped = replace(effect, state="cancelled", changed=now, next_at=None, leased_by="")
    is_doubtful = effect.is_doubtful or effect.state == "sending"
    hint = "wish it again as it is to be"
    return replace(dropped, error=why, hint=hint, cause="", is_doubtful=is_doubtful)


def wait_after(tries: int, rng: Random) -> float:
    """Seconds before another try, after so many."""
    return rng.uniform(0, min(CAP_S, BASE_S * 2**tries))


def delivery_of(effect: Effect) -> Delivery:
    """How an effect stands, as whoever wished it is told."""
    match effect.state:
        case "held":
            return Held(effect=effect)
        case "done" if effect.receipt is not None:
            return Sent(effect=effect, receipt=effect.receipt)
        case "queued" | "sending":
            return Queued(effect=effect)
        case _:
            return Dead(effect=effect)
