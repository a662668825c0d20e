"""`pmagent sessions` as a person and a script meet it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pytest
from click.testing import CliRunner, Result

from pmagent.agent.moment import utc_now
from pmagent.agent.session_store import SessionStore
from pmagent.cli.sessions_command import command
from pmagent.errors import UsageError
from pmagent.garden import Garden
from pmagent.types.sessions import Asked, Ended
from pmagent.types.talk import Message, Text


@pytest.fixture
def told(garden: Garden) -> str:
    """A garden with two sessions; gives its folder."""
    with SessionStore(garden.data_dir, now=utc_now) as store:
        for words in ("What about pricing?", "Draft the \x1b[2Jroadmap"):
            with store.create() as session:
                for number in (1, 2):
                    typed = f"{words} {number}"
                    message = Message(role="user", parts=(Text(text=typed),))
                    session.append(Asked(turn=f"t{number}", typed=typed, message=message))
                    shown = f"A walrus, [a.md:{number}]."
                    session.append(Ended(turn=f"t{number}", reason="done", shown=shown))
                session.keep_draft("and then")
    return str(garden.root)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, standalone_mode=False)


def sessions(result: Result) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", json.loads(result.stdout)["data"]["sessions"])


def test_the_list_is_the_command_without_a_name_and_words_search(told: str) -> None:
    listed = run("--garden", told)
    assert listed.return_value == 0
    assert [line.split("  ")[3] for line in listed.stdout.splitlines()] == [
        "Draft the roadmap 1", "What about pricing? 1",
    ]  # fmt: skip
    assert "\x1b" not in listed.stdout

    [found] = sessions(run("prices", "--json", "--garden", told))
    assert (found["name"], found["found"]) == ("What about pricing? 1", ["prices"])
    assert len(sessions(run("list", "walrus", "--json", "--garden", told))) == 2

    none = run("helicopter", "--garden", told)
    assert (none.return_value, none.stdout) == (1, "")
    assert 'no session speaks of "helicopter"' in none.stderr


def test_a_session_is_shown_and_written_out(told: str) -> None:
    shown = run("show", "pricing", "--garden", told).stdout.splitlines()
    assert shown[0] == "What about pricing? 1"
    assert shown[3:5] == ["you: What about pricing? 1", "A walrus, [a.md:1]."]
    assert shown[-1] == "typed and not sent: and then"

    assert run("export", "pricing", "--garden", told).stdout.startswith("# What about pricing? 1\n")
    assert run("export", "pricing", "--md", "--garden", told).stdout.endswith("- a.md:2\n")
    whole = json.loads(run("export", "pricing", "--json", "--garden", told).stdout)
    assert whole["schema"] == "pmagent.session/1"


def test_a_session_is_named_and_copied_up_to_a_turn(told: str, tmp_path: Path) -> None:
    assert run("rename", "pricing", "Prices 2027", "--garden", told).return_value == 0

    copy = run("fork", "prices 2027", "--at", "1", "--garden", told).stdout.strip()

    rows = {str(row["id"]): row for row in sessions(run("--json", "--garden", told))}
    assert rows[copy]["turns"] == 1
    assert rows[str(rows[copy]["forked_from"])]["name"] == "Prices 2027"
    result = run("fork", "Prices 2027", "--at", "9", "--garden", told)
    assert isinstance(result.exception, UsageError)
    assert result.exception.message == 'the session has no turn "9"'
