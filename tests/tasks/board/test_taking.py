"""What a board elsewhere says, brought into the file: one card's rows, and no other's."""

from __future__ import annotations

import pytest

from pmagent.errors import UsageError
from pmagent.tasks.board.comparing import CardFields
from pmagent.tasks.board.reading import cards_of, read_board
from pmagent.tasks.board.taking import name_cards, take_fields
from pmagent.types.tasks import Card, Effort

TEXT = """---
kanban-plugin: board
---

## To do

- [ ] Ring Ruth #pricing est:1h due:2026-02-03 ^ring
  - By letter.
- [ ] Other
\tsaid below ^oth

## Doing

- [ ] Print

%% kanban:settings
```
{"kanban-plugin":"board"}
```
%%
"""
HOSTILE = (
    "## New list\n***\n- [ ] card ^x\n%% kanban:settings\n```\n%%\n^ring\n---",
    "text ^other\n\n\n\nend ^oth",
    "a\x0cb\u2028c\rd",
    "",
    "- [ ] below #tag due:2026-05-05",
)


def cards(text: str) -> dict[str, Card]:
    board = read_board("board.md", text)
    assert [lane.title for lane in board.lanes] == ["To do", "Doing"]
    assert board.archive == ()
    return {card.id: card for card in cards_of(board)}


@pytest.mark.parametrize("said", HOSTILE)
@pytest.mark.parametrize("ident", ["ring", "oth"])
def test_words_of_others_change_one_card_and_neither_lists_nor_ids(said: str, ident: str) -> None:
    before = cards(TEXT)
    try:
        text = take_fields(TEXT, ident, CardFields(title="New", text=said))
    except UsageError:
        assert "#tag" in said or "^" in said
        return

    after = cards(text)

    assert list(after) == list(before)
    assert {name: (card.title, card.details, card.due) for name, card in after.items()
            if name != ident} == {
        name: (card.title, card.details, card.due) for name, card in before.items() if name != ident
    }  # fmt: skip
    own, was = after[ident], before[ident]
    assert (own.title, own.due, own.tags) == ("New", was.due, was.tags)
    assert [row.strip() for row in own.details] == [
        row.strip() for row in said.splitlines() if row.strip()
    ]


@pytest.mark.parametrize(
    "said",
    ["Pay due:2026-09-09", "Ask #legal", "est:3h", "(A) pay", "@{2026-01-01} a",
     "[due:: 2026-01-01] b", "x" * 600, ""],
)  # fmt: skip
def test_a_title_that_would_be_read_otherwise_here_is_refused_and_not_bent(said: str) -> None:
    with pytest.raises(UsageError):
        take_fields(TEXT, "ring", CardFields(title=said))


@pytest.mark.parametrize(
    "said",
    ["## Done", "[x] do", "- [ ] sub", "***", "Fix #12", "%% c %%", "a\nb", "C++ ~ `x`",
     "Call ^oth", "^x"],
)  # fmt: skip
def test_a_title_that_only_looks_odd_is_taken_as_it_is(said: str) -> None:
    taken = cards(take_fields(TEXT, "ring", CardFields(title=said)))["ring"]

    assert taken.title == " ".join(said.split())


@pytest.mark.parametrize("said", ["# A\n## Plan\n\nfirst", "***\n\n## Archive", "```\nopen", "---"])
def test_headings_lines_and_code_below_a_card_stay_below_it(said: str) -> None:
    taken = cards(take_fields(TEXT, "ring", CardFields(text=said)))["ring"]

    assert [row.strip() for row in taken.details] == [row for row in said.split("\n") if row]


def test_a_card_without_an_id_that_was_renamed_meanwhile_is_found_by_its_place() -> None:
    [ident] = [name for name, card in cards(TEXT).items() if card.title == "Print"]
    renamed = TEXT.replace("Print", "Print it, wide")

    named = name_cards(renamed, {ident}, seen=TEXT)

    assert cards(named)[ident].title == "Print it, wide"


def test_each_field_is_taken_alone() -> None:
    def ring(fields: CardFields) -> Card:
        return cards(take_fields(TEXT, "ring", fields))["ring"]

    assert ring(CardFields(due="")).due is None
    assert str(ring(CardFields(due="2026-03-01")).due) == "2026-03-01"
    assert ring(CardFields(list="doing")).lane == "Doing"
    taken = ring(CardFields(text="- By fax.\n\nEffort: 2h"))
    assert (taken.details, taken.effort) == (("- By fax.",), Effort(likely=120))
    assert ring(CardFields(text="- By fax.\n\nEffort: a while")).effort == Effort(likely=60)
    assert take_fields(TEXT, "ring", CardFields()) == TEXT
    with pytest.raises(UsageError):
        ring(CardFields(list="Nowhere"))


def test_cards_are_given_their_ids_once_and_nothing_else_is_touched() -> None:
    [ident] = [name for name, card in cards(TEXT).items() if card.title == "Print"]

    named = name_cards(TEXT, cards(TEXT).keys())

    assert named == TEXT.replace("- [ ] Print\n", f"- [ ] Print ^{ident}\n")
    assert name_cards(named, cards(named).keys()) == named
