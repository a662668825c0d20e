"""`pmagent runs`: what was begun, how it ended, and what waits."""

from __future__ import annotations

import click

from pmagent.cli import codes
from pmagent.cli.output import common_options, make_output
from pmagent.cli.run_values import run_values
from pmagent.garden import Garden
from pmagent.types.runs import Run, RunState

STATES: tuple[RunState, ...] = (
    "running", "waiting", "done", "blocked", "handed_off", "abstained", "failed", "cancelled",
)  # fmt: skip
_WIDTH = 60


@click.command(short_help="Runs of procedures: what was begun, how it ended, what waits.")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these.")
@click.option("-n", "--limit", type=click.IntRange(1), default=20, show_default=True)
@common_options
def command(states: tuple[RunState, ...], limit: int, **flags: object) -> int:
    """List the runs of this garden, the latest first. Exit code 1 when there is none."""
    output = make_output("runs", flags)
    with Garden.find(str(flags["garden"])) as garden:
        found = garden.runs.list(limit, states=states)
    if output.as_json:
        output.envelope({"runs": [run_values(run) for run in found]})
    for run in () if output.as_json else found:
        output.line(row_of(run))
    if not found:
        output.note("no run is on record; begin one with pmagent run /NAME")
    return codes.OK if found else codes.NONE


def row_of(run: Run) -> str:
    """`a41f9c  2026-11-22 09:14  waiting     /publish-episode ep-068.vtt  Send “…” to Ghost?`."""
    began = run.began.astimezone().strftime("%Y-%m-%d %H:%M")
    state = f"{run.state.replace('_', ' '):<10}"
    about = f"/{run.command} {run.key}".rstrip()
    reason = f"  {run.reason}" if run.reason else ""
    return f"{run.id}  {began}  {state}  {about[:_WIDTH]}{reason}"
