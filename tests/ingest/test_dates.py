from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import git
import pytest

from pmagent.ingest.dates import Calendar, Described, date_of, day_in_name, read_metadata
from pmagent.ingest.history import first_commits

MTIME_NS = 1_700_000_000_000_000_000  # 2023-11-14


def test_the_surest_source_of_a_date_wins_and_is_named() -> None:
    calendar = Calendar(
        described={"ep.vtt": Described(day=date(2024, 3, 1))},
        committed={"ep.vtt": date(2024, 4, 1), "b.md": date(2024, 5, 1)},
    )

    assert date_of("ep.vtt", date(2024, 1, 1), calendar, MTIME_NS) == (
        date(2024, 1, 1),
        "front matter",
    )
    assert date_of("2024-02-01-ep.vtt", None, calendar, MTIME_NS)[1] == "file name"
    assert date_of("ep.vtt", None, calendar, MTIME_NS) == (date(2024, 3, 1), "metadata")
    assert date_of("b.md", None, calendar, MTIME_NS) == (date(2024, 5, 1), "first commit")
    assert date_of("c.md", None, calendar, MTIME_NS) == (date(2023, 11, 14), "modified")


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("talks/2024-03-14-ep-007.vtt", date(2024, 3, 14)),
        ("GMT20260303_zoom.vtt", date(2026, 3, 3)),
        ("2024-03/notes.md", date(2024, 3, 1)),
        ("ep-041.md", None),
        ("2024-02-30.md", None),
        ("invoice-20241399.md", None),
    ],
)
def test_a_day_is_read_from_a_name_only_where_it_is_one(path: str, day: date | None) -> None:
    assert day_in_name(path) == day


def test_a_metadata_table_speaks_of_files_relative_to_itself() -> None:
    text = "path,title,approx_date,extra\nep-1.md,The first,2018-07-02,x\n,no path,2018-01-01,\n"

    assert read_metadata(text, "talks") == {
        "talks/ep-1.md": Described(title="The first", day=date(2018, 7, 2))
    }


def test_the_first_commit_of_a_file_is_its_day_and_a_hostile_repository_runs_nothing(
    tmp_path: Path,
) -> None:
    marker = tmp_path / "was-run"
    root = tmp_path / "garden"
    repository = git.Repo.init(root)
    (root / "a b.md").write_text("one", encoding="utf-8")
    repository.index.add(["a b.md"])
    author = git.Actor("Ana", "ana@example.org")
    repository.index.commit(
        "one", author=author, committer=author, commit_date="2024-03-14T10:00:00"
    )
    (root / "a b.md").write_text("two", encoding="utf-8")
    repository.index.add(["a b.md"])
    repository.index.commit(
        "two", author=author, committer=author, commit_date="2025-01-01T10:00:00"
    )
    program = tmp_path / "evil"
    program.write_text(f"#!/bin/sh\ntouch {marker}\n", encoding="utf-8")
    os.chmod(program, 0o755)  # noqa: PTH101
    with repository.config_writer() as config:
        config.set_value("core", "fsmonitor", str(program))
        config.set_value("log", "showSignature", "true")
        config.set_value("gpg", "program", str(program))
        config.set_value("core", "pager", str(program))
    repository.close()

    assert first_commits(root) == {"a b.md": date(2024, 3, 14)}
    assert not marker.exists()


def test_a_folder_in_no_repository_has_no_commits(tmp_path: Path) -> None:
    assert first_commits(tmp_path) == {}
