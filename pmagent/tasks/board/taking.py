"""What a board elsewhere says of a card, brought into this board's text; and cards given their ids.

Text in, text out; no other card's rows are touched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from difflib import SequenceMatcher

from pmagent.errors import UsageError
from pmagent.tasks.board.changing import change_card
from pmagent.tasks.board.comparing import EFFORT, CardFields, is_same_text, text_of
from pmagent.tasks.board.efforts import parse_effort
from pmagent.tasks.board.importing import title_of
from pmagent.tasks.board.layout import bare
from pmagent.tasks.board.placing import card_known, inserted, move_card, with_id
from pmagent.tasks.board.reading import cards_of, layout_of, read_board
from pmagent.tasks.board.writing import indent_of, one_line
from pmagent.types.tasks import Card, Effort

_FAR = "    "


def take_fields(text: str, ident: str, fields: CardFields) -> str:
    """The board with a card that says what `fields` say; those that are None stay as they are.

    What others have written is read again as this board reads it: a word that is a mark here, or a
    row that would begin a list, is not taken, and no other card is changed by it.

    Raises:
        UsageError: the board has no such card, or no list of that name; or it would mean something
            else here.
    """
    layout, _ = layout_of(text)
    fault = ""
    # Far enough in no row below a card is read as a heading, a line across or the begin of code.
    for indent in dict.fromkeys((indent_of(layout), _FAR)):
        edited = _taken(text, ident, fields, indent)
        fault = _fault_of(text, edited, ident, fields)
        if not fault:
            return edited
    title = card_known(layout_of(text)[1], ident).card.title
    raise UsageError(
        f'"{title}" is not taken: {fault} there would mean something else on this board',
        "write it here by hand, or change it there",
    )


def name_cards(text: str, idents: Collection[str], *, seen: str = "") -> str:
    """The board with these ids behind their cards' words, where they are not written yet.

    A card without an id that has other words since the board said `seen` is found by its place.
    """
    layout, cards = layout_of(text)
    rows = list(layout.rows)
    for one in cards:
        if one.card.id in idents:
            rows[one.rows.first] = with_id(rows[one.rows.first], one)
    lost = set(idents) - {one.card.id for one in cards}
    others = {one.rows.first: one for one in cards if not one.has_id}
    for ident, row in _retitled(seen, layout.rows, lost) if lost and seen else ():
        if row in others and others[row].card.id not in idents:
            one = others[row]
            rows[row] = with_id(rows[row], replace(one, card=replace(one.card, id=ident)))
    return "".join(rows)


def _retitled(seen: str, rows: Sequence[str], lost: Collection[str]) -> Iterator[tuple[str, int]]:
    """(id, row) of cards that are known no more, where one row stands in the place of another."""
    was, cards = layout_of(seen)
    first = {one.rows.first: one.card.id for one in cards if one.card.id in lost}
    told = SequenceMatcher(None, was.rows, rows, autojunk=False)
    for kind, start, end, begin, stop in told.get_opcodes():
        if kind == "replace" and end - start == stop - begin:
            yield from ((first[n], begin + n - start) for n in range(start, end) if n in first)


def _taken(text: str, ident: str, fields: CardFields, indent: str) -> str:
    _, cards = layout_of(text)
    card = card_known(cards, ident).card
    if fields.title is not None:
        card = replace(card, title=title_of(fields.title))
    if fields.due is not None:
        card = replace(card, due=date.fromisoformat(fields.due) if fields.due else None)
    if fields.text is not None:
        card = replace(card, effort=_effort_in(fields.text, card.effort))
    edited = change_card(text, card).text
    if fields.text is not None:
        edited = _with_details(edited, ident, fields.text.splitlines(), indent)
    if fields.list is not None:
        edited = move_card(edited, ident, lane=fields.list).text
    return edited


def _fault_of(text: str, edited: str, ident: str, fields: CardFields) -> str:
    """What of a card was read otherwise than it was taken; empty where all of it is the same."""
    after, before = read_board("board", edited), read_board("board", text)
    lanes = [[(one.title, one.limit, one.is_done) for one in each.lanes]
             for each in (after, before)]  # fmt: skip
    cards = [{one.id: replace(one, line=0) for one in cards_of(each, with_archive=True)}
             for each in (after, before)]  # fmt: skip
    own, was = cards[0].pop(ident, None), cards[1].pop(ident)
    if own is None or lanes[0] != lanes[1] or cards[0] != cards[1]:
        return "its text"
    if fields.title is not None and one_line(own.title) != one_line(fields.title):
        return "its title"
    said = fields.text
    if said is not None and not is_same_text(_unmeasured(text_of(own)), _unmeasured(said)):
        return "its text"
    due = was.due if fields.due is None else date.fromisoformat(fields.due) if fields.due else None
    if own.due != due or _marks_of(own) != _marks_of(was):
        return "a word of it"
    return ""


def _unmeasured(said: str) -> str:
    """A description without its line that says how long it takes, which has many spellings."""
    return "\n".join(row for row in said.splitlines() if not row.startswith(EFFORT))


def _marks_of(card: Card) -> tuple[object, ...]:
    """What a card says in marks that a board elsewhere knows nothing of."""
    return (card.tags, card.priority, card.project, card.start, card.at, card.after, card.outcome,
            card.spent, card.created)  # fmt: skip


def _effort_in(said: str, known: Effort | None) -> Effort | None:
    """How long it takes by a description; as known where its line has no meaning."""
    rows = [row for row in said.splitlines() if row.startswith(EFFORT)]
    return (parse_effort(rows[-1].removeprefix(EFFORT)) or known) if rows else None


def _with_details(text: str, ident: str, said: Sequence[str], indent: str) -> str:
    """The board with other rows below a card. How long it takes is a mark, and none of them."""
    layout, cards = layout_of(text)
    found = card_known(cards, ident)
    first, last = found.rows.first, found.rows.last
    rows = list(layout.rows)
    rows[first] = with_id(rows[first], found)
    if not bare(rows[first]).rstrip().endswith(f"^{ident}"):  # it stood in the last row below
        rows[first] = with_id(rows[first], replace(found, has_id=False))
    del rows[first + 1 : last]
    new = [f"{indent}{row.rstrip()}" for row in said if row.strip() and not row.startswith(EFFORT)]
    return "".join(inserted(layout, rows, first + 1, new))
