"""The folders that were granted, each open by descriptor, and which of them a name belongs to."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from pmagent.errors import GardenError
from pmagent.paths import reason_of
from pmagent.permissions.openat2 import Openat2
from pmagent.permissions.walls_names import below, split_name
from pmagent.permissions.walls_reach import ByKernel, ByWalk, Reach
from pmagent.permissions.walls_refusals import outside

Method = Literal["openat2", "walk"]


@dataclass(frozen=True, kw_only=True)
class Root:
    """One granted folder."""

    descriptor: int
    reach: Reach
    spellings: tuple[tuple[str, ...], ...]
    """The parts of its absolute names: as it was opened, and without links."""
    prefix: str
    """Before the names of what is in it: nothing for the garden, else the folder and a slash."""

    def name(self, parts: Sequence[str]) -> str:
        """How what lies at `parts` is called in targets and entries."""
        return self.prefix + "/".join(parts) if parts else self.prefix.rstrip("/")


class Place(NamedTuple):
    """A name that was asked for, as parts below one root; not looked at yet."""

    asked: str
    root: Root
    parts: tuple[str, ...]


def open_root(path: Path, method: Method | None, *, is_garden: bool) -> Root:
    """The folder at `path`, which may be a link: its owner named it.

    Raises:
        GardenError: it cannot be opened, or not in the way that `method` names.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as exc:
        raise GardenError(
            f'cannot open the folder "{path}": {reason_of(exc)}', "check its name and rights"
        ) from exc
    real = os.path.realpath(path)
    spellings = tuple(dict.fromkeys(_parts(name) for name in (str(path.absolute()), real)))
    walk = ByWalk(descriptor, spellings)
    reach: Reach = walk
    if method != "walk":
        try:
            reach = ByKernel(descriptor, Openat2(), walk)
        except OSError as exc:
            if method is not None:
                os.close(descriptor)
                raise GardenError(f"the system has no openat2: {reason_of(exc)}") from exc
    prefix = "" if is_garden else f"{real.rstrip('/')}/"
    return Root(descriptor=descriptor, reach=reach, spellings=spellings, prefix=prefix)


def open_others(paths: Sequence[Path], method: Method | None) -> list[Root]:
    """The other granted folders that are there; one that is not grants nothing."""
    roots: list[Root] = []
    for path in paths:
        with suppress(GardenError):
            roots.append(open_root(path, method, is_garden=False))
    # The innermost first, so that a name has one meaning where one lies in another.
    return sorted(roots, key=lambda root: -len(root.prefix))


def find_place(roots: Sequence[Root], asked: str, *, is_exact: bool) -> Place:
    """Which root `asked` belongs to: a relative name to the first, an absolute one by its start.

    Raises:
        AccessError: it begins with none of them, or is no name.
    """
    is_absolute, parts = split_name(asked, is_exact=is_exact)
    if not is_absolute:
        return Place(asked, roots[0], parts)
    for root in roots:
        for spelling in root.spellings:
            inside = below(parts, spelling)
            if inside is not None:
                return Place(asked, root, inside)
    raise outside(asked)


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part not in {"", "."})
