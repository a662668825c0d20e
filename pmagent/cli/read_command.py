"""`pmagent read`: the lines of a file around a place."""

from __future__ import annotations

import click

from pmagent.cli import as_json, codes, show
from pmagent.cli.editor import open_place
from pmagent.cli.output import common_options, make_output
from pmagent.garden import Garden


@click.command(short_help="Read the lines around a citation.")
@click.argument("place")
@click.option("-C", "--context", type=click.IntRange(0, 10_000), default=5, help="Lines around it.")
@click.option("--raw", is_flag=True, help="Write the cited lines alone, without numbers.")
@click.option("--open", "opened", is_flag=True, help="Open it in $EDITOR at its line.")
@common_options
def command(place: str, **flags: object) -> int:
    """Show PLACE: notes/pricing.md:42, pricing.md:42-50, ep-041.vtt#12:44, or a file."""
    output = make_output("read", flags)
    context = flags["context"]
    with Garden.find(str(flags["garden"])) as garden:
        reading = garden.read(place, context=context if isinstance(context, int) else 5)
        if flags["opened"]:
            return open_place(garden.root / reading.path, reading.cited[0])
        if output.as_json:
            output.envelope(as_json.reading(reading))
        elif flags["raw"]:
            for number, text in reading.lines:
                if reading.cited[0] <= number <= reading.cited[1]:
                    output.line(output.style(text))
        else:
            show.show_reading(output, reading)
    return codes.OK
