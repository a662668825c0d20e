"""A place that does not answer is left alone for a while, by all processes; one of them probes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pmagent.outbox.circuit import FAILS, OPEN_S
from pmagent.types.outbox import Circuit, Queued, Sent
from tests.outbox.desk import NOON, TARGET, Desk
from tests.outbox.site import wish_of


def down(desk: Desk) -> None:
    """Five effects meet a site that is down."""
    desk.script(*["503"] * FAILS)
    for number in range(FAILS):
        desk.outbox.send(wish_of(number))


def test_after_five_faults_in_a_row_nobody_asks_for_a_minute(desk: Desk) -> None:
    down(desk)
    asked = len(desk.network.asked)

    queued = desk.open().send(wish_of(9))

    until = NOON + timedelta(seconds=OPEN_S)
    assert isinstance(queued, Queued)
    assert (queued.effect.next_at, queued.effect.attempts) == (until, 0)
    assert len(desk.network.asked) == asked
    assert desk.open().circuits() == (
        Circuit(name="site", target=TARGET, state="open", until=until,
                reason="the site is busy (503)"),
    )  # fmt: skip


def test_a_success_among_the_faults_keeps_it_closed(desk: Desk) -> None:
    desk.script("503", "503", "503", "503", "", "503")
    for number in range(6):
        desk.outbox.send(wish_of(number))

    assert [circuit.state for circuit in desk.outbox.circuits()] == ["closed"]


def test_a_refusal_is_an_answer_and_no_fault_of_the_site(desk: Desk) -> None:
    desk.script(*["422"] * (FAILS + 1))
    for number in range(FAILS + 1):
        desk.outbox.send(wish_of(number))

    assert [circuit.state for circuit in desk.outbox.circuits()] == ["closed"]


def test_one_probe_closes_it_and_what_waited_is_sent(desk: Desk) -> None:
    down(desk)
    desk.clock.pass_s(OPEN_S)

    desk.outbox.deliver_due()
    desk.go_on()

    assert [circuit.state for circuit in desk.outbox.circuits()] == ["closed"]
    assert desk.site.count() == FAILS


def test_while_one_process_probes_the_others_wait_for_it(desk: Desk) -> None:
    down(desk)
    desk.clock.pass_s(OPEN_S)
    other = desk.open()
    seen: list[object] = []
    desk.script(lambda: seen.append(other.send(wish_of(9))))

    desk.outbox.deliver_due(1)

    [waiting] = seen
    assert isinstance(waiting, Queued)
    assert waiting.effect.attempts == 0
    assert desk.site.count() == 1


def test_a_probe_that_fails_opens_it_for_another_minute(desk: Desk) -> None:
    down(desk)
    desk.clock.pass_s(OPEN_S)
    desk.script("503")

    desk.outbox.deliver_due(1)

    [circuit] = desk.outbox.circuits()
    assert (circuit.state, circuit.until) == ("open", NOON + timedelta(seconds=2 * OPEN_S))


def test_a_probe_whose_process_died_is_followed_by_another(desk: Desk) -> None:
    def power_cut() -> None:
        raise KeyboardInterrupt

    down(desk)
    desk.clock.pass_s(OPEN_S)
    desk.script(power_cut)
    with pytest.raises(KeyboardInterrupt):
        desk.outbox.deliver_due(1)

    desk.go_on()

    assert desk.outbox.depth() == {"done": FAILS}


def test_a_key_that_is_not_accepted_stops_everything_until_it_is_another(desk: Desk) -> None:
    desk.script("401")
    desk.outbox.send(wish_of(1))
    desk.outbox.send(wish_of(2))
    desk.clock.pass_s(1_000_000)
    idle = desk.outbox.deliver_due()
    asked = list(desk.network.asked)
    [circuit] = desk.outbox.circuits()

    desk.network.credential = "second"
    desk.outbox.deliver_due()
    desk.go_on()

    assert idle == ()
    assert asked == ["look", "do"]
    assert (circuit.state, circuit.until, circuit.reason) == (
        "open", None, "the key is not accepted",
    )  # fmt: skip
    assert desk.outbox.depth() == {"done": 2}


def test_a_key_that_is_not_accepted_kills_nothing_and_counts_no_try(desk: Desk) -> None:
    desk.script("401")

    queued = desk.outbox.send(wish_of(1))

    assert isinstance(queued, Queued)
    assert (queued.effect.attempts, queued.effect.next_at) == (0, None)
    assert (queued.effect.error, queued.effect.hint) == ("the key is not accepted", "enter it anew")
    assert desk.outbox.next_at() is None


@pytest.mark.parametrize("how", ["retry", "credential_changed"])
def test_a_person_who_changed_the_key_where_it_cannot_be_seen_says_so(desk: Desk, how: str) -> None:
    desk.network.credential = ""
    desk.script("401")
    key = desk.outbox.send(wish_of(1)).effect.key

    if how == "retry":
        desk.outbox.retry(key)
    else:
        desk.outbox.credential_changed("site")
        desk.outbox.deliver_due()

    assert isinstance(desk.outbox.deliver(key), Sent)


def test_a_clock_that_is_set_back_leaves_it_open_for_a_minute_at_most(desk: Desk) -> None:
    down(desk)
    desk.clock.set_to(NOON - timedelta(days=30))

    desk.outbox.deliver_due()
    began = desk.clock.now()
    desk.go_on()

    assert desk.site.count() == FAILS
    assert desk.clock.now() - began < timedelta(minutes=3)
