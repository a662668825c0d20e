"""What earlier pushes have sent of each card, and what both boards have agreed on since.

What was sent is on record in the outbox. Where the person has taken the other board's version, or
both were brought to the same by hand, nothing was sent: that is kept in a small file of its own. It
counts until the card is next sent. Without it a card is shown in conflict once more, and no worse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pmagent.outbox.keys import digest_of, key_of
from pmagent.paths import make_private_dir, write_atomically
from pmagent.tasks.board.comparing import NOTHING, CardFields, CardRecord, labels_of
from pmagent.types.actions import Json
from pmagent.types.outbox import Effect, Wish
from pmagent.types.tasks import Card

FILE = "pushes.json"
CARD, MOVE, LABEL = "trello.card", "trello.move", "trello.label"
ABOUT = "card "
"""Begins what an effect of a push is about."""


_UNSURE = frozenset({"queued", "sending", "dead", "cancelled"})


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """What both boards have come to say without sending, as of what was sent before it."""

    fields: CardFields
    card: str
    """Digest of what was sent of the card by then; empty where nothing was."""
    move: str


@dataclass(frozen=True, kw_only=True)
class _Kept:
    version: int = 1
    boards: dict[str, dict[str, Agreed]] = field(default_factory=dict[str, dict[str, Agreed]])


_FILE = TypeAdapter(_Kept)


def about(card: str, label: str = "") -> str:
    """What an effect on a card is about: by it the same card is found again, ever after."""
    return f"{ABOUT}{card}{f' label {label.casefold()}' if label else ''}"


class PushRecords:
    """The records of one garden about one board elsewhere, named by its target."""

    def __init__(
        self, data_dir: Path, target: str, effect: Callable[[str], Effect | None],
        day_of: Callable[[datetime], date],
    ) -> None:  # fmt: skip
        self._path = data_dir / FILE
        self._target = target
        self._effect = effect
        self._day_of = day_of

    def of(self, card: Card) -> CardRecord:
        """What is known of a card."""
        key = self._key(CARD, about(card.id))
        made, moved = self._effect(key), self._effect(self._key(MOVE, about(card.id)))
        sent = _fields(made.sent, self._day_of) if made is not None and made.sent else NOTHING
        if moved is not None and moved.sent:
            sent = replace(sent, list=str(moved.sent["list"]))
        labels = {str(one).casefold() for one in _labels_sent(made)}
        for label in labels_of(card):
            given = self._effect(self._key(LABEL, about(card.id, label)))
            if given is not None and given.sent:
                labels.add(label.casefold())
        return CardRecord(
            key=key,
            id=made.receipt.id if made is not None and made.receipt is not None else "",
            base=_over(sent, self._agreed.get(card.id), made, moved),
            labels=frozenset(labels),
            tried=(*_tried(made, self._day_of), *_tried(moved, self._day_of)),
        )

    def sent_name(self, mark: str) -> str:
        """The title that a push has sent under a mark; empty where none has."""
        effect = self._effect(mark)
        is_ours = effect is not None and effect.business_key.startswith(ABOUT)
        return str(effect.payload.get("name", "")) if effect is not None and is_ours else ""

    def agree(self, fields: Mapping[str, CardFields]) -> None:
        """Note what both boards say now, by the card's id.

        Raises:
            StorageError: it cannot be written.
        """
        boards = self._kept().boards
        before = boards.get(self._target, {})
        after = dict(before)
        for card, agreed in fields.items():
            made = self._effect(self._key(CARD, about(card)))
            moved = self._effect(self._key(MOVE, about(card)))
            after[card] = Agreed(fields=agreed, card=_digest(made), move=_digest(moved))
        if after == before:
            return
        kept = _Kept(boards={**boards, self._target: after})
        make_private_dir(self._path.parent)
        write_atomically(self._path, _FILE.dump_json(kept, indent=1))

    @cached_property
    def _agreed(self) -> Mapping[str, Agreed]:
        return self._kept().boards.get(self._target, {})

    def _kept(self) -> _Kept:
        try:
            return _FILE.validate_json(self._path.read_bytes())
        except (OSError, ValidationError):
            return _Kept()

    def _key(self, kind: str, what: str) -> str:
        return key_of(Wish(kind=kind, target=self._target, business_key=what, payload={}))


def _fields(sent: Mapping[str, Json], day_of: Callable[[datetime], date]) -> CardFields:
    due = sent.get("due")
    return CardFields(
        title=str(sent.get("name", "")),
        text=str(sent.get("text", "")),
        list=str(sent.get("list", "")),
        due=str(day_of(datetime.fromisoformat(due))) if isinstance(due, str) else "",
    )


def _tried(effect: Effect | None, day_of: Callable[[datetime], date]) -> Iterator[CardFields]:
    """What an effect that is not known to be done would send, and what it would replace."""
    if effect is None or effect.state not in _UNSURE:
        return
    before = effect.payload.get("before")
    if effect.kind == MOVE:
        yield CardFields(list=str(effect.payload["list"]))
        yield CardFields(list=before if isinstance(before, str) else None)
        return
    is_made = effect.receipt is None and before is None
    sent = _fields(effect.payload, day_of)
    yield sent if is_made else replace(sent, list=None)
    if isinstance(before, Mapping):
        yield replace(_fields(before, day_of), list=None)


def _labels_sent(made: Effect | None) -> tuple[Json, ...]:
    labels = made.sent.get("labels") if made is not None and made.sent else None
    return tuple(labels) if isinstance(labels, list | tuple) else ()


def _over(
    sent: CardFields, agreed: Agreed | None, made: Effect | None, moved: Effect | None
) -> CardFields:
    """What was sent, with what was agreed on since laid over it."""
    if agreed is None:
        return sent
    if agreed.card == _digest(made):
        fields = {"title": agreed.fields.title, "text": agreed.fields.text,
                  "due": agreed.fields.due}  # fmt: skip
        sent = replace(sent, **{name: said for name, said in fields.items() if said is not None})
    if agreed.move == _digest(moved) and agreed.fields.list is not None:
        sent = replace(sent, list=agreed.fields.list)
    return sent


def _digest(effect: Effect | None) -> str:
    return digest_of(effect.sent) if effect is not None and effect.sent else ""
