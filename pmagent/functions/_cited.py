"""Cited text: Markdown whose claims carry `[^path:line]`, and what is done with those marks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pmagent.types.documents import Citation

_MARK = re.compile(r"[ \t]{0,4}\[\^(?P<path>[^\[\]\n]{1,400}?):(?P<line>\d{1,7})\]")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, kw_only=True)
class Place:
    """What a mark names."""

    path: str
    line: int


def mark(citation: Citation) -> str:
    """`[^transcripts/ep-1.md:41]`, as it stands behind a claim."""
    return f"[^{citation.path}:{citation.locator.first_line}]"


def mark_at(place: str) -> str:
    """The mark of a place that is written `path:line`."""
    return f"[^{place}]"


def without_marks(text: str) -> str:
    """The text as it reads: no marks, no backslashes before signs, each line where it is."""
    return _ESCAPED.sub(r"\1", _MARK.sub("", text))


def places_in(text: str) -> tuple[Place, ...]:
    """What its marks name, in order, each once."""
    found = (Place(path=one["path"], line=int(one["line"])) for one in _MARK.finditer(text))
    return tuple(dict.fromkeys(found))


def renumber(text: str, number: Callable[[Place], int]) -> str:
    """The text with ` [3]` for each mark."""
    return _MARK.sub(
        lambda one: f" [{number(Place(path=one['path'], line=int(one['line'])))}]", text
    )
