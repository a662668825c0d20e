"""What the walls saw: an `Entry` for a name in a folder, a `Sight` for what a name leads to."""

from __future__ import annotations

import os
import stat
from typing import NamedTuple

from pmagent.types.actions import Access, Target


class Entry(NamedTuple):
    """One name in a folder. A named tuple: a listing makes ten thousand, five times as fast."""

    path: str
    """Relative to the garden, forward slashes, as spelled on disk; absolute in another root."""
    kind: str
    """`folder`, `file`, `link` or `other`."""
    size: int = 0
    mtime_ns: int = 0
    inode: int = 0
    device: int = 0
    links: int = 1
    """Names that the file has on its disk."""
    ctime_ns: int = 0


class Sight(NamedTuple):
    """What a name leads to, as it was when it was looked at or opened."""

    access: Access
    asked: str
    name: str
    """As targets and entries call it."""
    state: os.stat_result
    links: int
    """Names of the file; 1 where all of them are the garden's."""

    @property
    def target(self) -> Target:
        """For the rules and the trail."""
        return Target(
            access=self.access,
            asked=self.asked,
            resolved=self.name,
            is_folder=stat.S_ISDIR(self.state.st_mode),
            links=self.links,
            identity=(self.state.st_dev, self.state.st_ino),
        )

    @property
    def entry(self) -> Entry:
        """For the index and whoever reads."""
        return entry_of(self.name, self.state)


def entry_at(folder: int, path: str) -> Entry | None:
    """What the last name of `path` is in the open folder; None where it has gone."""
    try:
        state = os.stat(path.rpartition("/")[2], dir_fd=folder, follow_symlinks=False)
    except OSError:
        return None
    return entry_of(path, state)


def entry_of(path: str, state: os.stat_result) -> Entry:
    """The entry of a file whose state is known."""
    return Entry(
        path,
        kind_of(state),
        state.st_size,
        state.st_mtime_ns,
        state.st_ino,
        state.st_dev,
        state.st_nlink,
        state.st_ctime_ns,
    )


def kind_of(state: os.stat_result) -> str:
    """`folder`, `file`, `link` or `other`."""
    if stat.S_ISDIR(state.st_mode):
        return "folder"
    if stat.S_ISREG(state.st_mode):
        return "file"
    return "link" if stat.S_ISLNK(state.st_mode) else "other"
