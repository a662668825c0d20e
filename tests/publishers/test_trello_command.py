"""`pmagent trello`, as a person and a script meet it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pmagent.cli.trello_command import command
from pmagent.config import read_own_settings
from pmagent.errors import FetchError, SettingsError, UsageError
from pmagent.paths import find_homes
from tests.llm.conftest import MemoryRing, ring
from tests.publishers.fake_trello import BOARD, KEY, SHORT_LINK, TOKEN, FakeTrello, serve_trello
from tests.terminal import WITH_MEMORY_RING, assert_never_shown, type_at_terminal

__all__ = ["ring"]


@pytest.fixture
def fake() -> Iterator[FakeTrello]:
    with serve_trello() as trello:
        yield trello


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setenv("PMAGENT_HOME", str(tmp_path))
    for name in ("PMAGENT_TRELLO_KEY", "PMAGENT_TRELLO_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def run(*words: str) -> Result:
    return CliRunner().invoke(command, words, standalone_mode=False)


def give(monkeypatch: pytest.MonkeyPatch, key: str = KEY, token: str = TOKEN) -> None:
    monkeypatch.setenv("PMAGENT_TRELLO_KEY", key)
    monkeypatch.setenv("PMAGENT_TRELLO_TOKEN", token)


def test_a_board_is_set_up_by_its_whole_id_with_the_key_of_the_environment(
    fake: FakeTrello, ring: MemoryRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch)

    ran = run("connect", f"{fake.url}/boards/{SHORT_LINK}")

    assert ran.return_value == 0
    assert '"A board" at https://trello.com/b/9ea5e97d answers' in ran.stderr
    kept = f"{fake.url}/boards/{BOARD}"
    assert read_own_settings(find_homes()).trello_board == kept
    assert ring.kept == {}
    assert json.loads(run("status", "--json").stdout)["data"] == {
        "address": "https://trello.com/b/9ea5e97d", "board": kept, "title": "A board",
        "key": "environment",
    }  # fmt: skip
    assert fake.writes() == []
    assert not any(secret in ran.output for secret in (KEY, TOKEN))


@pytest.mark.parametrize(
    ("token", "board", "says"),
    [
        ("x" * 40, SHORT_LINK, "does not accept the token"),
        (TOKEN, "f" * 24, "no longer there"),
    ],
)
def test_a_board_that_does_not_answer_is_not_set_up(
    fake: FakeTrello, monkeypatch: pytest.MonkeyPatch, token: str, board: str, says: str
) -> None:
    give(monkeypatch, token=token)

    ran = run("connect", f"{fake.url}/boards/{board}")

    assert isinstance(ran.exception, FetchError)
    assert says in ran.exception.message
    assert token not in ran.exception.message + ran.exception.hint
    assert read_own_settings(find_homes()).trello_board == ""


def test_an_archived_board_is_not_set_up(fake: FakeTrello, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch)
    fake.is_closed = True

    ran = run("connect", f"{fake.url}/boards/{BOARD}")

    assert isinstance(ran.exception, FetchError)
    assert "is archived" in ran.exception.message


def test_what_is_no_key_or_no_board_is_told_before_anything_is_sent(
    fake: FakeTrello, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, key="nonsense")
    ran = run("connect", f"{fake.url}/boards/{BOARD}")
    assert isinstance(ran.exception, UsageError)
    assert "nonsense" not in ran.exception.message

    give(monkeypatch)
    for board in ("http://blog.example.org/boards/" + BOARD, "https://trello.com/c/9ea5e97d", "x"):
        assert isinstance(run("connect", board).exception, UsageError)
    assert fake.hits == []


def test_a_setting_that_names_a_board_only_nearly_is_refused() -> None:
    homes = find_homes()
    homes.config.mkdir(parents=True)
    (homes.config / "settings.json").write_text(
        json.dumps({"pmagent": {"trello-board": f"http://trello.example.org/boards/{BOARD}"}})
    )

    with pytest.raises(SettingsError, match="trello-board"):
        read_own_settings(homes)


def test_what_is_no_board_is_said_before_a_key_is_asked_for() -> None:
    ran = CliRunner().invoke(command, ["connect", "my board"], standalone_mode=False)

    assert isinstance(ran.exception, UsageError)
    assert ran.exception.message == '"my board" is no Trello board'


def test_without_a_terminal_no_key_is_asked_for(fake: FakeTrello) -> None:
    ran = CliRunner().invoke(
        command, ["connect", f"{fake.url}/boards/{BOARD}"], input=f"{KEY}\n{TOKEN}\n",
        standalone_mode=False,
    )  # fmt: skip

    assert isinstance(ran.exception, UsageError)
    assert "PMAGENT_TRELLO_KEY and PMAGENT_TRELLO_TOKEN" in ran.exception.hint


def test_key_and_token_typed_at_a_terminal_are_kept_in_the_keyring_and_never_shown(
    fake: FakeTrello, tmp_path: Path
) -> None:
    code = (
        f"{WITH_MEMORY_RING}"
        "from pmagent.cli.trello_command import command\n"
        f"command(['connect', '{fake.url}/boards/{BOARD}'], standalone_mode=False)\n"
        "kept = keyring.get_password('pmagent', 'trello')\n"
        "command(['status'], standalone_mode=False)\n"
        f"sys.exit(kept != '{KEY}:{TOKEN}')\n"
    )
    seen = type_at_terminal(code, [(b"Trello key", KEY), (b"Trello token", TOKEN)], tmp_path)

    assert b"key and token from the keyring" in seen
    assert_never_shown(KEY, seen, tmp_path)
    assert_never_shown(TOKEN, seen, tmp_path)


def test_a_board_is_forgotten_with_its_key(
    fake: FakeTrello, ring: MemoryRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch)
    run("connect", f"{fake.url}/boards/{BOARD}")
    give(monkeypatch, key="", token="")
    ring.kept["pmagent", "trello"] = f"{KEY}:{TOKEN}"
    assert run("status").return_value == 0

    assert run("forget").return_value == 0

    assert ring.kept == {}
    assert read_own_settings(find_homes()).trello_board == ""
    assert (run("forget").return_value, run("status").return_value) == (1, 1)
