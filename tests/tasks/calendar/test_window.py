from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pmagent.errors import UsageError
from pmagent.tasks.calendar.window import read_window
from tests.tasks.calendar.files import BERLIN, MARCH, calendar, march, reasons, starts

WEEKLY = """
UID:standup@x
SUMMARY:Standup
DTSTART;TZID=Europe/Berlin:20260302T100000
DTEND;TZID=Europe/Berlin:20260302T103000
RRULE:FREQ=WEEKLY;COUNT=5
"""
ONE = "UID:one@x\nSUMMARY:One\nDTSTART:20260310T100000Z\nDTEND:20260310T110000Z"


def test_a_weekly_meeting_stays_at_its_hour_when_the_clocks_change() -> None:
    window = march(calendar(WEEKLY))

    assert starts(window) == [
        "2026-03-02T10:00:00+01:00",
        "2026-03-09T10:00:00+01:00",
        "2026-03-16T10:00:00+01:00",
        "2026-03-23T10:00:00+01:00",
        "2026-03-30T10:00:00+02:00",
    ]
    assert window.refusals == ()


def test_instances_are_excluded_moved_added_and_cancelled_as_the_file_says() -> None:
    data = calendar(
        WEEKLY + "EXDATE;TZID=Europe/Berlin:20260309T100000\nRDATE:20260312T150000Z",
        "UID:standup@x\nSUMMARY:Moved\nRECURRENCE-ID:20260316T090000Z\n"
        "DTSTART;TZID=Europe/Berlin:20260317T140000\nDTEND;TZID=Europe/Berlin:20260317T150000",
        "UID:standup@x\nSUMMARY:Off\nSTATUS:CANCELLED\n"
        "RECURRENCE-ID;TZID=Europe/Berlin:20260323T100000\n"
        "DTSTART;TZID=Europe/Berlin:20260323T100000",
    )

    window = march(data)

    assert [(one.summary, f"{one.start:%d %H:%M}", one.is_busy) for one in window.occurrences] == [
        ("Standup", "02 10:00", True),
        ("Standup", "12 15:00", True),
        ("Moved", "17 14:00", True),
        ("Off", "23 10:00", False),
        ("Standup", "30 10:00", True),
    ]


def test_a_change_of_this_and_all_later_instances_moves_them_and_their_length() -> None:
    later = (
        "UID:standup@x\nSUMMARY:Later\n"
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260316T100000\n"
        "DTSTART;TZID=Europe/Berlin:20260316T113000\nDTEND;TZID=Europe/Berlin:20260316T121500"
    )

    window = march(calendar(WEEKLY, later))

    shown = [f"{one.start:%d %H:%M}-{one.end:%H:%M}" for one in window.occurrences]
    names = [one.summary for one in window.occurrences]
    assert list(zip(names, shown, strict=True)) == [
        ("Standup", "02 10:00-10:30"),
        ("Standup", "09 10:00-10:30"),
        ("Later", "16 11:30-12:15"),
        ("Later", "23 11:30-12:15"),
        ("Later", "30 11:30-12:15"),
    ]  # fmt: skip


def test_a_date_as_until_means_all_of_that_day() -> None:
    data = calendar("DTSTART:20260302T100000\nRRULE:FREQ=DAILY;UNTIL=20260304")

    assert [one.start.day for one in march(data).occurrences] == [2, 3, 4]


def test_a_time_in_the_hour_that_is_skipped_or_doubled_is_the_one_the_standard_names() -> None:
    gap = calendar("DTSTART;TZID=America/New_York:20260308T023000\nDURATION:PT30M")
    fold = calendar("DTSTART;TZID=America/New_York:20261101T013000\nDURATION:PT30M")

    skipped = march(gap).occurrences[0].start
    doubled = read_window({"a": fold}, date(2026, 11, 1), date(2026, 11, 1)).occurrences[0].start

    assert isinstance(skipped, datetime)
    assert isinstance(doubled, datetime)
    assert skipped.astimezone(UTC).isoformat() == "2026-03-08T07:30:00+00:00"
    assert doubled.astimezone(UTC).isoformat() == "2026-11-01T05:30:00+00:00"


ZONE = """
BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE
"""


@pytest.mark.parametrize(
    ("zone", "head"),
    [
        ("W. Europe Standard Time", ""),
        ("/freeassociation.sourceforge.net/Europe/Berlin", ""),
        ('"Customized Time Zone"', ZONE),
        ("Customized Time Zone", ZONE),
        ("Western/Central Europe", ""),
    ],
)
def test_a_zone_is_known_by_the_names_that_exporters_give_it(zone: str, head: str) -> None:
    events = [f"DTSTART;TZID={zone}:202603{day}T100000" for day in ("28", "29", "30")]

    window = march(calendar(*events, head=head))

    assert [one.start.isoformat()[11:] for one in window.occurrences] == [
        "10:00:00+01:00",
        "10:00:00+02:00",
        "10:00:00+02:00",
    ]


def test_an_unknown_zone_is_taken_as_local_time_and_said() -> None:
    window = march(calendar("SUMMARY:x\nDTSTART;TZID=Mars/Base:20260310T100000"))

    assert [(one.is_floating, one.start.isoformat()) for one in window.occurrences] == [
        (True, "2026-03-10T10:00:00+01:00")
    ]
    assert any('the zone "Mars/Base" is unknown' in note for note in window.notes)


def test_a_google_export_in_utc_is_in_the_zone_that_the_calendar_names() -> None:
    data = calendar(
        "DTSTART:20260323T090000Z\nRRULE:FREQ=WEEKLY;COUNT=2", head="X-WR-TIMEZONE:Europe/Berlin"
    )

    assert starts(march(data)) == ["2026-03-23T10:00:00+01:00", "2026-03-30T10:00:00+02:00"]


def test_of_two_exports_the_higher_sequence_wins_and_else_the_newer_file() -> None:
    moved = ONE.replace("T10", "T14").replace("T11", "T15")
    days = {"old.ics": 1, "new.ics": 5}
    written = {name: datetime(2026, 3, day, tzinfo=UTC) for name, day in days.items()}

    def hours(old: str, new: str) -> list[str]:
        files = {"new.ics": calendar(new), "old.ics": calendar(old)}
        window = read_window(files, *MARCH, zone="UTC", mtimes=written)
        return [f"{one.start:%H}" for one in window.occurrences]

    assert hours(ONE, moved) == ["14"]
    assert hours(moved + "\nSEQUENCE:2", ONE + "\nSEQUENCE:1") == ["14"]


def test_the_same_uid_in_other_kinds_of_calendars_and_without_one_is_not_joined() -> None:
    window = march(calendar("SUMMARY:a\nDTSTART:20260310", "SUMMARY:b\nDTSTART:20260310"))

    assert [one.summary for one in window.occurrences] == ["a", "b"]


def test_what_is_free_declined_of_outlook_or_a_todo_takes_no_time() -> None:
    data = calendar(
        ONE + "\nTRANSP:TRANSPARENT",
        "SUMMARY:Out\nDTSTART:20260311T100000Z\nX-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "SUMMARY:Busy\nDTSTART:20260312T100000Z\nDURATION:PT1H",
    )
    data = data.replace(
        b"END:VCALENDAR",
        b"BEGIN:VTODO\nSUMMARY:Do\nDUE:20260313T100000Z\nEND:VTODO\nEND:VCALENDAR",
    )

    window = march(data)

    assert [(one.summary, one.is_busy) for one in window.occurrences] == [
        ("One", False),
        ("Out", False),
        ("Busy", True),
        ("Do", False),
    ]


def test_our_own_blocks_are_known_again() -> None:
    window = march(calendar("UID:pmagent-prd-1@local\nDTSTART:20260310T100000Z", ONE))

    assert [one.is_ours for one in window.occurrences] == [True, False]


def test_the_end_of_what_is_known_is_said_with_the_file_it_comes_from() -> None:
    written = datetime(2026, 3, 4, 12, tzinfo=UTC)

    window = read_window(
        {"work.ics": calendar(WEEKLY, ONE)}, *MARCH, zone=BERLIN, mtimes={"work.ics": written}
    )

    assert (window.known_until, window.exported) == (date(2026, 3, 10), written)
    assert window.notes == (
        '"work.ics", written on 2026-03-04, is known up to 2026-03-10: '
        "after it only what repeats is",
    )


def test_the_window_that_an_exporter_names_is_what_is_known() -> None:
    head = "X-CALSTART:20260301T000000Z\nX-CALEND:20260321T000000Z"

    assert march(calendar(ONE, head=head)).known_until == date(2026, 3, 20)


def test_days_of_the_reader_are_those_of_their_zone() -> None:
    late = calendar("SUMMARY:Late\nDTSTART:20260331T230000Z\nDURATION:PT30M")

    assert starts(march(late, "Europe/Berlin")) == []
    assert starts(march(late, "America/New_York")) == ["2026-03-31T23:00:00+00:00"]


def test_an_unknown_zone_of_the_reader_or_days_the_wrong_way_round_are_usage_errors() -> None:
    with pytest.raises(UsageError, match="there is no time zone"):
        march(calendar(ONE), "../../etc/passwd")
    with pytest.raises(UsageError, match="is before"):
        read_window({}, date(2026, 3, 2), date(2026, 3, 1))


def test_the_same_files_give_the_same_window() -> None:
    files = {"a.ics": calendar(WEEKLY, ONE), "b.ics": calendar(ONE, WEEKLY)}

    assert read_window(files, *MARCH) == read_window(files, *MARCH)


def test_a_rule_that_is_not_understood_keeps_its_first_instance_and_says_so() -> None:
    window = march(calendar(ONE + "\nRRULE:FREQ=YEARLY;RSCALE=CHINESE"))

    assert [one.summary for one in window.occurrences] == ["One"]
    assert reasons(window) == [
        (8, 'the event "One": when it repeats is not known: it counts in the chinese calendar')
    ]
