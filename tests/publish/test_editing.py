"""A person's changes to a kit: what they do, what they refuse, and what none of them can break."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmagent.publish import editing
from pmagent.publish.editing import Edited, Edits, Refused
from pmagent.types.publishing import Kit
from tests.publish import kits


@pytest.fixture
def kit() -> Kit:
    return kits.kit()


def made(edited: Edited) -> Kit:
    assert isinstance(edited, Kit), edited
    return edited


def turns(kit: Kit) -> list[int]:
    return [chapter.turn for chapter in kit.chapters]


def titles(kit: Kit) -> list[str]:
    return [chapter.title for chapter in kit.chapters]


def test_a_chapter_moved_by_a_line_begins_where_that_line_does(kit: Kit) -> None:
    moved = made(editing.nudge(kit, 2, 1)).chapters[2]

    said = kit.transcript.turns[5]
    assert (moved.turn, moved.start_line, moved.start_ms) == (5, said.first_line, said.start_ms)
    assert moved.title == kit.chapters[2].title


def test_a_chapter_keeps_the_moment_it_begins_before_its_words(kit: Kit) -> None:
    early = replace(kit.chapters[3], start_ms=318_000)
    kit = replace(kit, chapters=(*kit.chapters[:3], early, kit.chapters[4]))

    moved = made(editing.nudge(kit, 3, 1)).chapters[3]

    assert moved.start_ms == 333_000 - 2_000


@pytest.mark.parametrize(
    ("seconds", "turn"), [(1, 5), (7, 5), (-1, 3), (-80, 3)], ids=["1", "7", "-1", "-80"]
)
def test_a_chapter_moved_by_seconds_begins_at_the_next_line_that_far_away(
    kit: Kit, seconds: float, turn: int
) -> None:
    assert made(editing.nudge_seconds(kit, 2, seconds)).chapters[2].turn == turn


def test_where_no_line_is_that_far_away_it_is_said(kit: Kit) -> None:
    assert editing.nudge_seconds(kit, 2, 60) == Refused(
        why="the next chapter begins before a line that begins later"
    )
    assert editing.nudge_seconds(kit, 4, 600) == Refused(
        why="the talk ends before a line that begins later"
    )
    assert editing.nudge(kit, 1, -2) == Refused(
        why="the chapter before leaves no line that begins earlier"
    )


def test_without_times_chapters_move_by_lines_alone() -> None:
    kit = kits.kit(timed=False)

    assert editing.nudge_seconds(kit, 2, 1) == Refused(
        why="this place has no time: , and . go by lines"
    )
    assert made(editing.nudge(kit, 2, 1)).chapters[2].start_line == kits.line_of(5)


def test_the_first_chapter_stays_where_the_talk_begins(kit: Kit) -> None:
    for edited in (editing.nudge(kit, 0, 1), editing.nudge_seconds(kit, 0, 1)):
        assert edited == Refused(why="the first chapter begins where the talk does")
    assert isinstance(editing.remove(kit, "chapters", 0), Refused)


def test_a_split_takes_the_best_suggestion_inside(kit: Kit) -> None:
    split = made(editing.split(kit, 4))

    assert turns(split) == [0, 2, 4, 6, 8, 10]
    assert split.chapters[5].title == "The lamp room"
    assert split.suggestions == ()


def test_a_split_without_a_suggestion_is_called_by_the_words_said_there(kit: Kit) -> None:
    split = made(editing.split(kit, 1))

    assert turns(split) == [0, 2, 3, 4, 6, 8]
    assert split.chapters[2].title == "A depth was copied as 41 feet. It"
    assert split.chapters[2].start_ms == 95_000


def test_a_split_at_a_line_begins_there_and_nowhere_else(kit: Kit) -> None:
    assert turns(made(editing.split(kit, 4, 9))) == [0, 2, 4, 6, 8, 9]
    assert editing.split(kit, 4, 3) == Refused(why="that line is not inside this chapter")


def test_a_chapter_of_one_line_cannot_be_split(kit: Kit) -> None:
    split = made(editing.split(kit, 1))

    assert editing.split(split, 1) == Refused(why="this chapter is one line long")


def test_what_is_merged_away_can_be_taken_again(kit: Kit) -> None:
    merged = made(editing.merge(kit, 1))

    assert titles(merged) == [
        "Maps that are wrong", "The Fennick chart", "Tidewater Ledger", "A book for beginners",
    ]  # fmt: skip
    back = next(n for n, mark in enumerate(merged.suggestions) if mark.turn == 4)
    assert made(editing.take(merged, back)).chapters == kit.chapters


def test_merging_with_the_one_before_keeps_the_earlier_title(kit: Kit) -> None:
    assert titles(made(editing.merge(kit, 1, -1)))[0] == "Maps that are wrong"
    assert editing.merge(kit, 0, -1) == Refused(why="there is no chapter before this one")
    assert editing.merge(kit, 4) == Refused(why="there is no chapter after this one")


def test_titles_go_round_and_none_is_lost(kit: Kit) -> None:
    once = made(editing.next_title(kit, 0))
    assert once.chapters[0].title == "Maps that are wrong, told again"

    assert made(editing.next_title(once, 0)).chapters == kit.chapters


def test_a_title_of_ones_own_leaves_the_others_to_come_back_to(kit: Kit) -> None:
    mine = made(editing.retitle(kit, 0, "  Wrong \n maps "))

    assert mine.chapters[0].title == "Wrong maps"
    assert mine.chapters[0].titles == ("Maps that are wrong", "Maps that are wrong, told again")
    assert editing.retitle(kit, 0, " \n") == Refused(why="a title cannot be empty")


def test_the_title_that_is_chosen_stands_first(kit: Kit) -> None:
    chosen = made(editing.choose_title(kit, 2))

    assert [title.text for title in chosen.titles][:3] == [
        "“A map is a promise”", "Maps that are wrong", "Who checks a chart before it is printed?",
    ]  # fmt: skip
    mine = made(editing.add_title(chosen, "Maps that are wrong"))
    assert mine.titles[0].text == "Maps that are wrong"
    assert len(mine.titles) == 5


def test_a_note_in_ones_own_words_remembers_what_was_said(kit: Kit) -> None:
    mine = made(editing.reword(kit, "notes", 0, "Somebody wrote 41 for 14."))

    assert mine.notes[0].text == "Somebody wrote 41 for 14."
    assert mine.notes[0].source == "A depth was copied as 41 feet."
    assert made(editing.reword(mine, "notes", 0, "A depth was copied as 41 feet.")) == kit


def test_a_sentence_taken_out_of_the_description_loses_its_citation(kit: Kit) -> None:
    kept = kit.description.lines[0]

    mine = made(editing.describe(kit, "long", f"{kept.text} And more of my own."))

    assert mine.description.lines == (kept,)
    assert made(editing.describe(kit, "short", "In short.")).description.short == "In short."
    assert isinstance(editing.describe(kit, "short", " "), Refused)


@pytest.mark.parametrize("part", ["quotes", "promises", "fresh"])
def test_what_was_said_letter_for_letter_is_never_reworded(kit: Kit, part: editing.Part) -> None:
    assert isinstance(editing.reword(kit, part, 0, "other words"), Refused)


@pytest.mark.parametrize("part", ["notes", "quotes", "mentions", "promises", "fresh", "titles"])
def test_one_thing_taken_out_leaves_all_else(kit: Kit, part: editing.Part) -> None:
    less = made(editing.remove(kit, part, 0))

    assert getattr(less, part) == getattr(kit, part)[1:]
    assert replace(less, **{part: getattr(kit, part)}) == kit


def test_the_only_title_cannot_be_taken_out(kit: Kit) -> None:
    single = replace(kit, titles=kit.titles[:1])

    assert editing.remove(single, "titles", 0) == Refused(why="it is the only title")


def test_a_part_made_anew_leaves_the_others_as_they_were_changed(kit: Kit) -> None:
    changed = made(editing.retitle(kit, 0, "Mine"))
    changed = made(editing.reword(changed, "notes", 0, "My note."))

    renewed = editing.renew(changed, kit, "chapters")

    assert renewed.chapters == kit.chapters
    assert renewed.notes == changed.notes


def test_of_another_transcript_all_is_made_anew(kit: Kit) -> None:
    document = replace(kit.transcript.document, digest="f" * 64)
    other = replace(kit, transcript=replace(kit.transcript, document=document), notes=())

    assert editing.renew(kit, other, "chapters") == other


def test_an_empty_kit_refuses_and_does_not_break() -> None:
    assert editing.split(kits.empty_kit(), 0) == Refused(why="there is no chapter to split")


STEPS = st.lists(
    st.tuples(
        st.sampled_from([
            "nudge", "seconds", "split", "take", "merge", "before", "title", "own", "drop",
            "undo", "redo",
        ]),
        st.integers(0, 11),
        st.integers(-3, 3),
    ),
    max_size=30,
)  # fmt: skip


def step(kit: Kit, name: str, place: int, size: int) -> Edited:
    number = place % len(kit.chapters)
    match name:
        case "nudge":
            return editing.nudge(kit, number, size)
        case "seconds":
            return editing.nudge_seconds(kit, number, size * 40 or 1)
        case "split":
            return editing.split(kit, number, None if size < 0 else place)
        case "take":
            has_any = bool(kit.suggestions)
            return editing.take(kit, place % len(kit.suggestions)) if has_any else kit
        case "merge":
            return editing.merge(kit, number)
        case "before":
            return editing.merge(kit, number, -1)
        case "title":
            return editing.next_title(kit, number)
        case "own":
            return editing.retitle(kit, number, " " * size if size > 1 else f"Title {place}")
        case _:
            return editing.remove(kit, "chapters", number)


@settings(max_examples=150, deadline=None)
@given(steps=STEPS, is_timed=st.booleans())
def test_no_row_of_changes_breaks_what_holds_of_chapters_and_undo_takes_all_of_it_back(
    steps: list[tuple[str, int, int]], is_timed: bool
) -> None:
    first = kits.kit(timed=is_timed)
    edits = Edits(kit=first)
    for name, place, size in steps:
        if name in {"undo", "redo"}:
            edits = edits.undo() if name == "undo" else edits.redo()
            continue
        edited = step(edits.kit, name, place, size)
        if isinstance(edited, Refused):
            assert edited.why
            continue
        edits = edits.then(edited)
        marks = turns(edited)
        assert marks[0] == 0
        assert marks == sorted(set(marks))
        assert all(chapter.title.strip() for chapter in edited.chapters)
        assert not set(marks) & {mark.turn for mark in edited.suggestions}
        for chapter in edited.chapters:
            assert chapter.start_line == first.transcript.turns[chapter.turn].first_line
    last = edits.kit
    depth = len(edits.past)
    for _ in range(depth):
        edits = edits.undo()
    assert edits.kit == first
    for _ in range(depth):
        edits = edits.redo()
    assert edits.kit == last


def test_a_change_after_an_undo_forgets_what_was_taken_back(kit: Kit) -> None:
    edits = Edits(kit=kit).then(made(editing.merge(kit, 1))).undo()
    assert edits.kit == kit

    edits = edits.then(made(editing.merge(kit, 2)))

    assert edits.redo() is edits
    assert Edits(kit=kit).undo().kit == kit
    assert edits.then(edits.kit) is edits
