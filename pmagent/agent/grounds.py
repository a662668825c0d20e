"""What the gate of one garden stands on, and what it is connected to outside itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pmagent.agent.rights import Rights
from pmagent.agent.tool import Result
from pmagent.config import Settings
from pmagent.errors import UsageError
from pmagent.paths import Homes
from pmagent.permissions.walls import Walls
from pmagent.types import Abstention, Found, Map, Parsed, Query
from pmagent.types.talk import Model

if TYPE_CHECKING:
    from pmagent.net.egress import Dialler, Resolver


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """What a garden is connected to outside itself; other values are for tests."""

    resolve: Resolver | None = None
    dial: Dialler | None = None
    trusts_documentation_addresses: bool = False
    model: Model | None = None
    """Answers in place of every language model but the offline one."""
    managed: tuple[Path, ...] | None = None
    """Where an organisation's settings stand; None for the system's own places."""
    now: Callable[[], datetime] | None = None
    """The clock of runs, their reviews and effects; None for the computer's own."""


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """The garden that the gate belongs to."""

    root: Path
    data_dir: Path
    homes: Homes
    settings: Settings
    rights: Rights
    walls: Walls
    """As tools see the files: what is denied is not there."""
    search: Callable[[Query], Found]
    where: Callable[[Query], Map | Abstention]
    parse: Callable[[bytes, str], Parsed]


def no_skill(name: str, args: str) -> Result:
    """Where no conversation was begun, there are no commands."""
    del args
    raise UsageError(f'the command "/{name}" needs a conversation', '"pmagent run" begins one')
