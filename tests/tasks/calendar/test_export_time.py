"""Up to when a calendar is known: the moment of the export, and not that of a copy."""

from __future__ import annotations

from datetime import UTC, date, datetime

from pmagent.tasks.calendar.window import read_window
from pmagent.types.tasks import CalendarWindow
from tests.tasks.calendar.files import calendar

COPIED = datetime(2026, 11, 23, 9, tzinfo=UTC)


def window(*stamps: str) -> CalendarWindow:
    data = calendar(*(
        f"UID:{place}@x\nSUMMARY:One\nDTSTAMP:{stamp}\nDTSTART:2026020{place + 2}T090000Z\n"
        f"DTEND:2026020{place + 2}T100000Z"
        for place, stamp in enumerate(stamps)
    ))  # fmt: skip
    days = (date(2026, 2, 2), date(2026, 2, 15))
    return read_window({"w.ics": data}, *days, zone="UTC", mtimes={"w.ics": COPIED})


def test_a_file_that_was_copied_is_known_up_to_the_day_that_its_events_say() -> None:
    found = window("20260130T190000Z", "20260130T190000Z", "20260130T190010Z")

    assert found.exported == datetime(2026, 1, 30, 19, 0, 10, tzinfo=UTC)
    assert found.known_until == date(2026, 2, 4)
    assert '"w.ics", written on 2026-01-30, is known up to 2026-02-04' in " ".join(found.notes)


def test_where_each_event_has_a_stamp_of_its_own_the_file_says_when_it_was_written() -> None:
    found = window("20250130T190000Z", "20260120T190000Z")

    assert found.exported == COPIED
    assert found.known_until == COPIED.date()
