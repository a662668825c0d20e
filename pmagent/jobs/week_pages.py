"""What a week adds up to, as Markdown: the stand-up, the look back, the weekly report. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pmagent.errors import UsageError
from pmagent.nlp.counted import counted
from pmagent.safe_text import safe_text
from pmagent.tasks.board.reading import cards_of
from pmagent.tasks.calendar.agenda import agenda
from pmagent.tasks.planner import LookBack, estimate_bias, look_back, read_outcomes
from pmagent.tasks.planner.wording import day_name, duration
from pmagent.types.tasks import Board, CalendarWindow, Card, WeekPlan
from pmagent.types.week import TriageRow

_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>#|"})
_SOON = timedelta(days=7)
_NO_RUNS, _NEXT = "Nothing was run.", "### Next"


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
        for line in agenda(window).get(day, ())
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


@dataclass(frozen=True, kw_only=True)
class WeekPast:
    """What is known of a week."""

    week: str
    board: Board
    plan: WeekPlan | None
    outcomes: str = ""
    """The outcome tree's text."""

    @property
    def cards(self) -> tuple[Card, ...]:
        """Every card, those of the archive among them."""
        return cards_of(self.board, with_archive=True)

    @property
    def looked(self) -> LookBack:
        """Expected against actual."""
        first = monday_of(self.week)
        empty = WeekPlan(first=first, last=first + timedelta(days=6), blocks=())
        plan = self.plan or empty
        return look_back(plan, self.cards)

    def is_within(self, day: date | None) -> bool:
        """Whether a day is in this week."""
        first = monday_of(self.week)
        return day is not None and first <= day < first + timedelta(weeks=1)


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
    is_quiet = _NO_RUNS in runs
    blocks = [
        f"# Week {past.week}",
        _planned(past),
        _section("Hours by outcome", _hours(past), "No block was planned."),
        _section("Promises kept", kept, "None with a day in this week."),
        _section("Promises open", open_, "None on the board."),
        # Where nothing was run, the one change is the week's own.
        (runs.partition(_NEXT)[0] if is_quiet else runs).strip(),
    ]
    if is_quiet:
        blocks.append(_section("One change", [_change(past)], ""))
    return _page(*blocks)


def _planned(past: WeekPast) -> str:
    looked = past.looked
    if past.plan is None:
        lines = ["No plan was kept for this week."]
        lines += [f"- {_plain(title)}: done without a block" for title in looked.unplanned]
        return _section("Planned and done", lines, "")
    rows = [f"{_sentence(looked.says)}", ""]
    if looked.cards:
        rows += ["| card | planned | spent | done |", "| --- | ---: | ---: | :-: |"]
    for one in looked.cards:
        spent = duration(one.spent) if one.spent is not None else "–"
        done = "yes" if one.is_done else "no"
        rows.append(f"| {_plain(one.title)} | {duration(one.planned)} | {spent} | {done} |")
    if looked.unplanned:
        rows += ["", "Without a block:", ""]
        rows += [f"- {_plain(title)}" for title in looked.unplanned]
    return _section("Planned and done", rows, "")


def _hours(past: WeekPast) -> list[str]:
    titles = {one.id: one.title for one in read_outcomes(past.outcomes).outcomes if one.id}
    cards = {card.id: card for card in past.cards}
    planned: defaultdict[str, int] = defaultdict(int)
    spent: defaultdict[str, int] = defaultdict(int)
    for one in past.looked.cards:
        name = _outcome_of(cards.get(one.card), titles)
        planned[name] += one.planned
        spent[name] += one.spent or 0
    rows = [
        f"| {_plain(name)} | {duration(planned[name])} | {duration(spent[name])} |"
        for name in sorted(planned, key=lambda name: (-planned[name], name))
    ]
    return ["| outcome | planned | spent |", "| --- | ---: | ---: |", *rows] if rows else []


def _outcome_of(card: Card | None, titles: Mapping[str, str]) -> str:
    if card is not None and card.outcome:
        return titles.get(card.outcome, card.outcome)
    if card is not None and (card.project or card.tags):
        return card.project or f"#{card.tags[0]}"
    return "no outcome"


def _promises(past: WeekPast) -> tuple[list[str], list[str]]:
    """(open, kept): cards that come from words somebody said, or that are called a promise."""
    found = [one for one in past.cards if one.links or "promise" in one.tags]
    open_ = [_promise(one, one.due) for one in found if not one.is_done]
    kept = [_promise(one, one.done_on) for one in found if past.is_within(one.done_on)]
    return open_, kept


def _promise(card: Card, day: date | None) -> str:
    word = "done" if card.is_done else "due"
    when = f", {word} {day_name(day)}" if day is not None else ""
    places = ", ".join(f"`{safe_text(link.place)}`" for link in card.links)
    return f"- {_plain(card.title)}{when}" + (f": {places}" if places else "")


def _change(past: WeekPast) -> str:
    """The one thing that helps most."""
    looked = past.looked
    bias = next((one for one in estimate_bias(past.cards) if not one.project), None)
    if bias is not None and bias.ratio is not None and bias.low is not None and bias.low > 1:
        return f"Plan {bias.ratio:.1f} times what you think: that is what your cards have taken."
    if past.plan is None:
        return f"Plan the next one: `pmagent plan --week {_next(past.week)} --save`."
    missed = [one for one in looked.cards if not one.is_done]
    if missed and len(missed) * 2 >= len(looked.cards):
        return f"Plan less: {len(missed)} of {len(looked.cards)} planned cards are not done."
    if looked.cards and not looked.expected:
        return "Say how long cards took: `pmagent tasks done CARD --spent 45m`."
    return "Nothing needs a change."


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
