from __future__ import annotations

import pytest
from hypothesis import given, settings

from pmagent.errors import UsageError
from pmagent.publish.render import Format, format_named, formats
from pmagent.types.publishing import Kit
from tests.publish import kits
from tests.publish.render.hostile import kit_saying, words

SHAPES = {
    "whole": kits.kit(),
    "no times": kits.kit(timed=False),
    "no speakers": kits.kit(named=False),
    "neither": kits.kit(timed=False, named=False),
    "empty": kits.empty_kit(),
    "12 hours": kits.long_kit(),
}
NEED_TIMES = {"chapters", "srt", "vtt", "youtube"}
OF_NOTHING = {"html", "json", "kit", "post", "preview", "rss"}
"""What can be made of a kit that holds nothing: it says so."""


def test_every_format_is_found_by_its_name_and_names_a_file() -> None:
    names = [one.name for one in formats()]

    assert names == [
        *("apple", "apple-html", "chapters", "ghost", "html", "json", "kit", "post", "preview"),
        *("rss", "srt", "vtt", "youtube"),
    ]
    assert len({one.file_name for one in formats()}) == len(names)
    assert all(format_named(name).name == name for name in names)
    assert format_named("chapters").file_for(kits.kit()) == "ep-12-lighthouse-maps.chapters.json"


def test_an_unknown_format_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match='there is no format "word"') as caught:
        format_named("word")

    assert caught.value.hint.startswith("choose one of: apple, ")


@pytest.mark.parametrize("one", formats(), ids=lambda one: one.name)
@pytest.mark.parametrize("shape", SHAPES)
def test_each_format_is_right_for_each_kit_or_says_why_there_is_none(
    one: Format, shape: str
) -> None:
    kit = SHAPES[shape]
    made = one.make(kit)
    can_be_had = (
        one.name in OF_NOTHING
        if shape == "empty"
        else one.name not in NEED_TIMES or kit.transcript.has_times
    )

    assert bool(made.text) == can_be_had
    if made.text:
        assert one.check(made.text) == ()
        assert made.text.endswith(("\n", "}"))
    else:
        assert made.remarks
    assert one.make(kit) == made
    assert not any(remark.endswith(".") for remark in made.remarks)


@pytest.mark.parametrize("one", formats(), ids=lambda one: one.name)
def test_a_format_says_what_is_wrong_with_a_text_that_is_none(one: Format) -> None:
    assert one.check("") != ()


@settings(max_examples=25, deadline=None, derandomize=True)
@given(words)
def test_every_format_is_right_whatever_is_said(text: str) -> None:
    kit: Kit = kit_saying(text)

    for one in formats():
        made = one.render(kit)
        made.encode("utf-8")
        assert not set("\x00\x07\x1b\u202e\u200f\u2028") & set(made)
        assert one.check(made) == () if made else True, one.name
