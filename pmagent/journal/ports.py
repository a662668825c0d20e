"""What the journal needs of the garden's files."""

from __future__ import annotations

from collections.abc import Iterator
from types import EllipsisType
from typing import Protocol, TypeAlias

Expected: TypeAlias = tuple[int, int] | EllipsisType | None
"""The (device, inode) that must stand there; None for nothing, `...` for whatever does."""


class Entry(Protocol):
    """What stands at one name, as the system told it in one look."""

    @property
    def path(self) -> str:
        """Relative to the garden, forward slashes, as spelled on disk."""
        ...

    @property
    def kind(self) -> str:
        """`folder`, `file`, `link` or `other`."""
        ...

    @property
    def size(self) -> int:
        """In bytes."""
        ...

    @property
    def mtime_ns(self) -> int:
        """When its contents changed last, as anybody may set it."""
        ...

    @property
    def ctime_ns(self) -> int:
        """When anything of it changed last; only the system sets it."""
        ...

    @property
    def inode(self) -> int:
        """Which file it is on its disk."""
        ...

    @property
    def device(self) -> int:
        """Which disk."""
        ...


class Files(Protocol):
    """Reads and changes what lies in the garden, and nothing else.

    Everything raises AccessError where a path leads out or is refused, ReadError where something
    cannot be read or is larger than the limit, and StorageError where the disk is full.
    """

    def entry(self, path: str) -> Entry | None:
        """What stands at `path` itself (a link is not followed), or None."""
        ...

    def entries(self, folder: str) -> Iterator[Entry]:
        """What lies in `folder`, by name."""
        ...

    def read(self, path: str, *, limit: int) -> tuple[bytes, Entry, int]:
        """The bytes of a regular file, what it was when it was opened, and its permission bits."""
        ...

    def mode(self, path: str) -> int:
        """The permission bits of a file or folder, such as 0o755."""
        ...

    def set_mode(self, path: str, mode: int) -> None:
        """Give a file or folder these permission bits."""
        ...

    def write(self, path: str, data: bytes, *, expected: Expected, mode: int) -> None:
        """Make or replace a file in one step."""
        ...

    def make_folder(self, path: str) -> None:
        """Make a folder, and those above it."""
        ...

    def delete(self, path: str, *, expected: Expected) -> None:
        """Remove a file, a link itself, or an empty folder."""
        ...
