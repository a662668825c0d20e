"""`/week`: the plan that stands for a week, and the board beside it."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.builtin._week import days_named, fenced
from pmagent.commands.markdown import page
from pmagent.types.tasks import WeekPlan
from pmagent.types.turns import Screen, TurnEvent


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The plan that was kept, else the calendar alone."""
    calls = bench.garden.week
    first, last = days_named(calls, argument.strip() or "week")
    standing = calls.standing(first, last)
    plan = standing or WeekPlan(first=first, last=last, blocks=())
    none = "" if standing is not None else "No plan stands for these days. Make one: `/plan`"
    text = page(f"# From {first} to {last}", fenced(calls.table(plan, width=78)), none)
    yield Screen(name="week", argument=f"{first.isoformat()} {last.isoformat()}", text=text)


builtin = Builtin(
    name="week",
    group="Plan",
    summary="The week as it stands: calendar and planned blocks",
    argument_hint="[WEEK | next | last]",
    run=run,
)
