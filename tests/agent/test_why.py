"""What are you doing? Answered from state, at once, each line from a span."""

from __future__ import annotations

import time

from pmagent.agent.why import Said, Snapshot, assumptions_in, card_of
from pmagent.garden import Garden
from pmagent.llm.scripted import Answering
from pmagent.types.turns import Budget, ToolBegan, WhyCard
from tests.agent.looping import READ, Bench, Rig, rig_of

LABELS = ["Goal", "Now", "Why", "Read so far", "Assuming", "Next", "Would stop if", "Spent"]


def text_of(card: WhyCard) -> dict[str, str]:
    return {line.label: line.text for line in card.lines}


def check_spans(rig: Rig, card: WhyCard) -> None:
    known = {span.id for span in rig.loop.footing.trace.spans()}
    assert all(line.spans and set(line.spans) <= known for line in card.lines)
    assert len(card.lines) <= 12


def test_before_the_first_turn_there_is_nothing_to_say() -> None:
    card = rig_of([], Bench()).loop.why()

    assert card == WhyCard(is_running=False, lines=())


def test_in_a_turn_every_label_is_answered_from_a_span(garden: Garden) -> None:
    script = [
        Answering(text="I am assuming prices are in dollars. I read the note.", uses=(READ,)),
        Answering(text="Once more.", uses=(("Glob", {"pattern": "*"}),)),
        Answering(text="nine"),
    ]
    rig = rig_of(script, garden)
    cards: list[WhyCard] = []

    for event in rig.loop.run("what is the price?", budget=Budget(steps=10)):
        if isinstance(event, ToolBegan):
            cards.append(rig.loop.why())
            check_spans(rig, cards[-1])

    said = text_of(cards[1])
    assert [line.label for line in cards[1].lines] == LABELS
    assert cards[1].is_running
    assert said["Goal"] == "what is the price?"
    assert said["Now"] == "Glob *"
    assert said["Why"] == "it said: Once more."
    assert said["Read so far"] == "1 source: notes/a.md"
    assert said["Assuming"] == "I am assuming prices are in dollars"
    assert said["Would stop if"].startswith("10 steps are used (8 left)")
    assert said["Spent"].startswith("2 steps, about ")


def test_when_idle_it_says_what_was_done_last(garden: Garden) -> None:
    rig = rig_of([Answering(uses=(READ,)), Answering(text="nine")], garden)
    rig.turn("what is the price?")

    card = rig.loop.why()

    assert not card.is_running
    assert text_of(card)["Now"] == "nothing; the last turn is over (done)"
    assert text_of(card)["Goal"] == "what is the price?"
    assert text_of(card)["Read so far"] == "1 source: notes/a.md"
    check_spans(rig, card)


def test_a_queued_message_is_what_comes_next() -> None:
    rig = rig_of([Answering(uses=(READ,)), Answering(text="x")], Bench())

    for event in rig.loop.run("go"):
        if isinstance(event, ToolBegan):
            rig.loop.controls.queue("in German")
            card = rig.loop.why()

    assert text_of(card)["Next"] == 'your message "in German", after this step'


def test_it_takes_no_time_and_asks_no_model_however_much_was_done() -> None:
    spans = tuple(f"s{n}" for n in range(5))
    snapshot = Snapshot(
        is_running=True, turn="s0", goal="x" * 5_000,
        sources=tuple(Said(text=f"{n}.md", spans=spans) for n in range(200)),
        assumed=tuple(Said(text="y" * 300, spans=spans) for _ in range(5)),
        agents=tuple(Said(text="z", spans=spans) for _ in range(20)),
    )  # fmt: skip

    began = time.process_time()
    cards = [card_of(snapshot) for _ in range(100)]

    assert (time.process_time() - began) / 100 < 0.05
    assert len(cards[0].lines) <= 12
    assert all("\n" not in line.text and len(line.text) <= 200 for line in cards[0].lines)


def test_text_of_files_and_models_is_shown_safely() -> None:
    card = card_of(Snapshot(turn="s1", goal="a\x1b[31mred\u202e"))

    assert text_of(card)["Goal"] == "ared"


def test_assumptions_are_the_models_own_words() -> None:
    text = "Fine. I assume you mean 2025. Presumably the seat price.\nThe end."

    assert list(assumptions_in(text)) == ["I assume you mean 2025", "Presumably the seat price"]
    assert assumptions_in("Nothing of the kind.") == ()


def test_every_span_has_a_parent_that_is_there_and_none_stays_open(garden: Garden) -> None:
    rig = rig_of([Answering(uses=(READ, READ)), Answering(text="half", fault="overloaded")], garden)

    rig.turn()

    known = {span.id for span in rig.spans}
    assert {span.kind for span in rig.spans} == {"turn", "step", "model", "tool"}
    assert all(span.parent in known or span.kind == "turn" for span in rig.spans)
    assert all(span.ended is not None for span in rig.spans)
    assert list(rig.loop.footing.trace.spans()) == sorted(rig.spans, key=lambda s: int(s.id[1:]))
