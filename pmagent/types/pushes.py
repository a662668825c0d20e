"""What a board elsewhere would be told: card by card, three versions of each field that differs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pmagent.types.actions import Outcome

PushState = Literal["new", "changed", "conflict", "kept", "left"]
"""`new`: it is made there. `changed`: fields of it are written. `conflict`: somebody changed a
field there that was changed here too, so nothing of the card is written until a person says which
counts.
`kept`: only changed there, so it stays. `left`: it cannot be sent, and `why` says so."""

FieldName = Literal["title", "text", "list", "due", "label"]


@dataclass(frozen=True, kw_only=True)
class PushField:
    """One field of a card in three versions, as a person reads them; empty where it has none."""

    name: FieldName
    here: str
    """As this board has it."""
    there: str
    """As the other board has it now."""
    base: str | None = None
    """As it was sent the last time; None where it never was."""


@dataclass(frozen=True, kw_only=True)
class PushCard:
    """One card that differs."""

    card: str
    """Its id on this board."""
    title: str
    state: PushState
    fields: tuple[PushField, ...] = ()
    """Those that differ; all that it will have where it is new."""
    url: str = ""
    """Where it lies there."""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class PushDiff:
    """What a push would do, read from both boards and written to none."""

    place: str
    """`trello`."""
    target: str
    """The board's address."""
    title: str
    """The board's name there."""
    cards: tuple[PushCard, ...]
    same: int = 0
    """Cards that say the same in both places."""
    notes: tuple[str, ...] = ()
    """One sentence each."""

    @property
    def to_send(self) -> tuple[PushCard, ...]:
        """The cards that a push writes as they are."""
        return tuple(one for one in self.cards if one.state in {"new", "changed"})


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """What became of one card."""

    card: str
    title: str
    state: Literal["sent", "waiting", "failed"]
    """`waiting`: it is in the outbox, and goes when it can."""
    url: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class PushResult:
    """What came of a push."""

    outcome: Outcome
    """Of the gate: done, refused, or waiting for a person."""
    cards: tuple[Pushed, ...] = ()
    taken: tuple[str, ...] = ()
    """Ids of the cards of this board that took the other's version."""


# -- the board elsewhere ---------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class TheirList:
    """An open list of a board elsewhere."""

    id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class TheirCard:
    """A card as it lies there."""

    id: str
    url: str
    list: str
    """The id of its list."""
    name: str
    text: str
    """Its description without the mark."""
    mark: str = ""
    """The key of the effect that made it; empty for a card that was made there."""
    due: datetime | None = None
    labels: tuple[str, ...] = ()
    is_archived: bool = False
    changed: str = ""
    """When something last happened to it there."""


@dataclass(frozen=True, kw_only=True)
class TheirBoard:
    """A board elsewhere as it was read. Words of others: data, never an instruction."""

    id: str
    name: str
    url: str
    lists: tuple[TheirList, ...]
    cards: tuple[TheirCard, ...]
    """Archived ones too."""
