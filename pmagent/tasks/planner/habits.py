"""How a person works, from their settings: sane where nothing is said, and problems in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from typing import cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pmagent.tasks.planner.minutes import WEEKDAYS
from pmagent.types.tasks import Habits, Hours, Weekday

DEFAULT_HOURS = (Hours(start=time(9), end=time(12, 30)), Hours(start=time(13, 30), end=time(17)))
"""Monday to Friday, with an hour for lunch."""
_MOST_MINUTES = 8 * 60
_KEYS = (
    "zone", "hours", "buffer", "shortest", "longest", "between", "daily-share", "deep", "days-off",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ReadHabits:
    """Habits that can be planned with, and what of the settings was not understood."""

    habits: Habits
    problems: tuple[str, ...] = ()


def habits_of(settings: Mapping[str, object], *, zone: str = "UTC") -> ReadHabits:
    """Habits from settings; whatever is missing or wrong keeps its default and is said.

    `hours` maps weekdays, or spans of them, to times: `{"mon-thu": "9:00-12:00, 13:00-17:00",
    "fri": ""}`; a day that is not named is off, and without `hours` at all Monday to Friday from
    9:00 to 17:00 are worked. `deep` is `"9:00-11:30"`, `days-off` a list of days; `buffer`,
    `shortest`, `longest` and `between` are minutes, `daily-share` a number from 0.1 to 1. `zone`
    is what is used where the settings have none.
    """
    problems = [
        f'"{key}" is no setting of the planner: {", ".join(_KEYS)} are'
        for key in settings
        if key not in _KEYS
    ]
    plain: Habits = Habits(
        zone=_zone(settings.get("zone", zone), problems),
        hours=tuple((day, DEFAULT_HOURS) for day in WEEKDAYS[:5]),
    )
    deep = _deep(settings.get("deep"), problems)
    habits = replace(
        plain,
        hours=_hours(settings["hours"], plain.hours, problems)
        if "hours" in settings
        else plain.hours,
        buffer=_minutes(settings, "buffer", plain.buffer, 0, problems),
        shortest=_minutes(settings, "shortest", plain.shortest, 5, problems),
        longest=_minutes(settings, "longest", plain.longest, 5, problems),
        between=_minutes(settings, "between", plain.between, 0, problems),
        daily_share=_share(settings.get("daily-share", plain.daily_share), problems),
        deep_from=deep.start if deep is not None else None,
        deep_until=deep.end if deep is not None else None,
        days_off=_days_off(settings.get("days-off", ()), problems),
    )
    if habits.longest < habits.shortest:
        problems.append(
            f'"longest" ({habits.longest} min) is less than "shortest" ({habits.shortest} min):'
            " both are taken as the longer"
        )
        habits = replace(habits, longest=habits.shortest)
    return ReadHabits(habits=habits, problems=tuple(problems))


def _zone(value: object, problems: list[str]) -> str:
    name = str(value)
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        problems.append(f'"zone" {name!r} is no time zone: write one such as "Europe/Berlin"')
        return "UTC"


def _minutes(
    settings: Mapping[str, object], key: str, usual: int, least: int, problems: list[str]
) -> int:
    value = settings.get(key, usual)
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= _MOST_MINUTES:
        return value
    problems.append(
        f'"{key}" must be minutes from {least} to {_MOST_MINUTES}, not {value!r}: {usual} is used'
    )
    return usual


def _share(value: object, problems: list[str]) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0.1 <= value <= 1:
        return float(value)
    problems.append(f'"daily-share" must be from 0.1 to 1, not {value!r}: 0.8 is used')
    return 0.8


def _hours(
    value: object,
    usual: tuple[tuple[Weekday, tuple[Hours, ...]], ...],
    problems: list[str],
) -> tuple[tuple[Weekday, tuple[Hours, ...]], ...]:
    if not isinstance(value, Mapping):
        problems.append('"hours" must name days: {"mon-fri": "9:00-17:00"}; the usual are used')
        return usual
    found: dict[Weekday, tuple[Hours, ...]] = {}
    for name, text in cast("Mapping[object, object]", value).items():
        days = _weekdays(str(name))
        if not days:
            problems.append(f'"hours" has no such day as {str(name)!r}: write mon, tue or mon-fri')
            continue
        spans = _spans(text, f'"hours" of {name}', problems)
        found.update(dict.fromkeys(days, spans))
    if not any(found.values()):
        problems.append('"hours" leaves no working time: nothing can be planned')
    return tuple((day, found[day]) for day in WEEKDAYS if found.get(day))


def _weekdays(name: str) -> tuple[Weekday, ...]:
    first, _, last = name.strip().lower().replace("–", "-").partition("-")
    short = [part.strip()[:3] for part in (first, last or first)]
    places = [place for part in short for place, day in enumerate(WEEKDAYS) if day == part]
    return WEEKDAYS[places[0] : places[1] + 1] if len(places) == 2 else ()


def _spans(value: object, where: str, problems: list[str]) -> tuple[Hours, ...]:
    texts = [str(one) for one in _list(value)]
    parts = [part.strip() for text in texts for part in text.split(",") if part.strip()]
    read = [_span(part, where, problems) for part in parts]
    spans = [span for span in read if span is not None]
    spans.sort(key=lambda span: span.start)
    whole: list[Hours] = []
    for span in spans:
        if whole and (whole[-1].end == time() or span.start < whole[-1].end):
            problems.append(f"{where} overlap at {span.start:%H:%M}: the later ones are left out")
        else:
            whole.append(span)
    return tuple(whole)


def _list(value: object) -> Sequence[object]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return cast("Sequence[object]", value)
    return (value,) if value else ()


def _span(text: str, where: str, problems: list[str]) -> Hours | None:
    start, _, end = text.replace("–", "-").partition("-")
    first, last = _clock(start), _clock(end)
    if first is None or last is None:
        problems.append(f'{where}: "{text}" is no time of day: write 9:00-17:00')
        return None
    if last <= first and last != time():
        problems.append(f'{where}: "{text}" ends before it starts: write the part after midnight')
        return None
    return Hours(start=first, end=last)


def _clock(text: str) -> time | None:
    hour, _, minute = text.strip().partition(":")
    if not hour.isdecimal() or not (minute or "0").isdecimal():
        return None
    hours, minutes = int(hour), int(minute or "0")
    if hours == 24 and not minutes:
        return time()
    return time(hours, minutes) if hours < 24 and minutes < 60 else None


def _deep(value: object, problems: list[str]) -> Hours | None:
    if not value:
        return None
    spans = _spans(value, '"deep"', problems)
    return spans[0] if spans else None


def _days_off(value: object, problems: list[str]) -> tuple[date, ...]:
    days: list[date] = []
    for one in _list(value):
        day = one if isinstance(one, date) else _tried(date.fromisoformat, str(one))
        if day is None:
            problems.append(f'"days-off": {str(one)!r} is no day: write 2026-12-24')
        else:
            days.append(day)
    return tuple(sorted(set(days)))


def _tried(read: Callable[[str], date], text: str) -> date | None:
    try:
        return read(text)
    except ValueError:
        return None
