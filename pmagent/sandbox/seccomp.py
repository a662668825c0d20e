"""Which calls of the kernel a confined process may make, as a filter the kernel runs itself.

The filter refuses by an error and never kills. Refused for all: sockets but a pair of streams,
io_uring, namespaces, mounting, keys, looking into other processes, files that run as their owner,
modules, the clock, every call newer than this table and every call of another instruction set.
`alone` refuses as well what only a namespace would contain: changing modes, owners, times and
attributes, and reaching other processes. What lies behind a pointer cannot be looked at, so such
calls are refused whole.
Imported by the launcher: nothing but `ctypes` and `syscalls` may be imported here.
"""

from __future__ import annotations

import ctypes
import errno
import os

from pmagent.sandbox import syscalls

_LOAD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_IF_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_IF_MORE = 0x25  # BPF_JMP | BPF_JGT | BPF_K
_IF_ANY_BIT = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_AND = 0x54  # BPF_ALU | BPF_AND | BPF_K
_RETURN = 0x06
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000
_NUMBER_AT = 0
_ARCHITECTURE_AT = 4
_ARGUMENTS_AT = 16
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SET_FILTER = 1
_ALL_THREADS = 1

Step = tuple[int, int, int, int]
"""code, steps to skip if true, if false, constant."""
Profile = str
"""`inside` namespaces of its own, `alone` without them, or `worker` of ours that starts nothing."""

_NEW_NAMESPACES = 0x7E020000
_THREAD = 0x00010000
_SET_ID = 0o6000
_MAKES_FILE = os.O_CREAT | 0o20000000  # O_TMPFILE
_MODES = (
    ("chmod", 1), ("fchmod", 1), ("fchmodat", 2), ("fchmodat2", 2), ("creat", 1), ("mkdir", 1),
    ("mkdirat", 2), ("mknod", 1), ("mknodat", 2),
)  # fmt: skip
"""Calls that set a mode, and which argument it is."""
_OPENS = (("open", 1), ("openat", 2))
_STREAMS = (1, 5)
_TYPE_OF_SOCKET = 0x0F
_OPEN_MODE_OR_TRUNCATE = os.O_ACCMODE | os.O_TRUNC
_TERMINAL_INPUT = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX
_FILE_FLAGS = (0x40086602, 0x40046602, 0x401C5820)  # FS_IOC_SETFLAGS, …32, FS_IOC_FSSETXATTR

_NOT_THERE = ("io_uring_setup", "io_uring_enter", "io_uring_register", "clone3")
"""`clone3` has its flags behind a pointer; the C library then takes `clone`."""
_NEVER = (
    "accept", "accept4", "acct", "add_key", "adjtimex", "bind", "bpf", "chroot", "clock_adjtime",
    "clock_settime", "connect", "create_module", "delete_module", "fanotify_init", "fanotify_mark",
    "finit_module", "fsconfig", "fsmount", "fsopen", "fspick", "init_module", "ioperm", "iopl",
    "kcmp", "kexec_file_load", "kexec_load", "keyctl", "listen", "listmount", "lookup_dcookie",
    "migrate_pages", "modify_ldt", "mount", "mount_setattr", "move_mount", "move_pages",
    "name_to_handle_at", "nfsservctl", "open_by_handle_at", "open_tree", "open_tree_attr",
    "perf_event_open", "pidfd_getfd", "pivot_root", "process_madvise", "process_mrelease",
    "process_vm_readv", "process_vm_writev", "ptrace", "quotactl", "quotactl_fd", "reboot",
    "request_key", "setdomainname", "sethostname", "setns", "settimeofday", "socket", "statmount",
    "swapoff", "swapon", "syslog", "umount2", "unshare", "uselib", "userfaultfd", "ustat",
    "vhangup", "_sysctl",
)  # fmt: skip
_ALONE_NEVER = (
    "chmod", "chown", "fchmod", "fchmodat", "fchmodat2", "fchown", "fchownat", "file_setattr",
    "fremovexattr", "fsetxattr", "futimesat", "inotify_init", "inotify_init1", "lchown",
    "lremovexattr", "lsetxattr", "mq_open", "mq_unlink", "msgctl", "msgget", "msgrcv", "msgsnd",
    "removexattr", "removexattrat", "semctl", "semget", "semop", "semtimedop", "setxattr",
    "setxattrat", "shmat", "shmctl", "shmget", "utime", "utimes",
)  # fmt: skip
_SIGNALS = ("tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open",
            "pidfd_send_signal")  # fmt: skip
_OTHERS_BY_FIRST = (
    "prlimit64", "sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr",
)  # fmt: skip
_OTHERS_BY_SECOND = ("ioprio_set", "setpriority")
_WORKER_NEVER = ("execve", "execveat", "fork", "vfork", "socketpair", "truncate")
_SIGNALS_KEPT_ABI = 6
_TRUNCATE_ABI = 3


def build_filter(machine: str, profile: Profile, abi: int, *, has_namespace: bool = False) -> bytes:
    """The program for `machine`, complete where Landlock has version `abi` (0 for none).

    With a namespace of processes `alone` needs no wall against signals.
    """
    blocks: dict[str, list[Step]] = {name: _refuse(errno.EPERM) for name in _NEVER}
    blocks |= {name: _refuse(errno.ENOSYS) for name in _NOT_THERE}
    blocks["openat2"] = _refuse(errno.ENOSYS)
    blocks |= {name: _unless_bits(argument, _SET_ID) for name, argument in _MODES}
    opens = _opens if abi >= _TRUNCATE_ABI else _opens_without_bare_truncate
    blocks |= {name: opens(argument) for name, argument in _OPENS}
    blocks["clone"] = _unless_bits(0, _NEW_NAMESPACES)
    blocks["ioctl"] = _unless_one_of(1, _TERMINAL_INPUT)
    blocks["socketpair"] = _only_streams()
    if profile != "inside":
        blocks |= _alone(abi, has_namespace=has_namespace)
    if profile == "worker":
        blocks |= {name: _refuse(errno.EPERM) for name in _WORKER_NEVER}
        blocks["clone"] = _only_bits(0, _THREAD)
    steps = _preamble(machine)
    for name in sorted(blocks):
        which = syscalls.number(name, machine)
        if which is not None:
            steps += [(_IF_EQUAL, 0, len(blocks[name]), which), *blocks[name]]
    steps.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(_packed(step) for step in steps)


def install(program: bytes, *, all_threads: bool = False) -> None:
    """Run `program` before every call of this thread and all it starts, for good.

    Raises:
        OSError: the kernel refuses.
    """
    kept = ctypes.create_string_buffer(program, len(program))
    head = (len(program) // 8).to_bytes(8, "little") + ctypes.addressof(kept).to_bytes(8, "little")
    syscalls.forbid_new_privileges()
    syscalls.call("seccomp", _SET_FILTER, _ALL_THREADS if all_threads else 0, head)


def is_available() -> bool:
    """Whether this kernel runs filters on a machine that there is a table for."""
    if syscalls.machine() is None:
        return False
    try:
        # A filter at address 0 is refused with EFAULT by a kernel that knows filters.
        syscalls.call("seccomp", _SET_FILTER, 0, None)
    except OSError as exc:
        return exc.errno == errno.EFAULT
    return False


def _alone(abi: int, *, has_namespace: bool) -> dict[str, list[Step]]:
    blocks = {name: _refuse(errno.EPERM) for name in _ALONE_NEVER}
    blocks |= {name: _only_value(0, 0) for name in _OTHERS_BY_FIRST}
    blocks |= {name: _only_value(1, 0) for name in _OTHERS_BY_SECOND}
    # Without a path it sets the times of a file that is open already: `touch` does.
    blocks["utimensat"] = _only_null(1)
    blocks["ioctl"] = _unless_one_of(1, _TERMINAL_INPUT + _FILE_FLAGS)
    if abi < _SIGNALS_KEPT_ABI and not has_namespace:
        blocks |= {name: _refuse(errno.EPERM) for name in _SIGNALS}
        blocks["kill"] = _only_value(0, 0)  # its own process group
    if abi < _TRUNCATE_ABI:
        blocks["truncate"] = _refuse(errno.EPERM)
    return blocks


def _preamble(machine: str) -> list[Step]:
    foreign = _refuse(errno.ENOSYS)[0]
    return [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_IF_EQUAL, 1, 0, _ARCHITECTURES[machine]),
        foreign,
        (_LOAD, 0, 0, _NUMBER_AT),
        # Numbers with bit 30 are the x32 calls of x86_64: the same calls by another name.
        (_IF_MORE, 0, 1, syscalls.NEWEST_NUMBER),
        foreign,
    ]


def _refuse(code: int) -> list[Step]:
    return [(_RETURN, 0, 0, _REFUSE | code)]


def _low(argument: int) -> Step:
    return (_LOAD, 0, 0, _ARGUMENTS_AT + 8 * argument)


def _high(argument: int) -> Step:
    return (_LOAD, 0, 0, _ARGUMENTS_AT + 8 * argument + 4)


_PASS: Step = (_RETURN, 0, 0, _ALLOW)


def _unless_bits(argument: int, bits: int) -> list[Step]:
    return [_low(argument), (_IF_ANY_BIT, 0, 1, bits), *_refuse(errno.EPERM), _PASS]


def _only_bits(argument: int, bits: int) -> list[Step]:
    return [_low(argument), (_IF_ANY_BIT, 1, 0, bits), *_refuse(errno.EPERM), _PASS]


def _only_value(argument: int, value: int) -> list[Step]:
    return [_low(argument), (_IF_EQUAL, 1, 0, value), *_refuse(errno.EPERM), _PASS]


def _only_null(argument: int) -> list[Step]:
    return [
        _low(argument), (_IF_EQUAL, 0, 2, 0),
        _high(argument), (_IF_EQUAL, 1, 0, 0),
        *_refuse(errno.EPERM), _PASS,
    ]  # fmt: skip


def _unless_one_of(argument: int, values: tuple[int, ...]) -> list[Step]:
    # The kernel looks at the low half only, so it alone is compared.
    last = len(values) - 1
    tests = [(_IF_EQUAL, last - place, int(place == last), v) for place, v in enumerate(values)]
    return [_low(argument), *tests, *_refuse(errno.EPERM), _PASS]


def _only_streams() -> list[Step]:
    return [
        _low(0), (_IF_EQUAL, 0, 4, 1),  # AF_UNIX
        # A datagram socket of a pair can send to any name, a stream cannot.
        _low(1), (_AND, 0, 0, _TYPE_OF_SOCKET),
        (_IF_EQUAL, 2, 0, _STREAMS[0]), (_IF_EQUAL, 1, 0, _STREAMS[1]),
        *_refuse(errno.EPERM), _PASS,
    ]  # fmt: skip


def _opens(argument: int) -> list[Step]:
    """Flags at `argument` and the mode after it: no file that runs as its owner."""
    return [
        _low(argument), (_IF_ANY_BIT, 0, 3, _MAKES_FILE),
        _low(argument + 1), (_IF_ANY_BIT, 0, 1, _SET_ID),
        *_refuse(errno.EPERM), _PASS,
    ]  # fmt: skip


def _opens_without_bare_truncate(argument: int) -> list[Step]:
    """Before version 3 Landlock lets O_TRUNC empty a file that may only be read."""
    bare = (os.O_TRUNC, os.O_TRUNC | os.O_ACCMODE)
    return [
        _low(argument), (_AND, 0, 0, _OPEN_MODE_OR_TRUNCATE),
        (_IF_EQUAL, 1, 0, bare[0]), (_IF_EQUAL, 0, 1, bare[1]),
        *_refuse(errno.EPERM), *_opens(argument),
    ]  # fmt: skip


def _packed(step: Step) -> bytes:
    code, if_true, if_false, constant = step
    return code.to_bytes(2, "little") + bytes((if_true, if_false)) + constant.to_bytes(4, "little")
