"""One calendar file: its events as far as they can be trusted, or why it is refused."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from pmagent.nlp.counted import counted
from pmagent.tasks.calendar.entries import Entry, EntryReader, plain_address, stamp_of
from pmagent.tasks.calendar.free_busy import BusyTime, read_busy
from pmagent.tasks.calendar.limits import MOST_BYTES, Steps
from pmagent.tasks.calendar.lines import ENTRIES, Part, scan
from pmagent.tasks.calendar.values import as_date, read_text
from pmagent.tasks.calendar.zones import Zones, iana_zone, zone_name
from pmagent.types.tasks import Refusal

_DISGUISES = (
    (b"PK\x03\x04", "it is a ZIP archive: unpack it and give the .ics files in it"),
    (b"\x1f\x8b", "it is packed with gzip: unpack it first"),
    (b"%PDF", "it is a PDF"),
    (b"SQLite format 3", "it is a database"),
)
_CUT_LETTER = re.compile(rb"(?<=[\x80-\xf4])(\r?\n[ \t])([\x80-\xbf]+)")
_MARKUP = (b"<!doctype", b"<html", b"<?xml")
_ADDRESS = re.compile(r"(?i:mailto:)?[^\s@]+@[^\s@]+\.[^\s@]+")


FEWEST_STAMPS = 2
_ONE_EXPORT = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class CalendarEntries:
    """One VCALENDAR of a file."""

    title: str
    """Its name, or empty."""
    entries: tuple[Entry, ...]
    zone: tzinfo | None = None
    """The one that X-WR-TIMEZONE names."""
    owner: str = ""
    """Whose it is: the address that many exporters give it as its name; else empty."""
    busy: tuple[BusyTime, ...] = ()
    """Times that are taken by what it does not say."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one file says. What it does not is in `refusals` and `notes`."""

    file: str
    calendars: tuple[CalendarEntries, ...]
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()
    is_cut: bool = False
    """It ends before its end."""
    ends: date | None = None
    """The last day of the window that was exported, where the file says so."""

    @property
    def entries(self) -> Iterator[Entry]:
        """All of them, in the order of the file."""
        for one in self.calendars:
            yield from one.entries


def read_calendar(data: bytes, name: str, *, steps: Steps | None = None) -> Reading | Refusal:
    """What the calendar file called `name` holds, or why nothing of it is read.

    Events that are damaged are left out, each with its line in `refusals`. `steps` is what zones
    that the file defines may take; a budget of its own without it.
    """
    reason = _refused(data)
    if reason:
        return Refusal(file=name, reason=reason)
    text, note = _decode(data)
    found = scan(text)
    if not found.has_parts:
        is_contact = "BEGIN:VCARD" in text[:4096].upper()
        reason = 'nothing in it begins with "BEGIN:VCALENDAR"'
        return Refusal(
            file=name, reason=f"it is no calendar: {'it is a contact' if is_contact else reason}"
        )
    notes = [note] if note else []
    refusals = [Refusal(file=name, reason=one.reason, line=one.line) for one in found.faults]
    calendars: list[CalendarEntries] = []
    for part in found.calendars:
        reader = _CalendarReader(part, steps or Steps())
        calendars.append(reader.read())
        refusals += [Refusal(file=name, reason=r, line=line) for line, r in reader.faults()]
        notes += reader.notes()
    ends = [end for part in found.calendars if (end := _exported_until(part))]
    return Reading(
        file=name,
        calendars=tuple(calendars),
        refusals=tuple(sorted(refusals, key=lambda one: one.line or len(text))),
        notes=tuple(f'"{name}": {note}' for note in notes),
        is_cut=found.is_cut,
        ends=min(ends, default=None),
    )


def _refused(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        return f"it has more than {MOST_BYTES // 1024**2} MB: export fewer days"
    head = data[:512].lstrip()
    if not head.strip(b"\0"):
        return "it is empty"
    for begin, reason in _DISGUISES:
        if head.startswith(begin):
            return reason
    if head.lower().startswith(_MARKUP):
        return "it is a web page, not a calendar: the link may ask for a sign-in"
    if b"\0" in data[:4096] and not _encoding(data) and b"BEGIN:" not in data[:4096].upper():
        return "it is binary, no calendar"
    return ""


def _decode(data: bytes) -> tuple[str, str]:
    """The text, and a note where its encoding was guessed."""
    wide = _encoding(data)
    if wide:
        return data.decode(wide, errors="replace"), ""
    data = data.replace(b"\0", b"")
    # Exporters that fold by bytes cut letters in two (RFC 5545, 3.1): the rest goes to its first.
    data = _CUT_LETTER.sub(rb"\2\1", data)
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        rows = data.removeprefix(codecs.BOM_UTF8).split(b"\n")
        text = "\n".join(map(_decode_row, rows))
        return text, "it is not UTF-8 throughout: the rest is read as Windows-1252"


def _decode_row(row: bytes) -> str:
    try:
        return row.decode()
    except UnicodeDecodeError:
        return row.decode("cp1252", errors="replace")


def _encoding(data: bytes) -> str:
    """Which UTF-16 it is, with or without its mark; empty for none."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if data[:2] in {b"B\0", b"b\0"}:
        return "utf-16-le"
    return "utf-16-be" if data[:2] in {b"\0B", b"\0b"} else ""


class _CalendarReader:
    """Reads one VCALENDAR and keeps what there is to say about it."""

    def __init__(self, part: Part, steps: Steps) -> None:
        self._part = part
        self._zones = Zones([one for one in part.parts if one.kind == "VTIMEZONE"], steps)
        self._own = part.text("X-WR-TIMEZONE")
        self._zone = self._zones.find(self._own) if self._own else None
        self._is_cancelled = part.text("METHOD").upper() == "CANCEL"
        self._reader = EntryReader(self._zones, self._zone, is_cancelled=self._is_cancelled)

    def read(self) -> CalendarEntries:
        part = self._part
        title = read_text(part.text("X-WR-CALNAME") or part.text("NAME")).strip()
        if self._is_foreign():
            return CalendarEntries(title=title, entries=())
        events = (one for one in part.parts if one.kind in ENTRIES)
        found = (self._reader.read(one) for one in events)
        entries = tuple(entry for entry in found if entry is not None)
        taken = (one for one in part.parts if one.kind == "VFREEBUSY" and not self._is_cancelled)
        return CalendarEntries(
            title=title,
            entries=entries,
            zone=self._zone,
            owner=plain_address(title) if _ADDRESS.fullmatch(title) else "",
            busy=tuple(time for one in taken for time in read_busy(one, self._reader)),
        )

    def _is_foreign(self) -> bool:
        return self._part.text("CALSCALE").upper() not in {"", "GREGORIAN"}

    def faults(self) -> Iterator[tuple[int, str]]:
        if self._is_foreign():
            scale = self._part.text("CALSCALE")[:40].lower()
            yield self._part.line, f"its calendar scale is {scale}: only gregorian ones are read"
        for fault in self._reader.faults:
            yield fault.line, fault.reason

    def notes(self) -> Iterator[str]:
        for zone in sorted(self._zones.unknown):
            if zone == self._own:
                yield f'it names the zone "{zone[:60]}", which is unknown'
            else:
                yield f'the zone "{zone[:60]}" is unknown: its times are taken as local'
        yield from _counted_lines(
            self._reader.without_start, "event without a start is", "events without a start are",
            "left out",
        )  # fmt: skip
        yield from _counted_lines(
            self._reader.swapped, "event ends", "events end",
            "before the start: both are taken the other way round",
        )  # fmt: skip
        yield from _counted_lines(
            self._reader.two_zones, "time names", "times name",
            "a zone and UTC too: the clock of the zone is taken",
        )  # fmt: skip


def _counted_lines(lines: Iterable[int], one: str, many: str, what: str) -> Iterator[str]:
    numbers = list(lines)
    if numbers:
        named = ", ".join(map(str, numbers[:5])) + (" …" if len(numbers) > 5 else "")
        word = "line" if len(numbers) == 1 else "lines"
        yield f"{counted(len(numbers), one, many)} {what} ({word} {named})"


def _exported_until(part: Part) -> date | None:
    """The last day that the exporter says it wrote, as Outlook and some servers do."""
    text = part.text("X-CALEND") or part.text("X-FILTER-DATE-RANGE").partition("/")[2]
    end = stamp_of(text)
    return (end - timedelta(seconds=1)).date() if end and end.year > 1 else None


def last_single_day(entries: Iterable[Entry]) -> date | None:
    """The last day on which an event that does not repeat begins."""
    days = [
        as_date(entry.start)
        for entry in entries
        if entry.component == "VEVENT" and entry.replaces is None and not entry.repeats
    ]
    return max(days, default=None)


def newest_stamp(entries: Iterable[Entry]) -> datetime | None:
    """The newest DTSTAMP, which most exporters set to the moment of the export."""
    return max((entry.stamp for entry in entries if entry.stamp), default=None)


def export_stamp(entries: Iterable[Entry]) -> datetime | None:
    """The moment of the export, where all entries bear it; None where their stamps differ.

    Of a copy the file's own time is that of the copying, which says nothing of what is in it.
    """
    stamps = [entry.stamp for entry in entries if entry.stamp]
    if len(stamps) < FEWEST_STAMPS or max(stamps) - min(stamps) > _ONE_EXPORT:
        return None
    return max(stamps)


def main_zone(readings: Iterable[Reading]) -> str:
    """The IANA name of the zone that most events are in; empty where none names one."""
    counts: dict[str, int] = {}
    for reading in readings:
        for one in reading.calendars:
            for zone in _zones_of(one):
                name = zone_name(zone)
                if iana_zone(name) and name not in {"UTC", "Etc/UTC"}:
                    counts[name] = counts.get(name, 0) + 1
    return max(sorted(counts), key=lambda name: counts[name], default="")


def _zones_of(one: CalendarEntries) -> Iterator[tzinfo | None]:
    for entry in one.entries:
        if isinstance(entry.start, datetime):
            yield entry.start.tzinfo
