"""Sessions and turns as rows: how long ago, how many turns, the first words."""

from __future__ import annotations

from datetime import datetime

from pmagent.tui.paint.lines import Page, Span, clip_text, pad_text, span
from pmagent.tui.paint.rows import page_of
from pmagent.types.sessions import SessionRow, TurnRow

_WHEN = 18


def paint_sessions(rows: tuple[SessionRow, ...], now: str, width: int) -> Page:
    """A line a session, the latest first."""

    def paint(row: SessionRow) -> tuple[Span, ...]:
        mark = "now  " if row.id == now else "     "
        fork = " (a copy)" if row.forked_from else ""
        draft = "  unsent words" if row.draft else ""
        name = f"{row.name}{fork}"
        words = name if row.name == row.first or not row.first else f"{name}: {row.first}"
        room = max(width - 5 - _WHEN - 11 - len(draft), 10)
        return (
            span(mark, "ok"),
            span(pad_text(when(row.last), _WHEN), "date"),
            span(pad_text(f"{row.turns:,} turn{'' if row.turns == 1 else 's'}", 11), "quiet"),
            span(clip_text(span(" ".join(words.split())).text, room)),
            span(draft, "warn"),
        )

    return page_of(rows, paint)


def paint_turns(rows: tuple[TurnRow, ...], width: int) -> Page:
    """A line a turn: when, what was typed, what it changed."""

    def paint(row: TurnRow) -> tuple[Span, ...]:
        number = len(row.checkpoints)
        changed = f"{number} undo point{'' if number == 1 else 's'}" if number else ""
        end = {"killed": "cut off", "stopped": "stopped", "failed": "failed"}.get(row.reason, "")
        room = max(width - _WHEN - 16 - 9, 10)
        return (
            span(pad_text(when(row.at), _WHEN), "date"),
            span(pad_text(clip_text(span(" ".join(row.typed.split())).text, room), room + 1)),
            span(pad_text(changed, 15), "quiet"),
            span(end, "warn"),
        )

    return page_of(rows, paint)


def when(at: datetime) -> str:
    """`2026-11-23 11:02`, on the person's clock."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"
