"""`pmagent resume`: go on with a run from where it stands."""

from __future__ import annotations

import click

from pmagent.agency.run_words import result_words
from pmagent.cli import codes
from pmagent.cli.output import Output, common_options, make_output, with_garden
from pmagent.cli.run_ends import RunEnd, end_of, state_words, what_now
from pmagent.cli.run_values import code_of_run, run_values, tell
from pmagent.garden import Garden


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
        told = end_of(run, garden.runs)
    show_run(output, told)
    return code_of_run(run)


def show_run(output: Output, told: RunEnd) -> None:
    """How a run stands: its words where it is done, else why not and what to do."""
    run = told.run
    if output.as_json:
        values = {**run_values(run), "review": told.review.id if told.review else None}
        output.envelope(values, ok=code_of_run(run) in {codes.OK, codes.WAITING})
        return
    for note in run.notes:
        output.line(output.style(f"- {note}"))
    if run.state == "done":
        for line in result_words(run.result).rstrip().split("\n"):
            output.line(output.style(line))
    else:
        output.line(output.style(state_words(told), "bold"))
    for line in what_now(told):
        output.say(with_garden(line, output.garden))
