"""A board told to a board elsewhere: each card once, what others change stays, nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pmagent.agent.grounds import Wiring
from pmagent.errors import AccessError, FetchError, UsageError
from pmagent.garden import Garden
from pmagent.jobs.push_records import FILE
from pmagent.types.actions import Ask, AskReply, Denied, Done, No, Yes
from pmagent.types.conversing import Opening
from pmagent.types.pushes import PushCard, PushDiff, PushField, PushResult
from pmagent.types.turns import Screen
from tests.publishers.fake_trello import BOARD, KEY, TOKEN, FakeTrello, Fault, Record, serve_trello

TEXT = """---
kanban-plugin: board
---

## To do

- [ ] Ring Ruth #pricing est:1h due:2026-02-03 ^ring
  - From notes/pricing.md:4: “A price is a promise.”
- [ ] Read the spec #p1

## Doing

- [ ] Print layout ^print

## Later

- [ ] Gift cards ^gift

## Done

**Complete**

- [x] Move the bills ^bills
"""
ZONE = "America/Halifax"


@dataclass
class Ground:
    """A garden with a small board, and a Trello board that is set up for it."""

    root: Path
    fake: FakeTrello
    garden: Garden = field(init=False)
    asked: list[Ask] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    later: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.later

    def answer(self, ask: Ask) -> AskReply:
        self.asked.append(ask)
        return No() if ask.call.tool in self.refused else Yes()

    @property
    def path(self) -> Path:
        return self.root / "board.md"

    def edit(self, old: str, new: str) -> None:
        text = self.path.read_text(encoding="utf-8")
        assert old in text
        self.path.write_text(text.replace(old, new), encoding="utf-8")

    def there(self, name: str) -> Record:
        [card] = [one for one in self.fake.cards.values() if one["name"] == name]
        return card

    def push(self, **chosen: list[str]) -> PushResult:
        return self.garden.week.push(self.diff(), **chosen)

    def diff(self) -> PushDiff:
        return self.garden.week.push_diff()

    def states(self) -> dict[str, str]:
        return {card.title: card.state for card in self.diff().cards if card.card != "gift"}

    def fields(self, name: str) -> tuple[str, dict[str, PushField]]:
        [card] = [one for one in self.diff().cards if one.title == name]
        return card.state, {one.name: one for one in card.fields}

    def writes_of(self, **chosen: list[str]) -> list[str]:
        before = len(self.fake.writes())
        result = self.push(**chosen)
        assert isinstance(result.outcome, Done), result
        return [row.partition(" ")[0] + " " + row.split("/")[1].split("/")[0]
                for row in self.fake.writes()[before:]]  # fmt: skip


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    monkeypatch.setenv("PMAGENT_TRELLO_KEY", KEY)
    monkeypatch.setenv("PMAGENT_TRELLO_TOKEN", TOKEN)
    root, home = tmp_path / "g", tmp_path / "home"
    root.mkdir()
    (root / "board.md").write_text(TEXT, encoding="utf-8")
    with serve_trello() as fake:
        settings = {"trello-board": f"{fake.url}/boards/{BOARD}", "week": {"zone": ZONE}}
        (home / "config").mkdir(parents=True)
        (home / "config" / "settings.json").write_text(json.dumps({"pmagent": settings}))
        Garden.create(root).close()
        ground = Ground(root=root, fake=fake)
        ground.garden = Garden.open(root, wiring=Wiring(now=ground.now))
        with ground.garden as garden:
            garden.set_asker(ground.answer)
            yield ground


def test_a_first_push_makes_each_open_card_once_and_a_second_one_is_empty(ground: Ground) -> None:
    diff = ground.diff()
    assert ground.fake.writes() == []
    assert ground.path.read_text(encoding="utf-8") == TEXT
    assert {card.title: card.state for card in diff.cards} == {
        "Ring Ruth": "new", "Read the spec": "new", "Print layout": "new", "Gift cards": "left",
    }  # fmt: skip
    assert '"Later"' in diff.cards[-1].why

    result = ground.garden.week.push(diff)

    assert [(one.title, one.state) for one in result.cards] == [
        ("Ring Ruth", "sent"), ("Read the spec", "sent"), ("Print layout", "sent"),
    ]  # fmt: skip
    ruth = ground.there("Ring Ruth")
    assert ruth["idList"] == ground.fake.list_id("To do")
    assert ruth["desc"].startswith(
        "- From notes/pricing.md:4: “A price is a promise.”\n\nEffort: 1h\n\npmagent:"
    )
    assert ruth["due"] == "2026-02-03T21:00:00.000Z"  # the end of that day's work in Halifax
    assert [ground.fake.labels[one]["name"] for one in ruth["idLabels"]] == ["pricing"]
    [urgent] = ground.there("Read the spec")["idLabels"]
    assert ground.fake.labels[urgent]["name"] == "P1"
    assert len(ground.fake.cards) == 3
    assert ground.states() == {}
    assert ground.writes_of() == []


def test_the_question_shows_each_card_and_field_and_reading_is_asked_about_too(
    ground: Ground,
) -> None:
    ground.push()

    by_tool = {ask.call.tool: ask for ask in ground.asked}
    assert by_tool["trello.board"].body.startswith("GET ")
    body = by_tool["trello.push"].body
    for words in ("+ Ring Ruth", "To do", "“A price is a promise.”", "Effort: 1h", "pricing",
                  "Tuesday, 03 February 2026 at 17:00", "+ Print layout"):  # fmt: skip
        assert words in body
    assert "Move the bills" not in body


def test_a_no_to_reading_or_sending_leaves_both_boards_as_they_are(ground: Ground) -> None:
    ground.refused = {"trello.board"}
    with pytest.raises(AccessError):
        ground.diff()
    assert ground.fake.hits == []

    ground.refused = {"trello.push"}
    assert isinstance(ground.push().outcome, Denied)
    assert ground.fake.writes() == []
    assert ground.path.read_text(encoding="utf-8") == TEXT


def test_each_change_here_is_exactly_one_write(ground: Ground) -> None:
    ground.push()

    ground.edit("Ring Ruth", "Ring Ruth Halloran")
    assert ground.writes_of() == ["PUT cards"]
    ground.edit("due:2026-02-03", "due:2026-02-05")
    assert ground.writes_of() == ["PUT cards"]
    assert ground.there("Ring Ruth Halloran")["due"] == "2026-02-05T21:00:00.000Z"
    ground.edit("due:2026-02-05 ", "")
    assert ground.writes_of() == ["PUT cards"]
    assert ground.there("Ring Ruth Halloran")["due"] is None
    ground.garden.week.move("print", "To do")
    assert ground.writes_of() == ["PUT cards"]
    assert ground.there("Print layout")["idList"] == ground.fake.list_id("To do")
    ground.edit("Read the spec", "Read the spec #pricing")
    assert ground.writes_of() == ["POST cards"]
    assert len(ground.fake.cards) == 3


def test_a_card_that_is_finished_here_goes_to_the_list_of_finished_ones(ground: Ground) -> None:
    ground.push()
    ground.garden.week.done("print")

    assert ground.writes_of() == ["PUT cards"]
    assert ground.there("Print layout")["idList"] == ground.fake.list_id("Done")
    assert not ground.there("Print layout")["closed"]


def test_what_is_changed_there_alone_stays_also_when_another_field_is_sent(ground: Ground) -> None:
    ground.push()
    ruth = ground.there("Ring Ruth")
    ruth["desc"] = ruth["desc"].replace("Effort: 1h", "She is away until Monday.")
    ruth["due"] = "2026-02-09T15:00:00.000Z"

    state, fields = ground.fields("Ring Ruth")
    assert (state, set(fields)) == ("kept", {"text", "due"})
    assert ground.writes_of() == []

    ground.edit("Ring Ruth", "Ring Ruth Halloran")
    state, fields = ground.fields("Ring Ruth Halloran")
    assert (state, set(fields)) == ("changed", {"title"})
    assert ground.writes_of() == ["PUT cards"]
    ruth = ground.there("Ring Ruth Halloran")
    assert "She is away until Monday." in ruth["desc"]
    assert ruth["due"] == "2026-02-09T15:00:00.000Z"
    assert ground.fields("Ring Ruth Halloran")[0] == "kept"


def test_a_day_is_the_same_at_any_hour_of_it(ground: Ground) -> None:
    ground.push()
    ground.there("Ring Ruth")["due"] = "2026-02-04T02:00:00.000Z"  # the evening of the third

    assert ground.states() == {}


def conflict(ground: Ground) -> None:
    ground.push()
    ground.edit("Ring Ruth", "Ring Ruth by ten")
    ground.there("Ring Ruth")["name"] = "Write to Ruth"


def test_a_field_changed_on_both_sides_is_shown_three_ways_and_left(ground: Ground) -> None:
    conflict(ground)

    state, fields = ground.fields("Ring Ruth by ten")

    assert state == "conflict"
    assert fields == {
        "title": PushField(
            name="title", here="Ring Ruth by ten", there="Write to Ruth", base="Ring Ruth"
        )
    }
    assert ground.writes_of() == []
    with pytest.raises(UsageError, match="no card in conflict"):
        ground.push(ours=["print"])
    with pytest.raises(UsageError, match="both ours and theirs"):
        ground.push(ours=["ring"], theirs=["ring"])


def test_ours_writes_it_there_unless_somebody_was_faster_again(ground: Ground) -> None:
    conflict(ground)
    diff = ground.diff()
    ground.there("Write to Ruth")["name"] = "Fax Ruth"

    result = ground.garden.week.push(diff, ours=["ring"])

    assert [(one.state, one.card) for one in result.cards] == [("failed", "ring")]
    assert "changed the title there" in result.cards[0].why
    assert ground.there("Fax Ruth")
    assert ground.writes_of(ours=["ring"]) == ["PUT cards"]
    assert ground.there("Ring Ruth by ten")
    assert ground.states() == {}


def test_theirs_changes_the_file_can_be_undone_and_counts_from_then_on(ground: Ground) -> None:
    conflict(ground)
    there = ground.there("Write to Ruth")
    there["desc"] = there["desc"].replace("- From", "- By letter.\n- From")
    there["due"] = None
    there["idList"] = ground.fake.list_id("Doing")
    before = ground.path.read_text(encoding="utf-8")

    result = ground.push(theirs=["ring"])

    assert result.taken == ("ring",)
    [card] = [one for one in ground.garden.week.board().lanes[1].cards if one.id == "ring"]
    assert (card.title, card.due, card.lane) == ("Write to Ruth", None, "Doing")
    assert card.details[0] == "- By letter."
    assert (ground.states(), ground.writes_of()) == ({}, [])
    ground.edit("Write to Ruth", "Write to Ruth twice")
    assert ground.fields("Write to Ruth twice")[0] == "changed"

    assert isinstance(result.outcome, Done)
    ground.edit("Write to Ruth twice", "Write to Ruth")
    ground.garden.undo(result.outcome.checkpoint)
    assert ground.path.read_text(encoding="utf-8") == before


def test_a_list_that_is_here_no_more_cannot_be_taken(ground: Ground) -> None:
    conflict(ground)
    ground.fake.put(ground.fake.lists, name="Elsewhere", closed=False, pos=1)
    ground.there("Write to Ruth")["idList"] = ground.fake.list_id("Elsewhere")

    with pytest.raises(UsageError, match='"Elsewhere"'):
        ground.push(theirs=["ring"])
    assert ground.states() == {"Ring Ruth by ten": "conflict"}


def test_without_its_records_a_card_is_found_by_its_mark_and_never_made_twice(
    ground: Ground,
) -> None:
    ground.push()
    ground.garden.close()
    for name in ("runs.db", "runs.db-wal", "runs.db-shm", FILE):
        (ground.garden.data_dir / name).unlink(missing_ok=True)
    with Garden.open(ground.garden.root) as again:
        again.set_asker(ground.answer)
        ground.garden = again
        assert ground.states() == {}
        ground.push()
        ground.there("Ring Ruth")["name"] = "Ring Ruth soon"
        assert ground.fields("Ring Ruth")[0] == "kept"
        ground.edit("Print layout", "Print layout, wide")
        assert ground.writes_of() == ["PUT cards"]
        ground.there("Read the spec")["name"] = "Read it"
    assert len(ground.fake.cards) == 3


def test_nothing_is_taken_away_there_and_what_is_gone_is_said(ground: Ground) -> None:
    ground.push()
    ground.edit("- [ ] Print layout ^print\n", "")
    spec = ground.there("Read the spec")
    ground.fake.cards = {i: one for i, one in ground.fake.cards.items() if i != spec["id"]}
    ground.there("Ring Ruth")["closed"] = True

    diff = ground.diff()

    assert any("Print layout" in note and "stays there" in note for note in diff.notes)
    found = {card.title: card for card in diff.cards}
    assert found["Read the spec"].state == "left"
    assert "deleted it there" in found["Read the spec"].why
    assert (found["Ring Ruth"].state, found["Ring Ruth"].why) == (
        "kept", "it is archived there, and stays so",
    )  # fmt: skip
    assert ground.writes_of() == []
    assert {hit.method for hit in ground.fake.hits} <= {"GET", "POST", "PUT"}


@pytest.mark.parametrize("number", range(5))
def test_an_answer_lost_at_any_write_makes_no_second_card(ground: Ground, number: int) -> None:
    # Two labels and three cards are made: each of their answers is lost once.
    ground.fake.faults.extend([Fault("none")] * number + [Fault("lost")])

    first = ground.push()

    assert [one.state for one in first.cards].count("waiting") == 1
    ground.later += timedelta(minutes=10)  # nothing of the lost request can be under way by now
    again = ground.push()
    assert all(one.state == "sent" for one in again.cards)
    ground.garden.outbox.deliver_due()
    assert ground.garden.outbox.depth() == {"done": 3}
    assert sorted(one["name"] for one in ground.fake.cards.values()) == [
        "Print layout", "Read the spec", "Ring Ruth",
    ]  # fmt: skip
    assert sorted(one["name"] for one in ground.fake.labels.values()) == ["P1", "pricing"]
    assert ground.states() == {}


def test_too_many_requests_leave_the_card_waiting(ground: Ground) -> None:
    ground.fake.faults.append(Fault("token limit"))

    result = ground.push()

    assert [one.state for one in result.cards] == ["waiting", "sent", "sent"]
    assert "fewer requests" in result.cards[0].why


def test_with_a_token_taken_back_cards_wait_and_another_token_sends_them(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    diff = ground.diff()
    fresh = ground.fake.token = "ATTA" + "f" * 64

    result = ground.garden.week.push(diff)

    assert {one.state for one in result.cards} == {"waiting"}
    assert "does not accept the token" in result.cards[0].why
    assert ground.fake.cards == {}
    with pytest.raises(FetchError, match="does not accept the token"):
        ground.diff()

    monkeypatch.setenv("PMAGENT_TRELLO_TOKEN", fresh)
    assert {one.state for one in ground.push().cards} == {"sent"}
    assert len(ground.fake.cards) == 3
    assert ground.garden.outbox.depth() == {"done": 3}


def test_key_and_token_are_nowhere_but_in_the_header(ground: Ground) -> None:
    diff = ground.diff()
    ground.fake.faults.append(Fault("broken"))
    result = ground.garden.week.push(diff)

    told = repr((diff, result, ground.asked, ground.garden.audit(),
                 ground.garden.outbox.listed()))  # fmt: skip
    files = [one.read_bytes() for one in ground.garden.data_dir.rglob("*") if one.is_file()]
    for secret in (KEY, TOKEN):
        assert secret not in told
        assert not any(secret.encode() in data for data in files)
        assert all(secret not in hit.path + repr(hit.query) + hit.body.decode()
                   for hit in ground.fake.hits)  # fmt: skip


def test_a_card_keeps_its_twin_there_when_it_gets_another_title(ground: Ground) -> None:
    ground.push()

    assert "Read the spec #p1 ^pm-" in ground.path.read_text(encoding="utf-8")


def test_two_cards_there_with_one_mark_are_left_and_said(ground: Ground) -> None:
    ground.push()
    ground.fake.copy(ground.there("Ring Ruth"))
    ground.garden.close()
    for name in ("runs.db", "runs.db-wal", "runs.db-shm", FILE):  # which of both is ours is lost
        (ground.garden.data_dir / name).unlink(missing_ok=True)
    ground.garden = Garden.open(ground.root)
    ground.garden.set_asker(ground.answer)

    [card] = [one for one in ground.diff().cards if one.card == "ring"]

    assert (card.state, "2 cards there bear its mark" in card.why) == ("left", True)
    ground.garden.close()


def test_without_a_board_that_is_set_up_it_says_how_to_set_one_up(root: Path) -> None:
    with Garden.create(root) as garden, pytest.raises(UsageError) as caught:
        garden.week.push_diff()
    assert "pmagent trello connect" in caught.value.hint


def test_a_diff_of_another_time_is_not_sent(ground: Ground) -> None:
    old = ground.diff()
    ground.edit("Ring Ruth", "Ring Ruth now")
    assert isinstance(ground.diff().cards[0], PushCard)

    with pytest.raises(UsageError, match="changed since"):
        ground.garden.week.push(old)
    assert ground.fake.writes() == []


def test_in_a_conversation_the_difference_is_shown_and_nothing_is_sent(ground: Ground) -> None:
    opening = Opening(model="offline", is_kept=False)
    events = list(ground.garden.converse(opening).submit("/tasks push"))

    [shown] = [one for one in events if isinstance(one, Screen)]
    assert "+ Ring Ruth  (ring)" in shown.text
    assert "3 new, 1 cannot be sent" in shown.text
    assert ground.fake.writes() == []


@pytest.mark.parametrize("fault", ["lost", "busy"])
def test_a_change_whose_end_is_not_known_is_no_conflict_when_it_changes_again(
    ground: Ground, fault: str
) -> None:
    ground.fake.faults.extend([Fault("none")] * 2 + [Fault("lost")])
    ground.push()
    for title in ("Ring Ruth soon", "Ring Ruth today", "Ring Ruth now"):
        old = next(one.title for one in ground.garden.week.board().lanes[0].cards)
        ground.edit(old, title)
        assert ground.fields(title)[0] == "changed"
        ground.fake.faults.append(Fault(fault))  # type: ignore[arg-type]
        ground.push()
    ground.fake.faults.clear()
    ground.later += timedelta(hours=2)
    ground.garden.outbox.deliver_due()
    ground.push()
    assert ground.states() == {}
