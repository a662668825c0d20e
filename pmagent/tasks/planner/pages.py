"""A plan as text: a Markdown page for a day, a table of the week, what differs from another."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pmagent.days import day_name
from pmagent.safe_text import safe_text
from pmagent.tasks.planner.choices import option_name
from pmagent.tasks.planner.days import minutes_in
from pmagent.tasks.planner.minutes import days_between, meetings_of, midnight, minute_of, moment_of
from pmagent.tasks.planner.wording import clock, day_of, duration, quoted
from pmagent.types.tasks import Block, Move, Unplaced, WeekPlan, WeekTask

_BELOW = " " * 6
"""Before a block's reason."""
_SIGNS = {"new": "+", "moved": ">", "shortened": "<", "lengthened": "~", "dropped": "-"}
_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>#|"})


def day_page(task: WeekTask, plan: WeekPlan, day: date) -> str:
    """One day in Markdown: meetings and blocks by the clock, each with its reason; what is left."""
    zone = ZoneInfo(task.habits.zone)
    done = {card.id for card in task.cards if card.is_done}
    rows = [
        (
            minute_of(block.start),
            f"- [{'x' if block.card in done else ' '}] {_hours(block, zone)}"
            f" **{_plain(_title(block))}**",
            block,
        )
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
    for title, found in lacking(task, plan):
        page += ["", f"## {title.capitalize()}", ""]
        page += [f"- {_plain(one.title)}: {_plain(one.reason)}" for one in found]
    if plan.trade_offs:
        page += ["", "## Choices", ""]
        for place, choice in enumerate(plan.trade_offs):
            page.append(f"{place + 1}. {_plain(choice.says)}")
            page += [
                f"   - {option_name(place, number)}: {_plain(option)}"
                for number, option in enumerate(choice.options)
            ]
    return "\n".join(page) + "\n"


def is_day_filled(task: WeekTask, plan: WeekPlan, day: date) -> bool:
    """Whether anything is planned or in the calendar on a day."""
    zone = ZoneInfo(task.habits.zone)
    is_planned = any(day_of(block.start, zone) == day for block in plan.blocks)
    return is_planned or bool(_meetings(task, day, zone))


def week_table(
    task: WeekTask, plan: WeekPlan, *, width: int = 80, has_reasons: bool = False
) -> str:
    """The week by day for a terminal: `▓` a meeting, `▒` a block; no line is wider.

    A row of a day is cut where it is long; a reason is folded. `has_reasons` puts that of each
    block below it, and the choices at the end.
    """
    zone = ZoneInfo(task.habits.zone)
    lines = [_cut(f"free {duration(plan.free)} · planned {duration(plan.planned)}", width)]
    for day in days_between(plan.first, plan.last):
        rows = [
            (
                minute_of(block.start),
                _cut(f"  ▒ {_hours(block, zone)}  {_title(block)}{_sign(block)}", width),
                _folded(block.why, width, _BELOW) if has_reasons else [],
            )
            for block in plan.blocks
            if day_of(block.start, zone) == day
        ]
        rows += [
            (start, _cut(f"  ▓ {when}  {words}", width), [])
            for start, when, words in _meetings(task, day, zone)
        ]
        if rows:
            lines += ["", day_name(day)]
            lines += [line for _, row, below in sorted(rows) for line in (row, *below)]
    for title, found in lacking(task, plan):
        lines += ["", title]
        for one in found:
            lines += _folded(f"{one.title}: {one.reason}", width, "  ", "    ")
    if has_reasons and plan.trade_offs:
        lines += ["", "choices"]
        for place, choice in enumerate(plan.trade_offs):
            lines += _folded(f"{place + 1} {choice.says}", width, "  ", "    ")
            for number, option in enumerate(choice.options):
                name = option_name(place, number)
                lines += _folded(f"{name} {option}", width, "    ", "       ")
    return "\n".join(lines) + "\n"


def lacking(task: WeekTask, plan: WeekPlan) -> Iterator[tuple[str, tuple[Unplaced, ...]]]:
    """What is not as it should be, by kind: `late`, `in part`, `no room`, `waiting`; none empty."""
    waits = {card.id for card in task.cards if card.waiting_for}
    kinds: dict[str, list[Unplaced]] = {"late": list(plan.late), "in part": []}
    kinds |= {"no room": [], "waiting": []}
    for one in plan.unplaced:
        is_waiting = one.card in waits
        kinds["in part" if one.minutes_planned else "waiting" if is_waiting else "no room"].append(
            one
        )
    return ((kind, tuple(found)) for kind, found in kinds.items() if found)


def moves_text(moves: Sequence[Move], zone: str, *, width: int = 80) -> str:
    """What differs between two plans, block by block: the change, and why below it."""
    if not moves:
        return "no block moves\n"
    lines: list[str] = []
    for move in moves:
        lines += _folded(f"{_SIGNS[move.kind]} {_change(move, ZoneInfo(zone))}", width, "", "    ")
        lines += _folded(move.why, width, "    ")
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


def _folded(text: str, width: int, first: str, rest: str | None = None) -> list[str]:
    """Lines of at most so many cells, `first` before the first one and `rest` before the others.

    A word that is longer than a line is cut in pieces: nothing is left out.
    """
    indent = first if rest is None else rest
    lines: list[str] = []
    line = ""
    for word in _pieces(safe_text(text), max(1, width - max(len(first), len(indent)))):
        lead = indent if lines else first
        longer = f"{line} {word}" if line else lead + word
        if line and sum(map(_cells, longer)) > width:
            lines.append(line)
            longer = indent + word
        line = longer
    return [*lines, line] if line else lines


def _pieces(text: str, width: int) -> Iterator[str]:
    """The words, each no wider than a line."""
    for word in text.split():
        piece = ""
        for character in word:
            if sum(map(_cells, piece + character)) > width:
                yield piece
                piece = ""
            piece += character
        yield piece


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
