"""Empty things that stand, while a command runs, where protected names are absent.

A mount needs something to be mounted on, so a name that is absent is made, empty, and taken away
afterwards: a file where the name is one of a file (`AGENTS.md`; then `cat *.md` still works), else
a folder. Several commands may share one: each holds a shared lock on it, and who can lock it alone
removes it. It is only ever removed when it is empty.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
from collections.abc import Collection, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from pmagent.errors import SandboxError
from pmagent.paths import reason_of

MODE_OF_FOLDER, MODE_OF_FILE = 0o1700, 0o1600
"""With the sticky bit, which tells a placeholder that a crash left behind from a person's own."""
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_TRIES = 20


class Placeholders:
    """Holds the names in `absent` while the `with` block runs."""

    def __init__(self, absent: Collection[Path], present: Collection[Path] = ()) -> None:
        self._absent = sorted(absent)
        # One that another command holds, or that a crash left, looks like a folder that is there.
        self._present = [path for path in present if _is_placeholder(path)]
        self._held: list[tuple[Path, int]] = []
        self._stands: list[Path] = []

    @property
    def paths(self) -> Sequence[Path]:
        """What stands where one was needed: a placeholder, or what somebody made just before."""
        return self._stands

    def __enter__(self) -> Self:
        try:
            for path in (*self._absent, *self._present):
                descriptor = _hold(path)
                if descriptor is not None:
                    self._held.append((path, descriptor))
                if os.path.lexists(path):
                    self._stands.append(path)
        except SandboxError:
            self._release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._release()

    def _release(self) -> None:
        while self._held:
            path, descriptor = self._held.pop()
            try:
                if _is_alone(descriptor) and _is_same(path, descriptor):
                    _remove(path)
            finally:
                os.close(descriptor)


def _hold(path: Path) -> int | None:
    """A locked descriptor of a placeholder at `path`; None where none is needed or can be made.

    Raises:
        SandboxError: the disk is full, or somebody keeps changing what is there.
    """
    for _ in range(_TRIES):
        try:
            _make(path)
        except FileExistsError:
            if path.is_symlink():
                break
            if not _is_placeholder(path):
                return None  # the real thing
        except OSError as exc:
            if exc.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
                return None  # then the command cannot make it either
            raise _not_kept(path, reason_of(exc)) from exc
        try:
            descriptor = os.open(path, _OPEN)
        except OSError:
            continue
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        if _is_same(path, descriptor):
            return descriptor
        os.close(descriptor)
    raise _not_kept(path, "somebody is changing it")


def _not_kept(path: Path, why: str) -> SandboxError:
    return SandboxError(f'the absent "{path}" cannot be kept absent: {why}', "make it yourself")


def _make(path: Path) -> None:
    if _is_name_of_file(path):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, MODE_OF_FILE))
    else:
        path.mkdir(mode=MODE_OF_FOLDER)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # somebody has put something in
        if path.is_dir():
            path.rmdir()
        elif path.stat().st_size == 0:
            path.unlink()


def _is_alone(descriptor: int) -> bool:
    """Whether no other command relies on it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks
    return True


def _is_name_of_file(path: Path) -> bool:
    return bool(path.suffix)


def _is_placeholder(path: Path) -> bool:
    try:
        state = path.lstat()
    except OSError:
        return False
    if stat.S_ISDIR(state.st_mode):
        return stat.S_IMODE(state.st_mode) == MODE_OF_FOLDER
    return state.st_mode == stat.S_IFREG | MODE_OF_FILE and state.st_size == 0


def _is_same(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.lstat(), os.fstat(descriptor))
    except OSError:
        return False
