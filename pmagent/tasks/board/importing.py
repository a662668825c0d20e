"""What other programs export, as proposed cards: nothing is put on the board by itself.

Pure: bytes in, cards out, with a sentence for everything that was left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar, cast

from pydantic import BaseModel, ValidationError

from pmagent.errors import ReadError
from pmagent.tasks.board.reading import card_id
from pmagent.types.tasks import Board, Card, ProposedCard

MOST_BYTES = 50_000_000
MOST_CARDS = 10_000
MOST_TITLE = 500
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What an export holds."""

    cards: tuple[ProposedCard, ...]
    notes: tuple[str, ...] = ()
    """One sentence for each thing that was left out or not understood."""


def text_of(name: str, data: bytes) -> str:
    """The text of an export.

    Raises:
        ReadError: it is too large, or not UTF-8.
    """
    if len(data) > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        raise ReadError(f'"{name}" is larger than {most} MB', "export fewer cards at a time")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise ReadError(
            f'"{name}" cannot be read: it is not UTF-8', "export it anew, or save it as UTF-8"
        ) from exc


def json_of(name: str, data: bytes) -> object:
    """The value of an export in JSON.

    Raises:
        ReadError: it is none, or cut short.
    """
    text = text_of(name, data)
    try:
        return cast("object", json.loads(text))
    except (ValueError, RecursionError) as exc:
        where = f", line {exc.lineno}" if isinstance(exc, json.JSONDecodeError) else ""
        raise ReadError(
            f'"{name}" cannot be read: it is no JSON, or cut short{where}', "export it anew"
        ) from exc


def read_each(
    name: str, what: str, found: Sequence[object], model: type[M]
) -> tuple[tuple[M, ...], tuple[str, ...]]:
    """Those that are what they should be, and a sentence for each that is not.

    Raises:
        ReadError: there are more than any board has.
    """
    if len(found) > MOST_CARDS:
        raise ReadError(
            f'"{name}" has {len(found)} cards, and at most {MOST_CARDS} are read',
            "export fewer at a time",
        )
    read: list[M] = []
    notes: list[str] = []
    for number, one in enumerate(found, start=1):
        try:
            read.append(model.model_validate(one))
        except ValidationError as exc:
            fault = exc.errors()[0]
            where = ".".join(str(part) for part in fault["loc"]) or "it"
            notes.append(f'{what} {number} is left out: "{where}" is {fault["msg"].lower()}')
    return tuple(read), tuple(notes)


def proposed(card: Card, *, reason: str, board: Board | None, who: str = "") -> ProposedCard:
    """An imported card; one that the board has already is marked."""
    return ProposedCard(
        card=card, kind="import", who=who, reason=reason, duplicate_of=same_card(card, board)
    )


def same_card(card: Card, board: Board | None) -> str:
    """The id of a card on the board with the same id or the same words; empty where none has."""
    if board is None:
        return ""
    wanted = card_id(card.title)
    for one in (*(one for lane in board.lanes for one in lane.cards), *board.archive):
        if one.id == card.id or card_id(one.title) == wanted:
            return one.id
    return ""


def title_of(text: str) -> str:
    """A card's words on one line, as long as a card's may be."""
    line = " ".join(text.split())
    return line if len(line) <= MOST_TITLE else f"{line[: MOST_TITLE - 1].rstrip()}…"


def tag_of(text: str) -> str:
    """A name as a tag: white space becomes a hyphen, a number alone gets a letter."""
    bare = "-".join(text.replace("#", " ").split())
    kept = "".join(char if char.isalnum() or char in "-_/" else "-" for char in bare).strip("-")
    return kept if any(char.isalpha() for char in kept) else f"n{kept}" if kept else ""


def day_of(said: str | None) -> date | None:
    """The day of a time such as `2026-04-08T10:00:00.000Z` or `20260408T100000Z`."""
    if not said:
        return None
    digits = said[:8] if said[:8].isdigit() else ""
    text = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if digits else said[:10]
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def as_mapping(value: object) -> Mapping[str, object] | None:
    """The value, where it is an object of JSON."""
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else None


def as_list(value: object) -> Sequence[object]:
    """The value, where it is a list of JSON; else nothing."""
    return cast("Sequence[object]", value) if isinstance(value, list) else ()
