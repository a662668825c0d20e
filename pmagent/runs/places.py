"""The places that effects go to, as the person has set them up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from pmagent.config import Settings
from pmagent.errors import FetchError, UsageError
from pmagent.llm.keys import Key, read_secret
from pmagent.publishers.ghost.connect import open_publisher
from pmagent.publishers.ghost.key import find_key
from pmagent.publishers.trello.connect import open_board
from pmagent.publishers.trello.key import find_key as find_trello_key
from pmagent.types.actions import Json
from pmagent.types.outbox import Holding, Publisher, SendFault


def open_publishers(
    settings: Settings, environment: Mapping[str, str], now: Callable[[], datetime]
) -> Mapping[str, Publisher]:
    """The publishers by name, of the places that are set. Nothing is connected, no key is read.

    Raises:
        FetchError: an address cannot be used.
    """
    opened: list[Publisher] = []
    if url := settings.ghost_url:
        opened.append(open_publisher(url, lambda: find_key(url, environment, _secret), now=now))
    if settings.trello_board:
        key = partial(find_trello_key, environment, _secret)
        opened.append(open_board(settings.trello_board, key))
    return {one.name: one for one in opened}


def place_for(publishers: Mapping[str, Publisher], kind: str) -> Publisher:
    """The publisher of a kind of effect.

    Raises:
        UsageError: no such place is set up.
    """
    name = kind.partition(".")[0]
    publisher = publishers.get(name)
    if publisher is None and name == "trello":
        raise UsageError(
            "no board elsewhere is set up", 'set your Trello board up with "pmagent trello connect"'
        )
    if publisher is None:
        raise UsageError(
            f'no place for "{kind}" is set up', f'set it up with "pmagent {name} connect"'
        )
    return publisher


def held_at(publisher: Publisher) -> Mapping[str, Json]:
    """What lies where a publisher sends to.

    Raises:
        UsageError: it cannot be read at all.
        FetchError: it could not be read.
    """
    if not isinstance(publisher, Holding):
        raise UsageError(f'"{publisher.target}" is sent to, and not read')
    try:
        return publisher.holds()
    except SendFault as exc:
        raise FetchError(exc.message, exc.hint) from exc


def _secret(account: str) -> str:
    found = read_secret(account)
    return found.value if isinstance(found, Key) else ""
