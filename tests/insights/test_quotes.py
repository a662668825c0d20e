"""Quotes stand by themselves, and stand in the file."""

from __future__ import annotations

import re

import pytest

from pmagent.errors import UsageError
from pmagent.insights.quotes import insight
from tests.folder_archive import FolderArchive
from tests.insights.test_digest import quotes_of

TALKS = ("ep-001", "ep-019", "ep-026", "ep-050", "ep-059", "ep-068", "ep-089", "ep-100")


@pytest.mark.parametrize("name", TALKS)
def test_three_to_seven_are_found_that_need_no_sentence_before(
    sample: FolderArchive, name: str
) -> None:
    texts = [text for text, _, _ in quotes_of(insight.run([name], sample).markdown)]

    assert 3 <= len(texts) <= 7
    for text in texts:
        assert not re.match(r"(?i)(?:and|but|so|it|he|she|they|this|that|yeah|well)\b", text), text
        assert text.count('"') % 2 == 0, text
        assert text[-1] in ".!\"'", text


def test_a_question_gives_quotes_about_it(sample: FolderArchive) -> None:
    draft = insight.run(["five", "interviews"], sample)

    assert all(re.search("(?i)interview|five", text) for text, _, _ in quotes_of(draft.markdown))
    assert draft.citations


def test_nothing_named_gives_quotes_of_several_documents(sample: FolderArchive) -> None:
    found = quotes_of(insight.run([], sample).markdown)

    assert len({path for _, path, _ in found}) >= 4


def test_a_question_the_archive_does_not_know_gives_none(sample: FolderArchive) -> None:
    draft = insight.run(["quantum teleportation"], sample)

    assert draft.abstained
    assert draft.citations == ()


def test_a_bare_word_is_a_topic_and_what_is_written_like_a_file_is_one(
    sample: FolderArchive,
) -> None:
    topic = insight.run(["pricing"], sample)
    file = insight.run(["pricing-notebook"], sample)

    assert topic.title == "Quotes: pricing"
    assert file.title == "Quotes: Pricing notebook"
    with pytest.raises(UsageError, match=r"nothere\.md"):
        insight.run(["nothere.md"], sample)
