"""What steps call in a simulation: real functions over the scenario's files, and effects.

A function gives what the scenario scripts for it, or does its own work. An effect needs a grant and
a yes for its exact bytes, goes on a real trail and through the real outbox, and ends at a place
that is none.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias, Union

from pmagent.agent.audit import Trail
from pmagent.errors import ChildError, PmagentError, UsageError
from pmagent.procedures.engine.ports import Done, Here, NeedsYes, NotYet, Performed, Refused
from pmagent.simulations.world.documents import Grant
from pmagent.types.actions import Json
from pmagent.types.calls import CallDesk, CallSpec, Function
from pmagent.types.outbox import Dead, Delivery, Held, Queued, Sent, Wish
from pmagent.types.runs import Sending

Manner = Literal["ok", "fails", "refused"]
_Kept: TypeAlias = Union[Json, PmagentError]  # noqa: UP007 - Json is a name until it is used
_FAULTY = "the scenario says so"


class Sender(Protocol):
    """The outbox, as effects are handed to it."""

    def send(self, wish: Wish) -> Delivery:
        """Put it on record, and try it."""
        ...


@dataclass(frozen=True, kw_only=True)
class Called:
    """One call of a step, and how it went."""

    name: str
    run: str
    address: str
    how: Manner


@dataclass(kw_only=True)
class Memo:
    """What pure functions gave for the same arguments in the same garden: they give it again."""

    kept: dict[str, _Kept] = field(default_factory=dict[str, _Kept])

    def value(self, key: str, make: Callable[[], Json]) -> Json:
        """The value of `key`, made where it is not kept. Raises what making it raised."""
        if key not in self.kept:
            try:
                self.kept[key] = make()
            except PmagentError as exc:
                self.kept[key] = exc
        found = self.kept[key]
        if isinstance(found, PmagentError):
            raise type(found)(found.message, found.hint)
        return found


@dataclass(frozen=True, kw_only=True)
class CallGrounds:
    """What the calls of one play stand on."""

    specs: Mapping[str, CallSpec]
    functions: Mapping[str, Function]
    desk: CallDesk
    memo: Memo
    world: str
    """A digest of the garden, its grants and its clock: what a function's value hangs on."""
    scripted: Mapping[str, tuple[Json, ...]]
    tries: Mapping[str, list[str]]
    """Faults still to come, by function."""
    grants: tuple[Grant, ...] | None
    sender: Callable[[], Sender]
    trail: Trail
    target: Callable[[str], str]
    """Where effects of a kind go."""


@dataclass(kw_only=True)
class ScriptedCalls:
    """`ports.Calls` of one play."""

    grounds: CallGrounds
    called: list[Called] = field(default_factory=list[Called])
    denied: list[str] = field(default_factory=list[str])
    unapproved: list[str] = field(default_factory=list[str])
    """Effects that were about to happen without a yes."""
    _given: Counter[str] = field(default_factory=Counter[str])

    def spec(self, name: str) -> CallSpec | None:
        """What is called so."""
        return self.grounds.specs.get(name)

    def value(self, name: str, given: Mapping[str, Json], here: Here) -> Json:
        """What the function gives. Raises PmagentError where it cannot, or shall not."""
        try:
            found = self._value(name, given)
        except PmagentError:
            self._note(name, here, "fails")
            raise
        self._note(name, here, "ok")
        return found

    def preview(self, name: str, given: Mapping[str, Json], here: Here) -> Sending:
        """The exact bytes: the arguments as JSON, sorted."""
        del here
        outgoing = json.dumps(given, ensure_ascii=False, sort_keys=True, indent=1, default=list)
        digest = hashlib.sha256(f"{name}\n{outgoing}".encode()).hexdigest()
        target = self.grounds.target(name)
        return Sending(function=name, target=target, outgoing=outgoing, digest=digest)

    def perform(
        self, name: str, given: Mapping[str, Json], here: Here, approved: frozenset[str]
    ) -> Performed:
        """Do it, where it has a grant and a yes."""
        grants = self.grounds.grants
        if grants is not None and not any(grant.lets_use(name) for grant in grants):
            self.denied.append(name)
            self._record(name, here, "denied")
            self._note(name, here, "refused")
            return Refused(why=f'no grant of the scenario lets "{name}" be used')
        sending = self.preview(name, given, here)
        if sending.digest not in approved:
            self.unapproved.append(name)
            return NeedsYes(sending=sending)
        wish = Wish(
            kind=name,
            target=sending.target,
            business_key=here.key,
            payload=dict(given),
            run=here.run.id,
            address=here.address,
            is_held=here.run.autonomy == "shadow" or here.run.origin == "shadow",
        )
        self._record(name, here, "asked")
        return self._performed(name, here, self.grounds.sender().send(wish))

    def _performed(self, name: str, here: Here, delivery: Delivery) -> Performed:
        match delivery:
            case Sent(receipt=receipt):
                self._record(name, here, "done")
                self._note(name, here, "ok")
                data = {"id": receipt.id, "url": receipt.url, "path": receipt.id, "state": "done"}
                return Done(data=data)
            case Held():
                self._note(name, here, "ok")
                return Done(data={"id": "", "url": "", "path": "", "state": "held"})
            case Queued(effect=effect):
                return NotYet(reason=effect.error or "it is tried again", wakes=effect.next_at)
            case Dead(effect=effect):
                self._record(name, here, "failed")
                self._note(name, here, "fails")
                return Refused(why=effect.error, by="outbox", hint=effect.hint)

    def _value(self, name: str, given: Mapping[str, Json]) -> Json:
        waiting = self.grounds.tries.get(name, [])
        word = waiting.pop(0) if waiting else "ok"
        if word not in {"ok", "empty"}:
            raise ChildError(f'"{name}" gave no value: {word}', _FAULTY)
        series = self.grounds.scripted.get(name)
        if series:
            found = scripted_value(name, series, self._given[name])
            self._given[name] += 1
        else:
            found = self._real(name, given)
        return emptied(found) if word == "empty" else found

    def _real(self, name: str, given: Mapping[str, Json]) -> Json:
        function = self.grounds.functions.get(name)
        if function is None:
            raise UsageError(f'"{name}" is no function', 'script it under "functions:"')
        key = f"{self.grounds.world}\n{name}\n{json.dumps(given, sort_keys=True, default=list)}"
        return self.grounds.memo.value(key, lambda: function.run(given, self.grounds.desk))

    def _note(self, name: str, here: Here, how: Manner) -> None:
        self.called.append(Called(name=name, run=here.run.id, address=here.address, how=how))

    def _record(self, name: str, here: Here, verdict: str) -> None:
        self.grounds.trail.append(
            kind="outcome" if verdict in {"done", "failed"} else "decision",
            call_id=f"{here.run.id}/{here.address}",
            by=f"command/{here.run.command}",
            tool=name,
            verdict=verdict,
            subject=here.key,
            reason="the scenario",
        )


def scripted_value(name: str, series: tuple[Json, ...], number: int) -> Json:
    """The value that the scenario scripts for the call of this number; the last from then on.

    Raises:
        ChildError: it is `{fail: why}`.
    """
    found = series[min(number, len(series) - 1)]
    if isinstance(found, Mapping) and set(found) == {"fail"}:
        raise ChildError(f'"{name}" gave no value: {found["fail"]}', _FAULTY)
    if isinstance(found, Mapping) and set(found) == {"value"}:
        return found["value"]
    return found


def emptied(value: Json) -> Json:
    """The same kind of value with nothing in it: lists and texts empty, counts 0."""
    match value:
        case bool():
            return False
        case int() | float():
            return 0
        case str():
            return ""
        case Mapping():
            return {key: emptied(one) for key, one in value.items()}
        case None:
            return None
        case _:
            return ()
