"""Come to a file below a folder's descriptor, in two ways that promise the same.

`ByKernel` leaves the whole walk to `openat2`. `ByWalk` opens folder after folder with O_NOFOLLOW
and reads every link itself; it is for systems without that call, and for absolute links that lead
back inside, which the kernel refuses. Neither ever holds a descriptor of what lies outside.
Errors are `OSError`: EXDEV where a path leaves, ELOOP where a link is met that is not followed.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Sequence
from typing import Protocol

from pmagent.permissions.openat2 import BENEATH, NO_LINKS, NO_MAGIC_LINKS, Openat2
from pmagent.permissions.walls_names import below, collapse

LOOK = getattr(os, "O_PATH", os.O_RDONLY | os.O_NONBLOCK) | os.O_CLOEXEC
"""To see what something is, without the right to read it where the system can do that."""
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
"""O_NONBLOCK: a pipe is not waited for. O_NOCTTY: no terminal is taken over."""

_MAX_LINKS = 40
"""As the kernel counts them."""
_TRIES = 16
_ON_THE_WAY = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_MAY_BE_LINK = {errno.ELOOP, errno.EMLINK, errno.ENOTDIR}
_DELETED = " (deleted)"

Found = tuple[int, tuple[str, ...]]
"""A descriptor, and the names that lead to it from the root without any link."""


class Reach(Protocol):
    """A way to open what lies below one folder."""

    def open(self, parts: Sequence[str], flags: int, *, follow: bool) -> Found:
        """What is at `parts` (`..` allowed), opened with `flags`. No parts: the folder itself."""
        ...


class ByKernel:
    """The kernel resolves the path, and tells afterwards where it came to."""

    def __init__(self, root: int, call: Openat2, walk: Reach) -> None:
        self._root = root
        self._call = call
        self._walk = walk
        self._place = _place_of(root)

    def open(self, parts: Sequence[str], flags: int, *, follow: bool) -> Found:
        """What is at `parts`: see `Reach`."""
        path = "/".join(parts).encode("utf-8", "surrogateescape") or b"."
        try:
            descriptor = self._call.open(self._root, path, flags, BENEATH | NO_LINKS)
        except OSError as exc:
            if exc.errno == errno.ENAMETOOLONG:
                # A disk can hold longer paths than the kernel takes in one piece.
                return self._walk.open(parts, flags, follow=follow)
            if exc.errno != errno.ELOOP or not follow:
                raise
            return self._follow(parts, path, flags)
        # The kernel met no link, so without `..` the names that were asked for are the very ones.
        return descriptor, tuple(parts) if ".." not in parts else collapse(parts)

    def _follow(self, parts: Sequence[str], path: bytes, flags: int) -> Found:
        """The same over links, as far as they stay inside; where it came to is asked for after."""
        for _ in range(_TRIES):
            try:
                descriptor = self._call.open(self._root, path, flags, BENEATH | NO_MAGIC_LINKS)
            except OSError as exc:
                if exc.errno == errno.EXDEV:
                    # An absolute link leaves, for the kernel, also where it leads back inside.
                    return self._walk.open(parts, flags, follow=True)
                raise
            try:
                place = self._name(descriptor)
            except OSError:
                os.close(descriptor)
                raise
            if place is not None:
                return descriptor, place
            os.close(descriptor)  # replaced while it was opened: look at what is there now
        raise OSError(errno.ESTALE, "it changes too fast to be opened")

    def _name(self, descriptor: int) -> tuple[str, ...] | None:
        """The names from the root to it; None where it has been removed meanwhile."""
        place = _place_of(descriptor)
        inside = self._inside(place)
        if inside is None:
            self._place = _place_of(self._root)  # the garden itself has been moved
            inside = self._inside(place)
        if inside is None:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        if inside.endswith(_DELETED) and not self._is_there(descriptor, inside):
            return None
        return tuple(inside.split("/")) if inside else ()

    def _inside(self, place: str) -> str | None:
        root = self._place
        if place.startswith(root):
            if len(place) == len(root):
                return ""
            if root == "/":
                return place[1:]
            if place[len(root)] == "/":
                return place[len(root) + 1 :]
        return None

    def _is_there(self, descriptor: int, inside: str) -> bool:
        """Whether the file is really called "… (deleted)"."""
        state = os.fstat(descriptor)
        try:
            there = os.stat(inside, dir_fd=self._root, follow_symlinks=False)
        except OSError:
            return False
        return (state.st_dev, state.st_ino) == (there.st_dev, there.st_ino)


class ByWalk:
    """Every step is opened from the one before, and no link is left to the system."""

    def __init__(self, root: int, spellings: Sequence[tuple[str, ...]]) -> None:
        self._root = root
        self._spellings = spellings

    def open(self, parts: Sequence[str], flags: int, *, follow: bool) -> Found:
        """What is at `parts`: see `Reach`."""
        steps = _Steps(self._root)
        waiting = list(reversed(parts))
        links = 0
        try:
            while waiting:
                part = waiting.pop()
                if part == "..":
                    steps.up()
                    continue
                try:
                    if waiting:
                        steps.down(part)
                        continue
                    return _open_last(part, flags, steps.here), (*steps.names, part)
                except OSError as exc:
                    target = _target(part, steps.here, exc)
                links += 1
                if links > _MAX_LINKS or not follow:
                    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
                if target.startswith("/"):
                    steps.restart()
                waiting.extend(reversed(self._parts_of(target)))
            return os.open(".", flags, dir_fd=steps.here), tuple(steps.names)
        finally:
            steps.close()

    def _parts_of(self, target: str) -> Sequence[str]:
        parts = tuple(part for part in target.split("/") if part not in {"", "."})
        if not target.startswith("/"):
            return parts
        for spelling in self._spellings:
            inside = below(parts, spelling)
            if inside is not None:
                return inside
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))


class _Steps:
    """The folders from the root to here, each open, so that `..` is the one we came from."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._open: list[int] = []
        self.names: list[str] = []

    @property
    def here(self) -> int:
        return self._open[-1] if self._open else self._root

    def down(self, name: str) -> None:
        self._open.append(os.open(name, _ON_THE_WAY, dir_fd=self.here))
        self.names.append(name)

    def up(self) -> None:
        if not self._open:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        os.close(self._open.pop())
        self.names.pop()

    def restart(self) -> None:
        while self._open:
            self.up()

    close = restart


def _open_last(name: str, flags: int, folder: int) -> int:
    descriptor = os.open(name, flags | os.O_NOFOLLOW, dir_fd=folder)
    if flags & LOOK == LOOK and stat.S_ISLNK(os.fstat(descriptor).st_mode):
        os.close(descriptor)  # O_PATH gives the link itself
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return descriptor


def _target(name: str, folder: int, exc: OSError) -> str:
    """Where the link leads that stopped the walk; the same error again where it is no link."""
    if exc.errno not in _MAY_BE_LINK:
        raise exc
    try:
        return os.readlink(name, dir_fd=folder)
    except OSError:
        raise exc from None


def _place_of(descriptor: int) -> str:
    return os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115 - at every open: fast
