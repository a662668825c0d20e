"""What the probes try, from inside the walls. Run as a script by `probes`; imports nothing of ours.

Each attempt prints its name and `held` or `open`. It is written to succeed where walls are missing.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import os
import signal
import socket
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

_X86_64 = {
    "ptrace": 101, "process_vm_readv": 310, "io_uring_setup": 425, "unshare": 272, "keyctl": 250,
    "bpf": 321, "userfaultfd": 323, "perf_event_open": 298, "mount": 165, "pidfd_open": 434,
}  # fmt: skip
_AARCH64 = {
    "ptrace": 117, "process_vm_readv": 270, "io_uring_setup": 425, "unshare": 97, "keyctl": 219,
    "bpf": 280, "userfaultfd": 282, "perf_event_open": 241, "mount": 40, "pidfd_open": 434,
}  # fmt: skip
_REFUSED = frozenset({errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ESRCH})
_ATTACH = 16
_NEW_USER = 0x10000000
_GIVEN = frozenset({"PATH", "HOME", "TMPDIR", "LC_CTYPE"})
_FIRST_DESCRIPTORS = range(3, 256)


class Probes:
    """The attempts; `given` names the places and numbers outside."""

    def __init__(self, given: dict[str, str]) -> None:
        self._given = given
        self._inside = Path(given["inside"])
        self._free = self._inside / "free"
        self._secret = Path(given["outside"]) / "secret"
        self._victim = int(given["victim"])
        self._libc = ctypes.CDLL(None, use_errno=True)

    def all(self) -> dict[str, Callable[[], bool]]:
        """Each attempt by name; it gives whether it got through, or raises OSError."""
        return {
            "read": lambda: self._secret.read_bytes() != b"",
            "write": lambda: self._secret.with_name("made").write_text("x", "utf-8") > 0,
            "list": self._list,
            "parent environment": self._parent_environment,
            "environment": lambda: not set(os.environ) <= _GIVEN,
            "tcp": lambda: self._connect(socket.AF_INET, ("127.0.0.1", int(self._given["tcp"]))),
            "udp": self._send,
            "abstract socket": lambda: self._connect(
                socket.AF_UNIX, "\0" + self._given["abstract"]
            ),
            "socket by path": lambda: self._connect(socket.AF_UNIX, self._given["socket"]),
            "netlink": lambda: self._can_open_socket(16),
            "vsock": lambda: self._can_open_socket(40),
            "signal": lambda: os.kill(self._victim, 0) is None,
            "trace": lambda: self._call("ptrace", _ATTACH, self._victim, 0, 0),
            "memory of others": lambda: self._call("process_vm_readv", self._victim, 0, 0, 0, 0, 0),
            "mode": lambda: self._secret.chmod(0o777) is None,
            "times": lambda: os.utime(self._secret, (0, 0)) is None,
            "io_uring": lambda: self._call("io_uring_setup", 1, 0),
            "namespace": lambda: self._call("unshare", _NEW_USER),
            "mount": lambda: self._call("mount", 0, 0, 0, 0, 0),
            "keys": lambda: self._call("keyctl", 0, -3, 0),
            "kernel doors": self._kernel_doors,
            "terminal input": self._terminal_input,
            "descriptors": lambda: any(_is_open(number) for number in _FIRST_DESCRIPTORS),
            "hard link": self._hard_link,
            "symbolic link": self._symbolic_link,
            "protected name": self._protected,
            "hidden file": lambda: (self._inside / "hidden" / "file").read_bytes() != b"",
            "left running": self._left_running,
        }

    def _list(self) -> bool:
        """Where the garden is below the home folder, its own folder there is no secret."""
        home = Path(self._given["home"])
        on_the_way = (
            self._inside.relative_to(home).parts[:1] if home in self._inside.parents else ()
        )
        return _works(lambda: os.listdir(self._secret.parent)) or bool(
            set(os.listdir(home)) - set(on_the_way)
        )

    def _parent_environment(self) -> bool:
        shown: list[bytes] = []
        for pid in {1, os.getppid()}:
            try:
                shown += Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
            except OSError:
                continue
        return any(word.partition(b"=")[0] not in {b"PATH", b"LANG", b"PWD", b""} for word in shown)

    def _connect(self, family: int, address: tuple[str, int] | str) -> bool:
        with socket.socket(family) as opened:
            opened.settimeout(0.5)
            opened.connect(address)
        return True

    def _send(self) -> bool:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
            opened.sendto(b"x", ("127.0.0.1", int(self._given["udp"])))
        return True

    def _can_open_socket(self, family: int) -> bool:
        with socket.socket(family, socket.SOCK_STREAM if family == 40 else socket.SOCK_RAW):
            return True

    def _call(self, name: str, *arguments: int) -> bool:
        """Whether the kernel looks at the call at all: with these arguments it need not succeed."""
        table = _X86_64 if os.uname().machine == "x86_64" else _AARCH64
        words = [ctypes.c_long(word) for word in (table[name], *arguments)]
        if self._libc.syscall(*words) != -1:
            return True
        return ctypes.get_errno() not in _REFUSED

    def _kernel_doors(self) -> bool:
        return any([
            self._call("bpf", 0, 0, 0),
            self._call("userfaultfd", 0),
            self._call("perf_event_open", 0, 0, -1, -1, 0),
        ])

    def _terminal_input(self) -> bool:
        try:
            with Path("/dev/tty").open("wb"):
                return True
        except OSError:
            pass
        try:
            fcntl.ioctl(0, termios.TIOCSTI, b"x")
        except OSError as exc:
            return exc.errno not in _REFUSED
        return True

    def _hard_link(self) -> bool:
        outside = self._secret.parent
        return any([
            _works(lambda: os.link(self._secret, self._free / "pulled")),
            _works(lambda: os.link(self._free / "own", outside / "pushed")),
        ])

    def _symbolic_link(self) -> bool:
        link = self._free / "link"
        link.symlink_to(self._secret)
        return link.read_bytes() != b""

    def _protected(self) -> bool:
        absent, present = self._inside / ".absent", self._inside / "present"
        return any([
            _works(lambda: (absent / "x").write_text("x", "utf-8")),
            _works(lambda: absent.write_text("x", "utf-8")),
            _works(lambda: (absent.mkdir(), (absent / "x").write_text("x", "utf-8"))),
            _works(lambda: (present / "file").write_text("changed", "utf-8")),
            _works(lambda: present.rename(self._inside / "moved")),
            _works(lambda: (present / "file").unlink()),
        ])

    def _left_running(self) -> bool:
        """Leave a process that has cut every tie; outside it is seen by the lock it holds."""
        if os.fork():
            while not (self._free / "lock").stat().st_size:
                time.sleep(0.001)
            return False
        os.setsid()
        if os.fork():
            os._exit(0)
        with (self._free / "lock").open("wb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            for stream in (0, 1, 2):
                os.close(stream)
            held.write(b"x")
            held.flush()
            signal.pause()
            os._exit(0)


def _is_open(number: int) -> bool:
    return _works(lambda: os.fstat(number))


def _works(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def main() -> None:
    """Try everything and say what came of it."""
    for name, attempt in Probes(json.loads(sys.argv[1])).all().items():
        try:
            is_open = attempt()
        except OSError:
            is_open = False
        sys.stdout.write(f"{name}\t{'open' if is_open else 'held'}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
