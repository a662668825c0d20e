"""Where the trail ends, kept apart from it: a cut, emptied or older trail no longer agrees with it.

A head file has two places that are written in turn, each sealed: a write that is broken off spoils
one and leaves the other. The one beside the trail keeps the last line whole, so that a line torn by
a crash is told from one that was cut, and can be put back. The one outside the data folder keeps
its hash alone, and tells when trail and head were both put back to an older state.
"""

from __future__ import annotations

import errno
import hmac
import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pmagent.agent.trail_lines import NOTHING, Link
from pmagent.errors import TrailError
from pmagent.paths import reason_of, way_out_of

_PLACE = 128 * 1024
"""Bytes of each of the two places: a line and what is said of it."""
_FIRST_READ = 4_096
_FLAGS = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
NEW = os.O_CREAT | os.O_EXCL
PRIVATE = 0o600


@dataclass(frozen=True)
class Head:
    """The end of the trail as it was last noted."""

    link: Link = NOTHING
    end: int = 0
    """Bytes of the trail up to and with that line."""
    line: bytes = b""
    """The line itself; empty in the head outside."""


class HeadFile:
    """One head file at `path`."""

    def __init__(self, path: Path, key: bytes, *, keeps_line: bool) -> None:
        self.path = path
        self._key = key
        self._keeps_line = keeps_line

    def read(self) -> Head | None:
        """The newest head that is sealed with our key; None where the file is not there.

        Raises:
            TrailError: there is a file, and no head of ours in it; or it cannot be read.
        """
        try:
            descriptor = open_private(self.path, 0)
        except FileNotFoundError:
            return None
        try:
            found = [self._at(descriptor, place) for place in (0, 1)]
        except OSError as exc:
            raise TrailError(f'cannot read "{self.path}": {reason_of(exc)}') from exc
        finally:
            os.close(descriptor)
        heads = [head for head in found if head is not None]
        if not heads:
            raise TrailError(f'"{self.path.name}" has been changed')
        return max(heads, key=lambda head: head.link.seq)

    def begin(self) -> None:
        """Make the file, at the beginning of a trail; it is on the disk before this returns.

        Raises:
            TrailError: the disk is full or refuses.
        """
        made = self.path.with_name(f".{self.path.name}.new")
        try:
            made.unlink(missing_ok=True)
            descriptor = open_private(made, NEW)
            try:
                # Both places are filled, so that no later write can fail for want of room.
                first = self._packed(Head()).ljust(2 * _PLACE, b"\0")
                if os.pwrite(descriptor, first, 0) != len(first):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            made.replace(self.path)
            sync_folder(self.path.parent)
        except OSError as exc:
            with suppress(OSError):
                made.unlink(missing_ok=True)
            raise cannot_write(self.path, exc) from exc

    def write(self, head: Head) -> None:
        """Note where the trail ends. Not forced to the disk: a head may stay behind the trail.

        Raises:
            TrailError: the disk refuses.
        """
        try:
            descriptor = open_private(self.path, 0)
            try:
                os.pwrite(descriptor, self._packed(head), head.link.seq % 2 * _PLACE)
            finally:
                os.close(descriptor)
        except OSError as exc:
            raise cannot_write(self.path, exc) from exc

    def _packed(self, head: Head) -> bytes:
        line = head.line if self._keeps_line else b""
        body = f"{head.link.seq} {head.end} {head.link.digest} {len(line)}".encode("ascii")
        return b"".join((body, b" ", self._seal(body, line), b"\n", line))

    def _at(self, descriptor: int, place: int) -> Head | None:
        raw = os.pread(descriptor, _FIRST_READ, place * _PLACE)
        head, _, line = raw.partition(b"\n")
        body, _, seal = head.rpartition(b" ")
        try:
            seq, end, digest, size = body.decode("ascii").split(" ")
            link, at, bytes_of_line = Link(int(seq), digest), int(end), int(size)
        except ValueError:
            return None
        if bytes_of_line > len(line):
            line = os.pread(descriptor, min(bytes_of_line, _PLACE), place * _PLACE + len(head) + 1)
        line = line[:bytes_of_line]
        if not hmac.compare_digest(seal, self._seal(body, line)):
            return None
        return Head(link, at, line)

    def _seal(self, body: bytes, line: bytes) -> bytes:
        name = b"head" if self._keeps_line else b"anchor"
        return hmac.digest(self._key, b"\n".join((name, body, line)), "sha256").hex().encode()


def open_private(path: Path, extra: int) -> int:
    """A descriptor of our own regular file at `path`, readable by nobody else.

    Raises:
        FileNotFoundError: it is not there, and was not to be made.
        FileExistsError: it is there, and was to be made.
        TrailError: it is a link or no file, or the system refuses.
    """
    try:
        descriptor = os.open(path, _FLAGS | extra, PRIVATE)
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            os.close(descriptor)
            raise TrailError(f'"{path}" is not a regular file', "move it away")
        if state.st_mode & 0o077:
            os.fchmod(descriptor, PRIVATE)
    except (FileNotFoundError, FileExistsError):
        raise
    except OSError as exc:
        raise TrailError(f'cannot open "{path}": {reason_of(exc)}') from exc
    return descriptor


def cannot_write(path: Path, exc: OSError) -> TrailError:
    """What to say where the disk is full or refuses."""
    hint = f"{way_out_of(exc)} and try again"
    return TrailError(f'cannot write "{path}": {reason_of(exc)}', hint)


def sync_folder(folder: Path) -> None:
    """Force the names in `folder` to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
