"""A note is one claim that somebody made, with links to files that are there."""

from __future__ import annotations

import re

from pmagent.insights.zettel import insight
from tests.folder_archive import FolderArchive
from tests.insights.test_digest import quotes_of


def test_each_note_is_titled_by_the_claim_that_it_quotes(sample: FolderArchive) -> None:
    draft = insight.run(["ep-068"], sample)

    assert 3 <= len(draft.parts) <= 7
    for part in draft.parts:
        [first, *_] = quotes_of(part.markdown)
        assert first[0].startswith(part.title)
        assert part.path == f"drafts/zettel/{part.path.rpartition('/')[2]}"
    assert "A bill with forty lines is an examination" in [part.title for part in draft.parts]


def test_links_name_documents_of_the_garden_or_notes_of_the_page(sample: FolderArchive) -> None:
    draft = insight.run(["ep-068"], sample)
    known = {path.rpartition("/")[2].rpartition(".")[0] for path in sample.paths()}
    known |= {part.path.rpartition("/")[2].removesuffix(".md") for part in draft.parts}

    links = re.findall(r"\[\[([^\]]+)\]\]", draft.markdown)

    assert links
    assert set(links) <= known


def test_a_question_gives_notes_from_several_documents(sample: FolderArchive) -> None:
    draft = insight.run(["believes a price"], sample)

    assert draft.parts
    assert any("price" in part.title for part in draft.parts)


def test_what_the_archive_does_not_know_gives_no_note(sample: FolderArchive) -> None:
    draft = insight.run(["quantum teleportation"], sample)

    assert draft.parts == ()
    assert draft.abstained
