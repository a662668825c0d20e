"""Who speaks: the line shapes by which transcripts name speakers, and when to believe one.

A shape is believed only where it repeats and makes up a good share of the document, so that prose
with a "Note: " in it is not a conversation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pmagent.ingest.parsers._times import TIME, lift_marks, read_time

_NAME = r"(?P<name>[^\W\d_][\w.'’&/-]{0,30}(?:,? [\w.'’&()/#+-]{1,30}){0,4}?)"
_BRACKETED = rf"\\?[\[(]\s?{TIME}\s?\\?[\])]"

_SHAPES = {
    # **Name:** text, **Name**: text, **Name** (00:01) text, [00:01] **Name:** text
    "bold name": re.compile(
        rf"(?:(?P<lead>{_BRACKETED})\s)?(?P<mark>\*\*|__)\s?(?:(?P<early>{_BRACKETED})\s?)?(?P<name>[^*\n:\[\]]{{1,60}}?)\s?"
        rf"(?P<inner>{_BRACKETED})?\s?(?P<colon>:)?\s?(?P=mark)\s?"
        rf"(?P<late>{_BRACKETED})?\s?(?P<after>:)?\\?(?:\s+|$)"
    ),
    # 00:00:01 From Name to Everyone: text
    "zoom chat": re.compile(
        rf"(?P<early>{TIME})\s+From\s+(?P<name>\S.{{0,60}}?)\s+to\s[^:]{{1,60}}:\s*"
    ),
    # Name (00:00:00): text, and the same without text or colon
    "name (time)": re.compile(rf"{_NAME}\s?(?P<late>[\[(]{TIME}[\])])\s?:?(?:\s+|$)"),
    # [00:00] Name: text, 00:00:01 Name: text
    "[time] name": re.compile(rf"(?P<early>[\[(]?{TIME}[\])]?)\s+(?:[-–]\s)?{_NAME}\s?:(?:\s+|$)"),
    # Name  12:34 or [Name] 12:34 on a line of its own
    "name time": re.compile(rf"\[?{_NAME}\]?[ \t]+(?P<late>{TIME})\s*$"),
    # Name: text, >> NAME: text
    "name": re.compile(rf"(?:>>\s?)?{_NAME}\s?[:：](?:\s+|$)"),
    # [00:00] text, and a time on a line of its own
    "[time]": re.compile(rf"(?P<early>\\?[\[(]{TIME}\\?[\])])(?:\s+|$)|(?P<late>{TIME})\s*$"),
}
_ITEM = re.compile(r"(?:[-*+]|\d{1,3}[.)])\s")
_STRAY = re.compile(rf"(?:\*\*)?{_NAME}:(?:\*\*)?\s+(?=\S)")
_TIME_ALONE = re.compile(rf"\s*\\?[\[(]?{TIME}\\?[\])]?\s*")
_FULL_NAME = re.compile(r"[^\W\d_a-z][\w.'’-]+(?: [^\W\d_a-z][\w.'’-]*){1,2}")

_LABELS = frozenset({
    "note", "notes", "nb", "summary", "abstract", "status", "goal", "goals", "date",
    "time", "when", "where", "who", "what", "why", "how", "update", "updates", "location",
    "place", "venue", "attendees", "participants", "present", "absent", "agenda",
    "action", "actions", "item", "items", "decision", "decisions", "todo", "todos",
    "pros", "cons", "example", "examples", "tip", "tips", "hint", "warning", "caution",
    "important", "question", "questions", "answer", "answers", "context", "background",
    "problem", "problems", "solution", "result", "results", "source", "sources", "link",
    "links", "url", "title", "subtitle", "subject", "from", "to", "cc", "bcc", "sent",
    "reply-to", "tags", "topic", "topics", "keywords", "author", "authors", "by", "price",
    "cost", "total", "output", "input", "description", "name", "email", "phone",
    "address", "version", "type", "id", "key", "value", "values", "duration", "ps",
    "priority", "owner", "due", "deadline", "estimate", "risk", "risks", "assumption",
    "assumptions", "remember", "idea", "ideas", "see", "also", "step", "steps", "fixme",
    "hypothesis", "outcome", "outcomes", "scope", "impact", "evidence", "reference",
    "references", "next", "previous", "learned", "lesson", "lessons", "option", "options",
    "default", "usage", "license", "category", "categories", "rating", "score", "level",
    "chapter", "part", "section", "figure", "table", "requirements", "ingredients",
    "method",
})  # fmt: skip
"""Words people put before a colon in notes; a speaker is none of these."""
_BREAKS = frozenset({
    "break", "ad", "ads", "ad break", "advertisement", "sponsor", "sponsors", "intro",
    "outro", "jingle", "music", "theme",
})  # fmt: skip
_EVIDENCE_LINES = 4_000
"""Lines that are not blank and decide about a file; a longer one is no different further on."""
_HEAD_LENGTH = 220
_AROUND_TIME = "\\[]() \t"
_FEWEST = 2
_FEWEST_TIMES = 3
_FIRST_TIME_MS = 120_000
"""A recording begins near zero; a log of a day, whose times look the same, does not."""
_RISING_SHARE = 0.8
_GOOD_SHARE = 0.5
_MOST = 0.75
_LINE_SHARE = 0.3
_SMALL_SHARE = 0.15
"""Enough for marked names: a turn may go on for several paragraphs."""


@dataclass(frozen=True)
class Head:
    """The beginning of a turn: who, when, and where on the line the words begin."""

    name: str | None
    start_ms: int | None
    rest: str

    @property
    def is_break(self) -> bool:
        """Whether it marks the time of a break, in which nobody says anything."""
        if self.name is None or self.name.casefold() not in _BREAKS:
            return False
        without, times = lift_marks(self.rest)
        words = re.sub(r"[\W_]", "", without)
        return words in {"", "to"} and bool(times or self.start_ms is not None)


@dataclass(frozen=True)
class Turns:
    """How one document marks who speaks."""

    shape: str
    names: frozenset[str]

    def head(self, line: str, *, is_first: bool) -> Head | None:
        """The turn that begins on `line`; `is_first` where nothing of its paragraph is above it."""
        if ":" not in line[:_HEAD_LENGTH] and "：" not in line[:_HEAD_LENGTH]:
            return None
        found = _read_head(self.shape, line)
        if found is not None and (found.name is None or not _is_label(found.name)):
            return found
        if _TIME_ALONE.fullmatch(line):
            return Head(None, read_time(line.strip(_AROUND_TIME)), "")
        return self._stray(line) if is_first and self.shape in {"bold name", "name"} else None

    def _stray(self, line: str) -> Head | None:
        """A speaker whose name someone forgot to mark like the others."""
        match = _STRAY.match(line[:_HEAD_LENGTH])
        if match is None:
            return None
        name = match["name"]
        is_name = name in self.names or (
            name.casefold() in _BREAKS or (_FULL_NAME.fullmatch(name) and not _is_label(name))
        )
        return Head(name, None, line[match.end() :]) if is_name else None


def find_turns(lines: Sequence[str]) -> Turns | None:
    """The shape a document's turns have, or None where it is not a conversation."""
    shown = _Shown.of(lines)
    for shape in _SHAPES:
        heads = [
            (index, head)
            for index, line in enumerate(shown.lines)
            if ":" in line or "：" in line
            if (head := _read_head(shape, line)) is not None
        ]
        if len(heads) >= _FEWEST and _is_believable(shape, heads, shown):
            return Turns(shape, frozenset(head.name for _, head in heads if head.name))
    return None


@dataclass(frozen=True)
class _Shown:
    """The lines that decide: not blank, cut short, with what begins a paragraph marked."""

    lines: list[str]
    firsts: list[bool]

    @staticmethod
    def of(lines: Sequence[str]) -> _Shown:
        shown: list[str] = []
        firsts: list[bool] = []
        is_first = True
        for line in lines:
            bare = line[:_HEAD_LENGTH].strip()
            if bare and len(shown) < _EVIDENCE_LINES:
                shown.append(bare)
                firsts.append(is_first)
            is_first = not bare
        return _Shown(shown, firsts)


def _read_head(shape: str, line: str) -> Head | None:
    match = _SHAPES[shape].match(line[:_HEAD_LENGTH])
    if match is None:
        return None
    groups = match.groupdict()
    written = next(filter(None, map(groups.get, ("lead", "early", "inner", "late"))), None)
    if shape == "bold name" and not (groups["colon"] or groups["after"] or written):
        return None
    name = (groups.get("name") or "").strip()
    if shape != "[time]" and not _is_name(name):
        return None
    start_ms = read_time(written.strip(_AROUND_TIME)) if written else None
    return Head(name or None, start_ms, line[match.end() :])


def _is_believable(shape: str, heads: Sequence[tuple[int, Head]], shown: _Shown) -> bool:
    names = [head.name for _, head in heads if head.name]
    if sum(map(_is_label, names)) * 2 > len(names) and shape != "[time]":
        return False
    times = [head.start_ms for _, head in heads if head.start_ms is not None]
    if shape == "[time]":
        return len(times) >= _FEWEST_TIMES and times[0] <= _FIRST_TIME_MS and _rises(times)
    if shape == "name time":
        # A timetable has such lines too, but nothing is said below them.
        alone = {index for index, _ in heads}
        followed = sum(index + 1 < len(shown.lines) and index + 1 not in alone for index in alone)
        return followed * 2 >= len(alone) and _rises(times)
    if shape not in {"bold name", "name"}:
        return _rises(times)
    return _is_conversation(shape, heads, shown, len(times))


def _is_conversation(
    shape: str, heads: Sequence[tuple[int, Head]], shown: _Shown, times: int
) -> bool:
    """Whether names without times make up enough of the document, and come back."""
    heads = [(index, head) for index, head in heads if not _is_title(index, head, shown)]
    if len(heads) < _FEWEST:
        return False
    firsts = sum(shown.firsts)
    opening = sum(shown.firsts[index] for index, _ in heads)
    share = opening / firsts if firsts else 0.0
    counts = Counter(head.name for _, head in heads if head.name and not _is_label(head.name))
    comes_back = bool(counts) and max(counts.values()) >= _FEWEST
    if shape == "bold name" and (times >= _FEWEST or comes_back):
        return share >= _SMALL_SHARE
    lines = len(heads) / len(shown.lines)
    if comes_back and all(map(str.isupper, counts)):
        # Captions shout a name where the speaker changes, and only there.
        return share >= _SMALL_SHARE or lines >= _SMALL_SHARE
    if comes_back:
        return share >= _GOOD_SHARE or lines >= _LINE_SHARE
    return len(counts) >= _FEWEST and (share >= _MOST or lines >= _MOST)


def _is_title(index: int, head: Head, shown: _Shown) -> bool:
    """Whether what looks like a name is alone above a list: "**Links:**"."""
    below = shown.lines[index + 1] if index + 1 < len(shown.lines) else ""
    return not head.rest.strip() and (not below or _ITEM.match(below) is not None)


def _rises(times: Sequence[int]) -> bool:
    steps = [later >= earlier for earlier, later in pairwise(times)]
    return bool(steps) and sum(steps) >= _RISING_SHARE * len(steps)


def _is_name(name: str) -> bool:
    """Whether it can be one: several words that begin small are part of a sentence."""
    return any(map(str.isalpha, name)) and not (" " in name and name[0].islower())


def _is_label(name: str) -> bool:
    return all(word in _LABELS for word in name.casefold().split())
