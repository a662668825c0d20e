from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from pmagent.publish.render import format_named
from pmagent.publish.render._limits import byte_count, cut_to
from pmagent.types.publishing import CitedLine, Description, Kit
from tests.publish import kits
from tests.publish.render.hostile import Page

PLAIN, LIMITED = format_named("apple"), format_named("apple-html")


def kit_of(*, sentences: int, notes: int, chapters: int) -> Kit:
    """A kit with so many lines of a hundred bytes each."""
    kit = kits.long_kit()
    cited = kit.notes[0].citation
    line = CitedLine(text="é" * 50, citation=cited)
    return replace(
        kit,
        description=Description(
            short="", long=" ".join([line.text] * sentences), lines=(line,) * sentences
        ),
        notes=(line,) * notes,
        chapters=tuple(
            replace(kit.chapters[index % 36], start_ms=index * 60_000, title="é" * 46)
            for index in range(chapters)
        ),
    )


def test_the_plain_description_has_times_that_players_link() -> None:
    assert PLAIN.render(kits.kit()) == (
        "A depth was copied as 41 feet. It is 14, and everybody trusted the page. Nobody did. "
        "A map is a promise, and a promise needs a second pair of eyes. It compares 3,200 "
        "soundings with the page and marks what differs.\n\n"
        "Chapters:\n(0:00) Maps that are wrong\n(0:14) The Fennick chart\n"
        "(3:01) Who checks a chart\n(5:20) Tidewater Ledger\n(8:32) A book for beginners\n\n"
        "Links:\n- Tidewater Ledger: https://tidewater.example/ledger?a=1&b=2\n\n"
        "In this episode:\n- A depth was copied as 41 feet.\n"
        "- It is 14, and everybody trusted the page.\n"
        "- Tidewater Ledger compares 3,200 soundings with the page.\n"
    )


def test_the_html_has_four_kinds_of_tags_and_says_the_same() -> None:
    page = Page(LIMITED.render(kits.kit()))

    assert page.tags == {"p", "ul", "li", "a"}
    assert page.addresses == {"https://tidewater.example/ledger?a=1&b=2"}
    assert "(3:01) Who checks a chart" in page.said


def test_what_does_not_fit_is_left_out_line_by_line_and_counted() -> None:
    made = PLAIN.make(kit_of(sentences=10, notes=10, chapters=50))

    assert made.text.count("\n(") == 29
    assert "In this episode" not in made.text
    assert made.remarks == (
        "29 of 50 chapters fit",
        "none of 10 notes fits",
        "the quotes are left out: Apple shows them as more of the text",
        f"{byte_count(made.text):,} of 4,000 bytes",
    )


def test_a_sentence_that_is_longer_than_all_room_is_left_out() -> None:
    kit = replace(kits.empty_kit(), description=Description(short="", long="x" * 5_000))

    assert PLAIN.make(kit).text == ""
    assert PLAIN.check("x" * 4_001) == ("4,001 bytes, and Apple takes 4,000",)
    assert LIMITED.check("<p>a <b>b</b></p>") == (
        "it holds tags, attributes or addresses that are not allowed",
    )


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_it_always_fits(sentences: int, notes: int, chapters: int) -> None:
    kit = kit_of(sentences=sentences, notes=notes, chapters=chapters)

    for one in (PLAIN, LIMITED):
        assert byte_count(one.render(kit)) <= 4_000


@settings(deadline=None, derandomize=True)
@given(st.text("ab ,é", max_size=40), st.integers(1, 20))
def test_what_is_cut_is_cut_behind_a_word_and_marked(text: str, most: int) -> None:
    cut = cut_to(text, most)

    assert len(cut) <= most
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))
