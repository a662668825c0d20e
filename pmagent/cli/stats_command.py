"""`pmagent stats`: what the runs of procedures add up to, each number with how sure it is."""

from __future__ import annotations

from datetime import UTC, datetime, time

import click

from pmagent.cli import codes
from pmagent.cli.output import columns, common_options, make_output, table
from pmagent.days import parse_day
from pmagent.garden import Garden
from pmagent.nlp.counted import counted
from pmagent.records.tables import Tables


@click.command(short_help="Metrics of the runs, each with n and its interval.")
@click.option("--since", metavar="DATE", help="Only runs that began on this day or later.")
@common_options
def command(**flags: object) -> int:
    """Show what the runs that persons began add up to; simulations do not count.

    A range is the 95 % interval. Where fewer than ten cases are known it says "too few".
    """
    # Late: they bring numpy, which --help does without.
    from pmagent.traces.gather import gather  # noqa: PLC0415
    from pmagent.traces.metrics import escalations, metrics  # noqa: PLC0415
    from pmagent.traces.metrics_text import metric_fields, metric_row  # noqa: PLC0415

    output = make_output("stats", flags)
    since = str(flags["since"] or "")
    with Garden.find(str(flags["garden"])) as garden:
        tables = Tables(garden.data_dir)
        try:
            gathered = gather(tables, _start(since) if since else None)
        finally:
            tables.close()
    numbers, causes = metrics(gathered), escalations(gathered)
    if output.as_json:
        output.envelope({
            "tasks": len(gathered.tasks),
            "metrics": [metric_fields(metric) for metric in numbers],
            "escalations": dict(causes),
        })
        return codes.OK
    ended = sum(task.is_ended for task in gathered.tasks)
    output.line(f"{counted(len(gathered.tasks), 'task')}, {ended:,} of them ended")
    if not gathered.tasks:
        return codes.NONE
    output.line()
    rows = [("", "", "95 % interval", "n", "what it counts"), *map(metric_row, numbers)]
    width = columns()
    for line in table(rows):
        output.line(output.style(line if len(line) <= width else f"{line[: width - 1]}…"))
    if causes:
        output.line()
        output.line("why a person was called: " + ", ".join(f"{k} {n}" for k, n in causes))
    return codes.OK


def _start(day: str) -> datetime:
    return datetime.combine(parse_day(day, is_end=False, flag="--since"), time(), tzinfo=UTC)
