"""Many effects through a network that fails, by a process that is killed: nothing twice, none lost.

The outbox and a plain retry loop go through the same script. A worker is a process of its own:

    python -m tests.outbox.storm outbox|naive FOLDER COUNT SEED KILLS GROUND
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from random import Random
from typing import cast

from pmagent.errors import UsageError
from pmagent.outbox.outbox import Outbox
from pmagent.outbox.ruling import wait_after, wish_for
from pmagent.records.tables import Tables
from pmagent.types.outbox import Effect, Publisher, SendFault, Wish
from tests.outbox.faulty import BEGAN, Faulty, World
from tests.outbox.site import REFUSED, Site, wish_of

TOP = Path(__file__).parents[2]
GROUND = "tests.outbox.storm:site_ground"
LONGEST_S = 900
TRIES = 8
REFUSED_EVERY = 50


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Where a storm is held: any publisher, wishes that fit it, and a count of what lies there."""

    publisher: Publisher
    wish: Callable[[int], Wish]
    matches: Callable[[Effect], int]
    """How many objects there bear the marker of this effect."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a storm left behind."""

    effects: int
    done: int
    dead: Mapping[str, int]
    """By cause."""
    doubled: int
    """Effects of which more than one lies there, and nobody is told."""
    told: int
    """Effects of which more than one lies there, and a dead letter says so."""
    lost: int
    """Effects that are neither there nor a dead letter with a cause."""
    mended: int
    """Dead letters, neither refused nor doubled, that one retry sent once the network was well."""
    kills: int
    requests: int
    faults: Mapping[str, int]
    simulated_s: float
    wall_s: float


def site_ground(folder: Path) -> Ground:
    """A storm over the file-backed site."""
    site = Site(folder / "site.db")
    return Ground(
        publisher=site,
        wish=lambda number: wish_of(
            number, **({REFUSED: True} if number % REFUSED_EVERY == REFUSED_EVERY - 1 else {})
        ),
        matches=lambda effect: len(site.bodies(effect.key)),
    )


def run_storm(
    folder: Path, way: str, *, effects: int, kills: int, seed: int = 6, ground: str = GROUND
) -> Outcome:
    """Send so many effects in one way, with a worker that is killed so many times."""
    folder.mkdir(parents=True)
    began = time.monotonic()
    rng = Random(seed)
    gap = max(4, effects * 3 // 2 // (kills + 1))
    killed = 0
    while True:
        # Every second kill falls between the deed and its record; the others fall anywhere.
        is_exact = killed % 2 == 0
        with closing(World(folder / "world.db")) as world:
            ending = world.requests() + rng.randint(gap // 2, gap) if killed < kills else 0
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.outbox.storm", way, str(folder), str(effects), str(seed),
             str(ending if is_exact else 0), ground],
            cwd=TOP, env=os.environ | {"PYTHONPATH": str(TOP)},
        )  # fmt: skip
        status = _watch(worker, folder, 0 if is_exact else ending)
        if status == -signal.SIGKILL:
            killed += 1
        elif status == 0:
            break
        else:
            raise AssertionError(f"the worker ended with {status}")
    return _outcome(folder, way, ground, (effects, killed, time.monotonic() - began))


def _watch(worker: subprocess.Popen[bytes], folder: Path, kill_at: int) -> int:
    """Wait for the end of a worker; kill it once it has made so many requests."""
    world = World(folder / "world.db")
    until = time.monotonic() + LONGEST_S
    try:
        while time.monotonic() < until:
            if kill_at and world.requests() >= kill_at:
                worker.kill()
            try:
                return worker.wait(0.005 if kill_at else 1)
            except subprocess.TimeoutExpired:
                continue
        raise AssertionError("the worker did not come to an end")
    finally:
        worker.kill()
        worker.wait()
        world.close()


def _outcome(folder: Path, way: str, ground_name: str, known: tuple[int, int, float]) -> Outcome:
    effects, kills, wall_s = known
    ground = _ground(ground_name, folder)
    world = World(folder / "world.db")
    while (last := world.late_left()) is not None:
        world.pass_s(last - world.seconds())
        world.arrive(ground.publisher)
    tables = Tables(folder / "data")
    outbox = _outbox(tables, ground.publisher, world, 0)
    _let_pass(outbox, world)  # what is done in doubt is looked at once more
    kept = {effect.key: effect for effect in outbox.listed()}
    noted = _noted(folder) if way == "naive" else {}
    dead: Counter[str] = Counter()
    done = doubled = told = lost = 0
    for number in range(effects):
        effect = wish_for(None, ground.wish(number), BEGAN)
        row = kept.get(effect.key)
        is_done = row.state == "done" if row else noted.get(number) == "done"
        is_dead = row is not None and row.state == "dead" and bool(row.error)
        there = ground.matches(effect)
        done += is_done
        if row and is_dead:
            dead[row.cause or "?"] += 1
        if there > 1:
            told += is_dead
            doubled += not is_dead
        lost += not is_dead and not (is_done and there)
    mended = _mend(outbox, world)
    doubled += sum(
        ground.matches(effect) > 1 and effect.state == "done" for effect in outbox.listed()
    )
    result = Outcome(
        effects=effects, done=done, dead=dict(sorted(dead.items())), doubled=doubled, told=told,
        lost=lost, mended=mended, kills=kills, requests=world.requests(), faults=world.faults(),
        simulated_s=world.seconds(), wall_s=wall_s,
    )  # fmt: skip
    outbox.close()
    tables.close()
    world.close()
    return result


def _let_pass(outbox: Outbox, world: World) -> None:
    while (due := outbox.next_at()) is not None:
        world.pass_until(due)
        outbox.deliver_due()


def _mend(outbox: Outbox, world: World) -> int:
    """Retry each dead letter once, as a person does when the network is well again."""
    world.pass_s(3_600)
    letters = [one.key for one in outbox.dead() if one.cause in {"again", "ambiguous"}]
    for key in letters:
        outbox.retry(key)
        _let_pass(outbox, world)
    return sum(outbox.get(key).state == "done" for key in letters)


def work(way: str, folder: Path, effects: int, seed: int, kill_at: int, ground: Ground) -> None:
    """Send them all, beginning where the last worker was killed."""
    world = World(folder / "world.db")
    publisher = Faulty(ground.publisher, world, seed=seed, kill_at=kill_at)
    if way == "naive":
        _retry_plainly(folder, publisher, world, range(effects), ground.wish, seed)
        return
    tables = Tables(folder / "data")
    outbox = _outbox(tables, publisher, world, seed)
    # Some of those on record are wished once more, as a run that is resumed does.
    number = max(0, len(outbox.listed()) - 5)
    while True:
        while number < effects:
            try:
                outbox.send(ground.wish(number))
            except UsageError:
                break
            number += 1
        outbox.deliver_due(20)
        due = outbox.next_at()
        if due is None:
            break
        world.pass_until(due)


def _retry_plainly(
    folder: Path,
    publisher: Faulty,
    world: World,
    numbers: Sequence[int],
    wish: Callable[[int], Wish],
    seed: int,
) -> None:
    """What most programs do: try until it works, then write down that it did."""
    rng = Random(seed)
    noted = _noted(folder)
    with (folder / "noted.txt").open("a", encoding="utf-8") as book:
        for number in numbers:
            if number not in noted:
                effect = wish_for(None, wish(number), BEGAN)
                book.write(f"{number} {_ended(effect, publisher, world, rng)}\n")
                book.flush()


def _ended(effect: Effect, publisher: Faulty, world: World, rng: Random) -> str:
    for tries in range(1, TRIES + 1):
        try:
            publisher.do(effect, None)
        except SendFault as fault:
            if fault.kind == "refused":
                break
            world.pass_s(max(wait_after(tries, rng), fault.wait_s or 0))
        else:
            return "done"
    return "given up"


def _noted(folder: Path) -> dict[int, str]:
    book = folder / "noted.txt"
    if not book.exists():
        return {}
    lines = [line.split(" ", 1) for line in book.read_text(encoding="utf-8").splitlines()]
    return {int(number): ended for number, ended in lines}


def _outbox(tables: Tables, publisher: Publisher, world: World, seed: int) -> Outbox:
    return Outbox(
        tables,
        {publisher.name: publisher},
        now=world.now,
        rng=Random(f"{seed}-{world.requests()}"),
        monotonic=world.seconds,
    )


def _ground(name: str, folder: Path) -> Ground:
    module, _, function = name.partition(":")
    return cast("Ground", getattr(import_module(module), function)(folder))


if __name__ == "__main__":
    _, asked, place, how_many, script, killing, where = sys.argv
    work(asked, Path(place), int(how_many), int(script), int(killing), _ground(where, Path(place)))
