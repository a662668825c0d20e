"""A run of a procedure as the events of one turn: its steps on the way, its words at the end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from pmagent.agency.plain_turn import Ending
from pmagent.procedures.engine.outcomes import cause_of
from pmagent.types.actions import Done, Failed, Json
from pmagent.types.runs import Run, RunChanged, RunEvent, StepBegan, StepEnded, StepRow
from pmagent.types.turns import Noted, Said, Screen, ToolBegan, ToolEnded, TurnEvent

MOST_SUBJECT = 160
_QUIET = frozenset({"If", "Set", "Check", "Return"})
"""Verbs whose steps are told in the record alone."""
_VERB = re.compile(r"^\s*\*\*[^*]+\*\*\s*")
_AS = re.compile(r",?\s+as\s+\S+\s+like\s|,?\s+or offline\s")
_SHOWN_FIRST = ("markdown", "report", "post", "page", "text", "summary")
"""Fields of a result that are its words for a person."""


def tell_run(begin: Callable[[], Iterator[RunEvent]], ending: Ending) -> Iterator[TurnEvent]:
    """What a front end draws of a run, its words last; `ending` is filled in with how it ended."""
    last: Run | None = None
    for event in begin():
        match event:
            case StepBegan(run=run, address=address, verb=verb, text=text):
                if verb.split()[0] not in _QUIET:
                    yield ToolBegan(
                        call_id=f"{run}:{address}",
                        tool=tool_of(verb),
                        subject=_line(_said(text, verb)),
                    )
            case StepEnded(row=row, elapsed_ms=elapsed_ms):
                yield from _ended(row, elapsed_ms)
            case RunChanged(run=run):
                if not run.parent:
                    last = run
    if last is not None:
        yield from _outcome(last, ending)


def _ended(row: StepRow, elapsed_ms: int) -> Iterator[TurnEvent]:
    if row.verb.split()[0] in _QUIET:
        return
    said = row.detail or row.verb
    is_done = row.status != "failed"
    outcome = Done(text=said) if is_done else Failed(message=said, can_retry=False)
    yield ToolEnded(
        call_id=f"{row.run}:{row.address}",
        tool=tool_of(row.verb),
        outcome=outcome,
        elapsed_s=elapsed_ms / 1000,
    )


def _outcome(run: Run, ending: Ending) -> Iterator[TurnEvent]:
    for one in run.notes:
        yield Said(text=f"- {one}\n")
    match run.state:
        case "done":
            if words := result_words(run.result):
                yield Said(text=words)
            if run.reason:
                yield Noted(text=run.reason)
            yield Noted(text=f"run {run.id} is done{_cost(run)}", hint="")
        case "waiting":
            yield from _waiting(run, ending)
        case "running":
            ending.reason = "waiting"
            ending.hint = f'go on: "pmagent resume {run.id}"'
        case "handed_off" | "blocked" | "abstained" | "cancelled":
            ending.reason = "steps" if cause_of(run) == "budget" else "blocked"
            ending.hint = f'what it did: "pmagent explain {run.id}"'
            words = run.state.replace("_", " ")
            yield Noted(text=f"{words}: {run.reason}", kind="warning", hint=ending.hint)
        case "failed":
            ending.reason = "failed"
            ending.fault = "AccessError" if cause_of(run) == "denied" else ""
            ending.hint = f'what it did: "pmagent explain {run.id}"'
            yield Noted(text=run.reason, kind="error", hint=ending.hint)


def _waiting(run: Run, ending: Ending) -> Iterator[TurnEvent]:
    ending.reason = "waiting"
    match run.waits_for:
        case "approve" | "answer" | "human":
            ending.hint = '"pmagent review" shows what it asks, and takes your answer'
            yield Screen(name="review", argument=run.id, text=f"waits for you: {run.reason}\n")
        case _:
            when = f" until {run.wakes:%Y-%m-%d %H:%M}" if run.wakes else ""
            ending.hint = f'go on: "pmagent resume {run.id}"'
            yield Noted(text=f"waits{when}: {run.reason}", kind="warning", hint=ending.hint)


def result_words(result: Json) -> str:
    """A result as Markdown for a person: its own words where it has any, else what it holds."""
    if result is None:
        return ""
    if isinstance(result, str):
        return f"{result.rstrip()}\n"
    if isinstance(result, Mapping):
        for name in _SHOWN_FIRST:
            words = result.get(name)
            if isinstance(words, str) and words.strip():
                return f"{words.rstrip()}\n"
        return "".join(f"- **{name}**: {_brief(value)}\n" for name, value in result.items())
    return f"{_brief(result)}\n"


def tool_of(verb: str) -> str:
    """What a step's verb is called where tools are: one for the model writes."""
    return "Write a value" if verb == "model" else verb


def _said(text: str, verb: str) -> str:
    """A step without its verb, its marks and how its value is called."""
    said = _VERB.sub("", text).replace("`", "").strip()
    if verb == "model":
        return _AS.split(said)[0]
    return said.removeprefix(verb.partition(" ")[2]).strip()


def _brief(value: Json) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _line(text)


def _cost(run: Run) -> str:
    spent = run.spent
    parts: Sequence[str] = [f"{spent.steps} steps", f"{spent.ms / 1000:.1f} s"]
    if spent.tokens:
        usd = "an unknown sum" if spent.usd is None else f"${spent.usd:.4f}"
        parts = [*parts, f"{spent.tokens:,} tokens, {usd}"]
    return f": {', '.join(parts)}"


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_SUBJECT else f"{line[: MOST_SUBJECT - 1]}…"
