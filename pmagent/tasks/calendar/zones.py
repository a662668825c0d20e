"""The zones that a calendar names: IANA names, those of Windows, and those it defines itself.

A definition in the file counts only where the name is no IANA one: exporters write old rules, and
the names are kept up to date. The names of Windows come from `icalendar`, which has them of CLDR.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from pmagent.tasks.calendar.limits import StepLimitError, Steps
from pmagent.tasks.calendar.lines import Part
from pmagent.tasks.calendar.rules import BadRule, parse_rule
from pmagent.tasks.calendar.values import Moment, as_datetime, parse_moment, parse_offset, wall
from pmagent.tasks.calendar.walk import walk

_FIRST = datetime(1950, 1, 1)  # noqa: DTZ001 - wall time of any zone
"""Changes before it are not looked for: nobody plans there, and Windows begins in 1601."""
_LAST = datetime(2100, 1, 1)  # noqa: DTZ001 - as above
_STEPS_PER_ZONE = 20_000
_NOTES_NAMES = {
    "Western/Central Europe": "Europe/Berlin",
    "Eastern": "America/New_York",
    "Central": "America/Chicago",
    "Mountain": "America/Denver",
    "Pacific": "America/Los_Angeles",
}
"""What Lotus Notes calls them; an event copied from such a file comes without the definition."""


@dataclass(frozen=True, kw_only=True, order=True)
class _Change:
    """From when on, by the clock that shows until then, another offset holds."""

    wall: datetime
    before: timedelta
    after: timedelta


class FileZone(tzinfo):
    """A zone as a file defines it.

    A time that the clocks skip has the offset before the jump, and one they show twice is the first
    of both, as RFC 5545 wants it in 3.3.5.
    """

    def __init__(self, name: str, changes: Sequence[_Change], first: timedelta) -> None:
        self.name = name
        self._changes = sorted(changes)
        self._walls = [change.wall for change in self._changes]
        self._instants = [change.wall - change.before for change in self._changes]
        self._first = first

    def utcoffset(self, dt: datetime | None, /) -> timedelta:
        """What is added to UTC at this time of its clocks."""
        if dt is None:
            return self._first
        clock = dt.replace(tzinfo=None)
        at = bisect_right(self._walls, clock) - 1
        if at < 0:
            return self._first
        change = self._changes[at]
        is_skipped = clock < change.wall + (change.after - change.before)
        return change.before if is_skipped else change.after

    def dst(self, dt: datetime | None, /) -> timedelta | None:
        """Nothing: files do not say it in a way to rely on."""
        del dt
        return None

    def tzname(self, dt: datetime | None, /) -> str:
        """The name that its file gives it."""
        del dt
        return self.name

    def fromutc(self, dt: datetime, /) -> datetime:
        """What its clocks show at this moment of UTC."""
        at = bisect_right(self._instants, dt.replace(tzinfo=None)) - 1
        return dt + (self._changes[at].after if at >= 0 else self._first)


class Zones:
    """The zones of one file by their names."""

    def __init__(self, parts: Sequence[Part], steps: Steps) -> None:
        self._parts: Mapping[str, Part] = {
            part.text("TZID").strip("/"): part for part in reversed(parts) if part.text("TZID")
        }
        self._steps = steps
        self._known: dict[str, tzinfo | None] = {}
        self.unknown: set[str] = set()
        """Names that were asked for and mean nothing."""

    def find(self, name: str) -> tzinfo | None:
        """The zone of this name; None for one that is not known."""
        if name not in self._known:
            self._known[name] = self._look_up(name)
            if self._known[name] is None:
                self.unknown.add(name)
        return self._known[name]

    def _look_up(self, name: str) -> tzinfo | None:
        clean = name.strip("/").strip()
        known = iana_zone(clean)
        if known is not None:
            return known
        if clean in self._parts:
            defined = _define(self._parts[clean], self._steps)
            if defined is not None:
                return defined
        other = WINDOWS_TO_OLSON.get(clean) or _NOTES_NAMES.get(clean)
        if other is not None:
            return iana_zone(other)
        # "/freeassociation.sourceforge.net/Europe/Berlin": a vendor, then an IANA name.
        parts = clean.split("/") if name.startswith("/") else []
        tails = ("/".join(parts[at:]) for at in range(1, len(parts)))
        return next((zone for tail in tails if (zone := iana_zone(tail))), None)


def iana_zone(name: str) -> ZoneInfo | None:
    """The zone that IANA calls so; None where it knows none."""
    if not name.isascii() or not name[:1].isalpha() or ".." in name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zone_name(zone: tzinfo | None) -> str:
    """The IANA name of a zone, or what its file calls it; empty for none."""
    if isinstance(zone, ZoneInfo):
        return zone.key
    if isinstance(zone, FileZone):
        return zone.name
    return "UTC" if zone is UTC else ""


def _define(part: Part, steps: Steps) -> FileZone | None:
    changes: list[_Change] = []
    first: timedelta | None = None
    steps.begin(_STEPS_PER_ZONE)
    for kind in sorted(part.parts, key=lambda one: one.kind, reverse=True):
        before = parse_offset(kind.text("TZOFFSETFROM"))
        after = parse_offset(kind.text("TZOFFSETTO"))
        begins = parse_moment(kind.text("DTSTART"))
        if before is None or after is None or begins is None:
            continue
        # Before its first change a zone has its standard time.
        first = first if first is not None else after
        try:
            walls = _onsets(kind, begins, before, steps)
        except StepLimitError:
            return None
        changes += [_Change(wall=at, before=before, after=after) for at in walls]
    if first is None:
        return None
    return FileZone(part.text("TZID"), changes, first)


def _onsets(kind: Part, begins: Moment, before: timedelta, steps: Steps) -> list[datetime]:
    start = wall(begins)
    found = {start}
    for one in kind.properties.get("RDATE", ()):
        for value in one.value.split(","):
            moment = parse_moment(value)
            if moment is not None:
                found.add(wall(moment))
    for one in kind.properties.get("RRULE", ()):
        rule = parse_rule(one.value)
        if isinstance(rule, BadRule):
            continue
        until = _LAST
        if rule.until is not None:
            end = as_datetime(rule.until)
            until = wall(end + before) if end.tzinfo is UTC else end
            until = until.replace(tzinfo=None)
        lower = max(start, _FIRST)
        found.update(walk(rule, start, lower, min(until, _LAST), steps))
    return sorted(found)


def day_in(moment: Moment, zone: tzinfo) -> date:
    """The day of a moment by the clock of `zone`."""
    if not isinstance(moment, datetime):
        return moment
    return moment.astimezone(zone).date() if moment.tzinfo else moment.date()
