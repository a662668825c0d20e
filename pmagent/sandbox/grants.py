"""The rules of Landlock for one confinement.

Landlock grants a folder with all below it and takes nothing out again. So where something below a
folder is protected or hidden, the folder itself is not granted; its other contents are, one by one.
Then no name can be made, moved or removed directly in such a folder.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from pmagent.sandbox import landlock
from pmagent.sandbox.ground import Ground

MAX_RULES = 4_000
"""Past this number files beside a protected one can only be read: 1,000 rules take 36 ms."""


def rules_of(
    ground: Ground, protected: Collection[Path], hidden: Collection[Path]
) -> list[landlock.Rule]:
    """What the command may do below the roots of `ground`."""
    rules = _Rules(ground, protected, hidden)
    for root in ground.readable:
        rules.add(root, landlock.READ)
    for root in ground.writable:
        rules.add(root, landlock.CHANGE)
    return rules.found


def read_rules(paths: Sequence[str]) -> list[landlock.Rule]:
    """Each path, and what its links lead to, to be read and run."""
    return [(os.path.realpath(path), landlock.READ) for path in paths]


class _Rules:
    def __init__(
        self, ground: Ground, protected: Collection[Path], hidden: Collection[Path]
    ) -> None:
        self.found: list[landlock.Rule] = []
        self._protected = frozenset(protected)
        self._hidden = frozenset(hidden)
        self._above_protected = _all_above(self._protected)
        self._above_hidden = _all_above(self._hidden)
        self._above_hidden_folder = _all_above(self._hidden & ground.hidden_folders)

    def add(self, path: Path, rights: int) -> None:
        if path in self._hidden:
            return
        if path in self._protected:
            rights = landlock.READ
        is_above = path in self._above_hidden or (
            rights != landlock.READ and path in self._above_protected
        )
        if not is_above:
            self._note(path, rights)
            return
        if path not in self._above_hidden:
            self._note(path, landlock.READ)
        elif path not in self._above_hidden_folder:
            self._note(path, landlock.READ_DIR)
        for child, is_folder in _contents(path):
            if is_folder or len(self.found) < MAX_RULES:
                self.add(child, rights)

    def _note(self, path: Path, rights: int) -> None:
        self.found.append((str(path), rights))


def _all_above(paths: Collection[Path]) -> frozenset[Path]:
    return frozenset(parent for path in paths for parent in path.parents)


def _contents(folder: Path) -> Iterator[tuple[Path, bool]]:
    """What lies in `folder` with whether it is a folder, folders first. Links lead nowhere."""
    try:
        with os.scandir(folder) as entries:
            known = [
                (Path(e.path), e.is_dir(follow_symlinks=False), e.is_symlink()) for e in entries
            ]
    except OSError:
        return
    for path, is_folder, is_link in sorted(known, key=lambda item: not item[1]):
        if not is_link:
            yield path, is_folder
