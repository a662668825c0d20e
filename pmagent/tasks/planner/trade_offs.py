"""Choices with their consequences: what would have to give for a card to be in time.

Each option is the outcome of planning a small variant: the week without one meeting, with one hour
more, or without one other card, everything else staying where it is. An option that was not found
to work is not offered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import time, timedelta

from pmagent.days import day_name
from pmagent.tasks.planner.days import Ground, build_day
from pmagent.tasks.planner.later import day_that_holds
from pmagent.tasks.planner.minutes import WEEKDAYS, Meeting, moment_of, worked_spans
from pmagent.tasks.planner.model import SLOT, Part, Places, Problem
from pmagent.tasks.planner.placing import Layout, slots_in
from pmagent.tasks.planner.prepare import Prepared
from pmagent.tasks.planner.wording import clock, duration, quoted
from pmagent.types.tasks import (
    CardShift,
    Habits,
    Hours,
    Move,
    TradeOff,
    Unplaced,
    WeekPlan,
    WeekTask,
)

_MOST = 3
"""Choices put before a person at once."""
_MEETINGS, _RIVALS = 5, 5
"""Variants tried for one card at most."""
_TRIED = 4
"""Cards looked at, some of them in vain."""
_HIGH = 2
"""The last of the priorities that press."""
_MOVE_IT = "move it in your calendar, export that again"
_WORK_ON = "work longer on that day, or set week.hours"
"""What is left to the person."""
_LAST_HOUR = 23
_A_DAY = 24 * 60
_MARGIN = 2 * 60
"""Minutes around a day that a buffer or a longer day may reach."""


@dataclass(frozen=True, kw_only=True)
class _Fix:
    """A variant in which a card is in time."""

    says: str
    meeting: Meeting | None = None
    worth: int = 0
    """What it costs elsewhere."""
    shift: CardShift | None = None
    left: str = ""


def trade_offs_of(prepared: Prepared, places: Places, plan: WeekPlan) -> tuple[TradeOff, ...]:
    """At most three, for the cards that count most among those late, without room or pushed."""
    numbers = {card.id: number for number, card in enumerate(prepared.cards)}
    found = list(_pushed(plan, prepared))
    late = {
        one.card: one
        for one in plan.late
        # One that was due before these days is late whatever gives.
        if one.card in numbers
        and places[numbers[one.card]]
        and places[numbers[one.card]][-1][0] > _last_day(prepared, numbers[one.card])
    }
    missing = {
        one.card: one
        for one in plan.unplaced
        if one.card in numbers and not _is_enough(prepared, numbers[one.card], places)
    }
    wanted = sorted(
        {**missing, **late}.values(),
        key=lambda one: (
            not _is_pressing(prepared, numbers[one.card]),
            -prepared.problem.jobs[numbers[one.card]].worth,
            one.card,
        ),
    )
    for one in wanted[:_TRIED]:
        # What can wait is put before a person only where nothing else is.
        if len(found) >= _MOST or (found and not _is_pressing(prepared, numbers[one.card])):
            break
        choice = _choose(prepared, places, numbers[one.card], one, is_late=one.card in late)
        if choice is not None:
            found.append(choice)
    return tuple(found[:_MOST])


def _pushed(plan: WeekPlan, prepared: Prepared) -> Iterator[TradeOff]:
    """Blocks that a meeting has pushed to another day: said as the person would."""
    zone = prepared.ground.zone
    for move in plan.moves:
        meeting = meeting_in_the_way(prepared, move)
        if move.before is None or move.after is None or meeting is None:
            continue
        days = [moment.astimezone(zone).date() for moment in (move.before[0], move.after[0])]
        if days[0] == days[1]:
            continue
        what = _named(prepared, meeting)
        yield TradeOff(
            id=f"{move.block}-pushed",
            says=f"{quoted(move.title)} moves to {day_name(days[1])} because {what} is fixed",
            options=(f"move {what}: {quoted(move.title)} stays on {clock(move.before[0], zone)}",),
            shifts=(None,),
            left=(_MOVE_IT,),
            cards=tuple(block.card for block in plan.blocks if block.id == move.block),
        )


def meeting_in_the_way(prepared: Prepared, move: Move) -> Meeting | None:
    """The meeting that lies where a block was, buffers included."""
    if move.before is None:
        return None
    start, end = (int(moment.timestamp() // 60) for moment in move.before)
    buffer = prepared.task.habits.buffer
    for one in prepared.ground.meetings:
        if one.start - buffer < end and start < one.end + buffer:
            return one
    return None


def _choose(
    prepared: Prepared, places: Places, number: int, one: Unplaced, *, is_late: bool
) -> TradeOff | None:
    """The choice for one card; None where nothing that was tried would help."""
    last = _last_day(prepared, number)
    fixes = [
        fix
        for fix in (
            _without_a_meeting(prepared, places, number, last),
            _with_an_hour(prepared, places, number, last),
            _without_a_card(prepared, places, number, last),
            _with_a_later_day(prepared, places, number, one),
        )
        if fix is not None
    ]
    if not fixes:
        return None
    title = quoted(one.title)
    meeting = next((fix.meeting for fix in fixes if fix.meeting is not None), None)
    because = f" because {_named(prepared, meeting)} is fixed" if meeting is not None else ""
    if is_late:
        ends = prepared.ground.dates[places[number][-1][0]]
        says = f"{title} is late, on {day_name(ends)}{because}"
    else:
        says = f"{title} has no room{because}"
    if places[number] and not is_late:
        has, needs = slots_in(places[number]) * SLOT, prepared.problem.jobs[number].enough * SLOT
        says = f"{title} has {duration(has)} of the {duration(needs)} that cannot wait{because}"
    keep = "leave it late" if is_late else "leave it for later"
    return TradeOff(
        id=f"{one.card}-{'late' if is_late else 'unplaced'}",
        says=says,
        options=(*(fix.says for fix in fixes), keep),
        shifts=(*(fix.shift for fix in fixes), None),
        left=(*(fix.left for fix in fixes), ""),
        cards=(one.card,),
    )


def _is_pressing(prepared: Prepared, number: int) -> bool:
    """Whether a card is due in these days, cannot wait for later ones, or is of priority 1 or 2."""
    card, job = prepared.cards[number], prepared.problem.jobs[number]
    is_due = card.due is not None and card.due <= prepared.task.window.last
    return is_due or job.urgent > 0 or (card.priority or 9) <= _HIGH


def _is_enough(prepared: Prepared, number: int, places: Places) -> bool:
    return slots_in(places[number]) >= prepared.problem.jobs[number].enough


def _last_day(prepared: Prepared, number: int) -> int:
    """The last day on which a card is in time; the last of all where that is over."""
    due, dates = prepared.cards[number].due, prepared.ground.dates
    if due is None or due < dates[min(prepared.ground.today, len(dates) - 1)]:
        return len(dates) - 1
    return min(len(dates) - 1, (due - dates[0]).days)


def _named(prepared: Prepared, meeting: Meeting) -> str:
    when = clock(moment_of(meeting.start, prepared.ground.zone), prepared.ground.zone)
    return f"{quoted(meeting.summary, 40)} on {when}"


def _placed_in(
    problem: Problem, places: Places, number: int, out: Sequence[int], last: int
) -> tuple[Layout, tuple[Part, ...]] | None:
    """Where a card would go if others were out, all else staying; None unless it is in time."""
    layout = Layout(problem)
    for other, parts in enumerate(places):
        if (
            parts
            and other not in out
            and other != number
            and not set(out) & set(problem.jobs[other].before)
        ):
            layout.put(other, parts)
    parts = layout.best_parts(number)
    if not parts or parts[-1][0] > last or slots_in(parts) < problem.jobs[number].enough:
        return None
    layout.put(number, parts)
    return layout, parts


def _text_of(prepared: Prepared, number: int, parts: Sequence[Part]) -> str:
    title = quoted(prepared.cards[number].title)
    job = prepared.problem.jobs[number]
    if slots_in(parts) < job.slots:
        return f"{title} has {duration(slots_in(parts) * SLOT)} in these days"
    day, start, size = parts[-1]
    slot = start if len(parts) == 1 else start + size
    minute = prepared.problem.days[day].midnight + slot * SLOT
    when = clock(moment_of(minute, prepared.ground.zone), prepared.ground.zone)
    return f"{title} is {'on' if len(parts) == 1 else 'done by'} {when}"


def _rebuilt(prepared: Prepared, task: WeekTask, ground: Ground, touched: Sequence[int]) -> Problem:
    """The problem with some days read again from another task or other meetings."""
    days = list(prepared.problem.days)
    for day in touched:
        days[day] = build_day(task, ground, prepared.kept, ground.dates[day])
    return replace(prepared.problem, days=tuple(days))


def _without_a_meeting(prepared: Prepared, places: Places, number: int, last: int) -> _Fix | None:
    """Of the longest meetings in time, the shortest whose move would be enough."""
    ground = prepared.ground
    edge = prepared.problem.days[last].midnight + _A_DAY
    tried = [
        one
        for one in ground.meetings
        if ground.now <= one.start < edge and _is_worked(prepared, one)
    ]
    tried.sort(key=lambda one: (one.end - one.start, one.start))
    for meeting in tried[-_MEETINGS:]:
        others = tuple(one for one in ground.meetings if one is not meeting)
        touched = [
            day
            for day, one in enumerate(prepared.problem.days)
            if one.midnight - _MARGIN < meeting.end
            and meeting.start < one.midnight + _A_DAY + _MARGIN
        ]
        problem = _rebuilt(prepared, prepared.task, replace(ground, meetings=others), touched)
        found = _placed_in(problem, places, number, (), last)
        if found is not None:
            says = f"move {_named(prepared, meeting)}: {_text_of(prepared, number, found[1])}"
            return _Fix(says=says, meeting=meeting, left=_MOVE_IT)
    return None


def _is_worked(prepared: Prepared, meeting: Meeting) -> bool:
    """Whether a meeting takes any working time: to move one of the evening helps nobody."""
    day = moment_of(meeting.start, prepared.ground.zone).date()
    spans = worked_spans(prepared.task.habits, day, prepared.ground.zone)
    return any(start < meeting.end and meeting.start < end for start, end in spans)


def _with_an_hour(prepared: Prepared, places: Places, number: int, last: int) -> _Fix | None:
    """The first day in time on which one hour more would be enough."""
    for day in range(prepared.ground.today, last + 1):
        date = prepared.ground.dates[day]
        longer = _longer_day(prepared.task.habits, day, prepared)
        if longer is None:
            continue
        task = replace(prepared.task, habits=longer[0])
        problem = _rebuilt(prepared, task, prepared.ground, [day])
        found = _placed_in(problem, places, number, (), last)
        if found is not None:
            until = f"work until {longer[1]:%H:%M} on {day_name(date)}"
            says = f"{until}: {_text_of(prepared, number, found[1])}"
            return _Fix(says=says, left=_WORK_ON)
    return None


def _longer_day(habits: Habits, day: int, prepared: Prepared) -> tuple[Habits, time] | None:
    """The habits with an hour more on one weekday; None on a day off or where midnight is near."""
    date = prepared.ground.dates[day]
    name = WEEKDAYS[date.weekday()]
    own = next((hours for weekday, hours in habits.hours if weekday == name and hours), None)
    if own is None or date in habits.days_off:
        return None
    last = max(own, key=lambda one: one.end)
    if last.end == time() or last.end.hour == _LAST_HOUR:
        return None
    end = last.end.replace(hour=last.end.hour + 1)
    more = (*(one for one in own if one is not last), Hours(start=last.start, end=end))
    hours = tuple((weekday, more if weekday == name else spans) for weekday, spans in habits.hours)
    return replace(habits, hours=hours), end


def _with_a_later_day(
    prepared: Prepared, places: Places, number: int, one: Unplaced
) -> _Fix | None:
    """The first day by which later days would hold what is left of a card, if that is later."""
    card = prepared.cards[number]
    if card.due is None or prepared.problem.jobs[number].after:
        return None
    left = {
        other.id: job.slots * SLOT - slots_in(parts) * SLOT
        for other, job, parts in zip(prepared.cards, prepared.problem.jobs, places, strict=True)
    }
    left[card.id] = one.minutes_missing
    if not one.minutes_missing:
        return None
    day = day_that_holds(prepared.task, prepared.ground, left, prepared.by_id, card.id)
    if day is None or day <= card.due:
        return None
    return _Fix(
        says=f"put its day off to {day_name(day)}: {duration(left[card.id])} are left then",
        shift=CardShift(card=card.id, due=day),
    )


def _without_a_card(prepared: Prepared, places: Places, number: int, last: int) -> _Fix | None:
    """The other card that is cheapest to put off, and where it goes then."""
    jobs = prepared.problem.jobs
    tried = [
        other
        for other, parts in enumerate(places)
        if parts and other != number and other not in jobs[number].before and not jobs[other].after
    ]
    tried = [other for other in tried if any(part[0] <= last for part in places[other])]
    tried.sort(key=lambda other: (jobs[other].worth, other))
    fixes: list[_Fix] = []
    for other in tried[:_RIVALS]:
        found = _placed_in(prepared.problem, places, number, (other,), last)
        if found is None:
            continue
        layout, parts = found
        title = quoted(prepared.cards[other].title)
        elsewhere = layout.best_parts(other)
        text = _text_of(prepared, number, parts)
        if elsewhere:
            day = prepared.ground.dates[elsewhere[-1][0]]
            says = f"put {title} off to {day_name(day)}: {text}"
        else:
            day = prepared.task.window.last + timedelta(days=1)
            says = f"leave {title} out: {text}"
        shift = CardShift(card=prepared.cards[other].id, start=day)
        fixes.append(_Fix(says=says, worth=layout.total, shift=shift))
    return min(fixes, key=lambda fix: fix.worth, default=None)
