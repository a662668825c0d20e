"""The garden's files as the journal needs them, through the walls and by their descriptors only."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from pmagent.errors import AccessError, ReadError
from pmagent.journal.ports import Entry, Expected
from pmagent.paths import reason_of
from pmagent.permissions.walls import Walls
from pmagent.permissions.walls_write import is_temporary


class WalledFiles:
    """One garden's walls, with permission bits and the removal of links.

    Files with several names are read: their bytes go to the journal, which no tool can read, and
    without them the change of such a file could not be undone.
    """

    def __init__(self, walls: Walls) -> None:
        self._walls = walls

    def entry(self, path: str) -> Entry | None:
        """What stands at `path` itself, or None; None for a file of the walls' own under way."""
        if is_temporary(path.rpartition("/")[2]):
            return None
        return self._walls.entry(path)

    def entries(self, folder: str) -> Iterator[Entry]:
        """What lies in `folder`, by name, but for the walls' own files under way."""
        for entry in self._walls.entries(folder):
            if not is_temporary(entry.path.rpartition("/")[2]):
                yield entry

    def read(self, path: str, *, limit: int) -> tuple[bytes, Entry, int]:
        """The bytes of a regular file, what it was when it was opened, and its permission bits."""
        with self._walls.open(path, "read", allow_hard_links=True) as opened:
            mode = stat.S_IMODE(os.fstat(opened.descriptor).st_mode)
            entry = opened.entry
            if entry.path != path:
                raise ReadError(f'"{path}" became a link while it was read')
            return opened.read(limit), entry, mode

    def mode(self, path: str) -> int:
        """The permission bits of a file or folder."""
        with self._walls.open(path, "read", allow_hard_links=True) as opened:
            return stat.S_IMODE(os.fstat(opened.descriptor).st_mode)

    def set_mode(self, path: str, mode: int) -> None:
        """Give a file or folder these permission bits."""
        with self._walls.open(path, "edit", allow_hard_links=True) as opened:
            try:
                os.fchmod(opened.descriptor, mode)
            except OSError as exc:
                raise AccessError(f'cannot set the rights of "{path}": {reason_of(exc)}') from exc

    def write(self, path: str, data: bytes, *, expected: Expected, mode: int) -> None:
        """Make or replace a file in one step."""
        self._walls.write(path, data, expected=expected, mode=mode)

    def make_folder(self, path: str) -> None:
        """Make a folder, and those above it."""
        self._walls.make_folder(path)

    def delete(self, path: str, *, expected: Expected) -> None:
        """Remove a file, a link itself, or an empty folder."""
        entry = self._walls.entry(path)
        if entry is None or entry.kind in {"file", "folder"}:
            self._walls.delete(path, expected=expected)
            return
        # The walls delete no links, and no pipes or sockets; this is one that a command left here.
        folder, _, name = path.rpartition("/")
        with self._walls.open(folder or ".", "edit") as opened:
            try:
                state = os.stat(name, dir_fd=opened.descriptor, follow_symlinks=False)
                if (state.st_dev, state.st_ino) != (entry.device, entry.inode):
                    raise AccessError(f'"{path}" was replaced while it was to be removed')
                os.unlink(name, dir_fd=opened.descriptor)
            except OSError as exc:
                raise AccessError(f'cannot remove "{path}": {reason_of(exc)}') from exc
