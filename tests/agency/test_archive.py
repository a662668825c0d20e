from __future__ import annotations

import pytest

from pmagent.errors import UsageError
from pmagent.jobs.archive import resolve

PATHS = (
    "notes/pricing.md",
    "notes/pricing-notebook.md",
    "transcripts/2024-03-14-ep-010-the-price-of-a-seat.vtt",
    "transcripts/ep-001-the-empty-tuesday.md",
    "transcripts/ep-100-a-price-you-can-say.md",
)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("notes/pricing.md", "notes/pricing.md"),
        ("@notes/pricing.md", "notes/pricing.md"),
        ("pricing.md", "notes/pricing.md"),
        ("pricing-notebook", "notes/pricing-notebook.md"),
        ("ep-001", "transcripts/ep-001-the-empty-tuesday.md"),
        ("ep-100#12:44", "transcripts/ep-100-a-price-you-can-say.md"),
        ("episode 10", "transcripts/2024-03-14-ep-010-the-price-of-a-seat.vtt"),
        ("ep 1", "transcripts/ep-001-the-empty-tuesday.md"),
        ("the empty tuesday", "transcripts/ep-001-the-empty-tuesday.md"),
    ],
)
def test_a_document_is_found_by_what_a_person_calls_it(name: str, path: str) -> None:
    assert resolve(name, PATHS) == path


def test_a_name_that_fits_several_lists_them() -> None:
    with pytest.raises(UsageError, match="fits 2 documents") as caught:
        resolve("notebook.md pricing", ("a/pricing notebook.md", "b/notebook pricing.md"))

    assert '"a/pricing notebook.md"' in caught.value.hint


def test_a_name_that_fits_none_names_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        resolve("notes/prcing.md", PATHS)

    assert '"notes/pricing.md"' in caught.value.hint
