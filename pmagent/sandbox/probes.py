"""Live attempts to break out of a tier, each contained or not, for `doctor`.

A command inside tries all of them in one go against things made for it outside: a secret, servers,
a process. What it reports is not believed where the outside can be looked at afterwards.
"""

from __future__ import annotations

import contextlib
import fcntl
import inspect
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pmagent.errors import SandboxError
from pmagent.sandbox import probe_script
from pmagent.sandbox.confinement import Completed, Confinement
from pmagent.sandbox.run import run_confined
from pmagent.sandbox.tiers import TierReport
from pmagent.types import Check

TIMEOUT_S = 15.0
MEANINGS = {
    "read": "read a file outside",
    "write": "make a file outside",
    "list": "list your home folder",
    "parent environment": "read the environment of the process above",
    "environment": "see variables that were not given to it",
    "tcp": "connect by TCP",
    "udp": "send by UDP",
    "abstract socket": "connect to an abstract socket",
    "socket by path": "connect to a socket by its path",
    "netlink": "open a netlink socket",
    "vsock": "open a socket to the host of a virtual machine",
    "signal": "signal a process outside",
    "trace": "trace a process outside",
    "memory of others": "read the memory of a process outside",
    "mode": "change the mode of a file outside",
    "times": "change the times of a file outside",
    "io_uring": "use io_uring, which no filter sees",
    "namespace": "make namespaces of its own",
    "mount": "mount",
    "keys": "use the kernel's key rings",
    "kernel doors": "use bpf, userfaultfd or performance counters",
    "terminal input": "type into your terminal",
    "descriptors": "use a descriptor that was left open",
    "hard link": "link a file across the wall",
    "symbolic link": "read through a link out of the garden",
    "protected name": "make, change or move a protected name",
    "hidden file": "read a hidden file",
    "left running": "leave a process running",
}
"""What each attempt would let a command do."""


def run_probes(tier: TierReport, root: Path) -> Sequence[Check]:
    """One check for each attempt, in a few seconds. Works in a temporary folder below `root`.

    In tier D there is one check, which says so.
    """
    if tier.tier == "D":
        return [Check(id="sandbox", is_ok=False, says=tier.says, fix=tier.fix)]
    with (
        tempfile.TemporaryDirectory(dir=root, prefix="probes-") as named,
        _made_outside(Path(named)) as outside,
    ):
        try:
            done = _attack(tier, outside)
        except SandboxError as exc:
            return [Check(id="sandbox", is_ok=False, says=exc.message, fix=exc.hint)]
        found = _judge(done, outside)
    return [_check(name, is_open=found.get(name, True)) for name in MEANINGS]


def _check(name: str, *, is_open: bool) -> Check:
    if is_open:
        return Check(
            id="sandbox",
            is_ok=False,
            says=f"{name}: a command can {MEANINGS[name]}",
            fix="do not run commands of others here; please report it",
        )
    return Check(id="sandbox", is_ok=True, says=f"{name}: contained")


@dataclass(frozen=True, kw_only=True)
class _Outside:
    inside: Path
    secret: Path
    given: Mapping[str, str]
    udp: socket.socket
    secret_state: tuple[int, int]


@contextlib.contextmanager
def _made_outside(folder: Path) -> Generator[_Outside]:
    inside, outside = folder / "inside", folder / "outside"
    for made in (inside / "hidden", inside / "present", inside / "free", outside):
        made.mkdir(parents=True)
    for path in (inside / "hidden" / "file", inside / "present" / "file", inside / "free" / "own"):
        path.write_text("kept", encoding="utf-8")
    (inside / "free" / "lock").touch()
    secret = outside / "secret"
    secret.write_text(secrets.token_hex(), encoding="utf-8")
    abstract = f"pmagent-{secrets.token_hex(8)}"
    with contextlib.ExitStack() as stack:
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", 0))
        udp.setblocking(False)
        # The name of a socket has 107 bytes at most, which a deep folder does not leave room for.
        place = stack.enter_context(tempfile.TemporaryDirectory(prefix="pm-"))
        path_of_socket = f"{place}/s"
        for address in ("\0" + abstract, path_of_socket):
            server = stack.enter_context(socket.socket(socket.AF_UNIX))
            server.bind(address)
            server.listen()
        victim = stack.enter_context(_victim())
        yield _Outside(
            inside=inside,
            secret=secret,
            given={
                "inside": str(inside),
                "outside": str(outside),
                "home": str(Path.home()),
                "tcp": str(tcp.getsockname()[1]),
                "udp": str(udp.getsockname()[1]),
                "abstract": abstract,
                "socket": path_of_socket,
                "victim": str(victim),
            },
            udp=udp,
            secret_state=_state(secret),
        )


@contextlib.contextmanager
def _victim() -> Generator[int]:
    with subprocess.Popen(
        ["/bin/sleep", "60"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env={}
    ) as process:
        try:
            yield process.pid
        finally:
            process.kill()


def _attack(tier: TierReport, outside: _Outside) -> Completed:
    source = inspect.getsource(probe_script)
    python = Path(os.path.realpath(sys.executable))
    inside = outside.inside
    return run_confined(
        [str(python), "-I", "-S", "-E", "-c", source, json.dumps(dict(outside.given))],
        Confinement(
            folder=inside,
            writable=(inside,),
            hidden=(inside / "hidden",),
            read_only=(inside / ".absent", inside / "present"),
            environment={"PATH": f"{python.parent}:/usr/bin:/bin", "HOME": str(inside)},
            timeout_s=TIMEOUT_S,
        ),
        tier=tier,
    )


def _judge(done: Completed, outside: _Outside) -> dict[str, bool]:
    """Whether each attempt got through; one that was not made counts as if it had."""
    told = dict(line.split("\t", 1) for line in done.stdout.splitlines() if "\t" in line)
    found = {name: word != "held" for name, word in told.items()}
    folder, inside = outside.secret.parent, outside.inside
    found["write"] |= {path.name for path in folder.iterdir()} - {"secret", "pushed"} != set()
    found["hard link"] |= (folder / "pushed").exists() or outside.secret.stat().st_nlink > 1
    found["mode"] |= _state(outside.secret)[0] != outside.secret_state[0]
    found["times"] |= _state(outside.secret)[1] != outside.secret_state[1]
    found["udp"] |= _has_arrived(outside.udp)
    found["protected name"] |= (inside / ".absent").exists() or (
        (inside / "present" / "file").read_text(encoding="utf-8") != "kept"
    )
    found["left running"] |= _is_left(inside / "free" / "lock")
    return found


def _state(path: Path) -> tuple[int, int]:
    state = path.stat()
    return state.st_mode, state.st_mtime_ns


def _has_arrived(opened: socket.socket) -> bool:
    try:
        return bool(opened.recv(16))
    except BlockingIOError:
        return False


def _is_left(path: Path) -> bool:
    """Whether who wrote into `path` still holds it; nobody having written, nothing was tried."""
    if not path.stat().st_size:
        return True
    with path.open("rb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
