"""The events and to-dos of a file as values: one for each part, before anything is repeated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

from pmagent.tasks.calendar.limits import LONGEST_DAYS, MOST_DATES
from pmagent.tasks.calendar.lines import Fault, Part, Property, say_part
from pmagent.tasks.calendar.rules import BadRule, Rule, parse_rule
from pmagent.tasks.calendar.values import (
    Moment,
    as_datetime,
    is_all_day,
    length_of,
    parse_duration,
    parse_moment,
    read_list,
    read_text,
)
from pmagent.tasks.calendar.zones import Zones
from pmagent.types.tasks import Component

_ALWAYS = (parse_moment("19700101"), parse_moment("20380101"))
"""A to-do without dates is open on each day, until it is done (RFC 5545, 3.6.2)."""
_ONCE = ("DTSTART", "DTEND", "DUE", "DURATION", "RECURRENCE-ID", "UID")


@dataclass(frozen=True, kw_only=True)
class Extra:
    """One more date of an event, with a length of its own where it is a period."""

    start: Moment
    length: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One VEVENT or VTODO as it is written."""

    component: Literal["VEVENT", "VTODO"]
    uid: str
    """Empty where it has none."""
    line: int
    summary: str
    start: Moment
    end: Moment
    status: str
    """As it is written."""
    is_transparent: bool
    sequence: int
    location: str = ""
    categories: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    except_rules: tuple[Rule, ...] = ()
    extra: tuple[Extra, ...] = ()
    excluded: tuple[Moment, ...] = ()
    replaces: Moment | None = None
    """The instance that it stands for: RECURRENCE-ID."""
    is_this_and_future: bool = False
    is_cancelled: bool = False
    """By its status, or because the file is a cancellation (METHOD:CANCEL, RFC 5546)."""
    declined_by: frozenset[str] = frozenset()
    """The addresses of those who said no to it."""
    stamp: datetime | None = None
    """DTSTAMP, which many exporters set to when they wrote the file."""
    modified: datetime | None = None
    """LAST-MODIFIED: when the event was changed last."""

    @property
    def repeats(self) -> bool:
        """Whether it has more than one instance."""
        return bool(self.rules or self.extra)


class EntryReader:
    """Reads the parts of one calendar; what it cannot trust goes to `faults` and `notes`."""

    def __init__(self, zones: Zones, own_zone: tzinfo | None, *, is_cancelled: bool) -> None:
        self._zones = zones
        self._own_zone = own_zone
        self._is_cancelled = is_cancelled
        self._here: tzinfo | None = None
        self.faults: list[Fault] = []
        self.without_start: list[int] = []
        """Lines of events that have no start at all."""
        self.swapped: list[int] = []
        """Lines of events that end before they start."""
        self.two_zones: list[int] = []
        """Lines of times that name a zone and UTC too."""

    def read(self, part: Part) -> Entry | None:
        """The entry, or None where it has no start that can be read."""
        component: Literal["VEVENT", "VTODO"] = "VTODO" if part.kind == "VTODO" else "VEVENT"
        # Of calendars with X-WR-TIMEZONE only the events are meant: to-dos stay as written.
        self._here = self._own_zone if component == "VEVENT" else None
        for name in _ONCE:
            found = part.properties.get(name, ())
            if len(found) > 1:
                self._fault(found[1], f"{say_part(part)} has {name} twice: the first one counts")
        span = self._span(part, component)
        if span is None:
            return None
        status = part.text("STATUS")
        replaces = part.first("RECURRENCE-ID")
        stamp = parse_moment(part.text("DTSTAMP"))
        categories = part.properties.get("CATEGORIES", ())
        return Entry(
            component=component,
            uid=part.text("UID"),
            line=part.line,
            summary=self._text(part, "SUMMARY"),
            start=span[0],
            end=span[1],
            status=status,
            is_transparent=component == "VTODO" or _is_transparent(part),
            sequence=_number(part.text("SEQUENCE")),
            location=self._text(part, "LOCATION"),
            categories=tuple(name for one in categories for name in read_list(one.value)),
            rules=tuple(self._rules(part, "RRULE")),
            except_rules=tuple(self._rules(part, "EXRULE")),
            extra=tuple(self._extra(part)),
            excluded=tuple(one.start for one in self._dates(part, "EXDATE")),
            replaces=self._moment(replaces) if replaces else None,
            is_this_and_future=bool(replaces)
            and replaces.params.get("RANGE", "").upper() == "THISANDFUTURE",
            is_cancelled=self._is_cancelled or status.upper() == "CANCELLED",
            declined_by=frozenset(_who_declined(part)),
            stamp=stamp if isinstance(stamp, datetime) and stamp.tzinfo else None,
            modified=stamp_of(part.text("LAST-MODIFIED")),
        )

    # -- when it is --------------------------------------------------------------------------------

    def _span(self, part: Part, component: Component) -> tuple[Moment, Moment] | None:
        is_todo = component == "VTODO"
        starts, ends = part.first("DTSTART"), part.first("DUE" if is_todo else "DTEND")
        if starts is None and is_todo:
            if ends is None:
                first, last = _ALWAYS
                return (first, last) if first and last else None
            starts = ends
        if starts is None:
            self.without_start.append(part.line)
            return None
        start = self._moment(starts)
        if start is None:
            self._fault(starts, f"{say_part(part)} is left out: its start is {_shown(starts)}")
            return None
        end = self._end(part, start, ends)
        if end is None:
            return None
        return self._ordered(part, start, end)

    def _end(self, part: Part, start: Moment, ends: Property | None) -> Moment | None:
        if ends is not None:
            end = self._moment(ends)
            if end is not None:
                return end
            self._fault(
                ends, f"{say_part(part)} is taken to have no length: its end is {_shown(ends)}"
            )
            return start
        length = part.first("DURATION")
        if length is None:
            return start + timedelta(days=1) if _is_day_event(part, start) else start
        duration = parse_duration(length.value)
        if duration is None:
            shown = _shown(length)
            self._fault(length, f"{say_part(part)} is taken to have no length: it says {shown}")
            return start
        base = as_datetime(start) if duration.seconds else start
        try:
            return base + duration
        except OverflowError:
            self._fault(length, f"{say_part(part)} is left out: it ends after the year 9999")
            return None

    def _ordered(self, part: Part, start: Moment, end: Moment) -> tuple[Moment, Moment] | None:
        """Both of one kind, the earlier first."""
        if is_all_day(start) != is_all_day(end):
            start, end = as_datetime(start), as_datetime(end)
        if isinstance(start, datetime) and isinstance(end, datetime):
            zone = start.tzinfo or end.tzinfo
            start = start if start.tzinfo else start.replace(tzinfo=zone)
            end = end if end.tzinfo else end.replace(tzinfo=zone)
        if start > end:
            start, end = end, start
            self.swapped.append(part.line)
        if length_of(start, end) > timedelta(days=LONGEST_DAYS):
            fault = Fault(
                line=part.line, reason=f"{say_part(part)} is left out: it lasts a century"
            )
            self.faults.append(fault)
            return None
        return start, end

    def _moment(self, one: Property) -> Moment | None:
        return self._zoned(parse_moment(one.value), one)

    def _zoned(self, moment: Moment | None, one: Property) -> Moment | None:
        if not isinstance(moment, datetime):
            return moment
        if one.params.get("VALUE", "").upper() == "DATE":
            return moment.date()
        name = one.params.get("TZID", "")
        zone = self._zones.find(name) if name else None
        if zone is not None:
            if moment.tzinfo is not None and zone.tzname(moment) != "UTC":
                # Exporters that write both have put a Z behind the time of the clock.
                self.two_zones.append(one.line)
            moment = moment.replace(tzinfo=zone)
        if self._here is None or (moment.tzinfo and moment.tzname() != "UTC"):
            return moment
        # Google writes UTC, and means the zone that X-WR-TIMEZONE names.
        if moment.tzinfo is None:
            return moment.replace(tzinfo=self._here)
        return moment.astimezone(self._here)

    def periods(self, one: Property) -> Iterator[Extra]:
        """The dates of a property that has a list of them, each with its length if it has one."""
        for value in one.value.split(",")[:MOST_DATES]:
            extra = self._one_date(value, one) if value.strip() else None
            if extra is not None:
                yield extra
            elif value.strip():
                self._fault(one, f"{value.strip()[:40]!r} is no time that is taken")

    # -- when it repeats ---------------------------------------------------------------------------

    def _rules(self, part: Part, name: str) -> Iterator[Rule]:
        for one in part.properties.get(name, ()):
            if not one.value.strip():
                continue
            rule = parse_rule(one.value)
            if isinstance(rule, BadRule):
                what = "when it repeats is not known" if name == "RRULE" else "left out"
                self._fault(one, f"{say_part(part)}: {what}: {rule.reason}")
            else:
                yield rule

    def _extra(self, part: Part) -> Iterator[Extra]:
        yield from self._dates(part, "RDATE")

    def _dates(self, part: Part, name: str) -> Iterator[Extra]:
        left = MOST_DATES
        for one in part.properties.get(name, ()):
            values = [value for value in one.value.split(",") if value.strip()]
            if len(values) > left:
                self._fault(one, f"{say_part(part)} has more than {MOST_DATES:,} {name}: cut there")
            for value in values[:left]:
                extra = self._one_date(value, one)
                if extra is None:
                    self._fault(one, f"{say_part(part)}: {name} {value.strip()[:40]!r} is no date")
                else:
                    yield extra
            left = max(0, left - len(values))

    def _one_date(self, value: str, one: Property) -> Extra | None:
        begins, _, ends = value.partition("/")
        start = self._zoned(parse_moment(begins), one)
        if start is None or not ends:
            return None if start is None else Extra(start=start)
        end = self._zoned(parse_moment(ends), one)
        if end is None:
            length = parse_duration(ends)
        elif is_all_day(start) == is_all_day(end):
            length = length_of(start, end)
        else:
            length = None
        return None if length is None or length < timedelta() else Extra(start=start, length=length)

    # -- words -------------------------------------------------------------------------------------

    def _text(self, part: Part, name: str) -> str:
        one = part.first(name)
        return read_text(one.value) if one else ""

    def _fault(self, one: Property, reason: str) -> None:
        self.faults.append(Fault(line=one.line, reason=reason))


def _is_day_event(part: Part, start: Moment) -> bool:
    return part.kind == "VEVENT" and is_all_day(start)


def _who_declined(part: Part) -> Iterator[str]:
    for one in part.properties.get("ATTENDEE", ()):
        if one.params.get("PARTSTAT", "").upper() == "DECLINED":
            yield plain_address(one.value)


def plain_address(text: str) -> str:
    """`mailto:Me@example.org` as `me@example.org`."""
    return text.strip().casefold().removeprefix("mailto:")


def _is_transparent(part: Part) -> bool:
    said = part.text("TRANSP").upper()
    if said:
        return said == "TRANSPARENT"
    # What Outlook shows as free, and does not always write as TRANSP.
    return part.text("X-MICROSOFT-CDO-BUSYSTATUS").upper() == "FREE"


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _shown(one: Property) -> str:
    return f'"{one.value.strip()[:40]}"' if one.value.strip() else "empty"


def stamp_of(text: str) -> datetime | None:
    """A moment in UTC; None where it is none."""
    moment = parse_moment(text)
    if moment is None:
        return None
    whole = as_datetime(moment)
    return whole if whole.tzinfo else whole.replace(tzinfo=UTC)
