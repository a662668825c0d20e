"""`/plan`: the board's cards into the calendar's free time, each block with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.builtin._week import days_named, fenced, told_change, told_saved
from pmagent.commands.markdown import page
from pmagent.errors import UsageError
from pmagent.tasks.planner import moves_text, option_named
from pmagent.types.tasks import WeekPlan
from pmagent.types.turns import Noted, Screen, TurnEvent
from pmagent.types.week import WeekCalls

SAVE_FLAG, TAKE_FLAG = "--save", "--take"
_TAKE = re.compile(rf"(?:^|\s){TAKE_FLAG}[= ]+(\S+)")


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The plan on its screen; written only with `--save`."""
    calls = bench.garden.week
    taken = _TAKE.search(argument)
    words = [word for word in _TAKE.sub(" ", argument).split() if word != SAVE_FLAG]
    if TAKE_FLAG in words:
        raise UsageError("no option is named", f"write /plan {TAKE_FLAG} 1b")
    days = days_named(calls, " ".join(words))
    plan = calls.plan(*days)
    if taken is not None:
        choice, option = option_named(plan, taken[1])
        made = calls.take_option(plan, choice.id, option)
        yield from told_change(made)
        if not made.cards:
            return
        plan = calls.plan(*days, before=plan)
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
    stands = calls.standing(plan.first, plan.last) is not None
    if stands or plan.moves:
        moves = calls.moves(plan) if stands else plan.moves
        changes = moves_text(moves, calls.habits().zone, width=78)
    title = "## Against the plan that stands" if stands else "## Against the plan without it"
    choices = f"Take an option: `/plan {TAKE_FLAG} 1a`. " if plan.trade_offs else ""
    return page(
        f"# Plan from {plan.first} to {plan.last}",
        fenced(calls.table(plan, width=78, has_reasons=True)),
        page(title, fenced(changes)) if changes else "",
        f"{choices}Nothing is written. Keep it: `/plan --save`",
    )


builtin = Builtin(
    name="plan",
    group="Plan",
    summary="Plan the week: the board's cards into the calendar's free time, with reasons",
    argument_hint="[WEEK | next | DAY [DAY]] [--save] [--take OPTION]",
    details=(
        "Calendars are exported `.ics` files below `calendar/`; the board is one Markdown file. "
        "`--save` writes an `.ics` of the blocks below `drafts/plans/`, and a page for each day "
        "from today on that holds anything. Against a plan that was saved before, as little as can "
        "be moves. `--take 1b` changes the board as that option of a choice says, and plans again."
    ),
    run=run,
)
