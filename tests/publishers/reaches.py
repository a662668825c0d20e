"""What a tool can reach in these tests: real walls, a real outbox, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import Any

from pmagent.agent.tool import Reach
from pmagent.errors import UsageError
from pmagent.journal.trash import Trash
from pmagent.outbox.outbox import Outbox
from pmagent.permissions.walls import Walls
from pmagent.records.tables import Tables
from pmagent.types.outbox import Delivery, Wish
from tests.publishers.sites import GhostSite, now


def not_here(*given: object) -> Any:
    raise AssertionError(f"an effect reaches nothing else: {given}")


class Port:
    """The outbox as tools are handed it."""

    def __init__(self, outbox: Outbox, site: GhostSite | None) -> None:
        self.outbox = outbox
        self.site = site

    def target(self, kind: str) -> str:
        if self.site is None:
            raise UsageError(f'no site is set up for "{kind}"', '"pmagent ghost connect" does it')
        return self.site.publisher.target

    def send(self, wish: Wish) -> Delivery:
        return self.outbox.send(wish)

    def read(self, kind: str) -> Any:
        return not_here(kind)


@contextmanager
def open_reach(folder: Path, site: GhostSite | None) -> Iterator[Reach]:
    garden = folder / "garden"
    garden.mkdir(exist_ok=True)
    walls = Walls(garden)
    publishers = {} if site is None else {"ghost": site.publisher}
    with closing(Tables(folder / "data")) as tables:
        outbox = Outbox(tables, publishers, now=now, rng=Random(1), monotonic=time.monotonic)
        try:
            yield Reach(
                walls=walls, run=not_here, fetch=not_here, ports=frozenset(), search=not_here,
                where=not_here, parse=not_here, labels=not_here,
                trash=Trash(folder / "trash", now=now), skill=not_here, outbox=Port(outbox, site),
            )  # fmt: skip
        finally:
            outbox.close()
            walls.close()
