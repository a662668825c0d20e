"""Figures are read with what they count, in digits or in words."""

from __future__ import annotations

import pytest

from pmagent.nlp.figures import counts_of, differ_in_figure, figures_in, is_negated


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Forty-one percent left, at nine dollars.", ["Forty-one percent", "nine dollars"]),
        ("It costs $29 and 7,200 people pay.", ["$29", "7,200 people"]),
        ("In 2024 one of them said so.", []),
        ("See rule 3 in GPT-4, at 10:30.", []),
        ("Nineteen men, hundred and sixty bills.", ["Nineteen men", "hundred and sixty bills"]),
    ],
)  # fmt: skip
def test_numbers_that_count_something_are_found(text: str, figures: list[str]) -> None:
    assert figures_in(text) == figures


def test_words_and_digits_are_one_value() -> None:
    assert counts_of("forty-one percent") == counts_of("41%") == {"percent": frozenset({"41"})}
    assert counts_of("$29") == counts_of("twenty-nine dollars")


def test_figures_differ_only_where_both_count_the_same() -> None:
    assert differ_in_figure("It was 41 percent.", "It was thirty-five percent.")
    assert not differ_in_figure("It was 41 percent.", "It was 35 dollars.")


def test_two_negations_are_none() -> None:
    assert is_negated("We don't build it.")
    assert not is_negated("Nobody says that we don't build it.")
