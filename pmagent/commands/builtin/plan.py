"""`/plan`: the board's cards into the calendar's free time, each block with its reason."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.builtin._week import days_named, fenced, told_saved
from pmagent.commands.markdown import page
from pmagent.tasks.planner import moves_text
from pmagent.types.tasks import WeekPlan
from pmagent.types.turns import Noted, Screen, TurnEvent
from pmagent.types.week import WeekCalls

SAVE_FLAG = "--save"


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The plan on its screen; written only with `--save`."""
    calls = bench.garden.week
    words = [word for word in argument.split() if word != SAVE_FLAG]
    days = days_named(calls, " ".join(words))
    plan = calls.plan(*days)
    for note in plan.notes:
        yield Noted(text=note)
    if SAVE_FLAG in argument.split():
        rows = calls.keep(plan)
        for saved in rows:
            yield told_saved(saved)
        if not rows:
            yield Noted(text="nothing to write: this plan stands already")
        return
    named = f"{days[0].isoformat()} {days[1].isoformat()}"
    yield Screen(name="week", argument=named, text=plan_page(calls, plan))


def plan_page(calls: WeekCalls, plan: WeekPlan) -> str:
    """A plan with its choices, for front ends without screens."""
    changes = ""
    if calls.standing(plan.first, plan.last) is not None:
        changes = moves_text(calls.moves(plan), calls.habits().zone, width=78)
    return page(
        f"# Plan from {plan.first} to {plan.last}",
        fenced(calls.table(plan, width=78, has_reasons=True)),
        page("## Against the plan that stands", fenced(changes)) if changes else "",
        "Nothing is written. Keep it: `/plan --save`",
    )


builtin = Builtin(
    name="plan",
    group="Plan",
    summary="Plan the week: the board's cards into the calendar's free time, with reasons",
    argument_hint="[WEEK | next | DAY [DAY]] [--save]",
    details=(
        "Calendars are exported `.ics` files below `calendar/`; the board is one Markdown file. "
        "`--save` writes an `.ics` of the blocks and a page a day below `drafts/plans/`. Against a "
        "plan that was saved before, as little as can be moves."
    ),
    run=run,
)
