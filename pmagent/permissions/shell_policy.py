"""What the rules say about one shell command: each part of it, each file that it names.

Which files a program will open cannot be known from its words. What can be seen here is refused or
asked about; what cannot is held by the sandbox that every command runs in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pmagent.permissions import commands
from pmagent.permissions.compiled import CommandRules, FileRules
from pmagent.permissions.names import Grounds
from pmagent.permissions.protected import is_protected
from pmagent.permissions.shell import SimpleCommand, join_path, split_command
from pmagent.permissions.shell_words import Word
from pmagent.types.actions import Access, Effect, Rule, TrustLevel

DRAFTS = "drafts"
_GLOB_NAME = re.compile(r"[*?\[]")
_OPENED_FREELY = re.compile(r"/dev/(?:null|zero|full|std(?:in|out|err)|tty|fd/\d+)")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What decides about a command, and which rule says it."""

    reason: str
    rule: Rule | None = None


@dataclass(frozen=True, kw_only=True)
class Freedom:
    """What may be done without a rule: by the mode, and by the level of trust."""

    edits: bool = False
    drafts: bool = False
    commands: bool = False
    moves: bool = False
    """`mkdir`, `touch`, `mv`, `cp`, `rm`, `rmdir`, `sed` in the granted folders."""


class ShellRules:
    """The compiled rules that speak of commands and of the files in them."""

    def __init__(
        self, rules: Sequence[Rule], files: Mapping[Effect, FileRules], grounds: Grounds
    ) -> None:
        self._commands: dict[Effect, CommandRules] = {
            "allow": CommandRules(rules, "allow"),
            "ask": CommandRules(rules, "ask"),
            "deny": CommandRules(rules, "deny"),
        }
        self._files = files
        self._grounds = grounds

    def is_free(self, path: str, freedom: Freedom) -> bool:
        """Whether a tidied path may be changed without a rule."""
        return _may_change(path, freedom, self._grounds)

    def read(self, text: str) -> ShellLine:
        """One command line, taken apart once for all the questions about it."""
        return ShellLine(text, self._commands, self._files, self._grounds)


class ShellLine:
    """One command line under the rules."""

    def __init__(
        self,
        text: str,
        rules: dict[Effect, CommandRules],
        files: Mapping[Effect, FileRules],
        grounds: Grounds,
    ) -> None:
        self._text = text
        self._rules = rules
        self._files = files
        self._grounds = grounds
        self.parts = split_command(text)
        inner, is_known = commands.inner_commands(self.parts.commands)
        self._all = (*self.parts.commands, *inner)
        self._is_known = is_known

    @property
    def doubt(self) -> str:
        """Why the command cannot be read with certainty; empty where it can."""
        return self.parts.doubts[0] if self.parts.doubts else ""

    def refused(self, effect: Effect) -> Finding | None:
        """The deny or ask rule that any part of the command falls under."""
        return self._refused_command(effect) or self._refused_file(effect)

    def hidden(self) -> Finding | None:
        """A doubt that a deny or ask rule could hide in."""
        has_rules = not (self._rules["deny"].is_empty and self._rules["ask"].is_empty)
        if found := self._hidden_file():
            return found
        if not has_rules or (self._is_known and not self.parts.doubts):
            return None
        doubt = self.doubt or "it runs a text that is not known"
        return Finding(reason=f"the command cannot be checked against the rules: {doubt}")

    def outside(self) -> Finding | None:
        """A file outside the granted folders that the shell itself would write."""
        for is_write, path in self._redirected():
            if is_write and not self._grounds.is_inside(path):
                return Finding(reason=f'"{path}" lies outside the garden')
        return None

    def critical(self) -> Finding | None:
        """A removal of the garden, the home folder, what lies above them, or of what is unknown."""
        for command in self._all:
            for words in commands.views(command):
                if commands.is_removal_of_unknown(words):
                    return Finding(reason="what it removes is not known before it runs")
                for word in commands.removed_words(words):
                    if self._is_critical(word, command.folders):
                        return Finding(reason=f'removing "{word.raw}" is always asked about')
        return None

    def protected(self) -> Finding | None:
        """A protected name that the command could change."""
        for is_write, path in self._redirected():
            if is_write and (reason := is_protected(path)):
                return Finding(reason=reason)
        for command in self._all:
            if commands.is_read_only(command):
                continue
            for word in command.words:
                for path in self._named(word, command.folders):
                    if reason := is_protected(path):
                        return Finding(reason=reason)
        return None

    def is_reading(self) -> bool:
        """Whether nothing in it writes, and it stays in the granted folders."""
        return not self.doubt and all(
            self._is_free_reading(command) for command in self.parts.commands
        )

    def writes(self) -> bool:
        """Whether the shell itself would write a file of the garden."""
        return any(is_write for is_write, _ in self._redirected())

    def allowed(self, freedom: Freedom, bare: Rule | None) -> Finding | None:
        """What lets every part of it run, or None. `bare` is an allow rule for all commands."""
        if self.doubt:
            return None
        ran = self._rules_that_run(freedom, bare)
        opened = self._rules_that_open(freedom)
        if ran is None or opened is None:
            return None
        if ran or opened:
            rule = (*ran, *opened)[0]
            return Finding(reason=f'it falls under "{rule}"', rule=rule)
        if freedom.commands or freedom.moves:
            return Finding(reason="the level of trust or the mode lets it run")
        return Finding(reason="it only reads, and stays in the garden")

    def _rules_that_run(self, freedom: Freedom, bare: Rule | None) -> list[Rule] | None:
        """The rules that the programs need; None where one of them has none."""
        used: list[Rule] = []
        for command in self.parts.commands:
            is_free = self._is_free_reading(command)
            if is_free or (freedom.moves and self._is_free_edit(command)):
                continue
            rule = self._allowing(command) or bare
            if rule is None and not freedom.commands:
                return None
            used += [rule] if rule else []
        return used

    def _rules_that_open(self, freedom: Freedom) -> list[Rule] | None:
        """The rules that the redirections need; None where one of them has none."""
        used: list[Rule] = []
        for is_write, path in self._redirected():
            is_inside = self._grounds.is_inside(path)
            if _may_change(path, freedom, self._grounds) if is_write else is_inside:
                continue
            rule = self._files["allow"].find("edit" if is_write else "read", path)
            if rule is None:
                return None
            used.append(rule)
        return used

    def _redirected(self) -> Iterator[tuple[bool, str]]:
        """Each file that the shell itself opens, and whether it writes it."""
        for redirect in self.parts.redirects:
            if not _is_free_target(redirect.target):
                for path in self._paths(redirect.target, redirect.folders):
                    yield redirect.is_write, path

    def _refused_command(self, effect: Effect) -> Finding | None:
        rules = self._rules[effect]
        if rules.is_empty:
            return None
        whole = rules.find(" ".join(self._text.split()))
        if whole is not None:
            return Finding(reason=f'the command falls under "{whole}"', rule=whole)
        for command in self._all:
            for text in _spellings(command):
                if (rule := rules.find(text)) is not None:
                    return Finding(reason=f'"{text}" falls under "{rule}"', rule=rule)
        return None

    def _refused_file(self, effect: Effect) -> Finding | None:
        files = self._files[effect]
        for is_write, path in self._redirected():
            if rule := files.find("edit" if is_write else "read", path):
                return _file_finding(path, rule)
        for access, path in self._named_files() if files.has_specs else ():
            # A folder that is named stands for what is in it, or comes into it.
            rule = files.find(access, path) or files.find_below(access, path)
            if rule is not None:
                return _file_finding(path, rule)
        return None

    def _hidden_file(self) -> Finding | None:
        """A wildcard that may find a file which may not be read."""
        refusing = [files for files in (self._files["deny"], self._files["ask"]) if files.has_specs]
        words = [(c, w) for c in self._all for w in c.words if w.has_glob] if refusing else []
        for command, word in words:
            for folder in command.folders:
                path = self._grounds.tidy(self._at_home(join_path(folder, word), word, folder))
                for files in refusing:
                    if rule := files.find_shared("read", path):
                        reason = f'"{word.raw}" may stand for a file that falls under "{rule}"'
                        return Finding(reason=reason, rule=rule)
        return None

    def _named_files(self) -> Iterator[tuple[Access, str]]:
        """Each path that a program is given, as far as it can be seen."""
        for command in self._all:
            for word in commands.read_words(command.words):
                for path in self._named(word, command.folders):
                    yield "read", path
            for words in commands.views(command):
                for word in commands.written_words(words):
                    for path in self._paths(word, command.folders):
                        yield "edit", path

    def _allowing(self, command: SimpleCommand) -> Rule | None:
        rules = self._rules["allow"]
        words = command.words
        if rules.is_empty or not words:
            return None
        if not all(commands.SAFE_VARIABLES.match(word.raw) for word in command.assignments):
            return rules.find(command.text)
        exact_only = commands.is_never_by_prefix(commands.unwrap(words))
        while True:
            if words[0].raw == words[0].text:
                text = " ".join(word.raw for word in words)
                if rule := rules.find(text, exact_only=exact_only):
                    return rule
            inside = commands.unwrap_one(words)
            if len(inside) == len(words):
                return None
            words = inside

    def _is_free_reading(self, command: SimpleCommand) -> bool:
        if not commands.is_read_only(command):
            return False
        has_rules = self._files["deny"].has_specs or self._files["ask"].has_specs
        if has_rules and commands.reveals_history(command):
            return False
        return all(
            self._grounds.is_inside(path)
            for word in command.words[1:]
            for path in self._looked_at(word, command.folders)
        )

    def _is_free_edit(self, command: SimpleCommand) -> bool:
        return commands.is_plain_edit(command) and all(
            self._grounds.is_inside(path)
            for word in command.words[1:]
            for path in self._named(word, command.folders)
        )

    def _is_critical(self, word: Word, folders: Sequence[str]) -> bool:
        stem = _without_wildcards(word.text)
        if not word.is_literal or stem in {"", ".", ".."}:
            return True
        home = f"{self._grounds.home.as_posix()}/"
        root = f"{self._grounds.root.as_posix()}/"
        bare = Word(raw=word.raw, text=stem, is_home=word.is_home)
        for path in self._paths(bare, folders):
            above = (path if path.startswith("/") else f"{root}{path}").rstrip("/") + "/"
            if root.startswith(above) or home.startswith(above) or above.count("/") <= 2:
                return True
        return False

    def _looked_at(self, word: Word, folders: Sequence[str]) -> Iterator[str]:
        """The paths that a reader would look at: what has a slash in it, or climbs."""
        for text in _spelled_paths(word):
            is_path = "/" in text or text in {"..", "~"} or word.is_home
            if is_path and not _OPENED_FREELY.fullmatch(text):
                yield from self._paths(_like(word, text), folders)

    def _named(self, word: Word, folders: Sequence[str]) -> Iterator[str]:
        for text in _spelled_paths(word):
            yield from self._paths(_like(word, text), folders)

    def _paths(self, word: Word, folders: Sequence[str]) -> Iterator[str]:
        text = word.text
        if word.has_glob:
            # What a wildcard can find lies below the folder before it.
            names = text.split("/")
            at = next((n for n, name in enumerate(names) if _GLOB_NAME.search(name)), len(names))
            text = "/".join(names[:at]) or ("/" if text.startswith("/") else ".")
        for folder in folders:
            path = join_path(folder, _like(word, text))
            yield self._grounds.tidy(self._at_home(path, word, folder))

    def _at_home(self, path: str, word: Word, folder: str) -> str:
        if path == "~" or (path.startswith("~/") and (word.is_home or folder)):
            return f"{self._grounds.home.as_posix()}{path[1:]}"
        return path


def freedom_of(level: TrustLevel, *, accepts_edits: bool) -> Freedom:
    """What a level of trust, and the mode that accepts edits, let a command do."""
    return Freedom(
        edits=accepts_edits or level >= TrustLevel.EDIT,
        drafts=level >= TrustLevel.DRAFT,
        commands=level >= TrustLevel.ACT,
        moves=accepts_edits,
    )


def _may_change(path: str, freedom: Freedom, grounds: Grounds) -> bool:
    if freedom.moves:
        return grounds.is_inside(path)
    if freedom.edits:
        return grounds.is_in_garden(path)
    return freedom.drafts and path.startswith(f"{DRAFTS}/")


def _spellings(command: SimpleCommand) -> Iterator[str]:
    """Each text that a deny or ask rule for a command may mean."""
    yield command.text
    for words in commands.views(command):
        yield " ".join(word.raw for word in words)
        names = [commands.program_of(words), *(word.text for word in words[1:])]
        yield " ".join(names)
        yield " ".join(word.text for word in words)


def _spelled_paths(word: Word) -> Iterator[str]:
    """What in a word may be a path: itself, `--option=path`, `-Ipath`, `key=path`, `rev:path`."""
    text = word.text
    if not text.startswith("-"):
        yield text
    elif not text.startswith("--") and len(text) > 2:
        yield text[2:]
    for mark in ("=", ":"):
        _, found, rest = text.partition(mark)
        if found and rest:
            yield rest
    if text.startswith("@") and len(text) > 1:
        yield text[1:]


def _without_wildcards(text: str) -> str:
    """A path without the names at its end that stand for everything: `a/*`, `a/.[!.]*`, `a/.`."""
    names = text.split("/")
    while names and not re.sub(r"\[[^\]]*\]?|[*?.]", "", names[-1]) and names[-1] != "..":
        names.pop()
    return "/".join(names) or ("/" if text.startswith("/") else "")


def _like(word: Word, text: str) -> Word:
    is_home = word.is_home and text.startswith("~")
    return Word(raw=word.raw, text=text, has_glob=word.has_glob, is_home=is_home)


def _is_free_target(word: Word) -> bool:
    return word.is_literal and _OPENED_FREELY.fullmatch(word.text) is not None


def _file_finding(path: str, rule: Rule) -> Finding:
    return Finding(reason=f'"{path}" falls under "{rule}"', rule=rule)
