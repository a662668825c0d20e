"""A garden with a few files and a person who answers as told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pmagent.garden import Garden
from pmagent.types.actions import Ask, AskReply, No


class Person:
    """Answers every question the same way, and remembers what was asked."""

    def __init__(self) -> None:
        self.asks: list[Ask] = []
        self.reply: AskReply | Callable[[Ask], AskReply] = No()

    def __call__(self, ask: Ask) -> AskReply:
        self.asks.append(ask)
        return self.reply(ask) if callable(self.reply) else self.reply


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "garden"
    (folder / ".pmagent").mkdir(parents=True)
    (folder / "notes").mkdir()
    (folder / "notes" / "a.md").write_text("# A\nhello world\n", encoding="utf-8")
    (folder / "private").mkdir()
    (folder / "private" / "k.md").write_text(
        "the finance team buys the lighthouse company for forty\n", encoding="utf-8"
    )
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    person = tmp_path / "person"
    person.mkdir()
    monkeypatch.setenv("HOME", str(person))
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    return tmp_path / "home"


@pytest.fixture
def write_rules(home: Path) -> Callable[..., None]:
    def write(more: Mapping[str, Any] | None = None, **permissions: list[str]) -> None:
        path = home / "config" / "settings.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"permissions": permissions, **(more or {})}), encoding="utf-8")

    return write


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
def garden(root: Path, home: Path, person: Person) -> Iterator[Garden]:
    with Garden.open(root, home=home) as opened:
        opened.set_asker(person)
        yield opened
