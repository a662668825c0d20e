"""No more requests in a window than a place allows, whichever process sends them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from pmagent.outbox.limits import Limits
from pmagent.types.outbox import Pace, Queued, Sent
from tests.outbox.desk import NOON, Desk
from tests.outbox.site import wish_of

PACE = Pace(requests=8, window_s=10.0, per_effect=4)


def test_what_does_not_fit_the_window_waits_in_the_queue_until_it_does(desk: Desk) -> None:
    desk.network.pace = PACE
    sent = [desk.outbox.send(wish_of(number)) for number in range(2)]
    desk.clock.pass_s(1)

    waiting = desk.open().send(wish_of(2))
    asked = len(desk.network.asked)
    desk.go_on()

    assert [type(delivery) for delivery in sent] == [Sent, Sent]
    assert isinstance(waiting, Queued)
    assert waiting.effect.attempts == 0
    assert waiting.effect.next_at == NOON + timedelta(seconds=10, milliseconds=1)
    assert asked == 4
    assert desk.site.count() == 3


def test_of_a_hundred_effects_no_ten_seconds_see_more_than_their_share(desk: Desk) -> None:
    desk.network.pace = PACE
    moments: list[float] = []
    desk.script(*[lambda: moments.append(desk.clock.ran_s)] * 30)
    for number in range(30):
        desk.outbox.record(wish_of(number))

    desk.go_on(most=400)

    assert desk.site.count() == 30
    assert all(sum(at <= later < at + PACE.window_s for later in moments) <= 2 for at in moments)


def test_places_do_not_count_against_each_other(tmp_path: Path) -> None:
    limits = Limits(tmp_path)

    taken = [limits.take(name, PACE, NOON) for name in ("a", "a", "b", "a")]
    limits.close()

    assert taken == [0.0, 0.0, 0.0, 10.001]


def test_an_effect_that_needs_more_than_the_window_has_still_goes(tmp_path: Path) -> None:
    limits = Limits(tmp_path)

    waits = [limits.take("a", Pace(requests=2, window_s=1.0, per_effect=4), NOON) for _ in "12"]
    limits.close()

    assert waits == [0.0, 1.001]


@pytest.mark.parametrize("back", [timedelta(seconds=5), timedelta(days=400)])
def test_a_clock_that_is_set_back_makes_nobody_wait_longer_than_a_window(
    tmp_path: Path, back: timedelta
) -> None:
    limits = Limits(tmp_path)
    limits.take("a", PACE, NOON)
    limits.take("a", PACE, NOON)

    wait_s = limits.take("a", PACE, NOON - back)
    later_s = limits.take("a", PACE, NOON - back + timedelta(seconds=wait_s))
    limits.close()

    assert wait_s <= 10.001
    assert later_s == 0.0
