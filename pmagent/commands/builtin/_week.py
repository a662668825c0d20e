"""What the commands of the week share: days, outcomes of a write, pages of other rooms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from pmagent.commands.markdown import item, plain, wrap
from pmagent.days import parse_day
from pmagent.errors import PmagentError, UsageError
from pmagent.types.actions import Denied, Done, Failed, Outcome, Unanswered
from pmagent.types.jobs import Saved
from pmagent.types.turns import Noted, TurnEvent
from pmagent.types.week import CardChange, WeekCalls

_SUNDAY = 6
_NEAR = {"today": 0, "tomorrow": 1, "yesterday": -1}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEK = re.compile(r"\d{4}-?w\d{1,2}")


def week_named(today: date, words: str = "") -> str:
    """`2026-W06`: the week that is named, or the one of today; `last` and `next` are beside it."""
    moved = {"last": -1, "next": 1}.get(words.strip().casefold())
    if words.strip() and moved is None:
        return words.strip().upper()
    year, number, _ = (today + timedelta(weeks=moved or 0)).isocalendar()
    return f"{year}-W{number:02d}"


def day_named(today: date, words: str, *, flag: str, is_end: bool = False) -> date:
    """The day that a word means, such as `tomorrow`, `friday` (the next one) or `2026-02-06`.

    Raises:
        UsageError: it means none.
    """
    word = words.strip().casefold()
    if word in _NEAR:
        return today + timedelta(days=_NEAR[word])
    for number, name in enumerate(_WEEKDAYS):
        if len(word) > 2 and name.startswith(word):
            return today + timedelta(days=(number - today.weekday()) % 7)
    try:
        return parse_day(words, is_end=is_end, flag=flag)
    except UsageError as exc:
        raise UsageError(exc.message, "write friday, tomorrow or 2026-02-06") from None


def days_named(calls: WeekCalls, words: str) -> tuple[date, date]:
    """The days that some words mean: a week, a day, two days; else from today to Sunday.

    Raises:
        UsageError: they mean none.
    """
    today = calls.today()
    named = words.split()
    if not named:
        return today, today + timedelta(days=_SUNDAY - today.weekday())
    word = named[0].casefold()
    if len(named) == 1 and (word in {"last", "next", "week"} or _WEEK.fullmatch(word)):
        return _days_of(week_named(today, "" if word == "week" else words))
    if len(named) > 2:
        raise UsageError(f'"{plain(words)}" are no days', "write /plan 2026-W06, or two days")
    first = day_named(today, named[0], flag="the first day")
    return first, day_named(today, named[-1], flag="the last day", is_end=True)


def _days_of(week: str) -> tuple[date, date]:
    year, _, number = week.partition("-W")
    try:
        monday = date.fromisocalendar(int(year), int(number), 1)
    except ValueError:
        raise UsageError(f'"{plain(week)}" is no week', "write one such as 2026-W06") from None
    return monday, monday + timedelta(days=_SUNDAY)


def fenced(text: str) -> str:
    """Lines that stay as they are in Markdown."""
    return "```\n" + text.rstrip("\n").replace("```", "'''") + "\n```"


def folded(page: str) -> str:
    """A page of Markdown whose long list rows are folded; tables stay."""
    rows: list[str] = []
    for row in page.rstrip("\n").split("\n"):
        if row.startswith("- "):
            rows.append(item(row[2:]))
        elif row.startswith(("|", "#", "  ")) or not row:
            rows.append(row)
        else:
            rows.append(wrap(row))
    return "\n".join(rows)


def told_change(made: CardChange) -> Iterator[TurnEvent]:
    """What came of a change of the board."""
    for note in made.notes:
        yield Noted(text=note)
    names = ", ".join(f'"{plain(card.title)}"' for card in made.cards)
    lane = f' in "{plain(made.card.lane)}"' if made.card is not None else ""
    yield told(made.outcome, made.path, f"{names}{lane}" if names else "")


def told_saved(saved: Saved) -> TurnEvent:
    """What came of writing one file."""
    return told(saved.outcome, saved.path)


def told(outcome: Outcome, path: str, what: str = "") -> TurnEvent:
    """What came of one write."""
    match outcome:
        case Done(checkpoint=checkpoint, text=text):
            hint = f'take it back with "/undo {checkpoint}"' if checkpoint else ""
            done = f'{what}: "{path}" is written' if what else f'written: "{path}"'
            return Noted(text=done if checkpoint else f"{what or path}: {text}", hint=hint)
        case Denied(decision=decision, note=note):
            return Noted(text=f'"{path}" is not written: {note or decision.reason}', kind="error")
        case Unanswered(grant=grant):
            allowed = f", or: pmagent garden allow '{grant}'" if grant else ""
            return Noted(
                text=f'"{path}" waits for your yes: it is not written',
                kind="error",
                hint=f"answer it{allowed}" if grant else "run it where you can answer",
            )
        case Failed(message=message, hint=hint):
            raise PmagentError(f'"{path}" is not written: {message}', hint)
