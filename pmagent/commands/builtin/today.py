"""`/today`: one day by the clock, meetings and blocks, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.builtin._week import day_named, folded
from pmagent.types.tasks import WeekPlan
from pmagent.types.turns import Screen, TurnEvent


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The day of the plan that stands."""
    calls = bench.garden.week
    named = argument.strip()
    day = day_named(calls.today(), named, flag="the day") if named else calls.today()
    plan = calls.standing(day, day) or WeekPlan(first=day, last=day, blocks=())
    yield Screen(name="week", argument=day.isoformat(), text=folded(calls.page(plan, day)))


builtin = Builtin(
    name="today",
    aliases=("day",),
    group="Plan",
    summary="One day by the clock: meetings, planned blocks and why",
    argument_hint="[DAY]",
    run=run,
)
