"""A board pushed through a network that fails, push after push, until both boards say the same.

Every request, also one that only reads, may meet a fault. The clock is the storm's own: it goes on
by 12 s whenever it is asked, and by an hour after each push, so that nobody waits for a turn.
"""

from __future__ import annotations

import json
import os
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter

from pmagent.agent.grounds import Wiring
from pmagent.errors import FetchError
from pmagent.garden import Garden
from pmagent.types.actions import Ask, AskReply, Yes
from pmagent.types.pushes import PushDiff
from tests.publishers.fake_trello import BOARD, KEY, TOKEN, FakeTrello, Fault, serve_trello

CHANCES = {
    "none": 0.70, "busy": 0.08, "lost": 0.08, "cut": 0.04, "broken": 0.04, "token limit": 0.03,
    "page": 0.02, "down": 0.01,
}  # fmt: skip
"""For each request. `lost` is a deed done whose answer nobody hears."""
LISTS = ("To do", "Doing", "Done")
MOST_ROUNDS = 200
FIRST_DAY = date(2026, 2, 2)


@dataclass
class PushOutcome:
    """What the storm left behind."""

    cards: int
    lost: int = 0
    """Cards of this board that are not there, or not as they are here."""
    doubled: int = 0
    pushes: int = 0
    requests: int = 0
    writes: int = 0
    faults: Counter[str] = field(default_factory=Counter[str])
    wall_s: float = 0.0


@dataclass
class _Clock:
    at: datetime = datetime(2026, 2, 2, 9, tzinfo=UTC)

    def now(self) -> datetime:
        self.at += timedelta(seconds=12)
        return self.at


def run_push_storm(folder: Path, cards: int, seed: int) -> PushOutcome:
    """Make the cards there, change a part of them here, and push until nothing differs."""
    began, rng, clock = perf_counter(), Random(seed), _Clock()
    outcome = PushOutcome(cards=cards)
    with serve_trello() as fake:
        root = _ground(folder, fake)
        Garden.create(root).close()
        with Garden.open(root, wiring=Wiring(now=clock.now)) as garden:
            garden.set_asker(_yes)
            for version in (1, 2):
                (root / "board.md").write_text(_board(cards, version), encoding="utf-8")
                script = rng.choices([*CHANCES], [*CHANCES.values()], k=2_000 + 300 * cards)
                fake.faults = deque(Fault(kind, is_any=True) for kind in script)  # type: ignore[arg-type]
                _push_until_same(garden, clock, outcome)
                outcome.faults.update(script[: len(script) - len(fake.faults)])
                fake.faults.clear()
                if version == 1:
                    _check(garden, fake, outcome)
            _check(garden, fake, outcome)
        outcome.requests, outcome.writes = len(fake.hits), len(fake.writes())
    del outcome.faults["none"]
    outcome.wall_s = perf_counter() - began
    return outcome


def _push_until_same(garden: Garden, clock: _Clock, outcome: PushOutcome) -> None:
    for _ in range(MOST_ROUNDS):
        diff = _read(garden)
        depth = garden.outbox.depth()
        if not diff.to_send and not {"queued", "sending"} & depth.keys():
            return
        if diff.to_send:
            garden.week.push(diff)
            outcome.pushes += 1
        clock.at += timedelta(hours=1)
        garden.outbox.deliver_due(1_000)
        clock.at += timedelta(hours=1)
    raise AssertionError(f"{len(diff.to_send)} cards still differ; {garden.outbox.depth()}")


def _read(garden: Garden) -> PushDiff:
    while True:
        try:
            return garden.week.push_diff()
        except FetchError:
            continue


def _check(garden: Garden, fake: FakeTrello, outcome: PushOutcome) -> None:
    marks = Counter(one["desc"].rpartition("\n")[2] for one in fake.cards.values())
    outcome.doubled += sum(count - 1 for count in marks.values())
    diff = garden.week.push_diff()
    outcome.lost += outcome.cards - diff.same


def _ground(folder: Path, fake: FakeTrello) -> Path:
    root, config = folder / "garden", Path(os.environ["PMAGENT_HOME"]) / "config"
    root.mkdir(parents=True)
    config.mkdir(parents=True, exist_ok=True)
    own = {"trello-board": f"{fake.url}/boards/{BOARD}", "week": {"zone": "UTC"}}
    (config / "settings.json").write_text(json.dumps({"pmagent": own}), encoding="utf-8")
    os.environ.update({"PMAGENT_TRELLO_KEY": KEY, "PMAGENT_TRELLO_TOKEN": TOKEN})
    return root


def _board(cards: int, version: int) -> str:
    """A board of so many cards; of the second version a part has other words, days and lists."""
    rows: dict[str, list[str]] = {name: [] for name in LISTS[:2]}
    for number in range(cards):
        is_other = version == 2
        title = f"Card {number}" + (" again" if is_other and number % 3 == 0 else "")
        due = FIRST_DAY + timedelta(days=number % 40 + (is_other and number % 5 == 0))
        tag = f" #part{number % 4}" if number % 2 else ""
        tag += " #more" if is_other and number % 11 == 0 else ""
        lane = LISTS[(number % 2 + (is_other and number % 7 == 0)) % 2]
        rows[lane] += [f"- [ ] {title}{tag} due:{due} ^card-{number}", f"  - Note {number}."]
    parts = ["---", "kanban-plugin: board", "---", ""]
    for name, lines in rows.items():
        parts += [f"## {name}", "", *lines, ""]
    return "\n".join(parts)


def _yes(ask: Ask) -> AskReply:
    del ask
    return Yes()
