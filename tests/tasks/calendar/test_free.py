from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from pmagent.tasks.calendar.free import busy_times, free_slots
from pmagent.tasks.calendar.window import read_window
from pmagent.types.tasks import CalendarWindow, Habits, Hours, Occurrence
from tests.tasks.calendar.files import BERLIN, calendar, spans

NINE_TO_FIVE = Hours(start=time(9), end=time(17))
WEEK = tuple((day, (NINE_TO_FIVE,)) for day in ("mon", "tue", "wed", "thu", "fri"))
MONDAY = date(2026, 3, 9)


def habits(**changes: object) -> Habits:
    return Habits(**{"zone": BERLIN, "hours": WEEK, "buffer": 10, **changes})  # type: ignore[arg-type]


def day_of(*events: str, day: date = MONDAY, zone: str = BERLIN) -> CalendarWindow:
    return read_window({"a.ics": calendar(*events)}, day, day, zone=zone)


def test_meetings_are_taken_with_a_buffer_and_overlapping_ones_once() -> None:
    window = day_of(
        "DTSTART:20260309T090000Z\nDTEND:20260309T100000Z",
        "DTSTART:20260309T093000Z\nDTEND:20260309T103000Z",
        "DTSTART:20260309T150000Z\nDTEND:20260309T170000Z",
    )

    assert spans(free_slots(window, habits())) == [
        "2026-03-09T09:00+0100 to 09:50",
        "2026-03-09T11:40+0100 to 15:50",
    ]


def test_what_takes_no_time_leaves_the_day_free() -> None:
    window = day_of(
        "DTSTART:20260309T090000Z\nDTEND:20260309T100000Z\nSTATUS:CANCELLED",
        "DTSTART:20260309T100000Z\nDTEND:20260309T110000Z\nTRANSP:TRANSPARENT",
        "UID:pmagent-prd-1@local\nDTSTART:20260309T120000Z\nDTEND:20260309T130000Z",
    )

    assert spans(free_slots(window, habits())) == ["2026-03-09T09:00+0100 to 17:00"]


def test_an_all_day_event_and_a_day_off_take_the_whole_day() -> None:
    assert free_slots(day_of("DTSTART;VALUE=DATE:20260309"), habits()) == ()
    assert free_slots(day_of(), habits(days_off=(MONDAY,))) == ()
    assert free_slots(day_of(day=date(2026, 3, 8)), habits()) == ()


def test_a_floating_meeting_is_at_its_hour_where_the_person_is() -> None:
    window = day_of("DTSTART:20260309T090000\nDURATION:PT4H", zone="America/New_York")

    assert spans(free_slots(window, habits(buffer=0))) == ["2026-03-09T13:00+0100 to 17:00"]


def test_a_day_on_which_the_clocks_change_has_the_hours_it_really_has() -> None:
    all_day = (("sun", (Hours(start=time(0), end=time(12)),)),)

    def hours(day: date) -> timedelta:
        [(start, end)] = free_slots(day_of(day=day), habits(hours=all_day))
        return end.astimezone(UTC) - start.astimezone(UTC)

    assert hours(date(2026, 3, 29)) == timedelta(hours=11)
    assert hours(date(2026, 10, 25)) == timedelta(hours=13)


def test_a_meeting_in_the_hour_that_is_skipped_takes_its_length() -> None:
    data = "DTSTART;TZID=Europe/Berlin:20260329T023000\nDTEND;TZID=Europe/Berlin:20260329T030000"
    window = day_of(data, day=date(2026, 3, 29))

    assert spans(busy_times(window, ZoneInfo(BERLIN))) == ["2026-03-29T03:30+0200 to 04:00"]


MINUTES = st.integers(0, 14 * 24 * 60)
MEETINGS = st.lists(st.tuples(MINUTES, st.integers(0, 600)), max_size=25)
FIRST = date(2026, 3, 23)
ZONES = st.sampled_from([BERLIN, "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"])


@settings(max_examples=40, deadline=None)
@given(MEETINGS, st.integers(0, 30), ZONES)
def test_free_time_is_in_working_hours_apart_from_meetings_and_leaves_none_out(
    meetings: list[tuple[int, int]], buffer: int, zone: str
) -> None:
    begin = datetime(2026, 3, 23, tzinfo=UTC)
    taken = [
        (begin + timedelta(minutes=at), begin + timedelta(minutes=at + length))
        for at, length in meetings
    ]
    window = CalendarWindow(
        first=FIRST,
        last=FIRST + timedelta(days=13),
        zone=zone,
        occurrences=tuple(Occurrence(summary="x", start=at, end=end) for at, end in taken),
    )
    here = ZoneInfo(zone)
    keep = timedelta(minutes=buffer)

    slots = free_slots(window, habits(zone=zone, buffer=buffer))

    def is_free(moment: datetime) -> bool:
        local = moment.astimezone(here)
        is_work = local.weekday() < 5 and time(9) <= local.time() < time(17)
        return is_work and not any(at - keep <= moment < end + keep for at, end in taken)

    assert all(earlier[1] < later[0] for earlier, later in pairwise(slots))
    for minute in range(0, 14 * 24 * 60, 23):
        moment = begin + timedelta(minutes=minute)
        if FIRST <= moment.astimezone(here).date() <= window.last:
            assert any(start <= moment < end for start, end in slots) == is_free(moment)
