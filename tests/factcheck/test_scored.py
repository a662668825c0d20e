from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pmagent.factcheck.scored import scored_line, scored_word
from pmagent.types.checking import VerdictWord
from tests.factcheck.examples import contradicted, report


def test_a_line_holds_the_verdict_and_where_its_evidence_stands() -> None:
    assert json.loads(scored_line("c-1", contradicted())) == {
        "id": "c-1",
        "verdict": "contradicted",
        "score": 0.06,
        "evidence": [
            {
                "path": "transcripts/ep-002.md",
                "start_line": 12,
                "end_line": 13,
                "text": "It burns 41 kilos [of ash].",
            }
        ],
    }


def test_not_found_is_told_as_not_in_the_archive() -> None:
    assert [scored_word(one) for one in report().verdicts[:3]] == [
        "contradicted",
        "supported",
        "not_in_archive",
    ]


@pytest.mark.parametrize(
    ("score", "has_difference", "word"),
    [(0.5, True, "supported"), (0.4, True, "contradicted"), (0.4, False, "not_in_archive")],
)
def test_what_needs_a_person_becomes_the_nearest_word(
    score: float, has_difference: bool, word: VerdictWord
) -> None:
    verdict = replace(contradicted(), word="needs_person", score=score)
    verdict = verdict if has_difference else replace(verdict, differences=())

    assert scored_word(verdict) == word
