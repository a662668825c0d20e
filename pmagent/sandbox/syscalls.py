"""Calls of the Linux kernel that Python has no function for.

Imported by the launcher inside the walls, whose start is paid for with every command: nothing but
`os` and `ctypes` may be imported here. Elsewhere than on Linux nothing here can be called.
"""

from __future__ import annotations

import ctypes
import errno
import os

NUMBERS = {
    # name: (x86_64, aarch64), from the kernel's unistd.h; None where the machine has no such call
    "_sysctl": (156, None),
    "accept": (43, 202),
    "accept4": (288, 242),
    "acct": (163, 89),
    "add_key": (248, 217),
    "adjtimex": (159, 171),
    "bind": (49, 200),
    "bpf": (321, 280),
    "capset": (126, 91),
    "chmod": (90, None),
    "chown": (92, None),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "clone": (56, 220),
    "clone3": (435, 435),
    "connect": (42, 203),
    "creat": (85, None),
    "create_module": (174, None),
    "delete_module": (176, 106),
    "execve": (59, 221),
    "execveat": (322, 281),
    "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "file_setattr": (469, 469),
    "finit_module": (313, 273),
    "fork": (57, None),
    "fremovexattr": (199, 16),
    "fsconfig": (431, 431),
    "fsetxattr": (190, 7),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "futimesat": (261, None),
    "init_module": (175, 105),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "ioctl": (16, 29),
    "ioperm": (173, None),
    "iopl": (172, None),
    "ioprio_set": (251, 30),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "kill": (62, 129),
    "landlock_add_rule": (445, 445),
    "landlock_create_ruleset": (444, 444),
    "landlock_restrict_self": (446, 446),
    "lchown": (94, None),
    "listen": (50, 201),
    "listmount": (458, 458),
    "lookup_dcookie": (212, 18),
    "lremovexattr": (198, 15),
    "lsetxattr": (189, 6),
    "migrate_pages": (256, 238),
    "modify_ldt": (154, None),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "move_pages": (279, 239),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    "msgctl": (71, 187),
    "msgget": (68, 186),
    "msgrcv": (70, 188),
    "msgsnd": (69, 189),
    "name_to_handle_at": (303, 264),
    "nfsservctl": (180, 42),
    "open": (2, None),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "open_tree_attr": (467, 467),
    "openat": (257, 56),
    "openat2": (437, 437),
    "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pivot_root": (155, 41),
    "prctl": (157, 167),
    "prlimit64": (302, 261),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "removexattr": (197, 14),
    "removexattrat": (466, 466),
    "request_key": (249, 218),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "seccomp": (317, 277),
    "semctl": (66, 191),
    "semget": (64, 190),
    "semop": (65, 193),
    "semtimedop": (220, 192),
    "setdomainname": (171, 162),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "setpriority": (141, 140),
    "settimeofday": (164, 170),
    "setxattr": (188, 5),
    "setxattrat": (463, 463),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "shmget": (29, 194),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "statmount": (457, 457),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "tgkill": (234, 131),
    "tkill": (200, 130),
    "truncate": (76, 45),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "uselib": (134, None),
    "userfaultfd": (323, 282),
    "ustat": (136, None),
    "utime": (132, None),
    "utimensat": (280, 88),
    "utimes": (235, None),
    "vfork": (58, None),
    "vhangup": (153, 58),
}
NEWEST_NUMBER = 469
"""`file_setattr` of Linux 6.17: what comes later is not known here."""

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
_CAPABILITY_VERSION = 0x20080522
_LAST_CAPABILITY = 63
_MACHINES = {"x86_64": 0, "aarch64": 1}
_RESOLVE_NO_MAGICLINKS = 0x02
_RESOLVE_NO_SYMLINKS = 0x04

_libc = ctypes.CDLL(None, use_errno=True)


def machine() -> str | None:
    """`x86_64` or `aarch64` with 64-bit pointers; None on any other."""
    name = os.uname().machine
    return name if name in _MACHINES and ctypes.sizeof(ctypes.c_void_p) == 8 else None


def number(name: str, of_machine: str | None = None) -> int | None:
    """The number of a call on this machine, or on the one named; None where it has none."""
    known = of_machine or machine()
    return None if known is None else NUMBERS[name][_MACHINES[known]]


def call(name: str, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """What the kernel's call `name` gives.

    Raises:
        OSError: it fails, or the machine has no such call (ENOSYS).
    """
    which = number(name)
    if which is None:
        raise OSError(38, f"there is no {name} on this machine")
    given = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    given += [ctypes.c_long(0)] * (6 - len(given))
    result = _libc.syscall(ctypes.c_long(which), *given)
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
    return int(result)


def set_option(option: int, value: int = 0) -> None:
    """`prctl(option, value)`.

    Raises:
        OSError: the kernel refuses.
    """
    call("prctl", option, value, 0, 0, 0)


def open_exactly(path: str) -> int:
    """A descriptor that only names `path` (O_PATH), reached without any link.

    Raises:
        OSError: there is no such file, or a link stands in the way.
    """
    how = b"".join(
        word.to_bytes(8, "little")
        for word in (os.O_PATH | os.O_CLOEXEC, 0, _RESOLVE_NO_SYMLINKS | _RESOLVE_NO_MAGICLINKS)
    )
    return call("openat2", -100, os.fsencode(path) + b"\0", how, len(how))


def drop_capabilities() -> None:
    """Give up every right of the superuser, for this process and all that it starts.

    Raises:
        OSError: the kernel refuses.
    """
    for capability in range(_LAST_CAPABILITY + 1):
        try:
            set_option(PR_CAPBSET_DROP, capability)
        except OSError:
            break  # not the superuser (EPERM), or past the last one (EINVAL)
    try:
        call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    except OSError as exc:
        if exc.errno != errno.EINVAL:  # a kernel before 4.3 has none
            raise
    header = _CAPABILITY_VERSION.to_bytes(4, "little") + bytes(4)
    call("capset", header, bytes(24))


def forbid_new_privileges() -> None:
    """No program started from here gains rights by its mode or its owner."""
    set_option(PR_SET_NO_NEW_PRIVS, 1)


def restore_signals() -> None:
    """Undo what Python ignores at its start: a command expects to end at a closed pipe."""
    for signal_number in (13, 25):  # SIGPIPE, SIGXFSZ: `signal` would import `enum`, 4 ms
        _libc.signal(ctypes.c_int(signal_number), None)
