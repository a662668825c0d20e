"""A shell command taken apart: its simple commands, where they run, what they are redirected to.

Split on `&&`, `||`, `;`, `|`, `|&`, `&` and line ends, inside brackets, substitutions and backticks
too. What cannot be read with certainty is a doubt; the parts that were read are given all the same,
so that a refusal can still be found in them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from pmagent.permissions.shell_words import DoubtError, Word, WordReader

MOST_CHARACTERS = 10_000
_DEEPEST = 12
_MOST_COMMANDS = 500
_MOST_FOLDERS = 8
_OPERATORS = ("&&", "||", ";", "|&", "|", "&")
_REDIRECT = re.compile(r"(?:\d+)?(?:<<<|<<-?|<>|<&|>>|>\||>&|<|>)|&>>?")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=", re.ASCII)
_BEGINNERS = {"!", "if", "then", "elif", "else", "while", "until", "do", "{"}
_ENDERS = {"fi", "done", "}"}
_UNREAD = {"case", "esac", "select", "function", "coproc", "[["}
_MOVES = {"cd", "chdir", "pushd", "popd"}
_DUPLICATED = re.compile(r"\d+|-|\d+-")


@dataclass(frozen=True, kw_only=True)
class SimpleCommand:
    """One program with its words."""

    words: tuple[Word, ...]
    assignments: tuple[Word, ...] = ()
    """`FOO=1` before the program."""
    folders: tuple[str, ...] = ("",)
    """Where it may run: relative to the first folder, absolute, or beginning with `~`."""

    @property
    def text(self) -> str:
        """The words as they are written, one space between them."""
        return " ".join(word.raw for word in (*self.assignments, *self.words))


@dataclass(frozen=True, kw_only=True)
class Redirect:
    """A file that the shell itself opens."""

    target: Word
    is_write: bool
    folders: tuple[str, ...] = ("",)


@dataclass(frozen=True, kw_only=True)
class ShellParts:
    """What a command line is made of."""

    commands: tuple[SimpleCommand, ...]
    redirects: tuple[Redirect, ...]
    is_plain: bool
    """Whether every word is passed on exactly as it is written, wildcards apart."""
    doubts: tuple[str, ...]
    """Why it cannot be read with certainty; empty where it can."""


def split_command(text: str) -> ShellParts:
    """The parts of a command line. A doubt is a value, never an error."""
    if len(text) > MOST_CHARACTERS:
        doubt = f"it is longer than {MOST_CHARACTERS:,} characters"
        return ShellParts(commands=(), redirects=(), is_plain=False, doubts=(doubt,))
    parser = _Parser()
    if any(unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"} and c not in "\n\t" for c in text):
        parser.doubts.append("it has characters that cannot be seen")
    parser.parse(text, depth=0)
    return ShellParts(
        commands=tuple(parser.commands),
        redirects=tuple(parser.redirects),
        is_plain=parser.is_plain and not parser.doubts,
        doubts=tuple(dict.fromkeys(parser.doubts)),
    )


class _Parser:
    """Collects the parts of one text and of the texts inside it."""

    def __init__(self) -> None:
        self.commands: list[SimpleCommand] = []
        self.redirects: list[Redirect] = []
        self.doubts: list[str] = []
        self.is_plain = True
        self.folders: tuple[str, ...] = ("",)

    def parse(self, text: str, *, depth: int) -> None:
        if depth > _DEEPEST:
            self.doubts.append("it is nested too deeply")
            return
        line = _Line(self, text)
        try:
            line.read()
        except DoubtError as doubt:
            self.doubts.append(str(doubt))
            line.flush()
        if line.reader.inner:
            self.is_plain = False
        for inner in line.reader.inner:
            self.parse(inner, depth=depth + 1)


class _Line:
    """Reads one text from its beginning to its end."""

    def __init__(self, parser: _Parser, text: str) -> None:
        self.parser = parser
        self.reader = WordReader(text)
        self._words: list[Word] = []
        self._assignments: list[Word] = []
        self._has_redirect = False
        self._open_brackets = 0
        self._heredocs: list[tuple[str, bool, bool]] = []

    def read(self) -> None:
        reader = self.reader
        while character := reader.peek():
            if character in " \t" or reader.at("\\\n"):
                reader.position += 1 if character in " \t" else 2
            elif character == "\n":
                self.flush()
                reader.position += 1
                self._read_heredocs()
            elif character == "#":
                end = reader.text.find("\n", reader.position)
                reader.position = end if end >= 0 else len(reader.text)
            elif not self._read_bracket(character):
                self._read_part()
        self.flush()
        if self._heredocs:
            raise DoubtError("a here-document has no end")
        if self._open_brackets:
            raise DoubtError("a bracket has no end")

    def flush(self) -> None:
        """End the command that is being read."""
        parser = self.parser
        if self._words or self._assignments:
            command = SimpleCommand(
                words=tuple(self._words),
                assignments=tuple(self._assignments),
                folders=parser.folders,
            )
            if len(parser.commands) < _MOST_COMMANDS:
                parser.commands.append(command)
            else:
                parser.doubts.append(f"it has more than {_MOST_COMMANDS} parts")
            first = self._words[0] if self._words else None
            if first is not None and (not first.is_literal or first.has_glob or first.is_home):
                parser.doubts.append("the name of a program is not known before it runs")
            self._move(command)
        self._words, self._assignments, self._has_redirect = [], [], False

    def _read_bracket(self, character: str) -> bool:
        if character == "(":
            if self._words or self._assignments or self.reader.at("(("):
                raise DoubtError("a bracket stands where only a shell's own grammar has one")
            self._open_brackets += 1
        elif character == ")":
            if not self._open_brackets:
                raise DoubtError("a bracket is closed that was not opened")
            self.flush()
            self._open_brackets -= 1
        else:
            return False
        self.reader.position += 1
        return True

    def _read_part(self) -> None:
        reader = self.reader
        if reader.at(";;") or reader.at(";&"):
            raise DoubtError("a list of cases is not read")
        redirect = _REDIRECT.match(reader.text, reader.position)
        if redirect and not (reader.text.startswith("(", redirect.end()) and redirect[0] in "<>"):
            reader.position = redirect.end()
            self._read_redirect(redirect[0].lstrip("0123456789"))
            return
        for operator in _OPERATORS:
            if reader.at(operator):
                self.flush()
                reader.position += len(operator)
                return
        self._take(reader.read_word())

    def _take(self, word: Word) -> None:
        is_first = not self._words and not self._assignments and not self._has_redirect
        if is_first and word.raw in _UNREAD:
            raise DoubtError(f'"{word.raw}" is not read')
        if is_first and word.raw in _BEGINNERS | _ENDERS:
            return
        if is_first and word.raw == "for":
            self._read_for()
            return
        if not word.is_literal or word.is_home:
            self.parser.is_plain = False
        if not self._words and _ASSIGNMENT.match(word.raw):
            self._assignments.append(word)
        else:
            self._words.append(word)

    def _read_for(self) -> None:
        """The words of `for NAME in …`: values, no command."""
        self.parser.is_plain = False
        reader = self.reader
        while (character := reader.peek()) not in {"", ";", "\n"}:
            if character in " \t":
                reader.position += 1
            elif character in "()&|<>":
                raise DoubtError("a loop is not read")
            else:
                reader.read_word()

    def _read_redirect(self, operator: str) -> None:
        reader = self.reader
        while reader.peek() in {" ", "\t"} or reader.at("\\\n"):
            reader.position += 1 if not reader.at("\\\n") else 2
        if not reader.peek() or reader.peek() in "\n;&|<>()":
            raise DoubtError("a redirection names nothing")
        target = reader.read_word()
        self._has_redirect = True
        if operator in {"<<", "<<-"}:
            is_quoted = target.raw != target.text
            self._heredocs.append((target.text, operator == "<<-", is_quoted))
            return
        if operator == "<<<" or (
            operator in {">&", "<&"} and target.is_literal and _DUPLICATED.fullmatch(target.text)
        ):
            return
        # bash expands the file of `>&` twice, so quotes do not keep `$(…)` from being run there.
        is_twice = operator in {">&", "<&"} and target.raw != target.text
        if not target.is_literal or target.has_glob or is_twice:
            self.parser.doubts.append("a redirection's file is not known before it runs")
        if not target.is_literal or target.is_home:
            self.parser.is_plain = False
        is_write = ">" in operator
        folders = self.parser.folders
        self.parser.redirects.append(Redirect(target=target, is_write=is_write, folders=folders))

    def _read_heredocs(self) -> None:
        reader = self.reader
        for end_word, strips_tabs, is_quoted in self._heredocs:
            lines: list[str] = []
            while True:
                if reader.position >= len(reader.text):
                    raise DoubtError("a here-document has no end")
                end = reader.text.find("\n", reader.position)
                end = end if end >= 0 else len(reader.text)
                line = reader.text[reader.position : end]
                reader.position = end + 1
                if (line.lstrip("\t") if strips_tabs else line) == end_word:
                    break
                lines.append(line)
            self.parser.is_plain = False
            if not is_quoted:
                reader.read_body("\n".join(lines))
        self._heredocs = []

    def _move(self, command: SimpleCommand) -> None:
        """Follow `cd`: what comes after it may run in either folder, for it may fail."""
        names = [word.text for word in command.words[:3]]
        at = next((index for index, name in enumerate(names) if name in _MOVES), None)
        if at is None:
            return
        rest = [word for word in command.words[at + 1 :] if word.text not in {"--", "-L", "-P"}]
        target = rest[0] if len(rest) == 1 else None
        if names[at] == "popd" or target is None or target.text in {"-", ""}:
            is_known = names[at] in {"cd", "chdir"} and not rest
            moved: tuple[str, ...] = ("~",) if is_known else ()
        elif not target.is_literal or target.has_glob:
            moved = ()
        else:
            moved = tuple(join_path(folder, target) for folder in self.parser.folders)
        folders = tuple(dict.fromkeys((*self.parser.folders, *moved)))
        if not moved or len(folders) > _MOST_FOLDERS:
            self.parser.doubts.append("the folder that it moves to is not known")
        self.parser.folders = folders[:_MOST_FOLDERS]


def join_path(folder: str, word: Word) -> str:
    """The path that a word names in a folder; beginning with `~/` where it lies below home."""
    if word.is_home or word.text.startswith("/") or not folder:
        if word.text.startswith("~") and not word.is_home:
            return f"./{word.text}"
        return word.text
    return f"{folder}/{word.text}"
