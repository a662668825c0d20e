"""A garden with an outside around it, opened in each of the two ways."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from pmagent.permissions.walls import Denies, Walls, nothing_denied
from pmagent.permissions.walls_roots import Method

METHODS: tuple[Method, ...] = ("openat2", "walk")
both_ways = pytest.mark.parametrize("method", METHODS)
SECRET = "kingfisher-4711"


@dataclass(frozen=True)
class Ground:
    """A garden, and beside it what must never be read or changed."""

    root: Path
    outside: Path

    def put(self, path: str, text: str = "text") -> Path:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        return place

    def link(self, path: str, target: str | Path) -> Path:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(target)
        return place

    @property
    def secret(self) -> Path:
        return self.outside / "secret.txt"


def lay_out(folder: Path) -> Ground:
    root, outside = folder / "garden", folder / "outside"
    root.mkdir()
    outside.mkdir()
    (outside / "secret.txt").write_text(SECRET, encoding="utf-8")
    return Ground(root, outside)


@contextmanager
def opened(
    ground: Ground, method: Method, denies: Denies = nothing_denied, others: tuple[Path, ...] = ()
) -> Iterator[Walls]:
    with Walls(ground.root, method=method, denies=denies, others=others) as walls:
        yield walls


def closing(*globs: str) -> Denies:
    """Rules that close what lies below some folders, and some names."""

    def denies(access: str, path: str) -> str | None:
        for name in globs:
            if path == name or path.startswith(f"{name}/"):
                return f'"{name}" is closed'
        return None

    return denies


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
