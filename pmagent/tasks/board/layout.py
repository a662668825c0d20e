"""Where a board's lists, cards, archive and settings stand, row by row. Rows joined are the file.

Rows end at a line feed, and keep it, with the carriage return before it: nothing else ends one, so
no odd character in a card is taken for a line's end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pmagent.tasks.board.settings import BoardSettings, read_settings

MOST_ROWS = 200_000
_HEADING = re.compile(r"^ {0,3}(?P<marks>#{1,6})[ \t]+(?P<name>.*?)[ \t]*(?:[ \t]#+)?[ \t]*$")
_LIMIT = re.compile(r"^(?P<name>.*?)\s*\((?P<limit>\d{1,4})\)$")
_CARD = re.compile(
    r"^(?P<indent>[ \t]*)(?P<bullet>[-*+]|\d{1,9}[.)])(?P<gap>[ \t]+)\[(?P<check>[^\]\r\n])\]"
    r"(?:[ \t]+(?P<words>.*?))?[ \t]*$"
)
_COMPLETE = re.compile(r"^\*\*(?:Complete|complete)\*\*\s*$")
_BREAK = re.compile(r"^ {0,3}(?:\*[ \t]*){3,}$|^ {0,3}(?:-[ \t]*){3,}$|^ {0,3}(?:_[ \t]*){3,}$")
_SETTINGS = re.compile(r"^%%[ \t]*kanban:settings")
_FENCE = re.compile(r"^ {0,3}(?P<fence>`{3,}|~{3,})")
_BULLET = re.compile(r"^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+")
_ARCHIVE = "archive"
_DONE_LANES = frozenset({"done", "finished", "completed", "complete", "closed", "shipped"})
_TAB = 4


@dataclass(frozen=True, kw_only=True)
class CardRows:
    """The rows of one card."""

    first: int
    last: int
    """Behind its last row."""
    lane: int
    """Which lane, -1 for the archive."""


@dataclass(frozen=True, kw_only=True)
class LaneRows:
    """The rows of one list."""

    title: str
    limit: int | None
    first: int
    """Its heading, or its first card where it has none."""
    body: int
    """The first row behind its heading."""
    last: int
    """Behind its last row."""
    is_done: bool = False


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A board in rows."""

    rows: tuple[str, ...]
    lanes: tuple[LaneRows, ...]
    cards: tuple[CardRows, ...]
    """In order, those of the archive among them."""
    archive: int | None
    """The row of the archive's heading."""
    lanes_end: int
    """Behind the last row of the lists: the line above the archive, or `end`."""
    end: int
    """The row at which the settings begin, or behind the last one."""
    newline: str
    title: str
    settings: BoardSettings
    body: int
    """The first row behind the front matter."""


def split_rows(text: str) -> tuple[str, ...]:
    """The text in rows with their ends; joined they are the text."""
    rows = text.split("\n")
    ended = [f"{row}\n" for row in rows[:-1]]
    return tuple([*ended, rows[-1]] if rows[-1] else ended)


def bare(row: str) -> str:
    """A row without its end."""
    return row.removesuffix("\n").removesuffix("\r")


def card_match(row: str) -> re.Match[str] | None:
    """The parts of a card's first row: indent, bullet, gap, check, words."""
    return _CARD.match(bare(row))


def width_of(indent: str) -> int:
    """Columns of white space, a tab to the next stop of four."""
    column = 0
    for char in indent:
        column += _TAB - column % _TAB if char == "\t" else 1
    return column


def lay_out(text: str) -> Layout:
    """The board in rows. Any text is one, if only with no card on it."""
    rows = split_rows(text)
    body, is_kanban = _front(rows)
    end = next((n for n in range(body, len(rows)) if _SETTINGS.match(rows[n])), len(rows))
    plain = _plain_rows(rows, body, end)
    heads = [n for n in range(body, end) if plain[n - body] and _HEADING.match(bare(rows[n]))]
    archive = next((n for n in heads if _name_of(rows[n])[0].casefold() == _ARCHIVE), None)
    spans = _cards(rows, range(body, end), plain)
    stop = _before_archive(rows, archive, body) if archive is not None else end
    lanes, title = _lanes(rows, [n for n in heads if n < stop], spans, stop)
    return Layout(
        rows=rows,
        lanes=lanes,
        cards=tuple(_placed(spans, lanes, archive)),
        archive=archive,
        lanes_end=stop,
        end=end,
        newline="\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n",
        title=title,
        settings=read_settings("".join(rows[end:]), is_kanban=is_kanban),
        body=body,
    )


def _front(rows: Sequence[str]) -> tuple[int, bool]:
    """The first row behind the front matter, and whether that names the plugin."""
    if not rows or bare(rows[0]).removeprefix("\ufeff").rstrip() != "---":
        return 0, False
    close = next((n for n in range(1, len(rows)) if bare(rows[n]).rstrip() in {"---", "..."}), 0)
    if not close:
        return 0, False
    return close + 1, any(row.startswith("kanban-plugin:") for row in rows[1:close])


def _plain_rows(rows: Sequence[str], body: int, end: int) -> list[bool]:
    """For each row whether it is outside of code. A fence without an end is none."""
    plain = [True] * (end - body)
    n = body
    while n < end:
        opened = _FENCE.match(rows[n])
        if opened is None:
            n += 1
            continue
        fence = opened["fence"]
        closing = re.compile(rf"^ {{0,3}}{re.escape(fence[0])}{{{len(fence)},}}[ \t]*$")
        close = next((m for m in range(n + 1, end) if closing.match(bare(rows[m]))), None)
        if close is None:
            return plain
        plain[n - body : close + 1 - body] = [False] * (close + 1 - n)
        n = close + 1
    return plain


def _cards(rows: Sequence[str], within: range, plain: Sequence[bool]) -> list[tuple[int, int]]:
    """First and last row of each card, the last one behind it."""
    spans: list[tuple[int, int]] = []
    n = within.start
    while n < within.stop:
        found = card_match(rows[n]) if plain[n - within.start] else None
        if found is None:
            n += 1
            continue
        last = _last_of(rows, n, within.stop, width_of(found["indent"]))
        spans.append((n, last))
        n = last
    return spans


def _last_of(rows: Sequence[str], first: int, stop: int, indent: int) -> int:
    """Behind the card's last row: what stands further in, and a line that goes on below it."""
    last = n = first + 1
    while n < stop:
        row = bare(rows[n])
        if not row.strip():
            n += 1
            continue
        inner = width_of(row[: len(row) - len(row.lstrip(" \t"))]) > indent
        if not inner and (n > last or _begins_anew(row)):
            break
        n += 1
        last = n
    return last


def _begins_anew(row: str) -> bool:
    return bool(
        _BULLET.match(row) or _HEADING.match(row) or _BREAK.match(row) or _COMPLETE.match(row)
        or _FENCE.match(row) or row.startswith(("%%", ">", "|", "<"))
    )  # fmt: skip


def _name_of(row: str) -> tuple[str, int | None]:
    """The name of a heading, and its limit."""
    found = _HEADING.match(bare(row))
    name = found["name"].strip() if found else ""
    limited = _LIMIT.match(name)
    if limited is not None and limited["name"]:
        return limited["name"].strip(), int(limited["limit"])
    return name, None


def _lanes(
    rows: Sequence[str],
    own: Sequence[int],
    spans: Sequence[tuple[int, int]],
    stop: int,
) -> tuple[tuple[LaneRows, ...], str]:
    """The lists, and the title of the page. A first-level heading is a list where cards follow."""
    lanes: list[LaneRows] = []
    title = ""
    if orphans := [first for first, _ in spans if first < (own[0] if own else stop)]:
        last = own[0] if own else stop
        lanes.append(LaneRows(title="", limit=None, first=orphans[0], body=orphans[0], last=last))
    for place, head in enumerate(own):
        last = own[place + 1] if place + 1 < len(own) else stop
        has_cards = any(head < first < last for first, _ in spans)
        if _level(rows[head]) == 1 and not has_cards:
            title = title or _name_of(rows[head])[0]
            continue
        name, limit = _name_of(rows[head])
        is_done = name.casefold() in _DONE_LANES or any(
            _COMPLETE.match(rows[n]) for n in range(head + 1, last)
        )
        lanes.append(
            LaneRows(title=name, limit=limit, first=head, body=head + 1, last=last,
                     is_done=is_done)
        )  # fmt: skip
    return tuple(lanes), title


def _level(row: str) -> int:
    found = _HEADING.match(bare(row))
    return len(found["marks"]) if found else 0


def _before_archive(rows: Sequence[str], archive: int, body: int) -> int:
    """The row of the line above the archive's heading, or that heading."""
    n = archive - 1
    while n >= body and not bare(rows[n]).strip():
        n -= 1
    return n if n >= body and _BREAK.match(bare(rows[n])) else archive


def _placed(
    spans: Sequence[tuple[int, int]], lanes: Sequence[LaneRows], archive: int | None
) -> list[CardRows]:
    cards: list[CardRows] = []
    for first, last in spans:
        lane = -1
        if archive is None or first < archive:
            lane = next((n for n, one in enumerate(lanes) if one.first <= first < one.last), -1)
        cards.append(CardRows(first=first, last=last, lane=lane))
    return cards


def is_complete_mark(row: str) -> bool:
    """Whether a row is the plugin's own, which says that cards of its list are finished."""
    return _COMPLETE.match(row) is not None
