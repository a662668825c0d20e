from __future__ import annotations

from collections.abc import Mapping

import pytest

from pmagent.agency.saving import free_path, save
from pmagent.types.actions import Decision, Denied, Done, Json, Outcome, Unanswered
from pmagent.types.insights import Draft
from pmagent.types.turns import Noted

ASKED = Decision(effect="ask", reason="a draft is written when you say so")


@pytest.mark.parametrize(
    ("taken", "free"),
    [(set(), "drafts/a.md"), ({"drafts/a.md"}, "drafts/a-2.md"),
     ({"drafts/a.md", "drafts/a-2.md"}, "drafts/a-3.md")],
)  # fmt: skip
def test_a_draft_takes_no_name_that_is_taken(taken: set[str], free: str) -> None:
    assert free_path("drafts/a.md", lambda path: path in taken) == free


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Done(text="", checkpoint="a41"), Noted(
            text='saved as "drafts/a.md"', hint='take it back with "/undo a41"')),
        (Denied(decision=ASKED, by="person", note="later"), Noted(
            text='not saved as "drafts/a.md": later', kind="warning")),
        (Unanswered(decision=ASKED), Noted(
            text='"drafts/a.md" waits for your yes: not saved', kind="warning",
            hint="run it where you can answer, or copy the draft above")),
    ],
)  # fmt: skip
def test_what_came_of_saving_is_said(outcome: Outcome, said: Noted) -> None:
    written: list[tuple[str, Mapping[str, Json], str]] = []

    def perform(tool: str, given: Mapping[str, Json], why: str) -> Outcome:
        written.append((tool, given, why))
        return outcome

    draft = Draft(title="A", markdown="# A", path="drafts/a.md")
    *_, last = save(draft, "prd", perform, is_taken=lambda _: False)

    assert last == said
    assert written == [
        ("Write", {"file_path": "drafts/a.md", "content": "# A"}, 'the draft that "/prd" made')
    ]
