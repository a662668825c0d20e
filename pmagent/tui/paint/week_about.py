"""What stands around the board and the plan: the heading, and what is under the bar in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.cells import cell_len

from pmagent.days import day_name
from pmagent.nlp.counted import counted
from pmagent.tasks.planner.wording import duration
from pmagent.tui.paint.board import marks_of, short_day
from pmagent.tui.paint.diff import diff_of_text, paint_diffs
from pmagent.tui.paint.lines import (
    Line,
    Page,
    PageBuilder,
    Span,
    clip,
    join,
    span,
    spread,
    width_of,
    wrap,
)
from pmagent.tui.paint.week_choices import option_words
from pmagent.tui.paint.week_moves import grouped, move_lines, move_words
from pmagent.tui.paint.week_values import (
    Option,
    Week,
    clock_span,
    in_part,
    late,
    when_planned,
    without_room,
)
from pmagent.types.tasks import (
    Block,
    Card,
    Occurrence,
    ProposedCard,
    TradeOff,
    Unplaced,
)
from pmagent.types.week import FileDiff, Proposal

Chosen = Card | Block | Occurrence | TradeOff | Option | Unplaced | ProposedCard | None
"""What can be under the bar."""

CLOSED_LINES = 2
OPEN_LINES = 9
EARLIER, LATER = "b ‹", "› n"
"""What stands around the week's number: the keys, and what the mouse can click."""
_BETWEEN = Span(" · ", "faint")


def paint_week_heading(
    week: Week | None, view: str, says: str, width: int, *, is_stale: bool, lists: str = ""
) -> list[tuple[Span, ...]]:
    """Which days, how full they are; which view is open, and what wants attention."""
    right = (span(says, "note"),) if says else ()
    if week is None:
        return [spread((span("Week", "title"), span("  reading…", "quiet")), right, width)]
    plan = week.plan
    number = week.first.isocalendar().week
    title = [
        (span(f"{EARLIER} ", "key"), span(f"Week {number}", "title"), span(f" {LATER}", "key")),
        (span(f"  {day_name(week.first)} – {day_name(week.last)}", "quiet"),),
    ]
    sums = (f"planned {duration(plan.planned)} of {duration(plan.free)} free",
            f"planned {duration(plan.planned)}", "")  # fmt: skip
    sums = ("these days are over", "over", "") if week.is_over else sums
    tabs = [_tab(name, view) for name in ("board", "day", "week")]
    if view == "found":
        tabs.append(_tab("found", view))
    if lists:
        tabs.append((span(lists, "note"),))
    left = join(tabs, Span(" "))
    parts = _state(week, is_stale=is_stale)
    while parts and width_of(join(parts, _BETWEEN)) > width - width_of(left) - 2:
        parts.pop()  # the last says least
    return [_first_line(title, right, sums, width), spread(left, join(parts, _BETWEEN), width)]


def paint_about(week: Week, chosen: Chosen, width: int, *, is_open: bool) -> list[tuple[Span, ...]]:
    """What is under the bar in at most two lines, or in nine where it is open."""
    lines = about_lines(week, chosen, width)
    most = OPEN_LINES if is_open else CLOSED_LINES
    if len(lines) > most:
        more = (span("w more", "key"),)
        room = width - width_of(more) - 2
        last = lines[most - 1]
        lines = [*lines[: most - 1], spread(clip(last, room), more, width)]
    return [*lines, *[(Span(""),)] * (CLOSED_LINES - len(lines))]


def about_lines(week: Week, chosen: Chosen, width: int) -> list[tuple[Span, ...]]:
    """All that is to be said of what is under the bar."""
    return [line for spans in _about(week, chosen) for line in wrap(spans, width, 2)]


def paint_found(proposal: Proposal | None, width: int) -> Page:
    """Cards that transcripts ask for, each an item of its `ProposedCard`."""
    builder = PageBuilder()
    builder.add(span("Found in transcripts and notes", "title"))
    if proposal is None:
        builder.add(span("reading the newest transcripts…", "quiet"))
        return builder.page()
    builder.add_all(wrap((span("On no board until you take them: a takes one.", "quiet"),), width))
    for one in proposal.cards:
        builder.add()
        who = f"{one.who}: " if one.who else ""
        lines = wrap((span("○ "), span(one.card.title, "strong")), width, 2)
        for link in one.card.links[:1]:
            at = f" {link.at}" if link.at else ""
            lines.extend(wrap((span(f"  {who}“{link.quote}”", "quote"),), width, 2))
            lines.append(clip((span(f"  {link.place}{at}", "cite"),), width))
        if one.duplicate_of:
            lines.append((span("  a card already says so", "warn"),))
        builder.add_item(one, lines)
    if not proposal.cards:
        builder.add(span("Nothing is asked for that is on no board.", "quiet"))
    if proposal.notes:
        builder.add()
    for note in proposal.notes:
        builder.add_all(wrap((span(note, "quiet"),), width))
    return builder.page()


def paint_keeping(files: Sequence[FileDiff], week: Week, width: int) -> tuple[Page, list[int]]:
    """What moves and why, then each file that would be written as an exact difference."""
    lines: list[Line] = []
    if week.plan.moves:
        lines.append(Line((span("What changes against the plan that stands", "title"),)))
    lines += [Line(spans) for spans in move_lines(week, week.plan.moves, width)]
    changed = [one for one in files if one.diff]
    diffs = [
        diff_of_text(one.path, "new" if one.is_new else "changed", one.diff) for one in changed
    ]
    return paint_diffs(diffs, width, lines)


def word_at(line: Sequence[Span], cell: int) -> str:
    """The word of a heading's line at a cell from its left, for the mouse; empty between them."""
    for part in line:
        if cell < cell_len(part.text):
            return part.text.strip()
        cell -= cell_len(part.text)
    return ""


def _first_line(
    title: Sequence[tuple[Span, ...]], right: tuple[Span, ...], sums: Sequence[str], width: int
) -> tuple[Span, ...]:
    """As much of it as fits, in whole words: what is being done, else the sums, before the days."""
    ends = [right] if right else [(span(words, "quiet"),) for words in sums]
    for left in (join(title, Span("")), title[0]):
        for end in ends:
            if width_of(left) + 2 + width_of(end) <= width:
                return spread(left, end, width)
    return clip(title[0], width)


def _tab(name: str, view: str) -> tuple[Span, ...]:
    return (span(f"[{name}]", "strong") if name == view else span(f" {name} ", "quiet"),)


def _state(week: Week, *, is_stale: bool) -> list[tuple[Span, ...]]:
    """What wants attention, the weightiest first."""
    plan = week.plan
    parts: list[tuple[Span, ...]] = []
    if is_stale:
        parts.append((span("board changed: r", "warn"),))
    parts.append((span("kept", "ok") if week.is_kept else span("not kept: p", "quiet"),))
    if week.moves:
        parts.append((span(f"{counted(len(grouped(week.moves)), 'move')}: m", "warn"),))
    if plan.trade_offs:
        parts.append((span(f"{counted(len(plan.trade_offs), 'choice')}: c", "warn"),))
    if not week.window.files:
        parts.append((span("no calendar", "warn"),))
    elif week.window.refusals:
        parts.append((span("a calendar was not read", "warn"),))
    if found := late(week):
        parts.append((span(f"{len(found)} late", "error"),))
    if found := in_part(week):
        parts.append((span(f"{len(found)} in part", "warn"),))
    if lacking := without_room(week):
        parts.append((span(f"{len(lacking)} no room", "warn"),))
    return parts


def _about(week: Week, chosen: Chosen) -> list[tuple[Span, ...]]:
    match chosen:
        case Card():
            return _about_card(week, chosen)
        case Block():
            when = f"{_day(week, chosen.start)} {clock_span(chosen.start, chosen.end, week.zone)}"
            card = week.cards.get(chosen.card)
            marks = marks_of(card, week.today) if card is not None else []
            head = join([(span(chosen.title, "strong"),), (span(when),), *marks], _BETWEEN)
            move = week.moved.get(chosen.id)
            why = chosen.why or "no reason is on record"
            moved = [(span(move_words((move,), week), "warn"),)] if move else []
            moved += [(span(move.why),)] if move and move.why != why else []
            return [head, *moved, (span(why, "quiet"),)]
        case Occurrence():
            return _about_meeting(week, chosen)
        case TradeOff():
            options = [(span(f"or {option}", "quiet"),) for option in chosen.options]
            return [(span("◆ ", "warn"), span(chosen.says)), *options]
        case Option():
            words = option_words(week, chosen)
            return [(span(f"{chosen.name} ", "key"), span(chosen.says)), (span(words, "note"),)]
        case Unplaced():
            return [(span(chosen.title, "strong"),), (span(chosen.reason),)]
        case ProposedCard():
            links = [(span(f"{link.place} {link.at}", "cite"),) for link in chosen.card.links]
            return [(span(chosen.card.title, "strong"),), (span(chosen.reason, "quiet"),), *links]
        case None:
            return []


def _about_card(week: Week, card: Card) -> list[tuple[Span, ...]]:
    when = when_planned(week).get(card.id, "")
    marks = marks_of(card, week.today, when)
    lines = [join([(span(card.title, "strong"),), *marks], _BETWEEN)]
    if not card.is_done:
        lacking = (*week.plan.late, *week.plan.unplaced)
        lines += [(span(one.reason, "warn"),) for one in lacking if one.card == card.id]
    for block in week.plan.blocks:
        if block.card == card.id:
            span_words = clock_span(block.start, block.end, week.zone)
            head = span(f"▒ {_day(week, block.start)} {span_words}  ", "ok")
            lines.append((head, span(block.why, "quiet")))
    for link in card.links:
        quote = f"  “{link.quote}”" if link.quote else ""
        lines.append((span(f"{link.place} {link.at}".strip(), "cite"), span(quote, "quote")))
    told = {link.place for link in card.links}
    lines += [
        (span(row.strip().removeprefix("- "), "quiet"),)
        for row in card.details
        if not any(place in row for place in told)
    ]
    return lines


def _about_meeting(week: Week, one: Occurrence) -> list[tuple[Span, ...]]:
    if isinstance(one.start, datetime) and isinstance(one.end, datetime):
        when = f"{_day(week, one.start)} {clock_span(one.start, one.end, week.zone)}"
    else:
        when = "all day"
    head = [(span(one.summary, "strong"),), (span(when),)]
    head += [(span(word, "quiet"),) for word in (one.location, one.status.lower()) if word]
    source = one.file or one.calendar
    fixed = "it takes no time" if not one.is_busy else "it is fixed: blocks go around it"
    return [join(head, _BETWEEN), (span(f"from {source}: {fixed}", "quiet"),)]


def _day(week: Week, moment: datetime) -> str:
    return short_day(moment.astimezone(week.zone).date(), week.today)
