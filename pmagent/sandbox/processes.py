"""The processes of one command: given a namespace of their own, counted, and all ended.

A namespace of processes ends as a whole with its first one, however many there are: nothing else
ends a fork bomb for sure. Where none can be made, Landlock lets the launcher signal all of its own.
Imported by the launcher: nothing but `os`, `select` and `syscalls` may be imported here.
"""

from __future__ import annotations

import os
import select

from pmagent.sandbox import landlock, syscalls

KILL = 9
_NEW_PROCESSES = 0x20000000 | 0x08000000  # CLONE_NEWPID | CLONE_NEWIPC
_NEW_USER = 0x10000000
_LOOK_MS = 50
_ROUNDS = 400
_PAUSE_S = 0.005
_FAR_TOO_MANY = 4


def enter_namespace() -> bool:
    """Let the next process started be the first of a namespace of its own; whether it will be."""
    if os.geteuid() == 0:
        try:
            syscalls.call("unshare", _NEW_PROCESSES)
        except OSError:
            return False
        return True
    # Some systems let anybody make a namespace and then do nothing in it: a child tries first.
    trial = os.fork()
    if trial == 0:
        os._exit(0 if _enter_as_user() else 1)
    if os.waitpid(trial, 0)[1]:
        return False
    return _enter_as_user()


def _enter_as_user() -> bool:
    user, group = os.geteuid(), os.getegid()
    try:
        syscalls.call("unshare", _NEW_USER | _NEW_PROCESSES)
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{user} {user} 1"),
            ("gid_map", f"{group} {group} 1"),
        ):
            descriptor = os.open(f"/proc/self/{name}", os.O_WRONLY | os.O_CLOEXEC)
            os.write(descriptor, text.encode())
            os.close(descriptor)
    except OSError:
        return False
    return True


def keep_within_reach(abi: int) -> bool:
    """Inherit every process that is left below this one; whether one signal reaches just them."""
    syscalls.set_option(syscalls.PR_SET_CHILD_SUBREAPER, 1)
    if abi < landlock.SCOPE_ABI:
        return False
    landlock.keep_signals_inside()
    try:
        os.kill(os.getppid(), 0)
    except PermissionError:
        return True
    return False  # the wall is not what it says, and a signal to all would reach everybody


def watch(child: int, life_at: int, most: int, *, sees_all: bool) -> bytes:
    """What became of the child: `s<wait status>`, `k` when told to end, `p` at too many.

    `sees_all`: `/proc` shows other processes than those of the command as well.
    """
    ended = os.pidfd_open(child)
    waiting = select.poll()
    waiting.register(ended, select.POLLIN)
    waiting.register(life_at, select.POLLIN | select.POLLHUP)
    before = _count()
    while True:
        ready = [descriptor for descriptor, _ in waiting.poll(_LOOK_MS)]
        # Orphans that ended are inherited too, and would count as long as nobody takes them.
        while (reaped := os.waitpid(-1, os.WNOHANG))[0]:
            if reaped[0] == child:
                return b"s%d" % reaped[1]
        if life_at in ready:
            return b"k"
        more = _count() - before
        if more > most and (
            not sees_all or more > _FAR_TOO_MANY * most or len(_find_below()) > most
        ):
            return b"p"


def end_all(*, can_signal_all: bool) -> None:
    """End every process below this one, which inherits those whose parent died."""
    for _ in range(_ROUNDS):
        for pid in [-1] if can_signal_all else sorted(_find_below()):
            try:
                os.kill(pid, KILL)
            except OSError:
                continue  # it has just ended
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        select.select([], [], [], _PAUSE_S)


def count_of_user() -> int:
    """How many threads run as this user, which is what its limit counts."""
    user = os.geteuid()
    total = 0
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if os.stat(f"/proc/{name}").st_uid == user:  # noqa: PTH116 - pathlib costs 10 ms
                    total += len(os.listdir(f"/proc/{name}/task"))
            except OSError:
                continue
    return total


def _count() -> int:
    try:
        return sum(name.isdigit() for name in os.listdir("/proc"))
    except OSError:
        return 0


def _find_below() -> set[int]:
    """The processes that descend from this one, by the numbers of `/proc`."""
    parents: dict[int, int] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as stream:  # noqa: PTH123 - pathlib costs 10 ms
                    parents[int(name)] = int(stream.read().rpartition(b")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                continue
    me = int(os.readlink("/proc/self"))  # noqa: PTH115 - pathlib costs 10 ms
    known = {me}
    while grown := {pid for pid, parent in parents.items() if parent in known} - known:
        known |= grown
    return known - {me}
