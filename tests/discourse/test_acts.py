"""A decision or promise is one only where the words commit the person who says them."""

from __future__ import annotations

import pytest

from pmagent.discourse.acts import decides, promises, when_of
from pmagent.discourse.lines import Line, lines_of
from pmagent.ingest.passages import split_passages
from pmagent.types import Block

DECISIONS = [
    "We decided to open source the importer.",
    "We all agreed that the cap goes down to forty-five.",
    "From Monday the empty week says send us a photo.",
    "Okay, let's go with the flat price.",
    "We will not build deposits.",
    "So we've opted for the more expensive route.",
    "We go to forty cents per kept appointment in February.",
    "It was decided to keep the old name.",
]
NO_DECISIONS = [
    "We haven't decided to open source the importer.",
    "We never agreed on that price at all.",
    "Maybe we decided to do that too early.",
    "If we decided to do that, who would build it?",
    "Did we decide to build it?",
    'She said, "we decided to leave because of the bill."',
    "They told us that we decided to leave.",
    "We still have to decide on the price of a seat.",
    "When we decided to build it, it was January.",
    "Let's go with that for a minute and see.",
    "We won't know before the end of August.",
    "We concluded that it doesn't work in the rain.",
    "Let's talk about the price of a seat.",
    "From now on we'll be able to see it.",
]
PROMISES = [
    "I'll send it in writing.",
    "We'll link that episode in the show notes.",
    "I'm going to build a small counter.",
    "I will get back to you about the bill.",
    "And I'll ask Priya about the queue tomorrow.",
]
NO_PROMISES = [
    "I'll give you an example of that.",
    "I might send it in writing.",
    "If you leave I'll send you the file.",
    "I won't send it in writing.",
    'He wrote, "I will send the money tomorrow."',
    "Whenever somebody asks, I'll send them the list.",
    "Will I send it in writing?",
    "I'll ask you a question about that.",
    "I'll be honest with you about it.",
    "And then we will publish those posts for our customers.",
]


def line_of(text: str) -> Line:
    blocks = [Block(text=text, first_line=1, speaker="Ana")]
    [passage] = split_passages("a.md", blocks)
    return lines_of(passage)[0]


@pytest.mark.parametrize("text", DECISIONS)
def test_a_settled_thing_is_a_decision(text: str) -> None:
    assert decides(line_of(text))


@pytest.mark.parametrize("text", NO_DECISIONS)
def test_what_is_denied_hedged_asked_or_reported_is_no_decision(text: str) -> None:
    assert not decides(line_of(text))


@pytest.mark.parametrize("text", PROMISES)
def test_who_commits_to_do_a_thing_promises(text: str) -> None:
    assert promises(line_of(text))


@pytest.mark.parametrize("text", NO_PROMISES)
def test_what_is_denied_conditional_or_a_turn_of_phrase_is_no_promise(text: str) -> None:
    assert not promises(line_of(text))


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("I'll send it by Friday.", "by Friday"),
        ("I'll send it at the end of August.", "at the end of August"),
        ("I'll do it next week.", "next week"),
        ("I may send it.", ""),
    ],
)
def test_when_is_told_in_the_words_of_the_sentence(text: str, when: str) -> None:
    assert when_of(text) == when
