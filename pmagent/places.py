"""A place as a person writes it: `notes/pricing.md:42`, `pricing.md:42-50`, `ep-041.vtt#12:44`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pmagent.errors import UsageError

_LINES = re.compile(r":(\d{1,9})(?:-(\d{1,9}))?(?::\d+)?$")
_TIME = re.compile(r"#(?:(\d{1,3}):)?(\d{1,3}):(\d{2})(?:\.\d+)?$")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A file, and lines of it or a moment in it, or neither."""

    path: str
    lines: tuple[int, int] | None = None
    time_ms: int | None = None


def parse_place(text: str) -> Place:
    """The place `text` names.

    Raises:
        UsageError: it names no file, or its lines run backwards.
    """
    if found := _TIME.search(text):
        hours, minutes, seconds = (int(group or 0) for group in found.groups())
        path, time_ms = text[: found.start()], ((hours * 60 + minutes) * 60 + seconds) * 1000
        place = Place(path=path, time_ms=time_ms)
    elif found := _LINES.search(text):
        first = int(found[1])
        last = int(found[2] or first)
        if not 1 <= first <= last:
            raise UsageError(f'"{text}" names lines that run backwards', "write file:first-last")
        place = Place(path=text[: found.start()], lines=(first, last))
    else:
        place = Place(path=text)
    if not place.path:
        raise UsageError(f'"{text}" names no file', "write file:line, or file#minutes:seconds")
    return place
