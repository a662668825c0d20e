"""A plan as text: a Markdown page for a day, a table of the week, what differs from another."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pmagent.safe_text import safe_text
from pmagent.tasks.planner.days import minutes_in
from pmagent.tasks.planner.minutes import days_between, meetings_of, midnight, minute_of, moment_of
from pmagent.tasks.planner.wording import clock, day_name, day_of, duration, quoted
from pmagent.types.tasks import Block, Move, WeekPlan, WeekTask

_SIGNS = {"new": "+", "moved": ">", "shortened": "<", "lengthened": "~", "dropped": "-"}
_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>#|"})


def day_page(task: WeekTask, plan: WeekPlan, day: date) -> str:
    """One day in Markdown: meetings and blocks by the clock, each with its reason; what is left."""
    zone = ZoneInfo(task.habits.zone)
    rows = [
        (minute_of(block.start), f"- [ ] {_hours(block, zone)} **{_plain(_title(block))}**", block)
        for block in plan.blocks
        if day_of(block.start, zone) == day
    ]
    lines: list[tuple[int, str]] = []
    for minute, line, block in rows:
        why = f" — {_plain(block.why)}" if block.why else ""
        lines.append((minute, f"{line}{why}"))
    meetings = _meetings(task, day, zone)
    lines += [(start, f"- {when} {_plain(words)}") for start, when, words in meetings]
    planned = sum(minutes_in(block) for _, _, block in rows)
    page = [f"# {day_name(day)} {day.year}", ""]
    page += [f"{duration(planned)} planned, {len(meetings)} in the calendar", ""]
    page += [line for _, line in sorted(lines)] or ["Nothing is planned."]
    if plan.known_until is not None and day > plan.known_until:
        page += ["", f"The calendar is known until {day_name(plan.known_until)} only."]
    for title, found in (("Late", plan.late), ("No room", plan.unplaced)):
        if found:
            page += ["", f"## {title}", ""]
            page += [f"- {_plain(one.title)}: {_plain(one.reason)}" for one in found]
    if plan.trade_offs:
        page += ["", "## Choices", ""]
        for choice in plan.trade_offs:
            page.append(f"- {_plain(choice.says)}")
            page += [f"  - {_plain(option)}" for option in choice.options]
    return "\n".join(page) + "\n"


def week_table(task: WeekTask, plan: WeekPlan, *, width: int = 80) -> str:
    """The week by day for a terminal: `▓` a meeting, `▒` a block; no line is wider."""
    zone = ZoneInfo(task.habits.zone)
    lines = [_cut(f"free {duration(plan.free)} · planned {duration(plan.planned)}", width)]
    for day in days_between(plan.first, plan.last):
        rows = [
            (minute_of(block.start), f"▒ {_hours(block, zone)}  {_title(block)}{_sign(block)}")
            for block in plan.blocks
            if day_of(block.start, zone) == day
        ]
        rows += [(start, f"▓ {when}  {words}") for start, when, words in _meetings(task, day, zone)]
        if rows:
            lines += ["", day_name(day)]
            lines += [_cut(f"  {row}", width) for _, row in sorted(rows)]
    for title, found in (("late", plan.late), ("no room", plan.unplaced)):
        if found:
            lines += ["", title]
            lines += [_cut(f"  {one.title}: {one.reason}", width) for one in found]
    return "\n".join(lines) + "\n"


def moves_text(moves: Sequence[Move], zone: str, *, width: int = 80) -> str:
    """What differs between two plans, two lines a block: the change, and why."""
    if not moves:
        return "no block moves\n"
    lines: list[str] = []
    for move in moves:
        lines.append(_cut(f"{_SIGNS[move.kind]} {_change(move, ZoneInfo(zone))}", width))
        if move.why:
            lines.append(_cut(f"    {move.why}", width))
    return "\n".join(lines) + "\n"


def _change(move: Move, zone: ZoneInfo) -> str:
    title = quoted(move.title, 34)
    was = _span(move.before, zone) if move.before is not None else ""
    now = _span(move.after, zone) if move.after is not None else ""
    return f"{move.kind} {title} " + " → ".join(part for part in (was, now) if part)


def _span(span: tuple[datetime, datetime], zone: ZoneInfo) -> str:
    return f"{clock(span[0], zone)}–{span[1].astimezone(zone):%H:%M}"


def _meetings(task: WeekTask, day: date, zone: ZoneInfo) -> list[tuple[int, str, str]]:
    start = midnight(day, zone)
    found: list[tuple[int, str, str]] = []
    for one in meetings_of(task.window, zone):
        first, last = moment_of(one.start, zone), moment_of(one.end, zone)
        if one.is_all_day and first.date() <= day and one.end > start:
            found.append((start, "all day    ", one.summary))
        elif not one.is_all_day and first.date() == day:
            found.append((one.start, f"{first:%H:%M}–{last:%H:%M}", one.summary))
    return found


def _hours(block: Block, zone: ZoneInfo) -> str:
    return f"{block.start.astimezone(zone):%H:%M}–{block.end.astimezone(zone):%H:%M}"


def _title(block: Block) -> str:
    return f"{block.title} ({block.part}/{block.parts})" if block.parts > 1 else block.title


def _sign(block: Block) -> str:
    return " · fixed" if block.is_fixed else ""


def _plain(text: str) -> str:
    """Text that stays text in Markdown."""
    return safe_text(text).translate(_MARKS)


def _cut(text: str, width: int) -> str:
    """At most so many cells: wide characters take two, marks on a letter none."""
    whole = safe_text(text)
    if sum(map(_cells, whole)) <= width:
        return whole
    line, left = "", width - 1
    for character in whole:
        left -= _cells(character)
        if left < 0:
            break
        line += character
    return line.rstrip() + "…"


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
