"""The audit trail as lines: one an entry, all of an entry, and whether the trail is whole."""

from __future__ import annotations

from collections.abc import Sequence

from pmagent.tui.paint.exact import cut_lines, spelled
from pmagent.tui.paint.lines import (
    Line,
    Page,
    Span,
    clip,
    clip_middle,
    clip_text,
    pad_text,
    rule,
    span,
    spread,
)
from pmagent.tui.paint.rows import page_of
from pmagent.tui.rule_text import TrailFilter, filter_text
from pmagent.types.actions import AuditEntry

_VERDICTS = {
    "allowed": ("✓", "ok"),
    "done": ("✓", "quiet"),
    "denied": ("×", "error"),
    "asked": ("?", "warn"),
    "failed": ("!", "error"),
}
_STATES = {
    "ok": ("chain ok", "ok"),
    "empty": ("empty", "quiet"),
    "torn": ("chain torn", "warn"),
    "tampered": ("chain TAMPERED", "error"),
}
_COLUMNS = ("time", "verdict", "tool", "by")
_NARROW_CELLS, _WIDE_CELLS = (15, 9, 8, 10), (16, 10, 10, 17)
_WIDE = 100


def paint_trail_heading(
    shown: int, state: tuple[str, str], wanted: TrailFilter, width: int, *, is_all: bool
) -> list[tuple[Span, ...]]:
    """How many, whether the chain holds, what is filtered, the columns."""
    word, style = _STATES.get(state[0], (state[0], "warn"))
    number = f"{shown:,} {'entry' if shown == 1 else 'entries'}{'' if is_all else ', the latest'}"
    chain = (span(word, style), span(f": {state[1]}" if state[1] else "", "quiet"))
    filtered = filter_text(wanted)
    left = (span(f"{number} · "), *chain)
    right = (span("showing ", "quiet"), span(filtered, "strong")) if filtered else ()
    head = tuple(
        span(pad_text(name, cells), "quiet")
        for name, cells in zip(_COLUMNS, _cells(width), strict=True)
    )
    lines = [clip(left, width)] if right else [spread(left, right, width)]
    lines.extend([clip(right, width)] if right else [])
    return [*lines, (), clip((*head, span("  what", "quiet")), width), (rule(width),)]


def paint_trail(entries: Sequence[AuditEntry], width: int) -> Page:
    """The entries, one line each."""
    if not entries:
        return Page(lines=(Line((span("No entry.", "quiet"),)),))
    return page_of(entries, lambda entry: _entry_line(entry, width))


def paint_entry(entry: AuditEntry, width: int) -> Page:
    """All of one entry."""
    facts = (
        ("number", f"{entry.seq:,}"),
        ("time", f"{entry.at.astimezone():%Y-%m-%d %H:%M:%S %z}"),
        ("kind", entry.kind),
        ("call", f"#{entry.call_id}"),
        ("by", entry.by),
        ("session", entry.session),
        ("tool", entry.tool),
        ("verdict", entry.verdict),
        ("what", entry.subject),
        ("reason", entry.reason),
        ("rule", entry.rule or "none: this is what holds where no rule speaks"),
        ("undo", entry.checkpoint),
    )
    lines: list[Line] = []
    for name, value in facts:
        lead = span(pad_text(name, 9), "quiet")
        for piece in cut_lines(spelled(value), width - 9) if value else ():
            lines.append(Line((lead, span(piece))))
            lead = Span(" " * 9)
    return Page(lines=lines)


def fits(entry: AuditEntry, wanted: TrailFilter) -> bool:
    """Whether the parts of a filter that the garden does not know leave the entry in."""
    if wanted.tool and wanted.tool.casefold() != entry.tool.casefold():
        return False
    text = f"{entry.subject} {entry.reason} {entry.rule}".casefold()
    return all(word in text for word in wanted.words)


def _cells(width: int) -> tuple[int, int, int, int]:
    return _WIDE_CELLS if width >= _WIDE else _NARROW_CELLS


def _entry_line(entry: AuditEntry, width: int) -> tuple[Span, ...]:
    glyph, style = _VERDICTS.get(entry.verdict, ("·", "quiet"))
    time, verdict, tool, by = _cells(width)
    head = (
        span(pad_text(f"{entry.at.astimezone():%m-%d %H:%M:%S}", time), "date"),
        span(pad_text(f"{glyph} {spelled(entry.verdict)}", verdict), style),
        span(pad_text(clip_text(spelled(entry.tool), tool - 1), tool)),
        span(pad_text(clip_text(spelled(entry.by), by - 1), by), "quiet"),
    )
    room = width - sum(_cells(width)) - 2
    undo = span("↶ " if entry.checkpoint else "  ", "note")
    why = spelled(entry.rule or entry.reason) if width >= _WIDE else ""
    subject = spelled(entry.subject)
    if why:
        half = room // 2
        words = (span(pad_text(clip_middle(subject, half - 2), half)), span(why, "quiet"))
        return (*head, undo, *clip(words, room))
    return (*head, undo, span(clip_middle(subject, room)))
