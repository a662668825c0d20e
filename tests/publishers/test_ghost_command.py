"""`pmagent ghost`, as a person and a script meet it."""

from __future__ import annotations

import json
from pathlib import Path

import keyring
import pytest
from click.testing import CliRunner, Result

from pmagent.cli.ghost_command import command
from pmagent.config import read_own_settings
from pmagent.errors import FetchError, UsageError
from pmagent.paths import find_homes
from tests.llm.conftest import MemoryRing, ring
from tests.publishers.fake_ghost import ADMIN_KEY, SECRET, FakeGhost
from tests.terminal import WITH_MEMORY_RING, assert_never_shown, type_at_terminal

__all__ = ["ring"]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setenv("PMAGENT_HOME", str(tmp_path))
    monkeypatch.delenv("PMAGENT_GHOST_ADMIN_KEY", raising=False)


def run(*words: str) -> Result:
    return CliRunner().invoke(command, words, standalone_mode=False)


def test_a_site_is_set_up_with_the_key_of_the_environment_which_is_not_kept(
    fake: FakeGhost, ring: MemoryRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PMAGENT_GHOST_ADMIN_KEY", ADMIN_KEY)

    ran = run("connect", f"{fake.url}/ghost/")

    assert ran.return_value == 0
    assert f'"A site" at {fake.url} answers (Ghost 6.65)' in ran.stderr
    assert read_own_settings(find_homes()).ghost_url == fake.url
    assert ring.kept == {}
    assert json.loads(run("status", "--json").stdout)["data"] == {
        "address": fake.url, "title": "A site", "version": "6.65", "key": "environment",
    }  # fmt: skip
    assert fake.writes() == []


def test_a_site_that_refuses_the_key_is_not_set_up(
    fake: FakeGhost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PMAGENT_GHOST_ADMIN_KEY", f"{'0' * 24}:{'f' * 64}")

    ran = run("connect", fake.url)

    assert isinstance(ran.exception, FetchError)
    assert "does not know this key" in ran.exception.message
    assert read_own_settings(find_homes()).ghost_url == ""


@pytest.mark.parametrize(
    ("key", "says"), [("a" * 26, "Content API key"), ("nonsense", "not an Admin API key")]
)
def test_what_is_no_admin_key_is_told_before_anything_is_sent(
    fake: FakeGhost, monkeypatch: pytest.MonkeyPatch, key: str, says: str
) -> None:
    monkeypatch.setenv("PMAGENT_GHOST_ADMIN_KEY", key)

    ran = run("connect", fake.url)

    assert isinstance(ran.exception, UsageError)
    assert says in ran.exception.message
    assert key not in ran.exception.message
    assert fake.hits == []


def test_an_address_in_the_clear_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PMAGENT_GHOST_ADMIN_KEY", ADMIN_KEY)

    assert isinstance(run("connect", "http://blog.example.org").exception, FetchError)


def test_without_a_terminal_no_key_is_asked_for(fake: FakeGhost) -> None:
    ran = CliRunner().invoke(
        command, ["connect", fake.url], input=f"{ADMIN_KEY}\n", standalone_mode=False
    )

    assert isinstance(ran.exception, UsageError)
    assert "PMAGENT_GHOST_ADMIN_KEY" in ran.exception.hint


def test_a_key_typed_at_a_terminal_is_kept_for_the_site_and_never_shown(
    fake: FakeGhost, tmp_path: Path
) -> None:
    code = (
        f"{WITH_MEMORY_RING}"
        "from pmagent.cli.ghost_command import command\n"
        f"command(['connect', '{fake.url}'], standalone_mode=False)\n"
        f"kept = keyring.get_password('pmagent', 'ghost {fake.url}')\n"
        "command(['status'], standalone_mode=False)\n"
        f"sys.exit(kept != '{ADMIN_KEY}')\n"
    )
    seen = type_at_terminal(code, [(b"Admin API key for", ADMIN_KEY)], tmp_path)

    assert b"key from the keyring" in seen
    assert_never_shown(SECRET, seen, tmp_path)


def test_a_site_is_forgotten_with_its_key(fake: FakeGhost, ring: MemoryRing) -> None:
    ring.kept["pmagent", f"ghost {fake.url}"] = ADMIN_KEY
    (find_homes().config).mkdir(parents=True, exist_ok=True)
    (find_homes().config / "settings.json").write_text(
        json.dumps({"pmagent": {"ghost-url": fake.url}}), encoding="utf-8"
    )
    assert run("status").return_value == 0

    assert run("forget").return_value == 0

    assert keyring.get_password("pmagent", f"ghost {fake.url}") is None
    assert read_own_settings(find_homes()).ghost_url == ""
    assert (run("forget").return_value, run("status").return_value) == (1, 1)


def test_a_site_without_a_key_says_how_to_give_one(fake: FakeGhost) -> None:
    (find_homes().config).mkdir(parents=True, exist_ok=True)
    (find_homes().config / "settings.json").write_text(
        json.dumps({"pmagent": {"ghost-url": fake.url}}), encoding="utf-8"
    )

    ran = run("status")

    assert isinstance(ran.exception, UsageError)
    assert f'"pmagent ghost connect {fake.url}"' in ran.exception.hint
