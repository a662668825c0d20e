"""The moments at which a rule repeats, one after the other, in a bounded number of steps.

Works on what the clock on the wall shows: naive datetimes, all of one zone. Where a rule has no
COUNT, periods before those asked for are skipped, not counted through.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import product

from pmagent.tasks.calendar.limits import Steps
from pmagent.tasks.calendar.rules import Rule
from pmagent.tasks.calendar.values import LATEST

_FINE = {"HOURLY": 3600, "MINUTELY": 60, "SECONDLY": 1}
_DAY = timedelta(days=1)


def walk(
    rule: Rule, start: datetime, lower: datetime, upper: datetime, steps: Steps
) -> Iterator[datetime]:
    """Moments from `start` on that are within [lower, upper], in order.

    The UNTIL of the rule is not looked at: `upper` is what comes first.

    Raises:
        StepLimitError: it takes more steps than `steps` has left.
    """
    count = 0
    begin = start if rule.count is not None else max(lower, start)
    for moment in _moments(rule, start, (begin, upper), steps):
        if moment > upper:
            return
        if moment < start:
            continue
        count += 1
        if rule.count is not None and count > rule.count:
            return
        if moment >= lower:
            yield moment


def _moments(
    rule: Rule, start: datetime, around: tuple[datetime, datetime], steps: Steps
) -> Iterator[datetime]:
    """Moments from the period before `around` to the one after it, some before `start`."""
    days = _Days(rule, start.date())
    if rule.frequency in _FINE:
        yield from _fine(rule, days, start, around, steps)
        return
    times = _times(rule, start)
    for first, period in _periods(rule, days, start.date(), around[0].date()):
        if first > around[1].date():
            # Of a rule that never fits, no moment would say that its end is passed.
            return
        steps.take(len(period) + 1)
        chosen = [day for day in period if days.has(day)]
        steps.take(len(chosen) * len(times))
        moments = [datetime.combine(day, at) for day in chosen for at in times]
        yield from _at_positions(rule, moments)


def _times(rule: Rule, start: datetime) -> list[time]:
    return [
        time(hour, minute, second)
        for hour, minute, second in product(
            rule.hours or (start.hour,),
            rule.minutes or (start.minute,),
            rule.seconds or (start.second,),
        )
    ]


def _at_positions(rule: Rule, moments: Sequence[datetime]) -> Sequence[datetime]:
    if not rule.positions:
        return moments
    size = len(moments)
    places = {at - 1 if at > 0 else size + at for at in rule.positions}
    return [moments[place] for place in sorted(places) if 0 <= place < size]


# -- periods of days -------------------------------------------------------------------------------


def _periods(
    rule: Rule, days: _Days, start: date, lower: date
) -> Iterator[tuple[date, list[date]]]:
    """(first day, days that may count) of each period, from the one before `lower` on."""
    match rule.frequency:
        case "YEARLY":
            first = _skip(lower.year - start.year - 1, rule.interval)
            for year in range(start.year + first, date.max.year + 1, rule.interval):
                months = days.months or range(1, 13)
                yield date(year, 1, 1), [day for month in months for day in _month(year, month)]
        case "MONTHLY":
            begun = start.year * 12 + start.month - 1
            first = _skip(lower.year * 12 + lower.month - 1 - begun - 1, rule.interval)
            for index in range(begun + first, (date.max.year + 1) * 12, rule.interval):
                year, month = index // 12, index % 12 + 1
                is_wanted = not days.months or month in days.months
                yield date(year, month, 1), _month(year, month) if is_wanted else []
        case _:
            yield from _short_periods(rule, start, lower)


def _short_periods(rule: Rule, start: date, lower: date) -> Iterator[tuple[date, list[date]]]:
    is_week = rule.frequency == "WEEKLY"
    length = 7 if is_week else 1
    begun = start.toordinal()
    if is_week:
        begun -= (start.weekday() - rule.week_start) % 7
    first = _skip((lower.toordinal() - begun) // length - 1, rule.interval)
    last = date.max.toordinal() - length
    for ordinal in range(begun + first * length, last, rule.interval * length):
        period = [date.fromordinal(ordinal + at) for at in range(length) if ordinal + at > 0]
        yield period[0], period


def _skip(periods: int, interval: int) -> int:
    """How many periods to pass over, as a multiple of the interval."""
    return max(0, periods) // interval * interval


def _month(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]


class _Days:
    """Which days count: those that pass every BY part, or what DTSTART says where there is none."""

    def __init__(self, rule: Rule, start: date) -> None:
        self.months = rule.months
        self._rule = rule
        self._month_days = rule.month_days
        plain = {day for which, day in rule.weekdays if not which}
        self._is_counted = rule.frequency == "MONTHLY" or (
            rule.frequency == "YEARLY" and not rule.weeks
        )
        if not self._is_counted:
            plain |= {day for _, day in rule.weekdays}
        self._plain = plain
        self._counted = set(rule.weekdays) if self._is_counted else set[tuple[int, int]]()
        if not (rule.weeks or rule.year_days or rule.month_days or rule.weekdays or rule.easter):
            self._take_from_start(start)

    def _take_from_start(self, start: date) -> None:
        match self._rule.frequency:
            case "YEARLY":
                self.months = self.months or (start.month,)
                self._month_days = (start.day,)
            case "MONTHLY":
                self._month_days = (start.day,)
            case "WEEKLY":
                self._plain = {start.weekday()}
            case _:
                pass

    def has(self, day: date) -> bool:
        """Whether the day counts."""
        rule = self._rule
        return (
            (not self.months or day.month in self.months)
            and (not self._month_days or self._is_month_day(day))
            and (not (self._plain or self._counted) or self._is_weekday(day))
            and (not rule.year_days or self._is_year_day(day))
            and (not rule.weeks or self._is_in_week(day))
            and (not rule.easter or day.toordinal() - _easter(day.year) in rule.easter)
        )

    def _is_month_day(self, day: date) -> bool:
        wanted = self._month_days
        if day.day in wanted:
            return True
        return wanted[0] < 0 and day.day - monthrange(day.year, day.month)[1] - 1 in wanted

    def _is_weekday(self, day: date) -> bool:
        weekday = day.weekday()
        if weekday in self._plain:
            return True
        if not self._counted:
            return False
        if self._rule.frequency == "MONTHLY" or self._rule.months:
            at, size = day.day, monthrange(day.year, day.month)[1]
        else:
            at, size = _day_of_year(day), 366 if isleap(day.year) else 365
        which = {(at - 1) // 7 + 1, -((size - at) // 7 + 1)}
        return any((number, weekday) in self._counted for number in which)

    def _is_year_day(self, day: date) -> bool:
        at, size = _day_of_year(day), 366 if isleap(day.year) else 365
        return at in self._rule.year_days or at - size - 1 in self._rule.year_days

    def _is_in_week(self, day: date) -> bool:
        start = self._rule.week_start
        if not 7 < day.toordinal() < date.max.toordinal() - 14:
            return False
        week = _week(day, start)
        # The 28th of December is in the last week of its year, whatever day a week begins on.
        middle = day - timedelta(days=(day.weekday() - start) % 7 - 3)
        last = _week(date(middle.year, 12, 28), start)
        return week in self._rule.weeks or week - last - 1 in self._rule.weeks


def _easter(year: int) -> int:
    """The number of Easter Sunday (Gregorian), by Meeus, Jones and Butcher."""
    century, rest = divmod(year, 100)
    moon = (
        19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15
    ) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (year % 19 + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1).toordinal()


def _day_of_year(day: date) -> int:
    return day.toordinal() - date(day.year, 1, 1).toordinal() + 1


def _week(day: date, start: int) -> int:
    """The number of its week: the first one has four days of the year or more."""
    middle = day - timedelta(days=(day.weekday() - start) % 7 - 3)
    return (_day_of_year(middle) - 1) // 7 + 1


# -- hours, minutes and seconds --------------------------------------------------------------------


def _fine(
    rule: Rule, days: _Days, start: datetime, around: tuple[datetime, datetime], steps: Steps
) -> Iterator[datetime]:
    """As `_moments`, for a rule that repeats within the day."""
    size = _FINE[rule.frequency] * rule.interval
    begun = _trim(rule, start)
    index = max(0, int((around[0] - begun).total_seconds()) // size - 1)
    last = int((min(around[1], LATEST) - begun).total_seconds()) // size
    while index <= last:
        steps.take(1)
        at = begun + timedelta(seconds=index * size)
        until = _next_possible(rule, days, at)
        if until is not None:
            # Whole days or hours in which nothing can be are stepped over at once.
            index += max(1, -(-int((until - at).total_seconds()) // size))
            continue
        moments = _within(rule, at, start)
        steps.take(len(moments))
        yield from _at_positions(rule, moments)
        index += 1


def _trim(rule: Rule, start: datetime) -> datetime:
    match rule.frequency:
        case "HOURLY":
            return start.replace(minute=0, second=0)
        case "MINUTELY":
            return start.replace(second=0)
        case _:
            return start


def _next_possible(rule: Rule, days: _Days, at: datetime) -> datetime | None:
    """When to look again, where nothing can be at `at`; None where something can."""
    if not days.has(at.date()):
        return datetime.combine(at.date(), time()) + _DAY
    if rule.hours and at.hour not in rule.hours:
        return at.replace(minute=0, second=0) + timedelta(hours=1)
    if rule.frequency != "HOURLY" and rule.minutes and at.minute not in rule.minutes:
        return at.replace(second=0) + timedelta(minutes=1)
    if rule.frequency == "SECONDLY" and rule.seconds and at.second not in rule.seconds:
        return at + timedelta(seconds=1)
    return None


def _within(rule: Rule, at: datetime, start: datetime) -> list[datetime]:
    match rule.frequency:
        case "HOURLY":
            return [
                at.replace(minute=minute, second=second)
                for minute in rule.minutes or (start.minute,)
                for second in rule.seconds or (start.second,)
            ]
        case "MINUTELY":
            return [at.replace(second=second) for second in rule.seconds or (start.second,)]
        case _:
            return [at]
