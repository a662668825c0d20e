"""`pmagent runs`: what was begun, how it ended, and what waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from pmagent.cli import codes
from pmagent.cli.output import columns, common_options, make_output, shorten, table
from pmagent.cli.run_values import run_values
from pmagent.garden import Garden
from pmagent.safe_text import safe_text
from pmagent.types.runs import Run, RunState, WaitsFor

STATES: tuple[RunState, ...] = (
    "running", "waiting", "done", "blocked", "handed_off", "abstained", "failed", "cancelled",
)  # fmt: skip
_KEY, _REASON = 36, 30
"""Characters of what a run is about, and the fewest of why it stands as it does."""
_STATES: Mapping[WaitsFor, str] = {
    "approve": "waits: yes?",
    "answer": "waits: answer",
    "human": "waits: write",
    "time": "waits: time",
    "outbox": "waits: outbox",
}


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
    for line in () if output.as_json else run_lines(found):
        output.line(line)
    if not found:
        output.note("no run is on record; begin one with pmagent run /NAME")
    return codes.OK if found else codes.NONE


def run_lines(runs: Sequence[Run]) -> list[str]:
    """One line each: id, when it began, how it stands, what it is about, and why."""
    heads = table([
        (
            run.id,
            run.began.astimezone().strftime("%Y-%m-%d %H:%M"),
            _STATES.get(run.waits_for, "") if run.state == "waiting" else _state(run),
            f"/{safe_text(run.command)}",
            shorten(safe_text(run.key.rpartition("/")[2]), _KEY),
            "|",
        )
        for run in runs
    ])
    room = max(_REASON, columns() - max(map(len, heads), default=0))
    reasons = (shorten(safe_text(run.reason), room) for run in runs)
    return [f"{head[:-1]}{why}".rstrip() for head, why in zip(heads, reasons, strict=True)]


def _state(run: Run) -> str:
    return run.state.replace("_", " ")
