"""The runs of one garden: begun, gone on with, looked at. What every front end calls.

Each call that carries a run on yields what happens as it happens; the run is on record after every
step, so that whoever stops listening loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from pmagent.errors import UsageError
from pmagent.outbox.outbox import Outbox
from pmagent.procedures.engine.engine import Engine
from pmagent.procedures.engine.explain import explain
from pmagent.procedures.engine.ports import Language, Ports, Writer
from pmagent.procedures.engine.terms import Terms
from pmagent.procedures.language.expressions import Expressions
from pmagent.procedures.language.read import is_procedure
from pmagent.procedures.language.tree import draw_mermaid, draw_tree
from pmagent.procedures.lint.lint import lint
from pmagent.records.rehearsals import RehearsalRow, RehearsalRows
from pmagent.records.runs import RunRecords
from pmagent.records.tables import Tables
from pmagent.reviews.queue import ReviewQueue
from pmagent.runs.arguments import read_arguments, resolve_documents
from pmagent.runs.commands import AS_FUNCTIONS
from pmagent.runs.grounds import RunGrounds
from pmagent.runs.notes import HandOffNotes
from pmagent.runs.parts import FreeIds, Parts, SystemClock
from pmagent.runs.person import QueuePerson
from pmagent.runs.recalling import recall
from pmagent.runs.writing import GroundedVerifier, ModelWriter
from pmagent.types.actions import Ask, AskReply
from pmagent.types.commands import CommandFile
from pmagent.types.procedures import Autonomy, Problem, Procedure
from pmagent.types.reviews import Review
from pmagent.types.runs import Run, RunEvent, RunState, StepRow
from pmagent.types.talk import Model, ModelCard, Usage
from pmagent.types.traces import TraceEvent, TraceSpan


@dataclass(frozen=True, kw_only=True)
class Company:
    """Who is with a run: who is asked, and which models write."""

    asker: Callable[[Ask], AskReply] | None = None
    """Asks whoever sits here; None: questions wait in the queue."""
    model: Callable[[str], Model] | None = None
    """Opens a model by `fast`, `deep` or alias; None: no model writes anything."""
    stop: Callable[[], bool] = lambda: False


ALONE = Company()


class Runs:
    """The runs of one garden. Safe to use from several threads, one run in each."""

    def __init__(self, grounds: RunGrounds) -> None:
        self._grounds = grounds
        self._parts = Parts(grounds)

    def close(self) -> None:
        """Release what was opened."""
        self._parts.close()

    @property
    def reviews(self) -> ReviewQueue:
        """What waits for the person."""
        return self._parts.reviews

    @property
    def outbox(self) -> Outbox:
        """The one way out."""
        return self._parts.outbox

    @property
    def parts(self) -> Parts:
        """What runs stand on."""
        return self._parts

    # -- carrying on -------------------------------------------------------------------------------

    @staticmethod
    def is_procedure(command: CommandFile) -> bool:
        """Whether a command has exact steps."""
        return is_procedure(command)

    def begin(
        self,
        name: str,
        typed: str,
        company: Company = ALONE,
        *,
        is_dry: bool = False,
        autonomy: Autonomy | None = None,
    ) -> Iterator[RunEvent]:
        """Begin `/name typed`; what happens, as it happens.

        Raises:
            UsageError: there is no such procedure, it has a mistake, or an argument is missing.
        """
        procedure = self.procedure(name)
        command = self._grounds.gatehouse.commands.command(name)
        hint = command.argument_hint if command is not None else ""
        resolve = self._grounds.jobs.archive().resolve
        typed_values = read_arguments(procedure, typed, hint)
        given, named = resolve_documents(procedure, typed_values, resolve)
        terms = Terms(
            autonomy=autonomy,
            names={"site": self._parts.site},
            named=named,
            is_dry=is_dry,
            has_model=company.model is not None,
        )
        if not is_dry:
            events = self._engine(company).start(procedure, given, terms)
            return self._parts.sampling.drawn(events)
        # A rehearsal leaves no trace: it is on record in a folder that goes with it.
        folder = TemporaryDirectory(prefix="pmagent-dry-")
        tables = Tables(Path(folder.name))
        engine = self._engine(company, RunRecords(tables))
        return _rehearsed(engine.start(procedure, given, terms), tables, folder)

    def resume(self, run_id: str, company: Company = ALONE) -> Iterator[RunEvent]:
        """Go on with a run from where it stands; effects that are due are tried first.

        Raises:
            UsageError: there is no such run, or another process carries it on.
        """
        known = self.get(run_id)
        house = self._grounds.gatehouse
        recall(house.session, self._parts.records, known, house.labels_of)
        if known.waits_for == "outbox":
            self.outbox.deliver_due()
        return self._parts.sampling.drawn(self._engine(company).resume(known.id))

    def cancel(self, run_id: str, why: str = "called off by a person") -> Run:
        """End a run that has not ended.

        Raises:
            UsageError: there is no such run.
        """
        run = self._engine(ALONE).cancel(self.get(run_id).id, why)
        self.reviews.drop_of_run(run.id, why)
        return run

    def _engine(self, company: Company, records: RunRecords | None = None) -> Engine:
        parts = self._parts
        house = self._grounds.gatehouse

        ports = Ports(
            documents=parts.documents,
            calls=parts.calls,
            person=QueuePerson(
                queue=parts.reviews,
                setting=parts.setting_of,
                session=house.session,
                asker=company.asker,
                procedure=parts.weighed,
                run=parts.records.get,
                trigger=parts.sampling.trigger,
            ),
            commands=parts.commands,
            language=_language,
            clock=SystemClock(parts),
            ids=FreeIds(parts.records),
            notes=HandOffNotes(gatehouse=house, queue=parts.reviews, setting=parts.setting),
            tracing=parts.tracing,
            leases=parts.leases,
            writer=self._writer(company),
            verifier=GroundedVerifier(count_lines=parts.count_lines),
        )
        return Engine(ports, records or parts.records)

    def _writer(self, company: Company) -> Writer | None:
        if company.model is None:
            return None
        return ModelWriter(
            open_model=company.model,
            tracing=self._parts.tracing,
            price=self._price,
            stop=company.stop,
        )

    def _price(self, usage: Usage, card: ModelCard) -> Decimal | None:
        return self._grounds.price(usage, card)

    # -- looking -----------------------------------------------------------------------------------

    def list(self, limit: int = 50, *, states: Sequence[RunState] = ()) -> Sequence[Run]:
        """Runs, the latest first."""
        return self._parts.records.list(limit, states=states)

    def get(self, run_id: str) -> Run:
        """One run, by its id or the beginning of it.

        Raises:
            UsageError: there is none, or there are several.
        """
        found = self._parts.records.get(run_id)
        if found is not None:
            return found
        near = [run for run in self.list(10_000) if run_id and run.id.startswith(run_id)]
        if len(near) == 1:
            return near[0]
        what = f"fits {len(near)} runs" if near else "is no run"
        raise UsageError(f'"{run_id}" {what}', '"pmagent runs" lists those there are')

    def steps(self, run_id: str) -> Sequence[StepRow]:
        """Its finished steps, in order."""
        return self._parts.records.steps(run_id)

    def spans(self, run_id: str) -> Sequence[TraceSpan]:
        """What took how long in it."""
        return self._parts.spans.of_run(run_id)

    def events(self, run_id: str) -> Sequence[TraceEvent]:
        """What happened within them, in order."""
        return self._parts.spans.events_of_run(run_id)

    def explain(self, run_id: str) -> str:
        """What it did, why, and what it waits for."""
        run = self.get(run_id)
        review = self.asked(run)
        return explain(run, self.steps(run.id), review.id if review is not None else "")

    def asked(self, run: Run) -> Review | None:
        """The review that a run waits for, of it or of one that it has started; None for none."""
        if run.state != "waiting":
            return None
        waiting = [one for one in self.reviews.of_run(run.id) if one.state == "open"]
        if waiting:
            return waiting[-1]
        below = (one for one in self.list(1_000, states=("waiting",)) if one.parent == run.id)
        return next((found for one in below if (found := self.asked(one)) is not None), None)

    def keep_rehearsal(self, played: RehearsalRow) -> bool:
        """Keep what simulations said of a command; False where it is another version here."""
        subject = self._parts.subject(played.command)
        if subject is None or subject.digest != played.digest:
            return False
        RehearsalRows(self._parts.tables).put(played)
        return True

    # -- procedures --------------------------------------------------------------------------------

    def procedure(self, name: str) -> Procedure:
        """The procedure called so.

        Raises:
            UsageError: there is none.
        """
        self._grounds.gatehouse.commands.refresh()
        found = self._parts.commands.procedure(name.removeprefix("/"))
        if found is None:
            raise UsageError(f'"/{name}" is no procedure', '"pmagent lint" lists those there are')
        return found

    def procedures(self) -> Sequence[Procedure]:
        """Every procedure, by name."""
        book = self._grounds.gatehouse.commands
        book.refresh()
        names = [command.name for command in book.commands() if is_procedure(command)]
        found = (self._parts.commands.procedure(name) for name in names)
        return [one for one in found if one is not None]

    def tree(self, name: str, *, is_mermaid: bool = False) -> str:
        """Its steps as a tree a person reads, or as a Mermaid diagram."""
        procedure = self.procedure(name)
        effects = frozenset(self._parts.calls.effects)
        if is_mermaid:
            return draw_mermaid(procedure, effects=effects)
        return draw_tree(procedure, effects=effects)

    def lint(self, procedure: Procedure) -> Sequence[Problem]:
        """What is wrong with it, errors first where they stand."""
        book = self._grounds.gatehouse.commands
        others: Mapping[str, Procedure | None] = {
            command.name: self._parts.commands.procedure(command.name)
            for command in book.commands()
        } | dict.fromkeys(AS_FUNCTIONS)
        return lint(procedure, catalog=self._parts.calls.catalog, commands=others)


def _language(run: Run, procedure: Procedure) -> Language:
    """Expressions at the run's clock.

    In a process of their own: all of a file nobody has trusted, and what may grow of any other.
    """
    is_outside = not procedure.is_trusted
    return Expressions(lambda: run.clock, is_outside=is_outside, is_guarded=True)


def _rehearsed(
    events: Iterator[RunEvent], tables: Tables, folder: TemporaryDirectory[str]
) -> Iterator[RunEvent]:
    """The events of a run that is on record nowhere but in a folder that goes with it."""
    try:
        yield from events
    finally:
        tables.close()
        folder.cleanup()
