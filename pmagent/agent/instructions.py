"""Instruction files: what the owner of a folder, and the person, have written down for an agent.

Finds AGENTS.md, CLAUDE.md, CLAUDE.local.md and rule files, follows their imports and puts each in
order, once. Their words are told to a model as their owner's. They never permit anything, and
nothing outside the garden is read for them unless a person said yes to that file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from posixpath import dirname, join, normpath, relpath
from typing import NamedTuple

from pmagent.agent.imports import find_imports, is_meant_as_path, spellings, strip_comments
from pmagent.agent.instruction_sections import (
    Loaded,
    Owner,
    PersonFiles,
    PersonFolders,
    Reason,
    Section,
)
from pmagent.agent.rule_paths import matches, read_rule
from pmagent.errors import AccessError, PmagentError, SkipError
from pmagent.permissions.walls import Walls
from pmagent.permissions.walls_names import shown
from pmagent.safe_text import safe_text

LARGEST = 4 * 1024 * 1024
DEEPEST_IMPORT = 4
MOST_FILES = 500
_NAMES = ("AGENTS.md", "CLAUDE.md", ".claude/CLAUDE.md", "CLAUDE.local.md")
_RULES = (".pmagent/rules", ".claude/rules")


@dataclass(frozen=True, kw_only=True)
class _Lazy:
    """A rule that waits for a file it counts for."""

    place: _Place
    folder: str
    globs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Place:
    """A file to load, and how it came to be wanted."""

    path: str
    is_persons: bool
    """Whether it is read by its absolute name, outside the walls."""
    owner: Owner
    reason: Reason
    imported_by: str = ""
    trigger: str = ""
    depth: int = 0
    is_rule: bool = False


class _File(NamedTuple):
    key: str
    """What it is called, wherever it was asked for from."""
    data: bytes | None
    """None where it is there and may not be read, which was said."""


class Instructions:
    """The instruction files of one session in one garden. Used from one thread at a time."""

    def __init__(
        self,
        walls: Walls,
        *,
        cwd: str = "",
        person: PersonFiles | None = None,
        folders: PersonFolders | None = None,
        approved: Collection[str] = (),
    ) -> None:
        """`cwd` is relative to the garden; `approved` are absolute names as in `Loaded.outside`."""
        self._walls = walls
        self._cwd = cwd.strip("/")
        self._person = person
        self._folders = folders
        self._approved = frozenset(approved)
        self._touched: dict[str, None] = {}
        self._start()

    @property
    def loaded(self) -> Loaded:
        """What counts now."""
        return Loaded(
            sections=tuple(self._sections),
            problems=tuple(self._problems),
            outside=tuple(self._outside),
        )

    def load(self, *, reason: Reason = "session_start") -> Loaded:
        """Read everything as it is now, also what touched files had made due."""
        self._start()
        self._load_persons(reason)
        for folder in _chain(self._cwd):
            self._load_folder(folder, reason, "")
        for path in tuple(self._touched):
            self._make_due(path)
        return self.loaded

    def heed(self, path: str) -> Sequence[Section]:
        """What becomes due because this file of the garden was read or changed; often nothing."""
        before = len(self._sections)
        if not path.startswith("/"):
            self._touched[path] = None
            self._make_due(path)
        return tuple(self._sections[before:])

    def _start(self) -> None:
        self._sections: list[Section] = []
        self._problems: dict[str, None] = {}
        self._outside: dict[str, None] = {}
        self._lazy: list[_Lazy] = []
        self._seen: set[str] = set()
        self._folders_seen: set[str] = set()
        self._files = 0

    # -- which files -----------------------------------------------------------------------------

    def _load_persons(self, reason: Reason) -> None:
        if self._folders is None or self._person is None:
            return
        for path in self._folders.managed:
            self._load(_Place(path=path, is_persons=True, owner="Managed", reason=reason))
        for folder in (self._folders.claude, self._folders.config):
            digests: set[str] = set()
            for name in ("AGENTS.md", "CLAUDE.md"):
                place = join(folder, name)
                self._load(
                    _Place(path=place, is_persons=True, owner="User", reason=reason), digests
                )
            for path in self._person.markdown_below(join(folder, "rules")):
                rule = _Place(path=path, is_persons=True, owner="User", reason=reason, is_rule=True)
                self._load_rule(rule, "")

    def _load_folder(self, folder: str, reason: Reason, trigger: str) -> None:
        if folder in self._folders_seen:
            return
        self._folders_seen.add(folder)
        digests: set[str] = set()
        for name in _NAMES:
            owner: Owner = "Local" if name == "CLAUDE.local.md" else "Project"
            place = _Place(
                path=join(folder, name),
                is_persons=False,
                owner=owner,
                reason=reason,
                trigger=trigger,
            )
            self._load(place, digests)
        for path in self._rule_files(folder):
            rule = _Place(
                path=path,
                is_persons=False,
                owner="Project",
                reason=reason,
                trigger=trigger,
                is_rule=True,
            )
            self._load_rule(rule, folder)

    def _rule_files(self, folder: str) -> Sequence[str]:
        found: list[str] = []
        for name in _RULES:
            below = join(folder, name)
            try:
                entry = self._walls.entry(below)
                entries = list(self._walls.walk(below)) if entry is not None else []
            except PmagentError as exc:
                self._say(f"the rules in {shown(below)} are not read: {exc.message}")
                continue
            found += sorted(
                entry.path
                for entry in entries
                if entry.kind in {"file", "link"} and entry.path.endswith(".md")
            )
        return found

    def _make_due(self, path: str) -> None:
        for folder in _chain(dirname(path)):
            self._load_folder(folder, "nested_traversal", path)
        waiting, self._lazy = self._lazy, []
        for rule in waiting:
            is_below = not rule.folder or path.startswith(f"{rule.folder}/")
            own = relpath(path, rule.folder or ".") if is_below else ""
            if is_below and matches(rule.globs, own):
                place = replace(rule.place, reason="path_glob_match", trigger=path)
                self._load(place)
            else:
                self._lazy.append(rule)

    # -- one file --------------------------------------------------------------------------------

    def _load_rule(self, place: _Place, folder: str) -> None:
        found = self._read(place)
        if found is None or found.data is None:
            return
        rule = read_rule(_decode(found.data))
        if rule.globs:
            self._lazy.append(_Lazy(place=place, folder=folder, globs=rule.globs))
        else:
            self._load(place)

    def _load(self, place: _Place, digests: set[str] | None = None) -> bool:
        """Whether there is such a file. Adds it, and behind it what it imports."""
        found = self._read(place)
        if found is None:
            return False
        if found.data is None or found.key in self._seen:
            return True
        digest = hashlib.sha256(found.data).hexdigest()
        if digests is not None and digest in digests:
            return True
        if self._files >= MOST_FILES:
            self._say(f"only the first {MOST_FILES} instruction files are read")
            return True
        self._files += 1
        self._seen.add(found.key)
        if digests is not None:
            digests.add(digest)
        if b"\0" in found.data:
            self._say(f"{shown(self._name(place))} is not read: it is not text")
        else:
            self._add(place, _decode(found.data))
        return True

    def _add(self, place: _Place, whole: str) -> None:
        rule = read_rule(whole) if place.is_rule else None
        text = strip_comments(rule.body if rule else whole)
        if rule and rule.problem:
            self._say(f"{shown(self._name(place))}: {rule.problem}; it counts for every file")
        imports = find_imports(text)
        told = safe_text(text, newlines=True).strip()
        if _has_own_words(told, imports):
            self._sections.append(
                Section(
                    name=self._name(place),
                    text=told,
                    tokens=-(-len(told) // 4),
                    reason=place.reason,
                    owner=place.owner,
                    imported_by=place.imported_by,
                    trigger=place.trigger,
                    globs=rule.globs if rule else (),
                )
            )
        for name in imports[:MOST_FILES]:
            self._import(place, name)

    def _import(self, place: _Place, name: str) -> None:
        for spelling in spellings(name):
            wanted = replace(
                place,
                path=self._resolved(place, spelling),
                reason="include",
                imported_by=self._name(place),
                depth=place.depth + 1,
                is_rule=False,
            )
            if not place.is_persons and self._is_outside(wanted.path):
                self._import_outside(place, wanted, name)
                return
            if place.depth < DEEPEST_IMPORT and self._load(wanted):
                return
            if place.depth >= DEEPEST_IMPORT and self._read(wanted) is not None:
                self._say_import(place, name, f"more than {DEEPEST_IMPORT} imports deep")
                return
        if is_meant_as_path(name):
            self._say_import(place, name, "there is no such file")

    def _import_outside(self, place: _Place, wanted: _Place, name: str) -> None:
        full = normpath(join(str(self._walls.root), wanted.path))
        if full not in self._approved or self._person is None:
            self._outside[full] = None
            self._say_import(place, name, "outside the garden")
        elif place.depth >= DEEPEST_IMPORT:
            self._say_import(place, name, f"more than {DEEPEST_IMPORT} imports deep")
        elif not self._load(replace(wanted, path=full, is_persons=True)):
            self._say_import(place, name, "there is no such file")

    def _resolved(self, place: _Place, name: str) -> str:
        if name.startswith("~/") and self._folders is not None:
            return normpath(join(self._folders.home, name[2:]))
        return normpath(join(dirname(place.path), name))

    def _is_outside(self, path: str) -> bool:
        """Whether a name leads out of the garden by itself; links are for the walls to judge."""
        if path.startswith("../") or path == "..":
            return True
        if not path.startswith("/"):
            return False
        try:
            self._walls.locate(path, "read")
        except PmagentError as exc:
            return isinstance(exc, AccessError)
        return False

    def _read(self, place: _Place) -> _File | None:
        """The file, where there is one."""
        try:
            if place.is_persons:
                data = self._person.read(place.path, LARGEST) if self._person else None
                return None if data is None else _File(place.path, data)
            target = self._walls.locate(place.path, "read")
            if not target.exists or target.is_folder:
                return None
            with self._walls.open(place.path, "read") as opened:
                return _File(opened.target.resolved, opened.read(LARGEST))
        except SkipError as exc:
            self._say(f"{shown(self._name(place))} is not read: {exc.message}")
        except PmagentError as exc:
            self._say(f"an instruction file is not read: {exc.message}")
        return _File(place.path, None)

    def _name(self, place: _Place) -> str:
        home = f"{self._folders.home}/" if self._folders is not None else ""
        if place.is_persons and home and place.path.startswith(home):
            return f"~/{place.path.removeprefix(home)}"
        return place.path

    def _say_import(self, place: _Place, name: str, reason: str) -> None:
        self._say(f"{shown(self._name(place))} imports {shown(name)}: not read: {reason}")

    def _say(self, problem: str) -> None:
        self._problems[problem] = None


def _chain(folder: str) -> Sequence[str]:
    """The garden, and each folder on the way down to `folder`."""
    parts = [part for part in folder.split("/") if part not in {"", "."}]
    return ["/".join(parts[:count]) for count in range(len(parts) + 1)]


def _decode(data: bytes) -> str:
    text = data.decode("utf-8-sig", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _has_own_words(text: str, imports: Sequence[str]) -> bool:
    """Whether a file says anything besides what it imports."""
    rest = text
    for name in imports[:MOST_FILES]:
        rest = rest.replace(f"@{name}", "", 1)
    return bool(re.search(r"\w", rest))
