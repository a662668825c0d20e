"""The marks in a card's words: `due:2026-02-09`, `[effort:: 2h]`, `@{2026-02-09}`, `#p1`, `+name`.

A mark knows where its value stands, so that another value can be put in its place and nothing else
is touched. What looks like a mark and has no value that is understood stays a part of the words,
and is told. Nothing is read in code, links and addresses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Literal

from pmagent.tasks.board.efforts import DURATION, parse_effort, parse_minutes
from pmagent.tasks.board.settings import BoardSettings

Field = Literal[
    "effort", "due", "start", "at", "priority", "project", "waiting", "after", "energy", "outcome",
    "created", "spent", "done_on", "tag",
]  # fmt: skip
Style = Literal["field", "plain", "brace", "sign", "tag", "letter"]
"""`[due:: x]`, `due:x`, `@{x}`, an emoji, `#p1` and `+name`, `(A)`."""

_NAMES: Mapping[str, Field] = {
    "effort": "effort", "est": "effort", "estimate": "effort", "due": "due", "deadline": "due",
    "start": "start", "scheduled": "start", "t": "start", "at": "at", "priority": "priority",
    "prio": "priority", "pri": "priority", "project": "project", "proj": "project",
    "waiting": "waiting", "waiting-for": "waiting", "after": "after", "depends": "after",
    "blocked-by": "after", "energy": "energy", "outcome": "outcome", "spent": "spent",
    "actual": "spent", "done": "done_on", "completion": "done_on", "completed": "done_on",
    "created": "created", "p": "priority",
}  # fmt: skip
PRIORITIES: Mapping[str, int] = {
    "highest": 1, "urgent": 1, "critical": 1, "high": 1, "h": 1, "a": 1,
    "medium": 2, "normal": 2, "m": 2, "b": 2, "low": 3, "l": 3, "c": 3, "lowest": 4, "d": 4,
}  # fmt: skip
_ENERGIES: Mapping[str, str] = {"deep": "deep", "focus": "deep", "high": "deep", "light": "light",
                                "low": "light", "shallow": "light"}  # fmt: skip
_SIGNS: Mapping[str, Field] = {
    "📅": "due",
    "🗓": "due",
    "⏳": "start",
    "🛫": "start",
    "✅": "done_on",
    "➕": "created",
}
_SIGNED_PRIORITIES = {"🔺": 1, "⏫": 1, "🔼": 2, "🔽": 3, "⏬": 4}

_HIDDEN = re.compile(r"`+[^`]*`+|(?<!@)\[\[[^\]]*\]\]|\]\([^)\s]*\)|\b\w{2,10}://\S+")
_FIELD = re.compile(
    r"\[[ ]*(?P<name>[A-Za-z][\w-]*)[ ]*::[ ]*(?P<value>[^\[\]]*?)[ ]*\]"
    r"|\([ ]*(?P<name_>[A-Za-z][\w-]*)[ ]*::[ ]*(?P<value_>[^()]*?)[ ]*\)"
)
_PLAIN = re.compile(
    rf"(?i)(?<!\S)(?P<name>est|effort|estimate|due|spent):[ ]?"
    rf"(?P<value>{DURATION}(?:[-–]{DURATION})?(?!\S)|\S+)"
    r"|(?<!\S)(?P<name_>deadline|start|scheduled|t|at|priority|prio|pri|project|proj|waiting"
    r"|waiting-for|after|depends|energy|outcome|actual|done|completion|completed|created"
    r"|p(?=:[0-9][,;.]?(?!\S))):"
    r"(?P<value_>\"[^\"]+\"|[^\s:][^\s]*)"
)
_TAG = re.compile(r"(?<!\S)#(?P<value>[\w/-]*[^\W\d_][\w/-]*)")
_PRIORITY_TAG = re.compile(r"(?i)p(?:[0-9]|1[0-9]|2[0-6])")
"""As far as the letters of todo.txt reach: `(Z)` is 26."""
_PLUS = re.compile(r"(?<!\S)\+(?P<value>[^\W\d_][\w./-]*)")
_LOWEST = 26
_LETTER = re.compile(r"^\((?P<value>[A-Z])\)(?=\s)")
_SIGN = re.compile(rf"(?P<name>{'|'.join(_SIGNS)})\ufe0f?[ ]?(?P<value>\d{{4}}-\d\d-\d\d)")
_SIGNED = re.compile(rf"(?P<value>{'|'.join(_SIGNED_PRIORITIES)})\ufe0f?")
_LAST_TIME = re.compile(
    r"(?i)(?P<before>\S+)[ ]~?(?P<value>(?:\d{1,2}h(?:[ ]?\d{1,2}m)?|\d{1,3}m(?:in)?))[ ]*$"
)
_NOT_BEFORE_EFFORT = frozenset({
    "the", "a", "an", "in", "for", "to", "of", "at", "by", "within", "under", "last", "next", "per",
    "over", "than", "about", "after", "every", "from", "until", "and", "or", "is", "plus", "first",
})  # fmt: skip
"""Behind one of these a duration is a part of the sentence."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_EDGE_DAY = re.compile(r"^(?P<value>\d{4}-\d\d-\d\d)(?=\s)|(?<=\s)(?P<value_>\d{4}-\d\d-\d\d)[ ]*$")
_CLOCK = re.compile(r"(?i)(\d{1,2})(?::(\d\d))(?::\d\d)?[ ]?([ap]m)?|(\d{1,2})[ ]?([ap]m)")
_WORDS_TOO = frozenset({"t", "at", "after", "depends", "done", "completed", "created"})
_CARD_ID = re.compile(r"\^?([A-Za-z0-9_-]+)")

Value = date | time | int | str | tuple[str, ...] | object


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A mark, read."""

    field: Field
    style: Style
    start: int
    """Its first character in the row's words."""
    end: int
    value_start: int
    value_end: int
    value: Value
    """As `read_value` gives it."""


@dataclass(frozen=True, kw_only=True)
class Marks:
    """What one row of a card has in it."""

    marks: tuple[Mark, ...]
    """In order, none within another."""
    words: str
    """The row without them."""
    faults: tuple[str, ...] = ()
    """What looks like a mark and is not understood, one phrase each."""


def find_marks(text: str, settings: BoardSettings, *, is_done: bool, is_first: bool) -> Marks:
    """The marks of one row, without its `^id`. Rows below the first have named fields alone."""
    shown = _HIDDEN.sub(lambda found: " " * len(found[0]), text)
    kept: list[Mark] = []
    faults: list[str] = []
    for field, style, found, group in _candidates(shown, settings, is_first=is_first):
        if any(found.start() < one.end and one.start < found.end() for one in kept):
            continue
        said = found[group]
        value = read_value(field, said, settings)
        if value is not None:
            kept.append(_mark(field, style, found, group, value))
        elif not _is_only_words(found, style, said):
            faults.append(f'{field} "{said.strip()}" is not understood{_advice(field)}')
    if is_first:
        kept += _at_the_end(shown, kept, is_done=is_done)
    kept.sort(key=lambda mark: mark.start)
    return Marks(marks=tuple(kept), words=_without(text, kept), faults=tuple(faults))


def read_value(field: Field, said: str, settings: BoardSettings) -> Value | None:
    """The value that some words mean for a field; None where they mean none."""
    said = said.strip().strip('"').strip()
    return _READERS[field](said, settings) if said else None


def read_day(said: str, settings: BoardSettings) -> date | None:
    """`2026-02-09`, or as the board's settings write a day."""
    if not _DAY.fullmatch(said):
        return settings.read_day(said)
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def read_clock(said: str) -> time | None:
    """`10:00`, `9am`."""
    found = _CLOCK.fullmatch(said)
    if found is None:
        return None
    hour, half = int(found[1] or found[4]), (found[3] or found[5] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + 12 * (half == "pm") if half else hour
    minute = int(found[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _candidates(
    shown: str, settings: BoardSettings, *, is_first: bool
) -> Iterator[tuple[Field, Style, re.Match[str], str]]:
    """What may be marks, the surest kind first."""
    for found in _FIELD.finditer(shown):
        group = "value" if found["name"] else "value_"
        field = _NAMES.get((found["name"] or found["name_"]).lower())
        if field is not None:
            yield field, "field", found, group
    if not is_first:
        return
    for pattern, field in settings.patterns():
        for found in pattern.finditer(shown):
            yield field, "brace", found, "value"
    for found in _PLAIN.finditer(shown):
        group = "value" if found["name"] else "value_"
        yield _NAMES[(found["name"] or found["name_"]).lower()], "plain", found, group
    for found in _SIGN.finditer(shown):
        yield _SIGNS[found["name"]], "sign", found, "value"
    for found in _SIGNED.finditer(shown):
        yield "priority", "sign", found, "value"
    yield from _short_ones(shown)


def _short_ones(shown: str) -> Iterator[tuple[Field, Style, re.Match[str], str]]:
    for found in _LETTER.finditer(shown):
        yield "priority", "letter", found, "value"
    for found in _PLUS.finditer(shown):
        yield "project", "tag", found, "value"
    for found in _TAG.finditer(shown):
        is_priority = _PRIORITY_TAG.fullmatch(found["value"]) is not None
        yield ("priority" if is_priority else "tag"), "tag", found, "value"


def _at_the_end(shown: str, kept: list[Mark], *, is_done: bool) -> list[Mark]:
    """The two that need no name: a duration behind all words, and the day a card was done."""
    bare = shown
    for mark in kept:
        bare = bare[: mark.start] + " " * (mark.end - mark.start) + bare[mark.end :]
    more: list[Mark] = []
    fields = {mark.field for mark in kept}
    found = _EDGE_DAY.search(bare) if is_done and "done_on" not in fields else None
    if found is not None:
        group = "value" if found["value"] else "value_"
        day = read_day(found[group], BoardSettings())
        if day is not None:
            more.append(_mark("done_on", "letter", found, group, day))
    found = _LAST_TIME.search(bare) if "effort" not in fields else None
    if found is not None and found["before"].lower().strip(",;") not in _NOT_BEFORE_EFFORT:
        effort = parse_effort(found["value"])
        start = found.end("before") + 1
        if effort is not None:
            more.append(
                Mark(field="effort", style="letter", start=start, end=found.end("value"),
                     value_start=found.start("value"), value_end=found.end("value"), value=effort)
            )  # fmt: skip
    return more


def _mark(field: Field, style: Style, found: re.Match[str], group: str, value: Value) -> Mark:
    end = found.end()
    if style == "plain":  # a comma behind it belongs to the sentence
        end -= len(found[0]) - len(found[0].rstrip(",;."))
    value_end = min(found.end(group), end)
    return Mark(field=field, style=style, start=found.start(), end=end,
                value_start=found.start(group), value_end=value_end, value=value)  # fmt: skip


def _without(text: str, marks: list[Mark]) -> str:
    pieces, at = [""], 0
    for mark in marks:
        pieces.append(text[at : mark.start])
        at = mark.end
    return " ".join("".join([*pieces, text[at:]]).split())


def _is_only_words(found: re.Match[str], style: Style, said: str) -> bool:
    """Whether it need not be told: `t:`, `after:` and the like stand in words that mean no mark."""
    if style in {"tag", "letter", "sign"} or not said.strip():
        return True
    name = (found.groupdict().get("name") or found.groupdict().get("name_") or "").lower()
    return style == "plain" and name in _WORDS_TOO


def _advice(field: Field) -> str:
    match field:
        case "due" | "start" | "done_on" | "created":
            return "; write a day as 2026-02-09"
        case "effort" | "spent":
            return "; write 90m, 2h, 3d or 2h-4h"
        case "priority":
            return "; write 1 to 9, high, medium or low"
        case _:
            return ""


def _read_priority(said: str, settings: BoardSettings) -> int | None:
    del settings
    bare = said.lower().removeprefix("p").rstrip(",;.")
    if said in _SIGNED_PRIORITIES:
        return _SIGNED_PRIORITIES[said]
    if len(said) == 1 and "A" <= said <= "Z":
        return ord(said) - ord("A") + 1
    if bare.isascii() and bare.isdigit() and 0 <= int(bare[:3]) <= _LOWEST:
        return max(1, int(bare))
    return PRIORITIES.get(said.lower())


def _read_ids(said: str, settings: BoardSettings) -> tuple[str, ...] | None:
    del settings
    found = [_CARD_ID.fullmatch(part) for part in re.split(r"[,\s]+", said) if part]
    ids = tuple(one[1] for one in found if one is not None)
    return ids if ids and len(ids) == len(found) else None


def _plain_day(said: str, settings: BoardSettings) -> date | None:
    return read_day(said.rstrip(",;."), settings)


_READERS: Mapping[Field, Callable[[str, BoardSettings], Value | None]] = {
    "effort": lambda said, _: parse_effort(said.rstrip(",;.")),
    "spent": lambda said, _: parse_minutes(said.rstrip(",;.")),
    "due": _plain_day,
    "start": _plain_day,
    "done_on": _plain_day,
    "created": _plain_day,
    "at": lambda said, _: read_clock(said),
    "priority": _read_priority,
    "project": lambda said, _: said,
    "waiting": lambda said, _: said,
    "outcome": lambda said, _: said.removeprefix("^"),
    "after": _read_ids,
    "energy": lambda said, _: _ENERGIES.get(said.lower()),
    "tag": lambda said, _: said,
}
