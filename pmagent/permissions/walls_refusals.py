"""What the walls say when they refuse: the system's errors, in our words and our exceptions."""

from __future__ import annotations

import errno

from pmagent.errors import AccessError, PmagentError, ReadError, SkipError, StorageError
from pmagent.paths import reason_of, way_out_of
from pmagent.permissions.walls_names import shown

NOT_REGULAR = "it is not a regular file"
LINK = "it is a link, and links are not followed"
SEVERAL_NAMES = (
    "it has a second name (a hard link) that the garden does not show, which may lie outside"
)
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS, errno.ENOMEM}
_NO_RIGHT = {errno.EACCES, errno.EPERM}
_SPECIAL = {errno.ENXIO, errno.ENODEV, errno.EOPNOTSUPP}


def opening_refused(exc: OSError, asked: str, *, follow: bool) -> PmagentError:
    """The system's refusal to open `asked`.

    Out of the garden is an `AccessError`; with `follow`, a person or model asked for the file by
    name, so a link or a special file is one too, and otherwise a `SkipError`.
    """
    if exc.errno == errno.EXDEV:
        return outside(asked)
    if exc.errno == errno.ENAMETOOLONG and follow:
        return AccessError(f"{shown(asked)} is too long for a name")
    if exc.errno in {errno.ELOOP, errno.EMLINK}:
        circle = f"cannot open {shown(asked)}: its links lead in a circle"
        return AccessError(circle) if follow else SkipError(LINK)
    if exc.errno in _SPECIAL:
        return unfit(asked, NOT_REGULAR, follow=follow)
    if follow:
        return ReadError(f"cannot open {shown(asked)}: {reason_of(exc)}")
    return ReadError(f"the system refuses to open it: {reason_of(exc)}")


def changing_refused(exc: OSError, path: str) -> PmagentError:
    """The system's refusal to change `path`."""
    if exc.errno in _NO_ROOM:
        return StorageError(
            f"cannot write {shown(path)}: {reason_of(exc)}",
            f"nothing is lost; {way_out_of(exc)} and try again",
        )
    if exc.errno == errno.EEXIST:
        return AccessError(f"{shown(path)} is there already, and is not written over")
    if exc.errno == errno.ENOTEMPTY:
        return AccessError(f"the folder {shown(path)} is not empty", "delete what is in it first")
    hint = f"{way_out_of(exc)} and try again" if exc.errno in _NO_RIGHT else ""
    return AccessError(f"cannot change {shown(path)}: {reason_of(exc)}", hint)


def unfit(asked: str, reason: str, *, follow: bool) -> PmagentError:
    """A file that is there and is not what may be read."""
    if follow:
        return AccessError(f"{shown(asked)} is not opened: {reason}")
    return SkipError(reason)


def outside(asked: str) -> AccessError:
    """A name that leads elsewhere."""
    return AccessError(
        f"{shown(asked)} leads out of the garden", "name a place in the garden's own folder"
    )


def too_large(size: int, limit: int) -> SkipError:
    """A file over the limit, both in bytes."""
    return SkipError(
        f"it has {size / 1e6:,.0f} MB, more than the {limit / 1e6:,.0f} MB that are read"
    )
