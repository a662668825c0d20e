"""Values as a person types or edits them, and back. Pure.

Text stays text; a list of short texts is one to a line; all else is JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast, get_args

from pmagent.errors import UsageError
from pmagent.types.actions import Json
from pmagent.types.reviews import ReviewCode

CODES: tuple[str, ...] = get_args(ReviewCode)
_PLAIN = ("str", "cited", "date", "time", "url", "any")
_NUMBERS = {"int": int, "float": float}
_SPAN = re.compile(r"(\d{1,4})\s*([mhdw])")
_SPANS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_SAYS_YES, _SAYS_NO = frozenset({"yes", "y", "true"}), frozenset({"no", "n", "false"})


def editable(value: Json) -> tuple[str, str]:
    """A value as it is edited, and the ending of its file: `.md`, `.txt` or `.json`."""
    if isinstance(value, str):
        return value, ".md"
    if (lines := _lines_of(value)) is not None:
        return "".join(f"{line}\n" for line in lines), ".txt"
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n", ".json"


def shown_text(value: Json) -> str:
    """A value as it is read: as it is edited, with each document as where it is and how long."""
    if isinstance(value, Mapping) and value.get("kind") == "document":
        return _document_line(value) + "\n"
    return editable(_without_words(value))[0]


def read_edited(text: str, before: Json, name: str) -> Json:
    """The value that an edited `before` stands for.

    Raises:
        UsageError: it is no JSON, where it must be.
    """
    if isinstance(before, str):
        # Editors end a file with a line end that nobody typed.
        return text if before.endswith("\n") else text.removesuffix("\n")
    if _lines_of(before) is not None:
        return [line.strip() for line in text.split("\n") if line.strip()]
    return _json(text, name)


def read_answer(text: str, shape: str) -> Json:
    """The value that was typed for a short type such as `int` or `small|medium|large`.

    Whether it is within the type's bounds is looked at by whoever asked.

    Raises:
        UsageError: it cannot be such a value.
    """
    wanted = shape.strip()
    if wanted.endswith("?"):
        if not text.strip():
            return None
        wanted = wanted[:-1]
    kind = wanted.partition(" ")[0]
    if kind in _NUMBERS:
        return _number(text, kind)
    if kind == "bool":
        return _yes_or_no(text)
    if wanted.startswith("[str"):
        return read_edited(text, [""], "the answer")
    if wanted.startswith(("[", "{")):
        return _json(text, "the answer")
    if "|" in wanted and not wanted.startswith(_PLAIN):
        return _one_of(text, [word.strip() for word in wanted.split("|")])
    return text.removesuffix("\n")


def read_until(text: str, now: datetime) -> datetime:
    """The moment that `3h`, `2d` or `2026-12-01` names; a day begins at 9 in the zone of `now`.

    Raises:
        UsageError: it names none.
    """
    typed = text.strip().casefold()
    if span := _SPAN.fullmatch(typed):
        return now + int(span[1]) * _SPANS[span[2]]
    try:
        named = datetime.fromisoformat(typed)
    except ValueError as exc:
        raise UsageError(f'"{text.strip()}" names no moment', "such as 3h, 2d or a date") from exc
    if len(typed) == len("2026-12-01"):
        named = named.replace(hour=9)
    return named if named.tzinfo is not None else named.replace(tzinfo=now.tzinfo)


def split_codes(text: str) -> tuple[tuple[ReviewCode, ...], str]:
    """The codes that a note begins with, and the rest: `fact, cite: it is 41` has two."""
    head, colon, rest = text.partition(":")
    words = [word.strip().casefold() for word in head.split(",")]
    if not colon or not all(word in CODES for word in words):
        return (), text.strip()
    return tuple(cast("ReviewCode", word) for word in dict.fromkeys(words)), rest.strip()


def _document_line(document: Mapping[str, Json]) -> str:
    """`transcripts/ep-041.md · The price · 2026-03-02 · 1,543 words`."""
    words = document.get("words")
    told = f"{words:,} words" if isinstance(words, int) else ""
    parts = [str(document.get(name) or "") for name in ("path", "title", "date")]
    return " · ".join(part for part in (*parts, told) if part)


def _without_words(value: Json) -> Json:
    """The same with a line in the place of each document."""
    match value:
        case Mapping():
            if value.get("kind") == "document":
                return _document_line(value)
            return {name: _without_words(one) for name, one in value.items()}
        case list() | tuple():
            return [_without_words(one) for one in value]
        case _:
            return value


def _lines_of(value: Json) -> Sequence[str] | None:
    """The texts of a list that holds nothing but texts of one line; None for all else."""
    if not isinstance(value, list | tuple) or not value:
        return None
    lines = cast("Sequence[Json]", value)
    is_plain = all(isinstance(one, str) and "\n" not in one for one in lines)
    return cast("Sequence[str]", lines) if is_plain else None


def _json(text: str, name: str) -> Json:
    try:
        return cast("Json", json.loads(text))
    except ValueError as exc:
        raise UsageError(f"{name} is no JSON: {exc}", "it stays as it was; edit it again") from exc


def _number(text: str, kind: str) -> Json:
    try:
        return _NUMBERS[kind](text.strip().replace(",", ""))
    except ValueError as exc:
        raise UsageError(f'"{text.strip()}" is no number', f"the answer is one {kind}") from exc


def _yes_or_no(text: str) -> bool:
    word = text.strip().casefold()
    if word not in _SAYS_YES | _SAYS_NO:
        raise UsageError(f'"{text.strip()}" is neither yes nor no', "answer yes or no")
    return word in _SAYS_YES


def _one_of(text: str, words: Sequence[str]) -> str:
    typed = text.strip().casefold()
    fits = [word for word in words if word.casefold() == typed]
    fits = fits or [word for word in words if typed and word.casefold().startswith(typed)]
    if len(fits) != 1:
        raise UsageError(f'"{text.strip()}" is none of the answers', f"one of: {', '.join(words)}")
    return fits[0]
