"""PL04, PL05, PL06: loops without a bound, steps nothing reaches, commands that never end."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pmagent.procedures.language.walk import all_steps, is_end, verb_of
from pmagent.procedures.lint.view import View, error
from pmagent.types.procedures import EachStep, IfStep, Problem, Procedure, RunStep, Step, SwitchStep


def unbounded(view: View) -> Iterator[Problem]:
    """PL04: a loop that does not say how often it may turn."""
    for step in view.steps:
        if isinstance(step, EachStep) and step.most is None:
            yield error(
                "PL04",
                step.line,
                f'the loop over "{step.items.source}" has no bound',
                "add up to `25`",
            )


def unreachable(view: View) -> Iterator[Problem]:
    """PL05: the first step of each block that stands behind an end."""
    for steps in _blocks(view.procedure.steps):
        for before, after in pairwise(steps):
            if is_end(before):
                ending = verb_of(before)
                yield error(
                    "PL05",
                    after.line,
                    f'nothing reaches this step: the "{ending}" before it ends the run',
                    "take it out, or put a condition on what ends the run",
                )
                break


def cycles(view: View) -> Iterator[Problem]:
    """PL06: a Run or a Switch to a command there is not, or that leads back here."""
    for step in view.steps:
        if not isinstance(step, RunStep | SwitchStep):
            continue
        if step.command not in {*view.commands, view.procedure.name}:
            near = difflib.get_close_matches(step.command, view.commands, 1)
            yield error(
                "PL06",
                step.line,
                f'no command is called "/{step.command}"',
                f'did you mean "/{near[0]}"' if near else "write it, or name another",
            )
            continue
        way = _way_back(view, step.command)
        if way:
            shown = " → ".join(f"/{name}" for name in (view.procedure.name, *way))
            yield error(
                "PL06",
                step.line,
                f"this leads back to where it began: {shown}",
                "let one of them return a value, and decide here",
            )


def _way_back(view: View, command: str) -> tuple[str, ...]:
    """The commands from `command` to this one, both included; empty where no way leads back."""
    goal = view.procedure.name
    waiting: list[tuple[str, ...]] = [(command,)]
    seen = {command}
    while waiting:
        way = waiting.pop(0)
        if way[-1] == goal:
            return way
        other = view.commands.get(way[-1])
        for name in _leads_to(other) if other is not None else ():
            if name not in seen:
                seen.add(name)
                waiting.append((*way, name))
    return ()


def _leads_to(procedure: Procedure) -> list[str]:
    return [step.command for step in all_steps(procedure) if isinstance(step, RunStep | SwitchStep)]


def _blocks(steps: Sequence[Step]) -> Iterator[Sequence[Step]]:
    yield steps
    for step in steps:
        if isinstance(step, IfStep):
            for branch in step.branches:
                yield from _blocks(branch.steps)
        elif isinstance(step, EachStep):
            yield from _blocks(step.steps)
