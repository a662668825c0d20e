from __future__ import annotations

import pytest

from pmagent.errors import JournalError
from tests.journal.lab import Lab

OLD = "".join(f"line {number}\n" for number in range(20))


def test_an_edit_in_other_lines_is_kept_and_the_agents_is_taken_back(lab: Lab) -> None:
    lab.put("a.md", OLD)
    point = lab.write("a.md", OLD.replace("line 2\n", "AGENT\n"))
    lab.put("a.md", lab.get("a.md").replace("line 15\n", "mine\n"))

    assert lab.journal.preview(point.id).merged == ("a.md",)
    lab.journal.undo(point.id)

    assert lab.get("a.md") == OLD.replace("line 15\n", "mine\n")


def test_an_edit_in_the_same_line_is_never_overwritten_unasked(lab: Lab) -> None:
    lab.put("a.md", OLD)
    point = lab.write("a.md", OLD.replace("line 2\n", "AGENT\n"))
    mine = OLD.replace("line 2\n", "mine\n")
    lab.put("a.md", mine)

    assert lab.journal.preview(point.id).conflicts == ("a.md",)
    with pytest.raises(JournalError, match=r'"a\.md"'):
        lab.journal.undo(point.id)
    assert lab.get("a.md") == mine


def test_overwriting_on_purpose_can_itself_be_undone(lab: Lab) -> None:
    lab.put("a.md", OLD)
    point = lab.write("a.md", "AGENT\n")
    lab.put("a.md", "mine\n")

    undo = lab.journal.undo(point.id, overwrite=True)
    assert lab.get("a.md") == OLD

    lab.journal.undo(undo.id)
    assert lab.get("a.md") == "mine\n"


def test_one_conflict_leaves_the_other_files_alone_too(lab: Lab) -> None:
    lab.put("a.md", "a")
    lab.put("b.md", "b")

    def effect() -> None:
        lab.put("a.md", "A")
        lab.put("b.md", "B")

    point = lab.run(effect)
    lab.put("b.md", "mine")
    before = lab.tree()

    with pytest.raises(JournalError, match=r'"b\.md"'):
        lab.journal.undo(point.id)

    assert lab.tree() == before


def test_a_created_file_that_the_person_went_on_writing_is_not_deleted(lab: Lab) -> None:
    point = lab.write("a.md", "draft\n")
    lab.put("a.md", "draft\nand more\n")

    with pytest.raises(JournalError, match="changed since"):
        lab.journal.undo(point.id)

    assert lab.get("a.md") == "draft\nand more\n"


def test_a_deleted_file_that_the_person_wrote_anew_is_not_replaced(lab: Lab) -> None:
    lab.put("a.md", "old")
    point = lab.delete("a.md")
    lab.put("a.md", "new life")

    with pytest.raises(JournalError, match="changed since"):
        lab.journal.undo(point.id)

    assert lab.get("a.md") == "new life"


def test_a_binary_file_changed_since_is_a_conflict_as_a_whole(lab: Lab) -> None:
    lab.put("a.bin", b"\0one\n\n\n\n\ntwo")
    point = lab.write("a.bin", b"\0ONE\n\n\n\n\ntwo")
    lab.put("a.bin", b"\0ONE\n\n\n\n\nmine")

    assert lab.journal.preview(point.id).conflicts == ("a.bin",)


def test_rights_that_the_person_changed_are_kept(lab: Lab) -> None:
    lab.put("a.md", "old")
    point = lab.write("a.md", "new")
    (lab.root / "a.md").chmod(0o600)

    lab.journal.undo(point.id)

    assert lab.tree() == {"a.md": ("file", 0o600, b"old")}


def test_a_rewind_takes_back_what_came_after_and_keeps_an_edit_in_between(lab: Lab) -> None:
    lab.put("a.md", OLD)
    first = lab.write("a.md", OLD.replace("line 2\n", "AGENT 1\n"))
    lab.write("a.md", lab.get("a.md").replace("line 9\n", "AGENT 2\n"))
    lab.put("a.md", lab.get("a.md").replace("line 18\n", "mine\n"))
    lab.write("b.md", "x")
    lab.write("a.md", lab.get("a.md").replace("line 5\n", "AGENT 3\n"))

    lab.journal.rewind(first.id)
    assert lab.get("a.md") == OLD.replace("line 2\n", "AGENT 1\n").replace("line 18\n", "mine\n")
    assert set(lab.tree()) == {"a.md"}

    lab.journal.rewind(first.id, including=True)
    assert lab.get("a.md") == OLD.replace("line 18\n", "mine\n")


def test_a_rewind_over_an_edit_of_the_same_line_asks_first(lab: Lab) -> None:
    lab.put("a.md", "one\n")
    first = lab.write("a.md", "two\n")
    lab.put("a.md", "mine\n")
    lab.write("a.md", "three\n")

    undo = lab.journal.preview_rewind(first.id, including=True)
    assert undo.conflicts == ("a.md",)
    with pytest.raises(JournalError, match=r'"a\.md"'):
        lab.journal.rewind(first.id, including=True)
    assert lab.get("a.md") == "three\n"

    # After the edit nothing is in the way.
    lab.journal.rewind(first.id)
    assert lab.get("a.md") == "mine\n"


def test_a_rewind_past_an_undo_is_the_state_of_then(lab: Lab) -> None:
    lab.put("a.md", "0")
    first = lab.write("b.md", "x")
    second = lab.write("a.md", "1")
    lab.write("a.md", "2")
    lab.journal.undo(lab.journal.checkpoints()[0].id)
    lab.journal.undo(second.id)
    lab.write("a.md", "3")

    lab.journal.rewind(first.id)

    assert lab.get("a.md") == "0"
    assert lab.get("b.md") == "x"


def test_a_file_saved_while_it_is_taken_back_is_not_overwritten(lab: Lab) -> None:
    lab.put("a.md", "old")
    point = lab.write("a.md", "new")
    stale = lab.files.entry
    saved: list[bool] = []

    def save_late(path: str) -> object:
        if not saved and any((lab.folder / "pending").iterdir()):
            saved.append(True)
            lab.put("a.md", "saved just now")
        return stale(path)

    lab.files.entry = save_late  # type: ignore[method-assign] # a person is this quick

    with pytest.raises(JournalError, match="changed while it was being taken back"):
        lab.journal.undo(point.id)

    assert lab.get("a.md") == "saved just now"


def test_a_persons_words_in_a_file_that_moved_on_are_not_lost_by_a_rewind(lab: Lab) -> None:
    lab.put("a.md", "text\n")
    first = lab.rename("a.md", "b.md")
    lab.put("b.md", "text\nmine\n")
    lab.rename("b.md", "c.md")

    with pytest.raises(JournalError, match=r'"b\.md"'):
        lab.journal.rewind(first.id, including=True)

    assert lab.tree() == {"c.md": ("file", 0o644, b"text\nmine\n")}


def test_a_file_whose_old_place_is_taken_stays_where_it_is(lab: Lab) -> None:
    lab.put("a", "text\n")
    point = lab.rename("a", "b")
    lab.put("a/mine.md", "mine")
    before = lab.tree()

    with pytest.raises(JournalError):
        lab.journal.undo(point.id, overwrite=True)

    assert lab.tree() == before


def test_where_a_file_cannot_come_back_the_other_is_not_removed(lab: Lab) -> None:
    lab.put("a.md", "text\n")
    point = lab.rename("a.md", "b.md")
    lab.walls._denies = lambda access, path: (  # pyright: ignore[reportPrivateUsage]
        "it is closed" if (access, path) == ("edit", "a.md") else None
    )

    with pytest.raises(JournalError, match="could not all be taken back"):
        lab.journal.undo(point.id)

    assert lab.get("b.md") == "text\n"
