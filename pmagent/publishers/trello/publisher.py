"""The publisher of one Trello board: what the outbox hands an effect to."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping

from pmagent.errors import UsageError
from pmagent.net.api import Api
from pmagent.publishers.trello.cards import (
    do_card,
    do_due,
    do_label,
    do_move,
    look_for_card,
    look_for_due,
    look_for_label,
    look_for_move,
    text_with_mark,
)
from pmagent.publishers.trello.client import READ_S, WRITE_S, TrelloClient
from pmagent.publishers.trello.holding import held_board
from pmagent.publishers.trello.key import TrelloKey
from pmagent.publishers.trello.payloads import CardPayload, read_payload
from pmagent.types.actions import Json
from pmagent.types.outbox import Effect, HttpRequest, Pace, Receipt, SendFault

NAME = "trello"
BASE = "https://api.trello.com/1"
_BOARD = re.compile(r"(?:https://trello\.com/b/)?(?P<id>[0-9a-zA-Z]{8}|[0-9a-f]{24})(?:/.*)?")
_HEADER = 'OAuth oauth_consumer_key="‹key›", oauth_token="‹token›"'
_Look = Callable[[TrelloClient, Effect], Receipt | None]
_Do = Callable[[TrelloClient, Effect], Receipt]
_KINDS: Mapping[str, tuple[_Look, _Do]] = {
    "trello.card": (look_for_card, do_card),
    "trello.move": (look_for_move, do_move),
    "trello.label": (look_for_label, do_label),
    "trello.due": (look_for_due, do_due),
}
KINDS = tuple(_KINDS)


class TrelloPublisher:
    """Sends to one board. Writes go one after the other. Safe to use from several threads."""

    def __init__(self, client: TrelloClient) -> None:
        self._client = client
        self._writing = threading.Lock()

    @property
    def name(self) -> str:
        """`trello`."""
        return NAME

    @property
    def target(self) -> str:
        """The board's address."""
        return self._client.address

    @property
    def credential(self) -> str:
        """A digest of key and token: others may be tried where the last were refused."""
        return self._client.credential

    @property
    def pace(self) -> Pace:
        """Trello allows a token 100 requests in 10 s; most effects take four, labels more."""
        return Pace(requests=80, window_s=10.0, per_effect=5, timeout_s=4 * READ_S + 2 * WRITE_S)

    def holds(self) -> Mapping[str, Json]:
        """The board with its open lists and all its cards, as `types.pushes.TheirBoard`.

        Raises:
            SendFault: it cannot be read.
        """
        return held_board(self._client)

    def describe(self, effect: Effect) -> HttpRequest:
        """The request that it comes down to, without key and token.

        Raises:
            SendFault: the payload is none of Trello's.
        """
        self._kind(effect)
        base, payload = self.target.partition("/boards/")[0], effect.payload
        ident = payload.get("card") or "‹card›"
        if effect.receipt is not None:
            ident = effect.receipt.id
        match effect.kind:
            case "trello.card":
                return _card_request(base, effect, ident)
            case "trello.move":
                moved: dict[str, Json] = {"idList": payload.get("list"), "pos": "bottom"}
                return _request("PUT", f"{base}/cards/{ident}", moved)
            case "trello.label":
                label = f"‹the label {payload.get('name')}›"
                return _request("POST", f"{base}/cards/{ident}/idLabels", {"value": label})
            case _:
                return _request("PUT", f"{base}/cards/{ident}", {"due": payload.get("due")})

    def look(self, effect: Effect) -> Receipt | None:
        """The card, where this effect has made it; for a change, where it is already so.

        Raises:
            SendFault: it could not be looked up.
        """
        return self._kind(effect)[0](self._client, effect)

    def do(self, effect: Effect, found: Receipt | None) -> Receipt:
        """Make it so. What is there is read anew, so `found` need not be given.

        Raises:
            SendFault: as its kind says.
        """
        del found
        do = self._kind(effect)[1]
        with self._writing:
            return do(self._client, effect)

    def _kind(self, effect: Effect) -> tuple[_Look, _Do]:
        if effect.target != self.target:
            raise SendFault(
                "refused",
                f'it was meant for "{effect.target}", and the board set up is "{self.target}"',
                "set that board up, or drop it",
            )
        known = _KINDS.get(effect.kind)
        if known is None:
            raise SendFault("refused", f'Trello has no "{effect.kind}"', "drop it")
        return known


def board_id(text: str) -> str:
    """The id of a board, as people copy it: its address, or its id.

    Raises:
        UsageError: it is none.
    """
    found = _BOARD.fullmatch(text.strip())
    if found is None:
        raise UsageError(
            f'"{text[:80]}" is no Trello board', 'give its address, "https://trello.com/b/…"'
        )
    return found["id"]


def open_publisher(
    board: str, key: Callable[[], TrelloKey], *, base: str = BASE
) -> TrelloPublisher:
    """The publisher of a board. Nothing is connected, and no key is asked for yet.

    Raises:
        UsageError: it is no board.
        FetchError: `base` cannot be used.
    """
    return TrelloPublisher(open_client(board, key, base=base))


def open_client(board: str, key: Callable[[], TrelloKey], *, base: str = BASE) -> TrelloClient:
    """A client of the board. Nothing is connected, and no key is asked for yet.

    Raises:
        UsageError: it is no board.
        FetchError: `base` cannot be used.
    """
    return TrelloClient(Api(base), board_id(board), key)


def _card_request(base: str, effect: Effect, ident: Json) -> HttpRequest:
    """The making of a card, or the change of one that is there."""
    card = read_payload(CardPayload, effect.payload)
    fields: dict[str, Json] = {
        "name": card.name,
        "desc": text_with_mark(card.text, effect.key),
        "due": card.due.isoformat() if card.due is not None else None,
    }
    if effect.receipt is not None or card.before is not None:
        return _request("PUT", f"{base}/cards/{ident}", fields)
    fields = {"idList": card.list, **fields}
    if card.labels:
        fields["idLabels"] = [f"‹the label {name}›" for name in card.labels]
    return _request("POST", f"{base}/cards", fields)


def _request(method: str, url: str, fields: Mapping[str, Json]) -> HttpRequest:
    return HttpRequest(
        method=method,
        url=url,
        headers={"Content-Type": "application/json; charset=utf-8", "Authorization": _HEADER},
        body=json.dumps(dict(fields), ensure_ascii=False),
    )
