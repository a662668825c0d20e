"""`/standup`: what was done, what the day holds, and what waits."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.builtin._week import day_named, folded
from pmagent.types.turns import Said, TurnEvent


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """Three lists, to be read aloud."""
    calls = bench.garden.week
    named = argument.strip()
    day = day_named(calls.today(), named, flag="the day") if named else calls.today()
    yield Said(text=folded(calls.standup(day)))


builtin = Builtin(
    name="standup",
    group="Plan",
    summary="What was done, what the day holds and what is in the way",
    argument_hint="[DAY]",
    run=run,
)
