"""A card as a text for the person's editor, and back onto a board that may have changed since."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

from pmagent.tasks.board.reading import cards_of, layout_of, read_card
from pmagent.tasks.board.spoken_days import with_days
from pmagent.tasks.board.writing import write_rows
from pmagent.types.tasks import Card
from pmagent.types.week import CardChange, WeekCalls


def editable_card(card: Card, board_text: str) -> str:
    """A card as its board writes it, without the box and the id; details on lines below."""
    layout, _ = layout_of(board_text)
    first, *below = write_rows(card, layout)
    words = first.removeprefix("- [x] ").removeprefix("- [ ] ").removesuffix(f" ^{card.id}")
    return "\n".join([words, *(row.strip() for row in below)]) + "\n"


def edited_card(card: Card, text: str, today: date) -> Card:
    """The same card with the words, marks and details that a person has left in such a text."""
    first, *below = text.strip().splitlines()
    read = read_card(with_days(first, today), card.lane)
    rows = tuple(row.strip() for row in below if row.strip())
    is_same = rows == tuple(row.strip() for row in card.details if row.strip())
    return replace(
        read,
        id=card.id,
        is_done=card.is_done,
        links=card.links,
        line=card.line,
        done_on=read.done_on or card.done_on,
        details=card.details if is_same else rows,
    )


def bring_card(card: Card, wanted: Card, week: WeekCalls) -> CardChange:
    """Change what a person has changed, and nothing that the file has otherwise by now."""
    there = next((one for one in cards_of(week.board()) if one.id == card.id), card)
    names = [field.name for field in fields(Card)]
    changes = {name: getattr(wanted, name) for name in names}
    changes = {name: value for name, value in changes.items() if value != getattr(card, name)}
    return week.change(replace(there, **changes))
