"""`pmagent rewind`: the garden's files as they were before a change and all that came after it."""

from __future__ import annotations

import click

from pmagent.cli.output import common_options, make_output
from pmagent.cli.taking_back import take_back
from pmagent.garden import Garden


@click.command(short_help="Take back a change and everything after it.")
@click.option("--to", "checkpoint", required=True, metavar="ID", help="The undo point.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--overwrite", is_flag=True, help="Also where you have edited a file since.")
@common_options
def command(checkpoint: str, **flags: object) -> int:
    """Bring the files back to what they were before the undo point ID."""
    output = make_output("rewind", flags)
    with Garden.find(str(flags["garden"])) as garden:
        return take_back(
            garden,
            output,
            checkpoint,
            is_rewind=True,
            is_dry=bool(flags["dry_run"]),
            overwrite=bool(flags["overwrite"]),
        )
