"""The outbox, as tools reach it before it is opened: found when something is first sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pmagent.agent.tool import OutboxPort
from pmagent.errors import UsageError
from pmagent.types.actions import Json
from pmagent.types.outbox import Delivery, Wish


def no_outbox() -> OutboxPort:
    """Where nothing is sent.

    Raises:
        UsageError: always.
    """
    raise UsageError("nothing can be sent from here", "open the garden first")


@dataclass(frozen=True, kw_only=True)
class LateOutbox:
    """An outbox that is found when it is needed."""

    find: Callable[[], OutboxPort]

    def target(self, kind: str) -> str:
        """Where effects of a kind go."""
        return self.find().target(kind)

    def send(self, wish: Wish) -> Delivery:
        """Put it on record and try it."""
        return self.find().send(wish)

    def read(self, kind: str) -> Mapping[str, Json]:
        """What lies where effects of a kind go to."""
        return self.find().read(kind)
