"""Exports of other programs become proposed cards, and what is left out is said."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pmagent.errors import ReadError
from pmagent.tasks.board.importing import Imported
from pmagent.tasks.board.placing import add_card
from pmagent.tasks.board.reading import cards_of, read_board
from pmagent.tasks.board.taskwarrior import export_taskwarrior, import_taskwarrior
from pmagent.tasks.board.todo_txt import export_todo_txt, import_todo_txt
from pmagent.tasks.board.trello_export import import_trello
from pmagent.types.tasks import Effort
from tests.tasks.board.boards import KANBAN

TRELLO: dict[str, Any] = {
    "lists": [
        {"id": "l2", "name": "Doing", "closed": False, "pos": 2},
        {"id": "l1", "name": "To do", "closed": False, "pos": 1},
        {"id": "l3", "name": "Old", "closed": True, "pos": 3},
    ],
    "cards": [
        {"id": "c2", "name": "二番目", "idList": "l2", "closed": False, "pos": 1, "desc": "",
         "labels": [{"name": "", "color": "sky"}], "due": None, "shortUrl": ""},
        {"id": "c1", "name": "Ring Ruth", "idList": "l1", "closed": False, "pos": 9,
         "desc": "By hand.\n\n- [ ] twice", "due": "2026-02-10T03:00:00.000Z",
         "dueComplete": False, "labels": [{"name": "urgent", "color": "red"}],
         "idMembers": ["m1"], "shortUrl": "https://trello.com/c/abcd1234"},
        {"id": "c3", "name": "Gone", "idList": "l1", "closed": True, "pos": 1},
        {"id": "c4", "name": "Older", "idList": "l3", "closed": False, "pos": 1},
        {"id": "c5", "name": "Lost", "idList": "nowhere", "closed": False, "pos": 1},
        {"name": "No id"},
    ],
    "checklists": [
        {"id": "k", "name": "Steps", "idCard": "c1", "pos": 1, "checkItems": [
            {"id": "i2", "name": "Second", "state": "incomplete", "pos": 2},
            {"id": "i1", "name": "First", "state": "complete", "pos": 1}]},
    ],
    "members": [{"id": "m1", "fullName": "中野 さくら", "username": "s"}],
    "actions": [
        {"type": "commentCard", "date": "2026-02-02T09:00:00.000Z",
         "data": {"text": "She called back", "card": {"id": "c1"}},
         "memberCreator": {"fullName": "Jane Doe"}},
        {"type": "updateCard", "data": {"card": {"id": "c1"}}},
    ],
}  # fmt: skip


def trello(**changes: Any) -> Imported:
    board = read_board("b.md", "## Now\n- [ ] ring ruth ^r\n")
    data = json.dumps({**TRELLO, **changes}).encode()
    return import_trello("t.json", data, zone="America/New_York", board=board)


def test_an_exported_trello_board_becomes_cards_in_its_order() -> None:
    found = trello()

    [one, two] = found.cards
    assert (one.card.title, one.card.lane, two.card.title) == ("Ring Ruth", "To do", "二番目")
    assert one.card.due == date(2026, 2, 9), "a time in UTC is a day where the person is"
    assert (one.card.priority, one.card.tags, two.card.tags) == (1, ("urgent",), ("sky",))
    assert one.card.details == (
        "By hand.", "- [ ] twice", "- Steps", "- [x] First", "- [ ] Second",
        "- Members: 中野 さくら", "- Jane Doe, 2026-02-02: She called back", "- Due at 22:00",
        "- https://trello.com/c/abcd1234",
    )  # fmt: skip
    assert (one.who, one.duplicate_of, two.duplicate_of) == ("中野 さくら", "r", "")
    assert found.notes == (
        'card 6 is left out: "id" is field required',
        "1 card is left out: archived in Trello",
        "1 card is left out: in an archived list",
        "1 card is left out: in a list that the export does not have",
    )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no JSON, or cut short"),
        (b'{"lists": [', "no JSON, or cut short"),
        (b"[" * 100_000, "no JSON, or cut short"),
        (b"[]", "no export of a Trello board"),
        (b'{"cards": 3, "lists": []}', "no export of a Trello board"),
        (b"\xff\xfe{}", "not UTF-8"),
    ],
)
def test_what_is_no_export_is_refused_in_plain_words(data: bytes, says: str) -> None:
    with pytest.raises(ReadError, match=says):
        import_trello("t.json", data)


def test_too_many_cards_are_refused() -> None:
    with pytest.raises(ReadError, match="10001 cards, and at most 10000"):
        trello(cards=[{"id": "x"}] * 10_001)


def test_todo_txt_is_read_with_its_marks() -> None:
    text = (
        "(A) 2026-02-01 Ring Ruth +shop @phone due:2026-02-09 est:2h\r\n"
        "\n"
        "x 2026-02-03 2026-02-01 Write it +shop\n"
        "Paint due:friday\n"
    )

    found = import_todo_txt("todo.txt", text.encode())

    ring, done, paint = (one.card for one in found.cards)
    assert (ring.title, ring.priority, ring.project, ring.tags, ring.due, ring.effort) == (
        "Ring Ruth", 1, "shop", ("phone",), date(2026, 2, 9), Effort(likely=120),
    )  # fmt: skip
    assert (done.title, done.is_done, done.done_on) == ("Write it", True, date(2026, 2, 3))
    assert paint.title == "Paint due:friday"
    assert found.notes == ('line 4: due "friday" is not understood; write a day as 2026-02-09',)
    assert ring.links[0].place == "todo.txt:1"


def test_cards_survive_todo_txt_and_taskwarrior() -> None:
    cards = cards_of(read_board("b.md", KANBAN))

    text = import_todo_txt("todo.txt", export_todo_txt(cards).encode())
    tasks = import_taskwarrior(
        "t.json", export_taskwarrior(cards, zone="Asia/Tokyo").encode(), zone="Asia/Tokyo"
    )

    for found in (text, tasks):
        assert found.notes == ()
        assert [(one.card.id, one.card.title, one.card.due, one.card.is_done, one.card.done_on,
                 one.card.priority, one.card.tags) for one in found.cards] == [
            (card.id, card.title, card.due, card.is_done, card.done_on, card.priority, card.tags)
            for card in cards
        ]  # fmt: skip


def test_taskwarrior_is_read_in_both_its_forms() -> None:
    tasks = [
        {"uuid": "a" * 36, "description": "Ring", "status": "pending", "due": "20260210T030000Z",
         "priority": "H", "project": "shop", "tags": ["phone"], "urgency": 5.1,
         "annotations": [{"entry": "20260201T000000Z", "description": "by hand"}]},
        {"uuid": "b" * 36, "description": "Then", "status": "waiting", "depends": "a" * 36},
        {"uuid": "c" * 36, "description": "Gone", "status": "deleted"},
    ]  # fmt: skip
    lines = "\n".join(json.dumps(one) for one in tasks)

    found = import_taskwarrior("t.json", json.dumps(tasks).encode(), zone="America/New_York")

    assert import_taskwarrior("t.json", lines.encode(), zone="America/New_York") == found
    ring, then = (one.card for one in found.cards)
    assert (ring.due, ring.priority, ring.project) == (date(2026, 2, 9), 1, "shop")
    assert ring.details == ("- by hand",)
    assert then.after == (ring.id,)
    assert found.notes == ("1 task is left out: deleted, or the pattern of a recurring one",)


def test_what_is_no_export_of_taskwarrior_is_refused() -> None:
    with pytest.raises(ReadError, match="no export of Taskwarrior"):
        import_taskwarrior("t.json", b'[{"x": 1}]')
    assert import_taskwarrior("t.json", b"[]").cards == ()


def test_a_task_keeps_its_uuid_there_and_back_and_is_known_again() -> None:
    own, other = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
    data = json.dumps([
        {"uuid": own, "description": "Ring", "status": "pending", "depends": [other]},
    ]).encode()  # fmt: skip

    found = import_taskwarrior("t.json", data)
    [ring] = found.cards
    [back] = json.loads(export_taskwarrior([ring.card]))
    board = read_board("b.md", f"## Now\n- [ ] Ring them ^{ring.card.id}\n- [ ] x ^task-{other}\n")
    [again] = import_taskwarrior("t.json", data, board=board).cards

    assert (back["uuid"], "depends" in back) == (own, False)
    assert found.notes == (f'"Ring" waits for a task that is not in the file: {other}',)
    assert (again.duplicate_of, again.card.after) == (ring.card.id, (f"task-{other}",))
    loose = replace(ring.card, after=("nowhere",))
    assert "depends" not in export_taskwarrior([loose])


def test_the_lowest_letter_of_todo_txt_is_a_priority_on_the_board_and_back() -> None:
    [low] = import_todo_txt("todo.txt", b"(Z) Sweep\n").cards

    edited = add_card("## Now\n", low.card, lane="Now")
    [card] = cards_of(read_board("b.md", edited.text))

    assert (low.card.priority, card.priority, card.tags) == (26, 26, ())
    assert export_todo_txt([card]).startswith("(Z) ")
