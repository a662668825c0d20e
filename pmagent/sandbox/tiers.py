"""What this computer can confine a command with: found by trying, and said plainly.

Nothing is ever run in a weaker tier than was found without a word. `PMAGENT_SANDBOX_TIER=D`
switches running off; no other value of it has a meaning: it cannot claim walls that are not there.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pmagent.errors import StorageError
from pmagent.paths import make_private_dir, write_atomically
from pmagent.sandbox import landlock, seccomp

Tier = Literal["A", "B", "C", "D"]
"""A bubblewrap, Landlock and seccomp; B Landlock and seccomp; C Seatbelt of macOS; D nothing."""

SWITCH = "PMAGENT_SANDBOX_TIER"
CACHE_NAME = "sandbox.json"
SEATBELT = "/usr/bin/sandbox-exec"
CLEAN = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
"""The environment of bubblewrap and the launcher themselves: process 1 can be read from inside."""
_BWRAPS = (
    "/usr/bin/bwrap",
    "/bin/bwrap",
    "/usr/local/bin/bwrap",
    "/run/current-system/sw/bin/bwrap",
)
_PROBE_S = 10.0
_INSTALL = "install bubblewrap (apt install bubblewrap, dnf install bubblewrap)"
_USERNS = "allow bubblewrap user namespaces: Ubuntu 24.04 and later need an AppArmor profile for it"
_LIMITS = (
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
    "/proc/sys/kernel/unprivileged_userns_clone",
    "/proc/sys/user/max_user_namespaces",
)


@dataclass(frozen=True, kw_only=True)
class TierReport:
    """The strongest tier that works here."""

    tier: Tier
    says: str
    """One sentence for `doctor`."""
    fix: str = ""
    """What would make it stronger; empty for the strongest."""
    landlock: int = 0
    """The version of Landlock; 0 for none."""
    bwrap: str = ""
    """Where bubblewrap is, in tier A."""
    own_processes: bool = True
    """Whether tier B gives a command a namespace of processes where the kernel makes one."""
    has_size: bool = False
    """Whether this bubblewrap can limit the size of `/tmp`."""


def find_tier(cache: Path | None = None, *, force: Tier | None = None) -> TierReport:
    """The strongest tier that works here, or `force` where that one works, else D.

    Bubblewrap is really started once; `cache` is a folder that remembers the answer for this
    kernel. It is never asked again in vain: a tier that stops working fails where it is used.
    """
    if os.environ.get(SWITCH) == "D" or force == "D":
        return _nothing(f'running commands is switched off by "{SWITCH}=D"'
                        if force is None else "running commands is switched off", "")  # fmt: skip
    if sys.platform == "darwin":
        return _seatbelt(force)
    if not sys.platform.startswith("linux"):
        return _nothing("this system has no sandbox for commands", "use it in WSL 2")
    if not seccomp.is_available():
        return _nothing(
            "this kernel or machine has no seccomp filters", "use Linux on x86_64 or arm64"
        )
    abi = landlock.find_abi()
    if force in {None, "A"}:
        report, why = _with_bubblewrap(cache, abi)
        if report is not None:
            return report
    else:
        why = ""
    if force == "C" or (force == "A") or not abi:
        missing = why or "there is no bubblewrap"
        return _nothing(
            f"{missing}{'' if abi else ', and this kernel has no Landlock'}: nothing is run",
            _INSTALL if "no bubblewrap" in missing else _USERNS,
        )
    return _landlock_alone(abi, why)


def _with_bubblewrap(cache: Path | None, abi: int) -> tuple[TierReport | None, str]:
    program = next((path for path in _BWRAPS if os.access(path, os.X_OK)), None)
    if program is None:
        return None, "there is no bubblewrap"
    known = _remembered(cache, program)
    if known is None:
        known = _try_bubblewrap(program)
        _remember(cache, program, known)
    if not known["works"]:
        return None, f"bubblewrap does not start ({known['why']})"
    walls = "bubblewrap, Landlock and seccomp" if abi else "bubblewrap and seccomp, no Landlock"
    return TierReport(
        tier="A",
        says=f"commands run in namespaces of their own, without network ({walls})",
        fix="" if abi else "a kernel with Landlock adds a second wall",
        landlock=abi,
        bwrap=program,
        has_size=bool(known["size"]),
    ), ""


def _landlock_alone(abi: int, why: str) -> TierReport:
    return TierReport(
        tier="B",
        says=f"commands run with Landlock {abi} and seccomp alone ({why or 'as asked'}): they can"
        f" tell which files exist outside, and make no names beside protected ones",
        fix="" if not why else _INSTALL if "no bubblewrap" in why else _USERNS,
        landlock=abi,
    )


def _seatbelt(force: Tier | None) -> TierReport:
    if force in {None, "C"} and os.access(SEATBELT, os.X_OK):
        return TierReport(
            tier="C",
            says="commands run under Seatbelt of macOS, without network",
            fix="",
        )
    return _nothing(f'there is no "{SEATBELT}"', "")


def _nothing(why: str, fix: str) -> TierReport:
    return TierReport(tier="D", says=why, fix=fix)


Known = dict[str, str | bool]


def _try_bubblewrap(program: str) -> Known:
    """Whether it makes all of its namespaces, mounts what is asked and starts a program."""
    base = [
        "--unshare-user", "--unshare-all", "--new-session", "--die-with-parent", "--as-pid-1",
        "--cap-drop", "ALL", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev",
    ]  # fmt: skip
    sized = ["--size", "1000000", "--tmpfs", "/tmp"]  # noqa: S108 - inside
    failure = _run_bubblewrap([program, *base, *sized])
    if not failure:
        return {"works": True, "size": True, "why": ""}
    failure = _run_bubblewrap([program, *base])
    return {"works": not failure, "size": False, "why": failure}


def _run_bubblewrap(words: Sequence[str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program and fixed words
            [*words, "--", "/bin/sh", "-c", "exit 0"],
            env=CLEAN,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PROBE_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as exc:
        return str(exc)
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return "" if done.returncode == 0 else (said[-1] if said else f"status {done.returncode}")


def _kernel_id(program: str) -> str:
    """Everything the answer depends on."""
    state = Path(program).stat()
    parts = [*os.uname(), str(os.geteuid()), program, str(state.st_size), str(state.st_mtime_ns)]
    for name in _LIMITS:
        with contextlib.suppress(OSError):
            parts.append(Path(name).read_text(encoding="utf-8").strip())
    return "|".join(parts)


def _remembered(cache: Path | None, program: str) -> Known | None:
    if cache is None:
        return None
    try:
        told: object = json.loads((cache / CACHE_NAME).read_bytes())
    except (OSError, ValueError):
        return None
    match told:
        case {"id": str(known), "works": bool(works), "size": bool(size), "why": str(why)}:
            return (
                {"works": works, "size": size, "why": why} if known == _kernel_id(program) else None
            )
        case _:
            return None


def _remember(cache: Path | None, program: str, known: Known) -> None:
    if cache is None:
        return
    with contextlib.suppress(StorageError):  # then it is tried again next time
        make_private_dir(cache)
        write_atomically(
            cache / CACHE_NAME, json.dumps({"id": _kernel_id(program), **known}).encode()
        )
