from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from pmagent.retrieval.prior_art import draw_map
from pmagent.types import Abstention, Map
from tests.retrieval.small_archive import SmallArchive

BEES = [
    (
        date(2023, 2, 3),
        "Our hives lost queens to varroa mites again, so we treat the hives in August.",
    ),
    (date(2023, 5, 9), "Varroa mites came back into the hives after the warm winter."),
    (date(2024, 1, 15), "The vet says varroa mites are what weakens most hives around here."),
    (date(2024, 3, 2), "We counted varroa mites on a sticky board under two hives."),
    (date(2024, 8, 20), "Hives on the rooftop garden give twice the honey of the meadow."),
    (
        date(2024, 11, 5),
        "Neighbours like the rooftop garden, since the hives pollinate their beans.",
    ),
    (date(2025, 1, 7), "A rooftop garden needs a permit before any hives are put there."),
    (date(2025, 2, 18), "The permit for hives on the rooftop garden took four months."),
]
OTHER = [
    "The train was late and we missed the tide tables talk entirely.",
    "Bread dough rests overnight in a cold room before it is shaped.",
    "Her violin teacher moved to the coast after the flood.",
    "A ledger of tools keeps the workshop honest about what it lends.",
    "The ferry timetable changes with the season and nobody reads it.",
    "Paint dries slower on wet mornings, so we begin at noon.",
]


def archive_of_bees() -> SmallArchive:
    files = {f"talk-{number}.md": (day, [("Ana", text)]) for number, (day, text) in enumerate(BEES)}
    files |= {f"other-{n}.md": (date(2022, 1, 1), [("Tom", text)]) for n, text in enumerate(OTHER)}
    return SmallArchive(files)


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    rows = []
    for text in texts:
        row = np.full(64, 0.01, np.float32)
        for word in text.lower().split():
            row[hashlib.sha256(word.strip(".,?").encode()).digest()[0] % 64] += 1
        rows.append(row / np.linalg.norm(row))
    return np.stack(rows).astype(np.float32)


def drawn(text: str) -> Map:
    archive = archive_of_bees()
    result = draw_map(archive.find(text), archive)
    assert isinstance(result, Map)
    return result


def test_hits_are_parted_into_themes_named_by_what_is_said_in_them() -> None:
    themes = {
        theme.label: [hit.citation.path for hit in theme.hits] for theme in drawn("hives").themes
    }

    assert themes == {
        "varroa mites": ["talk-0.md", "talk-1.md", "talk-2.md", "talk-3.md"],
        "rooftop garden": ["talk-4.md", "talk-5.md", "talk-6.md", "talk-7.md"],
    }


def test_vectors_part_the_same_hits_into_the_same_themes() -> None:
    archive = archive_of_bees()

    result = draw_map(archive.find("hives"), archive, encode=encode)

    assert isinstance(result, Map)
    assert {theme.label for theme in result.themes} == {"varroa mites", "rooftop garden"}


def test_every_strong_hit_stands_in_exactly_one_theme_oldest_first() -> None:
    result = drawn("hives")

    days = [[hit.citation.date for hit in theme.hits] for theme in result.themes]
    assert sorted(day for theme in days for day in theme) == [day for day, _ in BEES]
    assert all(theme == sorted(theme) for theme in days)


def test_first_and_latest_mention_are_named() -> None:
    result = drawn("hives")

    assert (result.first.citation.path, result.latest.citation.path) == ("talk-0.md", "talk-7.md")


def test_the_timeline_has_every_quarter_and_empty_ones_too() -> None:
    assert drawn("hives").timeline == (
        ("2023-Q1", 1),
        ("2023-Q2", 1),
        ("2023-Q3", 0),
        ("2023-Q4", 0),
        ("2024-Q1", 2),
        ("2024-Q2", 0),
        ("2024-Q3", 1),
        ("2024-Q4", 1),
        ("2025-Q1", 2),
    )


def test_near_duplicates_are_counted_when_they_were_said() -> None:
    archive = archive_of_bees()
    found = archive.find("rooftop permit")
    again = replace(found.hits[0].citation, path="copy.md", date=date(2025, 5, 1))
    found = replace(found, hits=(replace(found.hits[0], duplicates=(again,)),))

    result = draw_map(found, archive)

    assert isinstance(result, Map)
    assert result.timeline == (("2025-Q1", 1), ("2025-Q2", 1))


def test_a_hit_that_says_little_of_the_question_is_left_out() -> None:
    shown = {
        hit.citation.path
        for theme in drawn("varroa mites in the hives").themes
        for hit in theme.hits
    }

    assert shown == {"talk-0.md", "talk-1.md", "talk-2.md", "talk-3.md"}


def test_a_short_map_is_one_theme() -> None:
    [theme] = drawn("permit").themes

    assert [hit.citation.path for hit in theme.hits] == ["talk-6.md", "talk-7.md"]
    assert theme.label == "rooftop garden"


def test_a_label_is_never_a_stop_word_or_the_question_alone() -> None:
    labels = [theme.label for theme in drawn("hives").themes]

    assert not {"hives", "the", "we", "ana"} & {label.lower() for label in labels}


def test_the_same_hits_make_the_same_map() -> None:
    assert drawn("hives") == drawn("hives")


def test_weak_evidence_makes_no_map() -> None:
    archive = archive_of_bees()
    found = archive.find("hives", confidence=0.1)

    assert draw_map(found, archive) == Abstention(reason="weak_evidence", found=found)


def test_no_hits_make_no_map() -> None:
    archive = archive_of_bees()
    found = archive.find("zeppelin")

    assert draw_map(found, archive) == Abstention(reason="no_hits", found=found)
