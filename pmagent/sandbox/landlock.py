"""The kernel's own file rights for one process and all that it starts: Landlock.

What no rule grants is refused. A rule for a folder holds for all below it and nothing below can be
taken out again, so an exception is made by naming its neighbours (`grants`). It does not cover
stat, chmod, chown, utime, extended attributes, UDP or sockets by path: `seccomp` does.
Imported by the launcher: nothing but `os` and `syscalls` may be imported here.
"""

from __future__ import annotations

import errno
import os
import stat

from pmagent.sandbox import syscalls

Rule = tuple[str, int]
"""A path without links in it, and the rights below it."""

EXECUTE = 1 << 0
WRITE_FILE = 1 << 1
READ_FILE = 1 << 2
READ_DIR = 1 << 3
REMOVE_DIR = 1 << 4
REMOVE_FILE = 1 << 5
MAKE_DIR = 1 << 7
MAKE_REG = 1 << 8
MAKE_FIFO = 1 << 10
MAKE_SYM = 1 << 12
REFER = 1 << 13
TRUNCATE = 1 << 14
IOCTL_DEV = 1 << 15

READ = EXECUTE | READ_FILE | READ_DIR
USE = READ_FILE | WRITE_FILE | TRUNCATE
"""A file that is there can be changed."""
CHANGE = READ | USE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_FIFO | MAKE_SYM | REFER
"""Everything but devices and sockets."""

SCOPE_ABSTRACT_SOCKETS = 1
SCOPE_SIGNALS = 2

_OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
_FIRST = (1 << 13) - 1
_ADDED = ((2, REFER), (3, TRUNCATE), (5, IOCTL_DEV))
_TCP_ABI = 4
_TCP = 3
SCOPE_ABI = 6
_VERSION_FLAG = 1
_PATH_BENEATH = 1


def find_abi() -> int:
    """The version of Landlock in this kernel; 0 where there is none or it is switched off."""
    try:
        return syscalls.call("landlock_create_ruleset", None, 0, _VERSION_FLAG)
    except OSError:
        return 0


def restrict(rules: list[Rule], abi: int) -> None:
    """Leave this thread, and all it starts, the rights in `rules` and no TCP.

    A path that is no longer there grants nothing. Signals and abstract sockets reach only what is
    inside as well, from version 6 on.

    Raises:
        OSError: the kernel refuses, or a path is a link by now.
    """
    handled = _FIRST
    for version, right in _ADDED:
        handled |= right if abi >= version else 0
    scopes = SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS
    ruleset = _make(handled, _TCP, scopes, abi)
    try:
        for path, rights in rules:
            _grant(ruleset, path, rights & handled)
        _enter(ruleset)
    finally:
        os.close(ruleset)


def keep_signals_inside() -> None:
    """Let this process and all it starts signal only each other.

    Raises:
        OSError: the kernel refuses; it has no such wall before version 6.
    """
    ruleset = _make(0, 0, SCOPE_SIGNALS, SCOPE_ABI)
    try:
        _enter(ruleset)
    finally:
        os.close(ruleset)


def _make(files: int, network: int, scopes: int, abi: int) -> int:
    words = [files]
    if abi >= _TCP_ABI:
        words.append(network)
    if abi >= SCOPE_ABI:
        words.append(scopes)
    attributes = b"".join(word.to_bytes(8, "little") for word in words)
    return syscalls.call("landlock_create_ruleset", attributes, len(attributes), 0)


def _grant(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = syscalls.open_exactly(path)
    except OSError as exc:
        if exc.errno in {errno.ENOENT, errno.ENOTDIR}:
            return
        raise
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= _OF_FILES
        if rights:
            attributes = rights.to_bytes(8, "little") + descriptor.to_bytes(4, "little")
            syscalls.call("landlock_add_rule", ruleset, _PATH_BENEATH, attributes, 0)
    finally:
        os.close(descriptor)


def _enter(ruleset: int) -> None:
    syscalls.forbid_new_privileges()
    syscalls.call("landlock_restrict_self", ruleset, 0)
