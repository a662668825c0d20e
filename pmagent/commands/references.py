"""What a command's text refers to: its arguments, the session's values, shell commands, files.

Pure scanning. One pass over the text; what is put in is never looked at again.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal, TypeAlias

from pmagent.commands.fields import text_of
from pmagent.commands.read_command import is_of_opencode
from pmagent.types.commands import CommandFile

ArgBase = Literal["auto", "0", "1"]
_BLOCK = r"^[ \t]*```![ \t]*\n(?P<block>.*?)\n[ \t]*```[ \t]*$"
_INLINE = r"(?<!\S)!`(?P<inline>[^`\n]+)`"
_MENTION = r"(?<![^\s(\[])@(?:\"(?P<quoted>[^\"\n]+)\"|(?P<mention>[^\s`\"'<>(),;|@]+))"
# With `//\\//` behind the name, backslashes of Windows would become slashes: there are none here.
_VALUE = r"\$\{(?:CLAUDE|PMAGENT)_(?P<value>[A-Z_]+)(?://\\{1,4}//)?\}"
# No index of an argument: $1,000, $1.50 and $1-3 are money, $1st is a word.
_NO_INDEX = r"(?!\w|[.,–-]\d|–)"
_INDEX = rf"\$(?:ARGUMENTS\[(?P<item>\d{{1,3}})\]|(?P<index>\d{{1,3}}){_NO_INDEX})"
_ALL = r"(?P<all>\$ARGUMENTS)(?!\w)"
_ZERO_BASED = re.compile(rf"(?<!\\)(?:\\\\)*(?:\$0{_NO_INDEX}|\$ARGUMENTS\[0\])")
_ONE_BASED = re.compile(rf"(?<!\\)(?:\\\\)*\$1{_NO_INDEX}")
# In the program of awk or perl, $1 is theirs.
_OTHER_PROGRAM = re.compile(r"\b(?:[gmn]?awk|perl)\b(?:[^|;&\n']*'[^']*')+")
_FENCE = re.compile(r"^[ \t]*(```|~~~)(?!!).*?^[ \t]*\1", re.MULTILINE | re.DOTALL)
_FLAGS = re.MULTILINE | re.DOTALL
_SHELL = re.compile(f"{_BLOCK}|{_INLINE}", _FLAGS)


@dataclass(frozen=True, kw_only=True)
class Insert:
    """What takes the place of a reference."""

    words: tuple[str, ...]
    """As separate words, for a shell."""
    text: str
    """As it is written into prose."""
    is_argument: bool = True
    """Whether a person or a model typed it."""


@dataclass(frozen=True, kw_only=True)
class Shell:
    """A command to run, in pieces."""

    pieces: tuple[Piece, ...]
    written: str
    is_block: bool = False


@dataclass(frozen=True, kw_only=True)
class Mention:
    """A file or a passage to be put in, in pieces."""

    pieces: tuple[Piece, ...]
    is_quoted: bool = False


Piece: TypeAlias = "str | Insert"
Part: TypeAlias = "str | Insert | Shell | Mention"


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What was typed behind a command."""

    raw: str
    items: tuple[str, ...]
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    """The value of each name that the command declares; empty where it was not given."""
    base: int = 0
    """The index of the first argument."""
    swallows: int | None = None
    """The index that takes all further arguments too, as OpenCode does with its highest."""

    def at(self, index: int, base: int) -> str | None:
        """The argument of this index, None where none was given."""
        place = index - base
        if not 0 <= place < len(self.items):
            return None
        if index == self.swallows:
            return " ".join(self.items[place:])
        return self.items[place]


def read_arguments(command: CommandFile, raw: str, *, arg_base: ArgBase = "auto") -> Arguments:
    """The arguments as `command` counts them."""
    items = split_arguments(raw)
    base = base_of(command, arg_base)
    swallows = None
    if is_of_opencode(command.path):
        pattern = _pattern(command.arguments)
        indexes = [
            int(found["index"]) for found in pattern.finditer(command.body) if found["index"]
        ]
        swallows = max(indexes, default=None)
    names = {
        name: items[place] if place < len(items) else ""
        for place, name in enumerate(command.arguments)
    }
    return Arguments(raw=raw, items=items, names=names, base=base, swallows=swallows)


def has_shell(text: str) -> bool:
    """Whether a command's text runs anything in a shell."""
    return _SHELL.search(text) is not None


def base_of(command: CommandFile, arg_base: ArgBase = "auto") -> int:
    """Whether `$0` or `$1` is the first argument of a command.

    Both are in use. What the person set counts first, then what the file says, then which of the
    two it uses; a file that uses `$1` and never `$0` counts from 1.
    """
    if arg_base != "auto":
        return int(arg_base)
    said = text_of(command.fields.get("pmagent-args"))
    if said in {"0", "1"}:
        return int(said)
    if is_of_opencode(command.path):
        return 1
    body = _OTHER_PROGRAM.sub("", command.body)
    return int(not _ZERO_BASED.search(body) and bool(_ONE_BASED.search(body)))


def counts_from_one(command: CommandFile) -> bool:
    """Whether `$1` is its first argument only because its prose says so.

    What stands in its code examples is not looked at.
    """
    is_said = "pmagent-args" in command.fields or is_of_opencode(command.path)
    prose = replace(command, body=_FENCE.sub("", command.body))
    return not is_said and base_of(command) == 1 == base_of(prose)


def split_arguments(raw: str) -> tuple[str, ...]:
    """The words as a shell would see them; at blanks alone where a quote is left open."""
    try:
        return tuple(shlex.split(raw))
    except ValueError:
        return tuple(raw.split())


def parse_body(
    command: CommandFile, arguments: Arguments, values: Mapping[str, str]
) -> Iterator[Part]:
    """The body in order: text, what was put in, shell commands and mentions."""
    reader = _Reader(arguments, values, command.arguments)
    return reader.parts(command.body)


def mentions_in(text: str) -> Iterator[Part]:
    """A person's own text: only its mentions are references."""
    end = 0
    for found in re.finditer(_MENTION, text):
        yield text[end : found.start()]
        yield Mention(
            pieces=(found["quoted"] or found["mention"],), is_quoted=found["quoted"] is not None
        )
        end = found.end()
    yield text[end:]


class _Reader:
    def __init__(
        self, arguments: Arguments, values: Mapping[str, str], names: Sequence[str]
    ) -> None:
        self._arguments = arguments
        self._values = values
        self._inner = _pattern(tuple(names))
        self._whole = _pattern(tuple(names), is_whole=True)

    def parts(self, text: str) -> Iterator[Part]:
        end = 0
        for found in self._whole.finditer(text):
            yield text[end : found.start()]
            yield from self._part(found)
            end = found.end()
        yield text[end:]

    def _part(self, found: re.Match[str]) -> Iterator[Part]:
        if shell := found["block"] or found["inline"]:
            is_block = found["block"] is not None
            yield Shell(pieces=self._pieces(shell), written=shell.strip(), is_block=is_block)
        elif mention := found["quoted"] or found["mention"]:
            is_quoted = found["quoted"] is not None
            yield Mention(pieces=self._pieces(mention), is_quoted=is_quoted)
        else:
            yield from self._reference(found)

    def _pieces(self, text: str) -> tuple[Piece, ...]:
        pieces: list[Piece] = []
        end = 0
        others = [found.span() for found in _OTHER_PROGRAM.finditer(text)]
        for found in self._inner.finditer(text):
            is_theirs = any(first < found.start() < last for first, last in others)
            if is_theirs and found["index"]:
                continue
            pieces += [text[end : found.start()], *self._reference(found)]
            end = found.end()
        return (*pieces, text[end:])

    def _reference(self, found: re.Match[str]) -> Iterator[Piece]:
        """A backslash before it keeps it as written; two do not, and stay."""
        slashes = found["slashes"]
        written = found.group()[len(slashes) :]
        if len(slashes) % 2:
            yield slashes[:-1] + written
            return
        yield slashes
        value = self._value_of(found)
        yield written if value is None else value

    def _value_of(self, found: re.Match[str]) -> Insert | None:
        """None where it names nothing that is there: it stays as text."""
        if found["all"]:
            return Insert(words=self._arguments.items, text=self._arguments.raw)
        if found["value"]:
            value = self._values.get(found["value"])
            return None if not value else Insert(words=(value,), text=value, is_argument=False)
        if found["name"]:
            value = self._arguments.names[found["name"]]
            return Insert(words=(value,), text=value)
        if found["item"]:
            value = self._arguments.at(int(found["item"]), 0)
        else:
            value = self._arguments.at(int(found["index"]), self._arguments.base)
        return None if value is None else Insert(words=(value,), text=value)


@lru_cache(maxsize=256)
def _pattern(names: tuple[str, ...], *, is_whole: bool = False) -> re.Pattern[str]:
    """References with the backslashes before them; `is_whole` adds shell commands and mentions."""
    known = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if name)
    named = rf"\$(?P<name>{known})(?!\w)" if known else r"(?P<name>(?!))"
    inner = rf"(?P<slashes>\\*)(?:{_VALUE}|{_INDEX}|{_ALL}|{named})"
    whole = f"{_BLOCK}|{_INLINE}|{_MENTION}|{inner}" if is_whole else inner
    return re.compile(whole, _FLAGS)
