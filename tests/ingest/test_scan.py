from __future__ import annotations

from pathlib import Path

import pytest

from pmagent.ingest.scan import Left, matches_any, scan
from pmagent.permissions.walls import Walls
from pmagent.permissions.walls_entries import Entry


def test_a_scan_names_what_it_leaves_out_and_walks_no_loop(tmp_path: Path) -> None:
    for name in ("a.md", ".env", "credentials.json", "photo.png", "deep/b.txt", ".git/config",
                 "node_modules/x.md", "drafts/c.md"):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    (tmp_path / "loop").symlink_to(".")

    with Walls(tmp_path) as files:
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
