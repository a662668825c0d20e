"""What a garden allows, as a person looks at it: the rules, their use, the level, what waits.

Pure data, made by the garden and shown as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pmagent.types.actions import Effect, Layer, Mode, TrustLevel


@dataclass(frozen=True, kw_only=True)
class RightRow:
    """One rule, with what is known of its use."""

    effect: Effect
    rule_text: str
    """`Read(private/**)`, as it is written."""
    layer: Layer
    source_text: str = ""
    """`~/.claude/settings.json:14`; empty for what ships or was pressed."""
    uses: int = 0
    """Calls it has decided, as far as the trail goes back."""
    last_used: datetime | None = None
    expires: datetime | None = None
    """When it ends by itself; None where it stands until it is taken back."""
    is_dead_because: str = ""
    """Why it can never decide anything, in one plain sentence; empty for a live rule."""


@dataclass(frozen=True, kw_only=True)
class Untrusted:
    """A settings or hook file that came with the folder and counts for nothing until trusted."""

    path: str
    """As a person would name it, relative to the garden."""
    digest: str
    """What is trusted: exactly these bytes. Any change makes it wait again."""
    says: str = ""
    """What it would bring, such as `3 allow rules, 2 hooks`."""


@dataclass(frozen=True, kw_only=True)
class GardenRights:
    """All that decides what may be touched, now."""

    level: TrustLevel
    mode: Mode = "default"
    rows: tuple[RightRow, ...] = ()
    """In the order they are looked at: deny, ask, allow."""
    untrusted: tuple[Untrusted, ...] = ()
    sandbox_says: str = ""
    """How commands are walled in here, or why none can run; one sentence."""
    faults: tuple[str, ...] = ()
    """Settings that cannot be understood, one sentence each; any of them closes the garden."""
