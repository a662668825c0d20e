"""Why a card has no room or is late, in a sentence that names what stands in its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from pmagent.days import day_name
from pmagent.tasks.planner.model import SLOT, Job, Places
from pmagent.tasks.planner.placing import Layout, longest_run, slots_in
from pmagent.tasks.planner.prepare import Prepared
from pmagent.tasks.planner.wording import day_of, duration, listed, quoted
from pmagent.types.tasks import Block, Card, Unplaced


def unplaced_of(prepared: Prepared, places: Places) -> tuple[Unplaced, ...]:
    """Every card that is not wholly planned, those that count most first."""
    found: list[tuple[int, Unplaced]] = []
    layout = laid_out(prepared, places)
    wider = _without_share(prepared, places)
    for number, parts in enumerate(places):
        job, card = prepared.problem.jobs[number], prepared.cards[number]
        planned = slots_in(parts) * SLOT
        missing = job.slots * SLOT + prepared.rest.get(card.id, 0) - planned
        if not missing:
            continue
        one = Unplaced(
            card=card.id,
            title=card.title,
            reason=_in_part(prepared, number, planned, missing)
            if parts
            else _no_room(prepared, layout, wider, number),
            minutes_missing=missing,
            minutes_planned=planned,
        )
        found.append((-job.worth, one))
    found.sort(key=lambda pair: (pair[0], pair[1].card))
    return (*(one for _, one in found), *prepared.refused)


def _in_part(prepared: Prepared, number: int, planned: int, missing: int) -> str:
    """How much of a card is planned, and whether what is left is in time."""
    job, card = prepared.problem.jobs[number], prepared.cards[number]
    longer = "it is longer than the time there is: " if card.id in prepared.rest else ""
    says = f"{longer}{duration(planned)} of it are planned, {duration(missing)} are left for later"
    if card.due is None:
        return says
    if card.due <= prepared.task.window.last:
        return f"{says}, but it is due on {_day(prepared, card.due)}"
    if planned >= job.enough * SLOT:
        return f"{says}, which is in time for {_day(prepared, card.due)}"
    return (
        f"{says}; to be done by {_day(prepared, card.due)} beside what else is due,"
        f" {duration(job.enough * SLOT)} would have to be in these days"
    )


def _day(prepared: Prepared, day: date) -> str:
    """A day, with its year where that is not at hand."""
    return day_name(day, prepared.task.window.first)


def laid_out(prepared: Prepared, places: Places) -> Layout:
    """A layout with these places."""
    layout = Layout(prepared.problem)
    for number, parts in enumerate(places):
        if parts:
            layout.put(number, parts)
    return layout


def _no_room(prepared: Prepared, layout: Layout, wider: Layout, number: int) -> str:
    problem = prepared.problem
    job, card = problem.jobs[number], prepared.cards[number]
    stuck = [one for one in job.before if not layout.is_whole(one)]
    if stuck:
        names = listed([quoted(prepared.cards[one].title) for one in stuck])
        return f"it waits for {names}, which is not finished in these days"
    need = _need(job)
    alone = Layout(problem)
    free = [day.free & open_ for day, open_ in zip(problem.days, job.open, strict=True)]
    room = sum(
        min(day.budget, mask.bit_count()) for day, mask in zip(problem.days, free, strict=True)
    )
    if not any(free):
        return _no_time(prepared, card)
    if room < job.floor:
        return (
            f"it needs {need}, and {_when(prepared, card)} {duration(room * SLOT)} can be planned"
        )
    if not job.before and not alone.best_parts(number):
        longest = max(longest_run(mask, job.most) for mask in free)
        least = min(job.slots, job.least if job.parts > 1 else job.slots)
        piece = duration(least * SLOT)
        if longest >= least:
            return (
                f"it needs {need} in pieces of {piece} or more, and the gaps that long, with their"
                " breaks, add up to less"
            )
        return (
            f"no gap between your meetings is long enough: it needs {piece} in one piece,"
            f" the longest gap is {duration(longest * SLOT)}"
        )
    if wider.best_parts(number):
        rivals = _rivals(prepared, layout, number)
        names = f", taken by {listed(rivals)}" if rivals else ""
        share = round(prepared.task.habits.daily_share * 100)
        return f"it needs {need}, and the {share} % of a day that may be planned are full{names}"
    left = sum(
        min(layout.room(day), mask.bit_count())
        for day, mask in enumerate(layout.masks_for(number) or ())
    )
    rivals = _rivals(prepared, layout, number)
    names = f": {listed(rivals)}" if rivals else ""
    if left < job.floor:
        return (
            f"it needs {need}, and {duration(left * SLOT)} are left"
            f" beside the cards that count more{names}"
        )
    return f"it needs {need}, and what is left lies in gaps too short beside other cards{names}"


def _without_share(prepared: Prepared, places: Places) -> Layout:
    """The same places in days that may be planned wholly."""
    days = tuple(replace(day, budget=day.free.bit_count()) for day in prepared.problem.days)
    wider = Layout(replace(prepared.problem, days=days))
    for number, parts in enumerate(places):
        if parts:
            wider.put(number, parts)
    return wider


def _need(job: Job) -> str:
    if job.is_elastic:
        return f"{duration(job.floor * SLOT)} of its {duration(job.slots * SLOT)} at least"
    return duration(job.slots * SLOT)


def _when(prepared: Prepared, card: Card) -> str:
    if card.start is not None and card.start > prepared.ground.dates[0]:
        return f"from {_day(prepared, card.start)} on only"
    return "only"


def _no_time(prepared: Prepared, card: Card) -> str:
    blocked = [
        one
        for one in prepared.kept
        if one.card in prepared.by_id and card.id in prepared.by_id[one.card].after
    ]
    if blocked:
        return (
            f"it must be done before {quoted(blocked[0].title)},"
            " which is set to a time with no room before it"
        )
    if card.start is not None and card.start > prepared.ground.dates[0]:
        return (
            f"it begins on {_day(prepared, card.start)}, and no working time is free from then on"
        )
    return "no working time is free in these days"


def _rivals(prepared: Prepared, layout: Layout, number: int) -> list[str]:
    """Placed cards worth more by the hour, the dearest first."""
    jobs = prepared.problem.jobs
    own = jobs[number].worth / jobs[number].slots
    rivals = [
        (-(job.worth / job.slots), prepared.cards[other].title)
        for other, job in enumerate(jobs)
        if layout.places[other] and job.worth / job.slots >= own
    ]
    return [quoted(title, 30) for _, title in sorted(rivals)]


def late_of(prepared: Prepared, places: Places, blocks: Sequence[Block]) -> tuple[Unplaced, ...]:
    """Cards whose last block ends after the day they are due, in order of that day.

    Those of which only a part is planned are not among them: that is said of them already.
    """
    late: list[tuple[str, Unplaced]] = []
    in_part = {
        card.id
        for card, job, parts in zip(prepared.cards, prepared.problem.jobs, places, strict=True)
        if parts and slots_in(parts) * SLOT < job.slots * SLOT + prepared.rest.get(card.id, 0)
    }
    for card in prepared.by_id.values():
        mine = [block for block in blocks if block.card == card.id]
        if not mine or card.due is None or card.is_done or card.id in in_part:
            continue
        ends = max(day_of(block.end, prepared.ground.zone) for block in mine)
        if ends > card.due:
            reason = f"it ends on {day_name(ends)}, {_why_late(prepared, card, places)}"
            late.append((
                card.due.isoformat(),
                Unplaced(card=card.id, title=card.title, reason=reason),
            ))
    return tuple(one for _, one in sorted(late, key=lambda pair: (pair[0], pair[1].card)))


def _why_late(prepared: Prepared, card: Card, places: Places) -> str:
    if card.due is None:
        return ""
    due = f"due on {_day(prepared, card.due)}"
    dates, numbers = (
        prepared.ground.dates,
        {one.id: place for place, one in enumerate(prepared.cards)},
    )
    if card.due < dates[min(prepared.ground.today, len(dates) - 1)]:
        return f"as it was {due} already"
    number = numbers.get(card.id)
    if number is None:
        return f"but is {due}"
    job = prepared.problem.jobs[number]
    last = min(len(dates) - 1, (card.due - dates[0]).days)
    free = [
        day.free & open_
        for day, open_ in zip(prepared.problem.days[: last + 1], job.open, strict=False)
    ]
    room = sum(
        min(day.budget, mask.bit_count())
        for day, mask in zip(prepared.problem.days, free, strict=False)
    )
    if room < job.slots:
        return f"but is {due}: until then {duration(room * SLOT)} can be planned for it"
    waited = [one for one in job.before if places[one] and places[one][-1][0] >= last]
    if waited:
        return f"but is {due}: it waits for {quoted(prepared.cards[waited[0]].title)}"
    taken = _taking(prepared, places, job, last)
    if taken:
        return f"but is {due}: until then {listed(taken)} come first"
    return f"but is {due}: no gap until then is long enough"


def _taking(prepared: Prepared, places: Places, own: Job, last: int) -> list[str]:
    """The cards that take time up to a day, the longest first."""
    taken = [
        (-sum(size for day, _, size in parts if day <= last), card.title)
        for card, job, parts in zip(prepared.cards, prepared.problem.jobs, places, strict=True)
        if job is not own
    ]
    return [quoted(title, 30) for slots, title in sorted(taken) if slots]
