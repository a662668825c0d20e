"""The week as a new user has it: a calendar, a board from transcripts, a plan, and another one."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest

from pmagent.agent.grounds import Wiring
from pmagent.errors import UsageError
from pmagent.garden import Garden
from pmagent.tasks.board.reading import cards_of
from pmagent.types.actions import Ask, AskReply, Denied, Done, Json, Yes
from pmagent.types.jobs import Saved
from pmagent.types.tasks import Block, WeekPlan

SAMPLE = Path(__file__).parents[2] / "examples" / "garden"
MONDAY, SUNDAY = date(2026, 2, 2), date(2026, 2, 8)
HERE = ZoneInfo("America/Halifax")
EIGHT = datetime(2026, 2, 2, 8, tzinfo=HERE)
EPISODES = ("ep-089", "ep-081", "ep-068")
ICS = "drafts/plans/2026-W06/blocks.ics"


def _yes(ask: Ask) -> AskReply:
    del ask
    return Yes()


@pytest.fixture
def garden(tmp_path: Path) -> Iterator[Garden]:
    root = tmp_path / "sample"
    shutil.copytree(SAMPLE, root)
    shutil.rmtree(root / "research")
    with Garden.create(root) as made:
        made.close()
    with Garden.open(root, wiring=Wiring(now=lambda: EIGHT.astimezone(UTC))) as opened:
        opened.set_asker(_yes)
        yield opened


def _index_three(garden: Garden) -> None:
    garden.index(meaning=False)


def _spans(plan: WeekPlan) -> set[tuple[str, datetime, datetime]]:
    return {(block.id, block.start, block.end) for block in plan.blocks}


def _events(root: Path) -> dict[str, icalendar.Component]:
    calendar = icalendar.Calendar.from_ical((root / ICS).read_bytes())
    return {str(event["UID"]): event for event in calendar.subcomponents if event.name == "VEVENT"}


def _says(event: icalendar.Component, block: Block) -> bool:
    times = (event.decoded("DTSTART"), event.decoded("DTEND"))
    return times == (block.start, block.end) and event.decoded("SEQUENCE") == block.sequence


def test_a_week_is_planned_from_a_calendar_and_mined_cards_and_moves_little_when_a_meeting_does(
    garden: Garden,
) -> None:
    _index_three(garden)
    week = garden.week
    proposed = week.propose(EPISODES).cards
    before = (garden.root / "board.md").read_bytes()
    assert proposed
    assert all(one.card.links and one.card.links[0].quote for one in proposed)

    taken = week.take(proposed)
    assert isinstance(taken.outcome, Done)
    titles = {card.title for card in cards_of(week.board())}
    assert {one.card.title for one in proposed} <= titles
    assert before.rstrip(b"\n").split(b"\n")[-1] in (garden.root / "board.md").read_bytes()

    plan = week.plan(MONDAY, SUNDAY, now=EIGHT)
    assert plan.blocks
    assert all(block.why for block in plan.blocks)
    saved = week.keep(plan)
    assert all(isinstance(one.outcome, Done) for one in saved)
    events = _events(garden.root)
    assert len(events) == len(plan.blocks)
    assert all(_says(events[f"{block.id}@local"], block) for block in plan.blocks)

    # The release review of Friday moves onto the blocks of its morning.
    file = garden.root / "calendar" / "week.ics"
    text = file.read_text(encoding="utf-8")
    moved = re.sub(r"20260206T150000(?=\s+DTEND)", "20260206T113500", text)
    moved = moved.replace("20260206T160000", "20260206T123000")
    assert moved != text
    file.write_text(moved, encoding="utf-8")

    again = week.plan(MONDAY, SUNDAY, now=EIGHT)
    moves = week.moves(again)
    assert {move.kind for move in moves if move.before is not None} <= {
        "moved", "shortened", "lengthened", "dropped",
    }  # fmt: skip
    assert moves
    assert all(move.why for move in moves)
    stays = _spans(plan) & _spans(again)
    assert len(stays) >= len(plan.blocks) - 3
    assert not any(
        block.start < datetime(2026, 2, 6, 12, 30, tzinfo=HERE)
        and datetime(2026, 2, 6, 11, 35, tzinfo=HERE) < block.end
        for block in again.blocks
    )

    week.keep(again)
    events = _events(garden.root)
    assert all(_says(events[f"{block.id}@local"], block) for block in again.blocks)
    gone = {f"{one.id}@local" for one in plan.blocks} - {f"{one.id}@local" for one in again.blocks}
    assert all(str(events[uid]["STATUS"]) == "CANCELLED" for uid in gone)
    assert set(events) == {f"{one.id}@local" for one in again.blocks} | gone


def test_the_diff_that_is_shown_is_what_is_written_and_a_second_time_there_is_none(
    garden: Garden,
) -> None:
    week = garden.week
    plan = week.plan(MONDAY, SUNDAY, now=EIGHT)
    shown = week.preview(plan)
    assert not (garden.root / "drafts").exists()

    week.keep(plan)

    for one in shown:
        added = [row[1:] for row in one.diff.split("\n")[3:] if row.startswith("+")]
        text = (garden.root / one.path).read_bytes().decode().replace("\r\n", "\n")
        assert one.is_new
        assert added == text.splitlines()
    again = week.plan(MONDAY, SUNDAY, now=EIGHT)
    assert week.moves(again) == ()
    assert week.preview(week.standing(MONDAY, SUNDAY) or again) == ()


def test_nothing_stands_where_a_person_says_no(garden: Garden) -> None:
    with Garden.open(garden.root, wiring=Wiring(now=lambda: EIGHT)) as alone:
        week = alone.week
        saved = week.keep(week.plan(MONDAY, SUNDAY, now=EIGHT))

        assert not any(isinstance(one.outcome, Done) for one in saved)
        assert week.standing(MONDAY, SUNDAY) is None
        assert not (garden.root / "drafts" / "plans").exists()


def test_an_undo_point_takes_a_card_back_and_the_board_is_byte_for_byte_as_before(
    garden: Garden,
) -> None:
    board = garden.root / "board.md"
    before = board.read_bytes()

    made = garden.week.add("Ring Ruth due:2026-02-06 est:45m #p1")

    assert made.card is not None
    assert (made.card.title, made.card.lane) == ("Ring Ruth", "Now")
    assert (made.card.due, made.card.priority) == (date(2026, 2, 6), 1)
    assert isinstance(made.outcome, Done)
    garden.undo(made.outcome.checkpoint)
    assert board.read_bytes() == before


def test_a_card_is_done_by_words_of_its_title_and_changed_and_moved_by_its_id(
    garden: Garden,
) -> None:
    week = garden.week
    done = week.done("back to ruth", spent=50).card
    assert done is not None
    assert (done.is_done, done.spent, done.done_on, done.lane) == (True, 50, MONDAY, "Done")

    moved = week.move("clash screen", "Now").card
    assert moved is not None
    assert moved.lane == "Now"
    with pytest.raises(UsageError, match="fits"):
        week.done("the")
    with pytest.raises(UsageError, match="no card"):
        week.done("xylophone")


def test_a_block_of_another_week_keeps_its_id_to_itself(garden: Garden) -> None:
    week = garden.week
    week.keep(week.plan(MONDAY, SUNDAY, now=EIGHT))
    first = week.standing(MONDAY, SUNDAY)
    assert first is not None

    following = week.plan(date(2026, 2, 9), date(2026, 2, 15), now=EIGHT)

    assert following.blocks
    assert not {one.id for one in first.blocks} & {one.id for one in following.blocks}


def test_the_weekly_report_has_plan_promises_and_runs_and_is_the_same_twice(
    garden: Garden,
) -> None:
    week = garden.week
    week.keep(week.plan(MONDAY, SUNDAY, now=EIGHT))
    week.done("back to ruth", spent=50)

    page = week.weekly("2026-W06")

    assert page == week.weekly("2026-W06")
    assert "| Write back to Ruth Halloran, by hand | 1 h | 50 min | yes |" in page
    for title in ("Planned and done", "Hours by outcome", "Promises kept", "Runs of 2026-W06"):
        assert f"## {title}" in page
    assert page.count("## One change") == 1
    assert "50 min spent against 1 h planned, on 1 card" in week.look_back("2026-w06")
    assert "Write back to Ruth" in week.standup(date(2026, 2, 3))
    with pytest.raises(UsageError):
        week.weekly("2026-W99")


def test_what_other_programs_export_is_shown_first_and_taken_once(garden: Garden) -> None:
    week = garden.week
    text = week.export("todo.txt")
    assert "est:1h" in text

    again = week.import_bytes("todo.txt", text.encode())
    assert all(one.duplicate_of for one in again.cards)
    new = week.import_bytes("todo.txt", b"(A) Order lids due:2026-02-05\n")
    assert [one.card.title for one in new.cards] == ["Order lids"]
    assert len(week.take(new.cards).cards) == 1
    assert week.take(week.import_bytes("todo.txt", b"Order lids\n").cards).cards == ()


def test_triage_names_the_overdue_first_and_what_each_card_lacks(garden: Garden) -> None:
    rows = garden.week.triage()
    reasons = {row.card.title: row.reasons for row in rows}

    assert reasons["Clash screen: name both people on one line"] == ("no day", "no priority")
    days = [row.card.due or date.max for row in rows]
    assert days == sorted(days)


def test_a_garden_without_a_calendar_or_board_has_an_empty_week_that_says_so(
    tmp_path: Path,
) -> None:
    root = tmp_path / "empty"
    root.mkdir()
    with Garden.create(root) as empty:
        plan = empty.week.plan(MONDAY, SUNDAY, now=datetime(2026, 2, 2, 8, tzinfo=UTC))

        assert plan.blocks == ()
        zone = empty.week.habits().zone
        assert [note for note in plan.notes if note.startswith(f"times are those of {zone}, as ")]
        assert "no calendar is known" in " ".join(empty.week.window(MONDAY, SUNDAY).notes)
        assert empty.week.board().lanes == ()


def test_a_plan_that_is_taken_back_stands_no_more_and_the_one_before_it_does(
    garden: Garden,
) -> None:
    week = garden.week
    first = week.plan(MONDAY, SUNDAY, now=EIGHT)
    made = week.keep(first)
    stood = week.standing(MONDAY, SUNDAY)
    week.add("Ring the bank due:2026-02-03 est:2h #p1")
    again = week.keep(week.plan(MONDAY, SUNDAY, now=EIGHT))
    assert week.standing(MONDAY, SUNDAY) != stood

    _take_back(garden, again)

    assert week.standing(MONDAY, SUNDAY) == stood
    _take_back(garden, made)
    assert week.standing(MONDAY, SUNDAY) is None
    fresh = week.plan(MONDAY, SUNDAY, now=EIGHT)
    assert fresh.moves == ()
    # A calendar that has seen the blocks taken back takes these for newer ones.
    known = {block.id: block.sequence for block in first.blocks}
    assert all(block.sequence > known[block.id] for block in fresh.blocks if block.id in known)


def _take_back(garden: Garden, saved: Sequence[Saved]) -> None:
    """All of its files have one undo point."""
    [point] = {one.outcome.checkpoint for one in saved if isinstance(one.outcome, Done)}
    garden.undo(point)


def test_all_files_of_a_plan_are_one_question_with_every_difference(garden: Garden) -> None:
    asked: list[Ask] = []

    def yes(ask: Ask) -> Yes:
        asked.append(ask)
        return Yes()

    garden.set_asker(yes)
    saved = garden.week.keep(garden.week.plan(MONDAY, SUNDAY, now=EIGHT))

    [ask] = asked
    assert [change.path for change in ask.changes] == [one.path for one in saved]
    assert len(saved) > 1


def test_a_plan_is_written_below_its_folder_only(garden: Garden) -> None:
    files: list[Json] = [{"path": "notes/plan.md", "text": "# Mine"}]

    outcome = garden.perform("plan.keep", {"files": files}, by="command", why="a test")

    assert isinstance(outcome, Denied)
    assert "is not below" in outcome.decision.reason
    assert not (garden.root / "notes" / "plan.md").exists()


def test_what_one_of_the_persons_own_addresses_declined_takes_no_time(garden: Garden) -> None:
    calendar = garden.root / "calendar" / "mine.ics"
    calendar.write_bytes(
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//EN\r\nBEGIN:VEVENT\r\nUID:offsite\r\n"
        b"DTSTAMP:20260130T190000Z\r\nDTSTART:20260206T140000Z\r\nDTEND:20260206T200000Z\r\n"
        b"SUMMARY:Offsite\r\nATTENDEE;PARTSTAT=DECLINED:mailto:dov@plumday.example\r\n"
        b"END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    free = garden.week.plan(MONDAY, SUNDAY, now=EIGHT).free
    settings = garden.root / ".pmagent" / "settings.json"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text('{"pmagent": {"week": {"me": ["dov@plumday.example"]}}}', encoding="utf-8")

    with Garden.open(garden.root, wiring=Wiring(now=lambda: EIGHT)) as again:
        assert again.week.plan(MONDAY, SUNDAY, now=EIGHT).free > free


def test_a_calendar_file_that_a_person_has_written_in_leaves_the_plan_standing(
    garden: Garden,
) -> None:
    week = garden.week
    week.keep(week.plan(MONDAY, SUNDAY, now=EIGHT))
    stood = week.standing(MONDAY, SUNDAY)
    file = garden.root / ICS
    file.write_bytes(file.read_bytes().replace(b"END:VCALENDAR", b"X-MINE:1\r\nEND:VCALENDAR"))

    assert week.standing(MONDAY, SUNDAY) == stood
    assert stood is not None


def test_plans_of_an_older_form_of_the_record_still_stand(garden: Garden) -> None:
    week = garden.week
    week.keep(week.plan(MONDAY, SUNDAY, now=EIGHT))
    stood = week.standing(MONDAY, SUNDAY)
    database = sqlite3.connect(garden.data_dir / "plans.db")
    database.executescript(
        "CREATE TABLE plans (week TEXT PRIMARY KEY, plan TEXT NOT NULL) STRICT;"
        "INSERT INTO plans SELECT week, plan FROM kept; DROP TABLE kept; PRAGMA user_version=1;"
    )
    database.close()

    assert week.standing(MONDAY, SUNDAY) == stood


def test_plans_use_how_long_finished_cards_took_unless_they_are_told_not_to(
    garden: Garden,
) -> None:
    board = garden.root / "board.md"
    done = "".join(f"- [x] Bill {n} #bills est:1h spent:90m\n" for n in range(5))
    text = board.read_text(encoding="utf-8")
    board.write_text(
        text.replace("## Now\n", "## Now\n\n- [ ] Next bill #bills est:2h #p1\n", 1)
        .replace("## Done\n", f"## Done\n\n{done}", 1),
        encoding="utf-8",
    )  # fmt: skip
    before = board.read_bytes()

    plan = garden.week.plan(MONDAY, SUNDAY, now=EIGHT)

    says = "estimates of #bills took 1.5 times as long in 5 cards: 2 h is planned as 3 h"
    assert says in plan.notes
    assert _minutes(plan, "Next bill") == 180
    assert board.read_bytes() == before
    settings = garden.root / ".pmagent" / "settings.json"
    said = json.loads(settings.read_text(encoding="utf-8"))
    said["pmagent"]["week"] = {"learn-estimates": False}
    settings.write_text(json.dumps(said), encoding="utf-8")
    with Garden.open(garden.root, wiring=Wiring(now=lambda: EIGHT.astimezone(UTC))) as other:
        plan = other.week.plan(MONDAY, SUNDAY, now=EIGHT)
        assert says not in plan.notes
        assert _minutes(plan, "Next bill") == 120


def _minutes(plan: WeekPlan, title: str) -> int:
    spans = [one.end - one.start for one in plan.blocks if one.title == title]
    return int(sum(spans, timedelta()).total_seconds() // 60)


def test_a_card_knows_when_it_was_made_and_one_that_is_old_wants_a_word(garden: Garden) -> None:
    week = garden.week
    added = week.add("Ring the bank by Friday est:1h").card
    taken = week.take(
        week.import_bytes("todo.txt", b"(B) 2025-11-01 Order lids due:2026-03-05 est:1h\n").cards
    ).cards

    assert added is not None
    assert (added.created, added.due) == (MONDAY, date(2026, 2, 6))
    assert [one.created for one in taken] == [date(2025, 11, 1)]
    text = (garden.root / "board.md").read_text(encoding="utf-8")
    assert "created:2026-02-02" in text
    assert "created:2025-11-01" in text
    old = {row.card.title: row.reasons for row in week.triage()}
    assert "13 weeks old" in old["Order lids"]
    assert "1 card came in" in week.weekly("2026-W06")


def test_the_report_of_a_week_with_nothing_in_it_says_so_and_what_would_help(
    tmp_path: Path,
) -> None:
    root = tmp_path / "empty"
    root.mkdir()
    with Garden.create(root) as empty:
        page = empty.week.weekly("2026-W06")

    assert "No plan was kept for this week." in page
    assert "Nothing was run." in page
    assert page.count("## One change") == 1
    assert "`pmagent plan --week 2026-W07 --save`" in page


def test_the_report_is_the_same_bytes_in_every_process(garden: Garden) -> None:
    week = garden.week
    week.keep(week.plan(MONDAY, SUNDAY, now=EIGHT))
    week.done("back to ruth", spent=50)
    week.add("Two words #promise #pricing #b est:1h outcome:back")
    command = [sys.executable, "-m", "pmagent", "weekly", "2026-W06", "--garden", str(garden.root)]

    pages = {
        subprocess.run(
            command, capture_output=True, check=True, timeout=60,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "77")
    }  # fmt: skip

    assert pages == {week.weekly("2026-W06").encode()}


def test_a_plan_made_for_a_moment_has_the_pages_of_that_days_and_those_after(
    garden: Garden,
) -> None:
    later = Wiring(now=lambda: datetime(2026, 11, 23, 9, tzinfo=UTC))
    with Garden.open(garden.root, wiring=later) as other:
        other.set_asker(_yes)
        other.week.keep(other.week.plan(MONDAY, SUNDAY, now=EIGHT))

    pages = sorted(path.name for path in (garden.root / ICS).parent.glob("*.md"))
    assert pages == [f"2026-02-0{day}.md" for day in range(2, 7)]


def test_a_plan_in_which_no_block_moves_writes_no_calendar_anew(garden: Garden) -> None:
    week = garden.week
    week.keep(week.plan(MONDAY, SUNDAY, now=EIGHT))
    before = (garden.root / ICS).read_bytes()
    tuesday = EIGHT + timedelta(days=1)

    later = Wiring(now=lambda: tuesday.astimezone(UTC))
    with Garden.open(garden.root, wiring=later) as other:
        other.set_asker(_yes)
        again = other.week.plan(MONDAY, SUNDAY, now=tuesday)
        assert other.week.moves(again) == ()
        other.week.keep(again)

    assert (garden.root / ICS).read_bytes() == before
