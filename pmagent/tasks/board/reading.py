"""A board's text as a `Board`: every card with what its marks say, and what was not understood."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from pathlib import PurePosixPath
from typing import Literal, TypeVar, cast

from pmagent.errors import ReadError
from pmagent.tasks.board.layout import MOST_ROWS, CardRows, Layout, bare, card_match, lay_out
from pmagent.tasks.board.marks import Field, Mark, Marks, find_marks
from pmagent.tasks.board.settings import BoardSettings
from pmagent.types.tasks import Board, Card, CardLink, Effort, Energy, Lane

MOST_CHARS = 10_000_000
DONE_CHECKS = frozenset("xX-")
"""`-` is a card that was called off: nothing is left to do."""
IDENT = re.compile(r"(?:^|(?<=\s))\^(?P<id>[A-Za-z0-9_-]+)[ \t]*$")
"""A card's `^id` at the end of a row."""
_FROM = re.compile(
    r"^(?:[-*+][ \t]+)?From (?P<place>\S.*?:\d+)(?: \((?P<at>\d{1,3}:\d\d:\d\d)\))?"
    r"(?:: “(?P<quote>.*)”)?$"
)
_WAITING = re.compile(r"(?i)(?:^|(?<=\W))waiting (?:for|on)\s+(?P<who>\S.*)$")
_WAITING_LANES = frozenset({"waiting", "waiting for", "blocked", "on hold"})
SOMEBODY = "somebody"
"""Whom a card in a list for waiting waits for, where nothing says it."""
_DEEP, _LIGHT = frozenset({"deep", "focus"}), frozenset({"light", "shallow"})
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class ReadCard:
    """A card with the marks of each of its rows, for whoever changes it."""

    card: Card
    rows: CardRows
    marks: tuple[tuple[int, int, Mark], ...]
    """Each with its row in the file and the column at which that row's words begin."""
    words_end: int
    """Behind the first row's words, without the `^id`, as a column of that row."""
    has_id: bool
    """Whether it is known by what is written, which no card before it is."""
    written: str = ""
    """The `^id` that is written, if it is another card's too."""
    faults: tuple[str, ...] = ()


def read_board(path: str, text: str) -> Board:
    """The board that `text` is. Any Markdown is one; what is not understood is in its notes.

    Raises:
        ReadError: it is longer than any board.
    """
    if len(text) > MOST_CHARS or text.count("\n") > MOST_ROWS:
        raise ReadError(f'"{path}" is no board: it is too long', "name another file")
    layout = lay_out(text)
    cards, notes = read_cards(layout)
    by_lane: dict[int, list[Card]] = {}
    for one in cards:
        by_lane.setdefault(one.rows.lane, []).append(one.card)
    lanes = tuple(
        Lane(title=lane.title, limit=lane.limit, is_done=lane.is_done,
             cards=tuple(by_lane.get(number, ())))
        for number, lane in enumerate(layout.lanes)
    )  # fmt: skip
    return Board(
        path=path,
        title=layout.title or PurePosixPath(path).stem,
        lanes=lanes,
        archive=tuple(by_lane.get(-1, ())),
        text=text,
        notes=(*notes, *_overfull(lanes)),
    )


def cards_of(board: Board, *, with_archive: bool = False) -> tuple[Card, ...]:
    """The cards of all lists, in order."""
    listed = tuple(card for lane in board.lanes for card in lane.cards)
    return (*listed, *board.archive) if with_archive else listed


def read_card(words: str, lane: str = "", *, settings: BoardSettings | None = None) -> Card:
    """The card that some typed words mean, marks and all. What is not understood stays words."""
    row = f"- [ ] {' '.join(words.split())}"
    rows = CardRows(first=0, last=1, lane=0)
    return _read((row,), rows, (lane, False), settings or BoardSettings()).card


def has_title(words: str) -> bool:
    """Whether some typed words are more than marks."""
    return bool(find_marks(words, BoardSettings(), is_done=False, is_first=True).words)


def faults_of(words: str) -> tuple[str, ...]:
    """What in some typed words looks like a mark and is not understood."""
    found = find_marks(words, BoardSettings(), is_done=False, is_first=True)
    return found.faults


def card_id(text: str) -> str:
    """What a card is known by, whichever list it has been moved to: `pm-1f0a3c9b2d`."""
    folded = " ".join(text.casefold().split())
    return f"pm-{hashlib.sha256(folded.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"


def read_cards(layout: Layout) -> tuple[tuple[ReadCard, ...], tuple[str, ...]]:
    """Every card, each with an id of its own, and what is to be said of them."""
    found: list[ReadCard] = []
    notes: list[str] = []
    taken: set[str] = set()
    read = [
        _read(layout.rows, rows, _lane_of(layout, rows), layout.settings) for rows in layout.cards
    ]
    written = {one.card.id for one in read if one.has_id}
    for one in read:
        wanted, count = one.card.id, 2
        ident = wanted
        while ident in taken or (ident in written and not (one.has_id and ident == wanted)):
            ident = f"{wanted}-{count}"
            count += 1
        taken.add(ident)
        if one.has_id and ident != wanted:
            notes.append(
                f'line {one.card.line}: "^{wanted}" names another card already, so this one is '
                f'known as "{ident}"'
            )
            one = replace(one, has_id=False)
        notes += [f"line {one.card.line}: {fault}" for fault in one.faults]
        found.append(replace(one, card=replace(one.card, id=ident)))
    for one in found:
        notes += [
            f'line {one.card.line}: it comes after "{before}", and no card is known by that'
            for before in one.card.after
            if before not in taken
        ]
    return tuple(found), tuple(notes)


def _lane_of(layout: Layout, rows: CardRows) -> tuple[str, bool]:
    if rows.lane < 0:
        return "Archive", True
    lane = layout.lanes[rows.lane]
    return lane.title, lane.is_done


def _read(
    rows: Sequence[str], place: CardRows, lane: tuple[str, bool], settings: BoardSettings
) -> ReadCard:
    found = card_match(rows[place.first])
    if found is None:
        raise ValueError("this row is no card")
    words, begins = found["words"] or "", max(0, found.start("words"))
    ident = IDENT.search(words)
    bare_words = words[: ident.start()].rstrip() if ident else words
    below = [bare(row) for row in rows[place.first + 1 : place.last]]
    if ident is None and below:
        ident = IDENT.search(below[-1])
        below[-1] = below[-1][: ident.start()].rstrip() if ident else below[-1]
    is_done = found["check"] in DONE_CHECKS or lane[1]
    first = find_marks(bare_words, settings, is_done=is_done, is_first=True)
    lower = [find_marks(row, settings, is_done=is_done, is_first=False) for row in below]
    marks = [(place.first, begins, mark) for mark in first.marks]
    for number, inner in enumerate(lower, start=place.first + 1):
        marks += [(number, 0, mark) for mark in inner.marks]
    title = first.words or " ".join(bare_words.split())
    card = _card(title, [mark for _, _, mark in marks], below, lane[0])
    card = replace(card, id=ident["id"] if ident else card_id(title), is_done=is_done,
                   line=place.first + 1)  # fmt: skip
    return ReadCard(
        card=card, rows=place, marks=tuple(marks), words_end=begins + len(bare_words),
        has_id=ident is not None, written=ident["id"] if ident else "",
        faults=_faults([first, *lower], marks),
    )  # fmt: skip


def _card(title: str, marks: Sequence[Mark], below: Sequence[str], lane: str) -> Card:
    tags = tuple(dict.fromkeys(str(one.value) for one in marks if one.field == "tag"))
    links = tuple(link for row in below if (link := _link(row.strip())) is not None)
    after = [ident for one in marks if one.field == "after" for ident in _ids(one)]
    energy = _value(marks, "energy", str) or _energy_of(tags)
    return Card(
        id="",
        title=title,
        lane=lane,
        details=_dedent(below),
        effort=_value(marks, "effort", Effort),
        due=_value(marks, "due", date),
        start=_value(marks, "start", date),
        at=_value(marks, "at", time),
        priority=_value(marks, "priority", int),
        project=_value(marks, "project", str) or "",
        tags=tags,
        waiting_for=_value(marks, "waiting", str) or waiting_in(title, lane),
        after=tuple(dict.fromkeys(after)),
        energy=cast("Energy", energy),
        outcome=_value(marks, "outcome", str) or "",
        links=links,
        created=_value(marks, "created", date),
        done_on=_value(marks, "done_on", date),
        spent=_value(marks, "spent", int),
    )


def _value(marks: Sequence[Mark], field: Field, kind: type[T]) -> T | None:
    """What the first mark of a field says."""
    for mark in marks:
        if mark.field == field and isinstance(mark.value, kind):
            return mark.value
    return None


def _ids(mark: Mark) -> tuple[str, ...]:
    return cast("tuple[str, ...]", mark.value) if isinstance(mark.value, tuple) else ()


def _energy_of(tags: Sequence[str]) -> Literal["", "deep", "light"]:
    folded = {tag.casefold() for tag in tags}
    return "deep" if folded & _DEEP else "light" if folded & _LIGHT else ""


def waiting_in(title: str, lane: str) -> str:
    """Whom a card waits for by its own words, or by standing in a list for that."""
    found = _WAITING.search(title)
    if found is not None:
        return found["who"].rstrip(" .!;,")
    return SOMEBODY if lane.strip().casefold() in _WAITING_LANES else ""


def _link(row: str) -> CardLink | None:
    found = _FROM.match(row)
    if found is None:
        return None
    return CardLink(place=found["place"], quote=found["quote"] or "", at=found["at"] or "")


def _dedent(rows: Sequence[str]) -> tuple[str, ...]:
    """The rows without the white space that all of them begin with."""
    margins = [row[: len(row) - len(row.lstrip(" \t"))] for row in rows if row.strip()]
    margin = min(margins, key=len) if margins else ""
    while any(not other.startswith(margin) for other in margins):
        margin = margin[:-1]
    return tuple(row.removeprefix(margin).rstrip() for row in rows)


def _faults(found: Sequence[Marks], marks: Sequence[tuple[int, int, Mark]]) -> tuple[str, ...]:
    told = [fault for one in found for fault in one.faults]
    fields = [mark.field for _, _, mark in marks if mark.field not in {"tag", "after"}]
    told += [
        f"it says {field} more than once; the first counts"
        for field in dict.fromkeys(fields)
        if fields.count(field) > 1
    ]
    return tuple(told)


def _overfull(lanes: Sequence[Lane]) -> tuple[str, ...]:
    return tuple(
        f'"{lane.title}" holds {len(lane.cards)} cards and is meant for {lane.limit}'
        for lane in lanes
        if lane.limit is not None and len(lane.cards) > lane.limit
    )


def layout_of(text: str) -> tuple[Layout, tuple[ReadCard, ...]]:
    """A board in rows, and its cards with their marks."""
    layout = lay_out(text)
    return layout, read_cards(layout)[0]
