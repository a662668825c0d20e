"""A plan opened by `ical`, a library that did not write it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream

from pmagent.tasks.calendar.write import write_blocks
from pmagent.types.tasks import Block

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
Row = tuple[str, int | None, str, datetime, datetime, str]


def opened(data: bytes) -> list[Row]:
    """(uid, sequence, name, start, end, status) of each event, as the other library has them."""
    calendar = IcsCalendarStream.calendar_from_ics(data.decode())
    return sorted(
        (
            event.uid,
            event.sequence,
            event.summary or "",
            cast("datetime", event.dtstart).astimezone(UTC),
            cast("datetime", event.dtend).astimezone(UTC),
            str(event.status.value) if event.status else "",
        )
        for event in calendar.events
    )


def planned(block: Block, *, is_dropped: bool = False) -> Row:
    return (
        f"{block.id}@local",
        block.sequence + is_dropped,
        block.title,
        block.start.astimezone(UTC),
        block.end.astimezone(UTC),
        "CANCELLED" if is_dropped else "CONFIRMED",
    )


def block(number: int, start: datetime, minutes: int = 90, **changes: object) -> Block:
    end = (start.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(start.tzinfo)
    fields = {"card": "prd", "title": "Write", "start": start, "end": end}
    return Block(**{"id": f"pmagent-prd-{number}", **fields, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Berlin", datetime(2026, 3, 28, 22)),  # noqa: DTZ001 - a wall time, given its zone
        ("Europe/Berlin", datetime(2026, 10, 24, 23)),  # noqa: DTZ001
        ("America/New_York", datetime(2026, 3, 7, 23)),  # noqa: DTZ001
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 22)),  # noqa: DTZ001
        ("Asia/Kolkata", datetime(2026, 3, 9, 9)),  # noqa: DTZ001
        ("UTC", datetime(2026, 3, 9, 9)),  # noqa: DTZ001
    ],
)
def test_blocks_around_a_change_of_the_clocks_are_at_the_same_moments(
    zone: str, day: datetime
) -> None:
    begin = day.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    here = ZoneInfo(zone)
    starts = [(begin + timedelta(minutes=30 * step)).astimezone(here) for step in range(16)]
    blocks = [block(number, start, 45) for number, start in enumerate(starts)]

    assert opened(write_blocks(blocks, zone, NOW)) == sorted(map(planned, blocks))


def test_names_with_every_sign_and_blocks_that_were_dropped_are_read_the_same() -> None:
    at = datetime(2026, 3, 9, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    names = [
        "a, b; c",
        "one\ntwo",
        'back\\slash "quoted"',
        "☕️ Kaffee 日本語",
        "C:\\new",
        "x" * 300,
    ]
    blocks = [block(number, at, title=name, sequence=number) for number, name in enumerate(names)]
    gone = block(9, at, sequence=4)

    found = opened(write_blocks(blocks, "Europe/Berlin", NOW, dropped=[gone]))

    assert found == sorted([*map(planned, blocks), planned(gone, is_dropped=True)])


TITLES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=120)
MOMENTS = st.integers(0, 400 * 24 * 12)
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Europe/Dublin", "UTC"])


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(TITLES, MOMENTS, st.integers(1, 40)), max_size=5), ZONES)
def test_whatever_is_planned_another_library_opens_it_equal(
    rows: list[tuple[str, int, int]], zone: str
) -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    blocks = [
        block(number, begin + timedelta(minutes=5 * at), 5 * length, title=title)
        for number, (title, at, length) in enumerate(rows)
    ]

    assert opened(write_blocks(blocks, zone, NOW)) == sorted(map(planned, blocks))
