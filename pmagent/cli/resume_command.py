"""`pmagent resume`: go on with a run from where it stands."""

from __future__ import annotations

import click

from pmagent.agency.run_turns import result_words
from pmagent.cli import codes
from pmagent.cli.output import Output, common_options, make_output
from pmagent.cli.run_values import code_of_run, run_values, tell
from pmagent.garden import Garden
from pmagent.types.runs import Run


@click.command(short_help="Go on with a run from where it stands, days later too.")
@click.argument("run_id", metavar="RUN")
@click.option(
    "--model", default="", metavar="NAME", help="Who writes: offline, fast, deep or an id."
)
@common_options
def command(run_id: str, model: str, **flags: object) -> int:
    """Go on with RUN. Its finished steps are not done again.

    Exit code 10 when it still waits: for you ("pmagent review"), for a moment, or for a place that
    does not answer.
    """
    output = make_output("resume", flags)
    with Garden.find(str(flags["garden"])) as garden:
        run = tell(output, garden.runs.resume(run_id, garden.company(model)))
        run = run or garden.runs.get(run_id)
    show_run(output, run)
    return code_of_run(run)


def show_run(output: Output, run: Run) -> None:
    """How a run stands: its words where it is done, else why not and what to do."""
    if output.as_json:
        output.envelope(run_values(run), ok=code_of_run(run) in {codes.OK, codes.WAITING})
        return
    for note in run.notes:
        output.line(output.style(f"- {note}"))
    if run.state == "done":
        for line in (result_words(run.result).rstrip() or "done").split("\n"):
            output.line(output.style(line))
        return
    output.line(output.style(f"{run.state.replace('_', ' ')}: {run.reason}", "bold"))
    if run.state == "waiting":
        asks = run.waits_for in {"approve", "answer", "human"}
        output.say("answer it: pmagent review" if asks else f"go on later: pmagent resume {run.id}")
    else:
        output.say(f"what it did: pmagent explain {run.id}")
