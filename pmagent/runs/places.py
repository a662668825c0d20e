"""The places that effects go to, as the person has set them up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from pmagent.llm.keys import Key, read_secret
from pmagent.publishers.ghost.connect import open_publisher
from pmagent.publishers.ghost.key import find_key
from pmagent.types.outbox import Publisher


def open_publishers(
    ghost_url: str, environment: Mapping[str, str], now: Callable[[], datetime]
) -> Mapping[str, Publisher]:
    """The publishers by name; none where no site is set. Nothing is connected, no key is read.

    Raises:
        FetchError: an address cannot be used.
    """
    if not ghost_url:
        return {}
    ghost = open_publisher(ghost_url, lambda: find_key(ghost_url, environment, _secret), now=now)
    return {ghost.name: ghost}


def _secret(account: str) -> str:
    found = read_secret(account)
    return found.value if isinstance(found, Key) else ""
