"""A waterfall as lines of text: readable at 80 columns, without colour, by a person or a pipe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len, set_cell_size

from pmagent.nlp.counted import counted
from pmagent.traces.waterfall import (
    CUT,
    Axis,
    Waterfall,
    WaterfallRow,
    bar,
    cuts,
    marks,
    say_time,
    say_usd,
)
from pmagent.types.runs import Run, StepRow
from pmagent.types.traces import TraceEvent, TraceSpan

WHO, TIME, COST = 11, 8, 8
"""Cells of the columns beside the bars, with a blank before each."""
LEAST_CUT_S = 1.0
"""Less is cut out of the axis without a word."""
MARKS = {"ok": " ", "open": "…", "error": "×", "interrupted": "!"}
"""Before the name of a span."""
EVENT = "◆"

Steps = Mapping[tuple[str, str], StepRow]
"""Steps on record, by run and address."""


def waterfall_lines(
    run: Run, drawn: Waterfall, events: Sequence[TraceEvent], steps: Steps, *, width: int
) -> Iterator[str]:
    """The run in a line or two, its spans with their bars, and what the marks mean."""
    yield from head_lines(run, drawn)
    yield ""
    axis = drawn.axis
    name_width = name_cells([label(row, steps) for row in drawn.rows], width)
    bar_width = width - name_width - WHO - TIME - COST
    blank, after = " " * name_width, f"{'took':>{TIME}}{'cost':>{COST}}"
    yield f"{blank}{' who':<{WHO}}{with_cuts(marks(axis, bar_width), axis)}{after}".rstrip()
    by_span: dict[tuple[str, str], list[TraceEvent]] = {}
    for event in events:
        by_span.setdefault((event.trace, event.span), []).append(event)
    for row in drawn.rows:
        name = set_cell_size(clip(label(row, steps), name_width), name_width)
        who = f" {clip(maker(row.span), WHO - 1):<{WHO - 1}}"
        took = say_time(row.seconds)
        line = with_cuts(bar(row, axis, bar_width), axis)
        yield f"{name}{who}{line}{took:>{TIME}}{say_usd(row.usd):>{COST}}".rstrip()
        for event in by_span.get((row.span.trace, row.span.id), ()):
            at = min(axis.place(event.at_ns) * bar_width // max(axis.length_ns, 1), bar_width - 1)
            name = f"{'  ' * (row.depth + 1)}{EVENT} {event.name}"
            yield f"{set_cell_size(name, name_width + WHO)}{' ' * at}{EVENT}"
    yield from _foot_lines(drawn)


def head_lines(run: Run, drawn: Waterfall | None) -> Iterator[str]:
    """What the run is, how it stands, and what it took."""
    state = run.state if not run.waits_for else f"{run.state} ({run.waits_for})"
    yield f"{run.command}  {run.id}  {state}"
    spent = run.spent
    whole = f"{say_time(spent.ms / 1000)} of work"
    if run.ended is not None:
        whole += f" in {say_time((run.ended - run.began).total_seconds())}"
    parts = [whole, counted(spent.steps, "step")]
    parts += [counted(spent.tokens, "token")] if spent.tokens else []
    parts += [say_usd(spent.usd)] if spent.usd is None or spent.usd else []
    parts += [counted(len(drawn.rows), "span")] if drawn is not None else []
    yield ", ".join(parts)
    if run.reason:
        yield " ".join(run.reason.split())


def label(row: WaterfallRow, steps: Steps) -> str:
    """`  ! 5 model → titles`: indented by its depth, marked where it did not end well."""
    return f"{'  ' * row.depth}{MARKS[row.span.status]} {title(row.span, steps)}"


def title(span: TraceSpan, steps: Steps) -> str:
    """The span's name; of a step with its address and the name of its value."""
    address = span.facts.get("address")
    if not isinstance(address, str):
        return span.name
    step = steps.get((span.run, address))
    gives = f" → {step.name}" if step is not None and step.name else ""
    return f"{address} {span.name}{gives}"


def maker(span: TraceSpan) -> str:
    """Who did it: a model, the person, the clock; empty for exact work."""
    match span.operation:
        case "model":
            return span.model.removeprefix("claude-") or "model"
        case "person":
            return "person"
        case "wait":
            return "clock"
        case _:
            made = span.facts.get("maker")
            return made if isinstance(made, str) and made != "exact" else ""


def by_address(rows: Sequence[StepRow]) -> Steps:
    """Steps, to be found by their place."""
    return {(row.run, row.address): row for row in rows}


def clip(text: str, width: int) -> str:
    """The beginning of `text` in at most `width` cells, with `…` where it was cut."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…"


def name_cells(labels: Sequence[str], width: int) -> int:
    """How wide the names may be: as wide as they are, at most three eighths of all."""
    return min(max((cell_len(text) for text in labels), default=0), width * 3 // 8)


def with_cuts(line: str, axis: Axis) -> str:
    """A line along the axis, with a mark at each blank cell where much time was cut out."""
    cells = list(line)
    for at, left_out in cuts(axis, len(line)):
        if left_out >= LEAST_CUT_S * 1e9 and cells[at] == " ":
            cells[at] = CUT
    return "".join(cells)


def _foot_lines(drawn: Waterfall) -> Iterator[str]:
    statuses = {row.span.status for row in drawn.rows}
    left_out = [cut for _, cut in cuts(drawn.axis, 1) if cut >= LEAST_CUT_S * 1e9]
    says = {
        "× failed": "error" in statuses,
        "! its process was ended in it": "interrupted" in statuses,
        "… not ended": "open" in statuses,
        "░ waited for": any(row.is_waiting for row in drawn.rows),
        f"{CUT} {say_time(sum(left_out) / 1e9)} left out, when nothing ran": bool(left_out),
    }
    shown = [text for text, is_there in says.items() if is_there]
    if shown:
        yield ""
        yield from shown
