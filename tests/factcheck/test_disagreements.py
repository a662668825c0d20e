from __future__ import annotations

from collections.abc import Callable
from datetime import date

from pmagent.factcheck.disagreements import (
    Disagreements,
    disagreements_markdown,
    find_disagreements,
)
from pmagent.ingest.parse import parse
from pmagent.types import Document
from pmagent.types.checking import Claim, Verdict
from tests.factcheck.examples import contradicted

DRAFT = "The kiln burns 60 kilos of ash. It is warm. Is it 60? I think Ann Reed should buy 3.\n"


class Papers:
    """Drafts and sources held in memory, as an archive reads them."""

    def __init__(self, texts: dict[str, str], day: date = date(2025, 6, 1)) -> None:
        self._texts = texts
        self._day = day

    def paths(self) -> list[str]:
        return sorted(self._texts)

    def document(self, path: str) -> Document:
        return Document(
            path=path,
            title=path,
            date=self._day,
            date_source="file name",
            digest="",
            parsed=parse(self._texts[path].encode("utf-8"), path),
        )


def against(
    path: str, day: date = date(2024, 1, 5), **options: object
) -> Callable[[Claim], Verdict]:
    """A check for which one source has 41 kilos where 60 are said, and all else is supported."""
    strength = float(str(options.get("strength", 0.8)))
    is_weak = bool(options.get("is_weak", False))

    def check(claim: Claim) -> Verdict:
        if "60 kilos" in claim.text:
            return contradicted(claim, path, day=day, strength=strength, is_weak=is_weak)
        return Verdict(claim=claim, word="supported", score=0.9, why="it is said so")

    return check


def places(result: Disagreements) -> list[tuple[str, str, bool]]:
    return [
        (f"{one.claim.path}:{one.claim.first_line}", one.evidence.citation.place, one.is_canonical)
        for one in result.found
    ]


def test_a_draft_that_differs_from_an_older_episode_is_told_with_both_places() -> None:
    papers = Papers({"drafts/kiln.md": DRAFT, "notes/kiln.md": DRAFT})

    result = find_disagreements(papers, against("transcripts/ep-002.md"))

    assert places(result) == [("drafts/kiln.md:1", "transcripts/ep-002.md:12", False)]
    assert result.checked == 1
    assert (
        '- [drafts/kiln.md:1] says "The kiln burns 60 kilos of ash."; for "60 kilos" an older '
        'source [transcripts/ep-002.md:12] has "41 kilos": "It burns 41 kilos [of ash]."'
    ) in disagreements_markdown(result)


def test_a_source_newer_than_the_draft_does_not_make_it_wrong_unless_it_is_canonical() -> None:
    papers = Papers({"drafts/kiln.md": DRAFT})
    check = against("transcripts/ep-900.md", date(2026, 1, 1))

    assert places(find_disagreements(papers, check)) == []
    found = find_disagreements(papers, check, canonical=["transcripts/ep-900.md"])
    assert places(found) == [("drafts/kiln.md:1", "transcripts/ep-900.md:12", True)]


def test_doubtful_differences_and_other_drafts_are_not_reported() -> None:
    papers = Papers({"drafts/kiln.md": DRAFT})

    for check in (
        against("transcripts/ep-002.md", is_weak=True),
        against("transcripts/ep-002.md", strength=0.2),
        against("drafts/other.md"),
        against("drafts/kiln.md"),
    ):
        assert find_disagreements(papers, check).found == ()


def test_a_canonical_source_is_never_taken_for_a_draft() -> None:
    papers = Papers({"drafts/prices.md": DRAFT})

    result = find_disagreements(
        papers, against("transcripts/ep-002.md"), canonical=["drafts/prices.md"]
    )

    assert (result.drafts, result.found) == ((), ())


def test_the_cost_is_bounded_and_what_was_left_out_is_said() -> None:
    text = "\n\n".join(f"Kiln {number} burns {number + 100} kilos." for number in range(30))
    papers = Papers({"drafts/a.md": text, "drafts/b.md": text})
    asked: list[str] = []

    def check(claim: Claim) -> Verdict:
        asked.append(claim.text)
        return Verdict(claim=claim, word="supported", score=0.9, why="it is said so")

    result = find_disagreements(papers, check, limit=10)

    assert len(asked) == len(set(asked)) == result.checked == 10
    assert result.notes == ("40 more sentences with figures or names were not checked",)
