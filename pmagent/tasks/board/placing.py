"""Cards put on a board, moved and archived: text in, text out, and no other row is touched.

A card that is written gets its id behind its words, so that it is known again wherever it is moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pmagent.errors import UsageError
from pmagent.tasks.board.layout import (
    CardRows,
    LaneRows,
    Layout,
    bare,
    card_match,
    is_complete_mark,
)
from pmagent.tasks.board.reading import DONE_CHECKS, ReadCard, card_id, layout_of
from pmagent.tasks.board.writing import write_rows
from pmagent.types.tasks import Card

EMPTY = "---\nkanban-plugin: board\n---\n"
_FIRST = "inbox"
"""The list that stands before all others."""
_ARCHIVE = ("***", "", "## Archive", "")


@dataclass(frozen=True, kw_only=True)
class Edited:
    """A board after a change."""

    text: str
    id: str
    line: int
    """Where the card stands now, from 1."""
    is_changed: bool = True
    notes: tuple[str, ...] = ()
    """Such as a list that holds more than it is meant for."""


def add_card(text: str, card: Card, *, lane: str) -> Edited:
    """The board with a card at the end of a list, once: one with its id stays where it is.

    A list that is not there is put behind the others, before those of finished cards, and an Inbox
    before all; an empty text becomes a new board. The card's `id` may be empty: then one is made
    from its words.
    """
    board = text or EMPTY
    layout, cards = layout_of(board)
    card = replace(card, id=card.id or card_id(card.title))
    there = next((one for one in cards if one.card.id == card.id), None)
    if there is not None:
        return Edited(text=text, id=card.id, line=there.card.line, is_changed=False)
    found = lane_named(layout, lane)
    at, lead, tail = _new_lane(layout, lane) if found is None else (*_end_of(layout, found), [])
    written = inserted(layout, layout.rows, at, [*lead, *write_rows(card, layout), *tail])
    return Edited(
        text="".join(written),
        id=card.id,
        line=at + len(lead) + 1,
        notes=_limit_note(layout, found),
    )


def move_card(text: str, ident: str, *, lane: str, before: str = "") -> Edited:
    """The board with a card at the end of a list, or above the card `before`.

    As the plugin does, a card is ticked in a list of finished ones, and unticked out of it.

    Raises:
        UsageError: there is no such card or list.
    """
    layout, cards = _told_apart(text, ident)
    moved = card_known(cards, ident)
    target = lane_named(layout, lane)
    if target is None:
        names = ", ".join(f'"{one.title}"' for one in layout.lanes) or "none"
        raise UsageError(f'the board has no list "{lane}"', f"its lists are: {names}")
    at, lead = _end_of(layout, target)
    own, margin = moved.rows, ""
    is_home = own.lane >= 0 and layout.lanes[own.lane] is target
    if before:
        above = card_known(cards, before).rows
        if above.lane < 0 or layout.lanes[above.lane] is not target:
            raise UsageError(f'"{before}" is not in the list "{target.title}"', "name another card")
        at, lead = above.first, []
        margin = _margin_of(layout.rows[at])
    if is_home and own.first <= at <= own.last:
        return Edited(text=text, id=ident, line=own.first + 1, is_changed=False)
    first = with_id(layout.rows[own.first], moved)
    if not is_home and (target.is_done or own.lane < 0 or layout.lanes[own.lane].is_done):
        first = ticked(first, is_done=target.is_done)
    notes = () if is_home else _limit_note(layout, target)
    carried = [first, *layout.rows[own.first + 1 : own.last]]
    return replace(_carried(layout, own, _set_at(margin, carried), at, lead), id=ident, notes=notes)


def archive_card(text: str, ident: str) -> Edited:
    """The board with a card in its archive, which is made where there is none.

    Raises:
        UsageError: there is no such card.
    """
    layout, cards = _told_apart(text, ident)
    found = card_known(cards, ident)
    own = found.rows
    if own.lane < 0:
        return Edited(text=text, id=ident, line=own.first + 1, is_changed=False)
    kept = [rows for rows in layout.cards if rows.lane < 0]
    lead: list[str] = []
    if kept:
        at = kept[-1].last
    elif layout.archive is not None:
        at, lead = layout.archive + 1, [""]
    else:
        at = _behind_words(layout.rows, layout.body, layout.end)
        lead = ["", "", *_ARCHIVE]
    first = with_id(layout.rows[own.first], found)
    carried = _set_at("", [first, *layout.rows[own.first + 1 : own.last]])
    return replace(_carried(layout, own, carried, at, lead), id=ident)


def card_known(cards: Sequence[ReadCard], ident: str) -> ReadCard:
    """The card of this id.

    Raises:
        UsageError: there is none.
    """
    found = next((one for one in cards if one.card.id == ident.removeprefix("^")), None)
    if found is None:
        raise UsageError(f'the board has no card "{ident}"', "it may have been taken off by hand")
    return found


def lane_named(layout: Layout, name: str) -> LaneRows | None:
    """The list of this name, whatever the size of its letters."""
    wanted = name.strip().casefold()
    return next((one for one in layout.lanes if one.title.casefold() == wanted), None)


def with_id(row: str, card: ReadCard) -> str:
    """A card's first row with its id behind the words."""
    if card.has_id:
        return row
    bare_row = bare(row)
    words = bare_row[: card.words_end]
    return f"{words}{' ' * (not words.endswith(' '))}^{card.card.id}{row[len(bare_row) :]}"


def ticked(row: str, *, is_done: bool) -> str:
    """A card's first row, ticked or not; one that is so already stays as it is."""
    found = card_match(row)
    if found is None or (found["check"] in DONE_CHECKS) == is_done:
        return row
    at = found.start("check")
    return f"{row[:at]}{'x' if is_done else ' '}{row[at + 1 :]}"


def inserted(layout: Layout, rows: Sequence[str], at: int, new: Sequence[str]) -> list[str]:
    """The rows with others before `at`, ended as the board ends its own.

    Where the last row has no end, it has none afterwards.
    """
    if not new:
        return list(rows)
    head, tail = list(rows[:at]), list(rows[at:])
    added = [row + layout.newline for row in new]
    if head and not head[-1].endswith("\n"):
        head[-1] += layout.newline
        added[-1] = new[-1]
    return [*head, *added, *tail]


def _told_apart(text: str, ident: str) -> tuple[Layout, tuple[ReadCard, ...]]:
    """The board in rows, in which no other card bears the same `^id` as this one.

    Which of two is meant by an id is a matter of their order, and that is about to change.
    """
    layout, cards = layout_of(text)
    known = card_known(cards, ident)
    twins = {known.written, known.card.id} - {""}
    rows = list(layout.rows)
    for one in cards:
        if one.written in twins and not one.has_id and one is not known:
            rows[one.rows.first] = with_id(rows[one.rows.first], one)
    changed = "".join(rows)
    return (layout, cards) if changed == text else layout_of(changed)


def _margin_of(row: str) -> str:
    return row[: len(row) - len(row.lstrip(" \t"))]


def _set_at(margin: str, rows: Sequence[str]) -> list[str]:
    """A card's rows at another margin: further in they would be a part of the card above them."""
    had = _margin_of(rows[0])
    return [margin + row[len(had) :] if row.startswith(had) else row for row in rows]


def _carried(
    layout: Layout, own: CardRows, carried: Sequence[str], at: int, lead: Sequence[str]
) -> Edited:
    """The board with a card taken out, and put as `carried` before row `at`, below `lead`."""
    moved = [bare(row) for row in carried]
    is_open = bool(layout.rows) and not layout.rows[-1].endswith("\n")
    rows = inserted(layout, layout.rows, at, [*lead, *moved])
    count = len(moved) + len(lead)
    # Its other rows keep the ends they had; a mixed file is not made even.
    gone = own.first + (count if own.first >= at else 0)
    del rows[gone : gone + own.last - own.first]
    if is_open and rows and rows[-1].endswith("\n"):
        rows[-1] = bare(rows[-1])
    place = at - (own.last - own.first if at > own.first else 0) + len(lead)
    return Edited(text="".join(rows), id="", line=place + 1)


def _end_of(layout: Layout, lane: LaneRows) -> tuple[int, list[str]]:
    """The row before which a list's next card goes, and the rows it needs above it."""
    cards = [one for one in layout.cards if one.lane >= 0 and layout.lanes[one.lane] is lane]
    if cards:
        return cards[-1].last, []
    at = _behind_words(layout.rows, lane.body, lane.last)
    if at == lane.body:
        is_blank = at < lane.last and not bare(layout.rows[at]).strip()
        return (at + 1, []) if is_blank else (at, [""])
    return at, [] if is_complete_mark(layout.rows[at - 1]) else [""]


def _behind_words(rows: Sequence[str], first: int, last: int) -> int:
    """Behind the last row with words on it."""
    return max((n + 1 for n in range(first, last) if bare(rows[n]).strip()), default=first)


def _new_lane(layout: Layout, name: str) -> tuple[int, list[str], list[str]]:
    """Before which row a list goes that is not there, and what stands around its card."""
    rows = layout.rows
    open_ = [place for place, lane in enumerate(layout.lanes) if not lane.is_done]
    if layout.lanes and (not open_ or name.strip().casefold() == _FIRST):
        first = layout.lanes[0].first
    elif layout.lanes:
        first = layout.lanes[open_[-1]].last
    elif layout.archive is not None:
        first = layout.lanes_end
    else:
        first = layout.end
    gap = [""] if first and bare(rows[first - 1]).strip() else []
    return first, [*gap, f"## {' '.join(name.split())}", ""], [""] if first < len(rows) else []


def _limit_note(layout: Layout, lane: LaneRows | None) -> tuple[str, ...]:
    """What is to be said where one card more is too many."""
    if lane is None or lane.limit is None:
        return ()
    place = layout.lanes.index(lane)
    count = sum(one.lane == place for one in layout.cards) + 1
    if count <= lane.limit:
        return ()
    return (f'"{lane.title}" holds {count} cards and is meant for {lane.limit}',)
