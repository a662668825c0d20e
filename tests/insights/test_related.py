"""What belongs together is found, with the words that both say."""

from __future__ import annotations

import pytest

from pmagent.errors import UsageError
from pmagent.insights.related import insight
from tests.folder_archive import FolderArchive


def test_a_text_finds_every_place_that_says_it_again(sample: FolderArchive) -> None:
    markdown = insight.run(["five interviews is enough"], sample).markdown

    for path in ("ep-026-five-is-enough.md", "notes/five-interviews.md", "ep-050-eating-our"):
        assert path in markdown
    assert "both speak of: five, interviews, enough" in markdown


def test_a_file_is_not_related_to_itself(sample: FolderArchive) -> None:
    draft = insight.run(["ep-001"], sample)
    shown = [line for line in draft.markdown.splitlines() if line.startswith("- ")]

    assert shown
    assert not any("ep-001" in line for line in shown)
    assert "A feature request is a complaint wearing a suggestion's coat." in draft.markdown


def test_nothing_related_is_said_and_not_filled_up(sample: FolderArchive) -> None:
    draft = insight.run(["quantum teleportation"], sample)

    assert draft.abstained == "nothing else in the archive speaks of this"


def test_related_to_nothing_asks_for_a_file(sample: FolderArchive) -> None:
    with pytest.raises(UsageError, match="needs a file or a text"):
        insight.run([], sample)
