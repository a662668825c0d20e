"""Subjects the archive has never spoken of, or not for a year."""

from __future__ import annotations

from pmagent.publish.freshness import MOST, find_fresh
from pmagent.publish.source import read_source
from tests.archives import MakeArchive
from tests.publish.talks import BEES, ORCHARD, OTHER, PATH, orchard


def test_a_subject_never_spoken_of_is_new(make_archive: MakeArchive) -> None:
    found = {one.subject: one for one in find_fresh(orchard(make_archive))}
    assert "irrigation pump" in {subject.removeprefix("the ") for subject in found}
    assert all(one.last_before is None or one.last_before.path == OTHER for one in found.values())
    assert len(found) <= MOST


def test_one_not_spoken_of_for_a_year_shows_where_it_was_last(make_archive: MakeArchive) -> None:
    found = [one for one in find_fresh(orchard(make_archive)) if one.last_before]
    assert [one.subject for one in found] == ["drip hoses"]
    assert found[0].last_before is not None
    assert found[0].last_before.speaker == "Lena"


def test_one_spoken_of_last_month_is_no_news(make_archive: MakeArchive) -> None:
    recent = "talks/2025-04-06-bees.md"
    source = read_source(make_archive({PATH: ORCHARD, OTHER: BEES, recent: BEES}), PATH)
    assert not any("drip" in one.subject for one in find_fresh(source))


def test_later_documents_do_not_count(make_archive: MakeArchive) -> None:
    later = "talks/2025-06-06-pumps.md"
    text = "**Mira:** The irrigation pump is back.\n"
    source = read_source(make_archive({PATH: ORCHARD, OTHER: BEES, later: text}), PATH)
    assert any("irrigation pump" in one.subject for one in find_fresh(source))


def test_in_a_first_document_nothing_is_called_new(make_archive: MakeArchive) -> None:
    assert find_fresh(read_source(make_archive({PATH: ORCHARD}), PATH)) == ()
