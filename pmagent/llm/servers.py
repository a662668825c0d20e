"""Where a model is reached and with which key: one reading of a base address.

Pure: nothing is resolved or connected here.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Literal

from pmagent.errors import FetchError, ModelError
from pmagent.net.addresses import parse_target

OFFICIAL_ADDRESS = "https://api.anthropic.com"
_ANY_PORT = range(1, 65_536)


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server that speaks the Messages API."""

    address: str
    """Where paths such as `/v1/messages` are put behind."""
    host: str
    """As a person is told: `api.anthropic.com`, `localhost:11434`."""
    is_local: bool
    """Whether it is this computer."""
    is_official: bool
    may_have_key: bool
    """Whether a key may be sent there: over TLS, or without leaving this computer."""


@dataclass(frozen=True, kw_only=True)
class Key:
    """A key, and where it was found. Its value is in no representation of it."""

    value: str = field(repr=False)
    kind: Literal["api_key", "auth_token"] = "api_key"
    source: Literal["environment", "keyring"] = "environment"


@dataclass(frozen=True, kw_only=True)
class NoKey:
    """There is none."""

    problem: str
    """Why, as a plain sentence."""


def read_server(base_url: str) -> Server:
    """The server at `base_url`; the official one where that is empty.

    A closing `/` or `/v1` is left off, since the paths bring it along.

    Raises:
        ModelError: it is no address, or holds a name or password.
    """
    try:
        target = parse_target(base_url or OFFICIAL_ADDRESS, ports=_ANY_PORT)
    except FetchError as exc:
        raise ModelError(
            f"the base address of the model cannot be used: {exc.message}",
            'give one such as "http://localhost:11434" as base-url or ANTHROPIC_BASE_URL',
            kind="invalid_request",
        ) from exc
    path = target.path_and_query.partition("?")[0].rstrip("/").removesuffix("/v1")
    address = target.origin + path
    is_local = _is_this_computer(target.host)
    return Server(
        address=address,
        host=target.authority,
        is_local=is_local,
        is_official=address == OFFICIAL_ADDRESS,
        may_have_key=is_local or target.scheme == "https",
    )


def _is_this_computer(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
