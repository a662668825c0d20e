"""`facts.*`: what is wrong, where, and what the source says instead."""

from __future__ import annotations

import pytest

from pmagent.errors import UsageError
from tests.functions.conftest import EPISODE, NOTES, Bench, MakeBench

SAID = """# Episode 7

**Ada:** We asked ninety shops; eleven keep a paper book. The bill was nineteen dollars in March.

**Ben:** And forty percent of the owners had read the contract before they signed it.
"""
REPORT = """# Contracts

The Chamber asked again. Ten percent of the owners had read the contract before they signed it.
"""


def test_the_notes_that_ship_are_borne_out_by_their_episode(shop: Bench) -> None:
    facts = shop.record(
        "facts.check", text=shop.document(NOTES), sources=[shop.document(EPISODE), "research/**"]
    )

    assert (facts["contradicted"], facts["unsupported"]) == (0, 0)
    assert facts["supported"] == 7


def test_a_planted_number_is_named_with_its_line_and_what_the_source_says(
    make_bench: MakeBench,
) -> None:
    bench = make_bench({
        "transcripts/ep-007.md": SAID,
        "notes/ep-007.md": "# Notes\n\nWe asked ninety shops.\n\n"
        "The bill was twenty-nine dollars in March.\n",
    })  # fmt: skip

    facts = bench.record(
        "facts.check", text=bench.document("notes/ep-007.md"), sources=["transcripts/ep-007.md"]
    )

    assert (facts["contradicted"], facts["supported"]) == (1, 1)
    assert facts["worst"] == {
        "claim": "The bill was twenty-nine dollars in March.",
        "at": "notes/ep-007.md:5",
        "source": "transcripts/ep-007.md:3",
        "says": "The bill was nineteen dollars in March.",
        "differs": "the document says nineteen dollars, the claim says twenty-nine",
        "correction": "The bill was nineteen dollars in March.",
    }


def test_what_a_speaker_said_is_no_excuse_where_another_source_contradicts_it(
    make_bench: MakeBench,
) -> None:
    bench = make_bench({"transcripts/ep-007.md": SAID, "research/contracts.md": REPORT})
    line = "- Forty percent of the owners had read the contract before they signed it."

    alone = bench.record("facts.check", text=line, sources=["transcripts/ep-007.md"])
    both = bench.record("facts.check", text=line, sources=["research/**"])

    assert (alone["contradicted"], alone["supported"]) == (0, 1)
    assert both["contradicted"] == 1
    assert "research/contracts.md:3" in str(both["worst"])


def test_what_a_source_says_letter_for_letter_is_borne_out(shop: Bench) -> None:
    document = shop.document(EPISODE)
    notes = shop.text("draft.notes", document=document)

    facts = shop.record("facts.check", text=notes, sources=[document, "research/**"])

    assert (facts["contradicted"], facts["unsupported"]) == (0, 0)
    assert facts["supported"] == len(notes.splitlines())


def test_a_claim_without_source_is_listed_in_its_own_words(make_bench: MakeBench) -> None:
    bench = make_bench({"transcripts/ep-007.md": SAID})
    kept = "- We asked ninety shops.[^transcripts/ep-007.md:3]\n"
    notes = f"{kept}- Zebras prefer the harbour ferry on Sundays.\n"

    facts = bench.record("facts.check", text=notes, sources="transcripts/**")
    left = bench.text("draft.drop", notes=notes, claims=facts["unsupported_claims"])

    assert facts["unsupported_claims"] == ["Zebras prefer the harbour ferry on Sundays."]
    assert left == kept


def test_a_claim_that_a_person_lets_stand_holds_nothing_back(make_bench: MakeBench) -> None:
    bench = make_bench({
        "transcripts/ep-007.md": SAID,
        "notes/ep-007.md": "# Notes\n\nThe bill was twenty-nine dollars in March.\n",
    })  # fmt: skip
    sources = ("transcripts/ep-007.md",)
    report = bench.garden.jobs.check("notes/ep-007.md", sources=sources)
    bench.garden.jobs.keep(report, 0, "the invoice was corrected afterwards")

    facts = bench.record(
        "facts.check", text=bench.document("notes/ep-007.md"), sources=list(sources)
    )

    assert (facts["contradicted"], facts["kept"]) == (0, 1)
    assert "1 claim stands by your word" in bench.text("facts.summary", facts=facts)


def test_sources_that_are_not_there_are_left_out_and_none_at_all_is_said(
    make_bench: MakeBench,
) -> None:
    bench = make_bench({"transcripts/ep-007.md": SAID})
    text = "- We asked ninety shops."

    facts = bench.record("facts.check", text=text, sources=["transcripts/**", "research/**"])
    assert facts["sources"] == ["transcripts/**"]
    with pytest.raises(UsageError, match="none of the sources is there"):
        bench.call("facts.check", text=text, sources=["research/**"])


def test_the_table_and_the_summary_name_the_wrong_claim_first(make_bench: MakeBench) -> None:
    bench = make_bench({"transcripts/ep-007.md": SAID})
    text = "- We asked ninety shops.\n- The bill was thirty-nine dollars in March.\n"

    facts = bench.record("facts.check", text=text, sources="transcripts/**")

    rows = bench.text("facts.table", facts=facts).splitlines()
    assert rows[2] == (
        "| contradicted | The bill was thirty-nine dollars in March. | line 2 "
        "| The bill was nineteen dollars in March. | transcripts/ep-007.md:3 |"
    )
    assert bench.text("facts.summary", facts=facts) == (
        "1 claim is contradicted, 0 without a source, 1 borne out.\n\n"
        "- line 2 says “The bill was thirty-nine dollars in March.”. "
        "The source: “The bill was nineteen dollars in March.”[^transcripts/ep-007.md:3]\n"
    )


def test_a_draft_that_changed_since_the_run_read_it_is_refused(make_bench: MakeBench) -> None:
    bench = make_bench({"transcripts/ep-007.md": SAID, "notes/n.md": "We asked ninety shops.\n"})
    read = bench.document("notes/n.md")
    (bench.root / "notes/n.md").write_text("We asked nine shops.\n", encoding="utf-8")

    with pytest.raises(UsageError, match="has changed since"):
        bench.call("facts.check", text=read, sources="transcripts/**")
