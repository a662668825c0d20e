"""A Trello board: each card once, what others change there stays, and nothing is deleted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pmagent.errors import UsageError
from pmagent.publishers.trello.cards import is_marked, mark_of, text_and_mark
from pmagent.publishers.trello.key import find_key, parse_key
from pmagent.publishers.trello.publisher import (
    TrelloPublisher,
    board_id,
    open_client,
    open_publisher,
)
from pmagent.registry import collect
from pmagent.types.actions import Json
from pmagent.types.outbox import Effect, Receipt, SendFault
from tests.publishers.fake_trello import BOARD, KEY, TOKEN, FakeTrello, Fault, serve_trello

NOW = datetime(2026, 2, 2, 9, tzinfo=UTC)


@pytest.fixture
def fake() -> Iterator[FakeTrello]:
    with serve_trello() as trello:
        yield trello


@pytest.fixture
def board(fake: FakeTrello) -> TrelloPublisher:
    return open_publisher(BOARD, lambda: parse_key(f"{KEY}:{TOKEN}"), base=fake.url)


def effect(
    board: TrelloPublisher, kind: str, payload: Mapping[str, Json], receipt: Receipt | None = None
) -> Effect:
    key = hashlib.sha256(kind.encode()).hexdigest()[:20]
    return Effect(
        key=key, kind=kind, target=board.target, business_key="card", payload=payload, digest="",
        state="sending", made=NOW, changed=NOW, receipt=receipt,
    )  # fmt: skip


def card(
    board: TrelloPublisher, fake: FakeTrello, receipt: Receipt | None = None, **fields: Json
) -> Effect:
    payload: dict[str, Json] = {
        "list": fake.list_id("To do"),
        "name": "Ring Ruth",
        "text": "By hand.\n\n- twice",
        "due": "2026-02-09T17:00:00+01:00",
        **fields,
    }
    return effect(board, "trello.card", payload, receipt)


def fault_of(board: TrelloPublisher, wanted: Effect) -> SendFault:
    with pytest.raises(SendFault) as caught:
        board.do(wanted, None)
    return caught.value


def test_a_card_is_made_with_its_mark_in_the_last_line(
    board: TrelloPublisher, fake: FakeTrello
) -> None:
    wanted = card(board, fake)

    receipt = board.do(wanted, None)

    [there] = fake.cards.values()
    assert (there["id"], there["name"]) == (receipt.id, "Ring Ruth")
    assert there["desc"] == f"By hand.\n\n- twice\n\n{mark_of(wanted.key)}"
    assert there["due"] == "2026-02-09T16:00:00.000Z"
    found = board.look(wanted)
    assert found is not None
    assert (found.id, found.matches) == (receipt.id, 1)
    assert board.do(wanted, found).id == receipt.id
    assert len(fake.cards) == 1


@pytest.mark.parametrize(
    ("fault", "kind", "says"),
    [
        ("busy", "again", "busy"),
        ("token limit", "again", "fewer requests"),
        ("key limit", "again", "no more requests for a while"),
        ("down", "ambiguous", "broke down (502)"),
        ("broken", "ambiguous", "broke down (500)"),
        ("lost", "ambiguous", "does not answer as a web server"),
        ("cut", "ambiguous", "does not answer as a web server"),
        ("page", "ambiguous", "something else"),
    ],
)
def test_a_fault_says_what_may_have_happened_and_the_next_try_makes_one(
    board: TrelloPublisher, fake: FakeTrello, fault: str, kind: str, says: str
) -> None:
    fake.faults.append(Fault(fault))  # type: ignore[arg-type]

    told = fault_of(board, card(board, fake))

    assert told.kind == kind
    assert says in told.message
    board.do(card(board, fake), board.look(card(board, fake)))
    assert len(fake.cards) == 1


@pytest.mark.parametrize("kind", ["busy", "down", "broken", "lost", "cut", "page", "token limit"])
def test_a_fault_of_a_look_is_never_ambiguous(
    board: TrelloPublisher, fake: FakeTrello, kind: str
) -> None:
    fake.faults.append(Fault(kind, is_any=True))  # type: ignore[arg-type]

    with pytest.raises(SendFault) as caught:
        board.look(card(board, fake))

    assert caught.value.kind == "again"


def test_limits_are_waited_for_and_a_locked_key_longer(
    board: TrelloPublisher, fake: FakeTrello
) -> None:
    clock = [0.0]
    fake.now, fake.limit = lambda: clock[0], 4  # the cards, the lists, the making, the card
    board.do(card(board, fake), None)

    assert fault_of(board, card(board, fake)).wait_s == 10.0
    fake.refused = 200
    assert fault_of(board, card(board, fake)).wait_s == 10.0
    assert fault_of(board, card(board, fake)).wait_s == 900.0
    clock[0] = 30.0
    assert board.look(card(board, fake)) is not None
    assert (board.pace.requests, board.pace.window_s) == (80, 10.0)


def test_what_is_changed_is_changed_and_what_others_changed_stays(
    board: TrelloPublisher, fake: FakeTrello
) -> None:
    made = board.do(card(board, fake), None)
    fake.cards[made.id]["name"] = "Ring Ruth today"
    fake.cards[made.id]["idList"] = fake.list_id("Doing")

    after = board.do(card(board, fake, made, text="By letter."), None)

    there = fake.cards[made.id]
    assert there["name"] == "Ring Ruth today"
    assert there["desc"].startswith("By letter.\n\npmagent:")
    assert there["idList"] == fake.list_id("Doing")
    assert after.id == made.id


def test_the_same_field_changed_on_both_sides_is_for_a_person(
    board: TrelloPublisher, fake: FakeTrello
) -> None:
    made = board.do(card(board, fake), None)
    fake.cards[made.id]["name"] = "Theirs"

    told = fault_of(board, card(board, fake, made, name="Ours"))

    assert told.kind == "collision"
    assert (told.theirs or {})["name"] == "Theirs"
    assert fake.cards[made.id]["name"] == "Theirs"


def test_two_cards_with_one_mark_are_told_and_left_alone(
    board: TrelloPublisher, fake: FakeTrello
) -> None:
    made = board.do(card(board, fake), None)
    fake.put(fake.cards, **{k: v for k, v in fake.cards[made.id].items() if k != "id"})

    for wanted in (replace(card(board, fake), is_doubtful=True),
                   replace(card(board, fake), attempts=2),
                   replace(card(board, fake, made), state="done")):  # fmt: skip
        found = board.look(wanted)
        assert found is not None
        assert found.matches == 2
        assert fault_of(board, wanted).kind == "collision"
    assert len(fake.cards) == 2


def test_a_copy_that_somebody_made_there_takes_the_mark_along_and_is_left_alone(
    board: TrelloPublisher, fake: FakeTrello
) -> None:
    made = board.do(card(board, fake), None)
    copied = dict(fake.copy(fake.cards[made.id]))

    after = board.do(card(board, fake, made, name="New"), None)

    assert (after.id, fake.cards[made.id]["name"]) == (made.id, "New")
    assert fake.cards[copied["id"]] == copied


@pytest.mark.parametrize("becomes", ["taken away", "archived"])
def test_in_a_list_that_is_no_longer_open_on_this_board_nothing_is_made_or_put(
    board: TrelloPublisher, fake: FakeTrello, becomes: str
) -> None:
    made = board.do(card(board, fake), None)
    doing = fake.lists[fake.list_id("Doing")]
    if becomes == "archived":
        doing["closed"] = True
    else:
        fake.take_away(doing)
    other = replace(card(board, fake, list=doing["id"]), key="0" * 20)
    before = fake.writes()

    for wanted in (other, effect(board, "trello.move", {"card": made.id, "list": doing["id"]})):
        assert fault_of(board, wanted).kind == "refused"
    assert fake.writes() == before


@pytest.mark.parametrize("is_private", [False, True])
def test_a_card_on_another_board_is_not_touched_and_bars_no_other(
    board: TrelloPublisher, fake: FakeTrello, is_private: bool
) -> None:
    made = board.do(card(board, fake), None)
    fake.take_away(fake.cards[made.id])
    fake.is_private_elsewhere = is_private
    before = fake.writes()

    for wanted in (
        effect(board, "trello.move", {"card": made.id, "list": fake.list_id("Doing")}),
        effect(board, "trello.label", {"card": made.id, "name": "x"}),
        effect(board, "trello.due", {"card": made.id, "due": None}),
        card(board, fake, made, name="New", before={"name": "Ring Ruth"}),
    ):
        assert fault_of(board, wanted).kind == "refused"  # not as if the key were
    assert fake.writes() == before


def test_a_server_that_repeats_what_it_refuses_brings_no_key_into_a_fault(
    board: TrelloPublisher, fake: FakeTrello
) -> None:
    fake.faults.append(Fault("echo"))

    told = fault_of(board, card(board, fake))

    assert "bad header" in told.message
    assert all(secret.lower()[:20] not in told.message.lower() for secret in (KEY, TOKEN))


def test_a_text_is_as_long_as_trello_counts_it(board: TrelloPublisher, fake: FakeTrello) -> None:
    assert board.do(card(board, fake, text="😀" * 8_000), None)
    assert fault_of(board, card(board, fake, text="😀" * 8_001)).kind == "refused"


def test_many_cards_are_made_with_one_reading_of_the_board(
    board: TrelloPublisher, fake: FakeTrello
) -> None:
    def count() -> int:
        return sum(hit.path.endswith(f"{BOARD}/cards") for hit in fake.hits)

    for number in range(20):
        wanted = replace(card(board, fake), key=f"{number:020x}")
        assert board.look(wanted) is None
        board.do(wanted, None)
        again = board.look(wanted)
        assert again is not None
        assert again.matches == 1
    assert count() == 1

    fake.faults.append(Fault("lost"))
    lost = replace(card(board, fake), key="f" * 20)
    assert fault_of(board, lost).kind == "ambiguous"
    assert board.look(lost) is not None  # read anew behind a writing of unknown end
    assert count() == 2


def test_a_card_is_moved_labelled_and_dated_each_once(
    board: TrelloPublisher, fake: FakeTrello
) -> None:
    made = board.do(card(board, fake), None)
    key = card(board, fake).key
    doing = fake.list_id("Doing")
    wishes = [
        effect(board, "trello.move", {"made_by": key, "list": doing}),
        effect(board, "trello.label", {"card": made.id, "name": "pricing", "colour": "red"}),
        effect(board, "trello.due", {"card": made.id, "due": "2026-03-01T09:00:00+00:00"}),
    ]

    for wish in wishes:
        assert board.look(wish) is None
        fake.faults.append(Fault("lost"))
        fault_of(board, wish)
        board.do(wish, board.look(wish))
        assert board.look(wish) is not None

    there = fake.cards[made.id]
    assert (there["idList"], there["due"]) == (doing, "2026-03-01T09:00:00.000Z")
    assert [one["name"] for one in fake.labels.values()] == ["pricing"]
    assert there["idLabels"] == list(fake.labels)
    assert all(hit.method in {"GET", "POST", "PUT"} for hit in fake.hits)


def test_a_card_somebody_moved_or_archived_is_not_taken_from_them(
    board: TrelloPublisher, fake: FakeTrello
) -> None:
    made = board.do(card(board, fake), None)
    fake.cards[made.id]["idList"] = fake.list_id("Done")
    move = {"card": made.id, "list": fake.list_id("Doing"), "before": fake.list_id("To do")}

    assert fault_of(board, effect(board, "trello.move", move)).kind == "collision"
    fake.cards[made.id]["closed"] = True
    del move["before"]
    assert "archived" in fault_of(board, effect(board, "trello.move", move)).message


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("f" * 32 + ":" + TOKEN, "does not accept the key"),
        (f"{KEY}:{'x' * 40}", "does not accept the token"),
    ],
)
def test_a_refused_key_is_said_without_showing_it(fake: FakeTrello, key: str, says: str) -> None:
    board = open_publisher(BOARD, lambda: parse_key(key), base=fake.url)

    told = fault_of(board, card(board, fake))

    assert told.kind == "unauthorised"
    assert says in told.message
    assert not any(part in repr((told.message, told.hint, parse_key(key))) for part in
                   key.split(":"))  # fmt: skip


def test_key_and_token_go_in_the_header_alone(board: TrelloPublisher, fake: FakeTrello) -> None:
    wanted = card(board, fake)
    board.do(wanted, None)

    for hit in fake.hits:
        assert KEY not in hit.path + repr(hit.query) + hit.body.decode()
        assert TOKEN in hit.headers["authorization"]
    told = board.describe(wanted)
    assert told.url == f"{fake.url}/cards"
    assert KEY not in repr(told)
    assert TOKEN not in repr(told)


def test_each_effect_can_be_read_as_the_request_that_it_is(
    board: TrelloPublisher, fake: FakeTrello
) -> None:
    made = board.do(card(board, fake), None)
    change = card(board, fake, name="New", labels=["x"], before={"name": "Ring Ruth"})
    doing = fake.list_id("Doing")
    of = {"card": made.id}
    told = [
        board.describe(one)
        for one in (
            card(board, fake, labels=["x"]), change,
            effect(board, "trello.move", {**of, "list": doing, "before": fake.list_id("To do")}),
            effect(board, "trello.label", {**of, "name": "x"}),
            effect(board, "trello.due", {**of, "due": None}),
        )
    ]  # fmt: skip

    assert [(one.method, one.url.removeprefix(fake.url), set(json.loads(one.body)))
            for one in told] == [
        ("POST", "/cards", {"idList", "name", "desc", "due", "idLabels"}),
        ("PUT", "/cards/‹card›", {"name", "desc", "due"}),
        ("PUT", f"/cards/{made.id}", {"idList", "pos"}),
        ("POST", f"/cards/{made.id}/idLabels", {"value"}),
        ("PUT", f"/cards/{made.id}", {"due"}),
    ]  # fmt: skip


def test_a_card_is_made_with_its_labels_each_made_once(
    board: TrelloPublisher, fake: FakeTrello
) -> None:
    wanted = card(board, fake, labels=["pricing", "P1"])
    fake.faults.extend([Fault("lost")] * 3)
    for _ in range(3):
        assert fault_of(board, wanted).kind == "ambiguous"

    receipt = board.do(wanted, board.look(wanted))

    assert receipt.data["labels"] == ["pricing", "P1"]
    assert [one["name"] for one in fake.labels.values()] == ["pricing", "P1"]
    assert len(fake.cards) == 1


def test_a_card_that_was_seen_there_and_is_gone_is_not_made_again(
    board: TrelloPublisher, fake: FakeTrello
) -> None:
    told = fault_of(board, card(board, fake, before={"name": "Ring Ruth"}))

    assert (told.kind, fake.cards) == ("refused", {})


def test_a_key_is_found_in_the_environment_or_the_keyring() -> None:
    named = {"PMAGENT_TRELLO_KEY": KEY, "PMAGENT_TRELLO_TOKEN": TOKEN}

    assert find_key(named, lambda _: "") == find_key({}, lambda _: f"{KEY}:{TOKEN}")
    with pytest.raises(UsageError, match="no key and token"):
        find_key({}, lambda _: "")
    with pytest.raises(UsageError) as caught:
        parse_key("secret-thing:x")
    assert "secret-thing" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (BOARD, BOARD),
        ("https://trello.com/b/9ea5e97d/podcast", "9ea5e97d"),
        ("https://trello.com/b/9ea5e97d", "9ea5e97d"),
        ("https://evil.test/b/9ea5e97d", None),
        ("../x", None),
    ],
)
def test_a_board_is_named_as_people_copy_it(said: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(UsageError, match="is no Trello board"):
            board_id(said)
    else:
        assert board_id(said) == expected


def test_a_board_too_large_and_a_payload_that_is_none_are_refused(
    board: TrelloPublisher, fake: FakeTrello
) -> None:
    assert fault_of(board, card(board, fake, name="")).kind == "refused"
    assert fault_of(board, card(board, fake, list="../boards")).kind == "refused"
    board.do(card(board, fake), None)
    fake.put(fake.cards, **{k: v for k, v in next(iter(fake.cards.values())).items() if k != "id"})
    fake.most_cards = 1
    doubtful = replace(card(board, fake), is_doubtful=True)
    assert "more cards than Trello gives" in fault_of(board, doubtful).message


def test_the_tools_are_external_and_name_what_they_take() -> None:
    tools = {one.name: one for one in collect("pmagent.tools", "tool")}  # type: ignore[attr-defined]

    for name in ("trello.card", "trello.move", "trello.label", "trello.due"):
        spec = tools[name].spec  # type: ignore[attr-defined]
        assert spec.effect == "external"
        fields = tools[name].Input.model_fields  # type: ignore[attr-defined]
        assert {one.name for one in spec.parameters} == set(fields)
        assert all(one.is_optional is not fields[one.name].is_required()
                   for one in spec.parameters)  # fmt: skip
    assert not any(name.startswith("trello.") and "delete" in name for name in tools)


@pytest.mark.parametrize(
    ("desc", "expected"),
    [
        ("Words.\n\n{mark}", True),
        ("{mark}\nand more", True),  # people there write on behind it
        ("Words.\r\n\r\n{mark}  \r\n\r\nmore", True),
        ("{mark}\\\nmore", True),
        ("as in {mark}", False),
        ("{mark}0", False),
        ("{mark}\n\npmagent:" + "0" * 20, False),  # the last one counts
        ("pmagent: a good tool", False),
    ],
)
def test_a_mark_is_a_line_of_its_own(
    board: TrelloPublisher, fake: FakeTrello, desc: str, expected: bool
) -> None:
    wanted = card(board, fake)
    fake.put(fake.cards, name="x", desc=desc.format(mark=mark_of(wanted.key)), closed=False,
             due=None, idList=fake.list_id("To do"), idLabels=[], shortUrl="")  # fmt: skip
    client = open_client(BOARD, lambda: parse_key(f"{KEY}:{TOKEN}"), base=fake.url)

    [there] = client.cards()

    assert is_marked(there, wanted.key) is expected
    assert (board.look(wanted) is not None) is expected
    text, _ = text_and_mark(there)
    assert ("a good tool" in text) is ("a good tool" in desc)
