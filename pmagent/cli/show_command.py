"""`pmagent show`: a procedure as a tree of its steps."""

from __future__ import annotations

import click

from pmagent.cli import codes
from pmagent.cli.output import common_options, make_output
from pmagent.cli.run_values import problem_values
from pmagent.garden import Garden


@click.command(short_help="A procedure's steps as a tree, or as a Mermaid diagram.")
@click.argument("name")
@click.option("--mermaid", "is_mermaid", is_flag=True, help="Write a Mermaid flowchart.")
@common_options
def command(name: str, is_mermaid: bool, **flags: object) -> int:
    """Show what /NAME does: each step, what a model would see, where it asks and what it sends."""
    output = make_output("show", flags)
    with Garden.find(str(flags["garden"])) as garden:
        procedure = garden.runs.procedure(name)
        drawn = garden.runs.tree(name, is_mermaid=is_mermaid)
    if output.as_json:
        output.envelope({
            "name": procedure.name,
            "path": procedure.path,
            "description": procedure.description,
            "arguments": list(procedure.arguments),
            "risk": procedure.risk,
            "autonomy": procedure.autonomy,
            "allowed_tools": list(procedure.allowed_tools),
            "digest": procedure.digest,
            "tree": drawn,
            "problems": [problem_values(one) for one in procedure.problems],
        })
    else:
        for line in drawn.rstrip().split("\n"):
            output.line(output.style(line))
    return codes.OK
