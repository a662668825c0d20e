"""A small check of a draft, as its renderings see it."""

from __future__ import annotations

from datetime import date

from pmagent.types import Citation, Locator
from pmagent.types.checking import CheckReport, Claim, Difference, Evidence, Verdict

CLAIM = Claim(
    text="The kiln burns 60 kilos of ash.",
    source="the kiln burns\n60 kilos of ash.",
    path="drafts/ash & kiln.md",
    first_line=3,
    last_line=4,
    number=1,
)


def evidence(path: str, text: str, line: int = 12, day: date = date(2024, 1, 5)) -> Evidence:
    return Evidence(
        citation=Citation(
            path=path,
            locator=Locator(first_line=line, last_line=line + 1),
            title=path,
            date=day,
            date_source="file name",
            speaker="Wilma Oake",
        ),
        text=text,
        passage=text,
        score=0.9,
    )


def contradicted(
    claim: Claim = CLAIM,
    path: str = "transcripts/ep-002.md",
    *,
    day: date = date(2024, 1, 5),
    strength: float = 0.8,
    is_weak: bool = False,
) -> Verdict:
    return Verdict(
        claim=claim,
        word="contradicted",
        score=0.06,
        why='the source has "41 kilos"',
        evidence=(evidence(path, "It burns 41 kilos [of ash].", day=day),),
        differences=(
            Difference(
                kind="number",
                said="60 kilos",
                found="41 kilos",
                start=15,
                end=23,
                strength=strength,
            ),
        ),
        correction="The kiln burns 41 kilos of ash.",
        is_weak=is_weak,
    )


def report() -> CheckReport:
    def claim(number: int, text: str) -> Claim:
        return Claim(text=text, source=text, first_line=10 + number, last_line=10 + number)

    return CheckReport(
        path="drafts/ash & kiln.md",
        digest="ab" * 32,
        verdicts=(
            contradicted(),
            Verdict(
                claim=claim(2, "Torrey has *two* kilns."),
                word="supported",
                score=0.97,
                why="it is said so",
                evidence=(evidence("notes/torrey.md", "There are two kilns in Torrey."),),
            ),
            Verdict(
                claim=claim(3, "It won a prize."),
                word="not_found",
                score=0.2,
                why="nothing says so",
            ),
            Verdict(
                claim=claim(4, "It opened in May."),
                word="needs_person",
                score=0.5,
                why="two sources disagree",
                is_weak=True,
            ),
        ),
        set_aside=(Claim(text="Is it hot?", kind="question", first_line=20, last_line=20),),
        searched=12,
        notes=("checked by words alone",),
    )
