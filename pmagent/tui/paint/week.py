"""A plan as lines: a day by the hour, a column of a week."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pmagent.days import day_name
from pmagent.tasks.planner.minutes import hours_on
from pmagent.tasks.planner.wording import duration
from pmagent.tui.paint.lines import (
    Page,
    PageBuilder,
    Span,
    clip,
    clip_text,
    span,
    spread,
    width_of,
    wrap,
)
from pmagent.tui.paint.week_choices import add_choices
from pmagent.tui.paint.week_values import Week
from pmagent.types.tasks import Block, Occurrence

_DAY = 24 * 60
SLOT = 30
"""Minutes a line."""
_LEAST_GAP = 15
"""Shorter gaps are buffers and are not drawn."""
_MOST_ROWS = 6
_SIGNS = {"meeting": "▓", "block": "▒", "free": "░", "light": "·"}
_STYLES = {"meeting": "note", "block": "ok", "free": "faint", "light": "quiet"}
_NARROW = 14
_TIME_CELLS = 8
"""`09:00 ▒ ` before a title."""


class Entry(NamedTuple):
    """Something of a day, from minute to minute."""

    start: int
    end: int
    kind: str
    """`meeting`, `block`, `free`, or `light` for what takes no time."""
    title: str
    value: Block | Occurrence | None = None


def day_entries(week: Week, day: date) -> list[Entry]:
    """Meetings, blocks and free time of a day in order of time; minutes are the wall clock's."""
    zone = week.zone
    found: list[Entry] = []
    for block in week.plan.blocks:
        start, end = _wall(block.start, day, zone), _wall(block.end, day, zone)
        if start < _DAY and end > 0:
            found.append(Entry(max(start, 0), min(end, _DAY), "block", _part_title(block), block))
    for one in week.window.occurrences:
        if not isinstance(one.start, datetime) or not isinstance(one.end, datetime) or one.is_ours:
            continue
        start, end = _wall(one.start, day, zone), _wall(one.end, day, zone)
        if 0 <= start < _DAY or start < 0 < end:
            kind = "meeting" if one.is_busy else "light"
            found.append(Entry(max(start, 0), min(end, _DAY), kind, one.summary, one))
    found.extend(_free(week, day, [one for one in found if one.kind != "light"]))
    return sorted(found, key=lambda one: (one.start, one.end, one.title))


def whole_days(week: Week, day: date) -> list[Occurrence]:
    """What the calendar has for all of a day."""
    return [
        one
        for one in week.window.occurrences
        if one.is_all_day and _as_day(one.start) <= day < _as_day(one.end)
    ]


def paint_day(week: Week, day: date, width: int) -> Page:
    """A day by the hour, then the choices, what is late and what has no room.

    Items are `Block`, `Occurrence`, `TradeOff` and `Unplaced`.
    """
    builder = PageBuilder()
    entries = day_entries(week, day)
    today = (span("  today", "ok"),) if day == week.today else ()
    head = (span(day_name(day), "title"), *today)
    builder.add(*spread(head, _day_sums(entries, width - width_of(head) - 2), width))
    for one in whole_days(week, day):
        words = (span("all day ", "quiet"), span(f"▓ {one.summary}", "note"))
        builder.add_item(one, [clip(words, width)])
    for entry in entries:
        lines = _entry_lines(week, entry, width)
        if entry.value is None:
            builder.add_all(lines)
        else:
            builder.add_item(entry.value, lines)
    if not entries:
        builder.add(span("A day off: nothing is planned.", "quiet"))
    until = week.plan.known_until
    if until is not None and day > until:
        says = f"The calendar is known until {day_name(until)} only."
        builder.add_all(wrap((span(says, "warn"),), width))
    add_choices(builder, week, width)
    return builder.page()


def paint_column(week: Week, day: date, width: int, from_minute: int) -> Page:
    """A day as a column of a week, a line for each half hour from a minute of the day on."""
    builder = PageBuilder()
    entries = [one for one in day_entries(week, day) if one.kind != "free"]
    mark = "• " if day == week.today else ""
    name = f"{mark}{day_name(day) if width > _NARROW else day_name(day).rsplit(' ', 1)[0]}"
    builder.add(span(clip_text(name, width), "title"))
    planned = sum(one.end - one.start for one in entries if one.kind == "block")
    sign = span(f"{_SIGNS['block']} ", _STYLES["block"])
    builder.add(*clip((sign, span(duration(planned) if planned else "nothing", "quiet")), width))
    whole = whole_days(week, day)
    for one in whole:
        builder.add_item(one, [clip((span(f"▓ {one.summary}", "note"),), width)])
    # The hours begin on the same line in every column.
    for _ in range(max(len(whole_days(week, other)) for other in days_shown(week)) - len(whole)):
        builder.add()
    row = 0
    for entry in entries:
        first = (entry.start - from_minute) // SLOT
        last = -(-(entry.end - from_minute) // SLOT)
        while row < first:
            builder.add(Span("·", "faint"))
            row += 1
        lines = _narrow_lines(entry, max(last - row, 1), width)
        if entry.value is not None:
            builder.add_item(entry.value, lines)
        row += len(lines)
    return builder.page()


def first_minute(week: Week) -> int:
    """The full hour at which the columns of a week begin: the same hour is the same line."""
    starts = [
        one.start for day in week.days for one in day_entries(week, day) if one.kind != "light"
    ]
    return min(starts, default=9 * 60) // 60 * 60


def days_shown(week: Week) -> tuple[date, ...]:
    """The days of the week with anything in them or hours to work in; weekends mostly not."""
    shown = tuple(
        day
        for day in week.days
        if hours_on(week.habits, day) or any(True for _ in day_entries(week, day))
    )
    return shown or week.days


def _free(week: Week, day: date, taken: Sequence[Entry]) -> Iterator[Entry]:
    over = _wall(week.now, day, week.zone)
    for hours in hours_on(week.habits, day):
        at, end = max(_minute(hours.start), over), _minute(hours.end) or _DAY
        for one in sorted(taken):
            if one.end <= at or one.start >= end:
                continue
            if one.start - at >= _LEAST_GAP:
                yield Entry(at, one.start, "free", "")
            at = max(at, one.end)
        if end - at >= _LEAST_GAP:
            yield Entry(at, end, "free", "")


def _wall(moment: datetime, day: date, zone: ZoneInfo) -> int:
    """The minute on the clock of the day; below 0 before it. A floating time is the zone's."""
    local = moment.astimezone(zone) if moment.tzinfo is not None else moment
    return (local.date() - day).days * _DAY + local.hour * 60 + local.minute


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _as_day(moment: datetime | date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def _part_title(block: Block) -> str:
    return f"{block.title} ({block.part}/{block.parts})" if block.parts > 1 else block.title


def _day_sums(entries: Sequence[Entry], room: int) -> tuple[Span, ...]:
    planned = sum(one.end - one.start for one in entries if one.kind == "block")
    free = sum(one.end - one.start for one in entries if one.kind == "free")
    words = f"planned {duration(planned)}" if planned else "nothing planned"
    both = f"{words} · free {duration(free)}"
    return (span(both if free and len(both) <= room else words, "quiet"),)


def _entry_lines(week: Week, entry: Entry, width: int) -> list[tuple[Span, ...]]:
    """As many lines as half hours, up to six."""
    sign, style = _SIGNS[entry.kind], _STYLES[entry.kind]
    lead = (span(f"{_clock(entry.start)} ", "quiet"), span(f"{sign} ", style))
    rest = (Span(" " * 6), span(f"{sign} ", style))
    length = entry.end - entry.start
    rows = min(max(round(length / SLOT), 1), _MOST_ROWS)
    if entry.kind == "free":
        return [(*lead, span(f"free {duration(length)}", "quiet"))]
    words = wrap((span(entry.title, _title_style(week, entry)),), width - _TIME_CELLS)
    until = f"until {_clock(entry.end)}"
    if rows == 1:
        room = width - _TIME_CELLS - len(until) - 2
        title = clip((span(entry.title, _title_style(week, entry)),), room)
        return [spread((*lead, *title), (span(until, "faint"),), width)]
    if len(words) > rows - 1:
        words = words[: rows - 1]
        words[-1] = clip((*words[-1], span(" …")), width - _TIME_CELLS)
    about = _about(week, entry)
    lines: list[tuple[Span, ...]] = [
        (*(rest if row else lead), *one) for row, one in enumerate(words)
    ]
    lines.append(clip((*rest, span(" · ".join((until, *about)), "quiet")), width))
    lines.extend(rest for _ in range(rows - len(lines)))
    return lines


def _title_style(week: Week, entry: Entry) -> str:
    if isinstance(entry.value, Block):
        card = week.cards.get(entry.value.card)
        return "quiet" if card is not None and card.is_done else "strong"
    return "note" if entry.kind == "meeting" else "quiet"


def _about(week: Week, entry: Entry) -> list[str]:
    value = entry.value
    if isinstance(value, Occurrence):
        return [word for word in (value.location, value.calendar) if word][:1]
    card = week.cards.get(value.card) if value is not None else None
    found: list[str] = []
    if card is not None and card.is_done:
        found.append("done")
    if card is not None and card.priority is not None:
        found.append(f"P{card.priority}")
    if value is not None and value.is_fixed:
        found.append("fixed")
    if value is not None and value.id in week.moved:
        found.append("moved")
    return found


def _narrow_lines(entry: Entry, rows: int, width: int) -> list[tuple[Span, ...]]:
    sign, style = _SIGNS[entry.kind], _STYLES[entry.kind]
    lead = span(f"{sign} ", style)
    bold = "strong" if entry.kind == "block" else style
    told = (span(f"{_clock(entry.start)} ", "quiet"), span(entry.title, bold))
    words = wrap(told, width - 2) if rows > 1 else [clip(told, width - 2)]
    lines: list[tuple[Span, ...]] = [(lead, *one) for one in words[:rows]]
    if len(words) > rows:
        lines[-1] = clip((*lines[-1], span(" …")), width)
    lines.extend((lead,) for _ in range(rows - len(lines)))
    return lines
