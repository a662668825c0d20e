"""One run while it is carried on: its values, what is on record, what it has used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import cast

from pmagent.procedures.engine import budget as budgets
from pmagent.procedures.engine.asking import Patience
from pmagent.procedures.engine.ceiling import Ceiling
from pmagent.procedures.engine.outcomes import Finished
from pmagent.procedures.engine.ports import Here, Language, Ports
from pmagent.procedures.engine.terms import Terms, tighter
from pmagent.records.runs import MARK, RunRecords
from pmagent.types.actions import Json
from pmagent.types.procedures import Procedure, RunBudget, Step
from pmagent.types.runs import Run, Spent, StepRow


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One turn of a loop around a step."""

    path: str
    """The loop's own path."""
    index: int
    """From 1."""
    key: str
    """What its item is known by."""


Turns = tuple[Turn, ...]


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A run as it is carried on: with its pinned procedure read, and its expressions ready."""

    run: Run
    procedure: Procedure
    terms: Terms
    language: Language


class RunState:
    """What the steps of one run share. One thread carries a run on."""

    def __init__(self, opened: Opened, ports: Ports, records: RunRecords) -> None:
        run, procedure, terms = opened.run, opened.procedure, opened.terms
        self.run = run
        self.procedure = procedure
        self.terms = terms
        self.patience = Patience(ports.person, ports.clock)
        self.ports = replace(ports, person=self.patience)
        self.records = records
        self.language = opened.language
        is_trusted = procedure.is_trusted and terms.is_trusted
        self.ceiling = Ceiling(
            procedure.allowed_tools,
            is_trusted=is_trusted,
            named=terms.named,
            above=terms.ceilings,
        )
        self.budget: RunBudget = tighter(procedure.budget, terms.budget)
        self.values: dict[str, Json] = {**terms.names, **run.arguments}
        self.approved: frozenset[str] = frozenset()
        """What a person has said yes to: the addresses of steps, each with a digest."""
        self.spent = Spent()
        """Of the rows so far: while a run is replayed, what it had used at that step."""
        rows = records.steps(run.id, has_marks=True)
        self._rows = {row.address: row for row in rows}
        self._seq = len(rows)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing may leave and nobody need say yes: a dry run or a shadow."""
        return self.terms.is_dry or self.is_shadow

    @property
    def is_shadow(self) -> bool:
        """Whether effects are held."""
        return "shadow" in {self.run.autonomy, self.run.origin}

    @property
    def rows(self) -> tuple[StepRow, ...]:
        """The finished steps, in order."""
        return tuple(row for row in self._rows.values() if MARK not in row.address)

    def names(self) -> dict[str, Json]:
        """What an expression may name at this step."""
        run = {"id": self.run.id, "command": self.run.command, "key": self.run.key}
        return {**self.values, "run": run, "budget": budgets.shown(self.budget, self.spent)}

    def row(self, address: str) -> StepRow | None:
        """The step on record."""
        return self._rows.get(address)

    def replay(self, row: StepRow) -> None:
        """Take over what a finished step has made, without doing it."""
        self.spent = add_spent(self.spent, row.spent)
        if row.name:
            self.values[row.name] = row.value

    def row_of(self, step: Step, address: str, verb: str, done: Finished) -> StepRow:
        """The row that a finished step goes on record with."""
        return StepRow(
            run=self.run.id,
            seq=self._seq + 1,
            address=address,
            path=step.path,
            verb=verb,
            status=done.status,
            name=done.name,
            value=done.value,
            maker=done.maker,
            detail=done.detail,
            at=self.ports.clock.now(),
            spent=done.spent,
            assumptions=done.assumptions,
        )

    def write(
        self, row: StepRow, run: Run, successor: tuple[Run, Mapping[str, Json]] | None = None
    ) -> bool:
        """Put a row on record with what it makes of the run; False where somebody ended the run."""
        spent = add_spent(self.spent, row.spent)
        changed = replace(run, spent=spent)
        is_open = self.records.append(row, changed, successor)
        self._rows[row.address] = row
        self._seq += 1
        self.replay(row)
        self.run = changed if is_open else self.records.get(self.run.id) or changed
        return is_open

    def mark(self, step: Step, address: str, name: str, value: Json) -> None:
        """Put on record what an unfinished step has come to, so that it goes on from there."""
        made = Finished(value=value, detail=name)
        row = self.row_of(step, f"{address}{MARK}{name}", name, made)
        self.write(row, self.run)

    def mark_of(self, address: str, name: str) -> Json:
        """The mark, or None."""
        row = self.row(f"{address}{MARK}{name}")
        return None if row is None else row.value

    def here(self, address: str, turns: Turns) -> Here:
        """Which step wants something."""
        key = "/".join((self.run.key, *(turn.key for turn in turns)))
        return Here(
            run=self.run,
            procedure=self.procedure,
            address=address,
            key=key,
            why_not_read=self.ceiling.why_not_read,
        )


def add_spent(one: Spent, other: Spent) -> Spent:
    """Both together; a price that is not known stays so."""
    is_known = one.usd is not None and other.usd is not None
    return Spent(
        steps=one.steps + other.steps,
        tokens=one.tokens + other.tokens,
        usd=cast("Decimal", one.usd) + cast("Decimal", other.usd) if is_known else None,
        effects=one.effects + other.effects,
        ms=one.ms + other.ms,
    )


def address_of(path: str, turns: Turns) -> str:
    """A step's path with the turn of each loop around it: `7[2].3`."""
    parts = path.split(".")
    indices = {turn.path: turn.index for turn in turns}
    said: list[str] = []
    for depth, part in enumerate(parts, start=1):
        index = indices.get(".".join(parts[:depth])) if depth < len(parts) else None
        said.append(part if index is None else f"{part}[{index}]")
    return ".".join(said)
