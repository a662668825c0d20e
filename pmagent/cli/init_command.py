"""`pmagent init`: make a folder a garden."""

from __future__ import annotations

from pathlib import Path

import click

from pmagent.cli import codes
from pmagent.cli.output import common_options, make_output
from pmagent.errors import UsageError
from pmagent.garden import Garden


@click.command(short_help="Make a folder a garden.")
@click.argument("folder", default=".")
@click.option("--yes", is_flag=True, help="Do not ask, even for a very wide folder.")
@click.option("--sample", is_flag=True, help="Put the sample garden there first.")
@common_options
def command(folder: str, **flags: object) -> int:
    """Write FOLDER/.pmagent/settings.json, and say what will be read and where the index lives.

    Nothing else in FOLDER is written, now or later, without your word.
    """
    output = make_output("init", flags)
    root = Path(folder).expanduser()
    if root.resolve() in {Path.home().resolve(), Path(root.resolve().anchor)} and not flags["yes"]:
        raise UsageError(
            f'"{root.resolve()}" is very wide for a garden',
            "name the folder of your notes, or add --yes",
        )
    with Garden.create(root, sample=bool(flags["sample"])) as garden:
        metadata = garden.settings.metadata
        if output.as_json:
            output.envelope({
                "root": str(garden.root),
                "index": str(garden.data_dir),
                "metadata": list(metadata),
            })
            return codes.OK
        output.line(f"garden  {output.style(str(garden.root), 'bold')}")
        output.line(f"index   {output.style(str(garden.data_dir))}")
        if metadata:
            output.line(f"dates   {output.style(', '.join(metadata))}")
        output.say('next: "pmagent index", then "pmagent where" with a question')
    return codes.OK
