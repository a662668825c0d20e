from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pmagent.retrieval.fusion import (
    best_rows,
    document_part,
    fuse,
    lexical_share,
    meaning_everywhere,
    neighbour_part,
)
from pmagent.retrieval.late import WordCloseness, piece_weights

SCORES = st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=40)


def array(values: list[float]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array(values, np.float32)


@given(SCORES, st.integers(1, 50))
def test_best_rows_are_the_front_of_the_whole_order(values: list[float], count: int) -> None:
    scores = array(values)

    assert (
        best_rows(scores, count, None).tolist()
        == np.argsort(-scores, kind="stable")[:count].tolist()
    )


def test_best_rows_are_allowed_ones() -> None:
    allowed = np.array([False, True, True])

    assert best_rows(array([9, 1, 2]), 5, allowed).tolist() == [2, 1]
    assert best_rows(array([9, 1, 2]), 5, np.zeros(3, np.bool_)).tolist() == []


def test_a_neighbour_in_another_document_adds_nothing() -> None:
    added = neighbour_part(array([1, 0, 0, 1]), np.array([0, 0, 1, 1], np.int32))

    assert [bool(value) for value in added] == [False, True, True, False]


def test_all_words_of_a_question_in_a_passage_come_near_one_and_unknown_words_lower_it() -> None:
    known = lexical_share(array([4.0]), array([4.0]), idf_mass=2.0)
    with_unknown = lexical_share(array([4.0]), array([4.0]), idf_mass=8.0)

    assert 0.8 < float(known[0]) <= 1.0
    assert float(with_unknown[0]) < 0.3


@given(SCORES, st.lists(st.booleans(), min_size=40, max_size=40), st.booleans())
def test_meaning_has_no_gaps_whatever_is_embedded(
    values: list[float], gaps: list[bool], has_static: bool
) -> None:
    meaning = array(values)
    meaning[np.array(gaps[: len(values)])] = np.nan
    static = array(values) if has_static else None

    filled = meaning_everywhere(meaning, static, np.zeros(len(values), np.float32))

    assert filled is None or not np.isnan(filled).any()


def test_a_passage_of_the_right_words_is_not_passed_over_for_having_no_vector() -> None:
    meaning = array([0.6, 0.1, 0.1, np.nan])
    lexical = array([0.5, 0.0, 0.0, 0.5])

    filled = meaning_everywhere(meaning, None, lexical)

    assert filled is not None
    assert fuse(filled, lexical)[3] > fuse(filled, lexical)[1]


@given(SCORES)
def test_a_document_gains_by_its_passages_and_never_loses(values: list[float]) -> None:
    documents = np.arange(len(values), dtype=np.int32) // 3

    gains = document_part(array(values), documents, None)

    assert (gains >= 0).all()
    assert all(len(set(gains[documents == one].tolist())) == 1 for one in set(documents.tolist()))


def test_nothing_allowed_gains_nothing() -> None:
    none = np.zeros(2, np.bool_)

    assert document_part(array([1, 2]), np.zeros(2, np.int32), none).tolist() == [0, 0]


def test_pieces_of_a_rare_name_share_the_weight_of_one_word() -> None:
    weights = piece_weights("about Okafor", [(0, 5), (6, 8), (8, 10), (10, 12)], lambda _: 1.0)

    assert np.isclose(weights.sum(), 1)
    assert np.allclose(weights[1:], weights[1])
    assert weights[0] < weights[1:].sum() / 10


def test_closeness_is_highest_where_all_words_are_said() -> None:
    known = {"red": 0, "barn": 1, "sea": 2}

    def vectors(words: object) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        return np.array([np.eye(4)[known.get(word, 3)] for word in words], np.float32)  # type: ignore[attr-defined]

    texts = ["a red barn", "a red sea", "", "sea"]

    closeness = WordCloseness("red barn", texts, vectors, lambda _: 1)

    assert np.allclose([closeness.of(text) for text in texts], [1, 0.5, 0, 0])
