"""What goes wrong on the way is tried again, looked up, or said; nothing is done twice or lost."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pmagent.outbox.ruling import TRIES
from pmagent.types.outbox import Dead, Queued, Sent
from tests.outbox.desk import NOON, Desk, Network
from tests.outbox.site import wish_of


def test_a_busy_site_is_tried_again_later_and_the_wait_is_said(desk: Desk) -> None:
    desk.script("503")

    queued = desk.outbox.send(wish_of(1))
    early = desk.outbox.deliver(queued.effect.key)
    desk.go_on()

    assert isinstance(queued, Queued)
    assert queued.effect.next_at is not None
    assert timedelta() < queued.effect.next_at - NOON <= timedelta(seconds=10)
    assert early == queued
    assert desk.site.count() == 1


def test_the_wait_a_site_asks_for_is_kept(desk: Desk) -> None:
    desk.script("429")

    queued = desk.outbox.send(wish_of(1))

    assert queued.effect.next_at == NOON + timedelta(seconds=600)


def test_what_was_done_though_the_answer_was_lost_is_found_and_not_done_again(desk: Desk) -> None:
    desk.script("lost")

    queued = desk.outbox.send(wish_of(1))
    desk.go_on()

    assert isinstance(queued, Queued)
    assert isinstance(desk.outbox.deliver(queued.effect.key), Sent)
    assert desk.site.count() == 1


def test_after_a_try_of_unknown_end_nobody_looks_before_the_lease_has_run_out(desk: Desk) -> None:
    desk.script("no answer")
    key = desk.outbox.send(wish_of(1)).effect.key

    desk.clock.pass_until(NOON + timedelta(seconds=19.9))
    desk.outbox.retry(key)
    asked_early = list(desk.network.asked)
    desk.clock.pass_until(NOON + timedelta(seconds=20))
    desk.outbox.retry(key)

    assert asked_early == ["look", "do"]
    assert desk.network.asked[2:4] == ["look", "do"]
    assert desk.site.count() == 1


def test_eight_tries_and_then_a_person_is_asked_and_one_retry_does_it(desk: Desk) -> None:
    for _ in range(TRIES):
        desk.script("503")
    key = desk.outbox.send(wish_of(1)).effect.key

    desk.go_on()
    dead = desk.outbox.get(key)
    desk.clock.pass_s(60)
    sent = desk.outbox.retry(key)

    assert dead.state == "dead"
    assert dead.error == "tried 8 times; the last time: the site is busy (503)"
    assert dead.hint == f'"pmagent outbox retry {key}", or drop it'
    assert desk.told == [dead]
    assert isinstance(sent, Sent)


def test_a_dead_letter_that_may_be_there_says_so(desk: Desk) -> None:
    desk.script("no answer", "422")
    key = desk.outbox.send(wish_of(1)).effect.key

    desk.go_on()

    assert desk.outbox.get(key).error == (
        "the title is too long; it may be there all the same, and the next try looks first"
    )


def test_a_process_that_died_while_sending_is_followed_by_a_look_once_its_lease_ran_out(
    desk: Desk,
) -> None:
    def power_cut() -> None:
        raise KeyboardInterrupt

    desk.script(power_cut)
    with pytest.raises(KeyboardInterrupt):
        desk.outbox.send(wish_of(1))
    other = desk.open()

    early = other.deliver_due()
    desk.clock.pass_s(20)
    [late] = other.deliver_due()

    assert early == ()
    assert isinstance(late, Sent)
    assert desk.site.count() == 1


def test_an_effect_that_each_time_kills_the_process_ends_as_a_dead_letter(desk: Desk) -> None:
    def power_cut() -> None:
        raise KeyboardInterrupt

    desk.script(*[power_cut] * TRIES)
    for _ in range(TRIES):
        with pytest.raises(KeyboardInterrupt):
            desk.outbox.send(wish_of(1))
        desk.clock.pass_s(20)

    dead = desk.outbox.send(wish_of(1))

    assert isinstance(dead, Dead)
    assert dead.effect.error.startswith("tried 8 times, and each time pmagent ended in the midst")


def test_what_arrives_after_the_lease_as_a_second_one_is_told_to_a_person(desk: Desk) -> None:
    effect = desk.outbox.record(wish_of(1))
    desk.script("no answer")
    desk.outbox.deliver(effect.key)
    desk.clock.pass_s(10)
    sent = desk.outbox.deliver_due()

    desk.site.do(effect, None)  # the first request, held up on its way
    desk.go_on()
    dead = desk.outbox.get(effect.key)
    desk.site.delete(effect.key, keep=1)
    mended = desk.outbox.retry(effect.key)

    assert [type(delivery) for delivery in sent] == [Sent]
    assert dead.state == "dead"
    assert dead.error == 'there are 2 of it at "https://site.example"'
    assert desk.told == [dead]
    assert isinstance(mended, Sent)


def test_a_process_that_slept_between_its_look_and_its_deed_leaves_it_to_the_other(
    desk: Desk,
) -> None:
    other = desk.open(network=Network(desk.site, desk.clock))

    def sleep() -> None:
        desk.clock.pass_s(30)
        other.deliver_due()

    desk.script(looks=[sleep])
    mine = desk.outbox.send(wish_of(1))

    assert isinstance(mine, Sent)
    assert desk.network.asked == ["look"]
    assert desk.site.count() == 1


def test_a_deed_that_outlasted_its_lease_and_was_done_by_another_too_is_told(desk: Desk) -> None:
    other = desk.open(network=Network(desk.site, desk.clock))

    def sleep() -> None:
        desk.clock.pass_s(30)
        other.deliver_due()

    desk.script(sleep)
    desk.outbox.send(wish_of(1))
    desk.go_on()

    [dead] = desk.outbox.dead()
    assert desk.site.count() == 2
    assert "there are" in dead.error


def test_two_outboxes_at_once_do_each_effect_once(desk: Desk) -> None:
    for number in range(30):
        desk.outbox.record(wish_of(number))
    outboxes = [desk.open(network=Network(desk.site, desk.clock), seed=seed) for seed in (1, 1)]
    workers = [threading.Thread(target=outbox.deliver_due) for outbox in outboxes]

    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)

    assert desk.outbox.depth() == {"done": 30}
    assert desk.site.count() == 30


@pytest.mark.parametrize("back", [timedelta(minutes=5), timedelta(days=400)])
def test_a_clock_that_is_set_back_holds_nothing_up(desk: Desk, back: timedelta) -> None:
    desk.script("503", "no answer")
    waiting = desk.outbox.send(wish_of(1)).effect
    desk.outbox.send(wish_of(2))
    assert waiting.next_at is not None
    wait = waiting.next_at - NOON

    desk.clock.set_to(desk.clock.now() - back)
    desk.outbox.deliver_due()
    rebased = desk.outbox.get(waiting.key)
    began = desk.clock.now()
    desk.go_on()

    assert rebased.next_at is not None
    assert rebased.next_at - began <= wait
    assert desk.outbox.depth() == {"done": 2}
    assert desk.site.count() == 2
    assert desk.clock.now() - began < timedelta(minutes=2)


@pytest.mark.parametrize(
    "night", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)]
)
def test_a_wait_is_as_long_in_a_night_in_which_clocks_are_changed(
    desk: Desk, night: datetime
) -> None:
    began = night + timedelta(minutes=55)
    desk.clock.set_to(began.astimezone(ZoneInfo("Europe/Madrid")))
    desk.script("429")

    queued = desk.outbox.send(wish_of(1))

    assert queued.effect.next_at == began + timedelta(minutes=10)


def test_a_publisher_that_breaks_costs_its_effect_alone_and_is_named(desk: Desk) -> None:
    for number in range(3):
        desk.outbox.record(wish_of(number))
    desk.script("bug")

    with pytest.raises(KeyError):
        desk.outbox.deliver_due()
    desk.outbox.deliver_due()

    [dead] = desk.outbox.dead()
    assert dead.error.startswith("\"site\" broke: KeyError: 'posts' at desk.py:")
    assert "it may be there all the same" in dead.error
    assert desk.outbox.depth() == {"dead": 1, "done": 2}
    desk.clock.pass_s(20)
    assert isinstance(desk.outbox.retry(dead.key), Sent)
    assert desk.site.count() == 3


def test_an_error_in_our_own_words_is_tried_again_and_said(desk: Desk) -> None:
    desk.script("ours")

    queued = desk.outbox.send(wish_of(1))

    assert isinstance(queued, Queued)
    assert (queued.effect.error, queued.effect.hint) == ('the folder "out" is not there', "make it")


FULL = """
import sys
from pathlib import Path
from zoneinfo import ZoneInfo
from pmagent.errors import StorageError
from tests.outbox.desk import Desk
from tests.outbox.site import wish_of
import resource
desk = Desk(Path(sys.argv[1]))
size = (Path(sys.argv[1]) / "data" / "runs.db-wal").stat().st_size
desk.outbox.record(wish_of(0))
def fill() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
if sys.argv[2] == "before":
    fill()
else:
    desk.script(fill)
try:
    desk.outbox.deliver(desk.outbox.listed()[0].key)
except StorageError:
    sys.exit(9)
"""


@pytest.mark.parametrize("moment", ["before", "in the midst"])
def test_a_disk_that_is_full_in_the_midst_loses_and_doubles_nothing(
    tmp_path: Path, moment: str
) -> None:
    top = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path), moment],
        cwd=top, env=os.environ | {"PYTHONPATH": str(top)}, timeout=60, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)),
    )  # fmt: skip

    desk = Desk(tmp_path)
    there = desk.site.count()
    desk.go_on()
    state = desk.outbox.depth()
    count = desk.site.count()
    desk.close()

    assert done.returncode == 9
    assert there == (moment == "in the midst")
    assert (state, count) == ({"done": 1}, 1)
