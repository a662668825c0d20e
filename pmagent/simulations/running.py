"""Plays a number of scenarios and says of each whether it came out as it should, and as before."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pmagent import __version__
from pmagent.errors import PmagentError, UsageError
from pmagent.simulations import golden
from pmagent.simulations.coverage import Coverage, cover
from pmagent.simulations.golden import Divergence
from pmagent.simulations.judging import judge
from pmagent.simulations.mutating import Score, score
from pmagent.simulations.mutating import Told as MutantsTold
from pmagent.simulations.play import Stage, play
from pmagent.simulations.played import Played
from pmagent.simulations.scenario import Scenario
from pmagent.simulations.shelf import Shelf, digest_of
from pmagent.simulations.walking import all_steps
from pmagent.types.procedures import Procedure, RunStep, SwitchStep


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of one scenario."""

    scenario: Scenario
    faults: tuple[str, ...]
    """What is not as expected; empty where it passed."""
    parted: Divergence | None
    """Where it parts from the play that is kept beside it."""
    played: Played | None
    """None where it could not be played at all."""
    elapsed_ms: float

    @property
    def is_passed(self) -> bool:
        """Whether nothing is wrong with it, and it went as before."""
        return not self.faults and self.parted is None


@dataclass(frozen=True, kw_only=True)
class Report:
    """All of them."""

    results: tuple[Result, ...]
    coverage: tuple[Coverage, ...]
    skipped: int
    """Scenarios that nothing has changed for since they passed."""
    elapsed_ms: float

    @property
    def failed(self) -> tuple[Result, ...]:
        """Those that did not pass."""
        return tuple(one for one in self.results if not one.is_passed)

    def least_coverage(self) -> float:
        """The smallest share of a command's ways that were gone."""
        return min((one.share for one in self.coverage), default=1.0)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which scenarios, and how."""

    name: str = ""
    """A command, or a file; empty for all."""
    only_changed: bool = False
    updates: bool = False
    """Keep these plays as the ones to compare with."""
    repeat: int = 1


Told = Callable[[Result], None]


class Bench:
    """The scenarios of one shelf on one stage."""

    def __init__(self, shelf: Shelf, stage: Stage) -> None:
        self.shelf = shelf
        self.stage = stage

    def run(self, wanted: Wanted, told: Told) -> Report:
        """Play those that are wanted; each is told of when it is done.

        Raises:
            UsageError: a scenario cannot be read, or there is none.
        """
        began = time.perf_counter()
        scenarios = self.shelf.scenarios(wanted.name)
        passed = dict(self.shelf.passed())
        results: list[Result] = []
        skipped = 0
        for scenario in scenarios:
            digest = self._digest(scenario)
            if wanted.only_changed and digest and passed.get(scenario.name) == digest:
                skipped += 1
                continue
            result = self._result(scenario, wanted)
            results.append(result)
            passed.pop(scenario.name, None)
            if result.is_passed and digest:
                passed[scenario.name] = digest
            told(result)
        if wanted.only_changed and passed != self.shelf.passed():
            self.shelf.keep_passed(passed)
        return Report(
            results=tuple(results),
            coverage=() if skipped else tuple(self.coverage(results)),
            skipped=skipped,
            elapsed_ms=(time.perf_counter() - began) * 1000,
        )

    def coverage(self, results: Sequence[Result]) -> Iterator[Coverage]:
        """Of each command that was simulated itself, by all the plays."""
        plays = [one.played for one in results if one.played is not None]
        for command in sorted({one.scenario.command for one in results}):
            procedure = self.stage.procedure(command)
            if procedure is not None:
                yield cover(procedure, self.stage.specs, plays)

    def mutate(self, command: str, told: MutantsTold | None = None) -> Score:
        """The mutation score of a command's scenarios.

        Raises:
            UsageError: there is no such procedure, or one of its scenarios does not pass as it is.
        """
        procedure = self.procedure(command)
        scenarios = self.shelf.scenarios(command)
        for scenario in scenarios:
            faults = self._result(scenario, Wanted()).faults
            if faults:
                raise UsageError(
                    f'"{scenario.name}" does not pass as it is: {faults[0]}',
                    "mend it first: it would notice anything",
                )
        return score(procedure, scenarios, self.stage, told)

    def procedure(self, command: str) -> Procedure:
        """The procedure of a command.

        Raises:
            UsageError: there is none.
        """
        found = self.stage.procedure(command.removeprefix("/"))
        if found is None:
            raise UsageError(f'"/{command.removeprefix("/")}" is no procedure here')
        return found

    def _result(self, scenario: Scenario, wanted: Wanted) -> Result:
        began = time.perf_counter()
        played, parted = None, None
        try:
            played = play(scenario, self.stage)
            faults = judge(played)
            lines = golden.transcript(played)
            for _ in range(wanted.repeat - 1):
                again = golden.diverges(lines, golden.transcript(play(scenario, self.stage)))
                faults += (f"two plays are not the same: {again.told()}",) if again else ()
            if wanted.updates and not faults:
                self.shelf.keep_golden(scenario, lines)
            kept = self.shelf.golden(scenario)
            parted = golden.diverges(kept, lines) if kept is not None else None
        except PmagentError as exc:
            faults = (f"{exc.message} ({exc.hint})" if exc.hint else exc.message,)
        elapsed_ms = (time.perf_counter() - began) * 1000
        return Result(
            scenario=scenario, faults=faults, parted=parted, played=played, elapsed_ms=elapsed_ms
        )

    def _digest(self, scenario: Scenario) -> str:
        """Of all that the scenario's play hangs on; empty where that cannot be said."""
        try:
            contents = self.shelf.contents(scenario)
            texts = [one.text for one in self._reached(scenario.command).values()]
        except PmagentError:
            return ""
        return digest_of(scenario, contents, (__version__, *texts))

    def _reached(self, command: str) -> Mapping[str, Procedure]:
        """A procedure and all that it may run or switch to."""
        found: dict[str, Procedure] = {}
        waiting = [command]
        while waiting:
            name = waiting.pop()
            procedure = self.stage.procedure(name)
            if name in found or procedure is None:
                continue
            found[name] = procedure
            waiting += [
                step.command
                for step in all_steps(procedure)
                if isinstance(step, RunStep | SwitchStep)
            ]
        return dict(sorted(found.items()))
