"""`/runs`: the runs of procedures, the latest first."""

from __future__ import annotations

from collections.abc import Iterator

from pmagent.commands.bench import Bench, Builtin
from pmagent.commands.markdown import code, items, page, plain, shorten, when, wrap
from pmagent.traces.waterfall import say_time, say_usd
from pmagent.types.runs import Run
from pmagent.types.turns import Screen, TurnEvent

LISTED = 30


def run(argument: str, bench: Bench) -> Iterator[TurnEvent]:
    """The latest runs; with words, those whose command or subject has them."""
    words = plain(argument).casefold()
    found = [
        each
        for each in bench.garden.runs.list(LISTED)
        if words in f"{each.command} {each.key} {each.state}".casefold()
    ]
    none = f'No run speaks of "{words}".' if words else "Nothing was run here yet."
    more = wrap(f"What one did, and how long each part took: {code('/trace RUN')}.")
    text = page("# Runs", items([_row(each) for each in found]) or none, more if found else "")
    yield Screen(name="runs", argument=words, text=text)


def _row(run: Run) -> str:
    spent = run.spent
    state = run.state.replace("_", " ") + (f" for {run.waits_for}" if run.waits_for else "")
    took = ", ".join(part for part in (say_time(spent.ms / 1000), say_usd(spent.usd)) if part)
    about = f": {shorten(run.reason or run.key, 120)}" if run.reason or run.key else ""
    return f"{code(run.id)} {when(run.began)} {code('/' + run.command)} {state}, {took}{about}"


builtin = Builtin(
    name="runs",
    group="Garden",
    summary="The runs of procedures: how each stands, what it took",
    argument_hint="[WORDS]",
    run=run,
)
