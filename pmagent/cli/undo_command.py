"""`pmagent undo`: take back what a tool did, shown before it is done."""

from __future__ import annotations

import click

from pmagent.cli import codes
from pmagent.cli.output import common_options, make_output
from pmagent.cli.taking_back import list_checkpoints, take_back
from pmagent.garden import Garden


@click.command(short_help="Take back what a tool changed.")
@click.argument("checkpoint", required=False)
@click.option("--list", "is_list", is_flag=True, help="List the undo points, newest first.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--overwrite", is_flag=True, help="Also where you have edited the file since.")
@common_options
def command(checkpoint: str | None, **flags: object) -> int:
    """Take back CHECKPOINT, else the latest change that still stands.

    A file you have edited since is merged where the edits do not touch each other; else nothing
    happens, with code 5, unless --overwrite is given. An undo can itself be undone.
    """
    output = make_output("undo", flags)
    with Garden.find(str(flags["garden"])) as garden:
        if flags["is_list"]:
            return list_checkpoints(garden, output)
        named = checkpoint or next(
            (
                item.id
                for item in garden.checkpoints()
                if not item.undone_by and item.tool != "Undo"
            ),
            None,
        )
        if named is None:
            output.say("there is nothing to undo")
            return codes.NONE
        return take_back(
            garden,
            output,
            named,
            is_rewind=False,
            is_dry=bool(flags["dry_run"]),
            overwrite=bool(flags["overwrite"]),
        )
