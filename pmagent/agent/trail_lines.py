"""One line of the audit trail: how it is written, sealed and read back. Pure; opens nothing.

A line is one JSON object in ASCII: a line end, an escape sequence or a bracket in a file's name
stays inside its string, so no name can forge a record. The fields stand in the order of their names
and the seal, an HMAC over all of them, stands last. Each line holds the hash of the line before.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, cast, get_args

from pmagent.errors import TrailError
from pmagent.safe_text import spell_out
from pmagent.types.actions import AuditEntry

FORM = 1
"""Of a line; raised when an older reader would misunderstand it."""
START = hashlib.sha256(b"pmagent audit trail").hexdigest()
"""What the first line names as the line before it."""
MOST_BYTES = 120_000
"""No line is longer: the fields are cut so that even escaped they stay below."""
Kind = Literal["decision", "outcome", "grant", "undo", "trust"]
_SEAL = b',"seal":"'
_SEAL_DIGITS = 64
_TAIL = b'"}\n'
_OUTSIDE = len(_SEAL) + _SEAL_DIGITS + len(_TAIL)
_KINDS = frozenset(cast("tuple[str, ...]", get_args(Kind)))


@dataclass(frozen=True)
class Link:
    """What ties a line to the one before: its number and hash."""

    seq: int
    digest: str


NOTHING = Link(0, START)
"""What the first line is tied to."""


@dataclass(frozen=True)
class Line:
    """A line that was read: whose seal is right, what it says it follows, and what it is."""

    seq: int
    prev: str
    link: Link


def write_line(entry: AuditEntry, before: Link, key: bytes) -> bytes:
    """`entry` as a sealed line with its line end, tied to `before`."""
    fields: dict[str, object] = {
        **cast("dict[str, object]", vars(entry)),
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "form": FORM,
        "prev": before.digest,
    }
    body = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode("ascii")[:-1]
    return b"".join((body, _SEAL, _seal(body, key), _TAIL))


def check_line(raw: bytes, key: bytes) -> Line | None:
    """The line `raw`, with its line end; None where it is not one that was sealed with `key`."""
    body = raw[:-_OUTSIDE]
    seal = raw[len(body) + len(_SEAL) : -len(_TAIL)]
    if raw != b"".join((body, _SEAL, seal, _TAIL)):
        return None
    if not hmac.compare_digest(seal, _seal(body, key)):
        return None
    fields = cast("dict[str, object]", json.loads(body + b"}"))
    seq, prev = cast("int", fields["seq"]), cast("str", fields["prev"])
    return Line(seq, prev, Link(seq, digest_of(raw)))


def read_entry(raw: bytes) -> AuditEntry | None:
    """What the line says, whether or not it is sealed; None where it is no record at all."""
    try:
        found = cast("object", json.loads(raw))
        if not isinstance(found, dict):
            return None
        fields = {key: cast("dict[str, object]", found)[key] for key in AuditEntry.__annotations__}
        at = datetime.fromisoformat(str(fields.pop("at")))
        seq = fields.pop("seq")
    except (ValueError, KeyError, RecursionError):
        return None
    if not isinstance(seq, int) or at.tzinfo is None or fields["kind"] not in _KINDS:
        return None
    if not all(isinstance(value, str) for value in fields.values()):
        return None
    return AuditEntry(seq=seq, at=at, **fields)  # pyright: ignore[reportArgumentType] - as checked


def digest_of(raw: bytes) -> str:
    """The hash by which the next line names this one."""
    return hashlib.sha256(raw).hexdigest()


def one_line(text: str, most: int) -> str:
    """`text` on one line, every hidden character spelled out; beyond `most` it is cut and named."""
    shown = spell_out(text)
    if len(shown) <= most:
        return shown
    mark = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{shown[:most]}… ({len(text):,} characters, sha256 {mark}…)"


def utc(moment: datetime) -> datetime:
    """The same moment in UTC.

    Raises:
        TrailError: it has no time zone, so it is no moment.
    """
    if moment.tzinfo is None:
        raise TrailError("the audit trail was given a time without a zone")
    return moment.astimezone(UTC)


def _seal(body: bytes, key: bytes) -> bytes:
    return hmac.digest(key, body, "sha256").hex().encode("ascii")
