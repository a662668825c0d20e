from __future__ import annotations

from datetime import date

import pytest

from pmagent.factcheck.given.reading import Given, read_given
from pmagent.factcheck.given.support import judge_given, support_of, why
from pmagent.ingest.parse import parse
from pmagent.types import Document
from pmagent.types.checking import Claim

ARTICLE = """The tram line between Oxley and Fern Hill reopened on Monday after six weeks of repair.

The work cost 2.4 million crowns, which the operator paid from its reserves. Director Pia Lorne said
that 31 metres of track had been replaced and that trams would now run every eight minutes.

Residents had complained about the buses that stood in for the trams. A school in Oxley moved its
first lesson to nine o'clock because pupils came late.
"""

MEETING = """Nora Pell: I think the lid should be green, because people lose the grey ones.
Tom Ash: We can't afford green. The grey plastic is half the price.
Nora Pell: Okay. Then let us print the name on it.
Tom Ash: That costs four cents each, I can live with it.
"""


def read(text: str, path: str = "source.md") -> Given:
    document = Document(
        path=path,
        title="Source",
        date=date(2025, 3, 1),
        date_source="file name",
        digest="",
        parsed=parse(text.encode("utf-8"), path),
    )
    return read_given([document])


def chance(claim: str, text: str) -> float:
    return support_of(claim, read(text)).probability


@pytest.mark.parametrize(
    "claim",
    [
        "The tram line between Oxley and Fern Hill reopened on Monday.",
        "After six weeks of repair, trams run again between Oxley and Fern Hill.",
        "Pia Lorne said 31 metres of track had been replaced.",
        "A school in Oxley began its first lesson at nine because pupils came late.",
    ],
)
def test_what_an_article_says_in_other_words_is_supported(claim: str) -> None:
    verdict = judge_given(Claim(text=claim), read(ARTICLE))

    assert verdict.word == "supported"
    assert verdict.evidence[0].citation.path == "source.md"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("The work cost 2.4 million crowns.", "The work cost 4.2 million crowns."),
        ("Pia Lorne said that track was replaced.", "Eva Brandt said that track was replaced."),
        ("Residents complained about the buses.", "Passengers were hurt in an accident in May."),
    ],
)
def test_another_number_name_or_an_addition_is_not_supported(right: str, wrong: str) -> None:
    given = read(ARTICLE)

    assert judge_given(Claim(text=right), given).word == "supported"
    assert judge_given(Claim(text=wrong), given).word == "not_found"


def test_a_number_that_differs_is_named_in_the_reason() -> None:
    support = support_of("The work cost 4.2 million crowns.", read(ARTICLE))

    assert '"4.2 million"' in why(support)


def test_words_put_in_the_mouth_of_another_speaker_count_against_a_claim() -> None:
    own = chance("Tom Ash said the grey plastic is half the price.", MEETING)
    other = chance("Nora Pell said the grey plastic is half the price.", MEETING)

    assert own > other + 0.2


def test_talk_is_known_by_its_labels_and_i_without_an_owner_counts_there_only() -> None:
    talk = support_of("I think the lid should be green.", read(MEETING))
    named = support_of("Nora Pell thinks the lid should be green.", read(MEETING))
    prose = support_of("I said that 31 metres of track had been replaced.", read(ARTICLE))
    plain = support_of("Lorne said that 31 metres of track had been replaced.", read(ARTICLE))

    assert (talk.genre, prose.genre) == ("dialogue", "prose")
    assert named.probability > talk.probability + 0.2
    assert abs(prose.probability - plain.probability) < 0.1


def test_the_best_line_is_cited_with_its_speaker() -> None:
    support = support_of("Printing the name costs four cents each.", read(MEETING))

    best = support.best[0]
    assert (best.citation.locator.first_line, best.citation.speaker) == (4, "Tom Ash")
    assert best.text == "That costs four cents each, I can live with it."


def test_the_cut_can_be_set_for_each_source() -> None:
    given = read(ARTICLE)
    text = "Trams now run every eight minutes."

    assert support_of(text, given, cut=0.0).is_supported
    assert not support_of(text, given, cut=1.0).is_supported


@pytest.mark.parametrize("claim", ["", "...", "?", "42", "and the of"])
def test_a_claim_without_words_is_not_supported_and_breaks_nothing(claim: str) -> None:
    assert judge_given(Claim(text=claim), read(ARTICLE)).word == "not_found"


def test_nothing_given_supports_nothing() -> None:
    verdict = judge_given(Claim(text="The line reopened."), read_given([]))

    assert (verdict.word, verdict.score, verdict.evidence) == ("not_found", 0.0, ())
    assert verdict.why == "there is nothing to hold it against"
