"""An effect outside this computer: on record before it happens, and it happens once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, TypeAlias, runtime_checkable

from pmagent.types.actions import Json

EffectState = Literal["held", "queued", "sending", "done", "dead", "cancelled", "undone"]
"""`held`: recorded and never sent, of a shadow run or a simulation."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """An effect that somebody wants. The same wish twice is one effect."""

    kind: str
    """`ghost.draft`: which publisher, and what it shall do."""
    target: str
    """Where: the site's address."""
    business_key: str
    """What it is about: the transcript."""
    payload: Mapping[str, Json]
    run: str = ""
    address: str = ""
    occurrence: int = 0
    """For the rare procedure that means the same effect twice."""
    is_held: bool = False


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What came of it at the other end."""

    id: str
    """The object there."""
    url: str = ""
    revision: str = ""
    """What an update must name: Ghost's `updated_at`."""
    data: Mapping[str, Json] = field(default_factory=dict[str, Json])
    matches: int = 1
    """How many objects there bear the effect's marker; more than one is for a person to mend."""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """One row of the outbox."""

    key: str
    """20 hex digits of sha256(kind, target, business key, occurrence)."""
    kind: str
    target: str
    business_key: str
    payload: Mapping[str, Json]
    digest: str
    """sha256 of the payload as canonical JSON."""
    state: EffectState
    made: datetime
    changed: datetime
    run: str = ""
    address: str = ""
    attempts: int = 0
    next_at: datetime | None = None
    """When it may be tried again."""
    leased_until: datetime | None = None
    receipt: Receipt | None = None
    """Of the last time it was done; kept while a changed payload waits to be sent."""
    error: str = ""
    """The last fault in one plain sentence."""
    hint: str = ""
    leased_by: str = ""
    """Which attempt holds it while it is `sending`."""
    cause: FaultKind | Literal[""] = ""
    """The kind of the last fault."""
    sent: Mapping[str, Json] | None = None
    """The payload of the last time it was done: what a change since then is compared with."""
    theirs: Mapping[str, Json] | None = None
    """The object there, where it died of a collision."""
    is_doubtful: bool = False
    """Whether an earlier try ended unknown, so that it may be there all the same."""
    wished: str = ""
    """The digest of what its step wished, where a person has changed the payload since."""
    over: Mapping[str, Json] | None = None
    """The object there as a person has seen it, whose place the payload takes."""


FaultKind = Literal["again", "ambiguous", "refused", "unauthorised", "collision"]
"""`again`: nothing was done, try later. `ambiguous`: it may have been done, so look before another
try. `refused`: it will never work as it is. `unauthorised`: nothing works until the key is changed.
`collision`: somebody has changed it there."""


class SendFault(Exception):  # noqa: N818 - a publisher's word to the outbox, never shown
    """What a publisher raises. The outbox alone catches it."""

    def __init__(
        self,
        kind: FaultKind,
        message: str,
        hint: str = "",
        *,
        wait_s: float | None = None,
        theirs: Mapping[str, Json] | None = None,
    ) -> None:
        """`wait_s` is what the server asked for; `theirs` the object there, for a collision."""
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.hint = hint
        self.wait_s = wait_s
        self.theirs = theirs


class Publisher(Protocol):
    """One place that effects go to. It owns its credential, and shows it to nobody."""

    @property
    def name(self) -> str:
        """The part of a kind before the dot: `ghost`."""
        ...

    @property
    def target(self) -> str:
        """Where it sends to: an address for a person to read, without a secret."""
        ...

    def look(self, effect: Effect) -> Receipt | None:
        """The object that this effect has already made there, if it has; found by its marker.

        Raises:
            SendFault: it could not be looked up.
        """
        ...

    def do(self, effect: Effect, found: Receipt | None) -> Receipt:
        """Make it, or bring `found` to the payload, and read it back to see that it is so.

        Raises:
            SendFault: as its kind says.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How fast a publisher may be used."""

    requests: int = 0
    """So many in each window; 0 is without a limit."""
    window_s: float = 10.0
    per_effect: int = 4
    """Requests that one effect takes: look, make, read back, look once more."""
    timeout_s: float = 30.0
    """How long `look` or `do` takes at most; an effect is leased for twice as long."""


@dataclass(frozen=True, kw_only=True)
class HttpRequest:
    """The request that an effect comes down to, for a person to read and send by hand."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: str = ""


@runtime_checkable
class Paced(Protocol):
    """A publisher that knows its own pace; others have the one the outbox has for their name."""

    @property
    def pace(self) -> Pace:
        """How fast it may be used."""
        ...


@runtime_checkable
class Keyed(Protocol):
    """A publisher that can say whether its credential is another than before."""

    @property
    def credential(self) -> str:
        """A digest of the credential, which tells two apart and gives neither away."""
        ...


@runtime_checkable
class Describing(Protocol):
    """A publisher that can say what it would send."""

    def describe(self, effect: Effect) -> HttpRequest:
        """The request for this effect; a secret in it is masked by whoever shows it."""
        ...


@runtime_checkable
class Comparing(Protocol):
    """A publisher that can show what it would send beside what somebody has made of it there."""

    def compare(self, effect: Effect) -> str:
        """What was sent last, what is there and what is to be sent, where they differ."""
        ...


@runtime_checkable
class Holding(Protocol):
    """A publisher that can tell what lies where it sends to."""

    def holds(self) -> Mapping[str, Json]:
        """All of it as it is now. Reads, and changes nothing.

        Raises:
            SendFault: it cannot be read.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Circuit:
    """How one publisher fares: `open` where it is left alone for a while."""

    name: str
    target: str
    state: Literal["closed", "open", "half-open"]
    until: datetime | None = None
    """When it is tried again; None where it is closed, or waits for another credential."""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """It is done."""

    effect: Effect
    receipt: Receipt


@dataclass(frozen=True, kw_only=True)
class Queued:
    """It will be tried again at `effect.next_at`; nothing is lost."""

    effect: Effect


@dataclass(frozen=True, kw_only=True)
class Dead:
    """It will not be tried again by itself: a person retries, edits or drops it."""

    effect: Effect


@dataclass(frozen=True, kw_only=True)
class Held:
    """It is on record only."""

    effect: Effect


Delivery: TypeAlias = Sent | Queued | Dead | Held
