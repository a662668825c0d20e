"""Replace one file in an open folder: whole or not at all, and only where it is still what it was.

The bytes go to a file of their own beside it, which takes the name only once they are on the disk.
No link is ever written through: a rename replaces the name. What a run that was killed leaves
behind is known by its name and swept later.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
from collections.abc import Callable
from contextlib import ExitStack, suppress

from pmagent.permissions.openat2 import move_to_free_name

TEMPORARY_SUFFIX = ".pmagent-tmp"
LEFTOVER_S = 3_600
"""A temporary file of this age belongs to a run that is no more."""
_TEMPORARY = re.compile(r"\.[0-9a-f]{16}\.pmagent-tmp")
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC

Check = Callable[[], os.stat_result | None]
"""Looks at the name again; raises where that may not be replaced, None where nothing is there."""


def replace_file(
    folder: int, name: str, data: bytes, *, check: Check, mode: int | None
) -> os.stat_result:
    """Make `data` the contents of `name`, and give what stands there then.

    An existing file's rights, owner and extended attributes are kept; `mode` says otherwise.

    Raises:
        AccessError: `check` says no. The file is as it was, also after any OSError.
    """
    before = check()
    temporary = f".{secrets.token_hex(8)}{TEMPORARY_SUFFIX}"
    is_closed = before is not None or mode is not None
    # Closed to others until it has the rights of what it replaces; else the umask decides.
    descriptor = os.open(temporary, _NEW_FILE, 0o600 if is_closed else 0o666, dir_fd=folder)
    with ExitStack() as undo:
        undo.callback(_remove, folder, temporary)
        try:
            _write_all(descriptor, data)
            _dress(descriptor, folder, name, before, mode)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if check() is None:
            move_to_free_name((folder, temporary), (folder, name))
        else:
            os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
        undo.pop_all()
    sync_folder(folder)
    return os.stat(name, dir_fd=folder, follow_symlinks=False)


def _remove(folder: int, name: str) -> None:
    with suppress(OSError):
        os.unlink(name, dir_fd=folder)


def sync_folder(folder: int) -> None:
    """Bring the folder's names to the disk, where its file system can."""
    try:
        os.fsync(folder)
    except OSError as exc:
        if exc.errno not in {errno.EINVAL, errno.EBADF, errno.ENOTSUP}:
            raise


def sweep_folder(folder: int, now: float) -> tuple[int, list[str]]:
    """Remove temporary files in an open folder that are over an hour old.

    Gives how many there were, and the names of the folders in it.
    """
    count = 0
    folders: list[str] = []
    with os.scandir(folder) as found:
        for item in found:
            if is_temporary(item.name):
                count += _sweep(folder, item.name, now)
            elif item.is_dir(follow_symlinks=False):
                folders.append(item.name)
    return count, folders


def is_temporary(name: str) -> bool:
    """Whether the name is one that `replace_file` gives to a file under way."""
    return _TEMPORARY.fullmatch(name) is not None


def _dress(
    descriptor: int, folder: int, name: str, before: os.stat_result | None, mode: int | None
) -> None:
    """Give the new file the owner, attributes and rights of the one it will replace."""
    if before is not None:
        made = os.fstat(descriptor)
        if (made.st_uid, made.st_gid) != (before.st_uid, before.st_gid):
            with suppress(OSError):  # only the system's administrator may give files away
                os.fchown(descriptor, before.st_uid, before.st_gid)
        _copy_attributes(descriptor, folder, name)
    wanted = mode if mode is not None or before is None else stat.S_IMODE(before.st_mode)
    if wanted is not None:
        os.fchmod(descriptor, wanted & 0o777)  # never a set-user-id bit: what is written is text


def _copy_attributes(descriptor: int, folder: int, name: str) -> None:
    if not hasattr(os, "listxattr"):
        return
    # Best effort: tags and access lists are kept where the file system and our rights allow it.
    with suppress(OSError):
        source = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC,
                         dir_fd=folder)  # fmt: skip
        try:
            for attribute in os.listxattr(source):
                # Not `security.`: what a program may do must not pass on to other contents.
                if not attribute.startswith(("user.", "system.posix_acl_")):
                    continue
                with suppress(OSError):
                    os.setxattr(descriptor, attribute, os.getxattr(source, attribute))
        finally:
            os.close(source)


def _sweep(folder: int, name: str, now: float) -> int:
    with suppress(OSError):
        state = os.stat(name, dir_fd=folder, follow_symlinks=False)
        is_ours = stat.S_ISREG(state.st_mode) and state.st_nlink == 1
        if is_ours and now - state.st_mtime > LEFTOVER_S:
            os.unlink(name, dir_fd=folder)
            return 1
    return 0


def _write_all(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]
