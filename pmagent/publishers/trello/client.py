"""Requests about one Trello board, told as values or as a fault. It has no way to delete."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from pmagent.errors import FetchError, UsageError
from pmagent.net.api import Api, NoReply, Reply
from pmagent.publishers.trello.faults import (
    fault_of,
    fault_of_silence,
    is_out_of_sight,
)
from pmagent.publishers.trello.key import TrelloKey, fingerprint, header_of
from pmagent.publishers.trello.wire import SentBoard, SentCard, SentLabel, SentList, read_as
from pmagent.types.actions import Json
from pmagent.types.outbox import SendFault

READ_S = 15.0
WRITE_S = 20.0
KEPT_S = 30.0
"""So long the list of all cards may tell which card bears a mark, where no try is in doubt."""
_FIELDS = "name,desc,closed,idBoard,idList,due,idLabels,labels,shortUrl,dateLastActivity"
_WHOLE_ID = re.compile(r"[0-9a-f]{24}")
_NOTHING: Mapping[str, str] = MappingProxyType({})
T = TypeVar("T")


class TrelloClient:
    """One board, with a key and token. Safe to use from several threads."""

    def __init__(self, api: Api, board: str, key: Callable[[], TrelloKey]) -> None:
        """`key` is asked when one is needed; it may raise UsageError where there is none."""
        self._api = api
        self._board = board
        self._key = key
        self._ident = board if _WHOLE_ID.fullmatch(board) else ""
        self._writes = 0
        self._kept: tuple[float, tuple[SentCard, ...]] | None = None
        """The cards, and when they were asked for."""
        self._turn = threading.Lock()

    @property
    def address(self) -> str:
        """The board, for a person to read."""
        return f"{self._api.address}/boards/{self._board}"

    @property
    def credential(self) -> str:
        """Tells two keys apart, and gives neither away; empty where there is none."""
        try:
            return fingerprint(self._key())
        except UsageError:
            return ""

    def board(self) -> SentBoard:
        """The board itself: the test whether it is reached and the key accepted."""
        return self._read(f"boards/{self._board}", SentBoard, {"fields": "name,closed,shortUrl"})

    def lists(self) -> tuple[SentList, ...]:
        """Its lists, archived ones too."""
        path, query = f"boards/{self._board}/lists", {"filter": "all", "fields": "name,closed"}
        return self._read(path, tuple[SentList, ...], query)

    def cards(self, *, kept_s: float = 0.0) -> tuple[SentCard, ...]:
        """All its cards, archived ones too. Search lags behind, so cards are found in this list.

        With `kept_s` the list may be so many seconds old; it has what was made from here since,
        and after a writing of unknown end it is read anew.
        """
        began = time.monotonic()
        with self._turn:
            if self._kept is not None and began - self._kept[0] < kept_s:
                return self._kept[1]
            writes = self._writes
        query = {"filter": "all", "fields": _FIELDS}
        cards = self._read(f"boards/{self._board}/cards", tuple[SentCard, ...], query)
        with self._turn:
            if writes == self._writes:  # else it may be the board as it was before a writing
                self._kept = (began, cards)
        return cards

    def card(self, id: str) -> SentCard:  # noqa: A002 - as Trello calls it
        """One card of this board.

        Raises:
            SendFault: it is not there, or cannot be read.
        """
        found = self.card_here(id)
        if found is None:
            raise SendFault("refused", "the card was deleted there, or is on another board",
                            "look there")  # fmt: skip
        return found

    def card_here(self, id: str) -> SentCard | None:  # noqa: A002 - as Trello calls it
        """The same; None where this board has none of that id. Ids stay when a card moves away.

        Raises:
            SendFault: it cannot be read.
        """
        path, query = f"cards/{id}", {"fields": _FIELDS}
        reply = self._answered("GET", path, query=query, total_s=READ_S)
        if is_out_of_sight(reply):
            return None
        card = self._parsed(SentCard, self._accepted(reply, changes=False), False)
        return card if card.board in {"", self._own_id()} else None

    def labels(self) -> tuple[SentLabel, ...]:
        """The board's labels."""
        query = {"limit": "1000", "fields": "name,color"}
        return self._read(f"boards/{self._board}/labels", tuple[SentLabel, ...], query)

    def make_card(self, fields: Mapping[str, Json]) -> SentCard:
        """The card that was made. Trello makes another one each time."""
        made = self._write("POST", "cards", fields, SentCard)
        with self._turn:
            if self._kept is not None:
                self._kept = (self._kept[0], (*self._kept[1], made))
        return made

    def change_card(self, id: str, fields: Mapping[str, Json]) -> SentCard:  # noqa: A002
        """The card as it is now."""
        return self._write("PUT", f"cards/{id}", fields, SentCard)

    def add_label(self, id: str, label: str) -> None:  # noqa: A002 - as Trello calls it
        """Give the card one label more; its others stay."""
        self._write("POST", f"cards/{id}/idLabels", {"value": label}, tuple[str, ...])

    def make_label(self, name: str, colour: str | None) -> SentLabel:
        """The label that was made. Trello makes another one each time."""
        fields: dict[str, Json] = {"name": name, "color": colour, "idBoard": self._own_id()}
        return self._write("POST", "labels", fields, SentLabel)

    def _read(self, path: str, kind: type[T], query: Mapping[str, str]) -> T:
        return self._parsed(kind, self._heard("GET", path, query=query, total_s=READ_S), False)

    def _write(self, method: str, path: str, fields: Mapping[str, Json], kind: type[T]) -> T:
        """What came of a writing. Where its end is known, the list of cards is still good."""
        body = json.dumps(dict(fields), ensure_ascii=False).encode("utf-8")
        with self._turn:
            self._writes += 1
            kept, self._kept = self._kept, None
        told = self._parsed(kind, self._heard(method, path, body=body, total_s=WRITE_S), True)
        with self._turn:
            self._writes += 1
            self._kept = kept
        return told

    def _own_id(self) -> str:
        if not self._ident:
            self._ident = self.board().id
        return self._ident

    def _heard(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] = _NOTHING,
        body: bytes = b"",
        total_s: float,
    ) -> Reply:
        reply = self._answered(method, path, query=query, body=body, total_s=total_s)
        return self._accepted(reply, changes=method != "GET")

    def _accepted(self, reply: Reply, *, changes: bool) -> Reply:
        if reply.status >= 300:
            key = self._key()
            body = _without(reply.body, key.key, key.token)
            raise fault_of(replace(reply, body=body), changes=changes)
        return reply

    def _answered(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] = _NOTHING,
        body: bytes = b"",
        total_s: float,
    ) -> Reply:
        changes = method != "GET"
        headers = {"Authorization": self._signed()}
        if body:
            headers["Content-Type"] = "application/json; charset=utf-8"
        try:
            heard = self._api.send(
                method, path, query=query, headers=headers, body=body, total_s=total_s
            )
        except FetchError as exc:
            raise SendFault("refused", exc.message, exc.hint) from exc
        if isinstance(heard, NoReply):
            raise fault_of_silence(heard, changes=changes)
        return heard

    def _signed(self) -> str:
        try:
            return header_of(self._key())
        except UsageError as exc:
            raise SendFault("unauthorised", exc.message, exc.hint) from exc

    def _parsed(self, kind: type[T], reply: Reply, changes: bool) -> T:
        if reply.was_cut and not changes:
            raise SendFault(
                "refused", "the board is larger than can be read at once",
                "archive some of its cards there, and retry",
            )  # fmt: skip
        read = None if reply.was_cut else read_as(kind, reply.body)
        if read is None:
            raise SendFault("ambiguous" if changes else "again", "Trello answers something else")
        return read


def _without(body: bytes, *secrets: str) -> bytes:
    """What was answered without our own key in it: some servers repeat what they refuse."""
    for secret in secrets:
        body = re.sub(re.escape(secret).encode("ascii"), b"...", body, flags=re.IGNORECASE)
    return body


def read_back(read: Callable[[], T]) -> T:
    """What `read` gives, after something was written: where it fails, the writing was done.

    Raises:
        SendFault: it cannot be read; never of the kind that says nothing was done.
    """
    try:
        return read()
    except SendFault as exc:
        if exc.kind != "again":
            raise
        raise SendFault("ambiguous", exc.message, exc.hint, wait_s=exc.wait_s) from exc
