"""What calendar files say of some days, as one list: the part of a calendar that a plan is made on.

The same event in two exports counts once: the one with the higher SEQUENCE, else the one that was
changed last, else of the newer file.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from pmagent.errors import UsageError
from pmagent.tasks.calendar.entries import Entry, plain_address
from pmagent.tasks.calendar.limits import MOST_OCCURRENCES, Steps
from pmagent.tasks.calendar.read import (
    Reading,
    export_stamp,
    last_single_day,
    main_zone,
    newest_stamp,
    read_calendar,
)
from pmagent.tasks.calendar.series import Instance, Series, Span, Trouble
from pmagent.tasks.calendar.values import Moment, as_datetime
from pmagent.tasks.calendar.zones import iana_zone
from pmagent.types.tasks import CalendarWindow, Occurrence, Refusal

OWN_PREFIX = "pmagent-"
"""What the uid of a block that this program writes begins with."""
_STALE = timedelta(days=7)
"""An export that is older is said to be."""
_OLDEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class _Source:
    """One event of one calendar of one file, with all its entries."""

    reading: Reading
    calendar: str
    written: datetime
    people: frozenset[str]
    """The addresses of whose calendar it is."""
    entries: list[Entry]


def read_window(
    files: Mapping[str, bytes],
    first: date,
    last: date,
    *,
    zone: str = "",
    mtimes: Mapping[str, datetime] | None = None,
    owners: Collection[str] = (),
) -> CalendarWindow:
    """All that the files, bytes by name, say of the days from `first` to `last`, both inclusive.

    `zone` is the reader's own, an IANA name; without one it is the one that most events are in,
    and a note says so. `mtimes` is when each file was written. `owners` are the reader's own
    addresses, to know what they declined; the one that a calendar is called by counts too.

    Raises:
        UsageError: the zone is unknown, `last` is before `first`, or a day has none around it.
    """
    if last < first:
        raise UsageError(f"{last} is before {first}", "name the earlier day first")
    if first.year == MINYEAR or last.year == MAXYEAR:
        raise UsageError(
            f"{first} to {last} reaches to where days end", "name days of the years 2 to 9998"
        )
    steps = Steps()
    read = [read_calendar(data, name, steps=steps) for name, data in files.items()]
    readings = [one for one in read if isinstance(one, Reading)]
    refusals = [one for one in read if isinstance(one, Refusal)]
    refusals += [refusal for one in readings for refusal in one.refusals]
    notes = [note for one in readings for note in one.notes]
    guessed = "" if zone else main_zone(readings)
    name = zone or guessed or "UTC"
    here = iana_zone(name)
    if here is None:
        raise UsageError(f'there is no time zone "{name}"', "name one such as Europe/Lisbon")
    if guessed:
        notes.append(f"days are those of {name}, as most events are in it")
    elif not zone and readings:
        notes.append("days are those of UTC: no event names a zone")
    written = _written(readings, mtimes or {})
    span = Span(first=first, end=last + timedelta(days=1), zone=here)
    people = frozenset(map(plain_address, owners))
    occurrences, troubles = _occurrences(_sources(readings, written, people), span, steps)
    taken = list(_taken(readings, span))
    known = {one.file: _known_until(one, written.get(one.file), here) for one in readings}
    notes += _knowledge(known, written, span)
    notes += _same_calendar(readings, written)
    days = [day for day in known.values() if day is not None]
    return CalendarWindow(
        first=first,
        last=last,
        zone=name,
        is_zone_said=bool(zone or guessed),
        occurrences=tuple(sorted([*occurrences, *taken], key=lambda one: _order(one, span))),
        files=tuple(files),
        known_until=min(days, default=None),
        exported=max(written.values(), default=None),
        refusals=(*refusals, *troubles),
        notes=tuple(notes),
    )


# -- which of several exports ----------------------------------------------------------------------


def _written(readings: Sequence[Reading], mtimes: Mapping[str, datetime]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for one in readings:
        stamp = export_stamp(one.entries) or mtimes.get(one.file) or newest_stamp(one.entries)
        if stamp is not None:
            found[one.file] = stamp
    return found


def _sources(
    readings: Sequence[Reading], written: Mapping[str, datetime], people: frozenset[str]
) -> Iterator[_Source]:
    """Each event once, with the entries of the export that knows it best."""
    by_uid: dict[tuple[str, ...], dict[str, list[_Source]]] = {}
    for reading in readings:
        for calendar in reading.calendars:
            events: dict[tuple[str, ...], list[Entry]] = {}
            for entry in calendar.entries:
                # Without a uid nothing says that two are the same.
                own = (entry.uid,) if entry.uid else (reading.file, str(entry.line))
                events.setdefault((entry.component, *own), []).append(entry)
            for key, entries in events.items():
                source = _Source(
                    reading=reading,
                    calendar=calendar.title or reading.file,
                    written=written.get(reading.file, _OLDEST),
                    people=people | {calendar.owner},
                    entries=entries,
                )
                by_uid.setdefault(key, {}).setdefault(reading.file, []).append(source)
    for by_file in by_uid.values():
        yield from _best(by_file)


def _best(by_file: Mapping[str, Sequence[_Source]]) -> Sequence[_Source]:
    """What one file has of an event: the one that knows it best."""
    sources = [source for one in by_file.values() for source in one]
    whole = [one for one in sources if any(entry.replaces is None for entry in one.entries)]
    best = max(whole or sources, key=_rank)
    # An invitation to one changed instance comes without its event, which another file has.
    loose = [
        entry
        for one in sources
        if one not in whole and one.reading.file != best.reading.file
        for entry in one.entries
    ]
    first, *others = by_file[best.reading.file]
    return [dataclasses.replace(first, entries=[*first.entries, *loose]), *others]


def _rank(source: _Source) -> tuple[int, bool, datetime, datetime]:
    own = [entry.sequence for entry in source.entries if entry.replaces is None]
    # Of a file that was cut short, what changed an event may be what is missing.
    known = [entry.modified for entry in source.entries if entry.modified]
    changed = max(known, default=source.written)
    return max(own, default=-1), not source.reading.is_cut, changed, source.written


def _same_calendar(readings: Sequence[Reading], written: Mapping[str, datetime]) -> Iterator[str]:
    newest: dict[str, str] = {}
    for one in sorted(readings, key=lambda one: written.get(one.file, _OLDEST)):
        for title in {calendar.title for calendar in one.calendars if calendar.title}:
            older = newest.get(title)
            if older:
                yield (
                    f'"{older}" and "{one.file}" are both exports of "{title}": what only the '
                    "older one has may have been deleted since"
                )
            newest[title] = one.file


# -- what takes place ------------------------------------------------------------------------------


def _occurrences(
    sources: Iterator[_Source], span: Span, steps: Steps
) -> tuple[list[Occurrence], list[Refusal]]:
    found: list[Occurrence] = []
    refusals: list[Refusal] = []
    for source in sources:
        for one in Series(source.entries).between(span, steps):
            if isinstance(one, Trouble):
                reason = f'the event "{one.entry.summary[:60]}": {one.reason}'
                line = one.entry.line
                refusals.append(Refusal(file=source.reading.file, reason=reason, line=line))
            elif len(found) < MOST_OCCURRENCES:
                found.append(_occurrence(one, source, span))
        if len(found) >= MOST_OCCURRENCES:
            reason = f"these days hold more than {MOST_OCCURRENCES:,} events: read up to there"
            refusals.append(Refusal(file=source.reading.file, reason=reason))
            break
    return found, refusals


def _taken(readings: Sequence[Reading], span: Span) -> Iterator[Occurrence]:
    """The times of free/busy exports: each once, whichever file has it."""
    met: set[tuple[Moment, Moment]] = set()
    for reading in readings:
        for calendar in reading.calendars:
            for one in calendar.busy:
                start, end = _aware(one.start, span), _aware(one.end, span)
                if (start, end) in met or not span.holds(start, end):
                    continue
                met.add((start, end))
                yield Occurrence(
                    summary="Busy",
                    start=start,
                    end=end,
                    is_all_day=not isinstance(start, datetime),
                    status=one.status,
                    component="VFREEBUSY",
                    calendar=calendar.title or reading.file,
                    file=reading.file,
                )


def _occurrence(one: Instance, source: _Source, span: Span) -> Occurrence:
    entry = one.entry
    is_floating = isinstance(one.start, datetime) and one.start.tzinfo is None
    return Occurrence(
        summary=entry.summary,
        start=_aware(one.start, span),
        end=_aware(one.end, span),
        uid=entry.uid,
        is_all_day=not isinstance(one.start, datetime),
        is_floating=is_floating,
        status=entry.status,
        is_cancelled=entry.is_cancelled,
        is_declined=not entry.declined_by.isdisjoint(source.people),
        is_transparent=entry.is_transparent,
        component=entry.component,
        calendar=source.calendar,
        location=entry.location,
        file=source.reading.file,
        sequence=max(0, entry.sequence),
        categories=entry.categories,
        is_ours=entry.uid.startswith(OWN_PREFIX) and "@" in entry.uid,
    )


def _aware(moment: Moment, span: Span) -> Moment:
    if isinstance(moment, datetime) and moment.tzinfo is None:
        return moment.replace(tzinfo=span.zone)
    return moment


def _order(one: Occurrence, span: Span) -> tuple[datetime, bool, datetime, str]:
    start, end = as_datetime(one.start), as_datetime(one.end)
    begun = start if start.tzinfo else start.replace(tzinfo=span.zone)
    done = end if end.tzinfo else end.replace(tzinfo=span.zone)
    return begun.astimezone(UTC), not one.is_all_day, done.astimezone(UTC), one.summary


# -- where knowledge ends --------------------------------------------------------------------------


def _known_until(one: Reading, written: datetime | None, zone: ZoneInfo) -> date | None:
    if one.ends is not None:
        return one.ends
    days = [last_single_day(one.entries), written.astimezone(zone).date() if written else None]
    return max((day for day in days if day is not None), default=None)


def _knowledge(
    known: Mapping[str, date | None], written: Mapping[str, datetime], span: Span
) -> Iterator[str]:
    last = span.end - timedelta(days=1)
    for name, day in known.items():
        at = written.get(name)
        made = at.astimezone(span.zone).date() if at else None
        if day is None:
            yield f'nothing says up to which day "{name}" was exported'
        elif day < last:
            when = f", written on {made}," if made else ""
            yield f'"{name}"{when} is known up to {day}: after it only what repeats is'
        if made is not None and made < span.first - _STALE:
            age = (span.first - made).days
            yield f'"{name}" was written {age} days before {span.first}: no later change is in it'
