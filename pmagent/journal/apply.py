"""Bring files and folders to what a plan says, through the walls.

Only what is in the way is removed first; everything else goes last, when all that comes back is
there: a refusal or a full disk on the way leaves too much in the garden, never too little.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pmagent.errors import JournalError, PmagentError
from pmagent.journal.manifest import Absent, Folder, Kept
from pmagent.journal.observe import Scene, stamp_of
from pmagent.journal.plan import Load, Merged, Target
from pmagent.journal.ports import Entry, Files

_OPEN = 0o700
"""What our own user needs to change what is in a folder."""


def apply(targets: Mapping[str, Target], scene: Scene, files: Files, load: Load) -> None:
    """Make each path hold its target. `scene` is what they held when the plan was made.

    A folder that should go and still holds something stays.

    Raises:
        JournalError: a file was changed since the plan was made. What came before it is done.
        PmagentError: the walls refuse, or the disk is full.
    """
    deepest = sorted(targets, key=lambda path: (-path.count("/"), path))
    folders = {path: target.mode for path, target in _folders(targets, deepest)}
    in_the_way = _in_the_way(targets)
    for path, mode in folders.items():
        _open_folder(path, mode, scene, files)
    _remove_all([path for path in deepest if path in in_the_way], targets, scene, files)
    for path in reversed(folders):
        if files.entry(path) is None:
            files.make_folder(path)
    for path in sorted(targets):
        _write(path, targets[path], scene, files, load)
    _remove_all([path for path in deepest if path not in in_the_way], targets, scene, files)
    for path, mode in folders.items():
        files.set_mode(path, mode)


def _folders(targets: Mapping[str, Target], order: Sequence[str]) -> Iterator[tuple[str, Folder]]:
    for path in order:
        target = targets[path]
        if isinstance(target, Folder):
            yield path, target


def _in_the_way(targets: Mapping[str, Target]) -> set[str]:
    """What must go before what comes back has room: above it, below it, or at its place."""
    coming = [path for path, target in targets.items() if not isinstance(target, Absent)]
    above = {path[:at] for path in coming for at, letter in enumerate(path) if letter == "/" and at}
    files = {path for path in coming if not isinstance(targets[path], Folder)}
    below = {
        path
        for path in targets
        if any(path[:at] in files for at, letter in enumerate(path) if letter == "/")
    }
    return {*coming, *above, *below}


def _open_folder(path: str, mode: int, scene: Scene, files: Files) -> None:
    """A folder whose rights will change anyway is opened for us first."""
    entry = scene.entries.get(path)
    if entry is not None and entry.kind == "folder":
        files.set_mode(path, mode | _OPEN)


def _remove_all(
    paths: Sequence[str], targets: Mapping[str, Target], scene: Scene, files: Files
) -> None:
    for path in paths:
        _remove(path, targets[path], scene, files)


def _remove(path: str, target: Target, scene: Scene, files: Files) -> None:
    entry = scene.entries.get(path)
    if entry is None:
        return
    is_folder = entry.kind == "folder"
    replaced = not isinstance(target, Absent) and is_folder != isinstance(target, Folder)
    if not isinstance(target, Absent) and not replaced and entry.kind in {"file", "folder"}:
        return
    if is_folder:
        if next(iter(files.entries(path)), None) is None:
            _remove_folder(path, files)
        return
    _check_unchanged(path, scene, files)
    files.delete(path, expected=(entry.device, entry.inode))


def _remove_folder(path: str, files: Files) -> None:
    try:
        files.delete(path, expected=...)
    except PmagentError:
        if files.entry(path) is None:
            return
        # It holds what is not shown to us, or something came into it just now: it is no harm.


def _write(path: str, target: Target, scene: Scene, files: Files, load: Load) -> None:
    if not isinstance(target, Kept | Merged):
        return
    data = target.data if isinstance(target, Merged) else load(target)
    folder = path.rpartition("/")[0]
    if folder and files.entry(folder) is None:
        files.make_folder(folder)
    there = _check_unchanged(path, scene, files)
    expected = None if there is None else (there.device, there.inode)
    files.write(path, data, expected=expected, mode=target.mode)


def _check_unchanged(path: str, scene: Scene, files: Files) -> Entry | None:
    """What stands there, if it is what was planned for: the last look before a change."""
    before, there = scene.entries.get(path), files.entry(path)
    if there is None or (before is not None and stamp_of(before) == stamp_of(there)):
        return there
    raise JournalError(
        f'"{path}" was changed while it was being taken back', "look at it, and try again"
    )
