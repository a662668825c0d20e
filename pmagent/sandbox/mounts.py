"""The arguments of bubblewrap for one confinement: a file system with nothing else in it."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path

from pmagent.sandbox.confinement import Confinement
from pmagent.sandbox.ground import Ground, folders_between, is_below_any

PROGRAMS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store",
            "/gnu/store")  # fmt: skip
SETTINGS = tuple(
    f"/etc/{name}"
    for name in (
        "alternatives", "fonts", "java-17-openjdk", "java-21-openjdk", "ld.so.cache", "localtime",
        "magic", "mime.types", "nsswitch.conf", "pandoc", "ssl/certs", "ssl/openssl.cnf", "texmf",
        "xml",
    )
)  # fmt: skip
"""What programs read of `/etc`: no accounts, no hosts, no settings of git. A mount costs 0.4 ms."""
SPARE_TMP = Path("/run/tmp")
SPARE_HOME = "/nonexistent"
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_MB = 1_000_000

Step = tuple[Path, int, Sequence[str]]
"""A place, its order among equals, and the arguments that mount it."""


def bubblewrap_arguments(
    confinement: Confinement,
    ground: Ground,
    prefixes: Collection[Path],
    *,
    has_size: bool,
) -> list[str]:
    """Every option but the command."""
    spare = find_spare()
    words = [
        "--unshare-user", "--unshare-all", "--new-session", "--die-with-parent", "--as-pid-1",
        "--cap-drop", "ALL", "--hostname", "garden",
        *_programs(),
        "--proc", "/proc", "--dev", "/dev",
        *_memory("/dev/shm", confinement.memory_mb, has_size=has_size),  # noqa: S108 - inside
        *_memory(str(SPARE_TMP), confinement.memory_mb, has_size=has_size),
        *_memory("/tmp", confinement.memory_mb, has_size=has_size),  # noqa: S108 - inside
        "--ro-bind", str(spare / "passwd"), "/etc/passwd",
        "--ro-bind", str(spare / "group"), "/etc/group",
    ]  # fmt: skip
    for _, _, arguments in sorted(_roots(ground, prefixes, spare), key=_by_depth):
        words += arguments
    return [*words, "--remount-ro", "/"]


def find_spare() -> Path:
    """A folder of files to bind where something must look empty or anonymous.

    Made once for this process, which takes it away at its end.
    """
    made = _make_spare()
    if not (made / "group").exists():  # a cleaner of `/tmp` has been there
        _make_spare.cache_clear()
        made = _make_spare()
    return made


@functools.cache
def _make_spare() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="pmagent-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    user, group = os.geteuid(), os.getegid()
    (folder / "empty").touch(mode=0o444)
    (folder / "passwd").write_text(
        f"person:x:{user}:{group}::{SPARE_HOME}:/bin/sh\n"
        f"nobody:x:65534:65534::{SPARE_HOME}:/bin/false\n",
        encoding="utf-8",
    )
    (folder / "group").write_text(f"person:x:{group}:\nnogroup:x:65534:\n", encoding="utf-8")
    return folder


def _programs() -> list[str]:
    words: list[str] = []
    for name in PROGRAMS:
        if Path(name).is_symlink():
            words += ["--symlink", str(Path(name).readlink()), name]
        elif Path(name).is_dir():
            words += ["--ro-bind", name, name]
    for name in SETTINGS:
        if Path(name).exists():
            words += ["--ro-bind-try", name, name]
    return words


def _memory(place: str, megabytes: int, *, has_size: bool) -> list[str]:
    size = ["--size", str(megabytes * _MB)] if has_size else []
    return [*size, "--tmpfs", place]


def _roots(ground: Ground, prefixes: Collection[Path], spare: Path) -> list[Step]:
    programs = frozenset(map(Path, PROGRAMS))
    steps: list[Step] = [
        (path, 0, ("--ro-bind", str(path), str(path)))
        for path in (*prefixes, *ground.readable)
        if not is_below_any(path, programs)
    ]
    steps += [_bind(path, 1) for path in ground.writable]
    steps += [(path, 3, ("--ro-bind", str(path), str(path))) for path in ground.read_only]
    for path in ground.read_only | ground.hidden:
        # A folder on the way is bound on itself: what is mounted on cannot be renamed.
        steps += [_bind(folder, 2) for folder in folders_between(path, ground.writable)]
    for path in ground.hidden:
        if path in ground.hidden_folders:
            steps.append((path, 4, ("--tmpfs", str(path), "--remount-ro", str(path))))
        else:
            steps.append((path, 4, ("--ro-bind", str(spare / "empty"), str(path))))
    hidden = ground.hidden
    return [step for step in steps if not is_below_any(step[0].parent, hidden)]


def _bind(path: Path, order: int) -> Step:
    return path, order, ("--bind", str(path), str(path))


def _by_depth(step: Step) -> tuple[int, str, int]:
    place, order, _ = step
    return len(place.parts), str(place), order
