"""`pmagent cancel`: call a run off."""

from __future__ import annotations

import click

from pmagent.cli import codes
from pmagent.cli.output import common_options, make_output
from pmagent.cli.run_values import run_values
from pmagent.garden import Garden


@click.command(short_help="Call a run off; what it did stays.")
@click.argument("run_id", metavar="RUN")
@common_options
def command(run_id: str, **flags: object) -> int:
    """End RUN and what it has started. Exit code 1 when it had ended already."""
    output = make_output("cancel", flags)
    with Garden.find(str(flags["garden"])) as garden:
        before = garden.runs.get(run_id)
        run = garden.runs.cancel(before.id)
    is_ended = before.state not in {"running", "waiting"}
    if output.as_json:
        output.envelope(run_values(run), ok=not is_ended)
    else:
        said = f"had ended: {run.state.replace('_', ' ')}" if is_ended else "is called off"
        output.line(output.style(f"run {run.id} {said}"))
    return codes.NONE if is_ended else codes.OK
