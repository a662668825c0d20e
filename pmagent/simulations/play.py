"""Plays one scenario to its end: through the engine that everybody uses, in a world of its own.

Records, outbox and trail are the real ones, in a temporary folder that is gone afterwards. Nothing
of the person's own garden, keys or settings is looked at, and nothing leaves.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random

from pmagent.agent.audit import Trail
from pmagent.errors import UsageError
from pmagent.functions import Desk
from pmagent.outbox.outbox import Outbox
from pmagent.procedures.engine.engine import Engine
from pmagent.procedures.engine.ports import FailPlace, Here, Language, Ports
from pmagent.procedures.engine.terms import Terms
from pmagent.procedures.language.expressions import Expressions
from pmagent.records.runs import RunRecords
from pmagent.records.tables import Tables
from pmagent.simulations.arguments import read_arguments
from pmagent.simulations.played import Leg, Played
from pmagent.simulations.scenario import Scenario
from pmagent.simulations.world.calls import (
    CallGrounds,
    Memo,
    ScriptedCalls,
    scripted_value,
)
from pmagent.simulations.world.desk import MemoryArchive, MemoryJobs
from pmagent.simulations.world.destination import Place
from pmagent.simulations.world.documents import Files, ScriptedDocuments, read_grant
from pmagent.simulations.world.person import ScriptedPerson
from pmagent.simulations.world.small import (
    CountedIds,
    KeptNotes,
    NoTracing,
    ProcessNames,
    ScriptedClock,
)
from pmagent.simulations.world.writer import MemoryVerifier, ScriptedWriter
from pmagent.types.actions import Json
from pmagent.types.calls import CallSpec, Function
from pmagent.types.procedures import Procedure, RunBudget
from pmagent.types.runs import Run, RunEvent

_FAST = Path("/dev/shm")  # noqa: S108 - a memory disk where there is one; the folder is private
_KEY = b"the key of a simulation's trail."
_MOST_PASSES = 40
"""How often a run that waits is carried on: eight tries of an effect, and a few questions."""
_PLACES = frozenset({"begun", "performed", "written"})
_HIDDEN_LEAST = 24
"""Characters of a line that is told apart from ordinary words."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What scenarios are played on: commands, functions, and what effects there are."""

    procedure: Callable[[str], Procedure | None]
    """The procedure of a name; None where it is none."""
    reread: Callable[[str, str], Procedure]
    """The procedure of a name and a text."""
    functions: Mapping[str, Function]
    effects: Mapping[str, CallSpec]
    contents: Callable[[Scenario], Mapping[str, bytes]]
    """The files of a scenario's garden. Raises ReadError."""
    memo: Memo = field(default_factory=Memo)

    @property
    def specs(self) -> Mapping[str, CallSpec]:
        """Everything that can be called."""
        return {**{name: one.spec for name, one in self.functions.items()}, **self.effects}


class _Killed(BaseException):
    """The process ends here."""


@dataclass(kw_only=True)
class _Commands:
    """`ports.Commands` of a play."""

    stage: Stage
    changed: Mapping[str, Procedure]
    """Procedures that stand in for those of their names."""
    scripted: Mapping[str, tuple[Json, ...]]
    _given: dict[str, int] = field(default_factory=dict[str, int])

    def procedure(self, name: str) -> Procedure | None:
        """The procedure of this name; None where it is scripted."""
        if name in self.scripted:
            return None
        return self.changed.get(name) or self.stage.procedure(name)

    def reread(self, name: str, text: str) -> Procedure:
        """The procedure as it was pinned: a changed one stays changed."""
        return self.changed.get(name) or self.stage.reread(name, text)

    def run(self, name: str, given: Mapping[str, Json], here: Here) -> Json:
        """What the scenario scripts for it. Raises UsageError."""
        del given, here
        series = self.scripted.get(name)
        if not series:
            raise UsageError(
                f'"/{name}" is no procedure', f'script what it gives: "commands: {{{name}: …}}"'
            )
        number = self._given.get(name, 0)
        self._given[name] = number + 1
        return scripted_value(f"/{name}", series, number)


@dataclass(kw_only=True)
class _Kills:
    """Ends the process where the scenario says so, each place once."""

    left: list[str]
    done: list[str] = field(default_factory=list[str])

    def at(self, place: FailPlace, address: str) -> None:
        """Called by the engine."""
        for name in self.left:
            wanted, _, end = name.rpartition(".")
            is_named = end in _PLACES
            if (wanted, end) == (address, place) or (
                not is_named and (name, "begun") == (address, place)
            ):
                self.left.remove(name)
                self.done.append(name)
                raise _Killed


class _World:
    """Everything one play goes on in."""

    def __init__(
        self, scenario: Scenario, stage: Stage, changed: Mapping[str, Procedure], folder: Path
    ) -> None:
        self.scenario = scenario
        self.folder = folder
        self.clock = ScriptedClock(moment=scenario.now)
        self.ids = CountedIds()
        self.notes = KeptNotes()
        self.person = ScriptedPerson(lines=scenario.person)
        self.kills = _Kills(left=list(scenario.kill_at))
        self.commands = _Commands(stage=stage, changed=changed, scripted=scenario.commands)
        tries = {name: list(words) for name, words in scenario.faults.items()}
        grants = scenario.grants
        read = tuple(read_grant(one) for one in grants) if grants is not None else None
        self.files = Files(contents=stage.contents(scenario), day=scenario.now.date())
        self.documents = ScriptedDocuments(files=self.files, grants=read, tries=tries)
        self.writer = ScriptedWriter(replies=scenario.replies, tries=tries)
        self.trail = Trail(folder, key=_KEY, now=self.clock.now, redact=str)
        names = sorted({name.partition(".")[0] for name in stage.effects})
        self.places = {name: Place(name=name, tries=tries) for name in names}
        self.outbox: Outbox | None = None
        archive = MemoryArchive(
            files=self.files, today=scenario.now.date(), lets=self.documents.lets
        )
        self.calls = ScriptedCalls(
            grounds=CallGrounds(
                specs=stage.specs,
                functions=stage.functions,
                desk=Desk(archive=archive, jobs=MemoryJobs(archive), now=scenario.now),
                memo=stage.memo,
                world=f"{self.files.digest}\n{grants}\n{scenario.now.isoformat()}",
                scripted=scenario.functions,
                tries=tries,
                grants=read,
                sender=self._sender,
                trail=self.trail,
                target=lambda name: self.places[name.partition(".")[0]].target,
            )
        )

    def ports(self, process: int) -> Ports:
        """The engine's ports, of the process of this number."""
        return Ports(
            documents=self.documents,
            calls=self.calls,
            person=self.person,
            commands=self.commands,
            language=_language,
            clock=self.clock,
            ids=self.ids,
            notes=self.notes,
            tracing=NoTracing(),
            leases=ProcessNames(me=f"sim-{process}"),
            writer=self.writer if self.scenario.model == "scripted" else None,
            verifier=MemoryVerifier(files=self.files),
        )

    def open(self, stack: ExitStack) -> RunRecords:
        """The records and the outbox, as a process of its own opens them."""
        tables = Tables(self.folder)
        stack.callback(tables.close)
        with tables.held() as database:
            # What is in this folder need not outlive the play.
            database.execute("PRAGMA synchronous=OFF")
        self.outbox = Outbox(
            tables,
            self.places,
            now=self.clock.now,
            rng=Random(0),
            monotonic=self.clock.monotonic,
        )
        stack.callback(self.outbox.close)
        return RunRecords(tables)

    def _sender(self) -> Outbox:
        if self.outbox is None:
            raise UsageError("the outbox is not open")
        return self.outbox


def play(
    scenario: Scenario, stage: Stage, changed: Mapping[str, Procedure] | None = None
) -> Played:
    """What comes of the scenario. `changed` are procedures that stand in for those of their names.

    Raises:
        UsageError: there is no such procedure, or its arguments do not fit.
        ReadError: a fixture is not there.
    """
    began = time.perf_counter()
    shared = str(_FAST) if _FAST.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="pmagent-sim-", dir=shared) as folder:
        world = _World(scenario, stage, changed or {}, Path(folder))
        runs, legs = _carried(world)
        report = world.trail.verify()
        trail_fault = "" if report.state in {"ok", "empty"} else report.says
    return Played(
        scenario=scenario,
        legs=legs,
        chain=runs,
        asked=tuple(world.person.asked),
        shown=tuple(world.writer.shown),
        called=tuple(world.calls.called),
        denied=(*world.documents.denied, *world.calls.denied),
        things=tuple(thing for one in world.places.values() for thing in one.things.values()),
        attempts=tuple(one for place in world.places.values() for one in place.attempts),
        doubled=tuple(key for place in world.places.values() for key in place.doubled),
        unapproved=tuple(world.calls.unapproved),
        killed=tuple(world.kills.done),
        notes=dict(world.notes.notes),
        trail_fault=trail_fault,
        unused=world.person.unused,
        hidden=tuple(_hidden(world)),
        elapsed_ms=(time.perf_counter() - began) * 1000,
    )


def _carried(world: _World) -> tuple[int, tuple[Leg, ...]]:
    """The run carried on, process after process, until nobody can carry it on any further."""
    run_id, chain, legs = "", tuple[Run, ...](), tuple[Leg, ...]()
    for process in range(_MOST_PASSES):
        with ExitStack() as stack:
            records = world.open(stack)
            engine = Engine(world.ports(process), records, failpoint=world.kills.at)
            is_killed = False
            try:
                for _ in _events(engine, world, run_id):
                    pass
            except _Killed:
                is_killed = True
            run_id = run_id or _first(records)
            chain = _chain(records, run_id)
            if is_killed or (chain and _may_go_on(world, chain[-1])):
                continue
            legs = tuple(_legs(records, chain, world))
            break
    return len(chain), legs


def _events(engine: Engine, world: _World, run_id: str) -> Iterator[RunEvent]:
    if run_id:
        return engine.resume(run_id)
    scenario = world.scenario
    procedure = world.commands.procedure(scenario.command)
    if procedure is None:
        raise UsageError(
            f'"/{scenario.command}" is no procedure',
            "a simulation plays a command with exact steps",
        )
    terms = Terms(
        origin="sim", names={"site": scenario.site or "folder"}, budget=_budget(scenario.budget)
    )
    return engine.start(procedure, read_arguments(scenario.line, procedure), terms)


def _budget(wanted: Mapping[str, Decimal]) -> RunBudget | None:
    if not wanted:
        return None
    whole = {name: int(value) for name, value in wanted.items() if name not in {"minutes", "usd"}}
    minutes = wanted.get("minutes")
    return RunBudget(
        minutes=None if minutes is None else float(minutes), usd=wanted.get("usd"), **whole
    )


def _first(records: RunRecords) -> str:
    """The run that was begun first; empty where none was."""
    return min((run.id for run in records.list()), default="")


def _chain(records: RunRecords, run_id: str) -> tuple[Run, ...]:
    """A run, and those that took over from it."""
    found: list[Run] = []
    while run_id and (run := records.get(run_id)) is not None:
        found.append(run)
        run_id = run.switched_to
    return tuple(found)


def _legs(records: RunRecords, chain: Sequence[Run], world: _World) -> Iterator[Leg]:
    """The chain, then the runs below it as they were begun."""
    names = {run.id for run in chain}
    others = sorted((run for run in records.list() if run.id not in names), key=lambda run: run.id)
    for run in (*chain, *others):
        procedure = world.commands.reread(run.command, run.text)
        yield Leg(run=run, procedure=procedure, rows=records.steps(run.id))


def _may_go_on(world: _World, run: Run) -> bool:
    """Whether a run that waits finds something else when it is carried on; its moment comes."""
    if run.state != "waiting":
        return run.state == "running"
    if run.waits_for in {"time", "outbox"}:
        if run.wakes is not None:
            world.clock.leap(run.wakes)
        return run.wakes is not None
    asked = world.person.asked
    return bool(asked) and world.person.has_more(asked[-1].question)


def _language(run: Run, procedure: Procedure) -> Language:
    del procedure
    return Expressions(lambda: run.clock)


def _hidden(world: _World) -> Iterator[str]:
    """The lines that stand only in documents that no grant lets be read."""
    files, lets = world.files, world.documents.lets
    seen = "\n".join(
        files.contents[path].decode("utf-8", "replace") for path in files.paths if lets(path)
    )
    for path in files.paths:
        if not lets(path):
            lines = (line.strip() for line in files.lines(path))
            yield from (one for one in lines if len(one) >= _HIDDEN_LEAST and one not in seen)
