"""What a week adds up to, as Markdown: the stand-up, the look back, the weekly report. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pmagent.days import day_name
from pmagent.errors import UsageError
from pmagent.nlp.counted import counted
from pmagent.safe_text import safe_text
from pmagent.tasks.board.reading import cards_of
from pmagent.tasks.calendar.agenda import agenda
from pmagent.tasks.planner import LookBack, estimate_bias, look_back, read_outcomes
from pmagent.tasks.planner.wording import duration, quoted
from pmagent.types.tasks import Board, CalendarWindow, Card, WeekPlan
from pmagent.types.week import TriageRow

_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>#|"})
_SOON = timedelta(days=7)
_NO_RUNS, _NEXT, _NOTHING = "Nothing was run.", "### Next", "Nothing needs you."
_OLD = timedelta(weeks=8)
"""An open card that is older wants a word."""


def monday_of(week: str) -> date:
    """The first day of `2026-W06`.

    Raises:
        UsageError: it is no week.
    """
    found = _WEEK.fullmatch(week.strip().upper())
    try:
        if found is not None:
            return date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        pass
    raise UsageError(f'"{week}" is no week', "write one such as 2026-W06")


def triage_rows(board: Board, today: date) -> tuple[TriageRow, ...]:
    """Open cards that want a word: the overdue first, then those with the most to say."""
    rows = [
        TriageRow(card=card, reasons=tuple(_lacks(card, today)))
        for card in cards_of(board)
        if not card.is_done
    ]
    rows.sort(key=lambda row: (row.card.due or date.max, -len(row.reasons), row.card.line))
    return tuple(row for row in rows if row.reasons)


def _lacks(card: Card, today: date) -> Iterable[str]:
    if card.due is not None and card.due < today:
        yield f"overdue by {counted((today - card.due).days, 'day')}"
    if card.created is not None and today - card.created >= _OLD:
        yield f"{(today - card.created).days // 7} weeks old"
    if card.waiting_for:
        if card.due is None:
            yield f"waits for {safe_text(card.waiting_for)}, with no day to ask again"
        elif card.due <= today + _SOON:
            yield f"waits for {safe_text(card.waiting_for)}, due {day_name(card.due)}"
        return
    if card.effort is None:
        yield "no effort"
    if card.due is None:
        yield "no day"
    if card.priority is None:
        yield "no priority"


def standup_page(
    day: date, since: date, board: Board, plan: WeekPlan | None, window: CalendarWindow
) -> str:
    """What was done since a day, what the day holds, and what waits."""
    cards = cards_of(board, with_archive=True)
    done = [one for one in cards if one.done_on is not None and since <= one.done_on <= day]
    blocks = [one for one in plan.blocks if one.start.date() == day] if plan is not None else []
    rows = [(f"{one.start:%H:%M}–{one.end:%H:%M}", _plain(one.title)) for one in blocks]
    rows += [
        (line.when.replace("-", "–"), f"{_plain(line.summary)} (calendar)")
        for line in agenda(_busy(window)).get(day, ())
    ]
    planned = [f"- {when} {what}" for when, what in sorted(rows)]
    waits = [
        f"- {_plain(one.title)}: waits for {_plain(one.waiting_for)}"
        for one in cards_of(board)
        if one.waiting_for and not one.is_done
    ]
    late = [
        f"- {_plain(one.title)}: was due {day_name(one.due)}"
        for one in cards_of(board)
        if one.due is not None and one.due < day and not one.is_done and not one.waiting_for
    ]
    unplanned = "Nothing is planned" + ("." if plan is not None else ': no plan stands; "/plan".')
    return _page(
        f"# Stand-up, {day_name(day)} {day.year}",
        _section(
            f"Done since {day_name(since)}",
            [f"- {_plain(one.title)}" for one in done],
            "Nothing is ticked with a day.",
        ),
        _section("Today", planned, unplanned),
        _section("In the way", [*late, *waits], "Nothing."),
    )


def _busy(window: CalendarWindow) -> CalendarWindow:
    """Only what takes time: nothing that is called off, free, or a block that is listed anyhow."""
    kept = tuple(one for one in window.occurrences if one.is_busy and not one.is_ours)
    return replace(window, occurrences=kept)


@dataclass(frozen=True, kw_only=True)
class WeekPast:
    """What is known of a week."""

    week: str
    board: Board
    plan: WeekPlan | None
    outcomes: str = ""
    """The outcome tree's text."""

    @property
    def first(self) -> date:
        """Its Monday."""
        return monday_of(self.week)

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.first + timedelta(days=6)

    @property
    def cards(self) -> tuple[Card, ...]:
        """Every card, those of the archive among them."""
        return cards_of(self.board, with_archive=True)

    @property
    def looked(self) -> LookBack:
        """Expected against actual."""
        plan = self.plan or WeekPlan(first=self.first, last=self.last, blocks=())
        return look_back(replace(plan, first=self.first, last=self.last), self.cards)

    def is_within(self, day: date | None) -> bool:
        """Whether a day is in this week."""
        return day is not None and self.first <= day <= self.last


def look_back_page(past: WeekPast) -> str:
    """A week that is over: each card's plan against what came of it, and the estimates' bias."""
    bias = [f"- {_plain(one.says)}" for one in estimate_bias(past.cards)]
    return _page(
        f"# Look back on {past.week}",
        _planned(past),
        _section("Estimates", bias, "No card has an estimate and the time spent."),
    )


def weekly_page(past: WeekPast, runs: str) -> str:
    """The report of a week; `runs` is the section of the runs, whose last word is one change."""
    open_, kept = _promises(past)
    told, _, change = runs.partition(_NEXT)
    # Where the runs need nobody, the one change is the week's own.
    is_quiet = _NO_RUNS in runs or change.strip() in {"", _NOTHING}
    return _page(
        f"# Week {past.week}",
        f"{day_name(past.first)} to {day_name(past.last)} {past.last.year}",
        _planned(past),
        _section("Hours by outcome", _hours(past), "No block was planned, and no time told."),
        _section("Promises kept", kept, "None that was ticked in this week."),
        _section("Promises open", open_, "None on the board."),
        told.strip(),
        _section("One change", [_change(past) if is_quiet else change.strip()], ""),
    )


def _planned(past: WeekPast) -> str:
    looked = past.looked
    if past.plan is None:
        rows = ["No plan was kept for this week."]
    else:
        rows = [f"{_sentence(looked.says)}"]
    came = [one for one in past.cards if past.is_within(one.created)]
    gone = [one for one in past.cards if past.is_within(one.done_on)]
    if came or gone:
        is_told = any(one.created is not None for one in past.cards)
        flow = f"{counted(len(came), 'card')} came in, " if is_told else ""
        rows += ["", f"{flow}{counted(len(gone), 'card')} {_was(len(gone))} done in all."]
    if looked.cards:
        rows += ["", "| card | planned | spent | done |", "| --- | ---: | ---: | :-: |"]
    for one in looked.cards:
        spent = duration(one.spent) if one.spent is not None else "–"
        done = "yes" if one.is_done else f"later, {day_name(one.later)}" if one.later else "no"
        rows.append(f"| {_plain(one.title)} | {duration(one.planned)} | {spent} | {done} |")
    if looked.unplanned:
        rows += ["", "Done without a block:", ""]
        rows += [f"- {_plain(title)}" for title in looked.unplanned]
    return _section("Planned and done", rows, "")


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def _hours(past: WeekPast) -> list[str]:
    """What was planned, and what was told of the time spent; cards without a block as well."""
    titles = {one.id: one.title for one in read_outcomes(past.outcomes).outcomes if one.id}
    cards = {card.id: card for card in past.cards}
    planned: defaultdict[str, int] = defaultdict(int)
    spent: defaultdict[str, int] = defaultdict(int)
    blocked = {one.card for one in past.looked.cards}
    for one in past.looked.cards:
        name = _outcome_of(cards.get(one.card), titles)
        planned[name] += one.planned
        spent[name] += one.spent or 0
    for card in past.cards:
        if card.spent and card.id not in blocked and past.is_within(card.done_on):
            spent[_outcome_of(card, titles)] += card.spent
    names = sorted({*planned, *spent}, key=lambda name: (-planned[name], -spent[name], name))
    rows = [f"| {_plain(name)} | {_hm(planned[name])} | {_hm(spent[name])} |" for name in names]
    if len(rows) > 1:
        rows.append(f"| together | {_hm(sum(planned.values()))} | {_hm(sum(spent.values()))} |")
    return ["| outcome | planned | spent |", "| --- | ---: | ---: |", *rows] if rows else []


def _hm(minutes: int) -> str:
    return duration(minutes) if minutes else "–"


def _outcome_of(card: Card | None, titles: Mapping[str, str]) -> str:
    if card is not None and card.outcome:
        return titles.get(card.outcome, card.outcome)
    if card is not None and (card.project or card.tags):
        return f"no outcome: {f'+{card.project}' if card.project else f'#{card.tags[0]}'}"
    return "no outcome"


def _promises(past: WeekPast) -> tuple[list[str], list[str]]:
    """(open, kept): cards that come from words somebody said, or that are called a promise."""
    known = _known_promises(past)
    open_ = [one for one in known if not one.is_done]
    open_.sort(key=lambda one: (one.due or date.max, one.line))
    kept = [one for one in known if one.is_done and past.is_within(one.done_on)]
    return (
        [_promise(one, _due_of(one, past)) for one in open_],
        [_promise(one, f"done {day_name(one.done_on)}" if one.done_on else "") for one in kept],
    )


def _known_promises(past: WeekPast) -> list[Card]:
    """Those of the week: what was put on the board later was not, unless it was planned for it."""
    planned = {one.card for one in past.looked.cards}
    return [
        one
        for one in past.cards
        if (one.links or "promise" in one.tags)
        and (one.created is None or one.created <= past.last or one.id in planned)
    ]


def _due_of(card: Card, past: WeekPast) -> str:
    if card.due is None:
        return "no day"
    was = "was due" if card.due <= past.last else "due"
    return f"{was} {day_name(card.due, past.first)}"


def _promise(card: Card, when: str) -> str:
    places = ", ".join(f"`{safe_text(link.place)}`" for link in card.links)
    tail = f", {when}" if when else ""
    return f"- {_plain(card.title)}{tail}" + (f": {places}" if places else "")


def _change(past: WeekPast) -> str:
    """The one thing that helps most, and what says so."""
    looked = past.looked
    missed = [one for one in looked.cards if not one.is_done]
    bias = next((one for one in estimate_bias(past.cards) if not one.project), None)
    if bias is not None and bias.ratio is not None and bias.low is not None and bias.low > 1:
        return (
            f"Plan {bias.ratio:.1f} times what you think: {bias.cards} finished cards took that"
            f" much of their estimates ({bias.low:.1f} to {bias.high or bias.ratio:.1f})."
        )
    late = [card for card in _known_promises(past) if _is_missed(card, past)]
    if late:
        first = min(late, key=lambda card: (card.due or date.max, card.line))
        return (
            f"Say a new day for {quoted(first.title)}: {counted(len(late), 'promise')}"
            f" of the board {'is' if len(late) == 1 else 'are'} past the day that was told."
        )
    if past.plan is None:
        return (
            f"Plan the next week with `pmagent plan --week {_next(past.week)} --save`: for this"
            " one no plan was kept, so nothing can be held against it."
        )
    if missed and len(missed) * 2 >= len(looked.cards):
        return (
            f"Plan less: {len(missed)} of {len(looked.cards)} planned cards are not done,"
            f" {duration(sum(one.planned for one in missed))} of {duration(looked.planned)}."
        )
    if looked.cards and not looked.expected:
        return (
            "Say how long cards took, with `pmagent tasks done CARD --spent 45m`: none of"
            f" {len(looked.cards)} planned ones does, so estimates cannot get better."
        )
    return "Nothing needs a change: what was planned is done, or told."


def _is_missed(card: Card, past: WeekPast) -> bool:
    return not card.is_done and card.due is not None and card.due <= past.last


def _next(week: str) -> str:
    year, number, _ = (monday_of(week) + timedelta(weeks=1)).isocalendar()
    return f"{year}-W{number:02d}"


def _sentence(says: Sequence[str]) -> str:
    return "; ".join(_plain(one) for one in says) + "."


def _section(title: str, lines: Sequence[str], none: str) -> str:
    return f"## {title}\n\n" + "\n".join(lines or [none])


def _page(*blocks: str) -> str:
    return "\n\n".join(block for block in blocks if block) + "\n"


def _plain(text: str) -> str:
    return safe_text(text).translate(_MARKS)
