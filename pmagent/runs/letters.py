"""Dead letters of the outbox, as a decision in the review queue settles them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pmagent.outbox.outbox import Outbox
from pmagent.types.actions import Json


@dataclass(frozen=True, kw_only=True)
class Letters:
    """Those of one garden."""

    outbox: Outbox

    def retry(self, key: str, payload: Mapping[str, Json] | None = None) -> object:
        """Try it again, changed where a payload is given.

        Where somebody's change stood in its way, it takes that change's place: whoever decides was
        shown both.
        """
        is_over = self.outbox.get(key).cause == "collision"
        if payload is None:
            return self.outbox.retry(key, anew=is_over)
        return self.outbox.edit(key, payload, anew=is_over)

    def drop(self, key: str) -> object:
        """It is never sent."""
        return self.outbox.drop(key)
