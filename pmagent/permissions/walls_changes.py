"""The changes that can be made to a garden: one file written, moved or deleted, a folder made.

Each acts on a name in an open folder, so that no link swapped in meanwhile is followed, and looks
again that what it is about to replace is what was approved. What is overwritten by mistake cannot
be brought back here: keeping the old bytes is the journal's task.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import EllipsisType

from pmagent.errors import AccessError, ReadError
from pmagent.permissions.openat2 import move_to_free_name
from pmagent.permissions.walls_entries import Entry, entry_of
from pmagent.permissions.walls_names import shown
from pmagent.permissions.walls_reach import FOLDER
from pmagent.permissions.walls_refusals import changing_refused, opening_refused
from pmagent.permissions.walls_resolve import Slot, resolve, slot_of, state_at
from pmagent.permissions.walls_roots import Place
from pmagent.permissions.walls_write import is_temporary, replace_file, sync_folder
from pmagent.types.actions import Access

Expected = tuple[int, int] | EllipsisType | None
"""(device, inode) of what was approved; None where nothing may be there; `...` for whatever is."""
May = Callable[[Access, Place, Sequence[str]], None]
"""Raises AccessError where a rule closes a place, by its asked or its resolved name."""


def write_file(
    place: Place, data: bytes, *, expected: Expected, mode: int | None, may: May
) -> Entry:
    """Make `data` the whole contents of the file that `place` leads to."""
    where = resolve(place)
    may("edit", place, where.parts)
    if where.missing > 1:
        raise ReadError(f"there is no folder for {shown(where.name)}", "make the folder first")
    # The last name is the file's own from here on, whatever is put there meanwhile.
    real = Place(place.asked, place.root, where.parts)
    with slot_of(real) as slot:
        _refuse_moved(slot, where.parts)

        def check() -> os.stat_result | None:
            state = state_at(slot.folder, slot.last)
            _refuse_changed(slot, state, expected)
            if state is not None and not stat.S_ISREG(state.st_mode):
                raise AccessError(f"{shown(slot.name)} is not a file, and is not written over")
            return state

        try:
            state = replace_file(slot.folder, slot.last, data, check=check, mode=mode)
        except OSError as exc:
            raise changing_refused(exc, slot.name) from exc
        return entry_of(slot.name, state)


def make_folders(place: Place, *, may: May) -> tuple[str, ...]:
    """The folders that had to be made for `place` to be one, outermost first."""
    where = resolve(place)
    if where.state is not None:
        if not stat.S_ISDIR(where.state.st_mode):
            raise AccessError(f"{shown(where.name)} is there, and is not a folder")
        return ()
    first = len(where.parts) - where.missing
    for end in range(first, len(where.parts)):
        may("edit", place, where.parts[: end + 1])
    here, _ = _open_folder(place, where.parts[:first])
    made: list[tuple[int, str]] = []
    try:
        for name in where.parts[first:]:
            os.mkdir(name, dir_fd=here)
            made.append((here, name))
            sync_folder(here)
            here = os.open(name, FOLDER | os.O_NOFOLLOW, dir_fd=here)
    except OSError as exc:
        for folder, name in reversed(made):
            with suppress(OSError):
                os.rmdir(name, dir_fd=folder)
        raise changing_refused(exc, where.name) from exc
    finally:
        for folder in {here, *(folder for folder, _ in made)}:
            os.close(folder)
    root = place.root
    return tuple(root.name(where.parts[: end + 1]) for end in range(first, len(where.parts)))


def move(source: Place, target: Place, *, expected: Expected, may: May, check_below: May) -> None:
    """Rename `source` to `target`, which must be free; a folder with all that is in it."""
    with slot_of(source) as old, slot_of(target) as new:
        state = _present(old)
        _refuse_changed(old, state, expected)
        # A file that may not be read could be read under its other name.
        for access in ("read", "edit"):
            may(access, source, old.parts)
        may("edit", target, new.parts)
        if stat.S_ISDIR(state.st_mode):
            check_below("read", source, old.parts)
            check_below("edit", source, old.parts)
        _refuse_temporary(new)
        try:
            move_to_free_name((old.folder, old.last), (new.folder, new.last))
            sync_folder(new.folder)
            sync_folder(old.folder)
        except OSError as exc:
            raise changing_refused(exc, new.name) from exc


def remove(place: Place, *, expected: Expected, may: May) -> None:
    """Delete a file, or a folder that is empty."""
    with slot_of(place) as slot:
        state = _present(slot)
        _refuse_changed(slot, state, expected)
        may("edit", place, slot.parts)
        try:
            if stat.S_ISDIR(state.st_mode):
                os.rmdir(slot.last, dir_fd=slot.folder)
            else:
                os.unlink(slot.last, dir_fd=slot.folder)
            sync_folder(slot.folder)
        except OSError as exc:
            raise changing_refused(exc, slot.name) from exc


def _present(slot: Slot) -> os.stat_result:
    """What is to be moved or deleted: a file or a folder, and no link."""
    if slot.state is None:
        raise ReadError(f"there is no {shown(slot.name)}")
    if stat.S_ISLNK(slot.state.st_mode):
        raise AccessError(f"{shown(slot.name)} is a link", "name the file that it leads to")
    if not stat.S_ISREG(slot.state.st_mode) and not stat.S_ISDIR(slot.state.st_mode):
        raise AccessError(f"{shown(slot.name)} is neither a file nor a folder")
    return slot.state


def _refuse_changed(slot: Slot, state: os.stat_result | None, expected: Expected) -> None:
    if expected is ...:
        return
    identity = None if state is None else (state.st_dev, state.st_ino)
    if identity == expected:
        return
    if state is None:
        raise AccessError(f"{shown(slot.name)} has gone since it was looked at")
    raise AccessError(
        f"{shown(slot.name)} is another file than the one that was looked at",
        "look at it again before it is changed",
    )


def _refuse_moved(slot: Slot, parts: Sequence[str]) -> None:
    if slot.parts != tuple(parts):
        raise AccessError(f"{shown(slot.place.asked)} was moved while it was to be written")
    _refuse_temporary(slot)


def _refuse_temporary(slot: Slot) -> None:
    if is_temporary(slot.last):
        # It would be swept away with what killed runs leave.
        raise AccessError(f"{shown(slot.name)} is a name for files under way")


def _open_folder(place: Place, parts: Sequence[str]) -> tuple[int, tuple[str, ...]]:
    try:
        return place.root.reach.open(parts, FOLDER, follow=False)
    except OSError as exc:
        raise opening_refused(exc, place.asked, follow=True) from exc
