"""`pmagent weekly`: the report of one week, from the plan, the board and the runs."""

from __future__ import annotations

import click

from pmagent.cli import codes
from pmagent.cli.output import common_options, make_output
from pmagent.garden import Garden


@click.command(short_help="The report of a week: planned, done, promises, runs, cost.")
@click.argument("week", required=False, metavar="[WEEK]")
@common_options
def command(week: str | None, **flags: object) -> int:
    """Write the report of WEEK (such as 2026-W06; else this one) as Markdown.

    The same data give the same bytes. Nothing is written in the garden.
    """
    output = make_output("weekly", flags)
    with Garden.find(str(flags["garden"])) as garden:
        calls = garden.week
        year, number, _ = calls.today().isocalendar()
        named = week or f"{year}-W{number:02d}"
        page = calls.weekly(named)
    if output.as_json:
        output.envelope({"week": named.strip().upper(), "markdown": page})
    else:
        click.echo(page, nl=False)
    return codes.OK
