"""`/standup`: what was done, what the day holds, and what waits."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.builtin._week import folded
from pmagent.days import parse_day
from pmagent.types.turns import Said, TurnEvent


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """Three lists, to be read aloud."""
    calls = bench.garden.week
    named = argument.strip()
    day = parse_day(named, is_end=False, flag="the day") if named else calls.today()
    yield Said(text=folded(calls.standup(day)))


builtin = Builtin(
    name="standup",
    group="Plan",
    summary="What was done, what the day holds and what is in the way",
    argument_hint="[DAY]",
    run=run,
)
