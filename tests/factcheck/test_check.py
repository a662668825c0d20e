from __future__ import annotations

from pathlib import Path

import pytest

from pmagent.factcheck.check import Checker
from pmagent.factcheck.small_index import SmallIndex
from pmagent.index.embed import load_embedder
from pmagent.index.encoders import PassageEncoder
from pmagent.types.checking import Claim
from tests.factcheck.shelves import check, document, shelf


@pytest.fixture(scope="module")
def encoder(model_cache: Path) -> PassageEncoder:
    return PassageEncoder(load_embedder("all-MiniLM-L6-v2", model_cache))


@pytest.mark.parametrize(
    "claim",
    [
        "The ferry carried 7,200 passengers in June.",
        "Idris Boone said the ferry carried seven thousand two hundred passengers in June.",
        "The Kestrel was built by Halden Yard.",
        "Petra Sund sells 300 loaves on a Saturday.",
        "Mara Quill has never been on the Kestrel.",
    ],
)
def test_what_the_sources_say_is_supported_and_cited(claim: str, encoder: PassageEncoder) -> None:
    verdict = check(claim, encoder)

    assert verdict.word == "supported"
    assert verdict.evidence[0].citation.path in {"ferry.md", "bakery.md"}
    assert verdict.correction == ""


@pytest.mark.parametrize(
    ("claim", "said", "found"),
    [
        ("The ferry carried 2,700 passengers in June.", "2,700", "7,200"),
        ("The Kestrel came in March of 2019.", "2019", "2021"),
        ("The Kestrel was built by Corvus Docks.", "Corvus Docks", "Halden Yard"),
        (
            "Petra Sund said the ferry carried 7,200 passengers in June.",
            "Petra Sund",
            "Idris Boone",
        ),
        ("The Kestrel is easy to fill on a Monday.", "easy", "hard"),
    ],
)
def test_the_part_that_differs_is_named_with_what_stands_instead(
    claim: str, said: str, found: str, encoder: PassageEncoder
) -> None:
    verdict = check(claim, encoder)

    first = verdict.differences[0]
    assert verdict.word == "contradicted"
    assert (first.said, first.found) == (said, found)
    assert claim[first.start : first.end] == said
    assert verdict.correction == claim.replace(said, found)
    assert found in verdict.why


@pytest.mark.parametrize(
    "claim",
    [
        "Mara Quill has been on the Kestrel and never gets seasick there.",
        "The ferry has a bar on board.",
        "The course is not free for everyone who brings flour.",
    ],
)
def test_a_denial_on_one_side_only_is_a_contradiction(claim: str, encoder: PassageEncoder) -> None:
    assert check(claim, encoder).word == "contradicted"


def test_what_is_planned_is_not_what_is_done(encoder: PassageEncoder) -> None:
    verdict = check("They launched a night ferry.", encoder)

    assert verdict.word == "contradicted"
    assert verdict.differences[0].kind == "modality"
    assert "planned" in verdict.why


def test_a_quotation_must_stand_word_for_word(encoder: PassageEncoder) -> None:
    right = check('Petra Sund said "Sourdough is a promise, not a trick."', encoder)
    wrong = check('Petra Sund said "Sourdough is a promise, not a fashion."', encoder)

    assert right.word == "supported"
    assert wrong.word == "contradicted"
    assert [(one.kind, one.said, one.found) for one in wrong.differences][:1] == [
        ("quote", "fashion", "trick")
    ]


@pytest.mark.parametrize(
    "claim",
    ["The harbour museum won a prize for its lighthouse film.", "Zora Finn bought a vineyard."],
)
def test_what_nobody_speaks_of_is_not_found(claim: str, encoder: PassageEncoder) -> None:
    verdict = check(claim, encoder)

    assert verdict.word == "not_found"
    assert verdict.why


def test_a_claim_about_the_future_is_not_found_with_the_nearest_line() -> None:
    claim = Claim(text="The ferry will carry 7,200 passengers in June.", kind="future")
    verdict = Checker(shelf()).check(claim)

    assert verdict.word == "not_found"
    assert verdict.evidence


def test_sources_that_disagree_are_left_to_a_person(encoder: PassageEncoder) -> None:
    other = "# Log\n\nThe ferry carried 6,100 passengers in June, in 14 sailings a day.\n"
    verdict = check("The ferry carried 7,200 passengers in June.", encoder, log=other)

    assert verdict.word == "needs_person"
    assert {one.citation.path for one in verdict.evidence[:2]} == {"ferry.md", "log.md"}


def test_without_a_model_it_still_finds_figures_and_says_what_it_lacks() -> None:
    checker = Checker(shelf())
    verdict = checker.check(Claim(text="The ferry carried 2,700 passengers in June."))

    assert verdict.word == "contradicted"
    assert verdict.differences[0].found == "7,200"
    assert checker.notes


def test_the_citation_points_at_the_lines_that_say_it(encoder: PassageEncoder) -> None:
    verdict = check("We sell 300 loaves on a Saturday.", encoder)

    shown = verdict.evidence[0]
    assert shown.citation.speaker == "Petra Sund"
    assert shown.citation.locator.first_line <= 5 <= shown.citation.locator.last_line + 1
    assert "300 loaves" in shown.text


def test_globs_leave_other_documents_out() -> None:
    index = shelf()
    claim = Claim(text="The ferry carried 7,200 passengers in June.")

    inside = Checker(index, within=["ferry.md"]).check(claim)
    outside = Checker(index, within=["bakery.md"]).check(claim)
    without = Checker(index, without=["ferry.md"]).check(claim)

    assert inside.word == "supported"
    assert (outside.word, without.word) == ("not_found", "not_found")


@pytest.mark.parametrize("text", ["", "…", "♪ ♪", "?" * 900, "the of and", "Über 30 Prozent"])
def test_nothing_sensible_is_answered_without_a_fault(text: str) -> None:
    assert Checker(shelf()).check(Claim(text=text)).word in {"not_found", "supported"}


def test_an_empty_shelf_finds_nothing() -> None:
    verdict = Checker(SmallIndex([])).check(Claim(text="The ferry carried 7,200 people."))

    assert (verdict.word, verdict.evidence) == ("not_found", ())


def test_a_line_without_end_is_read_in_bounded_time() -> None:
    made = document("long.txt", "word " * 60_000 + "the ferry carried 7,200 people")
    verdict = Checker(SmallIndex([made])).check(Claim(text="The ferry carried 7,200 people."))

    assert "7,200" in verdict.evidence[0].text


def test_the_same_claim_gives_the_same_verdict_twice(encoder: PassageEncoder) -> None:
    claim = "The Kestrel was built by Corvus Docks in 2019."

    assert check(claim, encoder) == check(claim, encoder)


def test_a_figure_is_found_however_it_is_written(encoder: PassageEncoder) -> None:
    log = "# Log\n\nIn the spring thirty-one instructors taught at the swim school by the lake.\n"

    assert check("The swim school by the lake had 31 instructors.", encoder, log=log).word == (
        "supported"
    )


def test_fields_above_a_note_are_no_evidence(encoder: PassageEncoder) -> None:
    log = (
        "---\ntitle: Harbour dredging by Osprey Works\ntags: [harbour, dredging]\n---\n\n"
        "# Log\n\nThe kettle was on, and nobody came.\n"
    )
    verdict = check("Osprey Works did the harbour dredging.", encoder, log=log)

    assert all("dredging" not in one.text for one in verdict.evidence)


def test_a_line_about_something_else_turns_nothing_round(encoder: PassageEncoder) -> None:
    log = (
        "# Log\n\nThe cafe sold nine trays of buns in May, and its waste fell to two trays.\n\n"
        "## Weather\n\nThe tide rose over the pier twice, and the gulls left.\n"
    )
    verdict = check("Waste at the cafe fell to two trays in May.", encoder, log=log)

    assert verdict.word == "supported"
