"""Folders that hold commands and agents: the garden's by the walls, a person's own by name.

What ships and what a person keeps in the home folder is read directly, links included, for it is
theirs. Nothing in a garden is: there the walls decide.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Protocol

from pmagent.errors import AccessError, PmagentError, ReadError
from pmagent.paths import reason_of
from pmagent.permissions.walls import Walls
from pmagent.permissions.walls_entries import Entry

MAX_FILE_BYTES = 1_000_000
MOST_FILES = 50_000
DEEPEST = 30
PASSED_OVER = frozenset({".git", "node_modules", "__pycache__", ".venv", "venv", ".hg", ".svn"})
"""Folders in which nobody keeps commands, and which may be huge."""


class Mark(NamedTuple):
    """One file, with what changes when it does."""

    path: str
    """Below the folder, with forward slashes."""
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    leads_outside: bool = False
    """A link that is not followed."""


class Folder(Protocol):
    """Where files are read from."""

    @property
    def root(self) -> Path:
        """Its place on disk."""
        ...

    def files(self, under: str = "") -> Iterator[Mark]:
        """The files below `under`, by name. Nothing where there is no such folder."""
        ...

    def read(self, path: str) -> bytes:
        """The bytes of a file; raises AccessError or ReadError."""
        ...


class WalledFolder:
    """A folder behind walls: links are followed inside it only."""

    def __init__(self, walls: Walls, *, allow_hard_links: bool = False) -> None:
        """`allow_hard_links` for a look at files that installers share between folders."""
        self._walls = walls
        self._allow_hard_links = allow_hard_links
        self.is_cut = False
        """Whether there were more files than are looked at."""

    @property
    def root(self) -> Path:
        """The garden's folder."""
        return self._walls.root

    def files(self, under: str = "") -> Iterator[Mark]:
        """The files below `under`; of a link that leads outside only its name."""
        entry = self._walls.entry(under) if under else None
        if entry is not None and entry.kind == "file":
            yield _mark(under, entry)
            return
        found = self._below(under, 0)
        yield from islice(found, MOST_FILES)
        self.is_cut = self.is_cut or next(found, None) is not None

    def read(self, path: str) -> bytes:
        """The bytes of a file, through the rules for reading."""
        return self._walls.read(
            path,
            limit=MAX_FILE_BYTES,
            follow=True,
            allow_hard_links=self._allow_hard_links,
        )[0]

    def _below(self, folder: str, depth: int) -> Iterator[Mark]:
        try:
            entries = list(self._walls.entries(folder))
        except (AccessError, ReadError):
            return
        for entry in entries:
            if entry.kind == "file":
                yield _mark(entry.path, entry)
            elif entry.kind == "link":
                yield from self._behind(entry)
            elif entry.kind == "folder" and depth < DEEPEST and _is_looked_into(entry.path):
                yield from self._below(entry.path, depth + 1)

    def _behind(self, link: Entry) -> Iterator[Mark]:
        try:
            with self._walls.open(
                link.path, "read", allow_hard_links=self._allow_hard_links
            ) as opened:
                if stat.S_ISREG(opened.mode):
                    yield _mark(link.path, opened.entry)
        except PmagentError:
            yield _mark(link.path, link)._replace(leads_outside=True)


class OwnFolder:
    """A folder of the person's own, or one that ships."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def root(self) -> Path:
        """Its place on disk."""
        return self._root

    def files(self, under: str = "") -> Iterator[Mark]:
        """The files below `under`, links followed, each folder once."""
        if under and (mark := self._mark(self._root / under)):
            yield mark
            return
        yield from islice(self._below(self._root / under), MOST_FILES)

    def read(self, path: str) -> bytes:
        """The bytes of a file."""
        try:
            with (self._root / path).open("rb") as stream:
                data = stream.read(MAX_FILE_BYTES + 1)
        except OSError as exc:
            raise ReadError(f'cannot read "{path}": {reason_of(exc)}') from exc
        if len(data) > MAX_FILE_BYTES:
            raise ReadError(f'"{path}" is larger than {MAX_FILE_BYTES:,} bytes')
        return data

    def _below(self, top: Path) -> Iterator[Mark]:
        seen: set[tuple[int, int]] = set()
        for here, folders, names in os.walk(top, followlinks=True):
            state = _state(Path(here))
            depth = len(Path(here).parts) - len(top.parts)
            if state is None or (state.st_dev, state.st_ino) in seen or depth > DEEPEST:
                folders.clear()
                continue
            seen.add((state.st_dev, state.st_ino))
            folders[:] = sorted(name for name in folders if name not in PASSED_OVER)
            yield from filter(None, (self._mark(Path(here) / name) for name in sorted(names)))

    def _mark(self, path: Path) -> Mark | None:
        state = _state(path)
        if state is None or not stat.S_ISREG(state.st_mode):
            return None
        below = path.relative_to(self._root).as_posix()
        return Mark(below, state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino)


def _mark(path: str, entry: Entry) -> Mark:
    return Mark(path, entry.size, entry.mtime_ns, entry.ctime_ns, entry.inode)


def _state(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _is_looked_into(path: str) -> bool:
    return path.rpartition("/")[2] not in PASSED_OVER
