"""The walls a worker of ours puts around itself before it reads a stranger's file.

A parser needs bytes in and values out. After its imports are done it gives up every file, socket,
program and process, so that a fault in a library reaches nothing. Linux only.
"""

from __future__ import annotations

import os
import sys

from pmagent.errors import SandboxError
from pmagent.paths import reason_of

_MB = 1_000_000


def confine_self(*, memory_mb: int, cpu_s: int, no_files: bool = True) -> bool:
    """Confine this process for good; whether it is confined now.

    Afterwards it can read and write the descriptors it holds and can start threads. Nothing can be
    opened with `no_files`; without it files stay as they are. To be called before other threads
    start, and after every import. False where this system or kernel cannot do it: the caller says
    so. Memory is address space, as the kernel counts it.

    Raises:
        SandboxError: other threads run already, which could not be confined, or the kernel refuses.
    """
    if not sys.platform.startswith("linux"):
        return False
    import resource  # noqa: PLC0415 - these are there on Linux alone

    from pmagent.sandbox import landlock, seccomp, syscalls  # noqa: PLC0415

    abi = landlock.find_abi()
    machine = syscalls.machine()
    if machine is None or not seccomp.is_available() or (no_files and not abi):
        return False
    if len(os.listdir("/proc/self/task")) > 1:
        raise SandboxError("a worker has threads already, which no wall would hold")
    try:
        for kind, limit in (
            (resource.RLIMIT_AS, memory_mb * _MB),
            (resource.RLIMIT_CPU, cpu_s),
            (resource.RLIMIT_CORE, 0),
        ):
            most = resource.getrlimit(kind)[1]
            least = limit if most == resource.RLIM_INFINITY else min(limit, most)
            resource.setrlimit(kind, (least, least))
        syscalls.set_option(syscalls.PR_SET_DUMPABLE, 0)
        syscalls.drop_capabilities()
        program = seccomp.build_filter(machine, "worker", abi)
        if no_files:
            landlock.restrict([], abi)
        seccomp.install(program)
    except OSError as exc:
        raise SandboxError(f"a worker cannot be confined: {reason_of(exc)}") from exc
    return True
