"""The one door to the garden's files: listed and opened by descriptor, never by a checked string.

Every folder on the way is opened with O_NOFOLLOW relative to the one above it, so that no link,
however quickly it is swapped in, leads out of the garden. Only regular files are read.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from pmagent.errors import AccessError, GardenError, ReadError, SkipError
from pmagent.paths import reason_of

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One name in a folder."""

    path: str
    """Relative to the garden, forward slashes, as spelled on disk."""
    kind: str
    """`folder`, `file`, `link` or `other`."""
    size: int = 0
    mtime_ns: int = 0
    inode: int = 0


class GardenFiles:
    """Reads what lies below one folder, and nothing else."""

    def __init__(self, root: Path) -> None:
        try:
            # The garden itself may be reached by a link: its owner named it.
            self._root = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as exc:
            raise GardenError(
                f'cannot open the folder "{root}": {reason_of(exc)}', "check its name and rights"
            ) from exc

    def close(self) -> None:
        """Give the descriptor back. Nothing can be read afterwards."""
        if self._root >= 0:
            os.close(self._root)
            self._root = -1

    def __enter__(self) -> GardenFiles:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def entries(self, folder: str) -> Iterator[Entry]:
        """What lies in `folder` (`""` for the root), by name.

        Raises:
            ReadError: it cannot be listed.
        """
        try:
            descriptor = self._open(folder, _FOLDER) if folder else os.dup(self._root)
            try:
                names = sorted(os.listdir(descriptor))
                found = [_entry(descriptor, folder, name) for name in names]
            finally:
                os.close(descriptor)
        except OSError as exc:
            raise ReadError(f"the folder cannot be listed: {reason_of(exc)}") from exc
        yield from (entry for entry in found if entry is not None)

    def entry(self, path: str) -> Entry | None:
        """What stands at `path`, or None where there is nothing."""
        folder, _, name = path.rpartition("/")
        try:
            descriptor = self._open(folder, _FOLDER) if folder else os.dup(self._root)
        except OSError:
            return None
        try:
            return _entry(descriptor, folder, name)
        finally:
            os.close(descriptor)

    def read(self, path: str, *, limit: int) -> tuple[bytes, Entry]:
        """The bytes of a regular file, and what it was when they were read.

        Raises:
            AccessError: `path` leads out of the garden.
            SkipError: it is no regular file, or larger than `limit` bytes.
            ReadError: the system refuses.
        """
        try:
            descriptor = self._open(path, _FILE)
        except OSError as exc:
            raise _refusal(exc) from exc
        with os.fdopen(descriptor, "rb") as stream:
            state = os.fstat(descriptor)
            if not stat.S_ISREG(state.st_mode):
                raise SkipError("it is not a regular file")
            if state.st_size > limit:
                raise SkipError(_too_large(state.st_size, limit))
            try:
                data = stream.read(limit + 1)
            except OSError as exc:
                raise _refusal(exc) from exc
        if len(data) > limit:
            raise SkipError(_too_large(len(data), limit))
        entry = Entry(
            path=path,
            kind="file",
            size=len(data),
            mtime_ns=state.st_mtime_ns,
            inode=state.st_ino,
        )
        return data, entry

    def _open(self, path: str, flags: int) -> int:
        parts = _parts(path)
        here = os.dup(self._root)
        try:
            for part in parts[:-1]:
                below = os.open(part, _FOLDER, dir_fd=here)
                os.close(here)
                here = below
            return os.open(parts[-1], flags, dir_fd=here)
        finally:
            os.close(here)


def _parts(path: str) -> Sequence[str]:
    parts = path.split("/")
    if not path or any(part in {"", ".", ".."} for part in parts) or "\0" in path:
        raise AccessError(
            f'"{path}" is not a place in this garden', "name it relative to the garden's folder"
        )
    return parts


def _entry(folder_descriptor: int, folder: str, name: str) -> Entry | None:
    try:
        state = os.stat(name, dir_fd=folder_descriptor, follow_symlinks=False)
    except OSError:
        return None  # gone between the listing and the look
    if stat.S_ISDIR(state.st_mode):
        kind = "folder"
    elif stat.S_ISREG(state.st_mode):
        kind = "file"
    else:
        kind = "link" if stat.S_ISLNK(state.st_mode) else "other"
    return Entry(
        path=f"{folder}/{name}" if folder else name,
        kind=kind,
        size=state.st_size,
        mtime_ns=state.st_mtime_ns,
        inode=state.st_ino,
    )


def _refusal(exc: OSError) -> ReadError:
    if exc.errno in {errno.ELOOP, errno.EMLINK}:
        return SkipError("it is a link, and links are not followed")
    return ReadError(f"the system refuses to open it: {reason_of(exc)}")


def _too_large(size: int, limit: int) -> str:
    return f"it has {size / 1e6:,.0f} MB, more than the {limit / 1e6:,.0f} MB that are read"
