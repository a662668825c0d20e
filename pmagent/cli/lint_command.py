"""`pmagent lint`: what is wrong with procedures, by rule and line."""

from __future__ import annotations

from collections.abc import Sequence

import click

from pmagent.cli import codes
from pmagent.cli.output import common_options, make_output
from pmagent.cli.run_values import problem_values
from pmagent.garden import Garden
from pmagent.types.procedures import Problem, Procedure


@click.command(short_help="What is wrong with a procedure, by rule and line.")
@click.argument("names", nargs=-1, metavar="[/NAME]...")
@common_options
def command(names: tuple[str, ...], **flags: object) -> int:
    """Lint the procedures named, or all of this garden and those that ship.

    Exit code 1 when one has an error. Warnings are told and change nothing.
    """
    output = make_output("lint", flags)
    with Garden.find(str(flags["garden"])) as garden:
        runs = garden.runs
        chosen = [runs.procedure(name) for name in names] if names else runs.procedures()
        found = [(one, runs.lint(one)) for one in chosen]
    errors = sum(problem.is_error for _, problems in found for problem in problems)
    if output.as_json:
        output.envelope({"procedures": [_values(*one) for one in found]}, ok=not errors)
    else:
        for procedure, problems in found:
            for problem in problems:
                output.line(output.style(_line(procedure, problem)))
        clean = sum(1 for _, problems in found if not problems)
        output.say(f"{len(found)} procedures, {clean} clean, {errors} errors")
    return codes.NONE if errors else codes.OK


def _line(procedure: Procedure, problem: Problem) -> str:
    word = "error" if problem.is_error else "warning"
    hint = f" ({problem.hint})" if problem.hint else ""
    return f"{procedure.path}:{problem.line}: {problem.code} {word}: {problem.message}{hint}"


def _values(procedure: Procedure, problems: Sequence[Problem]) -> dict[str, object]:
    return {
        "name": procedure.name,
        "path": procedure.path,
        "problems": [problem_values(one) for one in problems],
    }
