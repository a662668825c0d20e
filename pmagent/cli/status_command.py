"""`pmagent status`: every file, and what share of the garden can be searched."""

from __future__ import annotations

import click

from pmagent.cli import as_json, codes
from pmagent.cli.output import Output, common_options, make_output
from pmagent.garden import Garden
from pmagent.types import FileState, Status


@click.command(short_help="What is indexed, waiting, skipped or failed, and why.")
@click.option(
    "--only",
    type=click.Choice(["indexed", "waiting", "skipped", "failed"]),
    help="List these files alone.",
)
@click.option("--all", "everything", is_flag=True, help="List indexed files too.")
@common_options
def command(**flags: object) -> int:
    """Count the files by state and list those that cannot be searched, with the reason."""
    output = make_output("status", flags)
    with Garden.find(str(flags["garden"])) as garden:
        status = garden.status()
    if output.as_json:
        output.envelope(as_json.status(status))
    else:
        only = flags["only"]
        shown = [
            item
            for item in status.files
            if (item.state == only if only else flags["everything"] or _is_worth_telling(item))
        ]
        _show(output, status, shown)
    return codes.OK


def _is_worth_telling(item: FileState) -> bool:
    return item.state != "indexed" or bool(item.reason)


def _show(output: Output, status: Status, shown: list[FileState]) -> None:
    coverage = status.coverage
    passages = max(1, coverage.passages)
    counts = " · ".join(
        f"{status.count(state)} {state}" for state in ("indexed", "waiting", "skipped", "failed")
    )
    output.line(f"{output.style(status.root, 'bold')}  {counts}")
    output.line(
        f"searchable  words {coverage.documents} files, {coverage.passages:,} passages · "
        f"meaning {coverage.with_meaning / passages:.0%} · "
        f"embedder {output.style(status.embedder)}"
        + (" · being indexed now" if status.is_being_indexed else "")
    )
    for note in status.notes:
        output.note(note)
    for item in shown:
        day = f"{item.date} ({item.date_source})  " if item.date else ""
        counted = (
            f"{item.passages:,} passage{'' if item.passages == 1 else 's'}  "
            if item.passages
            else ""
        )
        output.line(
            f"{item.state:<8} {output.style(item.path)}  "
            f"{output.style(day + counted, 'dim')}{output.style(item.reason)}".rstrip()
        )
