"""`notes.write` and `board.add`: what procedures may write in the garden, through the gate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from pmagent.garden import Garden
from pmagent.permissions.rules import EDIT_TOOLS
from pmagent.tasks.board.reading import card_id
from pmagent.types.actions import Ask, Done, Json, TrustLevel, Yes

BOARD = """---
kanban-plugin: board
---

## Now

- [ ] Ring Ruth ^pm-0123456789
  - By hand

## Done

- [x] Send the file


%% kanban:settings
```
{"kanban-plugin":"board"}
```
%%
"""


@pytest.fixture
def garden(tmp_path: Path) -> Iterator[Garden]:
    root = tmp_path / "garden"
    root.mkdir()
    (root / "board.md").write_text(BOARD, encoding="utf-8")
    with Garden.create(root, home=tmp_path / "home") as made:
        made.set_level(TrustLevel.EDIT)
        made.set_asker(yes)
        yield made


def yes(ask: Ask) -> Yes:
    del ask
    return Yes()


def do(garden: Garden, tool: str, given: Mapping[str, Json]) -> Mapping[str, Json]:
    outcome = garden.perform(tool, given, by="person", why="a test")
    assert isinstance(outcome, Done), outcome
    return outcome.data


def test_a_page_is_written_below_its_folders_and_can_be_taken_back(garden: Garden) -> None:
    told = do(garden, "notes.write", {"path": "reports/2026-W05.md", "text": "# The week\n"})

    page = garden.root / "reports" / "2026-W05.md"
    assert page.read_text(encoding="utf-8") == "# The week\n"
    assert told == {"path": "reports/2026-W05.md", "bytes": 11, "is_new": True}
    again = do(garden, "notes.write", {"path": "reports/2026-W05.md", "text": "# Again\n"})
    assert again["is_new"] is False


@pytest.mark.parametrize(
    "path",
    ["notes/idea.md", "report.md", "drafts/../notes/idea.md", "../reports/x.md", "draftsy/x"],
)
def test_a_page_anywhere_else_is_refused(garden: Garden, path: str) -> None:
    outcome = garden.perform("notes.write", {"path": path, "text": "x"}, by="person", why="a test")

    assert not isinstance(outcome, Done)
    assert not (garden.root / "notes").exists()


def test_rules_about_edits_hold_for_both() -> None:
    assert {"notes.write", "board.add"} <= EDIT_TOOLS


def test_a_card_goes_to_the_end_of_its_list_and_changes_nothing_else(garden: Garden) -> None:
    told = do(
        garden,
        "board.add",
        {"list": "now", "text": "The assistant is silent", "details": "5 remarks\n\n> “Broken?”"},
    )

    ident = card_id("The assistant is silent")
    assert (garden.root / "board.md").read_text(encoding="utf-8") == BOARD.replace(
        "  - By hand\n",
        f"  - By hand\n- [ ] The assistant is silent ^{ident}\n  5 remarks\n  > “Broken?”\n",
    )
    assert told == {"path": "board.md", "id": ident, "line": 9, "is_new": True}


def test_a_card_stands_once_whichever_list_it_was_moved_to(garden: Garden) -> None:
    do(garden, "board.add", {"list": "Now", "text": "The assistant is silent"})
    board = garden.root / "board.md"
    moved = board.read_text(encoding="utf-8").replace("## Done\n", "## Waiting\n")
    board.write_text(moved, encoding="utf-8")

    told = do(garden, "board.add", {"list": "Inbox", "text": "the assistant  is silent"})

    assert told["is_new"] is False
    assert board.read_text(encoding="utf-8") == moved


def test_a_list_that_is_not_there_is_put_first(garden: Garden) -> None:
    do(garden, "board.add", {"list": "Inbox", "text": "Too wide for the visor"})

    text = (garden.root / "board.md").read_text(encoding="utf-8")
    assert text.index("## Inbox") < text.index("- [ ] Too wide") < text.index("## Now")
    assert text.endswith("%%\n")


def test_a_board_that_is_not_there_is_made(garden: Garden) -> None:
    do(garden, "board.add", {"list": "Inbox", "text": "First", "board": "boards/new.md"})

    assert (garden.root / "boards" / "new.md").read_text(encoding="utf-8") == (
        f"---\nkanban-plugin: board\n---\n\n## Inbox\n\n- [ ] First ^{card_id('First')}\n"
    )
