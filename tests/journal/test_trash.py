from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pmagent.errors import AccessError, JournalError
from pmagent.journal.trash import Trash
from tests.journal.lab import Lab

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def trash_at(tmp_path: Path) -> Callable[[datetime], Trash]:
    return lambda moment: Trash(tmp_path / "trash", now=lambda: moment)


def test_a_deleted_file_lies_there_under_its_own_name(
    trash_at: Callable[[datetime], Trash], tmp_path: Path
) -> None:
    kept = trash_at(START).keep("notes/a.md", b"text")

    assert kept.copy == tmp_path / "trash" / "20260301T090000Z-1" / "garden" / "notes" / "a.md"
    assert kept.copy.read_bytes() == b"text"
    assert stat.S_IMODE((tmp_path / "trash").stat().st_mode) == 0o700
    assert trash_at(START).files() == [kept]


def test_two_files_of_one_name_and_second_lie_side_by_side(
    trash_at: Callable[[datetime], Trash],
) -> None:
    trash = trash_at(START)
    trash.keep("a.md", b"1")
    trash.keep("a.md", b"2")

    assert sorted(item.copy.read_bytes() for item in trash.files()) == [b"1", b"2"]


def test_a_file_comes_back_and_that_can_be_undone(
    lab: Lab, trash_at: Callable[[datetime], Trash]
) -> None:
    lab.put("notes/a.md", "text")
    trash = trash_at(START)
    item = trash.keep("notes/a.md", b"text")
    lab.delete("notes/a.md")
    (lab.root / "notes").rmdir()

    point = trash.restore(item, lab.journal, lab.files)
    assert lab.get("notes/a.md") == "text"
    assert point.summary == "Restore notes/a.md"

    lab.journal.undo(point.id)
    assert lab.tree() == {}


def test_what_stands_there_is_not_replaced(lab: Lab, trash_at: Callable[[datetime], Trash]) -> None:
    trash = trash_at(START)
    item = trash.keep("a.md", b"old")
    lab.put("a.md", "mine")

    with pytest.raises(JournalError, match="is there already"):
        trash.restore(item, lab.journal, lab.files)

    assert lab.get("a.md") == "mine"


def test_after_thirty_days_it_is_gone(trash_at: Callable[[datetime], Trash]) -> None:
    trash_at(START).keep("old.md", b"1")
    trash_at(START + timedelta(days=20)).keep("young.md", b"2")
    later = trash_at(START + timedelta(days=31))

    assert later.expire() == 1
    assert [item.path for item in later.files()] == ["young.md"]


def test_a_forgotten_path_is_erased(trash_at: Callable[[datetime], Trash]) -> None:
    trash = trash_at(START)
    trash.keep("private/a.md", b"1")
    trash.keep("b.md", b"2")

    assert trash.forget("private") == 1
    assert [item.path for item in trash.files()] == ["b.md"]


@pytest.mark.parametrize("path", ["../a.md", "a/../../b", "", "a//b", "./a", "a\0b"])
def test_a_path_that_leads_out_is_refused(trash_at: Callable[[datetime], Trash], path: str) -> None:
    with pytest.raises(AccessError):
        trash_at(START).keep(path, b"x")


def test_a_file_of_another_folder_keeps_its_whole_name(
    trash_at: Callable[[datetime], Trash],
) -> None:
    trash = trash_at(START)
    trash.keep("/srv/shared/a.md", b"x")

    assert [item.path for item in trash.files()] == ["/srv/shared/a.md"]
