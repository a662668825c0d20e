"""The undo points as lines, and what taking one back would change."""

from __future__ import annotations

from collections.abc import Sequence

from pmagent.tui.paint.diff import FileDiff, paint_diffs, totals
from pmagent.tui.paint.exact import cut_lines, spelled
from pmagent.tui.paint.lines import Line, Page, PageBuilder, Span, clip, clip_text, span, wrap
from pmagent.types.actions import Checkpoint

_MOST_PATHS = 3


def paint_points(points: Sequence[Checkpoint], width: int) -> Page:
    """Each with when, by whom, what; which files; whether it is taken back already."""
    builder = PageBuilder()
    for point in points:
        builder.add_item(point, _point_lines(point, width))
    if not points:
        builder.add_all(
            wrap((span("Nothing was changed here yet, so nothing can be undone.", "quiet"),), width)
        )
    return builder.page()


def paint_preview(
    diffs: Sequence[FileDiff], conflicts: Sequence[str], width: int, *, rewind: bool
) -> tuple[Page, Sequence[int]]:
    """What an undo would change, file by file, below what stands against it."""
    what = "Taking back this and all since" if rewind else "Taking this back"
    lines = [Line(spans) for spans in wrap((span(f"{what} changes {totals(diffs)}."),), width)]
    if conflicts:
        words = "Changed since by somebody else, and left as they are:"
        lines.extend(Line(spans) for spans in wrap((span(words, "error"),), width))
        for path in conflicts:
            lines.extend(Line((span(piece, "error"),)) for piece in cut_lines(spelled(path), width))
    return paint_diffs(diffs, width, before=lines)


def point_words(point: Checkpoint) -> str:
    """`Write notes/pricing.md`, on one line."""
    return clip_text(spelled(point.summary), 60)


def _point_lines(point: Checkpoint, width: int) -> list[tuple[Span, ...]]:
    when = f"{point.at.astimezone():%m-%d %H:%M:%S}"
    is_gone = bool(point.undone_by)
    head = (
        span(f"{when}  ", "date"),
        span(spelled(point.summary), "faint" if is_gone else "strong"),
    )
    files = ", ".join(spelled(path) for path in point.paths[:_MOST_PATHS])
    more = f" and {len(point.paths) - _MOST_PATHS:,} more" if len(point.paths) > _MOST_PATHS else ""
    about = (
        span(f"{spelled(point.by)}  #{spelled(point.id)}  ", "quiet"),
        span(f"{files}{more}", "quiet"),
    )
    lines = [clip(head, width), clip((Span("  "), *about), width)]
    if is_gone:
        words = f"taken back by #{spelled(point.undone_by)}"
        lines.append(clip((Span("  "), span(words, "note")), width))
    return lines
