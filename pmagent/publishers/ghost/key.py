"""The Admin API key of a Ghost site, and the token that each request carries made of it.

The secret is in no representation, no message and no payload. A token is a JSON Web Token (RFC
7519) of HS256, made anew for every request: the server takes none that is older than five minutes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pmagent.errors import UsageError

KEY_VARIABLE = "PMAGENT_GHOST_ADMIN_KEY"
LIFETIME_S = 300
"""Ghost counts five minutes from the time of issue, whatever the token says."""
_KEY = re.compile(r"([0-9a-f]{24}):([0-9a-f]{64})")
_CONTENT_KEY = re.compile(r"[0-9a-f]{26}")
_WHERE = "copy it in Ghost from Settings, Integrations, your integration, Admin API key"


@dataclass(frozen=True, kw_only=True)
class GhostKey:
    """A key that may be sent."""

    id: str
    """Names the key to the server; no secret."""
    secret: bytes = field(repr=False)


def parse_key(text: str) -> GhostKey:
    """The key that `text` is.

    Raises:
        UsageError: it is none. The message holds no part of it.
    """
    text = text.strip()
    found = _KEY.fullmatch(text)
    if found is not None:
        return GhostKey(id=found[1], secret=bytes.fromhex(found[2]))
    if _CONTENT_KEY.fullmatch(text):
        raise UsageError("this is the Content API key, which can only read", _WHERE)
    raise UsageError(
        "this is not an Admin API key: one is 24 and 64 hexadecimal digits with a colon between",
        _WHERE,
    )


def find_key(
    address: str, environment: Mapping[str, str], read_secret: Callable[[str], str]
) -> GhostKey:
    """The key for a site. `read_secret` gives what a keyring holds under a name, or nothing.

    Raises:
        UsageError: there is none.
    """
    text = environment.get(KEY_VARIABLE, "").strip() or read_secret(account_of(address))
    if not text:
        raise UsageError(
            f'there is no Admin API key for "{address}"',
            f'"pmagent ghost connect {address}" asks for one; or set {KEY_VARIABLE}',
        )
    return parse_key(text)


def fingerprint(key: GhostKey) -> str:
    """Tells two keys apart, and gives neither away."""
    return hashlib.sha256(key.id.encode("ascii") + key.secret).hexdigest()[:16]


def account_of(address: str) -> str:
    """The name under which a keyring holds the key for one site, and for no other."""
    return f"ghost {address}"


def sign_token(key: GhostKey, now: datetime) -> str:
    """What stands behind `Authorization: Ghost `, good for five minutes from `now`."""
    issued = int(now.timestamp())
    head = _part({"alg": "HS256", "typ": "JWT", "kid": key.id})
    claims = _part({"iat": issued, "exp": issued + LIFETIME_S, "aud": "/admin/"})
    signed = f"{head}.{claims}"
    mark = hmac.new(key.secret, signed.encode("ascii"), hashlib.sha256).digest()
    return f"{signed}.{_base64(mark)}"


def _part(values: Mapping[str, str | int]) -> str:
    return _base64(json.dumps(values, separators=(",", ":")).encode("ascii"))


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
