"""What was granted in one garden, as values: how far an agent goes, single rules, trusted files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pmagent.errors import RuleFaultError
from pmagent.permissions.rules import parse_rule
from pmagent.types.actions import Layer, Rule, Source, TrustLevel


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One rule that a person granted."""

    rule: str
    """As in a settings file: `Edit(/notes/**)`."""
    granted_at: datetime
    expires_at: datetime | None = None
    """None where it holds until it is taken back, or until its session ends."""
    session: str = ""
    """The session that it ends with; empty where it outlives it."""
    uses: int = 0
    last_used: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class TrustedFile:
    """One file of the garden that a person read and trusts, by its exact bytes."""

    what: str
    """Its path in the garden."""
    sha256: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Trust:
    """Everything that was granted in one garden."""

    level: TrustLevel = TrustLevel.LOOK
    grants: tuple[Grant, ...] = ()
    files: tuple[TrustedFile, ...] = ()
    problem: str = ""
    """Why nothing is granted, where the file cannot be used."""

    def is_trusted(self, digest: str) -> bool:
        """Whether a file with these bytes is trusted: SHA-256 in hexadecimal."""
        return any(file.sha256 == digest for file in self.files)

    def rules(self, *, now: datetime, session: str = "") -> tuple[Rule, ...]:
        """The granted rules that hold now in this session; those without a meaning are left out."""
        found: list[Rule] = []
        for grant in self.grants:
            if not is_in_force(grant, now) or grant.session not in {"", session}:
                continue
            layer: Layer = "session" if grant.session else "grant"
            try:
                rule = parse_rule(grant.rule, effect="allow", layer=layer, source=Source(path=""))
            except RuleFaultError:
                continue
            found.append(rule)
        return tuple(found)


def is_in_force(grant: Grant, now: datetime) -> bool:
    """Whether a grant holds at this moment."""
    # A clock that was set back must not bring a grant to life before it was given.
    if grant.expires_at is None:
        return True
    return grant.granted_at - timedelta(days=1) <= now < grant.expires_at
