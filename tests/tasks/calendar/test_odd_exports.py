"""What exporters write that the standard does not foresee, each as the programs that read it do."""

from __future__ import annotations

from datetime import date

import pytest

from pmagent.errors import UsageError
from pmagent.tasks.calendar.window import read_window
from tests.tasks.calendar.files import BERLIN, calendar, march, reasons, starts

MEETING = (
    "UID:a@x\nSUMMARY:Review\nDTSTART;TZID=Europe/Berlin:20260302T100000\n"
    "DTEND;TZID=Europe/Berlin:20260302T110000\n"
)
DAY = "UID:a@x\nSUMMARY:Fair\nDTSTART;VALUE=DATE:20260302\n"


def test_an_added_date_is_shown_in_the_zone_that_it_is_written_in() -> None:
    added = march(calendar(f"{MEETING}RDATE;VALUE=PERIOD:20260305T090000Z/PT3H")).occurrences[1]

    assert f"{added.start.isoformat()} to {added.end.isoformat()}" == (
        "2026-03-05T09:00:00+00:00 to 2026-03-05T12:00:00+00:00"
    )


def test_an_added_date_in_another_zone_is_excluded_and_moved_by_its_moment() -> None:
    data = calendar(
        f"{MEETING}RDATE:20260305T090000Z,20260306T090000Z\n"
        "EXDATE;TZID=Europe/Berlin:20260305T100000",
        "UID:a@x\nRECURRENCE-ID;TZID=Europe/Berlin:20260306T100000\nDTSTART:20260307T090000Z",
    )

    assert [day[:10] for day in starts(march(data))] == ["2026-03-02", "2026-03-07"]


def test_a_change_of_an_older_version_that_the_series_has_no_more_is_left_out() -> None:
    old = (
        "UID:a@x\nSUMMARY:Old\nSEQUENCE:{}\nRRULE:FREQ=DAILY;COUNT=3\n"
        "RECURRENCE-ID;TZID=Europe/Berlin:20260310T100000\n"
        "DTSTART;TZID=Europe/Berlin:20260310T150000"
    )
    weekly = f"{MEETING}SEQUENCE:2\nRRULE:FREQ=WEEKLY;COUNT=2"

    def names(sequence: int, master: str = weekly) -> list[str]:
        window = march(calendar(master, old.format(sequence)))
        return [one.summary for one in window.occurrences]

    assert names(1) == ["Review", "Review"]
    assert names(3) == ["Review", "Review", "Old"]
    assert names(1, f"{MEETING}SEQUENCE:2\nRRULE:FREQ=DAILY;COUNT=9").count("Old") == 1


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,30;COUNT=3", [2, 3, 4]),
        ("FREQ=HOURLY;UNTIL=20260303T230000Z", [2, 3]),
        ("FREQ=DAILY\\;COUNT=2", [2, 3]),
        ("FREQ=YEARLY;BYEASTER=-30;COUNT=2", [2, 6]),
    ],
)
def test_an_all_day_event_is_once_on_a_day_whatever_its_rule_says_of_hours(
    rule: str, days: list[int]
) -> None:
    assert [one.start.day for one in march(calendar(f"{DAY}RRULE:{rule}")).occurrences] == days


def test_a_part_of_a_rule_that_is_not_known_is_not_guessed_at() -> None:
    window = march(calendar(f"{DAY}RRULE:FREQ=DAILY;BYMOON=FULL"))

    assert len(window.occurrences) == 1
    assert reasons(window) == [
        (7, 'the event "Fair": when it repeats is not known: it has BYMOON, which is not known')
    ]


def test_a_time_that_names_a_zone_and_utc_too_is_by_the_clock_of_the_zone() -> None:
    window = march(
        calendar(
            "DTSTART;TZID=Europe/Berlin:20260310T100000Z\nDTEND;TZID=Europe/Berlin:20260310T110000Z"
        )
    )

    assert starts(window) == ["2026-03-10T10:00:00+01:00"]
    assert any("2 times name a zone and UTC too" in note for note in window.notes)


def test_the_zone_of_a_calendar_holds_for_utc_by_any_name_and_not_for_to_dos() -> None:
    data = calendar("DTSTART;TZID=Etc/UTC:20260310T090000", head=f"X-WR-TIMEZONE:{BERLIN}")
    task = b"BEGIN:VTODO\nDUE:20260311T090000Z\nEND:VTODO\nEND:VCALENDAR"

    assert starts(march(data.replace(b"END:VCALENDAR", task))) == [
        "2026-03-10T10:00:00+01:00",
        "2026-03-11T09:00:00+00:00",
    ]


def test_texts_with_nulls_and_utf_16_without_its_mark_are_read() -> None:
    text = calendar(f"{MEETING}LOCATION:Café").decode()

    for data in (
        text.encode("utf-16-le"),
        text.encode("utf-16-be"),
        text.replace("Review", "Re\0view").encode() + b"\0" * 9,
    ):
        assert [one.summary for one in march(data).occurrences] == ["Review"]


def test_letters_that_a_fold_cuts_in_two_are_whole_and_lines_keep_their_numbers() -> None:
    data = calendar("DTSTART:20260310\nSUMMARY:Grüße an Zoë", "DTSTART:late")

    window = march(data.replace(b"\xc3\xbc", b"\xc3\r\n \xbc").replace(b"\xab", b"\r\n\t\xab"))

    assert [one.summary for one in window.occurrences] == ["Grüße an Zoë"]
    assert [line for line, _ in reasons(window)] == [10]
    assert not any("UTF-8" in note for note in window.notes)


def test_a_line_in_another_encoding_spoils_no_other_line() -> None:
    data = calendar("DTSTART:20260310\nSUMMARY:Zoë", "DTSTART:20260311\nSUMMARY:Ana")

    window = march(data.replace(b"Ana", "Señor".encode("cp1252")))

    assert [one.summary for one in window.occurrences] == ["Zoë", "Señor"]
    assert any("the rest is read as Windows-1252" in note for note in window.notes)


def test_a_misspelt_end_ends_the_event_that_is_open_and_is_said() -> None:
    data = calendar("SUMMARY:One\nDTSTART:20260310", "SUMMARY:Two\nDTSTART:20260311")

    window = march(data.replace(b"END:VEVENT", b"END:VEVETN", 1))

    assert [one.summary for one in window.occurrences] == ["One", "Two"]
    assert reasons(window) == [(6, '"END:VEVETN" is taken for "END:VEVENT"')]


def test_a_backslash_that_escapes_nothing_stays() -> None:
    data = calendar("DTSTART:20260310\nSUMMARY:a\\, b\\; c\\nd \\\\ C:\\x")

    assert [one.summary for one in march(data).occurrences] == ["a, b; c\nd \\ C:\\x"]


def test_days_at_the_ends_of_time_are_a_usage_error() -> None:
    with pytest.raises(UsageError, match="where days end"):
        read_window({"a.ics": calendar(MEETING)}, date(1, 1, 1), date(2026, 1, 1))
