"""Arguments put into a shell command so that none of them can be anything but an argument.

Quoted for where they stand: bare, within single or within double quotes, in a substitution. Where
no quoting holds, such as in a here-document or in arithmetic, they are refused.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from itertools import zip_longest

from pmagent.commands.references import Insert, Piece

_RUNS_TEXT = re.compile(
    r"\b(?:eval|case)\b|(?:^|[\s;&|(/\"'])(?:ba|da|z|k|a)?sh[\"']?\s+(?:-\S+\s+)*-\w*c\b"
)
"""What reads an argument as a command again, so that one level of quotes is not enough; and `case`,
whose lone brackets hide where a substitution ends."""
_SCRIPT = re.compile(
    r"(?:^|[\s;&|(/])(?:ba|da|z|k|a)?sh\s+(?:-\S+\s+)*-\w*c\s+'(?P<script>[^']*)'", re.MULTILINE
)
"""A script for another shell, in single quotes."""
_OPENS = (
    ("$((", "arithmetic", "))"),
    ("((", "arithmetic", "))"),
    ("$(", "plain", ")"),
    ("${", "parameter", "}"),
    ("$'", "escaped", "'"),
    ('$"', "double", '"'),
    ("<(", "plain", ")"),
    (">(", "plain", ")"),
    ("(", "plain", ")"),
    ("`", "backquoted", "`"),
    ("'", "single", "'"),
    ('"', "double", '"'),
)
_UNSURE = frozenset({"arithmetic", "parameter", "escaped", "backquoted"})
_IN_DOUBLE = frozenset({"$((", "$(", "${", "`", '"'})


def shell_text(pieces: Sequence[Piece]) -> str | None:
    """The command with everything put in; None where an argument stands where no quote is safe."""
    inserts = [piece for piece in pieces if isinstance(piece, Insert)]
    texts = [text for p in pieces for text in ((p,) if isinstance(p, str) else p.words)]
    if any("\0" in text for text in texts):
        return None
    numbers = iter(range(len(inserts)))
    marked = "".join(p if isinstance(p, str) else f"\0{next(numbers)}\0" for p in pieces)
    return _made(marked, inserts)


def _made(marked: str, inserts: Sequence[Insert]) -> str | None:
    """The same of a text in which each insert is its number between two null characters."""
    whole = _with_scripts(marked, inserts)
    if whole is None:
        return None
    texts = whole.split("\0")
    left = [inserts[int(number)] for number in texts[1::2]]
    if any(insert.is_argument for insert in left) and _RUNS_TEXT.search("".join(texts[::2])):
        return None
    place = _Place()
    made: list[str] = []
    for text, insert in zip_longest(texts[::2], left):
        place.take(text)
        made.append(text)
        quoted = _quoted(insert, place) if insert else ""
        if quoted is None:
            return None
        made.append(quoted)
        place.stays_in_word()
    return "".join(made)


def _with_scripts(marked: str, inserts: Sequence[Insert]) -> str | None:
    """The text with each `sh -c '…'` made whole: quoted for the inner shell, then the outer."""
    made: list[str] = []
    place = _Place()
    end = 0
    for found in _SCRIPT.finditer(marked):
        place.take(marked[end : found.start("script") - 1])
        if place.kind != "plain" or place.is_unsure:
            break
        inner = _made(found["script"], inserts)
        if inner is None:
            return None
        made += [marked[end : found.start("script")], inner.replace("'", "'\"'\"'")]
        place.take(marked[found.start("script") - 1 : found.end("script")])
        end = found.end("script")
    return "".join([*made, marked[end:]])


def _quoted(insert: Insert, place: _Place) -> str | None:
    if place.is_unsure:
        return None
    if place.kind == "comment":
        return ""
    if place.kind == "plain":
        return shlex.join(insert.words)
    if place.kind in {"single", "double"}:
        mark = "'" if place.kind == "single" else '"'
        return f"{mark}{shlex.quote(' '.join(insert.words))}{mark}"
    return None


class _Place:
    """Where in a command the text so far ends."""

    def __init__(self) -> None:
        self._open: list[tuple[str, str]] = []
        self._is_here = False
        self._is_word = False
        self._skips = False
        self._is_dollar = False

    @property
    def kind(self) -> str:
        """The innermost thing that is open."""
        return self._open[-1][0] if self._open else "plain"

    @property
    def is_unsure(self) -> bool:
        """Whether no quoting is known to hold here."""
        if self._is_here or self._skips or self._is_dollar:
            return True
        return any(kind in _UNSURE for kind, _ in self._open)

    def stays_in_word(self) -> None:
        """What was put in is part of a word, so that no `#` behind it begins a comment."""
        self._is_word, self._is_dollar = True, False

    def take(self, text: str) -> None:
        """Read on."""
        i = 0
        while i < len(text):
            i += self._step(text, i)
        # A quote behind a lone dollar sign would begin another kind of quotes.
        self._is_dollar = text.endswith("$") if text else self._is_dollar

    def _step(self, text: str, i: int) -> int:
        """Read what stands at `i`, and give its length."""
        kind, character = self.kind, text[i]
        if self._skips:
            self._skips = False
            return 1
        if kind == "comment":
            self._open = self._open[:-1] if character == "\n" else self._open
            return 1
        if character == "\\" and kind != "single":
            self._skips = self._is_word = True
            return 1
        closing = self._open[-1][1] if self._open else ""
        if closing and text.startswith(closing, i):
            self._open.pop()
            self._is_word = True
            return len(closing)
        return 1 if kind in {"single", "escaped", "backquoted"} else self._begin(text, i)

    def _begin(self, text: str, i: int) -> int:
        """Open what begins at `i`, if anything does."""
        kind = self.kind
        for mark, opened, closing in _OPENS:
            if text.startswith(mark, i) and (kind != "double" or mark in _IN_DOUBLE):
                self._open.append((opened, closing))
                self._is_word = opened in {"single", "double"}
                return len(mark)
        if kind == "plain" and text[i] == "#" and not self._is_word:
            self._open.append(("comment", ""))
        elif kind == "plain" and text.startswith("<<<", i):
            return 3
        elif kind == "plain" and text.startswith("<<", i):
            self._is_here = True
        self._is_word = text[i] not in " \t\n;&|<>"
        return 1
