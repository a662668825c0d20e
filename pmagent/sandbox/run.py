"""The one door to programs of others: a command, its walls, and what came of it.

Refuses to run anything without walls. The command gets standard input as bytes and two pipes; no
descriptor, variable, terminal or network of ours, and no process of it is left when this returns.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pmagent.errors import SandboxError
from pmagent.paths import reason_of
from pmagent.sandbox import landlock, launcher, seatbelt
from pmagent.sandbox.boot import boot_words, packed
from pmagent.sandbox.confinement import Completed, Confinement
from pmagent.sandbox.grants import read_rules, rules_of
from pmagent.sandbox.ground import PRIVATE_TMP, Ground, is_below_any, survey
from pmagent.sandbox.mounts import (
    DEVICES,
    PROGRAMS,
    SETTINGS,
    SPARE_TMP,
    bubblewrap_arguments,
)  # fmt: skip
from pmagent.sandbox.placeholders import Placeholders
from pmagent.sandbox.pump import Pump
from pmagent.sandbox.tiers import CLEAN, SEATBELT, TierReport

KILLED = -9
_PART_BYTES = 65_536
_MB = 1_000_000
_ALONE_SETTINGS = ("/etc/passwd", "/etc/group")
_ALONE_STATE = ("/proc/cpuinfo", "/proc/meminfo", "/proc/sys/kernel/osrelease",
                "/proc/sys/vm/overcommit_memory")  # fmt: skip
_HINT = "run `pmagent doctor` to see which sandbox works here"


def run_confined(
    argv: Sequence[str], confinement: Confinement, *, stdin: bytes = b"", tier: TierReport
) -> Completed:
    """Run a command within `confinement` and wait for its end, or end it.

    It ends when the command itself does: what it left running is ended then. `/tmp` inside is empty
    and gone afterwards. A program that is not there gives status 127, as in a shell.

    Raises:
        SandboxError: nothing can be confined here (tier D), or these walls cannot be raised.
    """
    if tier.tier == "D":
        raise SandboxError(f"nothing is run: {tier.says}", tier.fix)
    if not argv or any("\0" in word for word in argv):
        raise SandboxError("there is no command to run", "name a program")
    if tier.tier == "A":
        return _run_inside(argv, confinement, stdin, tier)
    with tempfile.TemporaryDirectory(prefix="pmagent-", ignore_cleanup_errors=True) as named:
        room = Path(os.path.realpath(named))
        if tier.tier == "C":
            return _run_seatbelt(argv, confinement, stdin, room)
        return _run_alone(argv, confinement, stdin, tier, room)


@dataclass(frozen=True, kw_only=True)
class _Launch:
    argv: Sequence[str]
    """The words before the three descriptors."""
    policy: launcher.Policy
    more: Sequence[int] = ()
    """Descriptors that the first program needs as well."""


def _run_inside(
    argv: Sequence[str], confinement: Confinement, stdin: bytes, tier: TierReport
) -> Completed:
    ground = survey(confinement)
    with Placeholders(ground.absent, ground.read_only) as held:
        kept = frozenset((*ground.read_only, *held.paths))
        launch = _launch_inside(argv, confinement, replace(ground, read_only=kept), tier)
        with launch as ready:
            return _run_launcher(ready, confinement, stdin)


@contextlib.contextmanager
def _launch_inside(
    argv: Sequence[str], confinement: Confinement, ground: Ground, tier: TierReport
) -> Generator[_Launch]:
    mounted, protected, hidden = ground.split_for_mounts()
    left = protected | hidden
    if left and not tier.landlock:
        raise SandboxError(
            f'"{min(left)}" is a link or one of too many, which this kernel cannot protect',
            "put files in the place of links, and hide folders in the place of files",
        )
    tmp = _tmp_inside(ground, has_rules=bool(left))
    environment = _environment(confinement, ground.writable, str(tmp))
    prefixes = _interpreter_prefixes()
    words = bubblewrap_arguments(confinement, mounted, prefixes, has_size=tier.has_size)
    folder = tmp if confinement.folder == PRIVATE_TMP else ground.folder
    rules = [
        *read_rules([*PROGRAMS, "/proc", *_named(prefixes, environment)]),
        ("/etc", landlock.READ),
        *((device, landlock.USE) for device in DEVICES),
        (str(tmp), landlock.CHANGE),
        ("/dev/shm", landlock.CHANGE),  # noqa: S108 - inside
        *rules_of(ground, protected, hidden),
    ]
    policy = _policy(argv, confinement, environment, folder, rules)
    policy |= {"profile": "inside", "abi": tier.landlock, "namespace": False}
    with _pipe_with(b"".join(os.fsencode(word) + b"\0" for word in words)) as arguments:
        yield _Launch(
            argv=[tier.bwrap, "--args", str(arguments), "--", *boot_words()],
            policy=policy,
            more=(arguments,),
        )


def _run_alone(
    argv: Sequence[str], confinement: Confinement, stdin: bytes, tier: TierReport, room: Path
) -> Completed:
    ground = survey(confinement)
    environment = _environment(confinement, ground.writable, str(room))
    protected = ground.read_only | ground.absent | ground.links
    rules = [
        *read_rules([*PROGRAMS, *SETTINGS, *_ALONE_SETTINGS, *_ALONE_STATE]),
        *read_rules([str(p) for p in _named(_interpreter_prefixes(), environment)]),
        *((device, landlock.USE) for device in DEVICES),
        (str(room), landlock.CHANGE),
        *rules_of(ground, protected, ground.hidden),
    ]
    folder = room if confinement.folder == PRIVATE_TMP else ground.folder
    policy = _policy(argv, confinement, environment, folder, rules)
    policy |= {"profile": "alone", "abi": tier.landlock, "namespace": tier.own_processes}
    launch = _Launch(argv=boot_words(), policy=policy)
    return _run_launcher(launch, confinement, stdin)


def _run_seatbelt(
    argv: Sequence[str], confinement: Confinement, stdin: bytes, room: Path
) -> Completed:
    profile = seatbelt.seatbelt_profile(confinement, room)
    folder = room if confinement.folder == PRIVATE_TMP else confinement.folder
    script = (
        f"ulimit -t {confinement.cpu_s} -c 0 -u {confinement.max_processes} || exit 125; "
        f'ulimit -f {confinement.max_file_mb * 2048}; exec "$@"'
    )
    began = time.monotonic()
    process = _start(
        [SEATBELT, "-p", profile, "/bin/sh", "-c", script, "sh", *argv],
        dict(word.split("=", 1) for word in _environment(confinement, (), str(room))),
        (),
        folder,
    )
    pump = Pump(process, stdin, confinement.max_output_bytes)
    try:
        is_late = pump.run(confinement.timeout_s, lambda: _end_group(process.pid))
    finally:
        _end_group(process.pid)
    return _completed(pump, process.returncode, is_late=is_late, began=began)


def _run_launcher(launch: _Launch, confinement: Confinement, stdin: bytes) -> Completed:
    """Start the launcher, pump until it ends, and read what it tells of the command."""
    began = time.monotonic()
    told_at, status_at = os.pipe()
    life_at, hold_at = os.pipe()
    held = [hold_at]

    def let_go() -> None:
        """Tell the launcher to end everything; our own death tells it as well."""
        while held:
            os.close(held.pop())

    try:
        try:
            with _pipe_with(packed(launch.policy)) as policy_at:
                inner = (policy_at, status_at, life_at)
                words = [*launch.argv, *map(str, inner)]
                process = _start(words, CLEAN, (*inner, *launch.more), Path("/"))
        finally:
            os.close(status_at)
            os.close(life_at)
        pump = Pump(process, stdin, confinement.max_output_bytes)
        is_late = pump.run(confinement.timeout_s, let_go)
        told = os.read(told_at, _PART_BYTES)
    finally:
        let_go()
        os.close(told_at)
    status = _understand(told, pump, confinement, is_late=is_late)
    return _completed(pump, status, is_late=is_late, began=began)


def _understand(told: bytes, pump: Pump, confinement: Confinement, *, is_late: bool) -> int:
    """The command's status from what the launcher told of it."""
    match told[:1]:
        case b"s":
            return os.waitstatus_to_exitcode(int(told[1:]))
        case b"p":
            most = confinement.max_processes
            pump.stderr.put(f"\nended: it had more than {most} processes\n".encode())
            return KILLED
        case b"k":
            return KILLED
        case b"e":
            raise SandboxError(told[1:].split(b"\0")[0].decode("utf-8", "replace"), _HINT)
        case _ if is_late:
            return KILLED
        case _:
            said = pump.stderr.text().strip().splitlines()
            raise SandboxError(f"the sandbox does not start: {said[-1] if said else ''}", _HINT)


def _completed(pump: Pump, status: int, *, is_late: bool, began: float) -> Completed:
    return Completed(
        stdout=pump.stdout.text(),
        stderr=pump.stderr.text(),
        status=status,
        timed_out=is_late,
        was_cut=pump.stdout.was_cut or pump.stderr.was_cut,
        elapsed_s=time.monotonic() - began,
    )


def _start(
    words: Sequence[str], environment: Mapping[str, str], descriptors: Sequence[int], folder: Path
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - the launcher of these walls
            list(words),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
            cwd=folder,
            pass_fds=tuple(descriptors),
            start_new_session=True,
        )
    except OSError as exc:
        raise SandboxError(f"the sandbox does not start: {reason_of(exc)}", _HINT) from exc


@contextlib.contextmanager
def _pipe_with(data: bytes) -> Generator[int]:
    """A descriptor that gives `data` once; it lies in memory and has no name."""
    descriptor = os.memfd_create("walls")
    try:
        os.write(descriptor, data)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


def _end_group(pid: int) -> None:
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)


def _tmp_inside(ground: Ground, *, has_rules: bool) -> Path:
    """Where the private temporary folder is.

    A grant holds for all below it, so with a garden below `/tmp` it must be another folder where
    rules have something to protect.
    """
    roots = (*ground.writable, *ground.readable)
    is_below = any(is_below_any(root, (PRIVATE_TMP,)) for root in roots)
    return SPARE_TMP if has_rules and is_below else PRIVATE_TMP


def _interpreter_prefixes() -> list[Path]:
    return sorted({Path(os.path.realpath(prefix)) for prefix in (sys.prefix, sys.base_prefix)})


def _named(prefixes: Sequence[Path], environment: Sequence[str]) -> list[str]:
    """The interpreter's own folders, if PATH names one of them; its libraries lie in both."""
    path = next((word[5:] for word in environment if word.startswith("PATH=")), "")
    folders = [Path(os.path.realpath(folder)) for folder in path.split(":") if folder]
    is_named = any(is_below_any(folder, prefixes) for folder in folders)
    return [str(prefix) for prefix in prefixes] if is_named else []


def _environment(confinement: Confinement, writable: Sequence[Path], tmp: str) -> list[str]:
    given = dict(confinement.environment)
    folders = [Path(folder) for folder in given.get("PATH", CLEAN["PATH"]).split(":")]
    # A program in a folder that commands can write must never be taken for one of the system's.
    outside = [
        str(folder)
        for folder in folders
        if folder.is_absolute() and not is_below_any(Path(os.path.realpath(folder)), writable)
    ]
    given["PATH"] = ":".join(outside) or CLEAN["PATH"]
    given["TMPDIR"] = tmp
    return [
        f"{name}={value}"
        for name, value in given.items()
        if name and not set(name + value) & {"\0"} and "=" not in name
    ]


def _policy(
    argv: Sequence[str], confinement: Confinement, environment: list[str], folder: Path,
    rules: list[landlock.Rule],
) -> launcher.Policy:  # fmt: skip
    return {
        "argv": list(argv),
        "environment": environment,
        "folder": str(folder),
        "rules": rules,
        "processes": confinement.max_processes,
        "limits": _limits(confinement),
    }


def _limits(confinement: Confinement) -> list[tuple[int, int]]:
    return [
        (resource.RLIMIT_CPU, confinement.cpu_s),
        (resource.RLIMIT_FSIZE, confinement.max_file_mb * _MB),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, confinement.memory_mb * _MB),
    ]
