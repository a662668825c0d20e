from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pmagent.errors import RuleFaultError, SettingsError
from pmagent.garden import Garden
from pmagent.types.actions import Done, TrustLevel, Unanswered
from tests.agent.conftest import Person

Write = Callable[..., None]
DRAFT = {"file_path": "drafts/x.md", "content": "x\n"}
NOTE = {"file_path": "notes/x.md", "content": "x\n"}


def test_each_level_lets_a_little_more_run_unasked(garden: Garden, person: Person) -> None:
    garden.perform("Write", DRAFT)
    assert len(person.asks) == 1
    garden.set_level(TrustLevel.DRAFT)
    assert isinstance(garden.perform("Write", DRAFT), Done)
    garden.perform("Write", NOTE)
    assert len(person.asks) == 2
    garden.set_level(TrustLevel.EDIT)
    assert isinstance(garden.perform("Write", NOTE), Done)
    garden.set_level(TrustLevel.LOOK)
    garden.perform("Write", NOTE)

    assert len(person.asks) == 3


def test_a_grant_holds_until_it_is_revoked_and_its_uses_are_counted(
    garden: Garden, person: Person
) -> None:
    garden.allow("Edit(/notes/**)", days=3)
    assert isinstance(garden.perform("Write", NOTE), Done)
    [row] = garden.grants().rows
    assert (row.rule_text, row.layer, row.uses) == ("Edit(/notes/**)", "grant", 1)
    assert row.expires is not None

    garden.revoke("Edit(/notes/**)")
    garden.perform("Write", NOTE)

    assert len(person.asks) == 1


def test_a_grant_without_a_meaning_is_refused(garden: Garden) -> None:
    with pytest.raises(RuleFaultError):
        garden.allow("Edit(notes/[)", days=None)


def test_what_stands_in_a_file_is_not_revoked_but_named(garden: Garden, write_rules: Write) -> None:
    write_rules(allow=["Edit(/notes/**)"])
    garden.grants()

    with pytest.raises(SettingsError, match="settings file"):
        garden.revoke("Edit(/notes/**)")


def test_a_folders_own_allow_counts_only_once_trusted_and_its_deny_always(
    garden: Garden, root: Path, person: Person
) -> None:
    rules = {"permissions": {"allow": ["Edit(/notes/**)"], "deny": ["Read(private/**)"]}}
    settings = root / ".claude" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps(rules), encoding="utf-8")

    garden.perform("Write", NOTE)
    assert len(person.asks) == 1
    denied = garden.test_rule("Read", "private/k.md")
    assert denied.effect == "deny"
    assert str(denied.rule.source if denied.rule else "") == ".claude/settings.json:1"
    [waiting] = garden.grants().untrusted
    garden.trust(waiting.digest)
    assert isinstance(garden.perform("Write", NOTE), Done)
    settings.write_text(json.dumps(rules) + "\n", encoding="utf-8")
    garden.perform("Write", {**NOTE, "content": "y\n"})

    assert len(person.asks) == 2


def test_a_grant_survives_the_session_and_a_session_yes_does_not(
    garden: Garden, root: Path, home: Path
) -> None:
    garden.allow("Edit(/notes/**)", days=None)
    with Garden.open(root, home=home) as again:
        kept = again.perform("Write", NOTE)
        asked = again.perform("Write", {**NOTE, "file_path": "other.md"})

    assert isinstance(kept, Done)
    assert isinstance(asked, Unanswered)


def test_can_i_read_it_is_answered_with_the_rule_and_its_line(
    garden: Garden, write_rules: Write
) -> None:
    write_rules(deny=["Read(private/**)"], ask=["Bash(git push *)"])

    assert garden.test_rule("Read", "notes/a.md").effect == "allow"
    assert garden.test_rule("Read", "/etc/passwd").effect == "deny"
    assert garden.test_rule("Edit", "notes/a.md").effect == "ask"
    assert garden.test_rule("WebFetch", "http://127.0.0.1/").effect == "deny"
    assert garden.test_rule("WebFetch", "https://example.com/").effect == "ask"
    push = garden.test_rule("Bash", "git push origin main")
    assert push.effect == "ask"
    assert str(push.rule) == "Bash(git push *)"


def test_every_tool_says_what_it_takes_and_is_found_by_the_scan(garden: Garden) -> None:
    tools = garden.gatehouse.tools

    assert set(tools) == {
        "Agent", "Bash", "Delete", "Edit", "Glob", "Grep", "Import", "Read", "Rename", "Search",
        "Skill", "WebFetch", "Where", "Write", "board.add", "folder.draft", "ghost.draft",
        "ghost.image", "ghost.newsletter", "ghost.publish", "ghost.schedule", "ghost.update",
        "notes.write", "plan.keep", "trello.board", "trello.card", "trello.due", "trello.label",
        "trello.move", "trello.push",
    }  # fmt: skip
    for name, tool in tools.items():
        assert tool.name == name
        assert tool.summary
        assert tool.Input.model_fields or name == "trello.board"  # there is one board
