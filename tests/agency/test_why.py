"""What are you doing? is answered whatever was done last."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pmagent.agent.grounds import Wiring
from pmagent.garden import Garden
from pmagent.llm.scripted import Answering, ScriptedModel
from pmagent.types.conversing import Opening


@pytest.mark.parametrize("typed", ["/status", "!ls notes", "/digest notes/pricing.md", "/nosuch x"])
def test_a_turn_without_a_model_is_told_too(garden: Garden, typed: str) -> None:
    garden.index(meaning=False)
    talk = garden.converse(Opening())

    while_it_ran = [replace(talk.why(), lines=talk.why().lines[:1]) for _ in talk.submit(typed)]
    list(talk.submit("/why"))

    card = talk.why()
    if typed.startswith("/nosuch"):
        assert card.lines == ()
        return
    assert any(card.is_running and card.lines[0].text == typed for card in while_it_ran)
    assert [line.label for line in card.lines] == ["Goal", "Now", "Why", "Next", "Spent"]
    assert card.lines[0].text == typed
    assert all(line.spans for line in card.lines)


def test_a_turn_of_a_model_is_told_after_a_command(root: object, garden: Garden) -> None:
    garden.close()
    model = ScriptedModel([Answering(text="Seats.")])
    with Garden.open(garden.root, wiring=Wiring(model=model)) as opened:
        talk = opened.converse(Opening())
        list(talk.submit("/status"))
        list(talk.submit("what do we charge for?"))

        goal = talk.why().lines[0]

    assert (goal.label, goal.text) == ("Goal", "what do we charge for?")
