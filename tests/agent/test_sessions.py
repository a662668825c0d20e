"""A session is what was said in it: kept, found again, gone back on, and told to a model whole."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pmagent.agent.session_open import OpenSession
from pmagent.agent.session_store import SessionStore
from pmagent.agent.session_tables import Tables
from pmagent.errors import IndexFaultError, LockedError, UsageError
from pmagent.secrets import MASK, Redactor
from pmagent.types.sessions import (
    Asked,
    Compacted,
    Ended,
    Fact,
    Marked,
    Record,
    Renamed,
    Rewound,
    Stepped,
)
from pmagent.types.talk import Message, Opaque, Role, Text, ToolAnswer, ToolUse, Usage
from pmagent.types.turns import Span

BEGAN = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
SAVED = Path(__file__).parent / "saved"


class Clock:
    """A second later each time it is looked at."""

    def __init__(self) -> None:
        self.now = BEGAN

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[SessionStore]:
    with opened(tmp_path, clock) as made:
        yield made


def opened(folder: Path, clock: Callable[[], datetime]) -> SessionStore:
    numbers = iter(range(100))
    prefix = f"{os.getpid():x}"[-4:]
    return SessionStore(
        folder / "data",
        now=clock,
        redact=Redactor(()).redact,
        new_id=lambda: f"5e55{prefix:0>4}{next(numbers):04d}",
    )


def says(role: Role, text: str, *, partial: bool = False) -> Message:
    return Message(role=role, parts=(Text(text=text),), is_partial=partial)


def ask(session: OpenSession, turn: str, typed: str) -> None:
    session.append(Asked(turn=turn, typed=typed, message=says("user", typed), model="offline"))


def answer(session: OpenSession, turn: str, text: str) -> None:
    session.append(Stepped(turn=turn, message=says("assistant", text), model="offline"))
    session.append(Ended(turn=turn, reason="done", cost_usd=Decimal(0), shown=text))


def talk(session: OpenSession, turn: str, typed: str, text: str) -> None:
    ask(session, turn, typed)
    answer(session, turn, text)


def told(session: OpenSession) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in session.messages()]


EVERY_RECORD: tuple[Record, ...] = (
    Marked(facts={"model": "deep", "budget": {"steps": 4, "cost_usd": None}}),
    Asked(
        turn="t1",
        typed="What did Ana say?",
        message=Message(role="user", parts=(Text(text="What did Ana say? 価格 \udcff"),)),
        model="deep",
    ),
    Stepped(
        turn="t1",
        message=Message(
            role="assistant",
            parts=(
                Opaque(data={"type": "thinking", "signature": "x==", "n": [1, 2.5, None]}),
                Text(text="Looking."),
                ToolUse(id="u1", tool="Read", input={"path": "a.md", "limit": 3}),
                ToolUse(id="u2", tool="Grep", input={}, problem="broken JSON"),
            ),
        ),
        usage=Usage(input_tokens=10, output_tokens=3, cache_read_tokens=2, cache_write_tokens=1),
        model="deep",
    ),
    Stepped(
        turn="t1",
        message=Message(
            role="user",
            parts=(
                ToolAnswer(id="u1", text="A line.", data={"lines": [1, 2]}),
                ToolAnswer(id="u2", text="No.", is_error=True),
            ),
        ),
    ),
    Ended(turn="t1", reason="cost", cost_usd=Decimal("0.0123"), checkpoints=("c1", "c2")),
    Renamed(name="Ana and prices"),
    Compacted(summary="Ana was asked after.", kept_turns=("t1",), by="person"),
)


def test_every_kind_of_record_is_read_again_as_it_was_written(
    tmp_path: Path, clock: Clock, store: SessionStore
) -> None:
    with store.create() as session:
        for record in EVERY_RECORD:
            session.append(record)
        before = (session.messages(), session.turns(), session.facts, session.usage)

    with opened(tmp_path, clock) as again, again.open("last") as session:
        assert (session.messages(), session.turns(), session.facts, session.usage) == before
        assert session.facts == {"model": "deep", "budget": {"steps": 4, "cost_usd": None}}
        assert session.usage.total_tokens == 16
        assert session.row.name == "Ana and prices"
        assert session.damaged == 0
        kept = [part for message in session.messages() for part in message.parts]
        assert Opaque(data={"type": "thinking", "signature": "x==", "n": [1, 2.5, None]}) in kept
        assert ToolAnswer(id="u1", text="A line.", data={"lines": [1, 2]}) in kept


def test_a_session_is_found_by_id_by_name_by_a_part_of_it_and_as_the_last(
    store: SessionStore,
) -> None:
    with store.create() as one, store.create() as two:
        talk(one, "t1", "What did we say about pricing?", "Much.")
        talk(two, "t2", "Draft the roadmap", "Done.")
        two.rename("Roadmap 2027")
        names = (one.id, "what did we say about pricing?", "pricing")
        assert {store.find(name).id for name in names} == {one.id}
        assert {store.find(name).id for name in ("roadmap 2027", "Road", "last")} == {two.id}

        with pytest.raises(UsageError, match="fits 2 sessions"):
            store.find("5e55")
        with pytest.raises(UsageError, match='there is no session "walrus"'):
            store.find("walrus")
        with pytest.raises(UsageError, match='called "roadmap 2027" already'):
            one.rename("roadmap 2027")
        with pytest.raises(UsageError, match="not a name"):
            one.rename(" last ")
    assert [row.turns for row in store.rows()] == [1, 1]
    assert store.find("pricing").name == "What did we say about pricing?"


def test_nothing_is_kept_of_a_session_in_which_nothing_was_said(
    tmp_path: Path, store: SessionStore
) -> None:
    store.create().close()

    assert store.rows() == []
    assert list((tmp_path / "data" / "sessions").iterdir()) == []
    with pytest.raises(UsageError, match="no session yet"):
        store.open("last")


def test_what_is_typed_and_not_sent_comes_back_and_what_was_sent_does_not(
    tmp_path: Path, clock: Clock, store: SessionStore
) -> None:
    with store.create() as one:
        one.keep_draft("an unfinished thou")
    with store.create() as two:
        two.keep_draft("send me")
        talk(two, "t1", "send me", "ok")

    with opened(tmp_path, clock) as again:
        latest = again.latest_draft()
        assert latest is not None
        assert (latest.id, latest.draft) == (one.id, "an unfinished thou")
        assert again.find(two.id).draft == ""
        with again.open(one.id) as session:
            assert session.draft == "an unfinished thou"
            assert again.latest_draft() is None, "it is being typed elsewhere"
            session.keep_draft("")
        assert [row.id for row in again.rows()] == [two.id]


def test_going_back_takes_turns_away_from_model_and_person_and_gives_the_text_again(
    store: SessionStore,
) -> None:
    with store.create() as session:
        for number in (1, 2, 3):
            talk(session, f"t{number}", f"question {number}", f"answer {number}")

        assert session.rewind("t2") == "question 2"
        talk(session, "t4", "question 4", "answer 4")

        assert [turn.typed for turn in session.turns()] == ["question 1", "question 4"]
        assert [text for _, text in told(session)] == [
            "question 1", "answer 1", "question 4", "answer 4",
        ]  # fmt: skip
        assert session.row.turns == 2
        with pytest.raises(UsageError, match='no turn "t2"'):
            session.rewind("t2")
        session.append(Rewound(to_turn="t2"))
        assert session.row.turns == len(session.turns()) == 2
        assert [row.id for row in store.rows("question 3")] == [session.id], "nothing is erased"


def test_after_compaction_the_model_is_told_in_short_and_the_person_sees_all(
    store: SessionStore,
) -> None:
    with store.create() as session:
        for number in (1, 2, 3):
            talk(session, f"t{number}", f"question {number}", f"answer {number}")
        session.append(Compacted(summary="Two questions.", kept_turns=("t3",)))
        talk(session, "t4", "question 4", "answer 4")

        [first, *rest] = told(session)
        assert first[0] == "user"
        assert "Two questions." in first[1]
        assert first[1].endswith("question 3")
        assert [text for _, text in rest] == ["answer 3", "question 4", "answer 4"]
        assert len(session.turns()) == 4

        session.rewind("t2")
        assert [text for _, text in told(session)] == ["question 1", "answer 1"]


def test_a_turn_that_runs_goes_on_after_it_was_compacted_in_the_middle(
    store: SessionStore,
) -> None:
    with store.create() as session:
        talk(session, "t1", "old", "gone")
        ask(session, "t2", "new")
        session.append(Compacted(summary="Old things."))
        answer(session, "t2", "fresh")

        [first, second] = told(session)
        assert first[1].startswith("What was said before, in short:\n\nOld things.")
        assert first[1].endswith("new")
        assert second == ("assistant", "fresh")
        with store.fork(session.id) as copy:
            assert told(copy) == told(session)


def test_a_copy_goes_its_own_way_from_the_turn_it_was_made_at(store: SessionStore) -> None:
    with store.create() as session:
        session.mark(model="deep")
        for number in (1, 2, 3):
            talk(session, f"t{number}", f"question {number}", f"answer {number}")
        session.rewind("t3")
        ask(session, "t4", "cut off")

        with store.fork(session.id, through="t1") as copy:
            talk(copy, "t5", "another way", "yes")
            assert [turn.typed for turn in copy.turns()] == ["question 1", "another way"]
            assert copy.row.forked_from == session.id
            assert copy.facts == {"model": "deep"}
        with store.fork(session.id) as whole:
            assert [turn.typed for turn in whole.turns()] == ["question 1", "question 2"]
        assert [turn.typed for turn in session.turns()] == ["question 1", "question 2", "cut off"]
        with pytest.raises(UsageError, match='no complete turn "t4"'):
            store.fork(session.id, through="t4")


def test_a_session_that_is_open_is_not_opened_twice_and_is_seen_to_run(
    tmp_path: Path, clock: Clock, store: SessionStore
) -> None:
    with store.create() as session:
        ask(session, "t1", "hello")
        with opened(tmp_path, clock) as other:
            with pytest.raises(LockedError, match="open in another window"):
                other.open(session.id)
            assert [turn.reason for turn in other.turns(session.id)] == ["running"]
    assert [turn.reason for turn in store.turns(session.id)] == ["killed"]


def test_half_an_answer_is_kept_marked_and_not_told_to_the_model(
    tmp_path: Path, clock: Clock, store: SessionStore
) -> None:
    session = store.create()
    talk(session, "t1", "one", "first")
    ask(session, "t2", "two")
    session.keep_partial("t2", "Ana said that pri")
    session.close()

    with opened(tmp_path, clock) as again, again.open() as resumed:
        killed = resumed.killed
        assert killed is not None
        assert (killed.turn, killed.reason, killed.shown) == ("t2", "killed", "Ana said that pri")
        assert told(resumed) == [("user", "one"), ("assistant", "first")]
        talk(resumed, "t3", "three", "third")
        assert told(resumed)[2:] == [("user", "three"), ("assistant", "third")]
        assert [turn.reason for turn in resumed.turns()] == ["done", "killed", "done"]
        assert resumed.killed is None


@pytest.mark.parametrize("partial", ["Ana said that pri", "Looking.\n\nAna said that pri"])
def test_of_a_killed_turn_all_words_are_shown_once(store: SessionStore, partial: str) -> None:
    with store.create() as session:
        ask(session, "t1", "one")
        session.append(Stepped(turn="t1", message=says("assistant", "Looking.")))
        session.keep_partial("t1", partial)

        assert session.turns()[0].shown == "Looking.\n\nAna said that pri"


def test_secrets_are_hidden_in_what_is_kept_and_what_the_model_is_told(
    tmp_path: Path, store: SessionStore
) -> None:
    key = "sk-ant-api03-Zx81kq02LmNb47TyuQ"
    with store.create() as session:
        talk(session, "t1", f"my key is {key}", f"yours is {key}")
        session.append(
            Stepped(
                turn="t1",
                message=Message(
                    role="assistant",
                    parts=(ToolUse(id="u", tool="Bash", input={"env": [f"KEY {key}"]}),),
                ),
            )
        )
        session.keep_partial("t1", key)
        session.add_span(span("s", facts={"said": key}))
        session.jot(key, source="you")
        everything = session.export("json") + session.export("markdown")
        assert MASK in told(session)[0][1]
        assert key not in everything
    with sqlite3.connect(tmp_path / "data" / "state.db") as database:
        assert key not in "".join(database.iterdump())


def span(name: str, *, ended: datetime | None = None, facts: dict[str, str] | None = None) -> Span:
    return Span(
        id=name, parent="", kind="tool", name="Read a.md", began=BEGAN, ended=ended,
        facts=dict(facts or {}),
    )  # fmt: skip


def test_a_span_takes_the_place_of_what_was_kept_of_it_while_it_ran(store: SessionStore) -> None:
    with store.create() as session:
        ask(session, "t1", "go")
        session.add_span(span("s1"))
        session.add_span(span("s1", ended=BEGAN + timedelta(seconds=2), facts={"bytes": "12"}))

        [kept] = session.spans()

        assert kept == span("s1", ended=BEGAN + timedelta(seconds=2), facts={"bytes": "12"})


def test_the_scratchpad_belongs_to_its_session(store: SessionStore) -> None:
    with store.create() as one, store.create() as two:
        one.jot("Ana is the CFO", source="notes/a.md:3")
        one.jot("ask her", source="you")

        assert one.scratch()[0] == Fact(
            text="Ana is the CFO", source="notes/a.md:3", kind="scratch"
        )
        assert [fact.text for fact in one.scratch()] == ["Ana is the CFO", "ask her"]
        assert two.scratch() == []
        one.clear_scratch()
        assert one.scratch() == []


def test_a_session_goes_only_when_told_and_into_a_file_that_holds_all_of_it(
    tmp_path: Path, store: SessionStore
) -> None:
    with store.create() as other:
        talk(other, "t0", "a lighthouse", "stays")
    with store.create() as session:
        talk(session, "t1", "a walrus was mentioned", "so it was")
        with pytest.raises(LockedError):
            store.forget(session.id, tmp_path / "trash")
    assert store.rows("walrus")

    kept = store.forget(session.id, tmp_path / "trash")

    assert [turn["typed"] for turn in json.loads(kept.read_text(encoding="utf-8"))["turns"]] == [
        "a walrus was mentioned"
    ]
    assert store.rows("walrus") == []
    assert [row.id for row in store.rows()] == [other.id]
    with sqlite3.connect(tmp_path / "data" / "state.db") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    # The index holds the stem only.
    assert b"walru" not in (tmp_path / "data" / "state.db").read_bytes()


def test_a_damaged_record_costs_itself_and_nothing_else(
    tmp_path: Path, clock: Clock, store: SessionStore
) -> None:
    with store.create() as session:
        for number in (1, 2, 3):
            talk(session, f"t{number}", f"question {number}", f"answer {number}")
    with sqlite3.connect(tmp_path / "data" / "state.db") as database:
        database.execute("UPDATE records SET body = substr(body, 1, 30) WHERE turn = 't2'")

    with opened(tmp_path, clock) as again, again.open() as session:
        assert [text for _, text in told(session)] == [
            "question 1", "answer 1", "question 3", "answer 3",
        ]  # fmt: skip
        assert [turn.typed for turn in session.turns()] == ["question 1", "", "question 3"]
        assert session.damaged == 3
        assert "3 damaged records" in session.export("markdown")
        assert json.loads(session.export("json"))["records"][3]["damaged"].startswith('{"v":1')


def test_a_damaged_file_is_said_to_be_and_is_left_alone(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "state.db").write_bytes(b"no database" * 500)

    with pytest.raises(IndexFaultError, match=r'"state\.db" is damaged') as caught:
        opened(tmp_path, clock)

    assert "nothing of it is erased" in caught.value.hint
    assert (tmp_path / "data" / "state.db").read_bytes() == b"no database" * 500


def test_a_file_that_version_one_wrote_is_read_whole(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "data").mkdir()
    with sqlite3.connect(tmp_path / "data" / "state.db") as database:
        database.executescript((SAVED / "state-1.sql").read_text(encoding="utf-8"))

    with opened(tmp_path, clock) as store:
        assert [(row.name, row.turns, row.draft) for row in store.rows()] == [
            ("Ana and prices", 1, "and then"),
            ("What about it?", 1, ""),
        ]
        with store.open("Ana and prices") as session:
            assert [part for message in session.messages() for part in message.parts][2:4] == [
                Opaque(data={"type": "thinking", "signature": "x==", "n": [1, 2.5, None]}),
                Text(text="Looking."),
            ]
            assert session.turns()[0].checkpoints == ("c1", "c2")
            assert session.spans()[0].name == "Read a.md"
            assert session.scratch()[0].text == "ask her"
            talk(session, "t9", "still?", "still")
        assert [turn.reason for turn in store.turns(store.find("What about it?").id)] == ["killed"]
        assert [row.name for row in store.rows("still")] == ["Ana and prices"]


def test_a_record_waits_for_the_disk_also_after_drafts_that_did_not(
    tmp_path: Path, clock: Clock
) -> None:
    tables = Tables(tmp_path / "data", now=clock, redact=str)
    with tables.written_lightly() as database:
        tables.begin(database, "one")

    assert tables.database.execute("PRAGMA synchronous").fetchone() == (2,)
    tables.close()
