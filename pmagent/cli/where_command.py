"""`pmagent where`: a map of where something was said before."""

from __future__ import annotations

import json
from typing import cast

import click

from pmagent.cli import as_json, codes, show
from pmagent.cli.editor import open_citation
from pmagent.cli.output import Output, common_options, make_output
from pmagent.cli.query_options import make_query, query_options, read_batch
from pmagent.errors import UsageError
from pmagent.garden import Garden
from pmagent.types import Abstention, Map

HITS = 24
BATCH_HITS = 10


@click.command(short_help="Where have I said this before? A map with exact citations.")
@click.argument("question", nargs=-1)
@click.option("--vimgrep", is_flag=True, help="Write path:line:column:text.")
@click.option(
    "--open", "opened", type=click.IntRange(1), metavar="N", help="Open hit N in $EDITOR."
)
@query_options
@common_options
def command(question: tuple[str, ...], **flags: object) -> int:
    """Group the passages that speak of QUESTION into themes, oldest first, each with its place.

    Exit code 1 when the archive never says it.
    """
    output = make_output("where", flags)
    with Garden.find(str(flags["garden"])) as garden:
        if flags["batch"]:
            return run_batch(garden, flags)
        query = make_query(" ".join(question), flags, limit=HITS)
        found = garden.search(query)
        reply = garden.where(found if flags["fast"] else garden.refine(found))
        for note in garden.notes():
            output.note(note)
        if flags["opened"]:
            return open_citation(
                garden,
                [item.citation for item in show.order_of(reply)],
                cast("int", flags["opened"]),
            )
        _show(output, reply, flags)
    return codes.NONE if isinstance(reply, Abstention) else codes.OK


def run_batch(garden: Garden, flags: dict[str, object]) -> int:
    """Answer every line of a batch with one line of JSON."""
    if not flags["jsonl"]:
        raise UsageError("--batch writes JSON lines", "add --jsonl")
    for asked in read_batch(str(flags["batch"])):
        found = garden.search(make_query(asked.query, flags, limit=BATCH_HITS))
        found = found if flags["fast"] else garden.refine(found)
        abstained = not found.hits or found.confidence < found.threshold
        line = as_json.scored(asked.id, found, found.hits, abstained=abstained)
        click.echo(json.dumps(line, ensure_ascii=False))
    return codes.OK


def _show(output: Output, reply: Map | Abstention, flags: dict[str, object]) -> None:
    explain = bool(flags["explain"])
    if flags["vimgrep"]:
        show.vimgrep(output, () if isinstance(reply, Abstention) else reply.found.hits)
    elif flags["jsonl"]:
        for item in reply.found.hits:
            click.echo(json.dumps(as_json.hit(item, explain=explain), ensure_ascii=False))
    elif output.as_json:
        output.envelope(as_json.where(reply, explain=explain), ok=isinstance(reply, Map))
    else:
        show.show_map(output, reply, explain=explain)
