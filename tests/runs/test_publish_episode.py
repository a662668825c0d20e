"""`/publish-episode` from a transcript to a folder or to Ghost, without a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.publishers.fake_ghost import FakeGhost
from tests.runs.grounds import EPISODE, Ground, bodies, episode_texts, make_ground

LINE = f"/publish-episode {EPISODE}"
TITLES = ["Nine no-shows in sixty", "We built deposits in nine days", "Four pages of being sure",
          "Whether to believe my Thursday", "Toast, and eating our words"]  # fmt: skip


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return make_ground(tmp_path, episode_texts())


def test_after_a_yes_the_post_lies_in_a_folder_as_it_was_edited(ground: Ground) -> None:
    waits = ground.begin(LINE)

    review = ground.waiting()
    assert (waits.state, waits.waits_for, review.risk) == ("waiting", "approve", "external")
    assert list(review.shown) == ["titles", "description", "post"]
    assert not (ground.root / "drafts").exists()
    post = review.shown["post"]
    assert isinstance(post, str)
    assert "nine no-shows in every sixty bookings" in post

    ground.decide("edit", edits={"titles": TITLES})
    done = ground.resume(waits)

    folder = ground.root / "drafts/posts/nine-no-shows-in-sixty"
    assert (done.state, done.spent.tokens) == ("done", 0)
    assert sorted(path.name for path in folder.iterdir()) == [
        "chapters.json", "index.md", "post.html",
    ]  # fmt: skip
    written = (folder / "index.md").read_text(encoding="utf-8")
    assert TITLES[0] in written
    assert post.strip() in written
    assert isinstance(done.result, dict)
    assert done.result["titles"] == TITLES


def test_notes_that_the_transcript_contradicts_stop_it_and_say_exactly_why(
    ground: Ground, ghost: FakeGhost
) -> None:
    wrong = "Bea Tamworth had twelve no-shows in every sixty bookings."
    ground.write({"notes/ep-050.md": f"# Episode 50\n\n{wrong}\n"})
    with ground.open() as sitting:
        sitting.garden.index(meaning=False)

    run = ground.begin(LINE)

    assert (run.state, ghost.hits) == ("handed_off", [])
    says = "Bea Tamworth at Wet Nose Parlour had nine no-shows in every sixty bookings."
    note = run.notes[0]
    for told in (run.reason, note):
        assert wrong in told
        assert "notes/ep-050.md:3" in told
        assert f"{EPISODE}:" in told
        assert says in told
    review = ground.waiting()
    assert (review.kind, review.run) == ("handoff", run.id)
    assert wrong in str(review.shown["note"])


def test_run_again_after_a_change_of_the_transcript_the_same_post_is_updated(
    ground: Ground, ghost: FakeGhost
) -> None:
    first = ground.begin(LINE)
    ground.decide("edit", edits={"titles": TITLES})
    assert ground.resume(first).state == "done"
    [before] = bodies(ghost)
    text = episode_texts()[EPISODE].replace("two in sixty", "three in sixty")
    ground.write({EPISODE: text.replace("nine no-shows", "ten no-shows")})
    ground.clock.pass_by(days=3)

    second = ground.begin(LINE)
    ground.decide("edit", edits={"titles": TITLES})
    done = ground.resume(second)

    [after] = bodies(ghost)
    assert (done.state, after[0]) == ("done", before[0])
    assert "ten no-shows" not in before[1]
    assert "ten no-shows" in after[1]
    assert done.id != first.id


def test_run_again_with_nothing_changed_nothing_is_written(
    ground: Ground, ghost: FakeGhost
) -> None:
    for _ in range(2):
        waits = ground.begin(LINE)
        ground.decide("edit", edits={"titles": TITLES})
        assert ground.resume(waits).state == "done"

    assert (len(ghost.posts), len(ghost.writes())) == (1, 1)


def test_an_embargo_takes_it_to_the_legal_review_and_nothing_leaves(
    ground: Ground, ghost: FakeGhost
) -> None:
    text = episode_texts()[EPISODE].replace("Right.", "Right. That is under embargo, by the way.")
    ground.write({EPISODE: text})

    run = ground.begin(LINE)

    with ground.open() as sitting:
        family = {one.command: one for one in sitting.garden.runs.list()}
    assert run.switched_to == family["legal-review"].id
    assert family["legal-review"].state != "done" or ghost.writes() == []
    assert ghost.writes() == []
