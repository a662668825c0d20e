"""`pmagent model`, as a person and a script meet it."""

from __future__ import annotations

import json
from pathlib import Path

import keyring
import pytest
from click.testing import CliRunner, Result

from pmagent.cli.model_command import command
from pmagent.errors import ModelError, UsageError
from pmagent.llm.keys import find_key
from pmagent.llm.servers import Key, read_server
from tests.llm.conftest import KEY, MemoryRing, ring
from tests.terminal import WITH_MEMORY_RING, assert_never_shown, type_at_terminal

__all__ = ["ring"]
MODEL_VARIABLES = (
    "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "ANTHROPIC_MODEL",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _without_models(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    for name in MODEL_VARIABLES:
        monkeypatch.delenv(name, raising=False)


def run(*words: str) -> Result:
    return CliRunner().invoke(command, words, standalone_mode=False)


def told(ran: Result) -> dict[str, object]:
    return json.loads(ran.stdout)["data"]


def test_every_alias_is_listed_with_price_place_and_trouble() -> None:
    data = told(run("list", "--json"))

    rows = {row["alias"]: row for row in data["models"]}  # type: ignore[attr-defined]
    assert data["default"] == "offline"
    assert rows["offline"]["is_free"] is True
    assert (rows["fast"]["input_usd"], rows["fast"]["host"]) == ("0.1", "api.anthropic.com")
    assert rows["fast"]["problem"] == 'there is no key for "api.anthropic.com"'


def test_the_list_reads_as_a_table() -> None:
    lines = run("list").stdout.splitlines()

    assert "claude-haiku-5-5" in lines[0]
    assert "cannot be used" in lines[0]
    assert lines[2].startswith("*  offline")


def test_another_model_begins_from_then_on() -> None:
    run("use", "fast")

    assert told(run("list", "--json"))["default"] == "fast"
    assert isinstance(run("use", "sonet").exception, ModelError)
    assert told(run("list", "--json"))["default"] == "fast"


def test_without_a_terminal_no_key_is_asked_for() -> None:
    ran = CliRunner().invoke(command, ["key"], input=f"{KEY}\n", standalone_mode=False)

    assert isinstance(ran.exception, UsageError)
    assert "set ANTHROPIC_API_KEY" in ran.exception.hint


def test_a_key_is_forgotten(ring: MemoryRing) -> None:
    ring.kept["pmagent", "api.anthropic.com"] = KEY

    assert run("key", "--forget").return_value == 0
    assert run("key", "--forget").return_value == 1
    assert keyring.get_password("pmagent", "api.anthropic.com") is None


def test_a_key_typed_at_a_terminal_is_kept_and_never_shown(tmp_path: Path) -> None:
    code = (
        f"{WITH_MEMORY_RING}"
        "from pmagent.cli.model_command import command\n"
        "command(['key'], standalone_mode=False)\n"
        f"sys.exit(keyring.get_password('pmagent', 'api.anthropic.com') != '{KEY}')\n"
    )
    seen = type_at_terminal(code, [(b"key for", KEY)], tmp_path)

    assert b"is in the keyring" in seen
    assert_never_shown(KEY, seen, tmp_path)


def test_a_key_in_the_keyring_is_the_one_that_is_used(ring: MemoryRing) -> None:
    ring.kept["pmagent", "api.anthropic.com"] = KEY

    assert find_key({}, read_server("")) == Key(value=KEY, source="keyring")
    assert told(run("list", "--json"))["default"] == "deep"
