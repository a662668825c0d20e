"""An interview guide and a requirements page say what files say, or that it is assumed."""

from __future__ import annotations

import re

import pytest

from pmagent.errors import UsageError
from pmagent.insights.interview_guide import insight as guide
from pmagent.insights.prd import insight as prd
from pmagent.types.insights import Insight
from tests.folder_archive import FolderArchive
from tests.insights.test_digest import quotes_of, section

TOPICS = ("onboarding drop-off", "no-shows", "flat price", "interviews", "the assistant")
PRD = (
    "Problem", "What people ask for", "Who", "Goals", "Non-goals", "Requirements", "Metrics",
    "Risks", "Further evidence", "Where the archive does not agree", "Open questions",
)  # fmt: skip
GUIDE = (
    "Goal", "What the archive already says", "Assumptions to test", "Warm-up (five minutes)",
    "Core questions", "Probes", "What would change our mind", "Whom to ask",
)  # fmt: skip


@pytest.mark.parametrize("topic", TOPICS)
def test_each_line_of_a_requirements_page_is_cited_assumed_or_says_there_is_none(
    sample: FolderArchive, topic: str
) -> None:
    markdown = prd.run([topic], sample).markdown

    assert tuple(re.findall(r"^## (.*)$", markdown, re.MULTILINE)) == PRD
    for line in markdown.splitlines():
        is_item = line.lstrip().startswith("- ")
        is_kind = re.match(r"- (?:takes it back|gives another figure|says the opposite), on:", line)
        assert not is_item or is_kind or "(assumption)" in line or re.search(r"\[.+:\d+\]$", line)
        is_said = not line or line[0] in "#-" or line.lstrip().startswith("- ")
        assert is_said or line.startswith("No "), line


def test_the_sections_of_a_spec_about_the_topic_are_used(sample: FolderArchive) -> None:
    markdown = prd.run(["onboarding", "drop-off"], sample).markdown

    assert "No import of past appointments." in section(markdown, "Non-goals")
    assert "Work in under four minutes on a phone, one-handed." in section(markdown, "Goals")
    assert "Drop-off is thirty-three percent." in section(markdown, "Metrics")


@pytest.mark.parametrize("topic", TOPICS)
def test_a_guide_has_its_sections_and_asks_nothing_leading(
    sample: FolderArchive, topic: str
) -> None:
    markdown = guide.run([topic], sample).markdown
    asked = re.findall(r"^- ([A-Z][^“\n]*\?)", section(markdown, "Core questions"), re.MULTILINE)

    assert tuple(re.findall(r"^## (.*)$", markdown, re.MULTILINE)) == GUIDE
    assert len(asked) >= 4
    leading = r"(?i)\b(?:would you|do you (?:like|think|want)|don't you|isn't it|should we)\b"
    assert not any(re.search(leading, question) for question in asked)
    assert quotes_of(section(markdown, "What the archive already says"))


@pytest.mark.parametrize("job", [prd, guide], ids=lambda job: job.name)
def test_a_topic_nobody_spoke_of_is_said_to_be_unknown(sample: FolderArchive, job: Insight) -> None:
    draft = job.run(["quantum teleportation"], sample)

    assert draft.abstained == 'the archive says nothing of "quantum teleportation"'


def test_without_a_topic_there_is_nothing_to_write(sample: FolderArchive) -> None:
    with pytest.raises(UsageError, match="needs a topic"):
        prd.run([], sample)
