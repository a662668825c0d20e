"""The idempotency key of a wish, and the digest of a payload. Pure."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence

from pmagent.errors import UsageError
from pmagent.types.actions import Json
from pmagent.types.outbox import Wish

KEY_DIGITS = 20


def key_of(wish: Wish) -> str:
    """The key: 20 hex digits of sha256(kind, target, business key, occurrence).

    A wish that is only held has the run in it besides: what a shadow run would have done never
    stands in the place of what is done, and each such run can be looked at.
    """
    parts: list[Json] = [wish.kind, wish.target, wish.business_key, wish.occurrence]
    if wish.is_held:
        parts += ["held", wish.run]
    return _sha256(parts)[:KEY_DIGITS]


def digest_of(payload: Mapping[str, Json]) -> str:
    """sha256 of the payload as canonical JSON: keys sorted, no spaces, UTF-8."""
    return _sha256(payload)


def plain(value: Json) -> Json:
    """The value in lists and dicts only, as JSON gives it back.

    Raises:
        UsageError: a number in it has no form in JSON.
    """
    match value:
        case str() | bool() | int() | None:
            return value
        case float():
            if not math.isfinite(value):
                raise UsageError(f'"{value}" cannot be sent', "give a finite number")
            return value
        case Mapping():
            return {str(name): plain(value[name]) for name in value}
        case Sequence():
            return [plain(item) for item in value]


def _sha256(value: Json) -> str:
    text = json.dumps(
        plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
