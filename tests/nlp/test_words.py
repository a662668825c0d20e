from __future__ import annotations

import pytest

from pmagent.nlp.words import content_terms, is_same_word, tokens


def test_numbers_and_contractions_are_whole_words() -> None:
    assert tokens("It's 7,200 hours, 1.58 bits. Don't!") == [
        "it's",
        "7,200",
        "hours",
        "1.58",
        "bits",
        "don't",
    ]


def test_every_script_has_words() -> None:
    assert tokens("Zürich’s naïve café") == ["zürich’s", "naïve", "café"]
    assert tokens("今日は 晴れ") == ["今", "日", "は", "晴", "れ"]
    assert tokens("привет мир") == ["привет", "мир"]


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("what did we say about Mozilla's voices?", ["mozilla", "voices"]),
        ("where did the guest mention honey, honey and mites", ["honey", "mites"]),
        ("I couldn't find it, we'll see hives", ["find", "see", "hives"]),
        ("the who", ["the", "who"]),
        ("wann haben wir Imkerei besprochen", ["wann", "haben", "wir", "imkerei", "besprochen"]),
        ("", []),
    ],
)
def test_content_terms_are_the_words_an_answer_would_hold(question: str, terms: list[str]) -> None:
    assert content_terms(question) == terms


def test_a_pasted_page_is_cut() -> None:
    assert len(content_terms(" ".join(f"word{n}" for n in range(5000)))) == 60


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("database", "databases", True),
        ("box", "boxes", True),
        ("company", "companies", True),
        ("mozilla's", "mozilla", True),
        ("gpus", "gpu", True),
        ("federal", "federated", False),
        ("class", "clas", False),
    ],
)
def test_a_plural_is_the_same_word_and_a_common_stem_is_not(
    one: str, other: str, same: bool
) -> None:
    assert is_same_word(one, other) is same
