from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmagent.factcheck.claims.split import split_claims, split_text
from pmagent.ingest.parse import parse
from pmagent.types import Document

DRAFT = """---
title: The kiln that never cooled
tags: [pottery, 1999]
---
# The kiln that never cooled

Wilma Oake fires 3 kilns in Torrey. She built the first in 2011 and sold the second in 2019
[transcripts/ep-019.txt:12]. I think the third is the best of them.
Will it last? They will open a shop next year. Write to us at https://example.com/kiln about kilns!

- 00:00 Opening
- 00:12:44 The price of a bowl
- [A Link To Something](https://example.com)
- Bowls fell from 40 to 30 euros (ep-010.vtt 00:12:44)

| Clay | Price | Bags |
|---|---|---|
| Stoneware | $9 | 3 |

```python
heat = 1280
```

"The lid was never 41 kilos," said Wilma Oake.
"""


def document(text: str, path: str = "drafts/notes.md") -> Document:
    return Document(
        path=path,
        title="Notes",
        date=date(2025, 3, 1),
        date_source="file name",
        digest="",
        parsed=parse(text.encode("utf-8"), path),
    )


def texts(text: str) -> list[str]:
    return [claim.text for claim in split_text(text)]


def test_a_draft_becomes_claims_with_their_kinds_and_lines() -> None:
    claims = split_text(DRAFT)

    assert [(one.first_line, one.last_line, one.kind, one.text) for one in claims] == [
        (7, 7, "statement", "Wilma Oake fires 3 kilns in Torrey."),
        (7, 7, "statement", "Wilma Oake built the first in 2011."),
        (7, 8, "statement", "Wilma Oake sold the second in 2019."),
        (8, 8, "opinion", "I think the third is the best of them."),
        (9, 9, "question", "Will it last?"),
        (9, 9, "future", "They will open a shop next year."),
        (9, 9, "instruction", "Write to us at about kilns!"),
        (14, 14, "statement", "Bowls fell from 40 to 30 euros."),
        (18, 18, "statement", "Stoneware, Price: $9"),
        (18, 18, "statement", "Stoneware, Bags: 3"),
        (24, 24, "quote", '"The lid was never 41 kilos," said Wilma Oake.'),
    ]
    assert [one.number for one in claims] == list(range(1, 12))


def test_a_file_gives_the_same_claims_with_its_path() -> None:
    body = DRAFT.split("```")[0].split("---\n", 2)[2]

    found = split_claims(document(body))

    assert [one.text for one in found] == texts(body)
    assert {one.path for one in found} == {"drafts/notes.md"}


def test_the_source_of_a_claim_is_the_words_of_the_draft_letter_for_letter() -> None:
    text = (
        "The Torrey kiln, which burns\n40 kilos of ash a day, opened in 1998 and it was enlarged "
        "in 2004."
    )

    claims = split_text(text)

    assert [one.text for one in claims] == [
        "The Torrey kiln opened in 1998.",
        "The Torrey kiln burns 40 kilos of ash a day.",
        "It was enlarged in 2004.",
    ]
    assert all(one.source in text for one in claims)
    assert (claims[0].first_line, claims[0].last_line) == (1, 2)


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        (
            "Ann Reed built the wheel and Tom Fay sold it for 90 euros.",
            ["Ann Reed built the wheel.", "Tom Fay sold it for 90 euros."],
        ),
        (
            "The firm was founded in 2009; it has 40 employees.",
            ["The firm was founded in 2009.", "It has 40 employees."],
        ),
        ("She said that Ann paid 5 euros and Tom paid 7.", None),
        ("If glazes run, we lose 40 bowls and they crack.", None),
        ('"We fired 3 and they sold 4," said Ann Reed.', None),
        ("Nobody thanked us, which is right.", None),
    ],
)
def test_only_halves_that_can_be_read_alone_are_split(
    sentence: str, parts: list[str] | None
) -> None:
    assert texts(sentence) == (parts or [sentence])


def test_a_pronoun_is_named_only_where_one_person_can_be_meant() -> None:
    plain = texts("Mary Hale founded a press in 1901. She sold it in 1920.")
    two = texts("Mary Hale met Jane Poole in 1901. She sold the press in 1920.")
    other = texts("Mary Hale founded a press with her husband. He died in 1906.")

    assert plain[1] == "Mary Hale sold it in 1920."
    assert two[1] == "She sold the press in 1920."
    assert other[1] == "He died in 1906."


def test_a_best_plan_with_a_price_is_a_fact_and_should_is_an_opinion() -> None:
    kinds = [claim.kind for claim in split_text("The best kiln costs $29. We should buy it.")]

    assert kinds == ["statement", "opinion"]


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# Only a heading", "```\nx = 41\n```", "---\na: 1\n---\n"]
)
def test_a_text_without_prose_has_no_claims(text: str) -> None:
    assert split_text(text) == ()


LISTED = """
the kiln fired bowls and Ann Reed sold which she in 2019 41 $9 12% 7,200 3.5 but it was who costs
opened euros , ; . ? ! " ( ) which-ever and then Tom said that
"""
WORDS = st.sampled_from(LISTED.split())


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(WORDS, min_size=3, max_size=40))
def test_every_figure_of_the_prose_stands_in_some_claims_source(words: list[str]) -> None:
    text = f"The potter said so. {' '.join(words)}"

    said = " ".join(one.source for one in split_text(text))

    figures = re.findall(r"\d[\d,.]*\d|\d", text)
    assert [figure for figure in figures if figure not in said] == []


def test_no_figure_of_the_sample_notes_is_lost() -> None:
    top = Path(__file__).parents[2] / "examples" / "garden" / "notes"
    lost: list[str] = []
    for file in sorted(top.glob("*.md")):
        parsed = document(file.read_text("utf-8"), file.name)
        said = " ".join(one.source for one in split_claims(parsed))
        for block in parsed.parsed.blocks:
            is_heading = bool(block.heading) and " ".join(block.text.split()) == block.heading[-1]
            figures = re.findall(r"\d[\d,.]*\d|\d", block.text)
            is_heading |= not block.heading and block.text == parsed.parsed.title
            lost += [] if is_heading else [one for one in figures if one not in said]
    assert lost == []


def test_a_very_long_line_without_a_stop_is_read() -> None:
    claims = split_text("word " * 40_000 + "and the kiln cost 41 euros")

    assert any("41 euros" in claim.source for claim in claims)
