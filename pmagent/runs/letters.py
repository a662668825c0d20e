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
        """Try it again, changed where a payload is given."""
        return self.outbox.retry(key) if payload is None else self.outbox.edit(key, payload)

    def drop(self, key: str) -> object:
        """It is never sent."""
        return self.outbox.drop(key)
