"""`pmagent trello`, as a person and a script meet it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import pmagent
from pmagent.cli.trello_command import command
from pmagent.config import read_own_settings
from pmagent.errors import FetchError, SettingsError, UsageError
from pmagent.paths import find_homes
from tests.llm.conftest import MemoryRing, ring
from tests.publishers.fake_trello import BOARD, KEY, SHORT_LINK, TOKEN, FakeTrello, serve_trello

__all__ = ["ring"]
TOP = Path(pmagent.__file__).parents[1]


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
        "import sys, keyring\n"
        "from tests.llm.conftest import MemoryRing\n"
        "keyring.set_keyring(MemoryRing())\n"
        "from pmagent.cli.trello_command import command\n"
        f"command(['connect', '{fake.url}/boards/{BOARD}'], standalone_mode=False)\n"
        "kept = keyring.get_password('pmagent', 'trello')\n"
        "command(['status'], standalone_mode=False)\n"
        f"sys.exit(kept != '{KEY}:{TOKEN}')\n"
    )
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=child, stdout=child, stderr=child, cwd=TOP,
        start_new_session=True, env={**os.environ, "PMAGENT_HOME": str(tmp_path)},
    )  # fmt: skip
    os.close(child)
    seen = b""
    for prompt, secret in ((b"Trello key", KEY), (b"Trello token", TOKEN)):
        while prompt not in seen:
            seen += os.read(parent, 1_000)
        os.write(parent, f"{secret}\n".encode())
    while True:
        try:
            seen += os.read(parent, 1_000)
        except OSError:  # the other end is closed
            break

    assert process.wait(20) == 0
    os.close(parent)
    assert b"key and token from the keyring" in seen
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    for secret in (KEY, TOKEN):
        assert secret.encode() not in seen
        assert not any(secret.encode() in data for data in written)


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
