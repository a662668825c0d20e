from __future__ import annotations

import pytest

from pmagent.factcheck.numbers import read_numbers
from pmagent.factcheck.quantities import Quantity, is_comparable, is_equal


def only(text: str) -> Quantity:
    [found] = read_numbers(text)
    return found


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("7,200 hours", 7200, "count"),
        ("three hundred boats", 300, "count"),
        ("two dozen people", 24, "count"),
        ("half a million users", 500_000, "count"),
        ("$4.5m", 4_500_000, "money"),
        ("four euros", 4, "money"),
        ("41 percent", 41, "percent"),
        ("two and a half percent", 2.5, "percent"),
        ("5 percentage points", 5, "points"),
        ("three times", 3, "times"),
        ("in 2019", 2019, "year"),
        ("in March", 3, "month"),
        ("the 14th", 14, "ordinal"),
        ("my six-year-old daughter", 6, "count"),
    ],
)
def test_a_quantity_is_read_in_digits_and_in_words(text: str, value: float, kind: str) -> None:
    found = only(text)

    assert (found.value, found.kind) == (value, kind)


@pytest.mark.parametrize("text", ["GPT-4 is out", "one of the first few", "a second look"])
def test_digits_of_a_name_and_lone_small_words_are_no_quantity(text: str) -> None:
    assert read_numbers(text) == []


def test_a_span_points_at_the_words_it_was_read_from() -> None:
    text = "It took about 10 to 12 weeks, from 4 March 2021."

    assert [text[one.start : one.end] for one in read_numbers(text)] == [
        "10 to 12",
        "4",
        "March",
        "2021",
    ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("7,200 hours", "seven thousand two hundred hours", True),
        ("about 100 people", "95 people", True),
        ("100 people", "95 people", False),
        ("ten minutes", "600 seconds", True),
        ("ten minutes", "ten seconds", False),
        ("11 weeks", "10 to 12 weeks", True),
        ("in 2019", "in 2020", False),
        ("about 2019 people", "in 2019", False),
        ("5 percent", "5 percentage points", False),
        ("three times", "three people", False),
    ],
)
def test_quantities_are_equal_as_people_round(one: str, other: str, same: bool) -> None:
    assert is_equal(only(one), only(other)) is same


def test_a_year_is_never_another_value_of_a_count() -> None:
    assert not is_comparable(only("12 boats"), only("in 2019"))


def test_shares_said_in_words_equal_the_percentages_they_round() -> None:
    for said, exact in (
        ("Nearly a third of the messages", "31 percent of the messages"),
        ("Roughly seven in ten drafts", "71 percent of drafts"),
        ("two thirds of them", "66% of them"),
        ("It was 1.6 percent", "it was one point six."),
        ("about half an hour", "thirty-one minutes"),
    ):
        assert is_equal(read_numbers(said)[0], read_numbers(exact)[0]), said
