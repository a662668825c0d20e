"""The push screen over a real garden, its gate, its outbox, and a Trello on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from pmagent.garden import Garden
from pmagent.paths import find_homes
from pmagent.tui.app import PmagentApp
from pmagent.tui.memory import FileMemory
from pmagent.tui.widgets.card import ARM_S, BURST_S
from tests.publishers.fake_trello import BOARD, KEY, TOKEN, FakeTrello, serve_trello
from tests.tui.screen_text import press, see, settle, text_of
from tests.tui.small_garden import SmallDesktop
from tests.tui.test_real_garden import StillDoor

TEXT = """---
kanban-plugin: board
---

## To do

- [ ] Ring Ruth @{2026-11-24} ^ring
  - By letter, if she does not answer.
- [ ] Read the spec ^spec

## Doing

- [ ] Gift cards ^gift
"""


@pytest.fixture
def trello(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTrello]:
    """A Trello of the person's own; reading it is allowed, sending is asked about."""
    monkeypatch.setenv("PMAGENT_TRELLO_KEY", KEY)
    monkeypatch.setenv("PMAGENT_TRELLO_TOKEN", TOKEN)
    (root / "board.md").write_text(TEXT, encoding="utf-8")
    Garden.create(root).close()
    config = find_homes().config
    config.mkdir(parents=True, exist_ok=True)
    with serve_trello() as fake:
        rules = {"allow": ["trello.board", "Edit(board.md)"]}
        own = {"trello-board": f"{fake.url}/boards/{BOARD}", "week": {"zone": "UTC"}}
        text = json.dumps({"permissions": rules, "pmagent": own})
        (config / "settings.json").write_text(text, encoding="utf-8")
        yield fake


def application(root: Path) -> PmagentApp:
    homes = find_homes()
    memory = FileMemory({"theme": homes.config, "questions": homes.data})
    door = StillDoor(root, homes, None)
    return PmagentApp(door, memory=memory, desktop=SmallDesktop(), environment={})


async def answer(pilot: Pilot[int], key: str) -> None:
    await see(pilot, "asks 1 of 1")
    await asyncio.sleep(ARM_S + 0.1)
    await pilot.press("ctrl+g")
    await asyncio.sleep(2 * BURST_S)
    await pilot.press(key)


def card_named(trello: FakeTrello, name: str) -> dict[str, object]:
    return next(one for one in trello.cards.values() if one["name"] == name)


async def test_a_push_is_shown_asked_sent_once_and_a_conflict_taken_from_there(
    root: Path, trello: FakeTrello
) -> None:
    app = application(root)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "f3", "P")
        await see(pilot, "Enter sends 3 new")
        assert trello.cards == {}

        await pilot.press("enter")
        await answer(pilot, "n")
        await pilot.press("enter")
        await see(pilot, "Nothing was sent.")
        assert trello.cards == {}

        await pilot.press("enter")
        await answer(pilot, "y")
        await see(pilot, "3 sent")
        names = sorted(str(one["name"]) for one in trello.cards.values())
        assert names == ["Gift cards", "Read the spec", "Ring Ruth"]

        board = root / "board.md"
        text = board.read_text(encoding="utf-8")
        board.write_text(text.replace("Ring Ruth", "Ring Ruth by ten"), encoding="utf-8")
        card_named(trello, "Ring Ruth")["name"] = "Write to Ruth"
        await press(pilot, "r")
        shown = await see(pilot, "1 conflict waits for h or t")
        assert "as sent  Ring Ruth" in shown
        assert "○ here     Ring Ruth by ten" in shown
        assert "○ there    Write to Ruth" in shown

        await press(pilot, "t", "enter")
        await see(pilot, "1 brought here")
        await press(pilot, "escape")
        await see(pilot, "Write to Ruth")

        await press(pilot, "P")
        await see(pilot, "Both boards say the same")
        assert "3 cards the same" in text_of(app)
    app.desk.close()
    assert "- [ ] Write to Ruth" in board.read_text(encoding="utf-8")
    assert len(trello.cards) == 3
