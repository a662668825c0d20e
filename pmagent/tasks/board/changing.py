"""A card on the board brought to other values, mark by mark; and a card that is finished."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from typing import cast

from pmagent.errors import UsageError
from pmagent.tasks.board.layout import Layout, bare, card_match
from pmagent.tasks.board.marks import Mark
from pmagent.tasks.board.placing import Edited, card_known, inserted, move_card, ticked, with_id
from pmagent.tasks.board.reading import DONE_CHECKS, IDENT, ReadCard, layout_of
from pmagent.tasks.board.writing import (
    FIELDS,
    detail_rows,
    one_line,
    value_of,
    write_mark,
    written,
)
from pmagent.types.tasks import Card


@dataclass(frozen=True, kw_only=True)
class _Patch:
    """Other words for a span of a row."""

    row: int
    start: int
    end: int
    words: str


def change_card(text: str, card: Card) -> Edited:
    """The board with the card of this id brought to `card`, mark by mark.

    Title, effort, days, time, priority, project, tags, waiting, order, energy, outcome and spent
    time are changed where they differ, and so are the rows of details below; links that are not
    there are put below. The list and the tick are left to `move_card` and `finish_card`.

    Raises:
        UsageError: there is no such card, or its title is empty.
    """
    title = one_line(card.title)
    layout, cards = layout_of(text)
    found = card_known(cards, card.id)
    place = cards.index(found)
    ident = found.card.id
    if title != found.card.title:
        if not title:
            raise UsageError("a card needs words", "give it a title")
        rows = list(layout.rows)
        rows[found.rows.first] = _retitled(rows[found.rows.first], found, title, layout)
        layout, cards = layout_of("".join(rows))  # its marks stand elsewhere now
        found = replace(cards[place], card=replace(cards[place].card, id=ident))
    patches = list(_patches(found, card, layout))
    rows = list(layout.rows)
    first = found.rows.first
    for patch in sorted(patches, key=lambda one: (one.row, one.start), reverse=True):
        row = rows[patch.row]
        rows[patch.row] = row[: patch.start] + patch.words + row[patch.end :]
    rows = _with_details(layout, rows, found, card)
    if "".join(rows) == text:
        return Edited(text=text, id=ident, line=first + 1, is_changed=False)
    if not found.has_id:
        shift = len(bare(rows[first])) - len(bare(layout.rows[first]))
        rows[first] = with_id(rows[first], replace(found, words_end=found.words_end + shift))
    return Edited(text="".join(rows), id=ident, line=first + 1)


def finish_card(text: str, ident: str, *, day: date, spent: int | None = None) -> Edited:
    """The board with a card ticked, its day told, and moved to the list of finished ones.

    A board without such a list keeps it where it is. `spent` is in minutes. One that is finished
    already stays where it is, and is told how long it took where that is given.

    Raises:
        UsageError: there is no such card.
    """
    layout, cards = layout_of(text)
    found = card_known(cards, ident)
    first = found.rows.first
    check = card_match(layout.rows[first])
    home = next((one for one in layout.lanes if one.is_done), None)
    is_home = home is None or found.rows.lane < 0 or layout.lanes[found.rows.lane].is_done
    if check is not None and check["check"] in DONE_CHECKS and is_home:
        if spent:
            return change_card(text, replace(found.card, spent=spent))
        return Edited(text=text, id=found.card.id, line=first + 1, is_changed=False)
    rows = list(layout.rows)
    rows[first] = ticked(with_id(rows[first], found), is_done=True)
    told = replace(found.card, done_on=found.card.done_on or day, spent=spent or found.card.spent)
    edited = replace(change_card("".join(rows), told), is_changed=True)
    if is_home or home is None:
        return edited
    return replace(move_card(edited.text, edited.id, lane=home.title), is_changed=True)


def _patches(found: ReadCard, card: Card, layout: Layout) -> Iterator[_Patch]:
    """What brings the marks of a card to other values."""
    new: list[str] = []
    for field in FIELDS:
        wanted = value_of(card, field)
        if wanted == value_of(found.card, field):
            continue
        marks = [one for one in found.marks if one[2].field == field]
        if field == "tag":
            yield from _tag_patches(marks, cast("tuple[str, ...]", wanted or ()), layout)
            had = set(found.card.tags)
            new += [f"#{tag}" for tag in card.tags if tag not in had]
        elif wanted is None:
            yield from (_removal(row, begins, mark, layout) for row, begins, mark in marks)
        elif marks:
            row, begins, mark = marks[0]
            yield _replacement(row, begins, mark, wanted, layout)
            yield from (_removal(r, b, more, layout) for r, b, more in marks[1:])
        else:
            new.append(write_mark(field, wanted, layout))
    if new:
        at = found.words_end
        gap = " " if at and not layout.rows[found.rows.first][:at].endswith(" ") else ""
        yield _Patch(row=found.rows.first, start=at, end=at, words=gap + " ".join(new))


def _tag_patches(
    marks: Sequence[tuple[int, int, Mark]], wanted: Sequence[str], layout: Layout
) -> Iterator[_Patch]:
    for row, begins, mark in marks:
        if mark.value not in wanted:
            yield _removal(row, begins, mark, layout)


def _replacement(row: int, begins: int, mark: Mark, value: object, layout: Layout) -> _Patch:
    """Another value in a mark's own style; in ours where that style cannot have it."""
    said = written(mark, value, layout)
    if said is None:
        whole = write_mark(mark.field, value, layout)
        return _Patch(row=row, start=begins + mark.start, end=begins + mark.end, words=whole)
    start, end = begins + mark.value_start, begins + mark.value_end
    return _Patch(row=row, start=start, end=end, words=said)


def _removal(row: int, begins: int, mark: Mark, layout: Layout) -> _Patch:
    """Nothing in a mark's place, and one of the spaces beside it gone."""
    start, end = begins + mark.start, begins + mark.end
    words = layout.rows[row]
    if mark.start and words[start - 1] == " ":
        start -= 1
    elif words[end : end + 1] == " ":
        end += 1
    return _Patch(row=row, start=start, end=end, words="")


def _retitled(row: str, found: ReadCard, title: str, layout: Layout) -> str:
    """A card's first row with other words, and its marks behind them."""
    own = [(begins, mark) for n, begins, mark in found.marks if n == found.rows.first]
    begins = own[0][0] if own else len(row) - len(row.lstrip(" \t"))
    match = card_match(row)
    if match is not None and match["words"]:
        begins = match.start("words")
    lead: list[str] = []
    behind: list[str] = []
    for at, mark in own:
        said = row[at + mark.start : at + mark.end]
        if mark.style == "letter" and mark.field == "priority":
            lead.append(said)
        elif mark.style == "letter":
            behind.append(write_mark(mark.field, mark.value, layout))
        else:
            behind.append(said)
    return row[:begins] + " ".join([*lead, title, *behind]) + row[found.words_end :]


def _with_details(layout: Layout, rows: Sequence[str], found: ReadCard, card: Card) -> list[str]:
    """The rows with those below a card as it asks for; those that stay keep their place and words.

    A link that it has already is not put below again.
    """
    links = tuple(link for link in card.links if link not in found.card.links)
    if card.details == found.card.details and not links:
        return list(rows)
    wanted = detail_rows(replace(card, links=links), layout)
    places = [n for n, row in enumerate(found.card.details) if row.strip()]
    had = [found.card.details[n].strip() for n in places]
    told = SequenceMatcher(None, had, [row.strip() for row in wanted], autojunk=False)
    changed, last = _with_id_above(rows, found)
    below = found.rows.first + 1
    for kind, start, end, first, stop in reversed(told.get_opcodes()):
        if kind == "equal":
            continue
        at = below + places[start] if start < len(places) else last
        for n in reversed(places[start:end]):
            del changed[below + n]
        changed = inserted(layout, changed, at, wanted[first:stop])
    return changed


def _with_id_above(rows: Sequence[str], found: ReadCard) -> tuple[list[str], int]:
    """The rows with a card's id on its first one, and where the card ends.

    On the last of its rows it would be lost as soon as another is put below.
    """
    changed, first, last = list(rows), found.rows.first, found.rows.last
    row = bare(changed[last - 1])
    ident = IDENT.search(row)
    if last - 1 == first or ident is None or not found.has_id or IDENT.search(bare(changed[first])):
        return changed, last
    head = bare(changed[first])
    changed[first] = f"{head.rstrip()} ^{ident['id']}{changed[first][len(head) :]}"
    words = row[: ident.start()].rstrip()
    changed[last - 1] = f"{words}{changed[last - 1][len(row) :]}"
    if not words.strip():
        del changed[last - 1]
        last -= 1
    return changed, last
