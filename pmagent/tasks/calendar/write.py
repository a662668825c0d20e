"""Blocks of time as an .ics file that any calendar imports, and updates when imported again.

A block keeps its UID and raises its SEQUENCE when it moves; one that was dropped is written once
more as cancelled. The same blocks at the same moment give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol, cast
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, Event, Timezone, TimezoneDaylight, TimezoneStandard

from pmagent.errors import UsageError
from pmagent.tasks.calendar.zones import iana_zone
from pmagent.types.tasks import Block

CATEGORY = "pmagent"
_HOST = "local"
_PRODUCT = "-//pmagent//blocks//EN"


def block_uid(block: Block) -> str:
    """The UID of a block in every file it is written to: `pmagent-<card>-<n>@local`."""
    return f"{block.id}@{_HOST}"


def write_blocks(
    blocks: Sequence[Block],
    zone: str,
    now: datetime,
    *,
    dropped: Sequence[Block] = (),
    stamps: Mapping[str, datetime] | None = None,
) -> bytes:
    """The blocks as one calendar in the zone of this IANA name, written at `now`.

    `dropped` are blocks that an earlier file had, as they stood: they are cancelled, with a
    sequence one higher. `stamps` is by block when it was last changed, where that is not `now`.

    Raises:
        UsageError: the zone is unknown, or two blocks have the same id.
    """
    here = iana_zone(zone)
    if here is None:
        raise UsageError(f'there is no time zone "{zone}"', "name one such as Europe/Lisbon")
    told = stamps or {}
    ids = [block.id for block in (*blocks, *dropped)]
    twice = next((one for one in ids if ids.count(one) > 1), None)
    if twice is not None:
        raise UsageError(f'two blocks are called "{twice}"', "a block is planned or dropped, once")
    calendar = Calendar()
    _add(calendar, "prodid", _PRODUCT)
    _add(calendar, "version", "2.0")
    _add(calendar, "calscale", "GREGORIAN")
    _add(calendar, "method", "PUBLISH")
    moments = [moment for block in (*blocks, *dropped) for moment in (block.start, block.end)]
    if moments and here.key != "UTC":
        calendar.add_component(_definition(here, min(moments), max(moments)))
    for block in sorted(blocks, key=lambda one: (one.start, one.id)):
        calendar.add_component(_event(block, here, told.get(block.id, now), is_dropped=False))
    for block in sorted(dropped, key=lambda one: (one.start, one.id)):
        calendar.add_component(_event(block, here, told.get(block.id, now), is_dropped=True))
    return calendar.to_ical()


class _Fields(Protocol):
    """What a part of icalendar can do, with the types that it leaves open."""

    def add(self, name: str, value: object, /) -> None:
        """Write a property."""
        ...


def _add(part: Component, name: str, value: object) -> None:
    cast("_Fields", part).add(name, value)


def _event(block: Block, zone: ZoneInfo, now: datetime, *, is_dropped: bool) -> Event:
    event = Event()
    _add(event, "uid", block_uid(block))
    _add(event, "dtstamp", now.astimezone(UTC).replace(microsecond=0))
    start, end = block.start.astimezone(zone), block.end.astimezone(zone)
    if _is_shown_twice(start) or _is_shown_twice(end) or zone.key == "UTC":
        # With a zone, the second of two equal times could not be said.
        start, end = start.astimezone(UTC), end.astimezone(UTC)
    _add(event, "dtstart", start)
    _add(event, "dtend", end)
    _add(event, "sequence", block.sequence + is_dropped)
    _add(event, "summary", block.title)
    if block.why:
        _add(event, "description", block.why)
    _add(event, "categories", [CATEGORY])
    _add(event, "transp", "OPAQUE")
    _add(event, "status", "CANCELLED" if is_dropped else "CONFIRMED")
    return event


def _is_shown_twice(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


# -- the zone --------------------------------------------------------------------------------------


def _definition(zone: ZoneInfo, first: datetime, last: datetime) -> Timezone:
    """The VTIMEZONE of the years around these moments.

    Not made by `add_missing_timezones`: of icalendar 7.3 that one says from when on a zone's summer
    holds by the clock that it sets, where RFC 5545 (3.6.5) wants the clock that it ends.
    """
    begun = datetime(first.year - 1, 1, 1, tzinfo=UTC)
    end = datetime(last.year + 2, 1, 1, tzinfo=UTC)
    part = Timezone()
    _add(part, "tzid", zone.key)
    part.add_component(_observance(begun, begun, zone))
    at = begun
    while at < end:
        day_after = at + timedelta(days=1)
        if _offset(at, zone) != _offset(day_after, zone):
            part.add_component(_observance(at, _change(at, day_after, zone), zone))
        at = day_after
    return part


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first second between both at which the later offset holds."""
    wanted = _offset(after, zone)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if _offset(middle, zone) == wanted:
            after = middle
        else:
            before = middle
    return after


def _observance(
    before: datetime, change: datetime, zone: ZoneInfo
) -> TimezoneStandard | TimezoneDaylight:
    """What holds from `change` on, told by the clock that holds `before` it."""
    local = change.astimezone(zone)
    part = TimezoneDaylight() if local.dst() else TimezoneStandard()
    _add(part, "dtstart", (change + _offset(before, zone)).replace(tzinfo=None))
    _add(part, "tzoffsetfrom", _offset(before, zone))
    _add(part, "tzoffsetto", _offset(change, zone))
    _add(part, "tzname", local.tzname() or zone.key)
    return part


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
