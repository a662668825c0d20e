"""What is asked once, decided once, and shown in which order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pmagent.errors import UsageError
from pmagent.records.reviews import ReviewRows
from pmagent.records.tables import Tables
from pmagent.reviews.asking import Setting, reply_of, review_of_dead, review_of_question
from pmagent.reviews.queue import same_kind
from pmagent.reviews.typed import editable, read_answer, read_edited, read_until, split_codes
from pmagent.types.actions import Json
from pmagent.types.outbox import Effect
from pmagent.types.reviews import Ruling
from pmagent.types.runs import Answered, Approved, Question, Rejected, Sending, TakenOver
from tests.reviews.made import NOTES, NOW, review, world

SENDING = Sending(
    function="ghost.draft", target="blog.example", outgoing='{"title":"T"}', digest="f" * 64
)
QUESTION = Question(
    run="run-1",
    address="12",
    command="publish-episode",
    kind="approve",
    text="Send 'T' to Ghost as a draft?",
    shown={"notes": NOTES},
    sendings=(SENDING,),
)


def test_a_review_comes_back_from_the_file_as_it_went_in(tmp_path: Path) -> None:
    made = replace(
        review_of_question(QUESTION, Setting(now=NOW, risk="external", digest="d1")),
        due=NOW + timedelta(days=1),
    )
    tables = Tables(tmp_path)
    ReviewRows(tables).add(made)
    tables.close()

    kept = ReviewRows(Tables(tmp_path)).get(made.id)

    assert kept == made
    assert kept.evidence == ("talks/ep-12.md:3", "talks/ep-12.md:9", "talks/ep-12.md:11")
    assert kept.sendings[0]["outgoing"] == '{"title":"T"}'


def test_the_same_question_is_asked_once_however_often_a_run_comes_by(tmp_path: Path) -> None:
    here = world(tmp_path)
    asked = review_of_question(QUESTION, Setting(now=NOW))
    later = review_of_question(QUESTION, Setting(now=NOW + timedelta(hours=1)))

    first = here.queue.add(asked)
    assert here.queue.add(later).id == first.id
    decided = here.queue.decide(first.id, Ruling(decision="accept", by="nell"))

    assert here.queue.add(later) == decided
    assert here.queue.count() == 0


def test_other_bytes_are_asked_about_again(tmp_path: Path) -> None:
    here = world(tmp_path)
    asked = here.queue.add(review_of_question(QUESTION, Setting(now=NOW)))
    here.queue.decide(asked.id, Ruling(decision="accept"))
    other = replace(QUESTION, sendings=(replace(SENDING, digest="e" * 64),))

    again = here.queue.add(review_of_question(other, Setting(now=NOW)))

    assert (again.state, again.id) == ("open", f"{asked.id}-2")
    # A longer id that begins with a whole one does not hide it.
    assert here.queue.get(asked.id).state == "decided"


def test_a_second_decision_is_refused_and_says_who_decided(tmp_path: Path) -> None:
    here = world(tmp_path)
    kept = here.queue.add(review())
    here.queue.decide(kept.id, Ruling(decision="accept", by="nell"))

    with pytest.raises(UsageError) as refused:
        here.queue.decide(kept.id, Ruling(decision="reject", by="dov"))

    assert refused.value.message == 'review "r1" is accepted by nell on 2026-03-02 09:00'
    assert here.queue.get("r1").decision == "accept"


def test_two_processes_cannot_both_decide(tmp_path: Path) -> None:
    one, other = world(tmp_path), world(tmp_path)
    kept = one.queue.add(review())

    other.queue.decide(kept.id, Ruling(decision="reject", by="dov"))

    with pytest.raises(UsageError, match="rejected by dov"):
        one.queue.decide(kept.id, Ruling(decision="accept", by="nell"))


def test_the_queue_stands_by_what_is_lost_while_it_waits(tmp_path: Path) -> None:
    here = world(tmp_path)
    sample = here.queue.add(review(1, kind="sample", address="sample", risk="internal"))
    approval = here.queue.add(review(2))
    dead = here.queue.add(review(3, kind="dead", effect="k" * 20))
    late = here.queue.add(review(4, kind="answer", risk="internal", due=NOW))

    assert [one.id for one in here.queue.open()] == [dead.id, late.id, approval.id, sample.id]


def test_what_is_put_off_comes_back_in_its_time(tmp_path: Path) -> None:
    here = world(tmp_path)
    kept = here.queue.add(review())

    here.queue.snooze(kept.id, NOW + timedelta(hours=3))
    assert (list(here.queue.open()), here.queue.count()) == ([], 0)
    assert [one.id for one in here.queue.open(with_snoozed=True)] == [kept.id]

    here.pass_time(timedelta(hours=3))
    assert here.queue.count() == 1
    with pytest.raises(UsageError, match="that moment is past"):
        here.queue.snooze(kept.id, NOW)


def test_the_beginning_of_an_id_is_enough_where_it_is_the_only_one(tmp_path: Path) -> None:
    here = world(tmp_path)
    here.queue.add(review(id="k3fp"))
    here.queue.add(review(2, id="k9zz"))

    assert here.queue.get("k3").id == "k3fp"
    for name, says in (
        ("k", "several reviews begin with"),
        ("x", "there is no review"),
        ("", "several"),
    ):
        with pytest.raises(UsageError, match=says):
            here.queue.get(name)


def test_a_decision_is_what_the_run_is_told(tmp_path: Path) -> None:
    here = world(tmp_path)
    rulings = [
        (Ruling(decision="accept", by="n"), Approved(by="n")),
        (
            Ruling(decision="edit", edits={"notes": "Other."}, by="n"),
            Approved(edits={"notes": "Other."}, by="n"),
        ),
        (Ruling(decision="reject", note="too long", by="n"), Rejected(note="too long", by="n")),
        (Ruling(decision="take", by="n"), TakenOver(by="n")),
    ]

    for number, (ruling, reply) in enumerate(rulings):
        kept = here.queue.add(review(number))
        assert here.queue.holds_run(kept)
        assert reply_of(here.queue.decide(kept.id, ruling)) == reply

    asked = here.queue.add(review(9, kind="answer", shape="small|large"))
    answered = here.queue.decide(asked.id, Ruling(decision="answer", answer="large", by="n"))
    assert reply_of(answered) == Answered(value="large", by="n")


def test_what_has_no_meaning_for_a_kind_is_refused_with_what_has(tmp_path: Path) -> None:
    here = world(tmp_path)
    here.queue.add(review(kind="answer"))
    here.queue.add(review(2))

    with pytest.raises(UsageError) as refused:
        here.queue.decide("r1", Ruling(decision="accept"))
    assert refused.value.hint == "it takes: answer, escalate, reject, take"
    with pytest.raises(UsageError, match='there is no value "title"'):
        here.queue.decide("r2", Ruling(decision="edit", edits={"title": "T"}))
    with pytest.raises(UsageError, match="nothing is changed"):
        here.queue.decide("r2", Ruling(decision="edit"))
    assert here.queue.count() == 2


def test_a_dead_letter_is_retried_changed_or_dropped_and_may_die_again(tmp_path: Path) -> None:
    here = world(tmp_path)
    effect = Effect(
        key="k" * 20, kind="ghost.draft", target="blog.example", business_key="ep-12",
        payload={"title": "T", "html": "<p>"}, digest="0" * 64, state="dead", made=NOW,
        changed=NOW, run="run-1", address="13", error="Ghost refused it: 422",
        hint="the title is too long",
    )  # fmt: skip
    letter = review_of_dead(effect, "publish-episode", Setting(now=NOW, risk="external"))

    first = here.queue.add(letter)
    here.queue.decide(first.id, Ruling(decision="edit", edits={"title": "Short"}))
    second = here.queue.add(letter)
    here.queue.decide(second.id, Ruling(decision="accept"))
    third = here.queue.add(letter)
    here.queue.decide(third.id, Ruling(decision="reject"))

    assert first.reason == "Ghost refused it: 422; the title is too long"
    assert here.letters.done == [
        ("retry", effect.key, {"title": "Short", "html": "<p>"}),
        ("retry", effect.key, None),
        ("drop", effect.key, None),
    ]


def test_all_of_a_kind_are_of_one_command_and_never_final(tmp_path: Path) -> None:
    here = world(tmp_path)
    for number, changes in enumerate((
        {},
        {},
        {"risk": "irreversible"},
        {"command": "triage-feedback"},
        {"kind": "answer"},
    )):
        here.queue.add(review(number, **changes))

    waiting = here.queue.open()

    first = here.queue.get("r0")
    assert sorted(one.id for one in same_kind(first, waiting)) == ["r0", "r1"]


def test_a_run_that_ended_another_way_asks_nothing_any_more(tmp_path: Path) -> None:
    here = world(tmp_path)
    here.queue.add(review())

    here.queue.drop_of_run("run-1", "the run was cancelled")

    assert here.queue.count() == 0
    with pytest.raises(UsageError, match="is dropped"):
        here.queue.decide("r1", Ruling(decision="accept"))


@pytest.mark.parametrize(
    ("typed", "shape", "value"),
    [
        ("large", "small|medium|large", "large"),
        ("l", "small|medium|large", "large"),
        ("1,200", "int", 1200),
        ("0.5", "float 0..1", 0.5),
        ("yes", "bool", True),
        ("", "int?", None),
        ("one\ntwo", "[str] 2", ["one", "two"]),
        ('{"a": 1}', "{a: int}", {"a": 1}),
        ("as it is\n", "str 3..80", "as it is"),
        ("2026-03-02", "date", "2026-03-02"),
    ],
)
def test_what_is_typed_becomes_a_value_of_its_type(typed: str, shape: str, value: Json) -> None:
    assert read_answer(typed, shape) == value


@pytest.mark.parametrize(("typed", "shape"), [("x", "small|mini"), ("x", "int"), ("so", "bool")])
def test_what_cannot_be_such_a_value_is_refused(typed: str, shape: str) -> None:
    with pytest.raises(UsageError):
        read_answer(typed, shape)


@pytest.mark.parametrize(
    "value",
    ["Text.", "Text.\n", ["a title", "another"], ["with\na line"], {"a": [1, 2]}, 7, None, [], ""],
)
def test_a_value_that_was_opened_and_not_changed_is_the_same(value: Json) -> None:
    text, _ = editable(value)

    assert read_edited(text, value, "it") == value


@pytest.mark.parametrize(
    ("typed", "codes", "note"),
    [
        ("fact: it is 41 feet", ("fact",), "it is 41 feet"),
        ("fact, cite: wrong place", ("fact", "cite"), "wrong place"),
        ("too long: cut it", (), "too long: cut it"),
        ("too long", (), "too long"),
    ],
)
def test_a_note_may_begin_with_what_is_wrong(typed: str, codes: tuple[str, ...], note: str) -> None:
    assert split_codes(typed) == (codes, note)


def test_a_moment_is_a_span_or_a_date() -> None:
    assert read_until("3h", NOW) == NOW + timedelta(hours=3)
    assert read_until(" 2d ", NOW) == NOW + timedelta(days=2)
    assert read_until("2026-03-05", NOW) == NOW + timedelta(days=3)
    with pytest.raises(UsageError, match="names no moment"):
        read_until("soon", NOW)
