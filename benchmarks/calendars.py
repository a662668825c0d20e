"""Calendar files against what they should say: `pmagent calendar` and what one would script first.

    python -m benchmarks.calendars FOLDER...       folders with .ics files and an expected.json
    python -m benchmarks.calendars --speed         CPU seconds of both on two large calendars

The script is icalendar with recurring-ical-events, each file read once, its occurrences sorted.
A file counts as equal when all fields of its first occurrences and their number are as expected;
one that the expectation has as damaged or as an error counts when it is refused, wholly or in part,
with a reason, or read (`more`). Where the expectation has no days, nothing dated was found: `more`
is then something that was. Ends with 1 where one of ours is none of these.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal, cast

import icalendar
import recurring_ical_events

from pmagent.tasks.calendar.window import read_window

Fields = dict[str, object]
Verdict = Literal["equal", "refused", "more", "other", "crashed"]
Way = Callable[[bytes, date, date], tuple[Sequence[Fields], bool]]
"""(occurrences, whether something was refused) of a file, from a day up to another."""
ANY_DAYS = (date(2000, 1, 1), date(2030, 1, 1))


def main() -> int:
    """Score every folder both ways and print what is not equal."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--speed", action="store_true")
    asked = parser.parse_args()
    if asked.speed:
        compare_speed()
    bad = 0
    for folder in cast("list[Path]", asked.folders):
        for name, way in (("pmagent", ours), ("script", scripted)):
            verdicts, seconds = score(folder, way)
            counts = Counter(verdicts.values())
            fine = counts["equal"] + counts["refused"] + counts["more"]
            print(
                f"{folder.name:8} {name:8} {fine:4} of {len(verdicts):4}  {seconds:5.2f} s  ",
                end="",
            )
            print("  ".join(f"{verdict} {count}" for verdict, count in sorted(counts.items())))
            for file, verdict in verdicts.items():
                if verdict in {"other", "crashed"}:
                    print(f"    {verdict:8} {file}")
            bad += len(verdicts) - fine if way is ours else 0
    return int(bool(bad))


def compare_speed() -> None:
    """Print the CPU seconds of both ways, and how many times faster ours is."""
    begin = datetime(2006, 1, 2, 8, tzinfo=UTC)
    single = [_event(number, begin + timedelta(hours=30 * number)) for number in range(5_000)]
    daily = [
        _event(number, begin + timedelta(minutes=15 * number), "RRULE:FREQ=DAILY")
        for number in range(40)
    ]
    for name, events, days in (
        ("5,000 events, a week of them", single, (date(2016, 3, 7), date(2016, 3, 14))),
        ("5,000 events, all of them", single, (date(2006, 1, 1), date(2026, 1, 1))),
        ("40 daily rules, a week after 20 years", daily, (date(2026, 3, 9), date(2026, 3, 16))),
        ("40 daily rules, the 20th year", daily, (date(2025, 1, 1), date(2026, 1, 1))),
    ):
        data = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *events, "END:VCALENDAR", ""])
        spent: list[float] = []
        counts: set[int] = set()
        for way in (ours, scripted):
            begun = time.process_time()
            found, _ = way(data.encode(), *days)
            spent.append(time.process_time() - begun)
            counts.add(len(found))
        ratio = spent[1] / max(spent[0], 1e-9)
        print(
            f"{name:38} {max(counts):6,} found  pmagent {spent[0]:6.2f} s  "
            f"script {spent[1]:6.2f} s  {ratio:5.1f} times" + (" UNEQUAL" * (len(counts) > 1))
        )


def _event(number: int, start: datetime, *more: str) -> str:
    at = f"{start:%Y%m%dT%H%M%S}"
    lines = (
        "BEGIN:VEVENT", f"UID:{number}@x", f"SUMMARY:Meeting {number}", "DTSTAMP:20260101T000000Z",
        f"DTSTART;TZID=Europe/Berlin:{at}", "DURATION:PT45M", *more, "END:VEVENT",
    )  # fmt: skip
    return "\r\n".join(lines)


def score(folder: Path, way: Way) -> tuple[dict[str, Verdict], float]:
    """The verdict on each file that the folder expects something of, and the time it took."""
    whole = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    files = cast("dict[str, Fields]", whole["files"])
    begun = time.perf_counter()
    verdicts = {name: judge((folder / name).read_bytes(), say, way) for name, say in files.items()}
    return verdicts, time.perf_counter() - begun


def judge(data: bytes, expected: Mapping[str, object], way: Way) -> Verdict:
    """How one file was read."""
    days = [expected.get("from"), expected.get("to")]
    first, end = (date.fromisoformat(str(day)) for day in days) if all(days) else ANY_DAYS
    try:
        found, is_refused = way(data, first, end)
    except Exception as exc:  # noqa: BLE001 - of the script, whatever it ends with
        print(f"    {type(exc).__name__}: {str(exc)[:80]}")
        return "crashed"
    if "events" not in expected:
        return "refused" if is_refused else "more" if found else "other"
    wanted = cast("list[Fields]", expected["events"])
    if list(found[:40]) == wanted[:40] and len(found) == expected["n"]:
        return "equal"
    return "other" if all(days) else "more"


def ours(data: bytes, first: date, end: date) -> tuple[Sequence[Fields], bool]:
    """As `pmagent calendar --json` has it."""
    from pmagent.cli.calendar_command import event_values

    window = read_window({"a.ics": data}, first, end - timedelta(days=1))
    named = (one for one in window.occurrences if one.component != "VFREEBUSY")
    return [dict(event_values(one)) for one in named], bool(window.refusals)


def scripted(data: bytes, first: date, end: date) -> tuple[Sequence[Fields], bool]:
    """What one would write in ten lines."""
    found: list[Fields] = []
    for calendar in icalendar.Calendar.from_ical(data, multiple=True):
        query = recurring_ical_events.of(calendar, components=["VEVENT", "VTODO"])
        found += [_fields(component) for component in query.between(first, end)]
    return sorted(found, key=lambda one: str(one["start_utc"] or one["start"])), False


def _fields(component: icalendar.Component) -> Fields:
    start = component["DTSTART"].dt
    last = component.get("DTEND") or component.get("DUE")
    end = last.dt if last else start
    is_timed = isinstance(start, datetime)
    is_zoned = is_timed and start.tzinfo is not None

    def utc(moment: datetime) -> str | None:
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if is_zoned else None

    return {
        "summary": str(component.get("SUMMARY", "")),
        "start": start.isoformat(),
        "start_utc": utc(start),
        "end": end.isoformat(),
        "end_utc": utc(end),
        "all_day": not is_timed,
        "floating": is_timed and not is_zoned,
        "status": str(component.get("STATUS", "")),
        "component": component.name,
    }


if __name__ == "__main__":
    raise SystemExit(main())
