"""`pmagent explain`: what a run did, why, and what it waits for."""

from __future__ import annotations

import click

from pmagent.cli import codes
from pmagent.cli.output import common_options, make_output, with_garden
from pmagent.cli.run_values import run_values, step_values
from pmagent.garden import Garden


@click.command(short_help="What a run did, step by step, and why.")
@click.argument("run_id", metavar="RUN")
@common_options
def command(run_id: str, **flags: object) -> int:
    """Tell each step of RUN in one line: what was done, why, who made the value, what it cost."""
    output = make_output("explain", flags)
    with Garden.find(str(flags["garden"])) as garden:
        run = garden.runs.get(run_id)
        steps, told = garden.runs.steps(run.id), garden.runs.explain(run.id)
    if output.as_json:
        output.envelope({**run_values(run), "steps": [step_values(row) for row in steps]})
    else:
        for line in told.rstrip().split("\n"):
            head, goes_on, typed = line.partition("Next: ")
            said = f"{goes_on}{with_garden(typed, output.garden)}" if goes_on and not head else line
            output.line(output.style(said))
    return codes.OK
