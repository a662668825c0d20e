"""The filter is run here by a small machine of its own, for kernels and computers not at hand."""

from __future__ import annotations

import os
import struct

import pytest

from pmagent.sandbox import seccomp, syscalls

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOWED = 0x7FFF0000
EPERM, ENOSYS = 0x00050001, 0x00050026
EVERY_PROFILE = ("inside", "alone", "worker")


def verdict(program: bytes, number: int, arguments: tuple[int, ...] = (), *, arch: int) -> int:
    """What the kernel would answer."""
    full = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    call = struct.pack("<IIQ6Q", number, arch, 0, *(word % 2**64 for word in full))
    steps = list(struct.iter_unpack("<HBBI", program))
    at, held = 0, 0
    while True:
        code, if_true, if_false, constant = steps[at]
        at += 1
        if code == 0x20:
            (held,) = struct.unpack_from("<I", call, constant)
        elif code == 0x54:
            held &= constant
        elif code == 0x06:
            return int(constant)
        else:
            is_true = {
                0x15: held == constant, 0x25: held > constant, 0x45: bool(held & constant),
            }[code]  # fmt: skip
            at += if_true if is_true else if_false


class Filter:
    """One program, asked by the names of calls."""

    def __init__(self, machine: str, profile: str, abi: int = 7) -> None:
        self.machine = machine
        self.program = seccomp.build_filter(machine, profile, abi)

    def __call__(self, name: str | int, *arguments: int) -> int:
        number = name if isinstance(name, int) else syscalls.number(name, self.machine)
        assert number is not None
        return verdict(self.program, number, arguments, arch=ARCHITECTURES[self.machine])

    def has(self, name: str) -> bool:
        """Whether this machine has such a call."""
        return syscalls.number(name, self.machine) is not None


@pytest.fixture(params=["x86_64", "aarch64"])
def machine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.mark.parametrize("profile", EVERY_PROFILE)
def test_doors_of_the_kernel_are_shut(machine: str, profile: str) -> None:
    asked = Filter(machine, profile)

    for name in (
        "socket", "connect", "bind", "ptrace", "process_vm_readv", "process_vm_writev", "bpf",
        "perf_event_open", "userfaultfd", "keyctl", "add_key", "request_key", "unshare", "setns",
        "mount", "umount2", "move_mount", "fsopen", "open_tree", "pivot_root", "chroot", "reboot",
        "kexec_load", "init_module", "finit_module", "open_by_handle_at", "fanotify_init",
        "pidfd_getfd", "kcmp", "syslog", "swapon", "clock_settime",
    ):  # fmt: skip
        assert asked(name) == EPERM, name
    for name in ("io_uring_setup", "io_uring_enter", "io_uring_register", "clone3", "openat2"):
        assert asked(name) == ENOSYS, name


@pytest.mark.parametrize("profile", EVERY_PROFILE)
def test_calls_by_another_name_or_from_the_future_are_refused(machine: str, profile: str) -> None:
    asked = Filter(machine, profile)

    assert asked(syscalls.NEWEST_NUMBER + 1) == ENOSYS
    assert asked(0x40000000 | 41) == ENOSYS
    assert verdict(asked.program, 102, arch=0x40000003) == ENOSYS
    other = ARCHITECTURES["aarch64" if machine == "x86_64" else "x86_64"]
    assert verdict(asked.program, 63, arch=other) == ENOSYS


def test_ordinary_calls_are_let_through(machine: str) -> None:
    for profile in ("inside", "alone"):
        asked = Filter(machine, profile)

        assert asked("clone", 17) == ALLOWED
        assert asked("execve") == ALLOWED
        assert asked("openat", -100, 1, os.O_CREAT | os.O_WRONLY, 0o644) == ALLOWED
        assert asked("mkdirat", -100, 1, 0o755) == ALLOWED
        assert asked("prlimit64", 0, 7) == ALLOWED
        assert asked("socketpair", 1, 1 | os.O_CLOEXEC) == ALLOWED
        assert asked("ioctl", 1, 0x5401) == ALLOWED
        assert asked("kill", 5, 9) == ALLOWED
        assert asked(syscalls.NUMBERS["landlock_create_ruleset"][0] or 0) == ALLOWED


@pytest.mark.parametrize("profile", EVERY_PROFILE)
def test_no_new_namespace_is_cloned(machine: str, profile: str) -> None:
    asked = Filter(machine, profile)

    for flag in (
        0x00020000,
        0x02000000,
        0x04000000,
        0x08000000,
        0x10000000,
        0x20000000,
        0x40000000,
    ):
        assert profile == "worker" or asked("clone", flag | 17) == EPERM
    assert asked("clone", 0x003D0F00) == ALLOWED, "a thread"


def test_only_a_pair_of_streams_is_made(machine: str) -> None:
    asked = Filter(machine, "inside")

    assert asked("socketpair", 1, 2) == EPERM
    assert asked("socketpair", 1, 3) == EPERM
    assert asked("socketpair", 2, 1) == EPERM
    assert asked("socketpair", 1, 5) == ALLOWED


def test_terminal_input_is_refused_however_it_is_written(machine: str) -> None:
    for profile in EVERY_PROFILE:
        asked = Filter(machine, profile)

        assert asked("ioctl", 0, 0x5412) == EPERM
        assert asked("ioctl", 0, 0x5412 | 1 << 32) == EPERM
        assert asked("ioctl", 0, 0x541C) == EPERM


def test_no_file_is_made_that_runs_as_its_owner(machine: str) -> None:
    asked = Filter(machine, "inside")

    assert asked("fchmod", 3, 0o4755) == EPERM
    assert asked("fchmodat", -100, 1, 0o2755) == EPERM
    assert asked("openat", -100, 1, os.O_CREAT, 0o4755) == EPERM
    assert asked("openat", -100, 1, 0, 0o4755) == ALLOWED, "without O_CREAT it is no mode"
    assert asked("mknodat", -100, 1, 0o104755) == EPERM
    assert asked("fchmod", 3, 0o755) == ALLOWED


def test_what_only_a_namespace_contains_is_refused_without_one(machine: str) -> None:
    inside, alone = Filter(machine, "inside"), Filter(machine, "alone")

    for name in (
        "chmod", "fchmod", "fchmodat", "fchownat", "setxattr", "inotify_init1", "shmget", "mq_open",
    ):  # fmt: skip
        if inside.has(name):
            assert (inside(name), alone(name)) == (ALLOWED, EPERM), name
    assert alone("prlimit64", 7) == EPERM
    assert alone("setpriority", 0, 7) == EPERM
    assert alone("utimensat", -100, 1) == EPERM
    assert alone("utimensat", -100, 1 << 32) == EPERM
    assert alone("utimensat", 3, 0) == ALLOWED
    assert alone("ioctl", 3, 0x40086602) == EPERM


def test_an_older_landlock_is_made_up_for(machine: str) -> None:
    old, new = Filter(machine, "alone", 2), Filter(machine, "alone", 7)

    for name in ("tkill", "tgkill", "pidfd_send_signal", "truncate"):
        assert (old(name, 5), new(name, 5)) == (EPERM, ALLOWED), name
    assert old("kill", 5, 9) == EPERM
    assert old("kill", 0, 9) == ALLOWED
    assert old("openat", -100, 1, os.O_TRUNC) == EPERM
    assert old("openat", -100, 1, os.O_TRUNC | os.O_WRONLY) == ALLOWED
    assert old("openat", -100, 1, os.O_TRUNC | os.O_WRONLY | os.O_CREAT, 0o4755) == EPERM


def test_a_worker_starts_nothing(machine: str) -> None:
    asked = Filter(machine, "worker")

    for name in ("execve", "execveat", "fork", "vfork", "socketpair"):
        if asked.has(name):
            assert asked(name) == EPERM, name
    assert asked("clone", 17) == EPERM
