"""The parts of an iCalendar file with their properties, each with its line (RFC 5545, section 3.1).

Reads on where a file is damaged and says what it left out. Knows nothing of what values mean, keeps
only the properties that are asked of a calendar, and never goes deeper, longer or on for more parts
than `limits` allows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pmagent.tasks.calendar.limits import LONGEST_LINE, MOST_DEPTH, MOST_PARTS

_MOMENTS = frozenset({
    "DTSTART",
    "DTEND",
    "DUE",
    "RDATE",
    "EXDATE",
    "RECURRENCE-ID",
    "DTSTAMP",
    "LAST-MODIFIED",
    "FREEBUSY",
})
_WANTED = _MOMENTS | {
    "ATTENDEE", "CALSCALE", "CATEGORIES", "DURATION", "EXRULE", "LOCATION", "METHOD", "NAME",
    "RRULE", "SEQUENCE", "STATUS", "SUMMARY", "TRANSP", "TZID", "TZOFFSETFROM", "TZOFFSETTO", "UID",
    "X-CALEND", "X-CALSTART", "X-FILTER-DATE-RANGE", "X-MICROSOFT-CDO-BUSYSTATUS",
    "X-WR-CALNAME", "X-WR-TIMEZONE",
}  # fmt: skip
ENTRIES = frozenset({"VEVENT", "VTODO"})
"""The parts that take place at some time."""
_KEPT = ENTRIES | {"VCALENDAR", "VFREEBUSY", "VTIMEZONE", "STANDARD", "DAYLIGHT"}
_OF_CALENDARS = _KEPT | {"VJOURNAL", "VALARM", "VAVAILABILITY", "VPOLL"}
_NAME = re.compile(r"\s*([A-Za-z0-9-]+)\s*([;:])")
_MOST_FAULTS = 50


@dataclass(frozen=True, kw_only=True)
class Property:
    """One line: its value as written, and its parameters by name in capitals."""

    value: str
    params: Mapping[str, str]
    line: int


@dataclass(kw_only=True)
class Part:
    """What stands between BEGIN and END."""

    kind: str
    line: int
    properties: dict[str, list[Property]] = field(default_factory=dict[str, list[Property]])
    parts: list[Part] = field(default_factory=list["Part"])

    def first(self, name: str) -> Property | None:
        """The first property of this name."""
        found = self.properties.get(name)
        return found[0] if found else None

    def text(self, name: str) -> str:
        """The value of the first one, without blanks around it; empty where there is none."""
        found = self.first(name)
        return found.value.strip() if found else ""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something that was left out, and why."""

    line: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Scan:
    """A file taken apart. Events outside of a calendar are in one of their own."""

    calendars: tuple[Part, ...]
    faults: tuple[Fault, ...]
    is_cut: bool
    """Whether it ends before its end."""
    has_parts: bool
    """Whether anything of a calendar began in it."""


def scan(text: str) -> Scan:
    """The calendars of a file's text."""
    scanner = _Scanner()
    for number, line in _unfold(text):
        if not scanner.take(number, line):
            break
    return scanner.end()


class _Scanner:
    """Takes lines and keeps the parts that are complete."""

    def __init__(self) -> None:
        self._calendars: list[Part] = []
        self._loose = Part(kind="VCALENDAR", line=1)
        self._open: list[Part] = []
        self._faults: list[Fault] = []
        self._count = 0
        self._is_calendar = False
        self._last_fault: Fault | None = None
        self._last_line = 0
        self._is_stopped = False
        self._is_cut = False

    def take(self, number: int, line: str) -> bool:
        """Take one line; False when no more are wanted."""
        if line.strip():
            self._last_line = number
        found = _NAME.match(line)
        if len(line) > LONGEST_LINE:
            self._fault(number, f"the line has more than {LONGEST_LINE:,} characters")
        elif found is None:
            if line.strip() and ":" not in line:
                self._last_fault = Fault(line=number, reason="the line is no property")
                self._fault(number, self._last_fault.reason)
        elif (name := found[1].upper()) == "BEGIN":
            self._begin(number, line[found.end() :].strip().upper())
        elif name == "END":
            self._close(number, line[found.end() :].strip().upper())
        elif name in _WANTED and self._open and self._open[-1].kind in _KEPT:
            one = _property(number, line, found.end() - 1, is_moment=name in _MOMENTS)
            self._open[-1].properties.setdefault(name, []).append(one)
        return not self._is_stopped

    def end(self) -> Scan:
        """All that was taken."""
        if self._open and self._faults and self._faults[-1] == self._half_line():
            # Half a line at the end of a file that is cut says nothing more.
            self._faults.pop()
        for part in self._open:
            if part.kind in ENTRIES:
                self._fault(part.line, f"{say_part(part)} is cut short: the file ends inside of it")
            elif part.kind == "VCALENDAR":
                self._is_cut = True
                self._calendars.append(part)
        if self._is_cut and not self._is_stopped:
            reason = 'the file ends before "END:VCALENDAR": events may be missing'
            self._faults.append(Fault(line=0, reason=reason))
        if self._loose.parts:
            self._calendars.append(self._loose)
        return Scan(
            calendars=tuple(self._calendars),
            faults=tuple(self._faults),
            is_cut=self._is_cut,
            has_parts=self._is_calendar,
        )

    def _half_line(self) -> Fault | None:
        last = self._last_fault
        return last if last and last.line == self._last_line else None

    def _begin(self, number: int, kind: str) -> None:
        self._count += 1
        self._is_calendar |= kind in _OF_CALENDARS
        if self._count > MOST_PARTS or len(self._open) >= MOST_DEPTH:
            what = "parts" if self._count > MOST_PARTS else "levels"
            most = MOST_PARTS if self._count > MOST_PARTS else MOST_DEPTH
            self._faults.append(
                Fault(line=number, reason=f"it has more than {most:,} {what}: read up to here")
            )
            self._is_stopped = True
            return
        if kind in ENTRIES | {"VCALENDAR"}:
            self._drop_unended(kind)
        self._open.append(Part(kind=kind, line=number))

    def _drop_unended(self, kind: str) -> None:
        """An event cannot hold another, nor a calendar: the one that is open lost its end."""
        while any(part.kind in ENTRIES or part.kind == kind for part in self._open):
            part = self._open.pop()
            if part.kind in ENTRIES:
                self._fault(part.line, f'{say_part(part)} has no "END:{part.kind}"')
            elif part.kind == "VCALENDAR":
                self._calendars.append(part)

    def _close(self, number: int, kind: str) -> None:
        if self._open and self._open[-1].kind in ENTRIES and kind not in _OF_CALENDARS:
            open_one = self._open[-1].kind
            if not any(part.kind == kind for part in self._open):
                self._fault(number, f'"END:{kind[:40]}" is taken for "END:{open_one}"')
                kind = open_one
        if not any(part.kind == kind for part in self._open):
            self._fault(number, f'"END:{kind}" ends nothing')
            return
        while (part := self._open.pop()).kind != kind:
            if part.kind in ENTRIES:
                self._fault(part.line, f'{say_part(part)} has no "END:{part.kind}"')
        self._keep(part)

    def _keep(self, part: Part) -> None:
        if part.kind == "VCALENDAR":
            self._calendars.append(part)
        elif part.kind in {"STANDARD", "DAYLIGHT"}:
            if self._open:
                self._open[-1].parts.append(part)
        elif part.kind in _KEPT:
            holder = next((one for one in self._open if one.kind == "VCALENDAR"), self._loose)
            holder.parts.append(part)

    def _fault(self, line: int, reason: str) -> None:
        # A file of noise is told in fifty lines; the reader of a report wants no more.
        if len(self._faults) < _MOST_FAULTS:
            self._faults.append(Fault(line=line, reason=reason))


def say_part(part: Part) -> str:
    """An event or to-do as it is named in a sentence."""
    name = part.text("SUMMARY")[:60]
    word = "the event" if part.kind == "VEVENT" else "the to-do"
    return f'{word} "{name}"' if name else word


def _unfold(text: str) -> Iterator[tuple[int, str]]:
    """(number of its first line, line) with the folded ones joined."""
    # Only these end a line: splitlines would also break at separators within a text.
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    number, parts, size = 1, list[str](), 0
    for row_number, row in enumerate(rows, start=1):
        if not row:
            # An empty line ends nothing: some exporters write one before each that is folded.
            continue
        if row[:1] in {" ", "\t"} and parts:
            if size <= LONGEST_LINE:
                parts.append(row[1:])
                size += len(row)
            continue
        if parts:
            yield number, "".join(parts)
        number, parts, size = row_number, [row], len(row)
    yield number, "".join(parts)


def _property(number: int, line: str, start: int, *, is_moment: bool) -> Property:
    """A property whose name ends at `start`, where a `;` or `:` stands."""
    if is_moment:
        # No moment has a colon in it, and the zone names of some exporters do, without quotes.
        head, _, value = line[start:].rpartition(":")
        return Property(value=value.strip(), params=_params(head), line=number)
    if '"' not in line:
        head, _, value = line[start:].partition(":")
        return Property(value=value, params=_params(head), line=number)
    is_quoted, at = False, start
    while at < len(line) and (is_quoted or line[at] != ":"):
        is_quoted ^= line[at] == '"'
        at += 1
    return Property(value=line[at + 1 :], params=_params(line[start:at]), line=number)


def _params(head: str) -> dict[str, str]:
    found: dict[str, str] = {}
    if not head:
        return found
    for match in re.finditer(r';\s*([A-Za-z0-9-]+)\s*=\s*("[^"]*"|[^;]*)', head):
        found.setdefault(match[1].upper(), match[2].strip().strip('"'))
    return found
