"""The publisher of the person's own site, and the test whether it is reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pmagent.errors import FetchError
from pmagent.net.api import Api
from pmagent.publishers.ghost.client import GhostClient
from pmagent.publishers.ghost.key import GhostKey
from pmagent.publishers.ghost.publisher import GhostPublisher
from pmagent.types.outbox import SendFault


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site that answered and accepted the key."""

    address: str
    title: str
    version: str
    """Of Ghost: `6.65`."""


def open_client(
    address: str, key: Callable[[], GhostKey], *, now: Callable[[], datetime]
) -> GhostClient:
    """A client of the site. Nothing is connected, and no key is asked for yet.

    Raises:
        FetchError: the address cannot be used.
    """
    return GhostClient(Api(site_address(address)), key, now=now)


def open_publisher(
    address: str, key: Callable[[], GhostKey], *, now: Callable[[], datetime]
) -> GhostPublisher:
    """The publisher of the site. Nothing is connected, and no key is asked for yet.

    Raises:
        FetchError: the address cannot be used.
    """
    return GhostPublisher(open_client(address, key, now=now))


def connect(client: GhostClient) -> Site:
    """See that the site is there, is Ghost, and accepts the key: two requests, nothing changed.

    Raises:
        FetchError: one of the three is not so.
    """
    try:
        site = client.site()
        client.see_that_the_key_works()
    except SendFault as exc:
        raise FetchError(exc.message, exc.hint) from exc
    return Site(address=client.address, title=site.title, version=site.version)


def site_address(address: str) -> str:
    """The address without what people copy along: a closing slash, the path of the editor."""
    bare = address.strip().partition("#")[0].rstrip("/")
    for ending in ("/ghost/api/admin", "/ghost"):
        bare = bare.removesuffix(ending)
    return bare.rstrip("/")
