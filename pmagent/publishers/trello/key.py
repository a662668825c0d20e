"""The key and token of a Trello account, and the header that carries both.

Neither is in a representation, a message, an address or a payload: they go in the header alone, so
that no log of addresses holds them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pmagent.errors import UsageError

KEY_VARIABLE = "PMAGENT_TRELLO_KEY"
TOKEN_VARIABLE = "PMAGENT_TRELLO_TOKEN"  # noqa: S105 - the name of a variable
ACCOUNT = "trello"
"""The name under which a keyring holds `key:token`."""
_KEY = re.compile(r"[0-9a-fA-F]{32}")
_TOKEN = re.compile(r"[A-Za-z0-9]{32,128}")
_WHERE = 'get both at "https://trello.com/power-ups/admin", with the scopes read and write'


@dataclass(frozen=True, kw_only=True)
class TrelloKey:
    """A key and a token that may be sent."""

    key: str = field(repr=False)
    token: str = field(repr=False)


def parse_key(text: str) -> TrelloKey:
    """What `key:token` is.

    Raises:
        UsageError: it is none. The message holds no part of it.
    """
    key, _, token = text.strip().partition(":")
    if not _KEY.fullmatch(key.strip()):
        raise UsageError("this is not a Trello key: one is 32 hexadecimal digits", _WHERE)
    if not _TOKEN.fullmatch(token.strip()):
        raise UsageError("this is not a Trello token: one is letters and digits", _WHERE)
    return TrelloKey(key=key.strip(), token=token.strip())


def find_key(environment: Mapping[str, str], read_secret: Callable[[str], str]) -> TrelloKey:
    """The key and token. `read_secret` gives what a keyring holds under a name, or nothing.

    Raises:
        UsageError: there are none.
    """
    key = environment.get(KEY_VARIABLE, "").strip()
    token = environment.get(TOKEN_VARIABLE, "").strip()
    text = f"{key}:{token}" if key and token else read_secret(ACCOUNT)
    if not text:
        raise UsageError(
            "there is no key and token for Trello",
            f'"pmagent trello connect" asks for both; or set {KEY_VARIABLE} and {TOKEN_VARIABLE}',
        )
    return parse_key(text)


def fingerprint(key: TrelloKey) -> str:
    """Tells two apart, and gives neither away."""
    return hashlib.sha256(f"{key.key}:{key.token}".encode("ascii")).hexdigest()[:16]


def header_of(key: TrelloKey) -> str:
    """What stands in `Authorization`."""
    return f'OAuth oauth_consumer_key="{key.key}", oauth_token="{key.token}"'
