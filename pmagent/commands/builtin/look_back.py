"""`/look-back`: a week that is over, expected against actual."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.builtin._week import folded, week_named
from pmagent.types.turns import Said, TurnEvent


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """Each card's plan against what came of it, and how your estimates hold."""
    calls = bench.garden.week
    week = week_named(calls.today(), argument)
    yield Said(text=folded(calls.look_back(week)))


builtin = Builtin(
    name="look-back",
    group="Plan",
    summary="A week that is over: expected against actual, and how estimates hold",
    argument_hint="[WEEK | last]",
    run=run,
)
