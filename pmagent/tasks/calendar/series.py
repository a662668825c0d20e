"""The instances of an event in some days: repeated, moved, cancelled, added and left out.

Lengths and repetitions are counted on the clock on the wall, so that a meeting stays at ten and one
of an hour ends at eleven, whatever the clocks do; the moments themselves are right in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property

from pmagent.tasks.calendar.entries import Entry, Extra
from pmagent.tasks.calendar.limits import MOST_INSTANCES, StepLimitError, Steps
from pmagent.tasks.calendar.rules import Rule, of_days
from pmagent.tasks.calendar.values import (
    EARLIEST,
    LATEST,
    Moment,
    as_date,
    as_datetime,
    is_all_day,
    length_of,
    wall,
)
from pmagent.tasks.calendar.walk import walk

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Span:
    """The days asked for, by the clock of a zone: from the first moment to before the last."""

    first: date
    end: date
    """The day after the last one."""
    zone: tzinfo

    @cached_property
    def _instants(self) -> tuple[datetime, datetime]:
        first, end = as_datetime(self.first), as_datetime(self.end)
        return first.replace(tzinfo=self.zone), end.replace(tzinfo=self.zone)

    def holds(self, start: Moment, end: Moment) -> bool:
        """Whether some of it, or its one moment, is in these days."""
        if isinstance(start, datetime) and isinstance(end, datetime):
            lower, upper = self._instants
            if start.tzinfo is None:
                start, end = start.replace(tzinfo=self.zone), end.replace(tzinfo=self.zone)
            return lower <= start < upper if start >= end else start < upper and lower < end
        first, last = as_date(start), as_date(end)
        if first >= last:
            return self.first <= first < self.end
        return first < self.end and self.first < last


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One time that an event takes place, and the entry that says how."""

    entry: Entry
    start: Moment
    end: Moment


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """An event that was read in part only."""

    entry: Entry
    reason: str


class Series:
    """All entries of one uid: the event itself, and those that replace instances of it."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        masters = [entry for entry in entries if entry.replaces is None]
        # The first one of the highest sequence: later ones of the same are repetitions.
        self._master = max(masters, key=lambda entry: entry.sequence) if masters else None
        self._replaced: dict[datetime | date, Entry] = {}
        for entry in entries:
            for key in self._named(entry):
                known = self._replaced.get(key)
                if known is None or entry.sequence > known.sequence:
                    self._replaced[key] = entry
        self._future = sorted(
            (
                (wall_in(entry.replaces, self._zone), entry)
                for entry in _unique(self._replaced.values())
                if entry.is_this_and_future and entry.replaces is not None
            ),
            key=lambda item: item[0],
        )

    @property
    def _zone(self) -> tzinfo | None:
        start = self._master.start if self._master else None
        return start.tzinfo if isinstance(start, datetime) else None

    def _named(self, entry: Entry) -> tuple[datetime | date, ...]:
        return _keys(entry.replaces, self._zone) if entry.replaces is not None else ()

    def between(self, span: Span, steps: Steps) -> Iterator[Instance | Trouble]:
        """Its instances in the span, in no order, and what could not be found out."""
        excluded = self._excluded()
        met: set[int] = set()
        count = 0
        for one in self._repeated(span, steps):
            if isinstance(one, Trouble):
                yield one
                continue
            keys = self._keys_of(one)
            if not excluded.isdisjoint(keys):
                continue
            other = next((self._replaced[key] for key in keys if key in self._replaced), None)
            if other is not None:
                if id(other) not in met:
                    yield from _written(other, span)
                met.add(id(other))
                continue
            moved = self._shifted(one)
            count += span.holds(moved.start, moved.end)
            if count > MOST_INSTANCES:
                reason = f"it repeats more than {MOST_INSTANCES:,} times: read up to there"
                yield Trouble(entry=one.entry, reason=reason)
                break
            if span.holds(moved.start, moved.end):
                yield moved
        for entry in _unique(self._replaced.values()):
            # One that was moved here from elsewhere, or whose event is in another file.
            is_gone = id(entry) in met or not excluded.isdisjoint(self._named(entry))
            if not is_gone and not self._is_stale(entry, steps):
                yield from _written(entry, span)

    # -- the rule ----------------------------------------------------------------------------------

    def _repeated(self, span: Span, steps: Steps) -> Iterator[Instance | Trouble]:
        """Instances around the span as the master has them, before any are replaced."""
        master = self._master
        if master is None:
            return
        length = length_of(master.start, master.end)
        lower, upper = self._reach(span, length)
        found: set[datetime] = set()
        until = [_until(rule, master.start) for rule in master.rules]
        is_begun = not until or None in until or any(
            end is not None and wall(master.start) <= end for end in until
        )  # fmt: skip
        if is_begun:
            yield self._instance(master, wall(master.start), length)
            found.add(wall(master.start))
        for extra in master.extra:
            at = self._place(wall_in(extra.start, self._zone))
            if at not in found:
                found.add(at)
                yield self._added(master, extra, at, length)
        try:
            leave_out = self._walk(master.except_rules, master, (lower, upper), steps)
            dropped = {self._place(moment) for moment in leave_out}
            for moment in self._walk(master.rules, master, (lower, upper), steps):
                at = self._place(moment)
                if at not in found and at not in dropped:
                    found.add(at)
                    yield self._instance(master, at, length)
        except StepLimitError as exc:
            yield Trouble(entry=master, reason=exc.message)

    def _walk(
        self, rules: Iterable[Rule], master: Entry, around: tuple[datetime, datetime], steps: Steps
    ) -> Iterator[datetime]:
        start = wall(master.start)
        for written in rules:
            rule = of_days(written) if is_all_day(master.start) else written
            end = _until(rule, master.start)
            upper = around[1] if end is None else min(end, around[1])
            steps.begin()
            if start <= upper:
                yield from walk(rule, start, around[0], upper, steps)

    def _reach(self, span: Span, length: timedelta) -> tuple[datetime, datetime]:
        """From when to when an instance may begin to reach into the span, a day more each way."""
        back, forth = length, timedelta()
        for replaced, entry in self._future:
            shift = wall_in(entry.start, self._zone) - replaced
            back = max(back, length_of(entry.start, entry.end) + max(shift, timedelta()))
            forth = max(forth, -shift)
        first, end = as_datetime(span.first), as_datetime(span.end)
        lower = max(first - EARLIEST, back + 2 * _DAY) - back - 2 * _DAY
        upper = min(LATEST - end, forth + 2 * _DAY)
        return EARLIEST + lower, end + upper

    def _instance(self, master: Entry, at: datetime, length: timedelta) -> Instance:
        end = at + min(length, LATEST - at)
        if is_all_day(master.start):
            return Instance(entry=master, start=at.date(), end=end.date())
        zone = self._zone
        return Instance(entry=master, start=at.replace(tzinfo=zone), end=end.replace(tzinfo=zone))

    def _place(self, at: datetime) -> datetime:
        """What tells an instance from the others: an event that lasts all day is once on a day."""
        is_day = self._master is not None and is_all_day(self._master.start)
        return datetime.combine(at.date(), time()) if is_day else at

    def _added(self, master: Entry, extra: Extra, at: datetime, length: timedelta) -> Instance:
        """The instance of an extra date, in the zone that the date is written in."""
        length = length if extra.length is None else extra.length
        start = extra.start
        if is_all_day(master.start) or not isinstance(start, datetime) or start.tzinfo is None:
            return self._instance(master, at, length)
        room = LATEST - wall(start)
        return Instance(entry=master, start=start, end=start + min(length, room))

    def _shifted(self, one: Instance) -> Instance:
        """As the last change of this and all later instances has it, if one is before."""
        at = wall_in(one.start, self._zone)
        changes = [entry for replaced, entry in self._future if replaced < at]
        if not changes:
            return one
        entry = changes[-1]
        shift = wall_in(entry.start, self._zone) - wall_in(
            entry.replaces or entry.start, self._zone
        )
        begun = at + shift
        done = begun + length_of(entry.start, entry.end)
        if is_all_day(entry.start):
            return Instance(entry=entry, start=begun.date(), end=done.date())
        zone = self._zone
        return Instance(
            entry=entry, start=begun.replace(tzinfo=zone), end=done.replace(tzinfo=zone)
        )

    def _keys_of(self, one: Instance) -> tuple[datetime | date, ...]:
        """What it is known by: what the clock shows, and its day for who names only that."""
        at = wall_in(one.start, self._zone)
        return (at, at.date())

    def _is_stale(self, entry: Entry, steps: Steps) -> bool:
        """Whether it is a series that an instance of an older version of the event began.

        The event knows a higher sequence, and does not take place when the entry says.
        """
        master, moment = self._master, entry.replaces
        if master is None or moment is None or entry.sequence >= master.sequence:
            return False
        if not (entry.repeats or entry.excluded):
            return False
        named = self._named(entry)
        day = wall_in(moment, self._zone).date()
        zone = self._zone or UTC
        span = Span(first=day, end=min(day, LATEST.date() - _DAY) + _DAY, zone=zone)
        return not any(
            not set(named).isdisjoint(self._keys_of(one))
            for one in self._repeated(span, steps)
            if isinstance(one, Instance)
        )

    def _excluded(self) -> set[datetime | date]:
        excluded: set[datetime | date] = set()
        for moment in self._master.excluded if self._master else ():
            excluded.update(_keys(moment, self._zone))
        return excluded


def _written(entry: Entry, span: Span) -> Iterator[Instance]:
    """The one instance that an entry stands for, where it is in the span."""
    if span.holds(entry.start, entry.end):
        yield Instance(entry=entry, start=entry.start, end=entry.end)


def wall_in(moment: Moment, zone: tzinfo | None) -> datetime:
    """What the clocks of `zone` show then; its own, where one of both has no zone."""
    if isinstance(moment, datetime) and moment.tzinfo is not None and zone is not None:
        return moment.astimezone(zone).replace(tzinfo=None)
    return wall(moment)


def _keys(named: Moment, zone: tzinfo | None) -> tuple[datetime | date, ...]:
    """What an instance is named by in RECURRENCE-ID or EXDATE."""
    if not isinstance(named, datetime):
        return (named,)
    # Some exporters write the time of the clock and a Z behind it: that one too.
    return (wall_in(named, zone), wall(named))


def _until(rule: Rule, start: Moment) -> datetime | None:
    """The last moment of a rule, as the clock of its event shows it."""
    if rule.until is None:
        return None
    end = rule.until
    if is_all_day(start) or is_all_day(end):
        # A day alone means all of it, whatever the time of the event.
        return datetime.combine(as_date(end), time.max)
    return wall_in(end, start.tzinfo if isinstance(start, datetime) else None)


def _unique(entries: Iterable[Entry]) -> list[Entry]:
    return list({id(entry): entry for entry in entries}.values())
