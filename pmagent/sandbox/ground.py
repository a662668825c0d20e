"""Where the walls of one confinement run on this disk: what exists, what is absent, what is a link.

A path that is protected or hidden is followed from its root one name at a time and never through a
link. Nothing is changed here.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pmagent.errors import SandboxError
from pmagent.sandbox.confinement import Confinement

PRIVATE_TMP = Path("/tmp")  # noqa: S108 - the name of it inside, where it is private
MAX_SHARED = 1_000
MAX_MOUNTS = 64
"""Of each kind; what is more is left to Landlock."""
_NEVER = ("/", "/proc", "/sys", "/dev")


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The same confinement in real paths."""

    folder: Path
    writable: tuple[Path, ...]
    readable: tuple[Path, ...]
    """Without those that lie in a writable one."""
    read_only: frozenset[Path]
    """Existing files and folders below a writable root."""
    absent: frozenset[Path]
    """The first missing name on the way to what must not be made."""
    links: frozenset[Path]
    """Links that stand where a protected name is, or on the way to it: not to be replaced."""
    hidden: frozenset[Path]
    """Existing ones."""
    hidden_folders: frozenset[Path]
    """Those of `hidden` that are folders."""

    def split_for_mounts(self) -> tuple[Ground, frozenset[Path], frozenset[Path]]:
        """What mounts hold, and what rules must: protected, and hidden.

        A mount cannot hold a link in place, and bubblewrap reads the list of mounts again for
        each: 500 take five seconds.
        """
        nothing = frozenset[Path]()
        protected, hidden = self.links, nothing
        read_only, masked = self.read_only, self.hidden
        if len(read_only) > MAX_MOUNTS:
            protected, read_only = protected | read_only, nothing
        if len(masked) > MAX_MOUNTS:
            masked = self.hidden_folders if len(self.hidden_folders) <= MAX_MOUNTS else nothing
            hidden = self.hidden - masked
        mounted = replace(
            self, read_only=read_only, hidden=masked, hidden_folders=self.hidden_folders & masked
        )
        return mounted, protected, hidden


def survey(confinement: Confinement) -> Ground:
    """The confinement as it stands on the disk.

    Raises:
        SandboxError: a granted root is not absolute, not there, or a whole file system of devices.
    """
    writable = _outermost(_real_root(path) for path in confinement.writable)
    granted = [*confinement.readable]
    if confinement.folder != PRIVATE_TMP:
        granted.append(confinement.folder)
    readable = _outermost(_real_root(path) for path in granted)
    roots = _with_names((*confinement.writable, *granted))
    hidden = _find_hidden(confinement.hidden, roots)
    read_only: set[Path] = set()
    absent: set[Path] = set()
    links: set[Path] = set()
    for path in confinement.read_only:
        for end, kind in _follow(path, _with_names(confinement.writable)):
            {"here": read_only, "absent": absent, "link": links}[kind].add(end)
    return Ground(
        folder=Path(os.path.realpath(confinement.folder)),
        writable=tuple(path for path in writable if not is_below_any(path, hidden)),
        readable=tuple(path for path in readable if not is_below_any(path, (*writable, *hidden))),
        read_only=frozenset(read_only),
        absent=frozenset(absent),
        links=frozenset(links),
        hidden=hidden,
        hidden_folders=frozenset(path for path in hidden if path.is_dir()),
    )


def find_shared_files(root: Path, limit: int = MAX_SHARED) -> tuple[Path, ...]:
    """Files below `root` with a second name (hard link), which may lie outside.

    No wall tells the two names apart, so whoever confines a command hides them. Links are not
    followed. About 4 µs for each file.

    Raises:
        SandboxError: there are more than `limit`.
    """
    found: list[Path] = []
    waiting = [os.fspath(root)]
    while waiting:
        for entry in _entries(waiting.pop()):
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            elif entry.is_file(follow_symlinks=False) and _has_other_name(entry):
                found.append(Path(entry.path))
    if len(found) > limit:
        raise SandboxError(
            f'"{root}" has {len(found):,} files with a second name, which may lie outside',
            "copy them, so that each has one name",
        )
    return tuple(sorted(found))


def is_below_any(path: Path, folders: Iterable[Path]) -> bool:
    """Whether `path` is one of `folders` or lies below one."""
    known = folders if isinstance(folders, frozenset) else frozenset(folders)
    return not known.isdisjoint((path, *path.parents))


def folders_between(path: Path, roots: Iterable[Path]) -> Sequence[Path]:
    """The folders above `path` and below the root it lies in, outermost first."""
    for root in roots:
        if root in path.parents:
            return [p for p in reversed(path.parents) if root in p.parents]
    return []


def _real_root(path: Path) -> Path:
    real = Path(os.path.realpath(path))
    if not path.is_absolute() or str(real) in _NEVER:
        raise SandboxError(f'"{path}" cannot be opened to a command', "name one folder in full")
    if not real.exists():
        raise SandboxError(f'there is no "{path}" to open to a command', "check the name")
    return real


def _outermost(paths: Iterable[Path]) -> tuple[Path, ...]:
    known = sorted(set(paths), key=lambda path: len(path.parts))
    kept: list[Path] = []
    for path in known:
        if not is_below_any(path, kept):
            kept.append(path)
    return tuple(kept)


def _with_names(roots: Iterable[Path]) -> dict[Path, Path]:
    """Each root by the name it was given and by its real one."""
    named: dict[Path, Path] = {}
    for root in roots:
        real = Path(os.path.realpath(root))
        named |= {root: real, real: real}
    return named


def _follow(path: Path, roots: dict[Path, Path]) -> Iterable[tuple[Path, str]]:
    """Where `path` ends: `here`, `absent` or `link`, and what a link leads to below a root."""
    for root in sorted((r for r in roots if r in path.parents), key=lambda r: -len(r.parts)):
        here = roots[root]
        for name in path.relative_to(root).parts:
            here /= name
            try:
                kind = stat.S_IFMT(os.lstat(here).st_mode)
            except FileNotFoundError:
                return [(here, "absent")]
            except OSError:
                return []  # it cannot be reached, so a command cannot reach it either
            if kind == stat.S_IFLNK:
                target = Path(os.path.realpath(path))
                is_ours = target.exists() and is_below_any(target.parent, roots.values())
                return [(here, "link"), *([(target, "here")] if is_ours else [])]
        return [(here, "here")]
    return []


def _find_hidden(paths: Sequence[Path], roots: dict[Path, Path]) -> frozenset[Path]:
    found: set[Path] = set()
    for path in paths:
        real = Path(os.path.realpath(path))
        if real.exists() and is_below_any(real, roots.values()):
            found.add(real)
        if path in roots:
            found.add(roots[path])
    return frozenset(found)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []  # a command cannot list it either


def _has_other_name(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.stat(follow_symlinks=False).st_nlink > 1
    except OSError:
        return False
