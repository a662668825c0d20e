"""Two calls that Python has no name for: open beneath a folder, and rename to a free name.

`openat2` walks a path inside the kernel and refuses it the moment it would leave the folder, so
there is no moment between a check and the use of what was checked. Nothing here decides what may
be opened; an error is the system's own `OSError`.
"""

from __future__ import annotations

import ctypes
import errno
import os

NO_MAGIC_LINKS = 0x02
NO_LINKS = 0x04
BENEATH = 0x08
"""From `linux/openat2.h`."""
_OPENAT2 = 437
"""The same number on every architecture that the kernel has taken up since 2011, and on x86."""
_NO_REPLACE = 1
_SIZE = 24
"""Bytes of the first form of `struct open_how`."""
_TRIES = 64
"""The kernel gives up (EAGAIN) on `..` while something is renamed; it is asked again this often."""
_AGAIN = {errno.EAGAIN, errno.EINTR}
_UNKNOWN = {errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM}


class _How(ctypes.Structure):
    _fields_ = [
        ("flags", ctypes.c_uint64),
        ("mode", ctypes.c_uint64),
        ("resolve", ctypes.c_uint64),
    ]


class Openat2:
    """The call, ready to be made. Raises OSError at construction where the system has none."""

    def __init__(self) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._call = libc.syscall
        self._call.restype = ctypes.c_long
        self._call.argtypes = [
            ctypes.c_long,
            ctypes.c_int,
            ctypes.c_char_p,
            ctypes.c_void_p,
            ctypes.c_size_t,
        ]
        self._hows: dict[tuple[int, int], tuple[int, _How]] = {}
        here = os.open("/", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.close(self.open(here, b".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, BENEATH))
        finally:
            os.close(here)

    def open(self, folder: int, path: bytes, flags: int, resolve: int) -> int:
        """A descriptor of `path` below the descriptor `folder`. Nothing is ever created.

        `EXDEV` where the path would leave the folder, `ELOOP` where it meets a link it may not
        follow.
        """
        how = self._hows.get((flags, resolve)) or self._describe(flags, resolve)
        code = 0
        for _ in range(_TRIES):
            descriptor: int = self._call(_OPENAT2, folder, path, how[0], _SIZE)
            if descriptor >= 0:
                return descriptor
            code = ctypes.get_errno()
            if code not in _AGAIN:
                break
        raise OSError(code, os.strerror(code), os.fsdecode(path))

    def _describe(self, flags: int, resolve: int) -> tuple[int, _How]:
        """The structure that says how, and its address: the kernel only reads it."""
        how = _How(flags=flags, mode=0, resolve=resolve)
        self._hows[flags, resolve] = described = (ctypes.addressof(how), how)
        return described


def move_to_free_name(source: tuple[int, str], target: tuple[int, str]) -> None:
    """Rename `source` to `target`, each a folder's descriptor and a name in it.

    Raises:
        FileExistsError: something is there already; it stays as it is.
    """
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        move_by_link(source, target)
        return
    done: int = renameat2(
        source[0], os.fsencode(source[1]), target[0], os.fsencode(target[1]), _NO_REPLACE
    )
    if done == 0:
        return
    code = ctypes.get_errno()
    if code not in _UNKNOWN:
        raise OSError(code, os.strerror(code), target[1])
    move_by_link(source, target)


def move_by_link(source: tuple[int, str], target: tuple[int, str]) -> None:
    """The same where the file system cannot: a second name never replaces what has it."""
    (here, name), (there, new_name) = source, target
    try:
        os.link(name, new_name, src_dir_fd=here, dst_dir_fd=there, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:
        # Folders, and file systems without hard links. The look before is the best there is.
        _refuse_taken(there, new_name)
        os.rename(name, new_name, src_dir_fd=here, dst_dir_fd=there)
        return
    os.unlink(name, dir_fd=here)


def _refuse_taken(folder: int, name: str) -> None:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name)
