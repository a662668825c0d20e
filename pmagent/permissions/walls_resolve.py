"""Where a name leads, looked at and not opened; and the open folder that a change is made in."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from pmagent.errors import AccessError
from pmagent.permissions.walls_names import shown
from pmagent.permissions.walls_reach import FOLDER, LOOK
from pmagent.permissions.walls_refusals import opening_refused
from pmagent.permissions.walls_roots import Place


@dataclass(frozen=True, kw_only=True)
class Where:
    """What a name leads to, links followed."""

    place: Place
    parts: tuple[str, ...]
    """Below the root, without links or `..`."""
    state: os.stat_result | None
    """None where nothing is there yet."""
    missing: int = 0
    """How many of the last parts are not there."""

    @property
    def name(self) -> str:
        """As targets and entries call it."""
        return self.place.root.name(self.parts)


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A name in an open folder: what a change acts on. The name itself is never followed."""

    place: Place
    folder: int
    parts: tuple[str, ...]
    """Below the root, the folder's own without links."""
    state: os.stat_result | None

    @property
    def last(self) -> str:
        """The name in the folder."""
        return self.parts[-1]

    @property
    def name(self) -> str:
        """As targets and entries call it."""
        return self.place.root.name(self.parts)


def resolve(place: Place) -> Where:
    """Where `place` leads. What does not exist is resolved as far as its folders do.

    Raises:
        AccessError: it leads out of its root, or is a link to nothing.
        ReadError: the system refuses.
    """
    try:
        descriptor, parts = place.root.reach.open(place.parts, LOOK, follow=True)
        try:
            return Where(place=place, parts=parts, state=os.fstat(descriptor))
        finally:
            os.close(descriptor)
    except FileNotFoundError as exc:
        return _resolve_missing(place, exc)
    except OSError as exc:
        raise opening_refused(exc, place.asked, follow=True) from exc


@contextmanager
def slot_of(place: Place) -> Generator[Slot]:
    """The folder that the last name of `place` is in, open for the length of the block.

    Links among the folders are followed as far as they stay inside.

    Raises:
        AccessError: it leads out of its root, or names the root itself.
        ReadError: there is no such folder.
    """
    if not place.parts or place.parts[-1] == "..":
        raise AccessError(f"{shown(place.asked)} is no name in a folder", "name it by itself")
    try:
        folder, parts = place.root.reach.open(place.parts[:-1], FOLDER, follow=True)
    except OSError as exc:
        raise opening_refused(exc, place.asked, follow=True) from exc
    try:
        last = place.parts[-1]
        yield Slot(place=place, folder=folder, parts=(*parts, last), state=state_at(folder, last))
    finally:
        os.close(folder)


def state_at(folder: int, name: str) -> os.stat_result | None:
    """What is at a name in an open folder, a link as itself; None where nothing is.

    Raises:
        ReadError: the system refuses.
    """
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise opening_refused(exc, name, follow=True) from exc


def _resolve_missing(place: Place, missing: FileNotFoundError) -> Where:
    for end in range(len(place.parts) - 1, -1, -1):
        rest = place.parts[end:]
        if ".." in rest:
            break
        try:
            folder, head = place.root.reach.open(
                place.parts[:end], LOOK | os.O_DIRECTORY, follow=True
            )
        except FileNotFoundError:
            continue
        except OSError as exc:
            raise opening_refused(exc, place.asked, follow=True) from exc
        try:
            is_there = state_at(folder, rest[0]) is not None
        finally:
            os.close(folder)
        if is_there:
            # Nothing is ever made through a link: what it points to was not looked at.
            raise AccessError(f"{shown(place.asked)} leads over a link to nothing")
        return Where(place=place, parts=(*head, *rest), state=None, missing=len(rest))
    raise opening_refused(missing, place.asked, follow=True) from missing
