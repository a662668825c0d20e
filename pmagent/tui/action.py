"""What an action is: one thing a person can do, its key, its command, and where it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scope = Literal[
    "app", "list", "conversation", "history", "map", "reader", "status", "first run", "help",
    "palette", "card", "diff", "garden", "audit", "undo", "agents", "model", "sessions", "rewind",
    "numbers", "kit", "chapters", "check", "review", "approval", "question", "dead letter",
    "hand-off", "runs", "trace", "week", "board", "choice", "option", "found", "push", "pushed",
    "keep",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing a person can do."""

    id: str
    """Stable, such as `map.next`."""
    scope: Scope
    summary: str
    """What happens, in a few words."""
    run: str
    """The action method on the screen or widget of that scope."""
    keys: str = ""
    """Textual's names, separated by commas."""
    shown: str = ""
    """The keys as a person reads them."""
    hint: str = ""
    """One word for the bottom line; none keeps it out of there."""
    command: str = ""
    """The slash command's name."""
    aliases: tuple[str, ...] = ()
    argument: str = ""
    """What the command takes, such as `QUESTION`; in brackets where it may be left out."""
    is_first: bool = False
    """Whether its keys count before those of the list that has the focus."""
