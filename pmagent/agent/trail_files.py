"""The trail's files: its key, its lock, private folders, and its lines from either end."""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from pmagent.agent.trail_heads import NEW, cannot_write, open_private, sync_folder
from pmagent.agent.trail_lines import MOST_BYTES
from pmagent.errors import StorageError, TrailError
from pmagent.paths import make_private_dir, reason_of

KEY = "audit.key"
ANCHORS = "audit-heads"
KEY_BYTES = 32
LOCK_S = 5.0
_POLL_S = 0.001
_AT_ONCE = 1 << 16


def trail_key(config_folder: Path) -> bytes:
    """The key that seals this person's trails: 32 random bytes, made when it is first asked for.

    Raises:
        TrailError: it cannot be made or read, or is no key.
    """
    path = private_folder(config_folder) / KEY
    try:
        key = _read_key(path)
    except FileNotFoundError:
        _make_key(path)
        key = _read_key(path)
    if len(key) != KEY_BYTES:
        raise TrailError(f'"{path}" holds no key', "put it back from a backup, or remove it")
    return key


def trail_anchor(config_folder: Path, data_folder: Path) -> Path:
    """Where the second note of a trail's end stands: outside its data folder, one a garden."""
    return config_folder / ANCHORS / data_folder.name


def private_folder(path: Path) -> Path:
    """`path` as a folder that nobody else can look into, made where it is missing.

    Raises:
        TrailError: it cannot be made.
    """
    try:
        make_private_dir(path)
        if path.stat().st_mode & 0o077:
            path.chmod(0o700)
    except StorageError as exc:
        raise TrailError(exc.message, exc.hint) from exc
    except OSError as exc:
        raise TrailError(f'cannot make the folder "{path}" private: {reason_of(exc)}') from exc
    return path


@contextmanager
def locked(descriptor: int, wait_s: float = LOCK_S) -> Generator[None]:
    """Hold the trail against every other process.

    Raises:
        TrailError: another holds it for longer than `wait_s` seconds.
    """
    until = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError as exc:
            if time.monotonic() > until:
                raise TrailError(
                    "another process holds the audit trail", "end it, or try again"
                ) from exc
            time.sleep(_POLL_S)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


@contextmanager
def open_for_writing(path: Path, wait_s: float = LOCK_S) -> Generator[int]:
    """The trail at `path`, made where it is missing, held against every other process.

    Raises:
        TrailError: the system refuses, or another process holds it.
    """
    private_folder(path.parent)
    while True:
        descriptor = _open_or_make(path)
        try:
            with locked(descriptor, wait_s):
                # Set aside by another process meanwhile: then the lock was on the old file.
                if _is_at(descriptor, path):
                    yield descriptor
                    return
        finally:
            os.close(descriptor)


def write_whole(descriptor: int, data: bytes, at: int) -> None:
    """Write all of `data` at an offset; raises OSError where the disk is full or refuses."""
    while data:
        written = os.pwrite(descriptor, data, at)
        data, at = data[written:], at + written


def lines_forward(stream: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    """The lines that stand between two offsets, with their line ends.

    One that is longer than any of ours comes in parts, none of which is a record.
    """
    stream.seek(start)
    left = end - start
    while left > 0 and (raw := stream.readline(min(left, MOST_BYTES))):
        left -= len(raw)
        # A part in the middle must not look like the torn end of the file.
        yield raw if raw.endswith(b"\n") or left <= 0 else raw + b"\n"


def lines_backward(descriptor: int) -> Iterator[bytes]:
    """The file's lines without their line ends, the last one first; empty ones left out."""
    at = os.fstat(descriptor).st_size
    rest = b""
    while at > 0:
        size = min(_AT_ONCE, at)
        at -= size
        parts = (os.pread(descriptor, size, at) + rest).split(b"\n")
        rest = parts[0]
        yield from filter(None, reversed(parts[1:]))
        if len(rest) > MOST_BYTES:
            # No line of ours is as long: its beginning is looked for, its text is not kept.
            rest = rest[:_AT_ONCE]
    if rest:
        yield rest


def _open_or_make(path: Path) -> int:
    with suppress(FileNotFoundError):
        return open_private(path, 0)
    with suppress(FileExistsError):
        descriptor = open_private(path, NEW)
        sync_folder(path.parent)
        return descriptor
    return open_private(path, 0)


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def _read_key(path: Path) -> bytes:
    descriptor = open_private(path, 0)
    try:
        return os.read(descriptor, KEY_BYTES + 1)
    except OSError as exc:
        raise TrailError(f'cannot read "{path}": {reason_of(exc)}') from exc
    finally:
        os.close(descriptor)


def _make_key(path: Path) -> None:
    """Make the key whole or not at all; another process may do the same, and one of both stays."""
    made = path.with_name(f".{KEY}-{secrets.token_hex(4)}")
    try:
        descriptor = open_private(made, NEW)
        try:
            write_whole(descriptor, secrets.token_bytes(KEY_BYTES), 0)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        with suppress(FileExistsError):
            path.hardlink_to(made)
        sync_folder(path.parent)
    except OSError as exc:
        raise cannot_write(path, exc) from exc
    finally:
        made.unlink(missing_ok=True)
