"""A card as rows of a board, in the marks that the board already uses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from typing import cast

from pmagent.tasks.board.efforts import format_effort, format_minutes
from pmagent.tasks.board.layout import Layout, bare
from pmagent.tasks.board.marks import Field, Mark, Style
from pmagent.tasks.board.reading import SOMEBODY, waiting_in
from pmagent.tasks.board.settings import BoardSettings
from pmagent.types.tasks import Card, CardLink, Effort

_UNNAMED = re.compile(r"\d{1,2}h(?:\d{1,2}m)?|\d{1,3}m")
"""A time that is read behind a card's words without a name."""
_OURS = re.compile(r"(?<!\S)(?:est|due):\S")
_THEIRS = re.compile(r"\[[\w-]+::|(?<!\S)@\{")
_NAMES: Mapping[Field, str] = {
    "effort": "effort", "due": "due", "start": "start", "priority": "priority",
    "project": "project", "waiting": "waiting", "after": "after", "energy": "energy",
    "outcome": "outcome", "spent": "spent", "done_on": "done", "at": "at",
    "created": "created",
}  # fmt: skip
_PLAIN_NAMES: Mapping[Field, str] = {**_NAMES, "effort": "est"}
FIELDS: tuple[Field, ...] = (
    "priority", "project", "tag", "effort", "due", "at", "start", "waiting", "after", "energy",
    "outcome", "created", "spent", "done_on",
)  # fmt: skip
"""In the order they are written."""


def value_of(card: Card, field: Field) -> object:
    """What a card says for a field, as a mark holds it; None where it says nothing.

    What stands in the card's words, or comes of its tags, needs no mark.
    """
    match field:
        case "tag":
            return card.tags or None
        case "waiting":
            is_said = card.waiting_for in {"", SOMEBODY, waiting_in(card.title, card.lane)}
            return None if is_said else card.waiting_for
        case "energy":
            is_said = card.energy in {tag.casefold() for tag in card.tags}
            return None if is_said else card.energy or None
        case _:
            return getattr(card, field) or None


def write_value(field: Field, value: object, style: Style, settings: BoardSettings) -> str:
    """A value in the words that its kind of mark has for it."""
    match value:
        case Effort():
            return format_effort(value)
        case int() if field == "spent":
            return format_minutes(value)
        case int() if style == "letter":
            return chr(ord("A") + value - 1)
        case int() if field == "priority" and style == "tag":
            return f"p{value}"
        case time():
            return f"{value:%H:%M}"
        case date() if style == "brace":
            return settings.write_day(value)
        case tuple():
            ids = cast("tuple[str, ...]", value)
            return ",".join(ids) if style == "plain" else ", ".join(f"^{one}" for one in ids)
        case _:
            return _clean(str(value))


def write_mark(field: Field, value: object, layout: Layout) -> str:
    """A whole mark, as this board writes such marks."""
    settings, is_plain = layout.settings, is_plain_board(layout)
    match field:
        case "tag":
            return " ".join(f"#{tag}" for tag in cast("tuple[str, ...]", value))
        case "priority":
            return f"#p{value}"
        case "at":
            return f"{settings.time_trigger}{{{write_value(field, value, 'brace', settings)}}}"
        case "due" if not is_plain:
            return f"{settings.date_trigger}{{{write_value(field, value, 'brace', settings)}}}"
        case _:
            pass
    plain = write_value(field, value, "plain", settings)
    if is_plain and not re.search(r"\s", plain):
        return f"{_PLAIN_NAMES[field]}:{plain}"
    return f"[{_NAMES[field]}:: {write_value(field, value, 'field', settings)}]"


def is_plain_board(layout: Layout) -> bool:
    """Whether its marks are `due:…` and not the plugin's: as most of them are."""
    body = "".join(layout.rows[layout.body : layout.end])
    plain, theirs = len(_OURS.findall(body)), len(_THEIRS.findall(body))
    return plain > theirs if plain or theirs else not layout.settings.is_kanban


def write_rows(card: Card, layout: Layout) -> list[str]:
    """A new card in rows without their ends, its id behind the first one's words."""
    marks = [
        write_mark(field, value, layout)
        for field in FIELDS
        if (value := value_of(card, field)) is not None
    ]
    words = " ".join([one_line(card.title), *marks])
    check = "x" if card.is_done else " "
    first = f"- [{check}] {words} ^{card.id}" if words.strip() else f"- [{check}] ^{card.id}"
    return [first, *detail_rows(card, layout)]


def detail_rows(card: Card, layout: Layout) -> list[str]:
    """The rows below a new card."""
    indent = indent_of(layout)
    told = {row.strip() for row in card.details}
    links = [row for link in card.links if (row := write_link(link)) not in told]
    # Any other end of a line, such as a form feed, would make one row of a card into two.
    rows = [part for row in card.details for part in row.splitlines() if part.strip()]
    return [f"{indent}{row.rstrip()}" for row in [*rows, *links]]


def write_link(link: CardLink) -> str:
    """Where a card comes from, as a row below it: `From ep-068.vtt:42 (00:12:44): “…”`."""
    at = f" ({link.at})" if link.at else ""
    quote = f": “{one_line(link.quote)}”" if link.quote else ""
    return f"- From {one_line(link.place)}{at}{quote}"


def indent_of(layout: Layout) -> str:
    """What a row below a card begins with on this board."""
    for row in layout.rows[layout.body : layout.end]:
        if row.startswith("\t") and row.strip():
            return "\t"
        if row.startswith("    ") and bare(row).strip() and layout.settings.is_kanban:
            return "    "
    return "  "


def written(mark: Mark, value: object, layout: Layout) -> str | None:
    """A value in the words of a mark that is there; None where its style cannot have it."""
    said = write_value(mark.field, value, mark.style, layout.settings)
    if mark.style in {"field", "brace"}:
        return said
    if mark.style == "sign" and mark.field == "priority":
        return None  # a picture for each
    if mark.style == "letter" and mark.field == "effort" and not _UNNAMED.fullmatch(said):
        return None  # a range, or days, is read with its name only
    return None if re.search(r"\s", said) else said


def one_line(text: str) -> str:
    """The words on one line."""
    return " ".join(text.split())


def _clean(text: str) -> str:
    """Without what would end the mark it stands in."""
    return one_line(text).translate(str.maketrans("[]{}", "()()"))
