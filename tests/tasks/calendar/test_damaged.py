"""Files that are broken, by accident or on purpose: read as far as they can be trusted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmagent.tasks.calendar.limits import MOST_BYTES
from pmagent.tasks.calendar.read import Reading, read_calendar
from pmagent.types.tasks import Refusal
from tests.tasks.calendar.files import calendar, march, reasons

FIRST = "UID:a@x\nSUMMARY:First\nDTSTART:20260302T100000Z\nDTEND:20260302T110000Z"
SECOND = "UID:b@x\nSUMMARY:Second\nDTSTART:20260303T100000Z\nDTEND:20260303T110000Z"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is empty"),
        (b"PK\x03\x04rest", "it is a ZIP archive: unpack it and give the .ics files in it"),
        (b"\x1f\x8brest", "it is packed with gzip: unpack it first"),
        (
            b"<!DOCTYPE html><p>Sign in",
            "it is a web page, not a calendar: the link may ask for a sign-in",
        ),
        (b"\x00\x01\x02\x03", "it is binary, no calendar"),
        (b"Dear all", 'it is no calendar: nothing in it begins with "BEGIN:VCALENDAR"'),
        (b"BEGIN:VCARD\nFN:A\nEND:VCARD\n", "it is no calendar: it is a contact"),
    ],
)
def test_what_is_no_calendar_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    assert read_calendar(data, "a.ics") == Refusal(file="a.ics", reason=reason)


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    reading = read_calendar(b"x" * (MOST_BYTES + 1), "a.ics")

    assert reading == Refusal(file="a.ics", reason="it has more than 32 MB: export fewer days")


def test_a_file_that_is_cut_short_keeps_its_whole_events_and_says_what_is_missing() -> None:
    data = calendar(FIRST, SECOND)
    cut = data[: data.index(b"DTEND:20260303")]

    window = march(cut)

    assert [one.summary for one in window.occurrences] == ["First"]
    assert reasons(window) == [
        (9, 'the event "Second" is cut short: the file ends inside of it'),
        (0, 'the file ends before "END:VCALENDAR": events may be missing'),
    ]


def test_an_event_with_values_that_mean_nothing_is_left_out_by_its_line() -> None:
    data = calendar(
        FIRST,
        "SUMMARY:When\nDTSTART:tomorrow",
        "SUMMARY:Long\nDTSTART:20260303\nDURATION:P999999999999999999W",
        "SUMMARY:Half\nDTSTART:20260304T100000Z\nDTEND:later",
    )

    window = march(data)

    assert [one.summary for one in window.occurrences] == ["First", "Long", "Half"]
    assert reasons(window) == [
        (11, 'the event "When" is left out: its start is "tomorrow"'),
        (16, 'the event "Long" is taken to have no length: it says "P999999999999999999W"'),
        (21, 'the event "Half" is taken to have no length: its end is "later"'),
    ]


def test_an_event_without_its_end_line_does_not_take_the_next_one_with_it() -> None:
    data = calendar(FIRST, SECOND).replace(b"END:VEVENT\r\n", b"", 1)

    window = march(data)

    assert [one.summary for one in window.occurrences] == ["Second"]
    assert reasons(window) == [(3, 'the event "First" has no "END:VEVENT"')]


def test_other_encodings_and_line_ends_are_read() -> None:
    text = calendar(FIRST.replace("First", "Café")).decode()

    for data in (
        text.encode("utf-16"),
        text.encode("utf-8-sig"),
        text.encode("cp1252"),
        text.replace("\r\n", "\r").encode(),
        text.replace("Café", "Ca\r\n fé").encode(),
    ):
        assert [one.summary for one in march(data).occurrences] == ["Café"]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;COUNT=2000000000",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3",
        "FREQ=MINUTELY;BYSETPOS=300",
        "FREQ=MONTHLY;INTERVAL=9999999999",
    ],
)
def test_a_rule_made_to_run_for_ever_ends_and_leaves_the_rest(rule: str) -> None:
    endless = f"SUMMARY:Endless\nDTSTART:19700101T000000Z\nRRULE:{rule}"

    window = march(calendar(endless, FIRST))

    assert [one.summary for one in window.occurrences if one.summary != "Endless"] == ["First"]
    assert len(window.occurrences) <= 5_001


def test_parts_within_parts_and_endless_lines_are_bounded() -> None:
    deep = b"BEGIN:VCALENDAR\n" + b"BEGIN:X\n" * 100_000
    long = calendar(FIRST, "SUMMARY:" + "x" * 300_000 + "\nDTSTART:20260304")

    assert reasons(march(deep))[0] == (17, "it has more than 16 levels: read up to here")
    assert reasons(march(long)) == [(10, "the line has more than 262,144 characters")]
    assert len(march(long).occurrences) == 2


_NAMES = "DTSTART DTEND RRULE RDATE DURATION UID BEGIN END TZID EXDATE RECURRENCE-ID X"
_VALUES = """
VEVENT VTODO VCALENDAR VTIMEZONE STANDARD 20260310T100000Z 20260310 FREQ=DAILY;COUNT=3 FREQ= P1D
-PT5M +0100 99991231T235959 00010101T000000 99991231 00010101 FREQ=YEARLY " ; ,
"""
NAMES = st.sampled_from(_NAMES.split())
VALUES = st.sampled_from(_VALUES.split()) | st.text(max_size=5)
SIGNS = st.sampled_from([":", ";X=1:", ";TZID=Asia/Tokyo:", ";TZID=America/New_York:", ""])
LINES = st.lists(st.builds("{}{}{}".format, NAMES, SIGNS, VALUES), max_size=40)


@settings(max_examples=80, deadline=None)
@given(LINES)
def test_no_file_breaks_the_reader(lines: list[str]) -> None:
    data = "\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines]).encode()

    for zone in ("Asia/Tokyo", "America/New_York"):
        window = march(data, zone)
        assert all(one.line <= len(lines) * 7 + 2 for one in window.refusals)
    assert isinstance(read_calendar(data, "a"), Reading | Refusal)
