"""`pmagent calendar`: what exported calendar files say of some days. Needs no garden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from pmagent.cli import codes
from pmagent.cli.output import Output, columns, common_options, make_output, shorten
from pmagent.days import day_name, parse_day
from pmagent.errors import UsageError
from pmagent.nlp.counted import counted
from pmagent.paths import reason_of
from pmagent.types.tasks import CalendarWindow, Occurrence, Refusal

if TYPE_CHECKING:
    from pmagent.tasks.calendar.agenda import AgendaLine

_WEEK = timedelta(days=7)
_MOST_FILES = 200
_PERIOD = ("start", "start_utc", "end", "end_utc", "status")
"""What is told of a time that is taken by nobody knows what."""


@click.command(short_help="What exported calendars say of some days.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--from", "first", metavar="DATE", help="The first day; else today.")
@click.option("--to", "end", metavar="DATE", help="The day after the last; else a week later.")
@click.option("--zone", metavar="NAME", default="", help="Your time zone, such as Europe/Lisbon.")
@click.option(
    "--me", multiple=True, metavar="ADDRESS", help="Your address: what it declined takes no time."
)
@common_options
def command(files: tuple[str, ...], **flags: object) -> int:
    """Show what calendar files (.ics, or folders of them) hold from one day up to another.

    Nothing is fetched: only what was exported is known, and where that ends is said. Exit code 8
    when a file, or a part of one, was refused; 2 when the days or the zone make no sense.
    """
    # Late: it brings a parser that --help does without.
    from pmagent.tasks.calendar.window import read_window  # noqa: PLC0415

    output = make_output("calendar", flags)
    first, end = _days(str(flags["first"] or ""), str(flags["end"] or ""))
    zone = str(flags["zone"])
    read, mtimes, unread = _read_all(files)
    owners = cast("tuple[str, ...]", flags["me"])
    last = end - timedelta(days=1)
    refusals = list(unread)
    if output.as_json:
        # Each file by itself: what is in two exports is in both.
        windows = {
            name: read_window({name: data}, first, last, zone=zone, mtimes=mtimes, owners=owners)
            for name, data in read.items()
        }
        refusals += [one for window in windows.values() for one in window.refusals]
        values = {name: _file_values(window, end) for name, window in windows.items()}
        values |= {one.file: _unread_values(one, first, end) for one in unread}
        data = {"from": first.isoformat(), "to": end.isoformat(), "files": values}
        output.envelope(data, ok=not refusals)
    else:
        window = read_window(read, first, last, zone=zone, mtimes=mtimes, owners=owners)
        refusals += window.refusals
        if window.occurrences or set(read) - {one.file for one in refusals} or not refusals:
            _show(output, window)
        for note in window.notes:
            output.note(note)
    for one in refusals:
        output.say(f"refused: {_said(one)}")
    return codes.PARTIAL if refusals else codes.OK


# -- what was asked for ----------------------------------------------------------------------------


def _days(first: str, end: str) -> tuple[date, date]:
    """The first day and the one after the last; a day twice is that one."""
    begun = (
        parse_day(first, is_end=False, flag="--from")
        if first
        else datetime.now(UTC).astimezone().date()
    )
    until = parse_day(end, is_end=False, flag="--to") if end else begun + _WEEK
    if until < begun:
        raise UsageError(f"--to {until} is before --from {begun}", "name the earlier day first")
    return begun, max(until, begun + timedelta(days=1))


def _read_all(
    names: Sequence[str],
) -> tuple[dict[str, bytes], dict[str, datetime], list[Refusal]]:
    """(bytes, when written) by a short name, and the files that cannot be read."""
    from pmagent.tasks.calendar.limits import MOST_BYTES  # noqa: PLC0415 - as in `command`

    refusals: list[Refusal] = []
    paths: list[Path] = []
    for name in names:
        found = list(_files(Path(name)))
        paths += found
        if not found:
            refusals.append(Refusal(file=name, reason="no file in this folder ends with .ics"))
    if len(paths) > _MOST_FILES:
        raise UsageError(f"these are {len(paths)} files", f"give at most {_MOST_FILES}")
    short = Counter(path.name for path in paths)
    read: dict[str, bytes] = {}
    mtimes: dict[str, datetime] = {}
    for path in paths:
        name = path.name if short[path.name] == 1 else str(path)
        try:
            with path.open("rb") as file:
                # One more than is taken tells that it is too large, without reading all of it.
                read[name] = file.read(MOST_BYTES + 1)
            mtimes[name] = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except OSError as exc:
            refusals.append(Refusal(file=name, reason=f"it cannot be read: {reason_of(exc)}"))
    return read, mtimes, refusals


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(one for one in path.iterdir() if one.suffix.lower() in {".ics", ".ical"})
    else:
        yield path


# -- as JSON ---------------------------------------------------------------------------------------


def _file_values(window: CalendarWindow, end: date) -> dict[str, object]:
    listed = [one for one in window.occurrences if one.component != "VFREEBUSY"]
    events = [event_values(one) for one in listed]
    values: dict[str, object] = {
        "n": len(events),
        "events": events,
        "from": window.first.isoformat(),
        "to": end.isoformat(),
        "zone": window.zone,
        "known_until": window.known_until.isoformat() if window.known_until else None,
        "notes": list(window.notes),
        "not_busy": [
            {"event": at, "reason": reason}
            for at, one in enumerate(listed)
            if (reason := _why_not_busy(one))
        ],
        "busy": [
            {name: value for name, value in event_values(one).items() if name in _PERIOD}
            for one in window.occurrences
            if one.component == "VFREEBUSY"
        ],
    }
    if window.refusals:
        values["damaged"] = True
        values["refused"] = [
            {"line": one.line or None, "reason": one.reason} for one in window.refusals
        ]
    return values


def _unread_values(one: Refusal, first: date, end: date) -> dict[str, object]:
    return {
        "n": 0,
        "events": [],
        "from": first.isoformat(),
        "to": end.isoformat(),
        "zone": None,
        "known_until": None,
        "notes": [],
        "not_busy": [],
        "busy": [],
        "damaged": True,
        "refused": [{"line": None, "reason": one.reason}],
    }


def event_values(one: Occurrence) -> Mapping[str, object]:
    """The fields of an occurrence as `--json` has them: in its own zone, and in UTC beside."""
    return {
        "summary": one.summary,
        "start": _iso(one, one.start),
        "start_utc": _utc(one, one.start),
        "end": _iso(one, one.end),
        "end_utc": _utc(one, one.end),
        "all_day": one.is_all_day,
        "floating": one.is_floating,
        "status": one.status,
        "component": one.component,
    }


def _why_not_busy(one: Occurrence) -> str:
    """Why it takes no time; empty where it does."""
    if one.component == "VTODO":
        return "to-do"
    if one.is_cancelled:
        return "cancelled"
    if one.is_declined:
        return "declined"
    return "" if one.is_busy else "transparent"


def _iso(one: Occurrence, moment: datetime | date) -> str:
    if isinstance(moment, datetime) and one.is_floating:
        return moment.replace(tzinfo=None).isoformat()
    return moment.isoformat()


def _utc(one: Occurrence, moment: datetime | date) -> str | None:
    if not isinstance(moment, datetime) or one.is_floating:
        return None
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


# -- as text ---------------------------------------------------------------------------------------


def _show(output: Output, window: CalendarWindow) -> None:
    from pmagent.tasks.calendar.agenda import agenda  # noqa: PLC0415 - as in `command`

    days = agenda(window)
    width = columns()
    calendars = {one.calendar for one in window.occurrences}
    is_first = True
    for day, lines in days.items():
        if not is_first:
            output.line()
        is_first = False
        output.line(output.style(f"{day_name(day)} {day.year}", "bold"))
        column = max(13, *(len(line.when) + 2 for line in lines))
        for line in lines:
            output.line(output.style(_row(line, column, width, is_named=len(calendars) > 1)))
    events = [one for one in window.occurrences if one.component != "VFREEBUSY"]
    busy = sum(one.is_busy for one in events)
    taken = len(window.occurrences) - len(events)
    more = f" {counted(taken, 'taken time')} without a name," if taken else ""
    output.say(
        f"{counted(len(events), 'event')}, {busy:,} of them busy,{more} on "
        f"{counted(len(days), 'day')}; times of {window.zone}"
    )


def _row(line: AgendaLine, column: int, width: int, *, is_named: bool) -> str:
    marks = f" ({', '.join(line.marks)})" if line.marks else ""
    calendar = f"  [{shorten(line.calendar, 18)}]" if is_named else ""
    room = max(12, width - column - 2 - len(marks) - len(calendar))
    return f"  {line.when:<{column}}{shorten(line.summary, room)}{marks}{calendar}"


def _said(one: Refusal) -> str:
    where = f'"{one.file}" line {one.line}' if one.line else f'"{one.file}"'
    return f"{where}: {one.reason}"
