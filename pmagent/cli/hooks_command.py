"""`pmagent hooks`: which hooks there are, which of them run, and what one would say."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import cast

import click

from pmagent.cli import codes
from pmagent.cli.output import common_options, make_output, table
from pmagent.errors import UsageError
from pmagent.garden import Garden
from pmagent.types.actions import Json


@click.group(short_help="The hooks of this garden: list, test.")
def command() -> None:
    """Programs that are run at set moments, in the sandbox."""


@command.command("list", short_help="Every hook, and whether it runs.")
@common_options
def list_hooks(**flags: object) -> int:
    """List the hooks by event, with matcher, command, file and state."""
    output = make_output("hooks-list", flags)
    with Garden.find(str(flags["garden"])) as garden:
        rows = garden.gatehouse.hook_rows()
    if output.as_json:
        output.envelope({"hooks": [asdict(row) for row in rows]})
        return codes.OK
    shown = [(row.event, row.matcher, row.name, row.source or row.layer, row.state) for row in rows]
    for line in table([tuple(output.style(cell) for cell in row) for row in shown]):
        output.line(line)
    return codes.OK


@command.command("test", short_help="Fire an event and show what each hook says.")
@click.argument("event")
@click.option("--tool", "tool_name", default="", help="The tool's name, for tool events.")
@click.option("--input", "whole", default="{}", help="The tool's input as a JSON object.")
@common_options
def test_hooks(event: str, **flags: object) -> int:
    """Run the hooks of EVENT on an input, and say what each answered. The tool is not run."""
    output = make_output("hooks-test", flags)
    try:
        given = cast("dict[str, Json]", json.loads(str(flags["whole"])))
    except ValueError as exc:
        raise UsageError(f"--input is not JSON: {exc}", "give one JSON object") from exc
    with Garden.find(str(flags["garden"])) as garden:
        verdict = garden.gatehouse.try_hook(event, str(flags["tool_name"]), given)
    runs = [
        {
            "hook": str(run.handler),
            "status": run.completed.status if run.completed else None,
            "stdout": run.completed.stdout if run.completed else "",
            "stderr": run.completed.stderr if run.completed else "",
        }
        for run in verdict.runs
    ]
    failures = [failure.what for failure in verdict.failures]
    if output.as_json:
        said = {"decision": verdict.decision, "reason": verdict.reason, "blocks": verdict.blocks}
        output.envelope({**said, "failures": failures, "runs": runs})
        return codes.OK
    for run in runs:
        output.line(f"{output.style(str(run['hook']), 'bold')} ended with {run['status']}")
        for line in f"{run['stdout']}\n{run['stderr']}".split("\n"):
            if line.strip():
                output.line(f"  {output.style(line)}")
    for failure in failures:
        output.line(output.style(failure))
    if not runs:
        output.say("no hook runs at this moment")
    elif verdict.decision or verdict.blocks:
        output.line(f"verdict: {verdict.decision or 'blocked'} {output.style(verdict.reason)}")
    return codes.OK
