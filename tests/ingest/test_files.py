from __future__ import annotations

import os
from pathlib import Path

import pytest

from pmagent.errors import AccessError, GardenError, ReadError, SkipError
from pmagent.ingest.files import Entry, GardenFiles
from pmagent.ingest.scan import Left, matches_any, scan


def test_a_file_is_read_by_its_place_in_the_garden(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("pricing", encoding="utf-8")

    with GardenFiles(tmp_path) as files:
        data, entry = files.read("notes/a.md", limit=100)

    assert (data, entry.path, entry.size) == (b"pricing", "notes/a.md", 7)


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "a/../../b", "", ".", "a//b", "a\0b"])
def test_a_path_that_leaves_the_garden_is_refused(tmp_path: Path, path: str) -> None:
    with GardenFiles(tmp_path) as files, pytest.raises(AccessError):
        files.read(path, limit=100)


def test_neither_a_link_nor_a_folder_behind_a_link_is_opened(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.md").write_text("kingfisher", encoding="utf-8")
    root = tmp_path / "garden"
    root.mkdir()
    (root / "link.md").symlink_to(outside / "secret.md")
    (root / "folder").symlink_to(outside)

    with GardenFiles(root) as files:
        with pytest.raises(SkipError, match="link"):
            files.read("link.md", limit=100)
        with pytest.raises(ReadError):
            files.read("folder/secret.md", limit=100)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")

    with GardenFiles(tmp_path) as files, pytest.raises(SkipError, match="regular file"):
        files.read("pipe.txt", limit=100)


def test_a_larger_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "big.txt").write_bytes(b"x" * 101)

    with GardenFiles(tmp_path) as files, pytest.raises(SkipError, match="more than"):
        files.read("big.txt", limit=100)


def test_a_missing_garden_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(GardenError, match="no such file"):
        GardenFiles(tmp_path / "gone")


def test_a_scan_names_what_it_leaves_out_and_walks_no_loop(tmp_path: Path) -> None:
    for name in ("a.md", ".env", "credentials.json", "photo.png", "deep/b.txt", ".git/config",
                 "node_modules/x.md", "drafts/c.md"):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    (tmp_path / "loop").symlink_to(".")

    with GardenFiles(tmp_path) as files:
        found = list(scan(files, exclude=["drafts"]))

    assert [item.path for item in found if isinstance(item, Entry)] == ["a.md", "deep/b.txt"]
    assert {item.path: item.reason for item in found if isinstance(item, Left)} == {
        ".env": "hidden names are private",
        ".git/": "hidden names are private",
        "credentials.json": "its name says that it holds credentials",
        "drafts/": 'left out by "exclude" in the settings',
        "loop": "it is a link, and links are not followed",
        "node_modules/": "other people's code, or made by a machine",
        "photo.png": 'files of the kind ".png" are not read',
    }


@pytest.mark.parametrize(
    ("path", "glob", "expected"),
    [
        ("notes/a.md", "notes", True),
        ("notes/a.md", "notes/", True),
        ("notes/a.md", "notes/**", True),
        ("notes/deep/a.md", "notes/**", True),
        ("notes/a.md", "*.md", True),
        ("notes/a.md", "transcripts", False),
        ("talks/2024-03.vtt", "talks/2024-*", True),
        ("talks/2025-03.vtt", "talks/2024-*", False),
        ("cafe\u0301.md", "caf\u00e9.md", True),
    ],
)
def test_globs_are_read_as_a_person_means_them(path: str, glob: str, expected: bool) -> None:
    assert matches_any(path, [glob]) is expected
