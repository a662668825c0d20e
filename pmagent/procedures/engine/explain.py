"""A run told to a person: what was done, why, who made what, what it cost, and what goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from pmagent.safe_text import safe_text
from pmagent.types.runs import Run, Spent, StepRow, WaitsFor

_WAITS: dict[WaitsFor, str] = {
    "approve": "a yes or a no",
    "answer": "an answer",
    "human": "a value that a person writes",
    "time": "a moment",
    "outbox": "the outbox, which tries again",
}
_REVIEWED: frozenset[WaitsFor] = frozenset({"approve", "answer", "human"})
_MAKERS = {"model": "by the model", "offline": "without a model", "person": "by a person"}
_LONGEST = 160


def explain(run: Run, rows: Sequence[StepRow], review: str = "") -> str:
    """One line a step, in order, between a line of what it is and lines of how it stands.

    The same run and rows give the same text. It ends with the one command that goes on, where
    there is something to go on with; `review` is the id of the review that it waits for.
    """
    lines = (*_head(run), *(_step_line(row) for row in rows), *_foot(run, review))
    return "\n".join(lines) + "\n"


def next_command(run: Run, review: str = "") -> str:
    """The command that goes on with a run; empty where nothing does."""
    if run.switched_to:
        return f"pmagent explain {run.switched_to}"
    if run.state == "running":
        return f"pmagent resume {run.id}"
    if run.state != "waiting":
        return ""
    if review:
        return f"pmagent review show {review}"
    return "pmagent review" if run.waits_for in _REVIEWED else f"pmagent resume {run.id}"


def _head(run: Run) -> Iterator[str]:
    about = f" about {_cut(run.key)}" if run.key else ""
    yield f"/{run.command}{about}: run {run.id}, begun {run.began:%Y-%m-%d %H:%M} ({run.autonomy})"


def _step_line(row: StepRow) -> str:
    name = f" as {row.name}" if row.name else ""
    mark = {"done": "", "skipped": " (passed over)", "failed": " (ended here)"}[row.status]
    parts = [f"{row.address} {row.verb}{name}{mark}"]
    told = [part for part in (_MAKERS.get(row.maker, ""), row.detail, _cost(row.spent)) if part]
    if told:
        parts.append(_cut("; ".join(told)))
    line = ": ".join(parts)
    assumed = "; ".join(row.assumptions)
    return f"  {line}; assuming {_cut(assumed)}" if assumed else f"  {line}"


def _foot(run: Run, review: str) -> Iterator[str]:
    state = run.state.replace("_", " ")
    if run.state == "waiting":
        wakes = f" until {run.wakes:%Y-%m-%d %H:%M}" if run.wakes is not None else ""
        waits = _WAITS.get(run.waits_for, "")
        yield f"It waits for {waits}{wakes}: {_cut(run.reason)}"
    else:
        yield f"It is {state}: {_cut(run.reason)}" if run.reason else f"It is {state}"
    for note in run.notes:
        yield f"Note: {_cut(note)}"
    yield f"Used: {_total(run.spent)}"
    if command := next_command(run, review):
        yield f"Next: {command}"


def _cost(spent: Spent) -> str:
    """What a step has cost, beyond its being done."""
    parts: list[str] = []
    if spent.tokens:
        parts.append(f"{spent.tokens:,} tokens, {_usd(spent.usd)}")
    if spent.effects:
        parts.append("1 effect" if spent.effects == 1 else f"{spent.effects} effects")
    return ", ".join(parts)


def _total(spent: Spent) -> str:
    steps = "1 step" if spent.steps == 1 else f"{spent.steps} steps"
    work = f"{spent.ms / 1000:.1f} s of work"
    return ", ".join(part for part in (steps, work, _cost(spent)) if part)


def _usd(usd: Decimal | None) -> str:
    return "price unknown" if usd is None else f"{usd:.4f} USD"


def _cut(text: str) -> str:
    line = safe_text(" ".join(text.split()))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
