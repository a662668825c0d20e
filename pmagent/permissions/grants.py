"""What a person granted with a key press: how far an agent goes, single rules, trusted files.

Kept in one file of the garden's data folder, outside the garden, readable by its owner alone and
replaced whole. A file that cannot be read grants nothing and says so. Time is always an argument.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from pmagent.paths import make_private_dir, reason_of, write_atomically
from pmagent.permissions.rules import parse_rule
from pmagent.permissions.trust import Grant, Trust, TrustedFile, is_in_force
from pmagent.types.actions import Source, TrustLevel

TRUST_FILE = "trust.json"
MAX_TRUST_BYTES = 1_000_000
WEEK = timedelta(days=7)
Lasting = Literal["session", "week", "always"]
"""How long a grant holds. One for a single turn is never stored."""


def read_trust(path: Path) -> Trust:
    """What is granted by the file at `path`; nothing where there is none or it is damaged."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            state = os.fstat(descriptor)
            data = stream.read(MAX_TRUST_BYTES + 1) if stat.S_ISREG(state.st_mode) else b""
    except FileNotFoundError:
        return Trust()
    except OSError as exc:
        return _nothing(path, reason_of(exc))
    if state.st_uid != os.getuid() or state.st_mode & 0o022:
        return _nothing(path, "others could have written it")
    if len(data) > MAX_TRUST_BYTES:
        return _nothing(path, f"it is larger than {MAX_TRUST_BYTES:,} bytes")
    # Late: pydantic takes a while to load, and most gardens have granted nothing.
    from pmagent.permissions.trust_file import decode_trust  # noqa: PLC0415

    return decode_trust(data) or _nothing(path, "it is damaged")


def write_trust(path: Path, trust: Trust) -> None:
    """Replace the file at `path`, readable by its owner alone.

    Raises:
        StorageError: the disk is full or refuses.
    """
    from pmagent.permissions.trust_file import encode_trust  # noqa: PLC0415 - as in `read_trust`

    make_private_dir(path.parent)
    write_atomically(path, encode_trust(trust))


def with_level(trust: Trust, level: TrustLevel) -> Trust:
    """`trust` with another level."""
    return replace(trust, level=level, problem="")


def with_grant(
    trust: Trust, rule: str, *, now: datetime, lasting: Lasting, session: str = ""
) -> Trust:
    """`trust` with one more granted rule; the same rule again is renewed.

    Raises:
        RuleFaultError: the rule has no meaning.
        ValueError: `now` has no time zone, or a grant for a session names none.
    """
    if now.tzinfo is None:
        raise ValueError("the time of a grant has a time zone")
    if lasting == "session" and not session:
        raise ValueError("a grant for a session names the session")
    parse_rule(rule, effect="allow", layer="grant", source=Source(path=""))
    of = session if lasting == "session" else ""
    kept = tuple(g for g in trust.grants if (g.rule, g.session) != (rule, of))
    same = [g for g in trust.grants if (g.rule, g.session) == (rule, of)]
    grant = Grant(
        rule=rule,
        granted_at=now,
        expires_at=now + WEEK if lasting == "week" else None,
        session=of,
        uses=same[0].uses if same else 0,
        last_used=same[0].last_used if same else None,
    )
    return replace(trust, grants=(*kept, grant), problem="")


def without_grant(trust: Trust, rule: str) -> Trust:
    """`trust` without a rule, in whatever session it was granted."""
    return replace(trust, grants=tuple(g for g in trust.grants if g.rule != rule))


def with_use(trust: Trust, rule: str, *, now: datetime) -> Trust:
    """`trust` with one more use of a granted rule counted."""
    grants = tuple(
        replace(grant, uses=grant.uses + 1, last_used=now) if grant.rule == rule else grant
        for grant in trust.grants
    )
    return replace(trust, grants=grants)


def with_digest(trust: Trust, what: str, sha256: str, *, now: datetime) -> Trust:
    """`trust` with the exact bytes of one file trusted; earlier bytes of it no longer are."""
    kept = tuple(file for file in trust.files if file.what != what)
    return replace(trust, files=(*kept, TrustedFile(what=what, sha256=sha256, at=now)), problem="")


def without_digest(trust: Trust, what: str) -> Trust:
    """`trust` without one file."""
    return replace(trust, files=tuple(file for file in trust.files if file.what != what))


def expire(trust: Trust, *, now: datetime, sessions: Sequence[str] | None = None) -> Trust:
    """`trust` without what has run out, and without the grants of sessions that have ended.

    `sessions` are those that still run; None leaves the grants of all sessions.
    """
    kept = tuple(
        grant
        for grant in trust.grants
        if is_in_force(grant, now)
        and (not grant.session or sessions is None or grant.session in sessions)
    )
    return replace(trust, grants=kept)


def _nothing(path: Path, why: str) -> Trust:
    return Trust(problem=f'"{path}" cannot be used, so nothing is granted: {why}')
