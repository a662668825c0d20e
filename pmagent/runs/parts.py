"""The parts that runs stand on, each made once and when it is first needed."""

from __future__ import annotations

import os
import random
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property

from pmagent.errors import AccessError, ReadError
from pmagent.functions import Desk, KitShelf
from pmagent.outbox.outbox import Outbox
from pmagent.procedures.engine.ports import Here
from pmagent.records.leases import LockLeases
from pmagent.records.rehearsals import RehearsalRows
from pmagent.records.runs import RunRecords
from pmagent.records.spans import SpanRows
from pmagent.records.tables import Tables
from pmagent.reviews.asking import Setting, review_of_dead
from pmagent.reviews.cases import RunRecord
from pmagent.reviews.evidence import Rehearsal
from pmagent.reviews.queue import QueuePorts, ReviewQueue
from pmagent.reviews.standing import Subject
from pmagent.runs.calls import GardenCalls
from pmagent.runs.commands import GardenCommands
from pmagent.runs.documents import GardenDocuments
from pmagent.runs.door import EffectDoor
from pmagent.runs.grounds import RunGrounds
from pmagent.runs.letters import Letters
from pmagent.runs.places import held_at, place_for
from pmagent.runs.recalling import note_values
from pmagent.runs.risks import risk_of
from pmagent.runs.salt import read_salt
from pmagent.runs.sampling import Sampling
from pmagent.runs.within import ArchiveWithin, JobsWithin
from pmagent.traces.running import RunTracing
from pmagent.traces.tracer import Tracer
from pmagent.types.actions import Json
from pmagent.types.calls import CallDesk
from pmagent.types.outbox import Comparing, Effect, Publisher
from pmagent.types.procedures import Procedure
from pmagent.types.runs import Question

LEAST_WAYS = 0.9
"""Share of a command's ways that its simulations must go, before it may go alone."""
SITE = "ghost"
NO_SITE = "folder"
"""The name `site` of a garden whose person has set no site."""


class Parts:
    """The parts of one garden. Safe to use from several threads."""

    def __init__(self, grounds: RunGrounds) -> None:
        self.grounds = grounds
        self.shelf = KitShelf()

    def close(self) -> None:
        """Close what was opened."""
        opened = self.__dict__
        if "outbox" in opened:
            self.outbox.close()
        if "leases" in opened:
            self.leases.close()
        if "tables" in opened:
            self.tables.close()

    # -- on record ---------------------------------------------------------------------------------

    @cached_property
    def tables(self) -> Tables:
        """`runs.db`."""
        return Tables(self.grounds.data_dir)

    @cached_property
    def records(self) -> RunRecords:
        """Runs and their steps."""
        return RunRecords(self.tables)

    @cached_property
    def leases(self) -> LockLeases:
        """Which process carries which run on."""
        return LockLeases(self.grounds.data_dir, f"{os.getpid()}-{secrets.token_hex(4)}")

    @cached_property
    def tracing(self) -> RunTracing:
        """What took how long."""
        tracer = Tracer(self.tables, now_ns=time.time_ns, new_id=lambda: secrets.token_hex(8))
        return RunTracing(tracer)

    @cached_property
    def spans(self) -> SpanRows:
        """The spans that were written."""
        return SpanRows(self.tables)

    # -- the way out -------------------------------------------------------------------------------

    @cached_property
    def publishers(self) -> Mapping[str, Publisher]:
        """Where effects go to, by name."""
        return self.grounds.publishers()

    @property
    def site(self) -> str:
        """Where a post goes: `ghost` where a site is set up, else `folder`."""
        return SITE if SITE in self.publishers else NO_SITE

    @cached_property
    def outbox(self) -> Outbox:
        """The one way out."""
        outbox = Outbox(
            self.tables,
            self.publishers,
            now=self.grounds.now,
            rng=random.Random(),
            monotonic=time.monotonic,
            on_dead=self._note_dead,
        )
        outbox.heed(self.grounds.why_unwanted)
        return outbox

    @cached_property
    def door(self) -> EffectDoor:
        """The outbox, as the tools with an effect reach it."""
        return EffectDoor(lambda: self.outbox, self._target, self._held)

    def _target(self, kind: str) -> str:
        return place_for(self.publishers, kind).target

    def _held(self, kind: str) -> Mapping[str, Json]:
        publisher = place_for(self.publishers, kind)
        held = held_at(publisher)
        # Its key is taken again, so what waited for another one need wait no longer.
        self.outbox.credential_changed(publisher.name)
        return held

    def _note_dead(self, effect: Effect) -> None:
        """A dead letter waits for the person like everything else that does."""
        run = self.records.get(effect.run) if effect.run else None
        command = run.command if run is not None else effect.kind
        publisher = self.publishers.get(effect.kind.partition(".")[0])
        compared = publisher.compare(effect) if isinstance(publisher, Comparing) else ""
        self.reviews.add(review_of_dead(effect, command, self.setting(command), compared))

    # -- people ------------------------------------------------------------------------------------

    @cached_property
    def reviews(self) -> ReviewQueue:
        """What waits for the person."""
        ports = QueuePorts(
            clock=self.grounds.now,
            salt=read_salt(self.grounds.data_dir),
            subject=self.subject,
            letters=lambda: Letters(outbox=self.outbox),
            run=self._run_record,
            record=self._note_promotion,
            rehearsal=self._rehearsal,
        )
        return ReviewQueue(self.tables, ports)

    def weighed(self, command: str) -> Procedure | None:
        """A procedure, its risk at least that of what it and those it runs may call.

        What a file says of its own risk may only make it greater.
        """
        procedure = self.commands.procedure(command)
        if procedure is None:
            return None
        risk = risk_of(procedure, self.calls.effects, self.commands.procedure)
        return replace(procedure, risk=risk)

    @cached_property
    def sampling(self) -> Sampling:
        """Draws and triggers."""
        return Sampling(
            records=self.records,
            outbox=lambda: self.outbox,
            queue=lambda: self.reviews,
            setting=self.setting,
        )

    def subject(self, command: str) -> Subject | None:
        """A command as it is now, for how far it may go."""
        procedure = self.weighed(command)
        if procedure is None:
            return None
        return Subject(
            command=command,
            risk=procedure.risk,
            ceiling=procedure.autonomy,
            digest=procedure.digest,
        )

    def setting(self, command: str) -> Setting:
        """When it is, and what the command is, for a review."""
        subject = self.subject(command)
        now = self.grounds.now()
        if subject is None:
            return Setting(now=now)
        return Setting(now=now, risk=subject.risk, digest=subject.digest)

    def setting_of(self, question: Question) -> Setting:
        """The same for a question of a run."""
        return self.setting(question.command)

    def _rehearsal(self, subject: Subject) -> Rehearsal | None:
        """What the simulations say of a command as it is now."""
        row = RehearsalRows(self.tables).get(subject.command, subject.digest)
        if row is None:
            return None
        has_passed = row.clean == row.cases and row.ways >= LEAST_WAYS
        return Rehearsal(has_passed=has_passed, cases=row.cases, clean=row.clean)

    def _run_record(self, run_id: str) -> RunRecord | None:
        run = self.records.get(run_id)
        return None if run is None else RunRecord(run=run, rows=self.records.steps(run_id))

    def _note_promotion(self, command: str, how: str) -> None:
        house = self.grounds.gatehouse
        house.widen("autonomy", f"/{command} {how}", lambda _: None)

    # -- what a step reaches -----------------------------------------------------------------------

    @cached_property
    def calls(self) -> GardenCalls:
        """Functions and effects."""
        return GardenCalls(
            gatehouse=self.grounds.gatehouse,
            door=self.door,
            desk=self._desk,
            note_read=self._note_read,
            tracing=self.tracing,
        )

    @cached_property
    def commands(self) -> GardenCommands:
        """Other commands."""
        rights = self.grounds.gatehouse.rights
        return GardenCommands(
            book=lambda: self.grounds.gatehouse.commands,
            calls=lambda: self.calls,
            is_digest_trusted=rights.is_digest_trusted,
        )

    @cached_property
    def documents(self) -> GardenDocuments:
        """Documents."""
        return GardenDocuments(
            grounds=self.grounds.job_grounds,
            gatehouse=self.grounds.gatehouse,
            archive=self.grounds.jobs.archive,
        )

    def _note_read(self, value: Json) -> None:
        """What a function gave was read in the session, from whatever its jobs came to read."""
        house = self.grounds.gatehouse
        note_values(house.session, [value], self.grounds.jobs.read_paths, house.labels_of)

    def count_lines(self, path: str) -> int:
        """How many lines a document of the garden has; 0 where it is none that may be read."""
        try:
            return len(self.grounds.job_grounds.lines(path))
        except (AccessError, ReadError):
            return 0

    def _desk(self, here: Here) -> CallDesk:
        archive = ArchiveWithin(whole=self.grounds.jobs.archive(), why_not=here.why_not_read)
        return Desk(
            archive=archive,
            jobs=JobsWithin(whole=self.grounds.jobs, archive=archive),
            now=here.run.clock,
            shelf=self.shelf,
            runs_told=self._runs_between,
            day_of=lambda path: self.grounds.job_grounds.engine().reader().document(path).date,
        )

    def _runs_between(self, since: date, until: date) -> Sequence[Mapping[str, Json]]:
        """The runs of some days, oldest first, as functions are told of them."""
        runs = [
            run
            for run in self.records.list(limit=1_000)
            if since <= run.began.astimezone().date() <= until and run.origin == "user"
        ]
        return tuple(
            {
                "command": run.command,
                "state": run.state,
                "reason": run.reason,
                "began": run.began.isoformat(timespec="seconds"),
                "effects": run.spent.effects,
            }
            for run in sorted(runs, key=lambda run: (run.began, run.id))
        )


class SystemClock:
    """The computer's own."""

    def __init__(self, parts: Parts) -> None:
        self._now = parts.grounds.now

    def now(self) -> datetime:
        """Now, aware."""
        return self._now()

    @staticmethod
    def monotonic() -> float:
        """Seconds that never go back."""
        return time.monotonic()


class FreeIds:
    """Names that no run has."""

    def __init__(self, records: RunRecords) -> None:
        self._records = records

    def run_id(self) -> str:
        """Six hex digits."""
        while self._records.get(made := secrets.token_hex(3)) is not None:
            pass
        return made
