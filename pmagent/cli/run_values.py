"""A run, a step and a problem as the values of `--json`, and a run that is told as it goes on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pmagent.agency.run_words import begun_words, ended_words, step_line, tool_of
from pmagent.cli import codes
from pmagent.cli.output import Output
from pmagent.procedures.engine.outcomes import cause_of
from pmagent.types.procedures import Problem
from pmagent.types.runs import (
    Run,
    RunChanged,
    RunEvent,
    RunState,
    StepBegan,
    StepEnded,
    StepRow,
)

_CODES: Mapping[RunState, int] = {
    "done": codes.OK,
    "waiting": codes.WAITING,
    "running": codes.WAITING,
    "blocked": codes.NONE,
    "handed_off": codes.NONE,
    "abstained": codes.NONE,
    "failed": codes.NONE,
    "cancelled": codes.NONE,
}


def run_values(run: Run) -> dict[str, object]:
    """One run, without its text."""
    spent = run.spent
    return {
        "id": run.id,
        "command": run.command,
        "key": run.key,
        "arguments": dict(run.arguments),
        "state": run.state,
        "waits_for": run.waits_for,
        "wakes": run.wakes.isoformat() if run.wakes else None,
        "reason": run.reason,
        "notes": list(run.notes),
        "result": run.result,
        "began": run.began.isoformat(),
        "ended": run.ended.isoformat() if run.ended else None,
        "spent": {
            "steps": spent.steps,
            "tokens": spent.tokens,
            "usd": None if spent.usd is None else float(spent.usd),
            "effects": spent.effects,
            "ms": spent.ms,
        },
        "autonomy": run.autonomy,
        "origin": run.origin,
        "parent": run.parent,
        "switched_to": run.switched_to,
        "digest": run.digest,
    }


def step_values(row: StepRow) -> dict[str, object]:
    """One finished step, without its value."""
    return {
        "address": row.address,
        "verb": row.verb,
        "status": row.status,
        "name": row.name,
        "maker": row.maker,
        "detail": row.detail,
        "at": row.at.isoformat(),
        "ms": row.spent.ms,
        "tokens": row.spent.tokens,
    }


def problem_values(problem: Problem) -> dict[str, object]:
    """One problem of a procedure."""
    return {
        "code": problem.code,
        "line": problem.line,
        "message": problem.message,
        "hint": problem.hint,
        "severity": "error" if problem.is_error else "warning",
    }


def tell(output: Output, events: Iterator[RunEvent]) -> Run | None:
    """Tell a run's steps on stderr as they are done; gives the run as it ended or waits."""
    last: Run | None = None
    for event in events:
        match event:
            case StepBegan(address=address, verb=verb, text=text):
                output.step(step_line(address, f"{tool_of(verb)} {begun_words(text, verb)}"))
            case StepEnded(row=row, elapsed_ms=elapsed_ms):
                output.say(step_line(row.address, ended_words(row), elapsed_ms / 1000))
            case RunChanged(run=run) if not run.parent:
                last = run
            case _:
                pass
    return last


def code_of_run(run: Run) -> int:
    """The exit code of a run as it stands."""
    return {"budget": codes.BUDGET, "denied": codes.DENIED}.get(cause_of(run), _CODES[run.state])
