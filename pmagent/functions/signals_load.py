"""`signals.load`: what people said, one item a remark, out of tables, notes and transcripts.

A table gives a row an item, a note a list item or paragraph, a transcript a turn. An item's date is
the one written beside it, else the nearest above it, else the document's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pmagent.days import parse_day
from pmagent.errors import AccessError, ReadError, UsageError
from pmagent.functions._arguments import Given, texts_of
from pmagent.types.actions import Json
from pmagent.types.calls import CallDesk, CallSpec, Function, Parameter
from pmagent.types.documents import Block, Document

MOST_ITEMS = 1_500
"""The newest are kept: all are held against all others later."""
FEWEST_WORDS = 4
"""Of a remark that says something."""
_DAY = re.compile(r"(?<!\d)(\d{4}-\d\d-\d\d)(?!\d)")
_SAYS = (
    "text",
    "feedback",
    "comment",
    "message",
    "body",
    "quote",
    "description",
    "content",
    "note",
)
"""Names of the column that holds the words, the surest first."""
_CELL = "; "


@dataclass(frozen=True, kw_only=True)
class _Item:
    text: str
    path: str
    line: int
    day: date

    def told(self) -> dict[str, Json]:
        """As a step sees it; the id is of place and words, so that it is the same next time."""
        place = f"{self.path}:{self.line}"
        digest = hashlib.sha256(f"{place}\n{self.text}".encode("utf-8", "surrogatepass"))
        return {
            "id": digest.hexdigest()[:12],
            "text": self.text,
            "place": place,
            "date": self.day.isoformat(),
            "source": self.path,
        }


def _load(given: Given, desk: CallDesk) -> Json:
    since = _since(given.get("since"))
    skipped: list[str] = []
    items: list[_Item] = []
    for path in desk.matching(list(texts_of(given, "paths"))):
        try:
            document = desk.archive.document(path)
        except (AccessError, ReadError) as exc:
            skipped.append(f"{path}: {exc.message}")
            continue
        items += [item for item in _items(document) if since is None or item.day >= since]
    kept = sorted(items, key=lambda item: (item.day, item.path, item.line))[-MOST_ITEMS:]
    if len(kept) < len(items):
        skipped.append(f"{len(items) - len(kept)} older remarks: {MOST_ITEMS} are looked at")
    return {"count": len(kept), "items": [item.told() for item in kept], "skipped": skipped}


def _since(value: Json) -> date | None:
    if value in (None, ""):
        return None
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value).date()
        except ValueError:
            return parse_day(value, is_end=False, flag="since")
    raise UsageError('"since" is no day', "write 2026, 2026-01 or 2026-01-31")


def _items(document: Document) -> Iterator[_Item]:
    blocks = document.parsed.blocks
    rows = _rows(blocks) if document.path.endswith((".csv", ".tsv")) else _remarks(blocks)
    day = document.date
    for text, line, told in rows:
        day = told or day
        if len(text.split()) >= FEWEST_WORDS:
            yield _Item(text=text, path=document.path, line=line, day=day)


def _rows(blocks: Sequence[Block]) -> Iterator[tuple[str, int, date | None]]:
    """The words of each row of a table, by the name of their column; else the longest cell."""
    if not blocks:
        return
    head = [name.strip().lower() for name in blocks[0].text.split(_CELL)]
    column = next((head.index(name) for name in _SAYS if name in head), None)
    for block in blocks[0 if column is None else 1 :]:
        cells = " ".join(block.text.split()).split(_CELL)
        if column is None:
            text = max(cells, key=len)
        else:
            # A cell may hold the mark itself: what is too many belongs to the words.
            text = _CELL.join(cells[column : len(cells) - (len(head) - 1 - column)])
        yield text.strip(), block.first_line, _day_in(block.text)


def _remarks(blocks: Sequence[Block]) -> Iterator[tuple[str, int, date | None]]:
    """What stands below headings, without the headings; a day in a heading holds for its part.

    What stands above the first part of a note introduces it, and is no remark.
    """
    depth = max((len(block.heading) for block in blocks), default=0)
    headed: tuple[str, ...] | None = None
    for block in blocks:
        text = " ".join(block.text.split())
        is_spoken = block.speaker is not None or block.start_ms is not None
        is_heading = bool(block.heading) and text == block.heading[-1]
        is_above = len(block.heading) < min(depth, 2) and not is_spoken
        told = _day_in(text)
        if told is None and block.heading != headed:
            told = _day_in(" ".join(block.heading))
        headed = block.heading
        yield "" if is_heading or is_above else _bare(text), block.first_line, told


def _bare(text: str) -> str:
    """The remark without the quotation marks that stand around all of it."""
    inside = text[1:-1]
    is_quoted = text[:1] in '"“' and text[-1:] in '"”' and not re.search('["“”]', inside)
    return inside.strip() if is_quoted else text


def _day_in(text: str) -> date | None:
    for found in _DAY.findall(text):
        try:
            return date.fromisoformat(found)
        except ValueError:
            continue
    return None


functions = (
    Function(
        spec=CallSpec(
            name="signals.load",
            summary="What people said since a day, a remark an item, with its place",
            parameters=(
                Parameter(name="paths", shape="any"),
                Parameter(name="since", shape="any", is_optional=True),
            ),
            gives=(
                "{count: int, items: [{id: str, text: str, place: str, date: date, source: str}], "
                "skipped: [str]}"
            ),
        ),
        run=_load,
    ),
)
