"""The screen of the review queue: what it shows, and what each key decides."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from pmagent.reviews.asking import Setting, review_of_dead
from pmagent.tui.app import PmagentApp
from pmagent.tui.screens.review import ReviewScreen
from pmagent.types.actions import Json, ToolCall
from pmagent.types.outbox import Effect
from pmagent.types.reviews import Review, Ruling
from tests.reviews.made import NOTES, NOW, World, episode_run, review, world
from tests.tui.conftest import Show
from tests.tui.screen_text import press, rows_of, see, text_of, type_text
from tests.tui.small_garden import SmallDesktop, SmallDoor, SmallGarden
from tests.tui.small_reviews import SmallRuns
from tests.tui.small_walls import ask_about

OUTGOING = '{"title": "The patient error", "status": "draft", "html": "<p>41 feet.</p>"}'
SENDING: dict[str, Json] = {
    "function": "ghost.draft",
    "target": "blog.example",
    "outgoing": OUTGOING,
    "digest": "f" * 64,
}


@pytest.fixture
def here(tmp_path: Path) -> World:
    made = world(tmp_path)
    made.runs["run-1"] = episode_run()
    return made


@pytest.fixture
def runs(here: World) -> SmallRuns:
    return SmallRuns(here)


@pytest.fixture
def door(here: World, runs: SmallRuns) -> SmallDoor:
    garden = SmallGarden()
    garden.reviews = here.queue
    garden.runs = runs
    return SmallDoor(garden)


def approval(number: int = 1, **changes: object) -> Review:
    return review(
        number,
        title="Send 'The patient error' to Ghost as a draft?",
        shown={"titles": ["The patient error", "Forty-one feet"], "notes": NOTES},
        evidence=("notes/pricing-notebook.md:3",),
        sendings=(SENDING,),
        **changes,
    )


async def open_queue(pilot: Pilot[int]) -> str:
    await press(pilot, "f4")
    assert isinstance(pilot.app.screen, ReviewScreen)
    return text_of(pilot.app)


@pytest.mark.parametrize("size", [(80, 24), (120, 32)])
async def test_what_waits_stands_beside_the_exact_text_that_would_leave(
    here: World, show: Show, size: tuple[int, int]
) -> None:
    here.queue.add(approval())

    async with show(size) as pilot:
        shown = await open_queue(pilot)

        assert "1 waiting" in shown
        assert "A yes sends exactly this: ghost.draft → blog.example" in " ".join(shown.split())
        assert '│ {"title": "The patient error", "status": "draft"' in shown
        assert "titles" in shown
        assert "a accept" in shown
        assert "x reject" in shown
        assert "z later" in shown


async def test_nothing_leaves_by_one_key(here: World, runs: SmallRuns, show: Show) -> None:
    here.queue.add(approval())

    async with show((80, 24)) as pilot:
        await open_queue(pilot)
        await press(pilot, "a")
        shown = " ".join(text_of(pilot.app).split())
        assert f'Let ghost.draft send these {len(OUTGOING)} characters to "blog.example"?' in shown
        assert here.queue.count() == 1
        await press(pilot, "escape")
        await press(pilot, "y")
        assert here.queue.count() == 1

        await press(pilot, "a", "y")

        assert here.queue.get("r1").decision == "accept"
        assert runs.resumed == ["run-1"]
        assert "accepted; its run is done: left as a draft" in text_of(pilot.app)
        assert "Nothing waits for you." in text_of(pilot.app)


async def test_an_edit_in_the_editor_is_shown_and_goes_with_the_yes(
    here: World, show: Show, desktop: SmallDesktop
) -> None:
    here.queue.add(approval())
    desktop.typed = "One title\nAnother\n"

    async with show((120, 32), environment={"EDITOR": "code"}) as pilot:
        await open_queue(pilot)
        await press(pilot, "e")
        assert "Which value: titles, notes" in text_of(pilot.app)
        await press(pilot, "enter")

        path = "/tmp/pmagent-kept.txt:1"
        assert desktop.edited == [["code", "--wait", "--goto", path]]
        assert desktop.copied == ["The patient error\nForty-one feet\n"]
        shown = text_of(pilot.app)
        assert "as you have edited it" in shown
        assert "│ One title" in shown
        await press(pilot, "a", "y")

    decided = here.queue.get("r1")
    assert (decided.decision, decided.edits) == ("edit", {"titles": ["One title", "Another"]})


async def test_a_no_keeps_its_note_and_its_codes(here: World, runs: SmallRuns, show: Show) -> None:
    here.queue.add(approval())

    async with show((80, 24)) as pilot:
        await open_queue(pilot)
        await press(pilot, "x")
        await type_text(pilot, "fact: it is 41 feet\n")

    decided = here.queue.get("r1")
    assert (decided.decision, decided.codes, decided.note) == (
        "reject", ("fact",), "it is 41 feet",
    )  # fmt: skip
    assert runs.resumed == ["run-1"]


async def test_a_question_is_answered_on_the_line(here: World, show: Show) -> None:
    here.queue.add(review(kind="answer", title="How big is it?", shape="small|large", shown={}))

    async with show((80, 24)) as pilot:
        shown = await open_queue(pilot)
        assert "wanted: small|large" in shown
        assert "a answer" in shown
        await press(pilot, "a")
        await type_text(pilot, "huge\n")
        assert "is none of the answers" in text_of(pilot.app)
        assert here.queue.count() == 1

        await press(pilot, "a")
        await type_text(pilot, "large\n")

    assert here.queue.get("r1").answer == "large"


async def test_a_dead_letter_says_its_cause_and_has_keys_of_its_own(
    here: World, runs: SmallRuns, show: Show, desktop: SmallDesktop
) -> None:
    here.queue.add(dead_letter())
    desktop.typed = "Short"

    async with show((80, 24), environment={"EDITOR": "code"}) as pilot:
        shown = await open_queue(pilot)
        assert "the title is too long" in shown
        for key in ("a retry", "e edit", "x drop"):
            assert key in shown

        await press(pilot, "e")
        await press(pilot, "a")
        assert 'Try ghost.draft to "blog.example" again, with your changes?' in text_of(pilot.app)
        await press(pilot, "y")
        assert "tried again, changed" in text_of(pilot.app)

    assert here.letters.done == [("retry", "k" * 20, {"title": "Short"})]
    assert runs.resumed == ["run-1"]


async def test_a_test_case_is_written_through_the_gate(
    here: World, door: SmallDoor, show: Show
) -> None:
    here.queue.add(approval())
    door.garden.asks[""] = ask_about("write a test", ToolCall(id="c", tool="Write", input={}))

    async with show((120, 32)) as pilot:
        await open_queue(pilot)
        await pilot.press("t")
        await see(pilot, "asks")

        app = pilot.app
        assert isinstance(app, PmagentApp)
        assert app.asks is not None
        asked = app.asks.waiting[0].ask
        assert asked.call.tool == "Write"
        assert asked.call.input["file_path"] == "simulations/publish-episode/open-r1.sim.yaml"
        assert "simulate: /publish-episode talks/ep-12.md" in str(asked.call.input["content"])


async def test_all_of_a_kind_are_accepted_after_one_more_key(here: World, show: Show) -> None:
    for number in range(1, 4):
        here.queue.add(review(number, kind="sample", address="sample"))
    here.queue.add(review(4, kind="sample", command="other"))

    async with show((80, 24)) as pilot:
        await open_queue(pilot)
        await press(pilot, "b")
        assert "Accept 3 samples of /publish-episode?" in text_of(pilot.app)
        await press(pilot, "y")
        assert "3 accepted" in text_of(pilot.app)

    assert [one.id for one in here.queue.open()] == ["r4"]


async def test_what_is_put_off_is_gone_until_it_is_asked_for(here: World, show: Show) -> None:
    here.queue.add(review())
    here.clock[0] = NOW + timedelta(days=1)

    async with show((80, 24)) as pilot:
        await open_queue(pilot)
        await press(pilot, "z", "enter")
        assert "Nothing waits for you." in text_of(pilot.app)
        await press(pilot, "s")
        assert "with what is put off" in text_of(pilot.app)
        assert any("approve" in row and "later" in row for row in rows_of(pilot.app))


async def test_what_was_decided_elsewhere_meanwhile_is_said_and_gone(
    here: World, show: Show
) -> None:
    here.queue.add(review())

    async with show((120, 32)) as pilot:
        await open_queue(pilot)
        here.queue.decide("r1", Ruling(decision="reject", by="dov"))
        await press(pilot, "a")

        shown = text_of(pilot.app)
        assert "rejected by dov" in shown
        assert "Nothing waits for you." in shown


async def test_the_number_stands_in_the_status_line(here: World, show: Show) -> None:
    here.queue.add(review())
    here.queue.add(review(2))

    async with show((80, 24)) as pilot:
        assert "2 to review" in rows_of(pilot.app)[-1]
        await open_queue(pilot)
        await press(pilot, "a")
        app = pilot.app
        assert isinstance(app, PmagentApp)
        app.count_reviews()
        await see(pilot, "1 to review")


async def test_evidence_opens_in_its_file(here: World, show: Show) -> None:
    here.queue.add(approval())

    async with show((120, 40)) as pilot:
        await open_queue(pilot)
        await press(pilot, "enter", "end", "enter")
        assert "The seat price is the oldest promise we have." in text_of(pilot.app)


def dead_letter() -> Review:
    effect = Effect(
        key="k" * 20, kind="ghost.draft", target="blog.example", business_key="ep-12",
        payload={"title": "T" * 300}, digest="0" * 64, state="dead", made=NOW, changed=NOW,
        run="run-1", address="13", error="Ghost refused it: 422", hint="the title is too long",
    )  # fmt: skip
    return review_of_dead(effect, "publish-episode", Setting(now=NOW, risk="external"))
