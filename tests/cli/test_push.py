"""`pmagent tasks push`, as a person and a script meet it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pmagent.cli.main import load_command
from pmagent.garden import Garden
from tests.publishers.fake_trello import BOARD, KEY, TOKEN, FakeTrello, Fault, serve_trello

TEXT = """---
kanban-plugin: board
---

## To do

- [ ] Ring Ruth due:2026-02-03 ^ring
  - By letter.
- [ ] Read the spec ^spec

## Later

- [ ] Gift cards ^gift
"""


@dataclass
class Desk:
    root: Path
    fake: FakeTrello

    def run(self, *words: str) -> Result:
        line = ["push", *words, "--garden", str(self.root)]
        return CliRunner().invoke(load_command("tasks"), line, standalone_mode=False)

    def values(self, *words: str) -> tuple[object, dict[str, object]]:
        ran = self.run(*words, "--json")
        return ran.return_value, json.loads(ran.stdout)["data"]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Reading and sending are allowed by the person's own rules; nobody sits there to be asked."""
    monkeypatch.setenv("PMAGENT_TRELLO_KEY", KEY)
    monkeypatch.setenv("PMAGENT_TRELLO_TOKEN", TOKEN)
    root, config = tmp_path / "g", tmp_path / "home" / "config"
    root.mkdir()
    config.mkdir(parents=True)
    (root / "board.md").write_text(TEXT, encoding="utf-8")
    with serve_trello() as fake:
        rules = {"allow": ["trello.board", "trello.push", "Edit(board.md)"]}
        own = {"trello-board": f"{fake.url}/boards/{BOARD}", "week": {"zone": "Europe/Berlin"}}
        text = json.dumps({"permissions": rules, "pmagent": own})
        (config / "settings.json").write_text(text, encoding="utf-8")
        Garden.create(root).close()
        yield Desk(root=root, fake=fake)


def test_bare_it_shows_the_exact_difference_and_writes_nothing(desk: Desk) -> None:
    ran = desk.run()

    assert ran.return_value == 0
    assert ran.stdout == (
        "A board  https://trello.com/b/9ea5e97d\n"
        "+ Ring Ruth  (ring)\n"
        "    title     Ring Ruth\n"
        "    list      To do\n"
        "    text      - By letter.\n"
        "    due       2026-02-03\n"
        "+ Read the spec  (spec)\n"
        "    title     Read the spec\n"
        "    list      To do\n"
        '- Gift cards  (gift: the board there has no list "Later": make one of that name there)\n'
        "2 new, 1 cannot be sent, 0 cards the same\n"
    )
    assert 'nothing is sent; "pmagent tasks push --send" sends it' in ran.stderr
    assert (desk.root / "board.md").read_text(encoding="utf-8") == TEXT
    assert {hit.method for hit in desk.fake.hits} == {"GET"}


def test_sent_it_tells_what_became_of_each_card_and_then_nothing_differs(desk: Desk) -> None:
    code, told = desk.values("--send")

    assert code == 0
    assert [(one["title"], one["state"]) for one in told["results"]] == [  # type: ignore[index,union-attr]
        ("Ring Ruth", "sent"), ("Read the spec", "sent"),
    ]  # fmt: skip
    desk.fake.put(desk.fake.lists, name="later", closed=False, pos=1)
    desk.values("--send")
    assert desk.run().return_value == 1
    assert desk.values()[1]["counts"] == dict.fromkeys(
        ("new", "changed", "conflict", "kept", "left"), 0
    )
    assert desk.run("--send").return_value == 0
    assert len(desk.fake.cards) == 3


def test_a_conflict_is_three_rows_and_is_decided_by_name(desk: Desk) -> None:
    desk.run("--send")
    board = desk.root / "board.md"
    board.write_text(board.read_text(encoding="utf-8").replace("Ring Ruth", "Ring Ruth by ten"))
    [card] = [one for one in desk.fake.cards.values() if one["name"] == "Ring Ruth"]
    card["name"] = "Write to Ruth"

    shown = desk.run()
    assert (
        "! Ring Ruth by ten  (ring: changed here and there)\n"
        "    title\n"
        "      here    Ring Ruth by ten\n"
        "      there   Write to Ruth\n"
        "      as sent Ring Ruth\n"
    ) in shown.stdout
    left = desk.run("--send")
    assert (left.return_value, card["name"]) == (0, "Write to Ruth")
    assert "1 card in conflict, left as they are in both places" in left.stderr
    assert desk.run("--ours", "ring").exception is not None

    assert desk.run("--send", "--theirs", "^ring").return_value == 0
    assert "Write to Ruth" in board.read_text(encoding="utf-8")


def test_what_waits_in_the_outbox_and_what_failed_have_codes_of_their_own(desk: Desk) -> None:
    desk.fake.faults.append(Fault("busy"))
    ran = desk.run("--send")
    assert ran.return_value == 10
    assert "waiting  Ring Ruth  Trello is busy" in ran.stdout
    assert '"pmagent outbox run"' in ran.stderr


def test_with_nobody_to_ask_and_no_rule_nothing_is_even_read(desk: Desk) -> None:
    config = desk.root.parent / "home" / "config" / "settings.json"
    own = json.loads(config.read_text())
    config.write_text(json.dumps({"pmagent": own["pmagent"]}), encoding="utf-8")

    ran = desk.run()

    assert "nobody is there to ask" in str(ran.exception)
    assert desk.fake.hits == []


def test_key_and_token_stand_in_no_output(desk: Desk) -> None:
    for words in (("--send",), ("--json",), ("--send", "--json")):
        ran = desk.run(*words)
        assert not any(secret in ran.output for secret in (KEY, TOKEN))
    desk.fake.token = "x" * 40
    ran = desk.run("--json")
    assert not any(secret in repr(ran.exception) + ran.output for secret in (KEY, TOKEN))
