"""A yes covers the bytes that were shown, and no others."""

from __future__ import annotations

from pmagent.procedures.engine.ports import Refused
from pmagent.procedures.engine.terms import Terms
from pmagent.types.runs import Answered, Approved, Rejected, TakenOver
from tests.procedures.engine.world import MakeWorld, World

FRONT = "---\ndescription: Sends.\nallowed-tools: post.send card.add\nkey: x\n---\n## Steps\n"
SEND = (
    FRONT
    + """
1. **Set** `title = "Hello"`
2. **Approve** "Send '{title}'?" showing `title`
3. **Call** `text.upper` with `text=title` as `loud`
4. **If** `len(loud) > 2`
   1. **Call** `post.send` with `title=loud` as `post`
5. **For each** `name` in `["a", "b"]` up to `5`
   1. **Call** `card.add` with `name=name`
6. **Return** `post.url`
"""
)


def test_a_yes_shows_every_effect_that_follows_and_the_gate_asks_no_second_time(
    make_world: MakeWorld,
) -> None:
    world = make_world(replies={"Send": Approved()})
    world.calls.is_asking = True

    run = world.run(SEND)

    [question] = world.person.asked
    assert [(one.function, one.outgoing) for one in question.sendings] == [
        ("post.send", '{"title":"HELLO"}'),
        ("card.add", '{"name":"a"}'),
        ("card.add", '{"name":"b"}'),
    ]
    assert question.shown == {"title": "Hello"}
    assert (run.state, run.result) == ("done", "https://example.org/HELLO")
    assert [effect["given"] for effect in world.calls.effects()] == [
        {"title": "HELLO"}, {"name": "a"}, {"name": "b"},
    ]  # fmt: skip
    assert run.spent.effects == 3


def test_an_edit_goes_into_the_values_and_the_yes_is_for_what_it_makes(
    make_world: MakeWorld,
) -> None:
    world = make_world(replies={"Send": Approved(edits={"title": "Other"})})
    world.calls.is_asking = True

    run = world.run(SEND)

    assert run.result == "https://example.org/OTHER"
    assert len(world.person.asked) == 1
    assert world.records.steps(run.id)[1].detail == "yes by person; edited: title"


def test_an_edit_that_breaks_the_type_is_asked_about_again(make_world: MakeWorld) -> None:
    text = """
1. **Ask** "Title?" as `title` like `str 1..8`
2. **Approve** "Send?" showing `title`
3. **Return** `title`
"""
    world = make_world(
        replies={
            "Title": [Answered(value="Short")],
            "Send": [Approved(edits={"title": "Much too long"}), Approved(edits={"title": "New"})],
        }
    )

    run = world.run(text)

    assert run.result == "New"
    assert [question.address for question in world.person.asked] == ["1", "2", "2~2"]
    assert world.person.asked[2].problems == ("title has 13 characters, at most 8",)


def test_other_bytes_than_those_shown_are_asked_about_on_their_own(make_world: MakeWorld) -> None:
    text = (
        FRONT
        + """
1. **Approve** "Send?"
2. **Ask** "Title?" as `title` like `str`
3. **Call** `post.send` with `title=title` as `post`
4. **Return** `post.url`
"""
    )
    world = make_world(
        replies={"Send?": Approved(), "Title?": Answered(value="Late"), "post.send": Approved()}
    )
    world.calls.is_asking = True

    run = world.run(text)

    assert run.state == "done"
    first, _, third = world.person.asked
    assert first.sendings == ()
    assert [one.outgoing for one in third.sendings] == ['{"title":"Late"}']


def test_what_follows_a_second_approve_is_not_covered_by_the_first(make_world: MakeWorld) -> None:
    text = (
        FRONT
        + """
1. **Approve** "First?"
2. **Call** `card.add` with `name="one"`
3. **Approve** "Second?"
4. **Call** `post.send` with `title="two"`
"""
    )
    world = make_world(replies={"First?": Approved(), "Second?": Rejected(note="not today")})
    world.calls.is_asking = True

    run = world.run(text)

    assert (run.state, run.reason) == ("blocked", "not today")
    assert [[one.function for one in question.sendings] for question in world.person.asked] == [
        ["card.add"], ["post.send"],
    ]  # fmt: skip
    assert [effect["given"] for effect in world.calls.effects()] == [{"name": "one"}]


def test_a_run_that_nobody_approves_waits_and_goes_on_after_the_yes(world: World) -> None:
    waiting = world.run(SEND)
    assert (waiting.state, waiting.waits_for) == ("waiting", "approve")
    assert waiting.reason == "Send 'Hello'?"
    assert world.calls.effects() == []

    world.person.replies["Send"] = Approved()
    run = world.resume(waiting.id)

    assert run.state == "done"
    assert len(world.calls.effects()) == 3


def test_whoever_takes_over_is_handed_what_was_shown(make_world: MakeWorld) -> None:
    run = (world := make_world(replies={"Send": TakenOver(note="I write it")})).run(SEND)

    assert (run.state, run.reason) == ("handed_off", "I write it")
    assert "Hello" in (world.root / f"{run.id}.note.md").read_text(encoding="utf-8")


def test_a_refused_effect_blocks_after_a_persons_no_and_is_denied_after_a_rules(
    world: World,
) -> None:
    text = FRONT + '1. **Call** `post.send` with `title="x"`\n'

    world.calls.answers = [Refused(why="no", by="person")]
    person = world.run(text)
    world.calls.answers = [Refused(why="a rule denies it", by="rule")]
    rule = world.run(text)
    world.calls.answers = [Refused(why="it is dead", by="outbox", hint="pmagent outbox")]
    dead = world.run(text)

    assert (person.state, person.reason) == ("blocked", "post.send: no")
    assert (rule.state, rule.reason) == ("failed", "denied: post.send: a rule denies it")
    assert (dead.state, dead.reason) == ("failed", "post.send: it is dead (pmagent outbox)")


def test_a_shadow_run_asks_for_no_yes_and_gives_none(world: World) -> None:
    world.calls.is_asking = True

    run = world.run(SEND, Terms(autonomy="shadow"))

    assert run.state == "done"
    assert world.person.asked == []
    assert world.calls.effects() == []
    assert run.spent.effects == 0


def test_a_procedure_of_others_sends_nothing_out_not_even_through_one_of_your_own(
    make_world: MakeWorld,
) -> None:
    world = make_world(commands={"send": SEND}, replies={"Send": Approved()})
    text = "1. **Run** `/send` as `x`\n"

    run = world.run(text, Terms(is_trusted=False))

    assert run.state == "failed"
    assert run.reason.startswith("denied: /send:")
    assert world.calls.effects() == []
