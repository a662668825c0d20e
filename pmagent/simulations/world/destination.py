"""Where effects go in a simulation: a place that remembers what was made there, and breaks on cue.

It stands behind the real outbox, so that retries, leases and looking before making are the real
ones. What breaks is said a word a try: a status such as `503`, `timeout`, `timeout_after_commit`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pmagent.types.actions import Json
from pmagent.types.outbox import Effect, FaultKind, Receipt, SendFault

How = Literal["ok", "again", "ambiguous", "refused"]
AFTER = "timeout_after_commit"
_FAULTS: Mapping[str, FaultKind] = {
    "timeout": "ambiguous",
    AFTER: "ambiguous",
    "500": "ambiguous",
    "502": "ambiguous",
    "504": "ambiguous",
    "408": "again",
    "425": "again",
    "429": "again",
    "503": "again",
    "529": "again",
    "cut": "again",
    "401": "unauthorised",
    "403": "unauthorised",
    "409": "collision",
}
"""Any other word is a refusal."""
_HOWS: Mapping[FaultKind, How] = {
    "again": "again",
    "ambiguous": "ambiguous",
    "refused": "refused",
    "unauthorised": "again",
    "collision": "refused",
}


@dataclass(frozen=True, kw_only=True)
class Thing:
    """Something that an effect made there."""

    key: str
    kind: str
    address: str
    """The step that wanted it."""
    payload: Mapping[str, Json]
    times: int
    """How often it was made or changed."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One try to make it."""

    run: str
    address: str
    how: How


@dataclass(kw_only=True)
class Place:
    """`types.outbox.Publisher` of one name, such as `ghost`."""

    name: str
    tries: Mapping[str, list[str]]
    """Faults still to come, by kind."""
    things: dict[str, Thing] = field(default_factory=dict[str, Thing])
    """By the effect's key. Two things of one key cannot be: the second is noted as doubled."""
    doubled: list[str] = field(default_factory=list[str])
    attempts: list[Attempt] = field(default_factory=list[Attempt])

    @property
    def target(self) -> str:
        """An address that no computer has."""
        return f"https://{self.name}.example"

    def look(self, effect: Effect) -> Receipt | None:
        """What this effect has made here."""
        return _receipt(self, effect) if effect.key in self.things else None

    def do(self, effect: Effect, found: Receipt | None) -> Receipt:
        """Make it or change it, or break as the scenario says.

        Raises:
            SendFault: of the kind that the next word stands for.
        """
        waiting = self.tries.get(effect.kind, [])
        word = waiting.pop(0) if waiting else "ok"
        if word == "ok":
            return self._make(effect, found, "ok")
        kind = _FAULTS.get(word, "refused")
        if word == AFTER:
            self._make(effect, found, "ambiguous")
        else:
            self.attempts.append(_attempt(effect, _HOWS[kind]))
        raise SendFault(kind, f"{self.name} answered {word}", "the scenario says so")

    def _make(self, effect: Effect, found: Receipt | None, how: How) -> Receipt:
        before = self.things.get(effect.key)
        if before is not None and found is None:
            self.doubled.append(effect.key)
        self.things[effect.key] = Thing(
            key=effect.key,
            kind=effect.kind,
            address=effect.address,
            payload=dict(effect.payload),
            times=before.times + 1 if before is not None else 1,
        )
        self.attempts.append(_attempt(effect, how))
        return _receipt(self, effect)


def _attempt(effect: Effect, how: How) -> Attempt:
    return Attempt(run=effect.run, address=effect.address, how=how)


def _receipt(place: Place, effect: Effect) -> Receipt:
    number = sorted(place.things).index(effect.key) + 1
    return Receipt(id=f"{place.name}-{number}", url=f"{place.target}/{effect.key[:8]}")
