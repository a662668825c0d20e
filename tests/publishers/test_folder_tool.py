"""A post as files: through the gate, undone byte for byte, and nothing changes the second time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pmagent.garden import Garden
from pmagent.types.actions import Ask, AskReply, Denied, Done, Yes

POST = {
    "title": 'The "seat": what it costs',
    "markdown": "# Notes\n\n- A promise.[^transcripts/ep-1.md:12]\n- <b>A price</b>\n",
    "excerpt": "Two sentences.",
    "tags": ["podcast", "Préis"],
    "chapters": [
        {"at": "00:14:03.5", "title": "Seats", "line": 40},
        {"at": "0:00", "title": "Hello"},
    ],
}
FOLDER = "drafts/posts/the-seat-what-it-costs"
INDEX = """---
title: "The \\"seat\\": what it costs"
slug: "the-seat-what-it-costs"
excerpt: "Two sentences."
tags: ["podcast", "Préis"]
status: draft
---

# Notes

- A promise.[^transcripts/ep-1.md:12]
- <b>A price</b>
"""
HTML = """<h1>Notes</h1>
<ul>
<li>A promise.<sup> [1]</sup></li>
"""


class Person:
    def __init__(self) -> None:
        self.asks: list[Ask] = []

    def __call__(self, ask: Ask) -> AskReply:
        self.asks.append(ask)
        return Yes()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "garden" / ".pmagent").mkdir(parents=True)
    return tmp_path / "garden"


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
def garden(
    root: Path, person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Garden]:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    with Garden.open(root, home=tmp_path / "home") as opened:
        opened.set_asker(person)
        yield opened


def files(root: Path) -> dict[str, bytes]:
    folder = root / FOLDER
    return (
        {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
        if folder.is_dir()
        else {}
    )


def test_a_post_is_written_below_drafts_and_undone_whole(
    garden: Garden, root: Path, person: Person
) -> None:
    outcome = garden.perform("folder.draft", POST)

    assert isinstance(outcome, Done)
    assert outcome.data == {
        "url": None, "id": "the-seat-what-it-costs", "state": "draft", "path": f"{FOLDER}/index.md",
    }  # fmt: skip
    assert [change.path for change in person.asks[0].changes] == [
        f"{FOLDER}/{name}" for name in ("index.md", "post.html", "chapters.json")
    ]
    made = files(root)
    assert made["index.md"].decode() == INDEX
    assert json.loads(made["chapters.json"]) == {
        "version": "1.2.0",
        "title": 'The "seat": what it costs',
        "chapters": [
            {"startTime": 0, "title": "Hello"}, {"startTime": 843.5, "title": "Seats"},
        ],
    }  # fmt: skip
    html = made["post.html"].decode()
    assert "transcripts" not in html
    assert "<b>" not in html
    assert "&lt;b&gt;A price" in html
    garden.undo(outcome.checkpoint)
    assert files(root) == {}


def test_the_same_post_again_changes_nothing(garden: Garden, root: Path, person: Person) -> None:
    garden.perform("folder.draft", POST)
    before = {path: path.stat().st_mtime_ns for path in (root / FOLDER).iterdir()}

    again = garden.perform("folder.draft", POST)

    assert isinstance(again, Done)
    assert "is as it was" in again.text
    assert person.asks[-1].changes == ()
    assert {path: path.stat().st_mtime_ns for path in (root / FOLDER).iterdir()} == before


def test_a_folder_that_is_denied_stays_closed(garden: Garden, root: Path, tmp_path: Path) -> None:
    settings = tmp_path / "home" / "config" / "settings.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(
        json.dumps({"permissions": {"deny": ["Edit(drafts/posts/**)"]}}), encoding="utf-8"
    )

    outcome = garden.perform("folder.draft", POST)

    assert isinstance(outcome, Denied)
    assert files(root) == {}


def test_a_rule_for_drafts_lets_it_write_unasked(
    garden: Garden, root: Path, person: Person, tmp_path: Path
) -> None:
    settings = tmp_path / "home" / "config" / "settings.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(
        json.dumps({"permissions": {"allow": ["Edit(drafts/**)"]}}), encoding="utf-8"
    )

    assert isinstance(garden.perform("folder.draft", POST), Done)
    assert person.asks == []
    assert "index.md" in files(root)
