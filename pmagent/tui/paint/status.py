"""The index as lines: shares and pace above, every file with its reason below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pmagent.nlp.counted import counted
from pmagent.tui.paint.lines import (
    Line,
    Page,
    Span,
    clip,
    clip_middle,
    clip_text,
    join,
    pad_text,
    rule,
    span,
    spread,
    wrap,
)
from pmagent.tui.paint.rows import page_of
from pmagent.tui.paint.vital import Counts, pace_of, percent
from pmagent.types import FileState, Progress, Status

Kept = Literal["all", "failed", "skipped", "waiting"]

_BETWEEN = Span(" · ", "faint")
_GLYPHS = {"indexed": "✓", "waiting": "·", "skipped": "–", "failed": "×"}
_STYLES = {"indexed": "ok", "waiting": "quiet", "skipped": "quiet", "failed": "error"}


def count(status: Status) -> Counts:
    """The numbers of a status, in one pass."""
    tally = dict.fromkeys(_GLYPHS, 0)
    for item in status.files:
        tally[item.state] += 1
    return Counts(
        indexed=tally["indexed"],
        known=tally["indexed"] + tally["waiting"] + tally["failed"],
        failed=tally["failed"],
        passages=status.coverage.passages,
        with_meaning=status.coverage.with_meaning,
    )


def paint_status_heading(
    status: Status, progress: Progress | None, kept: Kept, width: int
) -> list[tuple[Span, ...]]:
    """Shares, pace, what is degraded, and the filter."""
    counts = count(status)
    coverage = status.coverage
    lines = [
        _share("words", counts.indexed, counts.known, "file", width),
        _share("meaning", coverage.with_meaning, coverage.passages, "passage", width),
        (),
    ]
    if progress is not None and progress.stage != "ready":
        done = (
            f"  {progress.done:,} of {progress.total:,} {progress.unit}" if progress.total else ""
        )
        now = f"  {clip_middle(span(progress.path).text, 40)}" if progress.path else ""
        lines.append(
            clip((span(pace_of(progress)), span(done, "quiet"), span(now, "quiet")), width)
        )
    else:
        words = "Up to date; changes are read as they are saved."
        if progress is None:
            is_other = status.is_being_indexed
            words = "Another pmagent indexes this garden." if is_other else "No indexer runs."
        lines.append(clip((span(words, "quiet"), span(f"  {status.embedder}", "quiet")), width))
    for note in status.notes:
        lines.extend(wrap((span(note, "warn"),), width))
    lines.append(())
    tallies = [
        (span(f"{_GLYPHS[state]} {number:,} {state}", _STYLES[state] if number else "faint"),)
        for state in _GLYPHS
        if (number := status.count(state)) or state != "waiting"
    ]
    shown = (span("showing ", "quiet"), span(kept, "strong"))
    lines.extend((spread(join(tallies, Span("   ")), shown, width), (rule(width),)))
    return lines


def paint_files(files: Sequence[FileState], kept: Kept, width: int) -> Page:
    """The files by state, worst first within `all`; each line is made when it is drawn."""
    rank = {"failed": 0, "waiting": 1, "skipped": 2, "indexed": 3}
    chosen = [item for item in files if kept in {"all", item.state}]
    chosen.sort(key=lambda item: (rank[item.state], item.path))
    if not chosen:
        words = "No file here." if kept == "all" else f"No file is {kept}."
        return Page(lines=(Line((span(words, "quiet"),)),))
    return page_of(chosen, lambda item: _file_line(item, width))


def _share(name: str, done: int, total: int, unit: str, width: int) -> tuple[Span, ...]:
    share = done / total if total else 0.0
    bar_width = max(10, min(40, width - 44))
    filled = round(share * bar_width)
    return clip(
        (
            span(pad_text(name, 9), "strong"),
            Span("━" * filled, "bar-here"),
            Span("─" * (bar_width - filled), "faint"),
            span(f" {percent(share).rjust(4)}  "),
            span(f"{done:,} of {counted(total, unit)}", "quiet"),
        ),
        width,
    )


def _file_line(item: FileState, width: int) -> tuple[Span, ...]:
    style = _STYLES[item.state]
    path_width = max(20, min(56, (width - 12) * 5 // 9))
    path = clip_middle(span(item.path).text, path_width)
    facts = item.reason or " · ".join(
        fact
        for fact in (
            counted(item.passages, "passage") if item.passages else "",
            f"{item.date} by {item.date_source}" if item.date else "",
        )
        if fact
    )
    room = width - 11 - path_width - 2
    return (
        span(pad_text(f"{_GLYPHS[item.state]} {item.state}", 11), style),
        span(pad_text(path, path_width + 2)),
        span(clip_text(span(facts).text, max(room, 0)), "" if item.reason else "quiet"),
    )


def paint_file_reason(item: FileState, width: int) -> list[tuple[Span, ...]]:
    """The whole of what is known of one file, where a row had no room for it."""
    words = f"{item.path}: {item.reason}" if item.reason else item.path
    return wrap((span(words, "quiet"),), width)[:2]
