"""An output style from the bytes of its file: how answers are written, an author's voice."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from pmagent.commands.fields import boolean_of, decode_text, read_fields, text_of
from pmagent.commands.found import EMPTY, NOT_TEXT, Found, Unread
from pmagent.types.commands import Place


@dataclass(frozen=True, kw_only=True)
class OutputStyle:
    """Words that are added to the instructions of a session."""

    name: str
    description: str
    path: str
    place: Place
    text: str
    keeps_instructions: bool = False
    """`keep-coding-instructions`: what else is said about the work stays."""
    is_trusted: bool = True
    digest: str = ""


def read_style(data: bytes, found: Found) -> OutputStyle | Unread:
    """The style in a file, or why there is none. Without a name it is called like its file."""
    decoded = decode_text(data)
    if decoded is None:
        return Unread(path=found.path, reason=NOT_TEXT, is_broken=True)
    fields = read_fields(decoded[0])
    if not fields.body:
        return Unread(path=found.path, reason=EMPTY, is_broken=True)
    values = fields.values
    return OutputStyle(
        name=text_of(values.get("name")) or found.name,
        description=text_of(values.get("description")),
        path=found.path,
        place=found.place,
        text=fields.body,
        keeps_instructions=boolean_of(values.get("keep-coding-instructions")) is True,
        is_trusted=found.is_trusted,
        digest=hashlib.sha256(data).hexdigest(),
    )
