"""A push against what others do there, and what happens here between a look and a send."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pmagent.errors import FetchError, UsageError
from pmagent.tasks.board.push_text import push_lines
from pmagent.types.actions import Ask, AskReply, Done, Failed, Yes
from pmagent.types.pushes import PushCard, PushField
from tests.jobs.test_pushes import TEXT, Ground, ground
from tests.publishers.fake_trello import BOARD, Fault

__all__ = ["ground"]
NAMES = ["Print layout", "Read the spec", "Ring Ruth"]


def names(ground: Ground) -> list[str]:
    return sorted(one["name"] for one in ground.fake.cards.values())


def test_a_change_wished_again_after_it_was_taken_back_is_sent_again(ground: Ground) -> None:
    ground.push()
    doing, to_do = ground.fake.list_id("Doing"), ground.fake.list_id("To do")
    for _ in range(2):
        ground.garden.week.move("print", "To do")
        ground.edit("Read the spec", "Read the plan")
        assert ground.writes_of() == ["PUT cards"] * 2
        assert ground.there("Print layout")["idList"] == to_do
        plan = ground.there("Read the plan")
        # Somebody there takes both back, and so does this board.
        ground.there("Print layout").update(idList=doing, dateLastActivity=str(ground.now()))
        plan.update(name="Read the spec", dateLastActivity=str(ground.now()))
        ground.garden.week.move("print", "Doing")
        ground.edit("Read the plan", "Read the spec")
        assert ground.writes_of() == []


def test_a_list_taken_to_another_board_gets_no_card_however_often_it_is_tried(
    ground: Ground,
) -> None:
    diff = ground.diff()
    ground.fake.take_away(ground.fake.lists[ground.fake.list_id("Doing")])

    result = ground.garden.week.push(diff)

    assert {one.card: one.state for one in result.cards}["print"] == "failed"
    for _ in range(3):
        ground.later += timedelta(hours=2)
        ground.garden.outbox.deliver_due()
    assert names(ground) == ["Read the spec", "Ring Ruth"]
    assert {one["idBoard"] for one in ground.fake.cards.values()} == {BOARD}


def test_a_copy_made_there_is_said_and_left_alone_and_ours_goes_on(ground: Ground) -> None:
    ground.push()
    copied = ground.fake.copy(ground.there("Ring Ruth"))
    copied["name"] = "Ring her sister"
    kept = dict(copied)
    ground.edit("Ring Ruth", "Ring Ruth now")

    diff = ground.diff()

    assert [note for note in diff.notes if "Ring her sister" in note and "copy" in note]
    assert ground.writes_of() == ["PUT cards"]
    assert ground.there("Ring Ruth now")
    assert ground.fake.cards[copied["id"]] == kept


def test_a_card_renamed_here_while_the_question_stands_open_is_not_made_twice(
    ground: Ground,
) -> None:
    def rename(ask: Ask) -> AskReply:
        if ask.call.tool == "trello.push":
            ground.edit("Read the spec", "Read the whole spec")
        return Yes()

    ground.garden.set_asker(rename)
    result = ground.push()
    ground.garden.set_asker(ground.answer)

    assert [one.state for one in result.cards] == ["sent", "failed", "sent"]
    assert "since it was approved" in result.cards[1].why
    ground.push()
    assert names(ground) == ["Print layout", "Read the whole spec", "Ring Ruth"]
    assert ground.states() == {}


def test_what_was_looked_at_is_sent_only_while_this_board_still_says_it(ground: Ground) -> None:
    diff = ground.diff()
    ground.edit("Ring Ruth", "Ring Ruth now")

    with pytest.raises(UsageError, match="changed since"):
        ground.garden.week.push(diff)

    assert ground.fake.writes() == []


def test_a_push_that_ended_before_it_wrote_the_ids_leaves_no_card_to_be_made_twice(
    ground: Ground,
) -> None:
    ground.push()
    ground.path.write_text(TEXT, encoding="utf-8")  # as before it wrote them

    ground.push()

    assert "Read the spec #p1 ^pm-" in ground.path.read_text(encoding="utf-8")
    ground.edit("Read the spec", "Read the whole spec")
    ground.push()
    assert names(ground) == ["Print layout", "Read the whole spec", "Ring Ruth"]


@pytest.mark.parametrize("what", ["title", "due", "list", "label", "made"])
def test_what_waits_and_was_taken_back_here_is_not_sent_later(ground: Ground, what: str) -> None:
    if what != "made":
        ground.push()
    before = {one["id"]: dict(one) for one in ground.fake.cards.values()}
    text = ground.path.read_text(encoding="utf-8")
    match what:
        case "title":
            ground.edit("Ring Ruth", "Ring Ruth now")
        case "due":
            ground.edit("due:2026-02-03", "due:2026-02-05")
        case "list":
            ground.garden.week.move("print", "To do")
        case "label":
            ground.edit("#pricing", "#pricing #more")
        case _:
            pass
    ground.fake.faults.extend([Fault("busy")] * 5)
    assert {one.state for one in ground.push().cards} == {"waiting"}
    ground.fake.faults.clear()
    text = "---\nkanban-plugin: board\n---\n\n## To do\n" if what == "made" else text
    ground.path.write_text(text, encoding="utf-8")

    ground.later += timedelta(hours=2)
    told = ground.garden.outbox.deliver_due()

    assert {one.effect.state for one in told} == {"cancelled"}
    assert all("since it was approved" in one.effect.error for one in told)
    assert {one["id"]: dict(one) for one in ground.fake.cards.values()} == before
    if what == "title":  # it can be wished again
        ground.edit("Ring Ruth", "Ring Ruth now")
        assert ground.writes_of() == ["PUT cards"]
        assert ground.there("Ring Ruth now")


def test_what_waits_and_is_still_so_here_is_sent_later(ground: Ground) -> None:
    ground.fake.faults.extend([Fault("busy")] * 3)
    assert {one.state for one in ground.push().cards} == {"waiting"}

    ground.later += timedelta(hours=2)
    ground.garden.outbox.deliver_due()

    assert names(ground) == NAMES
    assert ground.states() == {}
    ground.garden.week.move("print", "To do")
    ground.edit("#pricing", "#pricing #more")
    ground.edit("Ring Ruth", "Ring Ruth now")
    ground.fake.faults.extend([Fault("busy")] * 3)
    assert {one.state for one in ground.push().cards} == {"waiting"}
    ground.later += timedelta(hours=2)
    ground.garden.outbox.deliver_due()
    assert ground.states() == {}


@pytest.mark.parametrize(
    "name",
    ["Fix it due:2027-01-01", "Hash #tag here", "x" * 600, "est:3h", "## Done", "Call ^gift"],
)
def test_a_title_taken_from_there_is_never_written_back_otherwise(
    ground: Ground, name: str
) -> None:
    ground.push()
    ground.edit("Ring Ruth", "Ring Ruth now")
    ground.there("Ring Ruth")["name"] = name
    text = ground.path.read_text(encoding="utf-8")
    writes = ground.fake.writes()

    try:
        ground.push(theirs=["ring"])
    except UsageError:
        assert ground.path.read_text(encoding="utf-8") == text
    else:
        assert ground.states() == {}
    assert ground.fake.writes() == writes
    assert ground.there(name)


def test_lines_that_people_there_write_behind_the_mark_are_their_text(ground: Ground) -> None:
    ground.push()
    ruth = ground.there("Ring Ruth")
    ruth["desc"] += "\nShe is away.\n## Plan\n- [ ] ring"
    ground.edit("Ring Ruth", "Ring Ruth now")
    ruth["name"] = "Ring Ruth soon"

    state, fields = ground.fields("Ring Ruth now")
    assert (state, "pmagent:" in fields["text"].there) == ("conflict", False)
    ground.push(theirs=["ring"])

    assert ground.states() == {}
    board = ground.garden.week.board()
    assert [lane.title for lane in board.lanes] == ["To do", "Doing", "Later", "Done"]
    assert "She is away." in board.lanes[0].cards[0].details


def test_names_from_there_cannot_pass_for_lines_of_ours(ground: Ground) -> None:
    ground.fake.name = "A board\n+ Something else (x)"
    ground.fake.lists[ground.fake.list_id("Doing")]["name"] = "Doing\n+ Nothing (y)\x1b[2J"
    ground.garden.week.move("print", "To do")

    ground.push()

    body = next(ask.body for ask in ground.asked if ask.call.tool == "trello.push")
    assert [row for row in body.splitlines() if row.startswith("+")] == [
        "+ Ring Ruth  (ring)", next(row for row in body.splitlines() if "Read the spec  (" in row),
        "+ Print layout  (print)",
    ]  # fmt: skip
    assert "\x1b" not in body
    assert 'With: "pmagent:"' in body


def test_an_archived_board_is_said_and_nothing_is_sent(ground: Ground) -> None:
    ground.fake.is_closed = True

    with pytest.raises(FetchError, match="is archived"):
        ground.diff()


def test_a_colour_without_a_name_is_no_label_of_that_name(ground: Ground) -> None:
    ground.push()
    green = ground.fake.put(ground.fake.labels, name="", color="green")
    ground.there("Ring Ruth")["idLabels"].append(green["id"])
    ground.edit("#pricing", "#pricing #green")

    assert ground.writes_of() == ["POST labels", "POST cards"]


def test_an_effect_shown_as_of_one_card_is_of_that_card(ground: Ground) -> None:
    move = {"card": "0" * 24, "list": ground.fake.list_id("Doing")}
    step = {"card": "ring", "title": "Ring Ruth", "kind": "trello.move", "about": "card print",
            "payload": move}  # fmt: skip

    told = ground.garden.perform("trello.push", {"board": "A", "lists": {}, "steps": [step]})

    assert isinstance(told, Failed)
    assert ground.fake.hits == []


def test_what_stays_as_it_is_there_does_not_read_as_if_it_were_replaced() -> None:
    field = PushField(name="title", here="Ours", there="Theirs", base="Ours")
    label = PushField(name="label", here="a, b", there="a, c")
    cards = [PushCard(card="x", title="Ours", state="kept", fields=(field,)),
             PushCard(card="y", title="Other", state="changed", fields=(label,))]  # fmt: skip

    rows = [row.split() for row in push_lines(cards)]

    assert rows[1:4] == [["title"], ["here", "Ours"], ["there", "Theirs"]]
    assert rows[5:] == [["label", "+", "b"]]


def test_many_cards_are_pushed_with_few_readings_of_the_board(ground: Ground) -> None:
    more = "".join(f"- [ ] Card {number} ^c{number}\n" for number in range(10))
    ground.edit("## Doing\n", f"{more}\n## Doing\n")

    assert isinstance(ground.push().outcome, Done)

    assert len(ground.fake.cards) == 13
    assert sum(hit.path.endswith("/cards") for hit in ground.fake.hits if hit.method == "GET") == 1
