"""What a person is told of their week: what is missing, what is over, and what a choice changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pmagent.agent.grounds import Wiring
from pmagent.errors import ReadError, UsageError
from pmagent.garden import Garden
from pmagent.tasks.board.reading import cards_of
from pmagent.types.actions import Ask, AskReply, Done, Yes

MONDAY, SUNDAY = date(2026, 2, 2), date(2026, 2, 8)
EIGHT = datetime(2026, 2, 2, 8, tzinfo=UTC)
ICS = "drafts/plans/2026-W06/blocks.ics"
BOARD = """---
kanban-plugin: board
---

## Now

- [ ] Write the report [effort:: 1h] @{2026-02-03} ^report
- [ ] Paint the door [effort:: 2h] +house ^door
- [ ] Wait for it [waiting:: Gil] ^wait

## Done

**Complete**
- [x] Order lids [effort:: 1h] [done:: 2026-02-02] ^lids
"""
HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\n"


def event(name: str, day: int, hours: tuple[int, int], more: str = "") -> str:
    return (
        f"BEGIN:VEVENT\r\nUID:{name}@x\r\nDTSTAMP:20260130T190000Z\r\nSUMMARY:{name}\r\n"
        f"DTSTART:202602{day:02d}T{hours[0]:02d}0000Z\r\n"
        f"DTEND:202602{day:02d}T{hours[1]:02d}0000Z\r\n{more}END:VEVENT\r\n"
    )


def calendar(*events: str) -> bytes:
    return f"{HEAD}{''.join(events)}END:VCALENDAR\r\n".encode()


@contextmanager
def opened(root: Path, now: datetime = EIGHT) -> Iterator[Garden]:
    def yes(ask: Ask) -> AskReply:
        del ask
        return Yes()

    with Garden.open(root, wiring=Wiring(now=lambda: now)) as garden:
        garden.set_asker(yes)
        yield garden


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "g"
    (made / "calendar").mkdir(parents=True)
    (made / "board.md").write_text(BOARD, encoding="utf-8")
    with Garden.create(made) as garden:
        garden.close()
    settings = made / ".pmagent" / "settings.json"
    settings.write_text('{"pmagent": {"week": {"zone": "UTC"}}}', encoding="utf-8")
    return made


def test_a_stand_up_leaves_out_what_is_called_off_and_what_takes_no_time(root: Path) -> None:
    (root / "calendar" / "a.ics").write_bytes(calendar(
        event("Review", 2, (10, 11)),
        event("Dropped", 2, (11, 12), "STATUS:CANCELLED\r\n"),
        event("Birthday", 2, (12, 13), "TRANSP:TRANSPARENT\r\n"),
    ))  # fmt: skip
    with opened(root) as garden:
        page = garden.week.standup(MONDAY)

    assert "10:00–11:00 Review (calendar)" in page
    assert "Dropped" not in page
    assert "Birthday" not in page


def test_time_that_was_forgotten_is_told_of_a_card_that_is_done_already(root: Path) -> None:
    with opened(root) as garden:
        made = garden.week.done("Order lids", spent=90)

        assert made.card is not None
        assert (made.card.spent, made.card.done_on, made.card.lane) == (90, MONDAY, "Done")
        assert isinstance(made.outcome, Done)
        assert made.outcome.checkpoint
        again = garden.week.done("Order lids").outcome
        assert isinstance(again, Done)
        assert not again.checkpoint


def test_a_plan_names_the_calendar_that_was_not_read_and_says_where_there_is_none(
    root: Path,
) -> None:
    with opened(root) as garden:
        assert "no calendar is known" in " ".join(garden.week.plan(MONDAY, SUNDAY).notes)
    (root / "calendar" / "good.ics").write_bytes(calendar(event("Review", 2, (10, 11))))
    (root / "calendar" / "bad.ics").write_text("garbage\n", encoding="utf-8")
    with opened(root) as garden:
        notes = " ".join(garden.week.plan(MONDAY, SUNDAY).notes)

    assert "calendar/bad.ics was not read: " in notes
    assert "no calendar is known" not in notes


def test_a_plan_without_a_board_says_how_one_is_begun(root: Path) -> None:
    (root / "board.md").unlink()
    with opened(root) as garden:
        assert 'there is no board "board.md": "pmagent tasks add" begins one' in (
            garden.week.plan(MONDAY, SUNDAY).notes
        )
        garden.week.add("Ring Ruth")
        assert not [one for one in garden.week.plan(MONDAY, SUNDAY).notes if "no board" in one]


def test_of_days_that_are_over_one_sentence_is_said_and_no_free_time(root: Path) -> None:
    with opened(root, EIGHT + timedelta(weeks=3)) as garden:
        plan = garden.week.plan(MONDAY, SUNDAY)

    assert (plan.blocks, plan.unplaced, plan.trade_offs, plan.free) == ((), (), (), 0)
    assert plan.notes[0].startswith("these days are over since 2026-02-08")


def test_a_day_with_nothing_on_it_gets_no_page(root: Path) -> None:
    with opened(root) as garden:
        plan = garden.week.plan(MONDAY, SUNDAY)
        garden.week.keep(plan)

    days = {f"{block.start.date()}.md" for block in plan.blocks}
    assert {path.name for path in (root / ICS).parent.glob("*.md")} == days


def test_a_page_of_a_kept_plan_ticks_what_is_done_by_now_and_asks_nothing_of_it(
    root: Path,
) -> None:
    with opened(root) as garden:
        garden.week.keep(garden.week.plan(MONDAY, SUNDAY))
    with opened(root, EIGHT + timedelta(hours=10)) as garden:
        week = garden.week
        asked = week.plan(MONDAY, SUNDAY)
        assert any(one.card == "report" for one in asked.unplaced)
        week.keep(asked)
        week.done("report")
        stands = week.standing(MONDAY, SUNDAY)

        assert stands is not None
        assert not any(one.card == "report" for one in (*stands.unplaced, *stands.late))
        page = week.page(stands, MONDAY)
        assert re.search(r"- \[x\] \S+ \*\*Write the report\*\*", page)
        assert "Write the report:" not in page


def test_only_an_event_that_changed_gets_another_stamp(root: Path) -> None:
    with opened(root) as garden:
        garden.week.keep(garden.week.plan(MONDAY, SUNDAY))
    before = stamps(root)
    (root / "calendar" / "a.ics").write_bytes(calendar(event("Review", 2, (11, 12))))
    with opened(root, EIGHT + timedelta(minutes=30)) as garden:
        plan = garden.week.plan(MONDAY, SUNDAY)
        moved = {f"{one.block}@local" for one in garden.week.moves(plan)}
        whys = {f"{one.id}@local": one.why for one in plan.blocks}
        stood = garden.week.standing(MONDAY, SUNDAY)
        assert stood is not None
        moved |= {f"{b.id}@local" for b in stood.blocks if whys.get(f"{b.id}@local") != b.why}
        garden.week.keep(plan)
    after = stamps(root)

    assert moved
    assert {uid for uid in before if before[uid] != after[uid]} == moved & set(before)
    assert set(before) - moved


def stamps(root: Path) -> dict[str, str]:
    text = (root / ICS).read_bytes().decode().replace("\r\n", "\n")
    found: dict[str, str] = {}
    for part in text.split("BEGIN:VEVENT")[1:]:
        uid, stamp = re.search(r"UID:(\S+)", part), re.search(r"DTSTAMP:(\S+)", part)
        assert uid is not None
        assert stamp is not None
        found[uid[1]] = stamp[1]
    return found


@pytest.mark.parametrize(
    ("words", "due", "start", "priority"),
    [
        ("Ring Ruth due:friday p:1", date(2026, 2, 6), None, 1),
        ("Ring Ruth priority:2 due:tomorrow", date(2026, 2, 3), None, 2),
        ("Ring Ruth due:monday start:wed", date(2026, 2, 9), date(2026, 2, 4), None),
        ('Ring Ruth due:"5 Feb" p:3', date(2026, 2, 5), None, 3),
        ("Ring Ruth due:6feb", date(2026, 2, 6), None, None),
        ("Ring Ruth due:next-week", date(2026, 2, 13), None, None),
    ],
)
def test_a_day_that_is_typed_by_its_name_is_that_day(
    root: Path, words: str, due: date, start: date | None, priority: int | None
) -> None:
    with opened(root) as garden:
        made = garden.week.add(words)

    assert made.card is not None
    assert made.card.title == "Ring Ruth"
    assert (made.card.due, made.card.start, made.card.priority) == (due, start, priority)
    assert made.notes == ()


def test_marks_alone_are_no_card_and_one_that_follows_nothing_known_is_told(root: Path) -> None:
    with opened(root) as garden:
        with pytest.raises(UsageError, match="no words"):
            garden.week.add("est:1h")
        told = garden.week.add("Slides after:deck").notes
        assert any('it comes after "deck", and no card' in one for one in told)
        assert not garden.week.add("Sweep after:door").notes


def test_a_new_list_stands_behind_the_open_ones_and_an_inbox_before_all(root: Path) -> None:
    with opened(root) as garden:
        garden.week.add("One", lane="Someday")
        garden.week.add("Two")
        garden.week.add("Three", lane="Inbox")
        lanes = [lane.title for lane in garden.week.board().lanes]
        first = garden.week.add("Four").card

    assert lanes == ["Inbox", "Now", "Someday", "Done"]
    assert first is not None
    assert first.lane == "Inbox"


def test_lists_of_an_export_come_in_as_they_stand_there_behind_ones_own(root: Path) -> None:
    text = (
        '{"lists": [{"id": "a", "name": "To do", "pos": 1},'
        ' {"id": "b", "name": "Doing", "pos": 2}],'
        '"cards": [{"id": "1", "name": "First card", "idList": "a", "pos": 1,'
        ' "idMembers": ["m"], "due": "2026-02-05T16:00:00.000Z"},'
        '{"id": "2", "name": "Second card", "idList": "b", "pos": 1}],'
        '"members": [{"id": "m", "fullName": "Ruth Halloran"}]}'
    )
    with opened(root) as garden:
        garden.week.take(garden.week.import_bytes("t.json", text.encode()).cards)
        board = garden.week.board()

    assert [lane.title for lane in board.lanes] == ["Now", "To do", "Doing", "Done"]
    first = next(card for card in cards_of(board) if card.title == "First card")
    assert (first.due, first.at) == (date(2026, 2, 5), None)
    assert first.details == ("- Members: Ruth Halloran", "- Due at 16:00")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("mine.ics", calendar(event("Review", 2, (10, 11)))),
        ("mine.txt", calendar(event("Review", 2, (10, 11)))),
        ("talk.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n"),
        ("cards.csv", b"title,due\nRing Ruth,2026-02-05\n"),
    ],
)
def test_a_file_that_is_no_list_of_tasks_is_refused(root: Path, name: str, data: bytes) -> None:
    with opened(root) as garden, pytest.raises(ReadError, match=r"no export of Trello"):
        garden.week.import_bytes(name, data)


def test_what_was_done_after_a_week_is_not_counted_as_done_in_it(root: Path) -> None:
    with opened(root) as garden:
        garden.week.keep(garden.week.plan(MONDAY, SUNDAY))
    with opened(root, EIGHT + timedelta(weeks=3)) as garden:
        garden.week.done("report", spent=600)
        page = garden.week.look_back("2026-W06")

    assert "0 of 2 planned cards are done" in page
    assert "| Write the report | 1 h | – | later, Mon 23 Feb |" in page


def test_hours_are_those_of_the_outcome_tree_and_a_project_is_called_none(root: Path) -> None:
    (root / "outcomes.md").write_text("- People come back ^back\n", encoding="utf-8")
    board = (root / "board.md").read_text(encoding="utf-8")
    board = board.replace("^report", "[outcome:: back] ^report")
    (root / "board.md").write_text(board, encoding="utf-8")
    with opened(root) as garden:
        garden.week.keep(garden.week.plan(MONDAY, SUNDAY))
        page = garden.week.weekly("2026-W06")

    assert "| People come back | 1 h | – |" in page
    assert "| no outcome: +house | 2 h | – |" in page


def test_an_option_that_is_taken_changes_one_card_and_can_be_taken_back(root: Path) -> None:
    # Two days of work that are due tomorrow: that day is what has to give.
    board = BOARD.replace("[effort:: 1h] @", "[effort:: 2d] @")
    (root / "board.md").write_text(board, encoding="utf-8")
    with opened(root) as garden:
        week = garden.week
        plan = week.plan(MONDAY, SUNDAY)
        choice = plan.trade_offs[0]
        option = next(n for n, one in enumerate(choice.shifts) if one is not None and one.due)
        shift = choice.shifts[option]
        assert shift is not None

        made = week.take_option(plan, choice.id, option)

        assert made.card is not None
        assert (made.card.id, made.card.due) == ("report", shift.due)
        again = week.plan(MONDAY, SUNDAY, before=plan)
        assert not [one for one in again.trade_offs if one.id == choice.id]
        assert all(move.why for move in again.moves)
        assert isinstance(made.outcome, Done)
        garden.undo(made.outcome.checkpoint)
        assert (root / "board.md").read_text(encoding="utf-8") == board


def test_an_option_that_changes_no_card_says_what_is_left_to_the_person(root: Path) -> None:
    board = BOARD.replace("[effort:: 1h] @", "[effort:: 2d] @")
    (root / "board.md").write_text(board, encoding="utf-8")
    with opened(root) as garden:
        week = garden.week
        plan = week.plan(MONDAY, SUNDAY)
        choice = plan.trade_offs[0]
        own = [n for n, one in enumerate(choice.shifts) if one is None]
        told = [week.take_option(plan, choice.id, n) for n in own]

        assert own
        assert all(one.cards == () and len(one.notes) == 1 for one in told)
        assert "keep the plan as it is" in told[-1].notes[0]
        assert (root / "board.md").read_text(encoding="utf-8") == board
        with pytest.raises(UsageError, match="no such choice"):
            week.take_option(plan, choice.id, 99)
