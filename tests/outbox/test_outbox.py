"""What somebody who wishes an effect relies on: it happens, once, as it was wished last."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pmagent.errors import UsageError
from pmagent.outbox.outbox import MOST_WAITING
from pmagent.types.outbox import Dead, Held, Queued, Sent
from tests.outbox.desk import Desk
from tests.outbox.site import wish_of


def test_a_wish_is_done_and_its_receipt_says_where(desk: Desk) -> None:
    sent = desk.outbox.send(wish_of(1))

    assert isinstance(sent, Sent)
    assert (sent.receipt.id, sent.receipt.url) == ("1", "https://site.example/1")
    assert desk.site.bodies(sent.effect.key) == [{"title": "Episode 1"}]
    assert desk.network.asked == ["look", "do"]


def test_the_same_wish_again_gives_the_receipt_and_sends_nothing(desk: Desk) -> None:
    first = desk.outbox.send(wish_of(1))
    desk.network.asked.clear()

    again = desk.open().send(replace(wish_of(1), payload={"title": "Episode 1"}, run="run-2"))

    assert again == first
    assert desk.network.asked == []


def test_another_payload_under_the_same_key_updates_the_one_object(desk: Desk) -> None:
    desk.outbox.send(wish_of(1))

    sent = desk.outbox.send(wish_of(1, title="A better title"))

    assert isinstance(sent, Sent)
    assert (sent.receipt.id, sent.receipt.revision) == ("1", "2")
    assert desk.site.count() == 1
    assert desk.site.bodies(sent.effect.key) == [{"title": "A better title"}]


def test_an_effect_that_is_meant_twice_is_done_twice(desk: Desk) -> None:
    desk.outbox.send(wish_of(1))
    desk.outbox.send(replace(wish_of(1), occurrence=1))

    assert desk.site.count() == 2


def test_a_held_wish_is_on_record_and_never_sent(desk: Desk) -> None:
    held = desk.outbox.send(replace(wish_of(1), is_held=True))
    desk.clock.pass_s(1_000_000)
    desk.outbox.deliver_due()

    assert isinstance(held, Held)
    assert [effect.payload for effect in desk.outbox.listed("held")] == [{"title": "Episode 1"}]
    assert desk.site.count() == 0
    with pytest.raises(UsageError, match="held"):
        desk.outbox.retry(held.effect.key)


def test_a_shadow_run_leaves_what_was_really_sent_as_it_is(desk: Desk) -> None:
    sent = desk.outbox.send(wish_of(1))

    desk.outbox.send(replace(wish_of(1, title="Of a shadow"), is_held=True, run="shadow-1"))

    assert desk.outbox.get(sent.effect.key) == sent.effect
    assert [effect.payload["title"] for effect in desk.outbox.listed("held")] == ["Of a shadow"]


def test_what_is_recorded_in_a_transaction_that_fails_was_never_wished(desk: Desk) -> None:
    with pytest.raises(UsageError), desk.tables.written():  # noqa: PT012 - the first one stands alone
        desk.outbox.record(wish_of(1))
        desk.outbox.record(wish_of(2, share=float("nan")))

    assert desk.outbox.listed() == ()
    assert desk.outbox.deliver_due() == ()


def test_within_a_transaction_nothing_is_sent_and_after_it_everything_is_due(desk: Desk) -> None:
    desk.script("422")
    key = desk.outbox.send(wish_of(1)).effect.key
    desk.network.asked.clear()

    with desk.tables.written():
        retried = desk.outbox.retry(key)
        wished = desk.outbox.send(wish_of(2))
    asked = list(desk.network.asked)
    desk.outbox.deliver_due()

    assert isinstance(retried, Queued)
    assert isinstance(wished, Queued)
    assert asked == []
    assert desk.outbox.depth() == {"done": 2}


def test_more_than_a_hundred_that_wait_keep_new_wishes_out(desk: Desk) -> None:
    for number in range(MOST_WAITING):
        desk.outbox.record(wish_of(number))

    with pytest.raises(UsageError) as refused:
        desk.outbox.send(wish_of(MOST_WAITING))
    desk.outbox.record(wish_of(3, title="A known one may change"))

    assert refused.value.message == "100 effects wait to be sent, so no more are taken"
    assert desk.outbox.depth() == {"queued": MOST_WAITING}


def test_a_wish_for_a_place_that_is_not_set_up_is_refused_before_it_is_recorded(
    desk: Desk,
) -> None:
    with pytest.raises(UsageError, match="nothing is set up"):
        desk.outbox.send(replace(wish_of(1), kind="trello.card"))
    with pytest.raises(UsageError, match="sends to"):
        desk.outbox.send(replace(wish_of(1), target="https://other.example"))

    assert desk.outbox.listed() == ()


def test_what_was_meant_for_another_site_is_not_sent_to_the_one_set_up_now(desk: Desk) -> None:
    effect = desk.outbox.record(wish_of(1))
    with desk.tables.written() as database:
        database.execute("UPDATE effects SET target = 'https://old.example'")

    [dead] = desk.outbox.deliver_due()

    assert isinstance(dead, Dead)
    assert "https://old.example" in dead.effect.error
    assert desk.told == [desk.outbox.get(effect.key)]
    assert desk.site.count() == 0


def test_a_refusal_is_a_dead_letter_with_its_cause_and_what_to_do(desk: Desk) -> None:
    desk.script("422")

    dead = desk.outbox.send(wish_of(1))

    assert isinstance(dead, Dead)
    assert (dead.effect.error, dead.effect.hint) == ("the title is too long", "shorten the title")
    assert desk.outbox.dead() == (dead.effect,)
    assert desk.told == [dead.effect]
    assert desk.outbox.next_at() is None


def test_a_dead_letter_is_sent_once_its_payload_is_mended(desk: Desk) -> None:
    desk.script("422")
    dead = desk.outbox.send(wish_of(1))

    sent = desk.outbox.edit(dead.effect.key, {"title": "Short"})

    assert isinstance(sent, Sent)
    assert desk.site.bodies(dead.effect.key) == [{"title": "Short"}]
    assert desk.outbox.dead() == ()


def test_a_dropped_letter_stays_dropped_for_the_step_that_wished_it(desk: Desk) -> None:
    desk.script("422")
    dead = desk.outbox.send(wish_of(1))
    desk.outbox.drop(dead.effect.key[:6])

    again = desk.outbox.send(wish_of(1))
    anew = desk.outbox.send(replace(wish_of(1), run="run-2"))

    assert isinstance(again, Dead)
    assert again.effect.state == "cancelled"
    assert isinstance(anew, Sent)


def test_what_is_done_cannot_be_dropped_and_says_so(desk: Desk) -> None:
    sent = desk.outbox.send(wish_of(1))

    with pytest.raises(UsageError, match="cannot be dropped: it is done"):
        desk.outbox.drop(sent.effect.key)


def test_what_was_taken_away_again_is_made_anew_by_the_next_run_only(desk: Desk) -> None:
    sent = desk.outbox.send(wish_of(1))
    desk.site.delete(sent.effect.key)
    desk.outbox.undone(sent.effect.key)

    same_step = desk.outbox.send(wish_of(1))
    next_run = desk.outbox.send(replace(wish_of(1), run="run-2"))

    assert isinstance(same_step, Dead)
    assert same_step.effect.state == "undone"
    assert isinstance(next_run, Sent)
    assert next_run.receipt.id == "2"


def test_somebody_elses_change_is_a_collision_with_both_versions_and_overwritten_only_when_asked(
    desk: Desk,
) -> None:
    key = desk.outbox.send(wish_of(1)).effect.key
    desk.site.change(key, {"title": "By hand"})

    dead = desk.outbox.send(wish_of(1, title="By the run"))
    still = desk.outbox.retry(key)
    kept = desk.site.bodies(key)
    sent = desk.outbox.retry(key, anew=True)

    assert isinstance(dead, Dead)
    assert (dead.effect.sent, dead.effect.payload, dead.effect.theirs) == (
        {"title": "Episode 1"},
        {"title": "By the run"},
        {"title": "By hand"},
    )
    assert isinstance(still, Dead)
    assert kept == [{"title": "By hand"}]
    assert isinstance(sent, Sent)
    assert desk.site.bodies(key) == [{"title": "By the run"}]


def test_a_payload_changed_while_the_old_one_is_sent_is_sent_after_it(desk: Desk) -> None:
    other = desk.open()
    desk.script(lambda: other.record(wish_of(1, title="The last word")) and None)

    first = desk.outbox.send(wish_of(1))
    desk.outbox.deliver_due()

    assert isinstance(first, Queued)
    assert desk.site.bodies(first.effect.key) == [{"title": "The last word"}]
    assert desk.outbox.depth() == {"done": 1}


def test_a_letter_as_curl_shows_the_request_and_no_secret(desk: Desk) -> None:
    key = desk.outbox.send(wish_of(1, title="Its 'quotes'")).effect.key

    shown = desk.outbox.as_curl(key)

    assert shown == (
        "curl -X POST 'https://site.example/objects?key=‹secret›&draft=1' -H 'Accept: text/html' "
        "-H 'Authorization: ‹secret›' --data-binary '{\"title\": \"Its '\"'\"'quotes'\"'\"'\"}'"
    )


def test_a_key_may_be_given_by_its_beginning_where_that_is_one(desk: Desk) -> None:
    effect = desk.outbox.record(wish_of(1))
    desk.outbox.record(wish_of(2))

    assert desk.outbox.get(effect.key[:8]) == effect
    with pytest.raises(UsageError, match="is no effect"):
        desk.outbox.get("zz")
    with pytest.raises(UsageError, match="is no effect"):
        desk.outbox.get("")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_without_a_form_in_json_is_refused(desk: Desk, value: float) -> None:
    with pytest.raises(UsageError, match="cannot be sent"):
        desk.outbox.send(wish_of(1, share=value))

    assert desk.outbox.listed() == ()
