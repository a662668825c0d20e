from __future__ import annotations

import numpy as np

from pmagent.types import Query
from tests.factcheck.shelves import shelf


def test_rows_run_by_document_and_hold_words_side_by_side() -> None:
    index = shelf()

    assert list(index.document_of) == sorted(index.document_of)
    held = np.flatnonzero(index.having("night ferries"))
    assert [index.passages([int(row)])[0].path for row in held] == ["ferry.md"]
    assert not index.having("ferry night").any()


def test_a_rare_word_counts_more_than_a_common_one_even_among_few_passages() -> None:
    index = shelf()
    [rare], [common] = index.stems("Kestrel"), index.stems("people")

    assert index.idf(rare) > index.idf(common) > 0


def test_words_rank_the_passage_that_has_them_first() -> None:
    index = shelf()
    scores = index.words({"sourdough": 1.0, "promise": 1.0}, limit=index.size)

    assert index.passages([int(scores.argmax())])[0].path == "bakery.md"


def test_globs_and_speakers_leave_rows() -> None:
    index = shelf()

    assert index.matching(Query(text="")) is None
    within = index.matching(Query(text="", within=("bakery.md",)))
    spoken = index.matching(Query(text="", speaker="petra"))
    assert within is not None
    assert spoken is not None
    assert list(within) == list(spoken)
