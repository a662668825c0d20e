"""What came of playing a scenario once: every step, everything said, sent and refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pmagent.simulations.scenario import Scenario
from pmagent.simulations.world.calls import Called
from pmagent.simulations.world.destination import Attempt, Thing
from pmagent.simulations.world.person import Asked
from pmagent.simulations.world.writer import Shown
from pmagent.types.procedures import Procedure
from pmagent.types.runs import Run, StepRow


@dataclass(frozen=True, kw_only=True)
class Leg:
    """One run of the play: the command's own, one it switched to, or one that a step ran."""

    run: Run
    procedure: Procedure
    rows: tuple[StepRow, ...]


@dataclass(frozen=True, kw_only=True)
class Played:
    """One play, whole."""

    scenario: Scenario
    legs: tuple[Leg, ...]
    """The chain of switches first, each in its order; then the runs below them."""
    chain: int
    """How many of the legs are the chain."""
    asked: tuple[Asked, ...]
    shown: tuple[Shown, ...]
    called: tuple[Called, ...]
    denied: tuple[str, ...]
    things: tuple[Thing, ...]
    """What is there in the end, in the order it was made."""
    attempts: tuple[Attempt, ...]
    doubled: tuple[str, ...]
    """Keys of effects that were made twice."""
    unapproved: tuple[str, ...]
    """Effects that were held up because nobody had said yes to them."""
    killed: tuple[str, ...]
    """Where the process ended, of what `kill_at` asks for."""
    notes: Mapping[str, str]
    """Hand-off notes by path."""
    trail_fault: str
    """Why the trail is not whole; empty where it is."""
    unused: tuple[str, ...]
    """Lines of the scenario that nothing asked for."""
    hidden: tuple[str, ...] = ()
    """Words that no grant lets anybody see."""
    elapsed_ms: float = 0.0
    faults: tuple[str, ...] = field(default=())
    """What is wrong with the scenario itself, so that it could not be played to its end."""

    @property
    def run(self) -> Run:
        """The run that the others switched to: how it ended is how it all ended."""
        return self.legs[self.chain - 1].run

    @property
    def outcome(self) -> str:
        """Its state, and what it waits for."""
        run = self.run
        return f"{run.state}:{run.waits_for}" if run.state == "waiting" else run.state

    @property
    def path(self) -> tuple[StepRow, ...]:
        """The steps of the chain, in order."""
        return tuple(row for leg in self.legs[: self.chain] for row in leg.rows)

    @property
    def said(self) -> str:
        """All the notes, and why it ended."""
        told = [
            line for leg in self.legs[: self.chain] for line in (*leg.run.notes, leg.run.reason)
        ]
        return "\n".join((*told, *self.notes.values()))
