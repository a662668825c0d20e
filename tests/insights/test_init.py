"""A proposal tells what is in the folder, and takes nothing away from a file that is there."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmagent.errors import UsageError
from pmagent.insights._init_proposal import propose
from pmagent.insights._init_survey import Survey, look_at
from pmagent.insights.init import insight, propose_agents_file
from tests.archives import MakeArchive
from tests.folder_archive import FolderArchive

OWN = """# Ours

Talk to Nell first.

## Boundaries

- Never touch the ledger.
"""
CURSOR = """---
description: Style
globs: "**/*.md"
---
# Style
- Short sentences.
- Never touch the ledger
"""


def test_the_sample_garden_is_told_apart_by_kind(sample: FolderArchive) -> None:
    survey = look_at(sample)

    assert (len(survey.transcripts), len(survey.specs), len(survey.boards)) == (12, 2, 1)
    assert survey.is_vault
    assert survey.speakers[0] == ("Nell", 12)


def test_a_proposal_names_roles_canonical_sources_and_a_first_job(sample: FolderArchive) -> None:
    draft = insight.run([], sample)

    assert draft.path == "AGENTS.md"
    assert '- Nell: owns this folder; "I" in its notes is Nell' in draft.markdown
    assert "## Canonical sources\n\n- `specs/**`:" in draft.markdown
    assert "- `/digest transcripts/" in draft.markdown
    assert "- Level `draft`" in draft.markdown


def test_at_most_three_questions_each_with_a_default_among_its_options(
    sample: FolderArchive,
) -> None:
    asked = propose_agents_file(sample).questions

    assert [one.key for one in asked] == ["owner", "canonical", "trust"]
    assert all(one.default in one.options for one in asked)


def test_an_answer_is_taken_over_and_not_asked_again(sample: FolderArchive) -> None:
    proposal = propose_agents_file(sample, answers={"owner": "Dov", "trust": "look"})

    assert [one.key for one in proposal.questions] == ["canonical"]
    assert "- Dov: owns this folder" in proposal.text
    assert "- Level `look`" in proposal.text


def test_rules_of_other_tools_come_in_once_under_their_file(sample: FolderArchive) -> None:
    rules = {".cursorrules": "- Short sentences.\n", ".cursor/rules/style.mdc": CURSOR}

    proposal = propose_agents_file(sample, existing=OWN, rules=rules)

    assert proposal.text.startswith(OWN)
    assert proposal.folded == (".cursor/rules/style.mdc",)
    assert "### From `.cursor/rules/style.mdc` (description: Style; globs: **/*.md)" in (
        proposal.text
    )
    assert proposal.text.count("Short sentences.") == 1
    assert proposal.text.lower().count("never touch the ledger") == 1
    assert proposal.text.count("## Boundaries") == 1


def test_proposing_again_for_what_was_taken_over_changes_nothing(sample: FolderArchive) -> None:
    rules = {".windsurfrules": "- Ask before you rename.\n\n```\n# not a heading\n```\n"}
    first = propose_agents_file(sample, existing=OWN, rules=rules).text

    again = propose_agents_file(sample, existing=first, rules=rules)

    assert again.text == first
    assert again.added == ()


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="#-` ab\n", max_size=200))
def test_whatever_stands_in_a_file_stays_byte_for_byte(existing: str) -> None:
    text = propose(Survey(total=0), existing=existing, rules={"CLAUDE.md": "- Be brief.\n"}).text

    assert not existing.strip() or text.startswith(existing)


def test_an_empty_folder_gets_a_file_without_claims(make_archive: MakeArchive) -> None:
    text = propose_agents_file(make_archive({"a.md": "One line of text.\n"})).text

    assert "- notes: 1, in `a.md`" in text
    assert "nobody else speaks" in text


def test_an_argument_that_is_no_answer_is_refused(sample: FolderArchive) -> None:
    with pytest.raises(UsageError, match='"colour=red" is no answer'):
        insight.run(["colour=red"], sample)
