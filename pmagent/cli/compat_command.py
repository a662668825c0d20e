"""`pmagent compat`: what of somebody else's commands, agents, hooks and settings works here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import cast

import click

from pmagent.agent.tool import AnyTool
from pmagent.cli import codes
from pmagent.cli.output import Output, common_options, make_output, table
from pmagent.commands.compat import LOOP_TOOLS, Here, survey
from pmagent.commands.folders import MOST_FILES, WalledFolder
from pmagent.errors import GardenError, UsageError
from pmagent.permissions.walls import Walls
from pmagent.registry import collect
from pmagent.types.commands import CompatRow, Standing

_ORDER: Sequence[Standing] = ("unreadable", "never-fires", "works-with-note", "works")
_TITLES: dict[Standing, str] = {
    "unreadable": "cannot be read",
    "never-fires": "never fires here",
    "works-with-note": "works, with a note",
    "works": "works",
}


@click.command(short_help="What of another tool's files works here.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@common_options
def command(folder: Path, **flags: object) -> int:
    """List the commands, agents, hooks, settings and the like below DIR, and how each does here.

    Any folder will do: a .claude folder, a plugin, a whole collection. Nothing is run or changed.

    Exit code 8 when a file cannot be read.
    """
    output = make_output("compat", flags)
    rows, is_cut = _survey(folder.expanduser().absolute())
    if is_cut:
        output.note(f"only the first {MOST_FILES:,} files were looked at")
    counts: Counter[Standing] = Counter(row.standing for row in rows)
    is_whole = not counts["unreadable"]
    if output.as_json:
        data = {
            "folder": str(folder),
            "counts": {standing: counts[standing] for standing in reversed(_ORDER)},
            "rows": [asdict(row) for row in rows],
        }
        output.envelope(data, ok=is_whole)
    else:
        _show(output, rows, counts)
    return codes.OK if is_whole else codes.PARTIAL


def _survey(folder: Path) -> tuple[Sequence[CompatRow], bool]:
    """The rows, and whether there was more than is looked at."""
    tools = cast("tuple[AnyTool, ...]", collect("pmagent.tools", "tool"))
    here = Here(tools=frozenset(tool.name for tool in tools) | LOOP_TOOLS)
    try:
        with Walls(folder, exact=True) as walls:
            files = WalledFolder(walls, allow_hard_links=True)
            return survey(files, here, root_name=folder.name), files.is_cut
    except GardenError as exc:
        raise UsageError(f'cannot look at "{folder}": {exc.message}', "name a folder") from exc


def _show(output: Output, rows: Sequence[CompatRow], counts: Counter[Standing]) -> None:
    if not rows:
        output.say("nothing here is a command, a skill, an agent, hooks or settings")
        return
    for standing in reversed(_ORDER):
        if counts[standing]:
            output.line(f"{counts[standing]:>6,}  {_TITLES[standing]}")
    ordered = sorted(rows, key=lambda row: (_ORDER.index(row.standing), row.kind, row.path))
    for standing in _ORDER:
        group = [row for row in ordered if row.standing == standing]
        if group:
            output.line()
            output.line(output.style(_TITLES[standing], "bold"))
            _show_group(output, group)


def _show_group(output: Output, rows: Sequence[CompatRow]) -> None:
    cells = [(row.kind, output.style(row.name), output.style(row.path, "dim")) for row in rows]
    for row, line in zip(rows, table(cells), strict=True):
        output.line(f"  {line}")
        for note in row.notes:
            output.line(f"      {output.style(note)}")
