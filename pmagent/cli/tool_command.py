"""`pmagent tool`: one use of a tool, through the gate like any other."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import cast

import click

from pmagent.cli import as_json, codes
from pmagent.cli.asking import make_asker
from pmagent.cli.output import Output, common_options, make_output
from pmagent.errors import UsageError
from pmagent.garden import Garden
from pmagent.types.actions import Denied, Done, Failed, Json, Outcome, Unanswered


@click.command(short_help="Use one tool through the gate: Read, Write, Bash and others.")
@click.argument("name", required=False)
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
@click.option("--input", "whole", help="The input as one JSON object.")
@common_options
def command(name: str | None, fields: Sequence[str], **flags: object) -> int:
    """Use the tool NAME: `pmagent tool Write file_path=notes/a.md content=-`.

    A VALUE of "-" is read from standard input. Without NAME, every tool is listed. What the rules
    do not allow is asked here, with a diff; without a terminal it ends with code 5.
    """
    output = make_output("tool", flags)
    with Garden.find(str(flags["garden"])) as garden:
        if name is None:
            return _list(garden, output)
        given = _given(fields, cast("str | None", flags["whole"]))
        garden.gatehouse.asker = make_asker(output)
        outcome = garden.perform(name, given)
    return show_outcome(output, outcome)


def show_outcome(output: Output, outcome: Outcome) -> int:
    """Say what came of it; the exit code."""
    if output.as_json:
        output.envelope(as_json.outcome(outcome), ok=isinstance(outcome, Done))
    match outcome:
        case Done(text=text, checkpoint=checkpoint):
            for line in () if output.as_json else text.split("\n"):
                output.line(output.style(line))
            if checkpoint:
                output.say(f'undo it with "pmagent undo {checkpoint}"')
            return codes.OK
        case Denied():
            _say_denied(output, outcome)
            return codes.DENIED
        case Unanswered(decision=decision, grant=grant):
            output.say(f"not done: it must be asked, and nobody is there: {decision.reason}")
            allowed = f", or allow it: pmagent garden allow '{grant}'" if grant else ""
            output.say(f"hint: run it in a terminal{allowed}")
            return codes.DENIED
        case Failed(message=message, hint=hint):
            output.say(f"error: {message}")
            if hint:
                output.say(f"hint: {hint}")
            return codes.NONE


def _say_denied(output: Output, outcome: Denied) -> None:
    rule = outcome.decision.rule
    named = f" (rule {rule} at {rule.source or rule.layer})" if rule else ""
    who = {"person": "you said no", "hook": "a hook refused"}.get(outcome.by, "denied")
    output.say(f"{who}: {outcome.decision.reason}{named}")
    if outcome.note:
        output.say(f"  {outcome.note}")


def _list(garden: Garden, output: Output) -> int:
    tools = garden.gatehouse.tools
    if output.as_json:
        rows = [
            {"name": tool.name, "summary": tool.summary, "input": tool.Input.model_json_schema()}
            for tool in tools.values()
        ]
        output.envelope({"tools": rows})
        return codes.OK
    for tool in tools.values():
        fields = " ".join(field.alias or name for name, field in tool.Input.model_fields.items())
        output.line(f"{output.style(f'{tool.name:<10}', 'bold')} {tool.summary}")
        output.line(f"           {output.style(fields, 'dim')}")
    return codes.OK


def _given(fields: Sequence[str], whole: str | None) -> Mapping[str, Json]:
    given: dict[str, Json] = {}
    if whole is not None:
        try:
            read = cast("object", json.loads(sys.stdin.read() if whole == "-" else whole))
        except (ValueError, RecursionError) as exc:
            raise UsageError(f"--input is not JSON: {exc}", "give one JSON object") from exc
        if not isinstance(read, dict):
            raise UsageError("--input is not a JSON object", 'begin it with "{"')
        given.update(cast("dict[str, Json]", read))
    for field in fields:
        key, is_pair, value = field.partition("=")
        if not is_pair:
            raise UsageError(f'"{field}" is no FIELD=VALUE', "such as file_path=notes/a.md")
        given[key] = _value(sys.stdin.read() if value == "-" else value)
    return given


def _value(text: str) -> Json:
    """Numbers and true or false as JSON has them; everything else is text."""
    if text in {"true", "false"} or text.isdigit():
        return cast("Json", json.loads(text))
    return text
