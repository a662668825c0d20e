from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from tests.tasks.calendar.files import calendar

EVENT = (
    "UID:a@x\nSUMMARY:Review\nDTSTART;TZID=Europe/Berlin:20260309T100000\n"
    "DTEND;TZID=Europe/Berlin:20260309T110000\nSTATUS:TENTATIVE"
)
OFFSITE = "UID:b@x\nSUMMARY:Offsite " + "far away " * 12 + "\nDTSTART:20260310\nDTEND:20260312"
DAYS = ("--from", "2026-03-09", "--to", "2026-03-16")


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


def run(*arguments: str, folder: Path) -> Ran:
    done = subprocess.run(
        [sys.executable, "-m", "pmagent", "calendar", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=folder,
        env={**os.environ, "COLUMNS": "80"},
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "work.ics").write_bytes(calendar(EVENT, OFFSITE))
    return tmp_path


def test_the_occurrences_are_printed_as_json_where_there_is_no_garden(folder: Path) -> None:
    ran = run("work.ics", *DAYS, "--json", folder=folder)

    whole = json.loads(ran.out)
    files = cast("dict[str, dict[str, object]]", whole["data"]["files"])
    assert (ran.code, whole["schema"], whole["ok"]) == (0, "pmagent.calendar/1", True)
    assert files["work.ics"]["n"] == 2
    assert cast("list[object]", files["work.ics"]["events"])[0] == {
        "summary": "Review",
        "start": "2026-03-09T10:00:00+01:00",
        "start_utc": "2026-03-09T09:00:00Z",
        "end": "2026-03-09T11:00:00+01:00",
        "end_utc": "2026-03-09T10:00:00Z",
        "all_day": False,
        "floating": False,
        "status": "TENTATIVE",
        "component": "VEVENT",
    }


def test_a_person_reads_an_agenda_by_day_that_fits_80_columns(folder: Path) -> None:
    ran = run(".", *DAYS, "--zone", "Europe/London", folder=folder)

    rows = ran.out.splitlines()
    assert ran.code == 0
    assert rows[:2] == ["Mon 9 Mar 2026", "  09:00-10:00  Review (tentative)"]
    assert rows[3] == "Tue 10 Mar 2026"
    assert "(day 1 of 2)" in rows[4]
    assert rows[6] == "Wed 11 Mar 2026"
    assert max(map(len, rows)) <= 80
    assert "times of Europe/London" in ran.err


def test_what_is_refused_is_said_and_the_rest_is_shown(folder: Path) -> None:
    (folder / "packed.ics").write_bytes(b"PK\x03\x04")

    ran = run("work.ics", "packed.ics", "gone.ics", *DAYS, folder=folder)

    assert ran.code == 8
    assert "Review" in ran.out
    assert 'refused: "packed.ics": it is a ZIP archive' in ran.err
    assert 'refused: "gone.ics": it cannot be read: no such file or directory' in ran.err


def test_files_of_which_nothing_was_read_are_not_told_as_days_without_events(folder: Path) -> None:
    (folder / "empty.ics").write_bytes(b"")

    ran = run("empty.ics", *DAYS, folder=folder)

    assert (ran.code, ran.out) == (8, "")
    assert "0 events" not in ran.err
    assert 'refused: "empty.ics": it is empty' in ran.err


def test_an_event_of_months_is_one_row_with_its_last_day(folder: Path) -> None:
    leave = "SUMMARY:Leave\nDTSTART;VALUE=DATE:20260201\nDTEND;VALUE=DATE:20260801"
    (folder / "work.ics").write_bytes(calendar(leave))

    ran = run("work.ics", *DAYS, folder=folder)

    assert ran.out.splitlines()[0] == "Mon 9 Mar 2026"
    assert "(until Fri 31 Jul 2026)" in ran.out
    assert ran.out.count("Leave") == 1


def test_a_name_in_a_calendar_cannot_steer_the_terminal(folder: Path) -> None:
    (folder / "work.ics").write_bytes(calendar("SUMMARY:a\x1b]0;x\x07b\x1b[2J\nDTSTART:20260309"))

    ran = run("work.ics", *DAYS, folder=folder)

    assert "\x1b" not in ran.out
    assert "ab" in ran.out


def test_days_the_wrong_way_round_are_a_usage_error(folder: Path) -> None:
    ran = run("work.ics", "--from", "2026-03-09", "--to", "2026-03-01", folder=folder)

    assert ran.code == 2
    assert "--to 2026-03-01 is before --from 2026-03-09" in ran.err
