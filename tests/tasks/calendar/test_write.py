from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from pmagent.errors import UsageError
from pmagent.tasks.calendar.window import read_window
from pmagent.tasks.calendar.write import write_blocks
from pmagent.types.tasks import Block
from tests.tasks.calendar.files import BERLIN

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
HERE = ZoneInfo(BERLIN)


def block(number: int = 1, hour: int = 9, **changes: object) -> Block:
    start = datetime(2026, 3, 9, hour, tzinfo=HERE)
    fields = {
        "id": f"pmagent-prd-{number}",
        "card": "prd",
        "title": "Write the PRD; draft, then review",
        "start": start,
        "end": start + timedelta(minutes=90),
        "why": "The first free hour before it is due\nand the longest.",
    }
    return Block(**{**fields, **changes})  # type: ignore[arg-type]


def lines_of(data: bytes) -> list[str]:
    """The unfolded lines, after a look at what RFC 5545 asks of the raw ones."""
    assert data.endswith(b"\r\n")
    rows = data.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(row) <= 75 and b"\n" not in row and b"\r" not in row for row in rows)
    return data.decode().replace("\r\n ", "").splitlines()


def test_a_block_is_written_as_calendars_want_it() -> None:
    lines = lines_of(write_blocks([block(sequence=2)], BERLIN, NOW))

    event = lines[lines.index("BEGIN:VEVENT") + 1 : lines.index("END:VEVENT")]
    assert sorted(event) == [
        "CATEGORIES:pmagent",
        "DESCRIPTION:The first free hour before it is due\\nand the longest.",
        "DTEND;TZID=Europe/Berlin:20260309T103000",
        "DTSTAMP:20260301T080000Z",
        "DTSTART;TZID=Europe/Berlin:20260309T090000",
        "SEQUENCE:2",
        "STATUS:CONFIRMED",
        "SUMMARY:Write the PRD\\; draft\\, then review",
        "TRANSP:OPAQUE",
        "UID:pmagent-prd-1@local",
    ]


def test_the_zone_is_defined_by_the_clock_that_each_change_ends() -> None:
    lines = lines_of(write_blocks([block()], BERLIN, NOW))

    zone = lines[lines.index("BEGIN:VTIMEZONE") : lines.index("END:VTIMEZONE")]
    at = zone.index("DTSTART:20260329T020000")
    assert zone[at - 1 : at + 5] == [
        "BEGIN:DAYLIGHT",
        "DTSTART:20260329T020000",
        "TZNAME:CEST",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "END:DAYLIGHT",
    ]
    assert "DTSTART:20261025T030000" in zone


def test_a_dropped_block_is_cancelled_with_a_higher_sequence() -> None:
    data = write_blocks([block(1)], BERLIN, NOW, dropped=[block(2, 12, sequence=3)])

    window = read_window({"plan.ics": data}, date(2026, 3, 9), date(2026, 3, 9))

    assert [(one.uid, one.status, one.sequence, one.is_busy) for one in window.occurrences] == [
        ("pmagent-prd-1@local", "CONFIRMED", 0, True),
        ("pmagent-prd-2@local", "CANCELLED", 4, False),
    ]


def test_the_order_of_the_blocks_changes_no_byte() -> None:
    blocks = [block(1), block(2, 12), block(3, 14)]

    assert write_blocks(blocks, BERLIN, NOW) == write_blocks(blocks[::-1], BERLIN, NOW)


def test_a_zone_that_is_none_and_a_block_that_is_there_twice_are_usage_errors() -> None:
    with pytest.raises(UsageError, match="no time zone"):
        write_blocks([block()], "Nowhere", NOW)
    with pytest.raises(UsageError, match='two blocks are called "pmagent-prd-1"'):
        write_blocks([block()], BERLIN, NOW, dropped=[block()])


TITLES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=120)
MOMENTS = st.integers(0, 400 * 24 * 12)
ZONES = st.sampled_from([BERLIN, "America/New_York", "Australia/Lord_Howe", "Europe/Dublin", "UTC"])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(TITLES, MOMENTS, st.integers(1, 40)), max_size=6), ZONES)
def test_what_is_written_is_read_back_equal_by_us_and_by_another_library(
    rows: list[tuple[str, int, int]], zone: str
) -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    blocks = [
        block(
            number,
            title=title,
            start=begin + timedelta(minutes=5 * at),
            end=begin + timedelta(minutes=5 * (at + length)),
        )
        for number, (title, at, length) in enumerate(rows)
    ]
    expected = sorted((f"{one.id}@local", one.title, one.start, one.end) for one in blocks)

    data = write_blocks(blocks, zone, NOW)

    ours = read_window({"plan.ics": data}, date(2025, 12, 1), date(2027, 12, 1), zone=zone)
    assert ours.refusals == ()
    assert expected == sorted(
        (
            one.uid,
            one.summary,
            cast("datetime", one.start).astimezone(UTC),
            cast("datetime", one.end).astimezone(UTC),
        )
        for one in ours.occurrences
    )
    assert expected == sorted(
        (str(one["UID"]), str(one["SUMMARY"]), one.start.astimezone(UTC), one.end.astimezone(UTC))
        for one in Calendar.from_ical(data).events
    )
    lines_of(data)
