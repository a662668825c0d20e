"""The publisher of the person's own board, and the test whether it is reached."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pmagent.errors import FetchError
from pmagent.publishers.trello.client import TrelloClient
from pmagent.publishers.trello.key import TrelloKey
from pmagent.publishers.trello.publisher import BASE, TrelloPublisher, board_id, open_client
from pmagent.types.outbox import SendFault

_LOCAL = re.compile(
    r"(?P<base>http://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?)/boards/(?P<board>[^/]+)"
)
"""A stand-in for Trello on this computer, as tests have one."""


@dataclass(frozen=True, kw_only=True)
class OwnBoard:
    """A board that answered and accepted the key."""

    setting: str
    """What the settings name it by: its whole id."""
    title: str
    url: str


def client_of(board: str, key: Callable[[], TrelloKey]) -> TrelloClient:
    """A client of the board, named as people copy it or as the settings have it.

    Nothing is connected, and no key is asked for yet.

    Raises:
        UsageError: it is no board.
    """
    base, name = _split(board)
    return open_client(name, key, base=base)


def open_board(board: str, key: Callable[[], TrelloKey]) -> TrelloPublisher:
    """The publisher of the board. Nothing is connected, and no key is asked for yet.

    Raises:
        UsageError: it is no board.
    """
    return TrelloPublisher(client_of(board, key))


def check_name(board: str) -> None:
    """See that a board is named, before anything is asked for it.

    Raises:
        UsageError: it is no board.
    """
    board_id(_split(board)[1])


def connect(board: str, key: TrelloKey) -> OwnBoard:
    """See that the board is there and takes the key: one request, nothing changed.

    Raises:
        UsageError: it is no board.
        FetchError: one of both is not so, or it is archived.
    """
    try:
        found = client_of(board, lambda: key).board()
    except SendFault as exc:
        raise FetchError(exc.message, exc.hint) from exc
    if found.closed:
        raise FetchError(f'the board "{found.name}" is archived', "open it again there, and retry")
    base = _split(board)[0]
    setting = found.id if base == BASE else f"{base}/boards/{found.id}"
    return OwnBoard(setting=setting, title=found.name, url=found.url or setting)


def _split(board: str) -> tuple[str, str]:
    local = _LOCAL.fullmatch(board.strip())
    return (local["base"], local["board"]) if local is not None else (BASE, board)
