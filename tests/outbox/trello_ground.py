"""A storm over HTTP: the Trello publisher, and a fake board that the environment names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pmagent.publishers.trello.cards import is_marked
from pmagent.publishers.trello.key import parse_key
from pmagent.publishers.trello.publisher import TrelloPublisher, open_client
from pmagent.types.outbox import Wish
from tests.outbox.storm import REFUSED_EVERY, Ground
from tests.publishers.fake_trello import BOARD, KEY, TOKEN, serve_trello

GROUND = "tests.outbox.trello_ground:trello_ground"
URL, LIST = "PMAGENT_TRELLO_TEST_URL", "PMAGENT_TRELLO_TEST_LIST"


@contextmanager
def fake_board() -> Iterator[Mapping[str, str]]:
    """A fake board while the block lasts; gives what workers find it by."""
    with serve_trello() as trello:
        yield {URL: trello.url, LIST: trello.list_id("To do")}


def trello_ground(folder: Path) -> Ground:
    """Cards on the board that the environment names."""
    client = open_client(BOARD, lambda: parse_key(f"{KEY}:{TOKEN}"), base=os.environ[URL])

    def wish(number: int) -> Wish:
        is_refused = number % REFUSED_EVERY == REFUSED_EVERY - 1
        return Wish(
            kind="trello.card",
            target=client.address,
            business_key=f"{folder.name}/card-{number:04d}",
            payload={
                "list": os.environ[LIST],
                "name": "x" * 600 if is_refused else f"Card {number}",
                "text": f"Notes of card {number}.",
                "due": "2026-02-09T16:00:00+00:00",
            },
            run="run-1",
            address=f"13.{number}",
        )

    return Ground(
        publisher=TrelloPublisher(client),
        wish=wish,
        matches=lambda effect: sum(is_marked(card, effect.key) for card in client.cards()),
    )
