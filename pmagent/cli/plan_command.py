"""`pmagent plan`: the week as blocks of time, with every reason; written only with `--save`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import click

from pmagent.cli import codes
from pmagent.cli.asking import make_asker
from pmagent.cli.output import Output, columns, common_options, make_output
from pmagent.cli.tool_command import show_outcome
from pmagent.cli.week_values import plan_values
from pmagent.days import parse_day
from pmagent.errors import UsageError
from pmagent.garden import Garden
from pmagent.nlp.counted import counted
from pmagent.tasks.planner import moves_text, option_named
from pmagent.types.actions import Done
from pmagent.types.tasks import WeekPlan
from pmagent.types.week import FileDiff, WeekCalls

MOST_COLUMNS = 120
MOST_NOTES = 12


@click.command(short_help="Plan the week: the board's cards into the calendar's free time.")
@click.option("--from", "first", metavar="DATE", help="The first day; else today.")
@click.option("--to", "last", metavar="DATE", help="The last day; else the end of that week.")
@click.option("--week", metavar="WEEK", help="Such as 2026-W06, from Monday to Sunday.")
@click.option("--now", metavar="TIME", help="Nothing is planned before it; else the clock's.")
@click.option("--seed", type=click.IntRange(0), default=0, help="Another seed may find another.")
@click.option("--save", "is_saved", is_flag=True, help="Write it below drafts/plans/.")
@click.option("--take", "taken", metavar="OPTION", help="Take an option of a choice, such as 1b.")
@click.option("--diff", "has_diff", is_flag=True, help="Show what --save would write, exactly.")
@common_options
def command(first: str | None, last: str | None, week: str | None, **flags: object) -> int:
    """Plan some days from the board and the calendars in this garden. Writes nothing unless told.

    Every block says why it is there; what found no room and what gives way is said too. Against a
    plan that was saved before, as little as can be moves. "--take 1b" changes the board as that
    option of a choice says, and shows the plan then. Exit code 1 when nothing is planned.
    "pmagent tasks push" tells the board's cards to your Trello board.
    """
    output = make_output("plan", flags)
    with Garden.find(str(flags["garden"])) as garden:
        garden.set_asker(make_asker(output))
        calls: WeekCalls = garden.week
        days = _days(calls, first, last, week)
        now = _now(flags["now"], calls)
        seed = cast("int", flags["seed"])
        plan = calls.plan(*days, now=now, seed=seed)
        without = None
        if flags["taken"]:
            code = _take(output, calls, plan, str(flags["taken"]))
            if code is not None:
                return code
            without = plan
            plan = calls.plan(*days, now=now, seed=seed, before=without)
        for note in _few(plan.notes):
            output.note(note)
        if flags["is_saved"]:
            return _save(output, calls, plan)
        diffs = calls.preview(plan) if flags["has_diff"] or output.as_json else ()
        _show(output, calls, plan, diffs, without)
    return codes.OK if plan.blocks else codes.NONE


def _days(
    calls: WeekCalls, first: str | None, last: str | None, week: str | None
) -> tuple[date, date]:
    if week is not None:
        if first is not None or last is not None:
            raise UsageError("--week excludes --from and --to", "name one of them")
        return days_of(week)
    begun = parse_day(first, is_end=False, flag="--from") if first else calls.today()
    end = parse_day(last, is_end=True, flag="--to") if last else begun - _since_sunday(begun)
    return begun, end


def _since_sunday(day: date) -> timedelta:
    """Less than nothing: to the Sunday that follows, or is."""
    return timedelta(days=day.weekday() - 6)


def days_of(week: str) -> tuple[date, date]:
    """Monday and Sunday of `2026-W06`.

    Raises:
        UsageError: it is no week.
    """
    from pmagent.jobs.week_pages import monday_of  # noqa: PLC0415 - only where a week is named

    monday = monday_of(week)
    return monday, monday + timedelta(days=6)


def _now(said: object, calls: WeekCalls) -> datetime | None:
    """A moment as it was typed; without a zone it is the person's own."""
    if not said:
        return None
    try:
        now = datetime.fromisoformat(str(said))
    except ValueError:
        raise UsageError(f'--now "{said}" is no time', "write 2026-02-02T09:00") from None
    return now if now.tzinfo else now.replace(tzinfo=ZoneInfo(calls.habits().zone))


def _take(output: Output, calls: WeekCalls, plan: WeekPlan, name: str) -> int | None:
    """Take an option; the exit code where the plan is not another after it."""
    choice, option = option_named(plan, name)
    made = calls.take_option(plan, choice.id, option)
    for note in made.notes:
        output.say(note)
    if not isinstance(made.outcome, Done):
        return show_outcome(output, made.outcome)
    if not made.cards:
        if output.as_json:
            output.envelope({"taken": name, "cards": [], "notes": made.notes})
        return codes.OK
    output.say(f"taken: {choice.options[option]}")
    if made.outcome.checkpoint:
        output.say(f'undo it with "pmagent undo {made.outcome.checkpoint}"')
    return None


def _few(notes: Sequence[str]) -> Sequence[str]:
    if len(notes) <= MOST_NOTES:
        return notes
    left = counted(len(notes) - MOST_NOTES, "note")
    return (*notes[:MOST_NOTES], f"{left} more; --json has them, under data.notes")


def _show(
    output: Output,
    calls: WeekCalls,
    plan: WeekPlan,
    diffs: Sequence[FileDiff],
    without: WeekPlan | None,
) -> None:
    """The plan, and what moves: against the one that stands, else the one without an option."""
    stands = calls.standing(plan.first, plan.last) is not None
    if stands or without is None:
        title, moves = "against the plan that stands", calls.moves(plan)
    else:
        title, moves = "against the plan without it", plan.moves
    if output.as_json:
        output.envelope(plan_values(plan, moves, diffs), ok=bool(plan.blocks))
        return
    width = min(columns(), MOST_COLUMNS)
    pages = [calls.table(plan, width=width, has_reasons=True)]
    if stands or without is not None:
        changes = moves_text(moves, calls.habits().zone, width=width)
        pages.append(f"{title}\n{changes}")
    for place, page in enumerate([*pages, *(diff.diff for diff in diffs)]):
        if place:
            output.line()
        for line in page.rstrip("\n").split("\n"):
            output.line(output.style(line))
    if without is not None:
        output.say("the board is changed, the plan is not saved: --take with --save does both")
    else:
        output.say("nothing is written; --diff shows what --save would write")


def _save(output: Output, calls: WeekCalls, plan: WeekPlan) -> int:
    rows: list[Mapping[str, object]] = []
    for saved in calls.keep(plan):
        if not isinstance(saved.outcome, Done):
            return show_outcome(output, saved.outcome)
        rows.append({"path": saved.path, "undo": saved.outcome.checkpoint})
        if not output.as_json:
            output.line(output.style(saved.path))
    if output.as_json:
        output.envelope({**plan_values(plan, calls.moves(plan), ()), "saved": rows})
    elif not rows:
        output.say("nothing to write: this plan stands already")
    else:
        output.say(f'take all of it back with "pmagent undo {rows[0]["undo"]}"')
    return codes.OK
