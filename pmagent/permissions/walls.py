"""The one door to a user's files: every look, read and change goes by descriptor, inside the walls.

A name is resolved by the kernel relative to the garden's own descriptor, and what is used is the
very thing that was resolved. A checked string is never opened, so there is nothing to swap between
check and use. Refused: whatever lies outside, what `denies` says, what is no regular file, and
files with a second name that the garden does not show (unless a person said yes).
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Protocol

from pmagent.errors import AccessError, ReadError, SkipError
from pmagent.paths import reason_of
from pmagent.permissions.walls_changes import Expected, make_folders, move, remove, write_file
from pmagent.permissions.walls_entries import Entry, Sight, entry_at, entry_of
from pmagent.permissions.walls_links import Census, is_open_name
from pmagent.permissions.walls_names import collapse, shown
from pmagent.permissions.walls_opened import Opened
from pmagent.permissions.walls_reach import FILE, FOLDER
from pmagent.permissions.walls_refusals import (
    NOT_REGULAR,
    SEVERAL_NAMES,
    opening_refused,
    unfit,
)
from pmagent.permissions.walls_resolve import resolve
from pmagent.permissions.walls_roots import Method, Place, find_place, open_others, open_root
from pmagent.permissions.walls_write import sweep_folder
from pmagent.types.actions import Access, Target


class Denies(Protocol):
    """The rules, as far as the walls need them."""

    def __call__(self, access: Access, path: str) -> str | None:
        """Why `path` may not be touched, in one sentence; None where no rule closes it."""
        ...


def nothing_denied(access: Access, path: str) -> str | None:  # noqa: ARG001 - as `Denies`
    """No rule closes anything."""
    return None


class Walls:
    """Reads and changes what lies below the granted folders, and nothing else.

    `others` are further granted folders, called by their absolute names; one that is not there
    grants nothing. `method` is for tests: by itself the best one that the system has is taken.
    `exact` is for callers whose names come from the disk and not from a person or a model: it
    lets pass what the disk lets pass, such as a backslash or bytes that are no Unicode.

    A file name is relative to the garden or absolute. `entries`, `entry`, `walk` and the plain
    `read` serve the index: they follow no links and say `SkipError` of what is left out. All
    others serve tools: links inside are followed, and a refusal is an `AccessError`.

    Raises:
        GardenError: the garden cannot be opened.
    """

    def __init__(
        self,
        root: Path,
        *,
        others: Sequence[Path] = (),
        denies: Denies = nothing_denied,
        method: Method | None = None,
        exact: bool = False,
    ) -> None:
        self.root = root
        self._denies = denies
        self._exact = exact
        self._roots = [open_root(root, method, is_garden=True)]
        self._roots += open_others(others, method)
        self._census = Census(lambda: self._walk("", is_open_name))

    def close(self) -> None:
        """Give the descriptors back. Nothing can be touched afterwards."""
        roots, self._roots = self._roots, []
        for root in roots:
            os.close(root.descriptor)

    def __enter__(self) -> Walls:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def locate(self, asked: str, access: Access) -> Target:
        """What `asked` leads to, without reading it and without asking the rules.

        What does not exist yet is named by its folder's resolved name and its own.

        Raises:
            AccessError: it leads outside, is a special file, or a link to nothing.
            ReadError: the system refuses.
        """
        place = self._place(asked)
        where = resolve(place)
        if where.state is None:
            return Target(access=access, asked=asked, resolved=where.name, exists=False)
        return self._look(place, where.parts, where.state, access).target

    def entries(self, folder: str) -> Iterator[Entry]:
        """What lies in `folder` (`""` for the garden), by name, without what is denied.

        Raises:
            AccessError: it leads outside.
            ReadError: it cannot be listed.
        """
        place = self._place(folder, is_exact=True)
        self._may("read", place, collapse(place.parts), follow=False)
        for entry in self._list(place):
            if self._denies("read", entry.path) is None:
                yield entry

    def entry(self, path: str) -> Entry | None:
        """What stands at `path`, a link as itself; None where there is nothing or it is denied."""
        place = self._place(path, is_exact=True)
        name = place.root.name(place.parts)
        if ".." in place.parts or self._denies("read", name) is not None:
            return None
        if not place.parts:
            return entry_of(name, os.fstat(place.root.descriptor))
        try:
            folder, _ = place.root.reach.open(place.parts[:-1], FOLDER, follow=False)
        except OSError:
            return None
        try:
            return entry_at(folder, name)
        finally:
            os.close(folder)

    def walk(self, folder: str = "") -> Iterator[Entry]:
        """Every file and folder below `folder`, folder by folder. Links are named, not followed.

        Raises:
            ReadError: `folder` cannot be listed. One below it that cannot is passed over.
        """
        return self._walk(folder, lambda _: True)

    def read(
        self, asked: str, *, limit: int, follow: bool = False, allow_hard_links: bool = False
    ) -> tuple[bytes, Entry]:
        """The bytes of a regular file, and what it was when they were read.

        Raises:
            AccessError: it leads outside; with `follow`, also what is refused for other reasons.
            SkipError: it is larger than `limit` bytes; without `follow`, a link, no regular file,
                denied, or it has a second name that the garden does not show.
            ReadError: the system refuses.
        """
        place = self._place(asked, is_exact=not follow)
        with self._open(place, "read", follow=follow, allow_hard_links=allow_hard_links) as opened:
            if stat.S_ISDIR(opened.mode):
                raise unfit(asked, NOT_REGULAR, follow=follow)
            return opened.read(limit), opened.entry

    def open(self, asked: str, access: Access, *, allow_hard_links: bool = False) -> Opened:
        """The file or folder `asked` leads to, open for reading and held until it is closed.

        Raises:
            AccessError: it leads outside, is closed by a rule, is a special file or has a second
                name that the garden does not show.
            ReadError: there is none, or the system refuses.
        """
        place = self._place(asked)
        return self._open(place, access, follow=True, allow_hard_links=allow_hard_links)

    def write(
        self, asked: str, data: bytes, *, expected: Expected = ..., mode: int | None = None
    ) -> Entry:
        """Make `data` the whole contents of a file, and give what it is then.

        A reader sees the old bytes or the new. `expected` is the (device, inode) that was
        approved, None where there must be no file yet, `...` for whatever is there. A link inside
        is written to where it leads; a hard link is replaced, and its other names stay as they
        are. Rights, owner and attributes of an existing file are kept, unless `mode` is given.

        Raises:
            AccessError: it leads outside, is closed by a rule, is no file or is not `expected`.
            ReadError: its folder is missing.
            StorageError: the disk is full or refuses. The file is as it was.
        """
        return write_file(self._place(asked), data, expected=expected, mode=mode, may=self._may)

    def make_folder(self, asked: str) -> tuple[str, ...]:
        """The folders that were made so that `asked` is one, outermost first.

        Raises:
            AccessError: it leads outside, is closed by a rule, or is a file.
            StorageError: the disk is full or refuses; none was made.
        """
        return make_folders(self._place(asked), may=self._may)

    def rename(self, source: str, destination: str, *, expected: Expected = ...) -> None:
        """Give a file, or a folder with all that is in it, another name that is free.

        Neither name may be a link. A folder that holds something denied is not moved.

        Raises:
            AccessError: one leads outside or is closed by a rule, `source` is not `expected`, or
                `destination` is there already.
            ReadError: there is no `source`, or no folder for `destination`.
        """
        old, new = self._place(source), self._place(destination)
        move(old, new, expected=expected, may=self._may, check_below=self._may_below)

    def delete(self, asked: str, *, expected: Expected = ...) -> None:
        """Delete a file or an empty folder; never a link or what it leads to.

        Raises:
            AccessError: it leads outside, is closed by a rule, is not `expected`, is a link, or a
                folder that is not empty.
            ReadError: there is none.
        """
        remove(self._place(asked), expected=expected, may=self._may)

    def sweep(self, now: float) -> int:
        """Remove what writes that were killed over an hour before `now` (Unix time) have left.

        Gives their number. Looks into every folder but `.git`; what cannot be opened stays.
        """
        count = 0
        for root in self._roots:
            waiting: list[tuple[str, ...]] = [()]
            while waiting:
                parts = waiting.pop()
                with suppress(OSError):
                    folder, _ = root.reach.open(parts, FOLDER, follow=False)
                    try:
                        swept, names = sweep_folder(folder, now)
                    finally:
                        os.close(folder)
                    count += swept
                    waiting += [(*parts, name) for name in names if name != ".git"]
        return count

    def _place(self, asked: str, *, is_exact: bool = False) -> Place:
        if not self._roots:
            raise AccessError("the garden is closed")
        return find_place(self._roots, asked, is_exact=is_exact or self._exact)

    def _open(
        self, place: Place, access: Access, *, follow: bool, allow_hard_links: bool
    ) -> Opened:
        descriptor, is_fit = -1, False
        try:
            descriptor, parts = place.root.reach.open(place.parts, FILE, follow=follow)
            sight = self._look(place, parts, os.fstat(descriptor), access, follow=follow)
            self._may("read", place, parts, follow=follow)
            if access != "read":
                self._may(access, place, parts, follow=follow)
            if sight.links > 1 and not allow_hard_links:
                raise unfit(place.asked, SEVERAL_NAMES, follow=follow)
            is_fit = True
        except OSError as exc:
            raise opening_refused(exc, place.asked, follow=follow) from exc
        finally:
            if not is_fit and descriptor >= 0:
                os.close(descriptor)
        return Opened(descriptor, sight)

    def _look(
        self,
        place: Place,
        parts: Sequence[str],
        state: os.stat_result,
        access: Access,
        *,
        follow: bool = True,
    ) -> Sight:
        """What was found at `place`, with its names counted; refused where it is neither kind."""
        links = 1
        if stat.S_ISREG(state.st_mode):
            links = state.st_nlink
            if links > 1 and place.root is self._roots[0] and self._census.is_all_inside(state):
                links = 1
        elif not stat.S_ISDIR(state.st_mode):
            raise unfit(place.asked, NOT_REGULAR, follow=follow)
        return Sight(access, place.asked, place.root.name(parts), state, links)

    def _may(
        self, access: Access, place: Place, parts: Sequence[str], *, follow: bool = True
    ) -> None:
        """Ask the rules about both names: the one that was asked for, and the one it leads to."""
        reason = self._denies(access, place.root.name(parts))
        if reason is None and place.parts != parts:
            reason = self._denies(access, place.root.name(collapse(place.parts)))
        if reason is None:
            return
        if not follow:
            raise SkipError(reason)
        verb = "read" if access == "read" else "changed"
        raise AccessError(f"{shown(place.asked)} may not be {verb}: {reason}")

    def _may_below(self, access: Access, place: Place, parts: Sequence[str]) -> None:
        """The same of everything in a folder."""
        waiting = [tuple(parts)]
        while waiting:
            here = waiting.pop()
            for entry in self._list(Place(asked=place.asked, root=place.root, parts=here)):
                below = (*here, entry.path.rpartition("/")[2])
                self._may(access, place, below)
                if entry.kind == "folder":
                    waiting.append(below)

    def _list(self, place: Place) -> list[Entry]:
        try:
            folder, parts = place.root.reach.open(place.parts, FOLDER, follow=False)
            try:
                prefix = place.root.name((*parts, ""))
                found = [entry_at(folder, prefix + name) for name in sorted(os.listdir(folder))]
            finally:
                os.close(folder)
        except OSError as exc:
            if exc.errno == errno.EXDEV:
                raise opening_refused(exc, place.asked, follow=False) from exc
            raise ReadError(f"the folder cannot be listed: {reason_of(exc)}") from exc
        return [entry for entry in found if entry is not None]

    def _walk(self, folder: str, is_open: Callable[[str], bool]) -> Iterator[Entry]:
        waiting = [folder]
        while waiting:
            here = waiting.pop()
            try:
                found = [entry for entry in self.entries(here) if is_open(entry.path)]
            except ReadError:
                if here == folder:
                    raise
                continue  # gone meanwhile, or not ours to list
            yield from found
            waiting += [entry.path for entry in reversed(found) if entry.kind == "folder"]
