"""What a board elsewhere says of a card, brought into this board's text; and cards given their ids.

Text in, text out; no other card's rows are touched.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from pmagent.tasks.board.changing import change_card
from pmagent.tasks.board.comparing import EFFORT, CardFields
from pmagent.tasks.board.efforts import parse_effort
from pmagent.tasks.board.importing import title_of
from pmagent.tasks.board.layout import bare
from pmagent.tasks.board.placing import card_known, inserted, move_card, with_id
from pmagent.tasks.board.reading import layout_of
from pmagent.tasks.board.writing import indent_of
from pmagent.types.tasks import Effort


def take_fields(text: str, ident: str, fields: CardFields) -> str:
    """The board with a card that says what `fields` say; those that are None stay as they are.

    Raises:
        UsageError: the board has no such card, or no list of that name.
    """
    _, cards = layout_of(text)
    card = card_known(cards, ident).card
    if fields.title is not None:
        # At the end of a row `^word` is a card's id, and nobody there may give this one another's.
        words = title_of(fields.title).split(" ")
        card = replace(card, title=" ".join(word.lstrip("^") for word in words))
    if fields.due is not None:
        card = replace(card, due=date.fromisoformat(fields.due) if fields.due else None)
    if fields.text is not None:
        card = replace(card, effort=_effort_in(fields.text, card.effort))
    edited = change_card(text, card).text
    if fields.text is not None:
        edited = _with_details(edited, ident, fields.text.splitlines())
    if fields.list is not None:
        edited = move_card(edited, ident, lane=fields.list).text
    return edited


def name_cards(text: str, idents: Collection[str]) -> str:
    """The board with these ids behind their cards' words, where they are not written yet."""
    layout, cards = layout_of(text)
    rows = list(layout.rows)
    for one in cards:
        if one.card.id in idents:
            rows[one.rows.first] = with_id(rows[one.rows.first], one)
    return "".join(rows)


def _effort_in(said: str, known: Effort | None) -> Effort | None:
    """How long it takes by a description; as known where its line has no meaning."""
    rows = [row for row in said.splitlines() if row.startswith(EFFORT)]
    return (parse_effort(rows[-1].removeprefix(EFFORT)) or known) if rows else None


def _with_details(text: str, ident: str, said: Sequence[str]) -> str:
    """The board with other rows below a card. How long it takes is a mark, and none of them."""
    layout, cards = layout_of(text)
    found = card_known(cards, ident)
    first, last = found.rows.first, found.rows.last
    rows = list(layout.rows)
    rows[first] = with_id(rows[first], found)
    if not bare(rows[first]).rstrip().endswith(f"^{ident}"):  # it stood in the last row below
        rows[first] = with_id(rows[first], replace(found, has_id=False))
    del rows[first + 1 : last]
    indent = indent_of(layout)
    new = [f"{indent}{row.rstrip()}" for row in said if row.strip() and not row.startswith(EFFORT)]
    return "".join(inserted(layout, rows, first + 1, new))
