from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmagent.agency.defang import Defanger, defang


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see http://evil.test:80/a.png", "see hxxp://evil[.]test:80/a.png"),
        ("![](HTTPS://Evil.test/x)", "![](HxxPS://Evil[.]test/x)"),
        ("www.evil.test", "www[.]evil[.]test"),
        ("![x](//evil.test/x)", "![x](//evil[.]test/x)"),
        ("ftp://evil.test/x", "ftp[:]//evil[.]test/x"),
        ("[a](javascript:alert(1))", "[a](javascript[:]alert(1))"),
    ],
)
def test_an_address_is_shown_so_that_nothing_follows_it(text: str, shown: str) -> None:
    assert defang(text) == shown


@pytest.mark.parametrize(
    "text", ["[notes/a.md:12]", "at 10:30, ep-041.vtt 00:12:44", "1/2 and e.g. x"]
)
def test_citations_and_times_stay_as_they_are(text: str) -> None:
    assert defang(text) == text


@given(st.lists(st.sampled_from(["http:", "//", "evil", ".test", "/a ", "b\n", "www.", " c"])))
def test_words_in_pieces_are_shown_as_the_whole_is(pieces: list[str]) -> None:
    defanger = Defanger()
    shown = "".join(defanger.take(piece) for piece in pieces) + defanger.rest()

    assert shown == defang("".join(pieces))
    assert not re.search(r"(?i)https?://\w", shown)
