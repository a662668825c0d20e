"""A board as Obsidian Kanban keeps it: lists are headings, cards are tasks, details stand indented.

Pure: text in, text out. Nothing that stands in a board is changed; a card is put in, once.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

EMPTY = "---\nkanban-plugin: board\n---\n"
_HEADING = re.compile(r"^##\s+(?P<name>.+?)\s*#*\s*$")
_ENDS = re.compile(r"^(?:\*\*\*|---|%%\s*kanban:settings)\s*$")
_FENCE = re.compile(r"^---\s*$")


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A board with a card in it."""

    text: str
    line: int
    """Where the card stands, from 1."""
    is_new: bool
    """False: it stood there already, and the text is as it was."""


def card_id(text: str) -> str:
    """What a card is known by, whichever list it has been moved to: `pm-1f0a3c9b2d`."""
    folded = " ".join(text.casefold().split())
    return f"pm-{hashlib.sha256(folded.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"


def put_card(board: str, *, column: str, text: str, details: str) -> Placed:
    """The board with the card at the end of its list; a list that is not there is put first."""
    ident = card_id(text)
    newline = "\r\n" if "\r\n" in board else "\n"
    rows = (board or EMPTY).replace("\r\n", "\n").rstrip("\n").split("\n")
    for number, row in enumerate(rows, start=1):
        if row.rstrip().endswith(f" ^{ident}"):
            return Placed(text=board, line=number, is_new=False)
    indent = "\t" if any(row.startswith("\t") for row in rows) else "  "
    inside = (f"{indent}{row.strip()}" for row in details.splitlines() if row.strip())
    card = [f"- [ ] {' '.join(text.split())} ^{ident}", *inside]
    at, lead, tail = _room(rows, column)
    written = [*rows[:at], *lead, *card, *tail, *rows[at:]]
    return Placed(text=newline.join(written) + newline, line=at + len(lead) + 1, is_new=True)


def _room(rows: list[str], column: str) -> tuple[int, list[str], list[str]]:
    """Before which row a card goes, and what stands before and behind it."""
    heads = [
        (number, found["name"].casefold())
        for number, row in enumerate(rows)
        if (found := _HEADING.match(row))
    ]
    wanted = column.strip().casefold()
    place = next((count for count, (_, name) in enumerate(heads) if name == wanted), None)
    if place is None:
        first = heads[0][0] if heads else _end(rows, 0)
        gap = [""] if first and rows[first - 1].strip() else []
        return first, [*gap, f"## {column.strip()}", ""], [""] if first < len(rows) else []
    head = heads[place][0]
    last = heads[place + 1][0] if place + 1 < len(heads) else _end(rows, head)
    end = max(number for number in range(head, last) if number == head or rows[number].strip()) + 1
    return end, [""] if end == head + 1 else [], []


def _end(rows: list[str], after: int) -> int:
    """The row at which the lists end: the archive's line, the plugin's settings, or the file's."""
    begin = after
    if not after and rows and _FENCE.match(rows[0]):
        begin = next((n for n, row in enumerate(rows) if n and _FENCE.match(row)), 0) + 1
    return next(
        (n for n, row in enumerate(rows) if n >= begin and n and _ENDS.match(row)), len(rows)
    )
