from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmagent.nlp.sentences import LONGEST_SENTENCE, sentences_of_lines, split_sentences, windows


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("He said go. Then we went.", ["He said go.", "Then we went."]),
        ("Dr. Lee paid 3.5 percent. Fine.", ["Dr. Lee paid 3.5 percent.", "Fine."]),
        ("It was, e.g. the navy. J. Smith agreed.", ["It was, e.g. the navy.", "J. Smith agreed."]),
        ("So we... kind of stopped. Yes!", ["So we... kind of stopped.", "Yes!"]),
        ('He asked "why?" Nobody knew.', ['He asked "why?"', "Nobody knew."]),
        ("今天很好。我们走吧！好", ["今天很好。", "我们走吧！", "好"]),
        ("no capitals here. none at all", ["no capitals here.", "none at all"]),
        ("One line\nwraps. An empty\n\nline ends", ["One line\nwraps.", "An empty", "line ends"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in split_sentences(text)] == sentences


@given(st.text(max_size=300))
def test_sentences_hold_every_character_that_is_not_white_space(text: str) -> None:
    spans = split_sentences(text)
    kept = "".join("".join(text[start:end].split()) for start, end in spans)

    assert kept == "".join(text.split())
    assert spans == sorted(spans)


def test_talk_without_stops_is_cut_at_a_comma_before_it_is_too_long() -> None:
    text = "word " * 50 + "end, " + "word " * 100

    spans = split_sentences(text)

    assert text[slice(*spans[0])].endswith("end,")
    assert all(len(text[start:end].split()) <= LONGEST_SENTENCE for start, end in spans)


@given(st.text(alphabet="ab .\n", max_size=300))
def test_windows_hold_every_sentence_and_never_part_of_one(text: str) -> None:
    sentences = sentences_of_lines(text)
    spans = windows(text)

    assert all(any(a <= start and end <= b for a, b in spans) for start, end in sentences)
    assert {a for a, _ in spans} <= {start for start, _ in sentences}
    assert {b for _, b in spans} <= {end for _, end in sentences}


def test_neighbouring_windows_share_a_sentence() -> None:
    text = "One is here. Two is here. Three is here. Four is here. Five is here."

    assert [text[start:end] for start, end in windows(text)] == [
        "One is here. Two is here. Three is here.",
        "Three is here. Four is here. Five is here.",
    ]
