"""Quotes are letter for letter, whole, and not all by one person."""

from __future__ import annotations

from collections import Counter

from pmagent.publish.quoting import MOST, PER_SPEAKER, choose_quotes
from pmagent.publish.source import read_source
from tests.archives import MakeArchive
from tests.folder_archive import FolderArchive
from tests.publish.talks import BARE, ORCHARD, orchard


def test_what_is_well_put_is_quoted_word_for_word(make_archive: MakeArchive) -> None:
    found = [quote.text for quote in choose_quotes(orchard(make_archive))]
    whole = " ".join(ORCHARD.split())
    assert any("a pump that nobody mends" in text for text in found)
    assert all(text in whole for text in found)


def test_three_to_seven_and_no_more_than_four_of_one_speaker(sample: FolderArchive) -> None:
    for path in sample.paths():
        if path.startswith("transcripts/"):
            found = choose_quotes(read_source(sample, path))
            speakers = Counter(quote.citation.speaker for quote in found)
            assert 3 <= len(found) <= MOST, path
            assert max(speakers.values()) <= PER_SPEAKER, path


def test_who_introduces_himself_is_not_quoted(make_archive: MakeArchive) -> None:
    words = "I am Tomas Brandl, who should always be the only keeper of the best orchard."
    text = f"**Tomas:** {words}\n\n**Mira:** Thanks. {ORCHARD}"
    assert not any(
        "I am Tomas" in quote.text for quote in choose_quotes(orchard(make_archive, text))
    )


def test_a_fragment_with_only_a_side_clause_is_not_quoted(make_archive: MakeArchive) -> None:
    words = "The whole orchard of old apple trees that it supports, fences, and water pumps."
    text = f"**Mira:** Go on.\n\n**Tomas:** {words}\n\n**Mira:** Yes.\n\n**Tomas:** Yes.\n"
    assert choose_quotes(orchard(make_archive, text)) == ()
    whole = text.replace("that it supports", "never pays for what it supports")
    assert [quote.text[:17] for quote in choose_quotes(orchard(make_archive, whole))] == [
        "The whole orchard"
    ]


def test_torn_lines_are_not_quoted(make_archive: MakeArchive) -> None:
    assert choose_quotes(orchard(make_archive, BARE)) == ()
