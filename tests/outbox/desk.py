"""An outbox to test with: a site, a clock that is told, a network that does as it is told."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from pmagent.errors import PmagentError
from pmagent.outbox.outbox import Outbox
from pmagent.records.tables import Tables
from pmagent.types.outbox import Effect, HttpRequest, Pace, Receipt, SendFault
from tests.outbox.site import TARGET, Site

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Clock:
    """Both clocks: what people set, and what only runs forward."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at
        self.ran_s = 0.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.ran_s

    def pass_s(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.ran_s += seconds

    def pass_until(self, at: datetime | None) -> None:
        assert at is not None
        self.pass_s(max(0.0, (at - self.at).total_seconds()))

    def set_to(self, at: datetime) -> None:
        """A person, or the network, sets it."""
        self.at = at


Deed = str | Callable[[], None]


class Network:
    """A publisher around the site; each look and each deed does the next thing of its script."""

    def __init__(self, site: Site, clock: Clock) -> None:
        self.site = site
        self.looks: deque[Deed] = deque()
        self.deeds: deque[Deed] = deque()
        self.asked: list[str] = []
        self.credential = "first"
        self.pace = Pace(timeout_s=10.0)
        self._clock = clock

    @property
    def name(self) -> str:
        return self.site.name

    @property
    def target(self) -> str:
        return self.site.target

    def look(self, effect: Effect) -> Receipt | None:
        self.asked.append("look")
        self._meet(self.looks)
        return self.site.look(effect)

    def do(self, effect: Effect, found: Receipt | None) -> Receipt:
        self.asked.append("do")
        after = self._meet(self.deeds)
        receipt = self.site.do(effect, found)
        if after == "lost":
            raise SendFault("ambiguous", "the connection was cut before the answer came")
        return receipt

    def describe(self, effect: Effect) -> HttpRequest:
        return self.site.describe(effect)

    def _meet(self, script: deque[Deed]) -> str:
        deed = script.popleft() if script else ""
        if callable(deed):
            deed()
            return ""
        match deed:
            case "503":
                raise SendFault("again", "the site is busy (503)")
            case "429":
                raise SendFault("again", "the site asks for a pause (429)", wait_s=600.0)
            case "no answer":
                self._clock.pass_s(10.0)
                raise SendFault("ambiguous", "no answer came in time")
            case "401":
                raise SendFault("unauthorised", "the key is not accepted", "enter it anew")
            case "422":
                raise SendFault("refused", "the title is too long", "shorten the title")
            case "painted":
                raise SendFault("refused", "\x1b[2Jgone", "\x1b]0;gone")
            case "bug":
                raise KeyError("posts")
            case "ours":
                raise PmagentError('the folder "out" is not there', "make it")
            case _:
                return deed


class Desk:
    """All of it, and as many outboxes over the same file as are asked for."""

    def __init__(self, folder: Path, *, name: str = "site") -> None:
        self.folder = folder
        self.clock = Clock()
        self.site = Site(folder / "site.db", name=name)
        self.network = Network(self.site, self.clock)
        self.told: list[Effect] = []
        self._opened: list[tuple[Outbox, Tables]] = []
        self.tables = Tables(folder / "data")
        self.outbox = self.open(tables=self.tables)

    def open(
        self, *, tables: Tables | None = None, network: Network | None = None, seed: int = 1
    ) -> Outbox:
        """An outbox over the same file, as another process would have it."""
        mine = tables or Tables(self.folder / "data")
        publisher = network or self.network
        outbox = Outbox(
            mine,
            {publisher.name: publisher},
            now=self.clock.now,
            rng=Random(seed),
            monotonic=self.clock.monotonic,
            on_dead=self.told.append,
        )
        self._opened.append((outbox, mine))
        return outbox

    def script(self, *deeds: Deed, looks: Sequence[Deed] = ()) -> None:
        """What the next deeds and looks meet; after that, all goes well."""
        self.network.deeds.extend(deeds)
        self.network.looks.extend(looks)

    def go_on(self, most: int = 40) -> None:
        """Let time pass and send what is due, until nothing waits for a moment."""
        for _ in range(most):
            due = self.outbox.next_at()
            if due is None:
                return
            self.clock.pass_until(due)
            self.outbox.deliver_due()

    def close(self) -> None:
        for outbox, tables in self._opened:
            outbox.close()
            tables.close()


__all__ = ["NOON", "TARGET", "Clock", "Desk", "Network"]
