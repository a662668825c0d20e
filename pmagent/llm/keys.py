"""Keys: from the environment, else from the system's own keyring. The one place that knows of it.

Most are for a model's server; a publisher's key is kept here by the name of its site. A key is
never written to a file, never logged and never part of a message. In the keyring it is kept under
the host it is for, so one server's key is never sent to another.
"""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from typing import Literal

import keyring
import keyring.errors

from pmagent.errors import ModelError
from pmagent.llm.servers import Key, NoKey, Server

SERVICE = "pmagent"
KEY_VARIABLE = "ANTHROPIC_API_KEY"
TOKEN_VARIABLE = "ANTHROPIC_AUTH_TOKEN"  # noqa: S105 - a name, not a token
LONGEST_KEY = 4_096
_VARIABLES: tuple[tuple[str, Literal["api_key", "auth_token"]], ...] = (
    (KEY_VARIABLE, "api_key"),
    (TOKEN_VARIABLE, "auth_token"),
)
# Backends are others' code and found by configuration: these are what they raise when they are
# missing, locked, half installed or without a session to talk to.
_TROUBLE = (
    keyring.errors.KeyringError, ImportError, RuntimeError, AttributeError, KeyError, TypeError,
    ValueError, OSError, configparser.Error,
)  # fmt: skip


def find_key(environment: Mapping[str, str], server: Server) -> Key | NoKey:
    """The key for `server`. The keyring is asked only where the environment has none.

    The keyring may take seconds to answer, or ask the person to unlock it.
    """
    if not server.may_have_key:
        return NoKey(problem=f'no key is sent to "{server.host}": it is not reached by https')
    for name, kind in _VARIABLES:
        value = environment.get(name, "").strip()
        if value:
            if not _is_sendable(value):
                return NoKey(problem=f"{name} is not a key: it has blanks or odd letters in it")
            return Key(value=value, kind=kind)
    return read_secret(server.host)


def read_secret(account: str) -> Key | NoKey:
    """What the keyring holds under a name; it may take seconds, or ask the person to unlock it."""
    try:
        found = keyring.get_password(SERVICE, account)
    except _TROUBLE as exc:
        return NoKey(problem=f'there is no key for "{account}", and {_no_keyring(exc)}')
    if not found or not _is_sendable(found):
        return NoKey(problem=f'there is no key for "{account}"')
    return Key(value=found, source="keyring")


def store_key(value: str, server: Server) -> None:
    """Keep a key for `server` in the keyring, in place of an earlier one.

    Raises:
        ModelError: it is not a key, or there is no keyring that keeps it.
    """
    if not server.may_have_key and _is_sendable(value.strip()):
        raise _fault(f'no key is kept for "{server.host}": it is not reached by https')
    store_secret(value, server.host)


def store_secret(value: str, account: str, *, variable: str = KEY_VARIABLE) -> None:
    """Keep a key under a name, in place of an earlier one. `variable` may be set instead.

    Raises:
        ModelError: it is not a key, or there is no keyring that keeps it.
    """
    value = value.strip()
    if not _is_sendable(value):
        said = "this is not a key: it is empty, too long, or has blanks or odd letters in it"
        raise _fault(said, variable)
    try:
        _refuse_plain_files()
        keyring.set_password(SERVICE, account, value)
        kept = keyring.get_password(SERVICE, account)
    except _TROUBLE as exc:
        # It may hold the key.
        raise _fault(f"the key was not kept: {_no_keyring(exc)}", variable) from None
    # A backend that switches the keyring off takes every key and keeps none.
    if kept != value:
        said = "the key was not kept: the keyring of this system keeps nothing"
        raise _fault(said, variable)


def forget_key(server: Server) -> bool:
    """Take the key for `server` out of the keyring; whether there was one.

    Raises:
        ModelError: there is no keyring, or it refuses.
    """
    return forget_secret(server.host)


def forget_secret(account: str) -> bool:
    """Take what is kept under a name out of the keyring; whether there was anything.

    Raises:
        ModelError: there is no keyring, or it refuses.
    """
    try:
        if not keyring.get_password(SERVICE, account):
            return False
        keyring.delete_password(SERVICE, account)
    except _TROUBLE as exc:
        raise _fault(f"no key was taken away: {_no_keyring(exc)}") from None
    return True


def _refuse_plain_files() -> None:
    backend = type(keyring.get_keyring())
    if backend.__module__.startswith("keyrings.alt"):
        raise RuntimeError("it would keep the key in a file")


def _no_keyring(exc: BaseException) -> str:
    match exc:
        case keyring.errors.NoKeyringError():
            return "this system has no keyring"
        case keyring.errors.KeyringLocked():
            return "the keyring is locked"
        case RuntimeError() if str(exc) == "it would keep the key in a file":
            return "the keyring chosen here keeps passwords in a plain file"
        case _:
            return f"the keyring does not work ({type(exc).__name__})"


def _is_sendable(value: str) -> bool:
    """Whether it can stand in a header."""
    return (
        0 < len(value) <= LONGEST_KEY
        and value.isascii()
        and value.isprintable()
        and " " not in value
    )


def _fault(message: str, variable: str = KEY_VARIABLE) -> ModelError:
    return ModelError(message, f"set {variable} in your environment instead", kind="no_key")
