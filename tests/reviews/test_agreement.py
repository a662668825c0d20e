"""Which edits still agree with what was made."""

from __future__ import annotations

import pytest

from pmagent.reviews.agreement import agrees, changed_kinds, is_slight, share_changed
from tests.reviews.made import NOTES, decided


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("41 feet", "14 feet", "number"),
        ("nineteen years", "ninety years", "number"),
        ("$9 a month", "$19 a month", "number"),
        ("at 00:14:03 she", "at 00:14:30 she", "number"),
        ("it is a promise", "it is not a promise", "number"),
        ("drawn by Tomas Brill", "drawn by Tomas Brand", "name"),
        ("as Brill says", "as he says", "name"),
        ("calls it “the patient error”", "calls it “the patient mistake”", "quote"),
        ("> Pricing is a promise", "> Price is a promise", "quote"),
        ("so it is.[^a.md:3]", "so it is.[^a.md:4]", "citation"),
        ("see https://a.example/b", "see https://a.example/c", "citation"),
    ],
)
def test_a_change_of_what_tells_is_named(before: str, after: str, kind: str) -> None:
    assert kind in changed_kinds(before, after)
    assert not is_slight(before + " word" * 200, after + " word" * 200)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The notes are here.", "These notes are here."),
        ("Maps, and charts", "Maps and charts"),
        ("- First a map.\n- Then a chart.", "- First a map;\n- then a chart."),
        ("one of the maps", "some of the maps"),
    ],
)
def test_other_words_and_marks_change_nothing_that_tells(before: str, after: str) -> None:
    assert changed_kinds(before, after) == ()


def test_one_word_in_twenty_may_change_and_not_one_more() -> None:
    words = [f"word{letter}{other}" for letter in "abcdefgh" for other in "vwxyz"]
    two = " ".join(["chart", "sketch", *words[2:]])
    three = " ".join(["chart", "sketch", "plan", *words[3:]])

    assert share_changed(" ".join(words), two) == 0.05
    assert is_slight(" ".join(words), two)
    assert not is_slight(" ".join(words), three)


def test_accept_agrees_and_so_does_an_edit_of_a_comma_but_not_of_a_figure() -> None:
    comma = NOTES.replace("14, and", "14 and")
    figure = NOTES.replace("14, and", "15, and")

    assert agrees(decided(1, "accept"))
    assert agrees(decided(1, "edit", edits={"notes": comma}))
    assert not agrees(decided(1, "edit", edits={"notes": figure}))
    assert not agrees(decided(1, "reject"))
    assert not agrees(decided(1, "take"))


def test_accepting_what_holds_a_wrong_fact_agrees_with_nothing() -> None:
    assert not agrees(decided(1, "accept", codes=("fact",)))
    assert agrees(decided(1, "accept", codes=("tone",)))


def test_a_changed_number_in_a_record_is_no_small_edit() -> None:
    before = {"name": "maps", "count": 12, "words": "word " * 100}

    assert not is_slight(before, {**before, "count": 13})
    assert is_slight(["Maps of the harbour", "b"], ["Maps of the harbour", "b"])
