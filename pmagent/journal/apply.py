"""Bring files and folders to what a plan says, through the walls, in an order that always works."""

from __future__ import annotations

from collections.abc import Mapping

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
    for path in deepest:
        _open_folder(path, targets[path], scene, files)
    for path in deepest:
        _remove(path, targets[path], scene, files)
    for path in reversed(deepest):
        if isinstance(targets[path], Folder) and files.entry(path) is None:
            files.make_folder(path)
    for path in sorted(targets):
        target = targets[path]
        if isinstance(target, Kept | Merged):
            data = target.data if isinstance(target, Merged) else load(target)
            _write(path, data, target.mode, scene, files)
    for path in deepest:
        target = targets[path]
        if isinstance(target, Folder):
            files.set_mode(path, target.mode)


def _open_folder(path: str, target: Target, scene: Scene, files: Files) -> None:
    """A folder whose rights will change anyway is opened for us first."""
    entry = scene.entries.get(path)
    if isinstance(target, Folder) and entry is not None and entry.kind == "folder":
        files.set_mode(path, target.mode | _OPEN)


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


def _write(path: str, data: bytes, mode: int, scene: Scene, files: Files) -> None:
    folder = path.rpartition("/")[0]
    if folder and files.entry(folder) is None:
        files.make_folder(folder)
    there = _check_unchanged(path, scene, files)
    expected = None if there is None else (there.device, there.inode)
    files.write(path, data, expected=expected, mode=mode)


def _check_unchanged(path: str, scene: Scene, files: Files) -> Entry | None:
    """What stands there, if it is what was planned for: the last look before a change."""
    before, there = scene.entries.get(path), files.entry(path)
    if there is None or (before is not None and stamp_of(before) == stamp_of(there)):
        return there
    raise JournalError(
        f'"{path}" was changed while it was being taken back', "look at it, and try again"
    )
