"""todo.txt: `(A) 2026-02-01 Words +project @context due:2026-02-09`, read and written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pmagent.errors import ReadError
from pmagent.tasks.board.efforts import format_effort, format_minutes
from pmagent.tasks.board.importing import (
    MOST_CARDS,
    Imported,
    day_of,
    proposed,
    tag_of,
    text_of,
    title_of,
)
from pmagent.tasks.board.reading import card_id, faults_of, read_card, waiting_in
from pmagent.types.tasks import Board, Card, CardLink, ProposedCard

_DONE = re.compile(
    r"^x (?:(?P<done>\d{4}-\d\d-\d\d) )?(?:(?P<made>\d{4}-\d\d-\d\d) )?(?P<words>.*)$"
)
_MADE = re.compile(r"^(?P<first>\([A-Z]\) )?(?P<made>\d{4}-\d\d-\d\d) ")
_CONTEXT = re.compile(r"(?<!\S)@([^\W\d_][\w/-]*)")
_ID = re.compile(r"(?<!\S)id:([A-Za-z0-9_-]+)")


def import_todo_txt(name: str, data: bytes, *, board: Board | None = None) -> Imported:
    """Every task; finished ones as finished. Contexts become tags.

    Raises:
        ReadError: it is no text, or has too many lines.
    """
    rows = [row.rstrip("\r") for row in text_of(name, data).split("\n")]
    if sum(bool(row.strip()) for row in rows) > MOST_CARDS:
        raise ReadError(
            f'"{name}" has more than {MOST_CARDS} tasks', "move finished ones to another file"
        )
    cards: list[ProposedCard] = []
    notes: list[str] = []
    for number, row in enumerate(rows, start=1):
        if not row.strip():
            continue
        card = _card(name, number, row.strip())
        if not card.title:
            notes.append(f"line {number} is left out: it has no words")
            continue
        notes += [f"line {number}: {fault}" for fault in faults_of(_bare(row.strip()))]
        cards.append(proposed(card, reason=f"it is a task of {name}", board=board))
    return Imported(cards=tuple(cards), notes=tuple(notes))


def export_todo_txt(cards: Sequence[Card]) -> str:
    """One line for each card, in order; details and links stay behind."""
    return "".join(f"{_row(card)}\n" for card in cards)


def _bare(row: str) -> str:
    """A task's words with its priority, without its days and its id."""
    done = _DONE.match(row)
    words = done["words"] if done else _MADE.sub(lambda found: found["first"] or "", row)
    return _ID.sub("", words).strip()


def _card(name: str, number: int, row: str) -> Card:
    done = _DONE.match(row)
    words = _bare(row)
    contexts = tuple(dict.fromkeys(_CONTEXT.findall(words)))
    card = read_card(_CONTEXT.sub("", words))
    title = title_of(card.title)
    ident = _ID.search(row)
    finished = day_of(done["done"]) if done is not None else None
    made = done or _MADE.match(row)
    return replace(
        card,
        id=ident[1] if ident else card_id(title),
        title=title,
        tags=tuple(dict.fromkeys([*card.tags, *contexts])),
        is_done=done is not None,
        created=(day_of(made["made"]) if made is not None else None) or card.created,
        done_on=finished,
        links=(CardLink(place=f"{name}:{number}", quote=title),),
        line=0,
    )


def _row(card: Card) -> str:
    head: list[str] = []
    if card.is_done:
        head = ["x", *([card.done_on.isoformat()] if card.done_on else [])]
    elif card.priority is not None:
        head = [f"({chr(ord('A') + min(card.priority, 26) - 1)})"]
    # Behind a lone "x" the first day would be the one it was done.
    is_told = card.created is not None and (not card.is_done or card.done_on is not None)
    head += [card.created.isoformat()] if card.created is not None and is_told else []
    marks: list[str] = []
    if card.is_done and card.priority is not None:
        marks.append(f"pri:{chr(ord('A') + min(card.priority, 26) - 1)}")
    marks += [f"+{tag_of(card.project)}"] if card.project else []
    marks += [f"@{tag}" for tag in card.tags]
    pairs = (
        ("due", card.due and card.due.isoformat()),
        ("t", card.start and card.start.isoformat()),
        ("est", card.effort and format_effort(card.effort)),
        ("spent", card.spent and format_minutes(card.spent)),
        ("after", ",".join(card.after)),
        ("waiting", _waiting(card)),
        ("energy", card.energy),
        ("outcome", card.outcome),
        ("id", card.id),
    )
    marks += [f"{key}:{value}" for key, value in pairs if value]
    return " ".join([*head, " ".join(card.title.split()), *marks])


def _waiting(card: Card) -> str:
    """One word, as a value of a key must be; empty where the words say it."""
    if card.waiting_for == waiting_in(card.title, card.lane):
        return ""
    return "-".join(card.waiting_for.split())
