"""The outbox as the tools with an effect reach it: each wish gets the run and step it is of.

A tool knows what to send and not for whom. Called by a person and not by a step, its wish stands
for itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from pmagent.procedures.engine.ports import Here
from pmagent.types.actions import Json
from pmagent.types.outbox import Delivery, Wish


class Sender(Protocol):
    """The outbox."""

    def send(self, wish: Wish) -> Delivery:
        """Put it on record and try it."""
        ...


class EffectDoor(threading.local):
    """One garden's way out. Each thread performs the effects of one step at a time."""

    def __init__(
        self,
        outbox: Callable[[], Sender],
        target: Callable[[str], str],
        read: Callable[[str], Mapping[str, Json]],
    ) -> None:
        self._outbox = outbox
        self._target = target
        self._read = read
        self._here: Here | None = None

    @contextmanager
    def of(self, here: Here) -> Generator[None]:
        """Within, what is sent is this step's."""
        before, self._here = self._here, here
        try:
            yield
        finally:
            self._here = before

    def target(self, kind: str) -> str:
        """Where effects of a kind go.

        Raises:
            UsageError: no such place is set up.
        """
        return self._target(kind)

    def read(self, kind: str) -> Mapping[str, Json]:
        """What lies where effects of a kind go to.

        Raises:
            UsageError: no such place is set up, or it cannot be read.
            FetchError: it could not be read.
        """
        return self._read(kind)

    def send(self, wish: Wish) -> Delivery:
        """Hand a wish to the outbox as the step's own."""
        here = self._here
        if here is None:
            return self._outbox().send(wish)
        run = here.run
        is_held = "shadow" in {run.origin, run.autonomy} or run.origin in {"sim", "eval"}
        mine = replace(
            wish,
            business_key=here.key or run.key or run.id,
            run=run.id,
            address=here.address,
            is_held=wish.is_held or is_held,
        )
        return self._outbox().send(mine)
