"""Changes to a board touch what they must, and no other byte."""

from __future__ import annotations

import difflib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmagent.errors import UsageError
from pmagent.tasks.board.changing import change_card, finish_card
from pmagent.tasks.board.layout import lay_out
from pmagent.tasks.board.placing import add_card, archive_card, move_card
from pmagent.tasks.board.reading import cards_of, read_board, read_card
from pmagent.types.tasks import Board, Card, CardLink, Effort
from tests.tasks.board.boards import KANBAN, boards

PLAIN = "# Board\n\n## Now\n\n- [ ] One est:1d\n- [ ] Two due:2026-02-09 #x\n\n## Done\n"


def card_of(text: str, title: str) -> Card:
    return next(
        card
        for card in cards_of(read_board("b.md", text), with_archive=True)
        if card.title == title
    )


def changed_rows(before: str, after: str) -> tuple[list[str], list[str]]:
    told = list(difflib.ndiff(before.split("\n"), after.split("\n")))
    return [row[2:] for row in told if row[0] == "-"], [row[2:] for row in told if row[0] == "+"]


def bare_cards(board: Board) -> list[Card]:
    return [replace(card, line=0, lane="") for card in cards_of(board, with_archive=True)]


# -- nothing is lost ---------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(boards())
def test_a_board_is_byte_for_byte_the_same_where_nothing_changes(text: str) -> None:
    board = read_board("b.md", text)

    assert "".join(lay_out(text).rows) == text
    assert board.text == text
    for card in cards_of(board, with_archive=True):
        assert change_card(text, card).text == text


@settings(max_examples=40, deadline=None)
@given(boards(), st.data())
def test_a_card_put_on_changes_no_other(text: str, data: st.DataObject) -> None:
    lanes = [lane.title for lane in read_board("b.md", text).lanes]
    lane = data.draw(st.sampled_from([*lanes, "Inbox"]))
    card = replace(
        read_card("Write to Nell #x due:2026-03-01 est:2h"),
        links=(CardLink(place="a.vtt:3", quote="Yes.", at="00:00:01"),),
    )

    edited = add_card(text, card, lane=lane)

    before, after = read_board("b.md", text), read_board("b.md", edited.text)
    assert len(bare_cards(after)) == len(bare_cards(before)) + 1
    assert [one for one in bare_cards(after) if one.id != card.id] == bare_cards(before)
    kept = iter(edited.text.split("\n"))
    assert all(row.rstrip("\r") in (one.rstrip("\r") for one in kept) for row in text.split("\n"))
    again = add_card(edited.text, card, lane=lane)
    assert (again.text, again.is_changed) == (edited.text, False)
    new = next(one for one in cards_of(after) if one.id == card.id)
    assert (new.due, new.effort, new.tags) == (card.due, card.effort, card.tags)
    assert (new.line, new.lane) == (edited.line, lane)


@settings(max_examples=40, deadline=None)
@given(boards(), st.data())
def test_a_card_moved_keeps_its_words_and_all_others_stay(text: str, data: st.DataObject) -> None:
    board = read_board("b.md", text)
    cards = cards_of(board, with_archive=True)
    if not cards or not board.lanes:
        return
    card = data.draw(st.sampled_from(cards))
    lane = data.draw(st.sampled_from(board.lanes)).title

    edited = move_card(text, card.id, lane=lane)

    after = read_board("b.md", edited.text)
    kept = {one.id: one for one in bare_cards(after)}
    assert sorted(kept) == sorted(one.id for one in cards)
    for one in bare_cards(board):
        if one.id != card.id:
            assert kept[one.id] == one
    assert kept[card.id].title == card.title
    assert kept[card.id].details == card.details
    moved = next(one for one in cards_of(after) if one.id == card.id)
    assert moved.lane.casefold() == lane.casefold()
    if edited.is_changed:
        assert f"^{card.id}" in edited.text
    if text.endswith("\n"):
        assert edited.text.endswith("\n")


@settings(max_examples=40, deadline=None)
@given(boards(), st.data())
def test_a_card_changed_says_so_and_no_other_row_is_touched(text: str, data: st.DataObject) -> None:
    cards = cards_of(read_board("b.md", text), with_archive=True)
    if not cards:
        return
    card = data.draw(st.sampled_from(cards))
    if replace(read_card(card.title), id="", line=0) != Card(id="", title=card.title, lane=""):
        return  # its words are marks themselves: it has no others
    wanted = replace(
        card,
        effort=data.draw(st.sampled_from([None, Effort(likely=90), Effort(likely=180, least=120,
                                                                         most=240)])),
        due=data.draw(st.sampled_from([None, date(2027, 1, 2)])),
        priority=data.draw(st.sampled_from([None, 1, 4])),
        project=data.draw(st.sampled_from(["", "shop", "The shop"])),
        waiting_for=data.draw(st.sampled_from([card.waiting_for, "Ruth Halloran"])),
        tags=data.draw(st.sampled_from([card.tags, ("new",)])),
    )  # fmt: skip

    edited = change_card(text, wanted)

    after = read_board("b.md", edited.text)
    now = next(one for one in cards_of(after, with_archive=True) if one.id == card.id)
    names = ("effort", "due", "priority", "project", "waiting_for", "tags", "title")
    assert {n: getattr(now, n) for n in names} == {n: getattr(wanted, n) for n in names}
    rows, before = edited.text.split("\n"), text.split("\n")
    assert len(rows) == len(before)
    span = range(card.line - 1, card.line + len(card.details))
    assert [row for n, row in enumerate(rows) if n not in span] == [
        row for n, row in enumerate(before) if n not in span
    ]


@settings(max_examples=40, deadline=None)
@given(boards(), st.data())
def test_a_card_finished_or_archived_is_so_and_none_is_lost(text: str, data: st.DataObject) -> None:
    cards = cards_of(read_board("b.md", text), with_archive=True)
    if not cards:
        return
    card = data.draw(st.sampled_from(cards))

    finished = finish_card(text, card.id, day=date(2026, 2, 3))
    archived = archive_card(finished.text, card.id)

    board = read_board("b.md", archived.text)
    assert sorted(one.id for one in bare_cards(board)) == sorted(one.id for one in cards)
    [gone] = [one for one in board.archive if one.id == card.id]
    assert gone.is_done
    assert finish_card(archived.text, card.id, day=date(2027, 1, 1)).text == archived.text
    assert archive_card(archived.text, card.id).text == archived.text


# -- as people see it --------------------------------------------------------------------------


def test_settings_and_line_ends_stay_byte_for_byte() -> None:
    text = KANBAN.replace("\n", "\r\n")

    edited = add_card(text, read_card("Ring Nell"), lane="doing")

    [new] = changed_rows(text, edited.text)[1]
    assert new == f"- [ ] Ring Nell ^{edited.id}\r"
    assert edited.text.partition("%% kanban")[2] == text.partition("%% kanban")[2]
    assert edited.notes == ('"Doing" holds 3 cards and is meant for 1',)


def test_a_board_writes_marks_in_its_own_style() -> None:
    wanted = {"effort": Effort(likely=120), "due": date(2026, 3, 1)}

    plain = change_card(PLAIN, replace(card_of(PLAIN, "One"), **wanted))
    kanban = change_card(
        KANBAN, replace(card_of(KANBAN, 'Rule four: say "I don\'t know" in words'), **wanted)
    )

    assert f"- [ ] One est:2h due:2026-03-01 ^{plain.id}\n" in plain.text
    assert (
        f'- [ ] Rule four: say "I don\'t know"\tin words [effort:: 2h] @{{2026-03-01}}'
        f" ^{kanban.id}\n"
    ) in kanban.text


def test_a_mark_gets_another_value_where_it_stands_or_goes() -> None:
    text = "## Now\n- [ ] Ring [due:: 2026-02-09] Ruth #p2 est:1d, soon ^r\n"
    card = card_of(text, "Ring Ruth , soon")

    other = change_card(text, replace(card, due=date(2026, 2, 10), priority=1, effort=None))

    assert other.text == "## Now\n- [ ] Ring [due:: 2026-02-10] Ruth #p1, soon ^r\n"
    assert change_card(other.text, replace(card, effort=None)).text == text.replace(" est:1d", "")


def test_a_card_that_stands_further_in_is_no_part_of_the_card_above_it_once_moved() -> None:
    text = "## Now\n\n- [ ] One\n\n## Next\n\nlazy words\n  - [ ] A step\n    - more\n"

    moved = move_card(text, card_of(text, "A step").id, lane="Now").text

    assert [card.title for card in cards_of(read_board("b.md", moved))] == ["One", "A step"]
    assert card_of(moved, "A step").details == ("- more",)


def test_a_time_without_a_name_gets_one_where_its_new_value_needs_it() -> None:
    text = "## Now\n\n- [ ] Ask Ruth 90m\n"
    card = card_of(text, "Ask Ruth")

    for effort in (Effort(likely=180, least=120, most=240), Effort(likely=720), Effort(likely=45)):
        changed = change_card(text, replace(card, effort=effort)).text
        assert card_of(changed, "Ask Ruth").effort == effort


def test_another_title_keeps_the_marks_and_the_id() -> None:
    card = card_of(KANBAN, "Ask Ruth about the till")

    edited = change_card(KANBAN, replace(card, title="Ask Nell"))

    assert (
        "- [ ] Ask Nell @{2026-02-09} @@{10:00} #pricing [effort:: 2h-4h] ^ruth-1\n" in edited.text
    )


def test_a_finished_card_is_ticked_dated_and_at_home() -> None:
    edited = finish_card(PLAIN, card_of(PLAIN, "One").id, day=date(2026, 2, 3), spent=200)

    done = card_of(edited.text, "One")
    assert edited.text == (
        "# Board\n\n## Now\n\n- [ ] Two due:2026-02-09 #x\n\n## Done\n\n"
        f"- [x] One est:1d spent:3h20m done:2026-02-03 ^{done.id}\n"
    )
    assert (done.lane, done.is_done, done.done_on, done.spent) == (
        "Done", True, date(2026, 2, 3), 200,
    )  # fmt: skip


def test_a_card_taken_out_of_the_finished_ones_is_open_again() -> None:
    card = card_of(KANBAN, "Promise on the website")

    edited = move_card(KANBAN, card.id, lane="Ideas")

    assert "- [ ] Promise on the website 2026-01-05 ^" in edited.text


def test_a_card_goes_above_another() -> None:
    two = card_of(PLAIN, "Two")

    edited = move_card(PLAIN, two.id, lane="Now", before=card_of(PLAIN, "One").id)

    assert [card.title for card in cards_of(read_board("b.md", edited.text))] == ["Two", "One"]
    assert edited.line == 5


def test_an_archive_is_made_above_the_settings() -> None:
    head, tail = "---\nkanban-plugin: board\n---\n\n## Now\n\n", "\n\n\n%% kanban:settings\n%%"
    text = f"{head}- [ ] One ^a\n- [ ] Two ^b\n{tail}"

    edited = archive_card(text, "a")

    assert edited.text == (
        "---\nkanban-plugin: board\n---\n\n## Now\n\n- [ ] Two ^b\n\n\n***\n\n## Archive\n\n"
        "- [ ] One ^a\n\n\n\n%% kanban:settings\n%%"
    )
    assert edited.line == 14


def test_a_new_board_is_one_of_the_plugin() -> None:
    edited = add_card("", read_card("First due:2026-02-09"), lane="Inbox")

    assert edited.text == (
        f"---\nkanban-plugin: board\n---\n\n## Inbox\n\n- [ ] First @{{2026-02-09}} ^{edited.id}\n"
    )


def test_a_card_or_list_that_is_not_there_is_refused_in_plain_words() -> None:
    for change in (
        lambda: move_card(PLAIN, "nobody", lane="Now"),
        lambda: finish_card(PLAIN, "nobody", day=date(2026, 2, 3)),
        lambda: archive_card(PLAIN, "nobody"),
        lambda: change_card(PLAIN, Card(id="nobody", title="x", lane="")),
    ):
        with pytest.raises(UsageError, match='the board has no card "nobody"'):
            change()
    with pytest.raises(UsageError) as caught:
        move_card(PLAIN, card_of(PLAIN, "One").id, lane="Soon")
    assert caught.value.hint == 'its lists are: "Now", "Done"'


# -- the rows below a card ---------------------------------------------------------------------

NOTED = """# Board

## Now

- [ ] One est:1d
  - First.
    - A point of it.

  - Second. ^one
- [ ] Two

## Done
"""


@pytest.mark.parametrize(
    ("details", "below"),
    [
        (("- First.", "  - A point of it.", "", "- Second."), None),
        (("- First.", "- Second."), "  - First.\n\n  - Second.\n"),
        (
            ("- First, and more.", "- A point of it.", "- Second."),
            "  - First, and more.\n    - A point of it.\n\n  - Second.\n",
        ),
        (
            ("- First.", "- A point of it.", "- Second.", "- Third."),
            "  - First.\n    - A point of it.\n\n  - Second.\n  - Third.\n",
        ),
        (("- First.", "- A point of it."), "  - First.\n    - A point of it.\n\n"),
        ((), "\n"),
    ],
    ids=["none", "taken out", "other words", "one more", "the row with the id", "all"],
)
def test_the_rows_below_a_card_are_brought_to_what_is_asked_and_the_others_stay(
    details: tuple[str, ...], below: str | None
) -> None:
    card = card_of(NOTED, "One")
    head = NOTED.partition("- [ ] One est:1d\n")[0] + "- [ ] One est:1d ^one\n"
    tail = "".join(NOTED.partition("- [ ] Two")[1:])

    edited = change_card(NOTED, replace(card, details=details))

    assert edited.text == (NOTED if below is None else f"{head}{below}{tail}")
    assert card_of(edited.text, "One").id == "one"
