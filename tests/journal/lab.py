"""A garden with walls and a journal, real on disk, and what it holds to the last bit."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pmagent.errors import PmagentError
from pmagent.journal.journal import Journal
from pmagent.journal.observe import Limits
from pmagent.journal.walled import WalledFiles
from pmagent.permissions.walls import Walls
from pmagent.types.actions import Checkpoint, ToolCall

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

Tree = dict[str, tuple[str, int, bytes]]


class Lab:
    """One garden, open. `clock` is what the journal takes for now."""

    def __init__(self, base: Path, *, limits: Limits | None = None) -> None:
        self.root = base / "garden"
        self.root.mkdir(parents=True, exist_ok=True)
        self.folder = base / "state" / "journal.git"
        self.clock = START
        self.limits = limits
        self.walls = Walls(self.root)
        self.files = WalledFiles(self.walls)
        self.journal = self.reopen()

    def reopen(self) -> Journal:
        """The journal as another process would open it."""
        self.journal = Journal(self.folder, self.files, now=self._now, limits=self.limits)
        return self.journal

    def close(self) -> None:
        self.journal.close()
        self.walls.close()

    def put(self, path: str, data: bytes | str) -> None:
        """What a person saves."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data.encode() if isinstance(data, str) else data)

    def get(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def write(self, path: str, data: bytes | str) -> Checkpoint:
        """What an agent writes."""

        def effect() -> None:
            if "/" in path:
                self.walls.make_folder(path.rpartition("/")[0])
            self.walls.write(path, data.encode() if isinstance(data, str) else data)

        return self.do([path], effect, f"Write {path}")

    def delete(self, path: str) -> Checkpoint:
        return self.do([path], lambda: self.walls.delete(path), f"Delete {path}")

    def rename(self, old: str, new: str) -> Checkpoint:
        def effect() -> None:
            if "/" in new:
                self.walls.make_folder(new.rpartition("/")[0])
            self.walls.rename(old, new)

        return self.do([old, new], effect, f"Rename {old}")

    def run(self, effect: Callable[[], object]) -> Checkpoint:
        """What a command does, anywhere in the garden."""
        return self.do(None, effect, "Bash")

    def do(
        self, paths: Sequence[str] | None, effect: Callable[[], object], summary: str
    ) -> Checkpoint:
        before = self.journal.prepare_all() if paths is None else self.journal.prepare(paths)
        with suppress(PmagentError):  # what was done before it failed is an undo point all the same
            effect()
        call = ToolCall(id="c1", tool=summary.split()[0], input={}, by="agent")
        done = self.journal.commit(before, call, summary=summary)
        assert done is not None
        return done

    def tree(self) -> Tree:
        return tree_of(self.root)

    def _now(self) -> datetime:
        self.clock += timedelta(seconds=1)
        return self.clock


def tree_of(root: Path) -> Tree:
    """Everything below `root`: kind, rights and contents. A link's contents are its target."""
    found: Tree = {}
    for place in sorted(root.rglob("*")):
        state = place.lstat()
        mode = stat.S_IMODE(state.st_mode)
        if stat.S_ISLNK(state.st_mode):
            entry = ("link", 0, os.fsencode(place.readlink()))
        elif stat.S_ISDIR(state.st_mode):
            entry = ("folder", mode, b"")
        else:
            entry = ("file", mode, place.read_bytes())
        found[str(place.relative_to(root))] = entry
    return found


@contextmanager
def opened(base: Path, *, limits: Limits | None = None) -> Iterator[Lab]:
    lab = Lab(base, limits=limits)
    try:
        yield lab
    finally:
        lab.close()
