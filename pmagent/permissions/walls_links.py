"""Which files with several names on the disk have all of them in the garden, in the open.

A hard link looks like a plain file to every check of paths, also the kernel's. A file with more
names than the garden shows may be somebody's file from elsewhere, so it is not read unasked; an
archive in which equal files were joined, as tools for saving space do, is read like any other.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from pmagent.permissions.walls_entries import Entry
from pmagent.permissions.walls_names import is_secret_name

Names = Callable[[], Iterable[Entry]]
"""Every name in the garden that is open to be read."""


class Census:
    """Counts the names of files with several. Taken when first asked for, and again on changes."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._counted: dict[tuple[int, int], tuple[int, int]] = {}

    def is_all_inside(self, state: os.stat_result) -> bool:
        """Whether every name of the file lies in the garden, under names that are not private.

        The first question walks the garden; later ones are answered from it for as long as the
        file's change time says that its links are the same.
        """
        identity = (state.st_dev, state.st_ino)
        known = self._counted.get(identity)
        if known is None or known[1] != state.st_ctime_ns:
            self._count()
            known = self._counted.setdefault(identity, (0, state.st_ctime_ns))
        return known == (state.st_nlink, state.st_ctime_ns)

    def _count(self) -> None:
        counted: dict[tuple[int, int], tuple[int, int]] = {}
        for entry in self._names():
            if entry.links > 1 and entry.kind == "file":
                identity = (entry.device, entry.inode)
                count = counted.get(identity, (0, 0))[0]
                counted[identity] = (count + 1, entry.ctime_ns)
        self._counted = counted


def is_open_name(path: str) -> bool:
    """Whether the last name of a path is neither hidden nor that of a file with keys."""
    name = path.rpartition("/")[2]
    return not name.startswith(".") and not is_secret_name(name)
