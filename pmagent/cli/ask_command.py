"""`pmagent ask`: a short answer whose every sentence stands in a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import cast

import click

from pmagent.cli import as_json, codes, show
from pmagent.cli.editor import open_citation
from pmagent.cli.output import common_options, make_output
from pmagent.cli.query_options import make_query, query_options
from pmagent.cli.where_command import run_batch
from pmagent.garden import Garden
from pmagent.types import Abstention, Answer, Citation

HITS = 10


@click.command(short_help="A short answer; every sentence is cited and verified.")
@click.argument("question", nargs=-1)
@click.option("--vimgrep", is_flag=True, help="Write path:line:column:text.")
@click.option(
    "--open", "opened", type=click.IntRange(1), metavar="N", help="Open source N in $EDITOR."
)
@query_options
@common_options
def command(question: tuple[str, ...], **flags: object) -> int:
    """Answer QUESTION in sentences taken from the archive, each with its file, line and time.

    Exit code 1 when the archive does not say it.
    """
    output = make_output("ask", flags)
    with Garden.find(str(flags["garden"])) as garden:
        if flags["batch"]:
            return run_batch(garden, flags)
        found = garden.search(make_query(" ".join(question), flags, limit=HITS))
        reply = garden.ask(found if flags["fast"] else garden.refine(found))
        for note in garden.notes():
            output.note(note)
        if flags["opened"]:
            return open_citation(garden, sources_of(reply), cast("int", flags["opened"]))
        explain = bool(flags["explain"])
        if flags["vimgrep"]:
            show.vimgrep(output, () if isinstance(reply, Abstention) else reply.found.hits)
        elif flags["jsonl"]:
            click.echo(json.dumps(as_json.ask(reply, explain=explain), ensure_ascii=False))
        elif output.as_json:
            output.envelope(as_json.ask(reply, explain=explain), ok=isinstance(reply, Answer))
        else:
            show.show_answer(output, reply, explain=explain)
    return codes.NONE if isinstance(reply, Abstention) else codes.OK


def sources_of(reply: Answer | Abstention) -> Sequence[Citation]:
    """The numbered places of a reply."""
    if isinstance(reply, Abstention):
        return [item.citation for item in reply.nearest]
    return [sentence.citation for sentence in reply.sentences]
