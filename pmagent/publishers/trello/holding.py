"""A Trello board as it lies there: its lists and cards, for whoever compares it with another."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import cast

from pydantic import TypeAdapter

from pmagent.publishers.trello.cards import text_and_mark
from pmagent.publishers.trello.client import TrelloClient
from pmagent.publishers.trello.wire import SentCard
from pmagent.types.actions import Json
from pmagent.types.outbox import SendFault
from pmagent.types.pushes import TheirBoard, TheirCard, TheirList

_BOARD = TypeAdapter(TheirBoard)


def held_board(client: TrelloClient) -> Mapping[str, Json]:
    """The board as values of JSON: three requests, and nothing changed.

    Raises:
        SendFault: it cannot be read.
    """
    board = client.board()
    if board.closed:
        name = _line(board.name)
        raise SendFault("refused", f'the board "{name}" is archived', "open it again there")
    lists = [one for one in client.lists() if not one.closed]
    held = TheirBoard(
        id=board.id,
        name=_line(board.name),
        url=board.url or client.address,
        lists=tuple(TheirList(id=one.id, name=_line(one.name)) for one in lists),
        cards=tuple(_card(one) for one in client.cards()),
    )
    return cast("Mapping[str, Json]", _BOARD.dump_python(held, mode="json"))


def read_board(held: Mapping[str, Json]) -> TheirBoard:
    """The board of those values again."""
    return _BOARD.validate_python(held)


def _line(name: str) -> str:
    """A name on one line, so that it cannot pass for a line of ours where it is shown."""
    return " ".join("".join(c if unicodedata.category(c) != "Cc" else " " for c in name).split())


def _card(one: SentCard) -> TheirCard:
    text, mark = text_and_mark(one)
    return TheirCard(
        id=one.id,
        url=one.url,
        list=one.list,
        name=one.name,
        text=text,
        mark=mark,
        due=one.due,
        # In brackets no colour passes for a tag of that name.
        labels=tuple(label.name or f"({label.color or 'no name'})" for label in one.labels),
        is_archived=one.closed,
        changed=one.changed,
    )
