"""A storm over HTTP: the Ghost publisher, and a server that the environment names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pmagent.publishers.ghost.connect import open_client
from pmagent.publishers.ghost.content import mark_of
from pmagent.publishers.ghost.key import parse_key
from pmagent.publishers.ghost.publisher import GhostPublisher
from pmagent.types.outbox import Wish
from tests.outbox.storm import REFUSED_EVERY, Ground
from tests.publishers.fake_ghost import ADMIN_KEY, serve_ghost
from tests.publishers.sites import card

GROUND = "tests.outbox.ghost_ground:ghost_ground"
URL, KEY = "PMAGENT_GHOST_URL", "PMAGENT_GHOST_ADMIN_KEY"


@contextmanager
def fake_site() -> Iterator[Mapping[str, str]]:
    """A fake site while the block lasts; gives what workers find it by."""
    with serve_ghost() as ghost:
        yield {URL: ghost.url, KEY: ADMIN_KEY}


def ghost_ground(folder: Path) -> Ground:
    """Drafts on the site that the environment names."""
    key = parse_key(os.environ[KEY])
    client = open_client(os.environ[URL], lambda: key, now=lambda: datetime.now(UTC))

    def wish(number: int) -> Wish:
        is_refused = number % REFUSED_EVERY == REFUSED_EVERY - 1
        return Wish(
            kind="ghost.draft",
            target=client.address,
            business_key=f"{folder.name}/ep-{number:04d}.md",
            payload={
                "title": "x" * 300 if is_refused else f"Episode {number}",
                "slug": f"{folder.name}-{number}",
                "lexical": card(f"Notes of episode {number}."),
            },
            run="run-1",
            address=f"13.{number}",
        )

    return Ground(
        publisher=GhostPublisher(client),
        wish=wish,
        matches=lambda effect: len(
            client.find_posts(f"tag:hash-{mark_of(effect.key).removeprefix('#')}")
        ),
    )
