"""How many faults of a procedure its scenarios notice: the mutation score."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pmagent.errors import PmagentError
from pmagent.simulations.judging import judge
from pmagent.simulations.mutants import Mutant, make_mutants
from pmagent.simulations.play import Stage, play
from pmagent.simulations.scenario import Scenario
from pmagent.types.procedures import Procedure

Told = Callable[[int, int], None]
"""(done, of how many) mutants."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One mutant, and what noticed it."""

    mutant: Mutant
    noticed_by: str
    """The scenario; empty where it survived."""
    why: str = ""
    """What that scenario says of it."""


@dataclass(frozen=True, kw_only=True)
class Score:
    """Of one procedure."""

    command: str
    verdicts: tuple[Verdict, ...]

    @property
    def killed(self) -> int:
        """How many were noticed."""
        return sum(1 for one in self.verdicts if one.noticed_by)

    @property
    def survivors(self) -> tuple[Mutant, ...]:
        """Those that nobody noticed."""
        return tuple(one.mutant for one in self.verdicts if not one.noticed_by)

    @property
    def share(self) -> float:
        """From 0 to 1; 1 where there is no mutant."""
        return self.killed / len(self.verdicts) if self.verdicts else 1.0


def score(
    procedure: Procedure, scenarios: Sequence[Scenario], stage: Stage, told: Told | None = None
) -> Score:
    """Plays the scenarios on each mutant until one of them notices.

    Noticed is what an expectation says; a golden transcript is not asked, for it notices anything.
    """
    effects = [name for name, spec in stage.specs.items() if spec.effect != "read"]
    mutants = tuple(make_mutants(procedure, effects))
    verdicts: list[Verdict] = []
    for number, mutant in enumerate(mutants, start=1):
        verdicts.append(_verdict(mutant, scenarios, stage))
        if told is not None:
            told(number, len(mutants))
    return Score(command=procedure.name, verdicts=tuple(verdicts))


def _verdict(mutant: Mutant, scenarios: Sequence[Scenario], stage: Stage) -> Verdict:
    for scenario, why in _noticing(mutant, scenarios, stage):
        return Verdict(mutant=mutant, noticed_by=scenario.name, why=why)
    return Verdict(mutant=mutant, noticed_by="")


def _noticing(
    mutant: Mutant, scenarios: Sequence[Scenario], stage: Stage
) -> Iterator[tuple[Scenario, str]]:
    changed = {mutant.procedure.name: mutant.procedure}
    for scenario in scenarios:
        try:
            faults = judge(play(scenario, stage, changed))
        except PmagentError as exc:
            faults = (exc.message,)
        if faults:
            yield scenario, faults[0]
