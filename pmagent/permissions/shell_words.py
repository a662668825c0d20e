"""Words of a shell command: quotes taken off, expansions seen, inner commands cut out.

Reads bash's rules for one word and no more: what it cannot be sure of it raises as a doubt, and a
doubt is asked about. Nothing is expanded and nothing is run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = re.compile(r"[A-Za-z_]\w*|[0-9@*#?$!-]", re.ASCII)
_PLAIN_BRACES = re.compile(r"\$\{[A-Za-z_]\w*\}", re.ASCII)
# Of numbers alone: a variable in it may hold an index, and an index may hold a command.
_ARITHMETIC = re.compile(r"\$\(\([\d\s+\-*/%()<>=!&|^~,?:]*\)\)", re.ASCII)
_BREAKS = frozenset(" \t\n;&|<>()")
_BRACES = re.compile(r"\{[^{}\s]*(?:,|\.\.)[^{}\s]*\}")
_ANSI = re.compile(
    r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3}))"
)
_ANSI_LETTERS = {
    "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
    "v": "\v", "\\": "\\", "'": "'", '"': '"', "?": "?",
}  # fmt: skip


class DoubtError(Exception):
    """The text is no shell command that can be read with certainty."""


@dataclass(frozen=True, kw_only=True)
class Word:
    """One word as it is written, and what it is once its quotes are off."""

    raw: str
    text: str
    """Without quotes; an expansion stands as it is written."""
    is_literal: bool = True
    """Whether `text` is exactly what the shell passes on (but for wildcards and `~`)."""
    has_glob: bool = False
    """Whether it has a wildcard outside quotes, or braces that stand for several words."""
    is_home: bool = False
    """Whether it begins with a `~` that stands for the home folder."""


class WordReader:
    """Reads words at `position`. The commands inside them are kept in `inner`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.inner: list[str] = []
        self._out: list[str] = []
        self._is_literal = True
        self._has_glob = False
        self._unquoted: list[str] = []

    def at(self, text: str) -> bool:
        """Whether `text` stands here."""
        return self.text.startswith(text, self.position)

    def peek(self) -> str:
        """The character here; empty at the end."""
        return self.text[self.position : self.position + 1]

    def read_word(self) -> Word:
        """The word that begins here.

        Raises:
            DoubtError: its end is not certain.
        """
        start = self.position
        self._out, self._unquoted = [], []
        self._is_literal, self._has_glob = True, False
        while (character := self.peek()) and (
            character not in _BREAKS or (character in "<>" and self._is_process())
        ):
            self._read_piece(character)
        if self.position == start:
            raise DoubtError("there is a character where no word can begin")
        raw = self.text[start : self.position]
        is_tilde = raw.startswith("~")
        if _BRACES.search("".join(self._unquoted)):
            self._is_literal, self._has_glob = False, True
        return Word(
            raw=raw,
            text="".join(self._out),
            is_literal=self._is_literal and (not is_tilde or raw[1:2] in {"", "/"}),
            has_glob=self._has_glob,
            is_home=is_tilde and raw[1:2] in {"", "/"},
        )

    def read_body(self, body: str) -> None:
        """Keep the commands inside a here-document's text."""
        reader = WordReader(body)
        while reader.position < len(body):
            reader.read_quoted_character(quote="")
        self.inner.extend(reader.inner)

    def _is_process(self) -> bool:
        return self.text[self.position + 1 : self.position + 2] == "("

    def _read_piece(self, character: str) -> None:
        if character == "\\":
            following = self.text[self.position + 1 : self.position + 2]
            if not following:
                raise DoubtError('it ends in a lone "\\"')
            self._put("" if following == "\n" else following, 2)
        elif character == "'":
            end = self.text.find("'", self.position + 1)
            if end < 0:
                raise DoubtError("a quote has no end")
            self._put(self.text[self.position + 1 : end], end + 1 - self.position)
        elif character == '"':
            self.position += 1
            self._read_double_quoted()
        elif character in "<>":
            self._is_literal = False
            self._read_inner(self.position + 2)
        elif character == "$":
            self._read_dollar(is_quoted=False)
        elif character == "`":
            self._read_backticks()
        else:
            self._has_glob = self._has_glob or character in "*?["
            self._unquoted.append(character)
            self._put(character, 1)

    def _put(self, text: str, length: int) -> None:
        self._out.append(text)
        self.position += length

    def _read_double_quoted(self) -> None:
        while not self.at('"'):
            if not self.peek():
                raise DoubtError("a quote has no end")
            self.read_quoted_character(quote='"')
        self.position += 1

    def read_quoted_character(self, *, quote: str) -> None:
        """Take one character, escape or expansion inside double quotes."""
        character = self.peek()
        if character == "\\":
            following = self.text[self.position + 1 : self.position + 2]
            kept = following if following in {"$", "`", "\\", "\n", quote} else f"\\{following}"
            self._put("" if following == "\n" else kept, 2)
        elif character == "$":
            self._read_dollar(is_quoted=True)
        elif character == "`":
            self._read_backticks()
        else:
            self._put(character, 1)

    def _read_dollar(self, *, is_quoted: bool) -> None:
        following = self.text[self.position + 1 : self.position + 2]
        if following == "'" and not is_quoted:
            self._read_ansi()
            return
        if following == '"' and not is_quoted:
            self.position += 2
            self._read_double_quoted()
            return
        name = _NAME.match(self.text, self.position + 1)
        if following not in {"(", "{", "["} and name is None:
            self._put("$", 1)
            return
        self._is_literal = False
        if name is not None:
            self._put("$" + name[0], 1 + len(name[0]))
        elif simple := _PLAIN_BRACES.match(self.text, self.position):
            self._put(simple[0], len(simple[0]))
        elif sum_ := _ARITHMETIC.match(self.text, self.position):
            self._put(sum_[0], len(sum_[0]))
        elif following == "(" and not self.at("$(("):
            self._read_inner(self.position + 2)
        else:
            raise DoubtError("an expansion does more than name a variable")

    def _read_ansi(self) -> None:
        position = self.position + 2
        out: list[str] = []
        while self.text[position : position + 1] != "'":
            if position >= len(self.text):
                raise DoubtError("a quote has no end")
            if self.text[position] != "\\":
                out.append(self.text[position])
                position += 1
                continue
            number = _ANSI.match(self.text, position)
            if number is None:
                letter = self.text[position + 1 : position + 2]
                if letter not in _ANSI_LETTERS:
                    raise DoubtError("a quoted escape is not known")
                out.append(_ANSI_LETTERS[letter])
                position += 2
                continue
            digits = number[1] or number[2] or number[3]
            code = int(digits, 16) if digits else int(number[4], 8)
            if not 0 < code < 0x110000 or 0xD800 <= code < 0xE000 or (number[1] and code > 0x7F):
                raise DoubtError("a quoted escape is not known")
            out.append(chr(code))
            position = number.end()
        self._put("".join(out), position + 1 - self.position)

    def _read_backticks(self) -> None:
        self._is_literal = False
        position = self.position + 1
        inside: list[str] = []
        while self.text[position : position + 1] != "`":
            if position >= len(self.text):
                raise DoubtError("a quote has no end")
            if self.text[position] == "\\" and self.text[position + 1 : position + 2] in {
                "`",
                "\\",
                "$",
            }:
                position += 1
            inside.append(self.text[position : position + 1])
            position += 1
        self.inner.append("".join(inside))
        self._put(self.text[self.position : position + 1], position + 1 - self.position)

    def _read_inner(self, start: int) -> None:
        """Cut out the command that `$(`, `<(` or `>(` opens."""
        self._is_literal = False
        end = _closing(self.text, start)
        inside = self.text[start:end]
        self.inner.append(inside)
        self._put(self.text[self.position : end + 1], end + 1 - self.position)


def _closing(text: str, start: int) -> int:
    """Where the bracket that opened before `start` is closed."""
    open_brackets, position = 1, start
    while position < len(text):
        character = text[position]
        if character in "()":
            open_brackets += 1 if character == "(" else -1
            if not open_brackets:
                return position
        position = _skipped(text, position, is_start=position == start) + 1
    raise DoubtError("a bracket has no end")


def _skipped(text: str, position: int, *, is_start: bool) -> int:
    """The last character of the quote, escape or comment that begins here, else this one."""
    character = text[position]
    if character == "\\":
        return position + 1
    if character in "'`":
        return _past(text, character, position + 1)
    if character == '"':
        return _past_double(text, position + 1)
    if character == "#" and (is_start or text[position - 1] in " \t\n;&|("):
        return _past(text, "\n", position)
    if text.startswith("<<", position) and not text.startswith("<<<", position):
        raise DoubtError("there is a here-document inside a substitution")
    return position


def _past(text: str, closing: str, start: int) -> int:
    end = text.find(closing, start)
    if end < 0:
        raise DoubtError("a quote has no end")
    return end


def _past_double(text: str, start: int) -> int:
    position = start
    while position < len(text) and text[position] != '"':
        if text[position] == "\\":
            position += 1
        elif text.startswith("$(", position):
            position = _closing(text, position + 2)
        elif text[position] == "`":
            position = _past(text, "`", position + 1)
        position += 1
    if position >= len(text):
        raise DoubtError("a quote has no end")
    return position
