"""Keys: from the environment or the keyring, for one host, and never shown."""

from __future__ import annotations

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null

from pmagent.errors import ModelError
from pmagent.llm.keys import find_key, forget_key, store_key
from pmagent.llm.servers import Key, NoKey, read_server
from tests.llm.conftest import KEY, MemoryRing

OFFICIAL = read_server("")
LOCAL = read_server("http://localhost:11434")
FAR = read_server("http://192.168.1.9:11434")


class Broken(KeyringBackend):
    """As a backend that is half installed."""

    priority = 1  # pyright: ignore[reportAssignmentType]

    def get_password(self, service: str, username: str) -> str | None:
        raise AttributeError(f"no bus for {KEY} of {service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AttributeError(f"no bus for {password} of {service} {username}")


class Plain(MemoryRing):
    """As one that keeps passwords in a plain file."""

    priority = 1  # pyright: ignore[reportAssignmentType]


Plain.__module__ = "keyrings.alt.file"


def test_the_environment_goes_before_the_keyring(ring: MemoryRing) -> None:
    ring.kept["pmagent", "api.anthropic.com"] = "from-the-ring"

    assert find_key({"ANTHROPIC_API_KEY": KEY}, OFFICIAL) == Key(value=KEY)
    assert find_key({"ANTHROPIC_AUTH_TOKEN": "t"}, OFFICIAL) == Key(value="t", kind="auth_token")
    assert find_key({}, OFFICIAL) == Key(value="from-the-ring", source="keyring")


def test_a_key_is_kept_for_one_host_and_taken_away_again(ring: MemoryRing) -> None:
    store_key(f" {KEY}\n", OFFICIAL)

    assert ring.kept == {("pmagent", "api.anthropic.com"): KEY}
    assert find_key({}, LOCAL) == NoKey(problem='there is no key for "localhost:11434"')
    assert (forget_key(OFFICIAL), forget_key(OFFICIAL)) == (True, False)
    assert ring.kept == {}


def test_no_key_is_found_for_a_server_that_is_not_reached_by_https(ring: MemoryRing) -> None:
    ring.kept["pmagent", FAR.host] = KEY

    found = find_key({"ANTHROPIC_API_KEY": KEY}, FAR)

    assert found == NoKey(
        problem='no key is sent to "192.168.1.9:11434": it is not reached by https'
    )
    with pytest.raises(ModelError, match="not reached by https"):
        store_key(KEY, FAR)


@pytest.mark.parametrize(
    "value", ["", "  ", "two words", "zeilen\numbruch", "schlüssel", "k" * 5_000]
)
def test_what_cannot_stand_in_a_header_is_no_key(value: str) -> None:
    with pytest.raises(ModelError, match="not a key"):
        store_key(value, OFFICIAL)
    assert isinstance(find_key({"ANTHROPIC_API_KEY": value}, OFFICIAL), NoKey)


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        (fail.Keyring, "this system has no keyring"),
        (null.Keyring, "the keyring of this system keeps nothing"),
        (Broken, "the keyring does not work (AttributeError)"),
        (Plain, "the keyring chosen here keeps passwords in a plain file"),
    ],
)
def test_a_keyring_that_is_missing_or_broken_is_one_plain_sentence(
    backend: type[KeyringBackend], words: str
) -> None:
    keyring.set_keyring(backend())

    with pytest.raises(ModelError) as told:
        store_key(KEY, OFFICIAL)

    assert (told.value.message, told.value.kind) == (f"the key was not kept: {words}", "no_key")
    assert told.value.hint == "set ANTHROPIC_API_KEY in your environment instead"
    assert isinstance(find_key({}, OFFICIAL), NoKey)


def test_no_representation_of_a_key_shows_it() -> None:
    assert KEY not in f"{Key(value=KEY)!r} {Key(value=KEY)}"
