"""Runs in a list, a trace as a waterfall, and all that is known of one part of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from pmagent.traces.text import MARKS, Steps, label, maker, name_cells, title, with_cuts
from pmagent.traces.tracer import CONTENT
from pmagent.traces.waterfall import (
    CUT,
    Waterfall,
    WaterfallRow,
    bar,
    cuts,
    marks,
    say_time,
    say_usd,
)
from pmagent.tui.paint.lines import (
    Line,
    Page,
    PageBuilder,
    Span,
    clip,
    clip_text,
    pad_text,
    rule,
    span,
    spread,
    wrap,
)
from pmagent.tui.paint.rows import page_of
from pmagent.types.actions import Json
from pmagent.types.runs import Run, StepRow
from pmagent.types.traces import SpanStatus, TraceEvent

_TIME = 8
_HASH = "_sha256"
_NAME = 12
_STATES: Mapping[str, tuple[str, str]] = {
    "done": ("✓", "ok"),
    "running": ("…", "note"),
    "waiting": ("?", "warn"),
    "blocked": ("×", "error"),
    "failed": ("×", "error"),
    "handed_off": ("→", "warn"),
    "abstained": ("·", "quiet"),
    "cancelled": ("·", "quiet"),
}
_LOOKS: Mapping[SpanStatus, str] = {
    "ok": "bar-here",
    "open": "note",
    "error": "error",
    "interrupted": "warn",
}
_SAYS: Mapping[SpanStatus, str] = {
    "ok": "ended well",
    "open": "has not ended",
    "error": "failed",
    "interrupted": "cut off: its process was ended in it",
}


def paint_runs(runs: Sequence[Run], width: int) -> Page:
    """The runs, one line each."""
    if not runs:
        words = "Nothing was run here yet. A command with steps makes a run: /publish-episode"
        return Page(lines=tuple(Line(spans) for spans in wrap((span(words, "quiet"),), width)))
    id_width = max(len(run.id) for run in runs) + 2
    name_width = min(max(len(run.command) for run in runs) + 2, 24)
    return page_of(runs, lambda run: _run_line(run, id_width, name_width, width))


def state_words(run: Run) -> Span:
    """`✓ done`, `? waiting for approval`."""
    glyph, style = _STATES.get(run.state, ("·", "quiet"))
    waits = f": {run.waits_for}" if run.waits_for else ""
    return span(f"{glyph} {run.state.replace('_', ' ')}{waits}", style)


def paint_trace_heading(run: Run, drawn: Waterfall | None, width: int) -> list[tuple[Span, ...]]:
    """What it is, how it stands, what it took."""
    spent = run.spent
    parts = [f"{say_time(spent.ms / 1000)} of work"]
    if run.ended is not None:
        parts[0] += f" in {say_time((run.ended - run.began).total_seconds())}"
    parts.append(f"{spent.steps:,} steps")
    parts += [f"{spent.tokens:,} tokens"] if spent.tokens else []
    parts += [say_usd(spent.usd)] if spent.usd is None or spent.usd else []
    parts += [f"{len(drawn.rows):,} parts"] if drawn is not None else []
    left = (span("trace  ", "quiet"), span(run.command, "title"), span(f"  {run.id}", "quiet"))
    lines = [spread(left, (state_words(run),), width), (span(", ".join(parts)),)]
    if run.reason:
        lines.append(clip((span(" ".join(run.reason.split()), "quiet"),), width))
    return lines


def paint_axis(drawn: Waterfall, steps: Steps, width: int) -> list[tuple[Span, ...]]:
    """The marks of time above the bars, and how much was left out of it."""
    name_width, bar_width = _columns(drawn, steps, width)
    line = with_cuts(marks(drawn.axis, bar_width), drawn.axis)
    left_out = sum(cut for _, cut in cuts(drawn.axis, 1)) / 1e9
    words = f"{CUT} {say_time(left_out)} left out" if CUT in line else ""
    head = span(pad_text(clip_text(words, name_width - 1), name_width), "quiet")
    return [(head, span(line, "quiet"), span(pad_text("took", _TIME, right=True), "quiet"))]


def paint_waterfall(
    drawn: Waterfall, events: Sequence[TraceEvent], steps: Steps, width: int
) -> Page:
    """A line a part: its name, its bar, how long it took. Events of a part are marked behind it."""
    name_width, bar_width = _columns(drawn, steps, width)
    marked = {(event.trace, event.span) for event in events}

    def paint(row: WaterfallRow) -> tuple[Span, ...]:
        style = _LOOKS[row.span.status]
        has_event = (row.span.trace, row.span.id) in marked
        name = clip_text(label(row, steps), name_width - 2)
        return (
            span(pad_text(name, name_width - 2), "" if style == "bar-here" else style),
            span("◆ " if has_event else "  ", "note"),
            span(with_cuts(bar(row, drawn.axis, bar_width), drawn.axis),
                 "quiet" if row.is_waiting else style),
            span(pad_text(say_time(row.seconds), _TIME, right=True), "quiet"),
        )  # fmt: skip

    return page_of(drawn.rows, paint)


def paint_part(
    row: WaterfallRow, step: StepRow | None, events: Sequence[TraceEvent], steps: Steps, width: int
) -> Page:
    """All that is known of one part: times, who, cost, facts, what happened in it."""
    builder = PageBuilder()
    head = f"{MARKS[row.span.status].strip()} {title(row.span, steps)}".strip()
    builder.add_all(wrap((span(head, "title"),), width))
    for name, value in part_facts(row, step):
        lead = span(pad_text(clip_text(name, _NAME - 1), _NAME), "quiet")
        style = "error" if name == "broke" else ""
        builder.add_all(wrap((lead, span(value, style)), width, indent=_NAME))
    for event in events:
        after = say_time((event.at_ns - row.span.began_ns) / 1e9)
        facts = ", ".join(f"{name} {_plain(value)}" for name, value in event.facts.items())
        words = f" after {after}{': ' if facts else ''}{facts}"
        builder.add_all(wrap((span(f"◆ {event.name}", "note"), span(words)), width, indent=2))
    return builder.page()


def part_facts(row: WaterfallRow, step: StepRow | None) -> Iterator[tuple[str, str]]:
    """Name and value of each fact, those first that a person looks for."""
    part = row.span
    if step is not None and step.detail:
        yield "did", step.detail
    yield "state", _SAYS[part.status]
    if part.error_type:
        yield "broke", part.error_type
    if who := maker(part):
        yield "by", f"{part.provider} {part.model}".strip() if part.model else who
    began = datetime.fromtimestamp(part.began_ns / 1e9, UTC).astimezone()
    yield "began", f"{began:%Y-%m-%d %H:%M:%S}.{part.began_ns // 1_000_000 % 1000:03d}"
    yield "took", say_time(row.seconds) + (", waiting" if row.is_waiting else "")
    yield from _used(row)
    if step is not None and step.assumptions:
        yield "assumes", "; ".join(step.assumptions)
    for name in sorted(part.facts):
        if name not in {"address", "maker"}:
            yield from _facts(name, part.facts)


def paint_value(step: StepRow, width: int) -> Page:
    """What a step gave: text as it reads, anything else as JSON."""
    value = step.value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    builder = PageBuilder()
    if step.detail:
        builder.add_all(wrap((span(step.detail, "quiet"),), width))
        builder.add(rule(width))
    for line in text.split("\n"):
        builder.add_all(wrap((span(line),), width, indent=len(line) - len(line.lstrip())))
    return builder.page()


def paint_words(text: str, width: int) -> Page:
    """Lines of text, wrapped below their own beginning."""
    builder = PageBuilder()
    for line in text.split("\n"):
        builder.add_all(wrap((span(line),), width, indent=len(line) - len(line.lstrip())))
    return builder.page()


def _run_line(run: Run, id_width: int, name_width: int, width: int) -> tuple[Span, ...]:
    head = (
        span(pad_text(run.id, id_width), "quiet"),
        span(pad_text(f"{run.began.astimezone():%m-%d %H:%M}", 13), "date"),
        span(pad_text(clip_text(run.command, name_width - 2), name_width)),
        Span(pad_text(state_words(run).text, 20), state_words(run).style),
        span(pad_text(say_time(run.spent.ms / 1000), _TIME, right=True), "quiet"),
        span(pad_text(say_usd(run.spent.usd), _TIME + 1, right=True), "quiet"),
    )
    about = " ".join((run.reason or run.key).split())
    room = width - id_width - name_width - 33 - 2 * _TIME - 1 - 2
    return (*head, span("  " + clip_text(about, room), "quiet")) if room > 8 else head


def _columns(drawn: Waterfall, steps: Steps, width: int) -> tuple[int, int]:
    name_width = name_cells([f"{label(row, steps)}  " for row in drawn.rows], width)
    return name_width, max(width - name_width - _TIME, 1)


def _used(row: WaterfallRow) -> Iterator[tuple[str, str]]:
    """What models took of it."""
    part = row.span
    if part.first_ms is not None:
        yield "first word", f"after {say_time(part.first_ms / 1000)}"
    if part.tokens_in or part.tokens_out:
        cached = f", {part.tokens_cache_read:,} from cache" if part.tokens_cache_read else ""
        yield "tokens", f"{part.tokens_in:,} read{cached}, {part.tokens_out:,} written"
    elif row.tokens:
        yield "tokens", f"{row.tokens:,} with all below"
    if row.usd is None or row.usd:
        yield "cost", _cost(row)


def _cost(row: WaterfallRow) -> str:
    own = row.span.usd
    if row.usd is None:
        return "unknown: a model whose price is not known had a part in it"
    if own is not None and own != row.usd:
        return f"{say_usd(row.usd)} with all below"
    return say_usd(row.usd or Decimal(0))


def _facts(name: str, facts: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """A fact; words that were kept one below the other, of others their length and their hash."""
    value, of_words = facts[name], name.removesuffix("_characters")
    if name == CONTENT and isinstance(value, Mapping):
        yield from ((inner, _plain(words)) for inner, words in value.items())
    elif of_words != name:
        digest = str(facts.get(of_words + _HASH, ""))[:12]
        yield of_words, f"{_plain(value)} characters, sha256 {digest}…"
    elif not name.endswith(_HASH):
        yield name.replace("_", " "), _plain(value)


def _plain(value: Json) -> str:
    if isinstance(value, str):
        return " ".join(value.split())
    return json.dumps(value, ensure_ascii=False)
