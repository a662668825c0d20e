"""Plans a week: blocks of time for cards, the reason of each, and what had to give.

No block lies outside the working hours, before `now`, in a meeting or within its buffer, on
another block, or over the share of a day that may be planned; none is shorter or longer than the
person wants, and none comes before what its card waits for. Among the plans that hold all this the
search looks for the one with the highest objective, in points; a card of priority 3 that takes an
hour is worth 40.

    worth       weight × (1 h + its length), for each card wholly placed. The weight is 8, 4, 2, 1
                for priorities 1 to 4, times that of its outcome (0.25 to 4), times 1.5 if it is
                due in these days; where no priority is said it is 2, and 3 in a list of what is
                in hand (Now, Doing, In progress, This week, Today)
                What later days have no room for before it is due (`later.py`) counts 1.4 times,
                and all of that 30 % of the worth more: then the card will not be late
    lateness    − 30 % of the worth for the first day after it is due, − 10 % for each more, 70 %
                at most
    earliness   − 1 % for each day from today to the one it ends on, 10 % at most
    energy      − 20 % for deep work outside its hours, − 10 % for light work inside them, by share
    splits      − a quarter of an hour's worth for each part more than its length needs
    moves       − 30 points for a standing block that is not where it was, − 20 more if its card
                has none on that day any more, − 10 more if the card has none at all

So a card is better late than not at all, and few blocks are moved for the sake of one. Of a card
that takes a day's work (6 h) or more a part may be planned, an hour at least, which is worth its
length alone; one that is longer than all that is free gets half of it, or what cannot wait. Time is
in slots of five minutes; durations are rounded up to them. `placing.py` and `search.py` have the
method.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pmagent.days import day_name
from pmagent.nlp.counted import counted
from pmagent.tasks.planner.blocks import blocks_of
from pmagent.tasks.planner.days import minutes_in
from pmagent.tasks.planner.minutes import (
    Meeting,
    Span,
    length_of,
    midnight,
    minute_after,
    minute_of,
    moment_of,
    open_spans,
    span_of,
    without,
    worked_spans,
)
from pmagent.tasks.planner.model import Places, value_of
from pmagent.tasks.planner.moves import diff_plans
from pmagent.tasks.planner.prepare import Prepared, prepare
from pmagent.tasks.planner.reasons import late_of, unplaced_of
from pmagent.tasks.planner.search import STEPS, find_places
from pmagent.tasks.planner.trade_offs import meeting_in_the_way, trade_offs_of
from pmagent.tasks.planner.wording import clock, duration, listed, quoted
from pmagent.types.tasks import Block, Card, Move, WeekPlan, WeekTask

_WORD = re.compile(r"\w+")
_ENOUGH_WORDS = 3
"""Words of a meeting in a card's title: two, such as a name, say too little."""


def plan_week(task: WeekTask, *, steps: int = STEPS) -> WeekPlan:
    """The best plan found for a task, with its reasons, choices and moves.

    `steps` bounds the search. The same task and steps give the same plan, byte for byte.
    """
    prepared = prepare(task)
    places = find_places(prepared.problem, task.seed, steps=steps)
    blocks = blocks_of(prepared, places)
    plan = WeekPlan(
        first=task.window.first,
        last=task.window.last,
        blocks=blocks,
        unplaced=unplaced_of(prepared, places),
        late=late_of(prepared, places, blocks),
        free=sum(
            length_of(open_spans(task.habits, prepared.ground.meetings, day))
            for day in prepared.ground.dates
        ),
        planned=sum(minutes_in(block) for block in blocks),
        objective=value_of(prepared.problem, places),
        known_until=task.window.known_until,
        seed=task.seed,
        notes=_notes(prepared, places, blocks),
    )
    if task.before is not None:
        plan = replace(plan, moves=_moves(prepared, task.before, plan))
    return replace(plan, trade_offs=trade_offs_of(prepared, places, plan))


def _moves(prepared: Prepared, before: WeekPlan, plan: WeekPlan) -> tuple[Move, ...]:
    first, last, zone = plan.first, plan.last, prepared.ground.zone
    shown = tuple(
        block for block in before.blocks if first <= block.start.astimezone(zone).date() <= last
    )
    owners = {block.id: block.card for block in (*before.blocks, *plan.blocks)}
    return diff_plans(
        replace(before, blocks=shown),
        plan,
        lambda move: _why_moved(prepared, plan, move, owners[move.block]),
    )


def _why_moved(prepared: Prepared, plan: WeekPlan, move: Move, card_id: str) -> str:
    card = prepared.by_id.get(card_id)
    if card is None:
        return "its card is gone from the board"
    if card.is_done:
        return "it is done"
    if move.kind == "new":
        before = prepared.task.before
        was_there = before is not None and any(one.card == card_id for one in before.blocks)
        return (
            "its card needs one block more" if was_there else "it has no block in the plan before"
        )
    meeting = meeting_in_the_way(prepared, move)
    if meeting is not None:
        return _hit_by(prepared, meeting, move)
    if move.kind == "dropped":
        for one in plan.unplaced:
            if one.card == card_id:
                return one.reason
        return "its card needs fewer blocks"
    return _why_elsewhere(prepared, plan, move, card_id)


def _why_elsewhere(prepared: Prepared, plan: WeekPlan, move: Move, card_id: str) -> str:
    if move.before is None:
        return ""
    zone = prepared.ground.zone
    span: Span = (minute_of(move.before[0]), minute_after(move.before[1]))
    day = move.before[0].astimezone(zone).date()
    if without([span], worked_spans(prepared.task.habits, day, zone)):
        return f"{day_name(day)} has no working time there any more"
    card = prepared.by_id[card_id]
    if card.at is not None and card.due is not None:
        return f"it is set to {day_name(card.due)} {card.at:%H:%M}"
    if card.start is not None and midnight(card.start, zone) > span[0]:
        return f"it begins on {day_name(card.start)}"
    others = [
        block
        for block in plan.blocks
        if block.card != card_id
        and minute_of(block.start) < span[1]
        and span[0] < minute_after(block.end)
    ]
    if others:
        names = listed(sorted({quoted(block.title) for block in others}))
        return f"it makes room for {names}"
    if move.kind in {"shortened", "lengthened"}:
        return _why_resized(prepared, plan, card_id)
    waited = [
        one for one in card.after if one in prepared.by_id and not prepared.by_id[one].is_done
    ]
    if waited:
        return f"it comes after {quoted(prepared.by_id[waited[0]].title)}"
    return "the whole week is better so"


def _hit_by(prepared: Prepared, meeting: Meeting, move: Move) -> str:
    """A meeting lies where a block was; or so near that its buffer does."""
    what = quoted(meeting.summary)
    span = (0, 0) if move.before is None else span_of(*move.before)
    if meeting.start < span[1] and span[0] < meeting.end:
        return f"{what} is in the calendar there"
    return f"{what} is in the calendar less than {prepared.task.habits.buffer} min away"


def _why_resized(prepared: Prepared, plan: WeekPlan, card_id: str) -> str:
    before = prepared.task.before
    was = sum(minutes_in(one) for one in before.blocks if one.card == card_id) if before else 0
    now = sum(minutes_in(one) for one in plan.blocks if one.card == card_id)
    if was == now:
        return "other blocks of its card take the rest of it"
    return f"its card has {duration(now)} in these days now, not {duration(was)}"


def _notes(prepared: Prepared, places: Places, blocks: Sequence[Block]) -> tuple[str, ...]:
    """Where knowledge ends, what was guessed, and where a longer effort would not fit."""
    task = prepared.task
    notes = list(prepared.notes)
    known = task.window.known_until
    zone = prepared.ground.zone
    beyond = [block for block in blocks if known and block.start.astimezone(zone).date() > known]
    if known is not None and beyond:
        notes.append(
            f"the calendar is known until {day_name(known)}:"
            f" {counted(len(beyond), 'block')} after it may meet what is not in the export"
        )
    placed = [card for card, parts in zip(prepared.cards, places, strict=True) if parts]
    guessed = [quoted(card.title, 30) for card in placed if card.effort is None]
    if guessed:
        notes.append(f"no estimate for {listed(guessed)}: 30 min are planned for each")
    unknown = sorted({one for card in placed for one in card.after if one not in prepared.by_id})
    if unknown:
        notes.append(f"cards wait for {listed(unknown)}, which is on no list: taken as done")
    notes += _perhaps_there_already(prepared, placed)
    notes += _risks(prepared, places, blocks)
    return tuple(notes)


def _perhaps_there_already(prepared: Prepared, placed: Sequence[Card]) -> list[str]:
    """Cards whose time may be in the calendar already: a meeting's words are all in the title."""
    found: list[str] = []
    for card in placed:
        words = set(_WORD.findall(card.title.casefold()))
        for one in prepared.ground.meetings:
            said = set(_WORD.findall(one.summary.casefold()))
            if len(said) >= _ENOUGH_WORDS and said <= words:
                when = clock(moment_of(one.start, prepared.ground.zone), prepared.ground.zone)
                found.append(
                    f"{quoted(one.summary)} on {when} may be time for {quoted(card.title)} already"
                )
                break
    return found


def _risks(prepared: Prepared, places: Places, blocks: Sequence[Block]) -> list[str]:
    """Cards whose most would not fit before they are due, or before the next block or meeting."""
    found: list[str] = []
    zone, task = prepared.ground.zone, prepared.task
    for card, parts in zip(prepared.cards, places, strict=True):
        effort = card.effort
        if not parts or effort is None or effort.most is None or effort.most <= effort.likely:
            continue
        more = effort.most - effort.likely
        last = max(
            (block for block in blocks if block.card == card.id),
            key=lambda one: minute_of(one.start),
        )
        end = minute_after(last.end)
        until = card.due if card.due is not None else task.window.last
        limit = midnight(min(until, task.window.last), zone) + 24 * 60
        taken = [(minute_of(one.start), minute_after(one.end)) for one in blocks]
        taken += [(one.start, one.end) for one in prepared.ground.meetings]
        open_ = [
            span for day in prepared.ground.dates for span in worked_spans(task.habits, day, zone)
        ]
        spare = without(open_, [*taken, (0, end), (limit, limit + 10**6)])
        if length_of(spare) < more:
            due = f" before it is due on {day_name(card.due)}" if card.due is not None else ""
            found.append(
                f"{quoted(card.title)} may take {duration(effort.most)}: {duration(more)} more than"
                f" planned would not fit after {clock(last.end, zone)}{due}"
            )
    return found
