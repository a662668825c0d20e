"""What of a calendar takes time: not what was declined, what is called off or free."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pmagent.tasks.calendar.agenda import agenda
from pmagent.tasks.calendar.free import busy_times
from pmagent.tasks.calendar.window import read_window
from pmagent.tasks.planner.minutes import meetings_of
from tests.tasks.calendar.files import BERLIN, MARCH, calendar, march, spans
from tests.tasks.calendar.test_command import run

AT = "DTSTART:20260310T100000Z\nDTEND:20260310T110000Z"
NO = "ATTENDEE;CN=Ana;PARTSTAT=DECLINED:mailto:Ana@example.org"
YES = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:bo@example.org"
PERHAPS = "ATTENDEE;PARTSTAT=TENTATIVE:mailto:ana@example.org"
FREE_BUSY = """
BEGIN:VFREEBUSY
DTSTART:20260309T000000Z
DTEND:20260313T000000Z
FREEBUSY;FBTYPE=BUSY:20260310T100000Z/PT1H,20260311T100000Z/20260311T120000Z
FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260312T080000Z/PT30M
FREEBUSY;FBTYPE=FREE:20260312T100000Z/PT1H
FREEBUSY:later
END:VFREEBUSY
"""


def test_what_the_owner_of_a_calendar_declined_takes_no_time() -> None:
    named = calendar(f"{AT}\n{NO}\n{YES}", head="X-WR-CALNAME:ana@example.org")
    of_bo = calendar(f"{AT}\n{NO}\n{YES}", head="X-WR-CALNAME:bo@example.org")
    perhaps = calendar(f"{AT}\n{PERHAPS}", head="X-WR-CALNAME:ana@example.org")

    found = [march(data).occurrences[0] for data in (named, of_bo, perhaps)]

    assert [(one.is_declined, one.is_busy) for one in found] == [
        (True, False),
        (False, True),
        (False, True),
    ]


def test_the_reader_says_by_which_address_they_are_invited() -> None:
    files = {"team.ics": calendar(f"{AT}\n{NO}", head="X-WR-CALNAME:Team")}

    def is_busy(*owners: str) -> bool:
        window = read_window(files, *MARCH, zone=BERLIN, owners=owners)
        return window.occurrences[0].is_busy

    assert [is_busy(), is_busy("bo@example.org"), is_busy("ANA@example.org")] == [True, True, False]


def test_what_a_cancellation_message_calls_off_takes_no_time_and_keeps_its_status() -> None:
    [one] = march(calendar(AT, head="METHOD:CANCEL")).occurrences

    assert (one.status, one.is_cancelled, one.is_busy) == ("", True, False)


def test_outlook_says_free_and_the_rest_takes_time() -> None:
    kinds = ("FREE", "BUSY", "OOF", "TENTATIVE", "WORKINGELSEWHERE")
    events = [f"{AT}\nSUMMARY:{kind}\nX-MICROSOFT-CDO-BUSYSTATUS:{kind}" for kind in kinds]

    window = march(calendar(*events))

    assert {one.summary for one in window.occurrences if one.is_busy} == {*kinds} - {"FREE"}


def test_the_times_of_a_free_busy_export_are_taken_each_once_and_planned_around() -> None:
    data = calendar().replace(b"END:VCALENDAR", FREE_BUSY.encode() + b"END:VCALENDAR")
    here = ZoneInfo(BERLIN)

    window = read_window({"a.ics": data, "b.ics": data}, *MARCH, zone=BERLIN)

    assert spans(busy_times(window, here)) == [
        "2026-03-10T11:00+0100 to 12:00",
        "2026-03-11T11:00+0100 to 13:00",
        "2026-03-12T09:00+0100 to 09:30",
    ]
    assert len(meetings_of(window, here)) == 3
    assert [one.reason for one in window.refusals] == ["'later' is no time that is taken"] * 2


def test_the_agenda_says_what_was_declined_or_called_off() -> None:
    data = calendar(f"{AT}\nSUMMARY:Review\n{NO}", head="X-WR-CALNAME:ana@example.org")

    rows = agenda(march(data))[date(2026, 3, 10)]

    assert [(row.summary, row.marks) for row in rows] == [("Review", ("declined",))]


def test_json_says_why_an_event_takes_no_time_beside_the_events(tmp_path: Path) -> None:
    data = calendar(f"{AT}\nSUMMARY:Review\n{NO}", f"{AT}\nSUMMARY:Standup\nTRANSP:TRANSPARENT", AT)
    data = data.replace(b"END:VCALENDAR", FREE_BUSY.encode() + b"END:VCALENDAR")
    (tmp_path / "work.ics").write_bytes(data)

    ran = run(
        "work.ics", "--from", "2026-03-10", "--to", "2026-03-11", "--me", "ana@example.org",
        "--json", folder=tmp_path,
    )  # fmt: skip

    file = json.loads(ran.out)["data"]["files"]["work.ics"]
    assert [one["summary"] for one in file["events"]] == ["", "Review", "Standup"]
    assert file["not_busy"] == [
        {"event": 1, "reason": "declined"},
        {"event": 2, "reason": "transparent"},
    ]
    assert [(one["start_utc"], one["end_utc"]) for one in file["busy"]] == [
        ("2026-03-10T10:00:00Z", "2026-03-10T11:00:00Z")
    ]


def test_of_two_exports_the_event_that_was_changed_last_counts() -> None:
    later = AT.replace("T10", "T14").replace("T11", "T15")
    files = {
        "a.ics": calendar(f"UID:x\n{later}\nLAST-MODIFIED:20260302T000000Z"),
        "b.ics": calendar(f"UID:x\n{AT}\nLAST-MODIFIED:20260301T000000Z"),
    }
    day = datetime.fromisoformat
    written = {"a.ics": day("2026-03-03T00:00Z"), "b.ics": day("2026-03-05T00:00Z")}

    window = read_window(files, *MARCH, zone="UTC", mtimes=written)

    assert [f"{one.start:%H}" for one in window.occurrences] == ["14"]
