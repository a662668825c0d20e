"""A site that does not answer, or not as wished: the run waits, says what to do, and goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmagent.types.reviews import Ruling
from pmagent.types.runs import Run
from tests.publishers.fake_ghost import ADMIN_KEY, FakeGhost, Fault
from tests.runs.grounds import TALK, TO_GHOST, Ground, bodies, markdown_in

WORDS = "Two lines about deposits.\n\nThey are asked for up front."
SENT = [("What a deposit does", WORDS)]


def approved(ground: Ground) -> Run:
    ground.procedure("post", TO_GHOST)
    waits = ground.begin(f"/post {TALK}")
    ground.decide("accept")
    return waits


@pytest.mark.parametrize("kind", ["busy", "too many", "lost", "cut"])
def test_a_run_waits_for_a_site_that_fails_and_goes_on_to_one_post(
    ground: Ground, ghost: FakeGhost, kind: str
) -> None:
    waits = approved(ground)
    ghost.faults.append(Fault(kind))  # type: ignore[arg-type]

    held = ground.resume(waits)
    while held.state == "waiting":
        assert (held.waits_for, bool(held.reason)) == ("outbox", True)
        ground.clock.pass_by(hours=2)
        held = ground.resume(waits)

    assert (held.state, held.spent.effects, bodies(ghost)) == ("done", 1, SENT)
    with ground.open() as sitting:
        assert sitting.waiting() == []


def test_resumed_too_early_it_waits_on_without_a_request(ground: Ground, ghost: FakeGhost) -> None:
    waits = approved(ground)
    ghost.faults.extend([Fault("lost")])
    held = ground.resume(waits)
    asked = len(ghost.hits)

    again = ground.resume(waits)

    assert (held.waits_for, again.waits_for, len(ghost.hits)) == ("outbox", "outbox", asked)
    assert again.wakes is not None
    assert again.wakes > ground.clock()


def test_a_key_that_is_refused_says_what_to_do_and_the_right_one_lets_it_go_on(
    ground: Ground, ghost: FakeGhost, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = approved(ground)
    monkeypatch.setenv("PMAGENT_GHOST_ADMIN_KEY", f"{'0' * 24}:{'1' * 64}")

    held = ground.resume(waits)

    assert (held.state, held.waits_for, ghost.posts) == ("waiting", "outbox", {})
    assert "key" in held.reason
    assert "pmagent ghost connect" in held.reason
    monkeypatch.setenv("PMAGENT_GHOST_ADMIN_KEY", ADMIN_KEY)
    assert ground.resume(waits).state == "done"
    assert bodies(ghost) == SENT


def test_no_key_at_all_is_said_with_what_to_do(
    ground: Ground, ghost: FakeGhost, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = approved(ground)
    monkeypatch.delenv("PMAGENT_GHOST_ADMIN_KEY")

    held = ground.resume(waits)

    assert "pmagent ghost connect" in held.reason
    monkeypatch.setenv("PMAGENT_GHOST_ADMIN_KEY", ADMIN_KEY)
    ground.clock.pass_by(hours=2)
    assert ground.resume(waits).state == "done"


def collided(ground: Ground, ghost: FakeGhost) -> Run:
    """A second run whose words another person's change stands in the way of."""
    waits = approved(ground)
    assert ground.resume(waits).state == "done"
    [post] = ghost.posts.values()
    post["lexical"] = post["lexical"].replace("Two lines", "Three lines")
    ground.clock.pass_by(minutes=5)
    post["updated_at"] = ghost.stamp()
    ground.procedure("post", TO_GHOST.replace("Two lines", "Ten lines"))
    second = ground.begin(f"/post {TALK}")
    ground.decide("accept")
    return second


def test_a_collision_is_a_dead_letter_with_three_versions_side_by_side(
    ground: Ground, ghost: FakeGhost
) -> None:
    second = collided(ground, ghost)

    held = ground.resume(second)

    review = ground.waiting()
    assert (held.state, held.waits_for, review.kind) == ("waiting", "outbox", "dead")
    assert "somebody has changed the text there" in held.reason
    assert '"pmagent review"' in held.reason
    assert review.compared.split("\n") == [
        "== Text ==",
        "--- last sent", "+++ on the site now", "@@ -1,3 +1,3 @@",
        "-Two lines about deposits.", "+Three lines about deposits.",
        " ", " They are asked for up front.",
        "--- last sent", "+++ to be sent", "@@ -1,3 +1,3 @@",
        "-Two lines about deposits.", "+Ten lines about deposits.",
        " ", " They are asked for up front.",
    ]  # fmt: skip
    assert [markdown_in(post["lexical"])[:5] for post in ghost.posts.values()] == ["Three"]


def test_a_dead_letter_retried_from_the_queue_is_sent_and_the_run_goes_on(
    ground: Ground, ghost: FakeGhost
) -> None:
    second = collided(ground, ghost)
    ground.resume(second)

    with ground.open() as sitting:
        [review] = sitting.waiting()
        decided = sitting.garden.reviews.decide(review.id, Ruling(decision="accept"))
        assert sitting.garden.reviews.holds_run(decided)
        sitting.garden.outbox.deliver_due()
        done = sitting.resume(second.id)

    assert done.state == "done"
    assert bodies(ghost) == [("What a deposit does", WORDS.replace("Two", "Ten"))]


def test_a_dead_letter_sent_with_a_persons_words_stays_so_when_the_run_goes_on(
    ground: Ground, ghost: FakeGhost
) -> None:
    second = collided(ground, ghost)
    ground.resume(second)

    ground.decide("edit", edits={"title": "Both of our lines"})
    done = ground.resume(second)

    assert done.state == "done"
    assert bodies(ghost) == [("Both of our lines", WORDS.replace("Two", "Ten"))]


def test_a_change_after_the_person_looked_is_not_overwritten(
    ground: Ground, ghost: FakeGhost
) -> None:
    second = collided(ground, ghost)
    ground.resume(second)
    ground.decide("accept")
    [post] = ghost.posts.values()
    post["lexical"] = post["lexical"].replace("Three lines", "Four lines")
    ground.clock.pass_by(minutes=5)
    post["updated_at"] = ghost.stamp()

    held = ground.resume(second)

    assert (held.state, ground.waiting().kind) == ("waiting", "dead")
    assert "-Four lines about deposits.\n+Ten lines" in ground.waiting().compared
    assert [words[:4] for _, words in bodies(ghost)] == ["Four"]


def test_a_dead_letter_that_is_dropped_ends_the_run_blocked(
    ground: Ground, ghost: FakeGhost
) -> None:
    second = collided(ground, ghost)
    ground.resume(second)

    ground.decide("reject")
    ended = ground.resume(second)

    assert (ended.state, ended.reason) == (
        "blocked", "ghost.draft: it was dropped, and is not sent",
    )  # fmt: skip
    assert [words[:5] for _, words in bodies(ghost)] == ["Three"]


def test_what_the_site_will_never_take_waits_for_another_word(
    ground: Ground, ghost: FakeGhost, tmp_path: Path
) -> None:
    # Somebody else's post has the address.
    waits = approved(ground)
    ghost.make(b'{"posts": [{"title": "Theirs", "slug": "what-a-deposit-does"}]}', {})

    held = ground.resume(waits)

    review = ground.waiting()
    assert (held.waits_for, review.kind) == ("outbox", "dead")
    assert 'the address "what-a-deposit-does" is taken' in held.reason
    ground.decide("edit", edits={"slug": "what-a-deposit-did"})
    assert ground.resume(waits).state == "done"
    assert sorted(post["slug"] for post in ghost.posts.values()) == [
        "what-a-deposit-did", "what-a-deposit-does",
    ]  # fmt: skip
