"""Who did what, and which value stands where the claim has its own: by words alone."""

from __future__ import annotations

import pytest

from tests.factcheck.shelves import check

MAKERS = """# Makers

**Ilse Brandt:** Corvid Labs came out and open sourced the Lantern library last week, and Mistral
Works wrote about it. There was also a book called The Long Quay.

**Tomas Reed:** It's from, sorry if I get the name wrong, Anna Vesely. The Long Quay has 412 pages.

**Ilse Brandt:** And Pinewood acquired Saltbox in 2019, after a first investment in 2016 and 2017.
The index of version 2 holds 178 billion words, and you can buy version 3 for ten dollars.
"""


@pytest.mark.parametrize(
    ("claim", "said", "found"),
    [
        ("The Lantern library was open sourced by Mistral Works.", "Mistral Works", "Corvid Labs"),
        ('Tomas Reed wrote the book "The Long Quay".', "Tomas Reed", "Anna Vesely"),
        ("Pinewood acquired Saltbox in 2022.", "2022", "2019"),
        ("The index of version 2 holds 13 billion words.", "13 billion", "178 billion"),
    ],
)
def test_the_value_found_belongs_to_the_same_thing(claim: str, said: str, found: str) -> None:
    verdict = check(claim, makers=MAKERS)

    first = verdict.differences[0]
    assert (verdict.word, first.said, first.found) == ("contradicted", said, found)


@pytest.mark.parametrize(
    "claim",
    [
        "Corvid Labs open sourced the Lantern library.",
        "The Lantern library was open sourced by Corvid Labs.",
        "Pinewood acquired Saltbox in 2019.",
    ],
)
def test_the_right_maker_is_no_difference(claim: str) -> None:
    assert check(claim, makers=MAKERS).word == "supported"
