"""Where things live on disk, and how one file is replaced without ever being half written.

Nothing here is about the contents. The garden's own files are opened in `permissions.walls` only.
"""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from pmagent.errors import GardenError, StorageError

SETTINGS_DIR = ".pmagent"
HOME_VARIABLE = "PMAGENT_HOME"


@dataclass(frozen=True, kw_only=True)
class Homes:
    """The three folders of one person: what is owned, what is set, what can be made again."""

    data: Path
    config: Path
    cache: Path


def find_homes(home: Path | None = None) -> Homes:
    """The person's folders: below `home`, else $PMAGENT_HOME, else where the system has them."""
    named = home or (Path(value) if (value := os.environ.get(HOME_VARIABLE)) else None)
    if named is not None:
        base = named.expanduser().absolute()
        return Homes(data=base / "data", config=base / "config", cache=base / "cache")
    return Homes(
        data=Path(platformdirs.user_data_dir("pmagent", appauthor=False)),
        config=Path(platformdirs.user_config_dir("pmagent", appauthor=False)),
        cache=Path(platformdirs.user_cache_dir("pmagent", appauthor=False)),
    )


def garden_data_dir(root: Path, homes: Homes) -> Path:
    """This garden's folder of derived and owned state, outside the garden itself.

    Named by the garden and a hash of its real path, so that two gardens never share one and a
    cloned or synced folder brings none along.
    """
    real = root.resolve()
    mark = hashlib.sha256(os.fsencode(real)).hexdigest()[:12]
    name = "".join(c if c.isalnum() or c in "-_" else "-" for c in real.name)[:40] or "garden"
    return homes.data / "gardens" / f"{name}-{mark}"


def make_private_dir(path: Path) -> Path:
    """`path`, made with mode 0700 where it was not there.

    Raises:
        StorageError: it cannot be made.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise StorageError(
            f'cannot make the folder "{path}": {reason_of(exc)}',
            f"{way_out_of(exc)}, or name another place with {HOME_VARIABLE}",
        ) from exc
    return path


def find_root(start: Path) -> Path:
    """The nearest folder at or above `start` that holds a `.pmagent` folder.

    Raises:
        GardenError: there is none.
    """
    here = start.expanduser().absolute()
    if not here.is_dir():
        raise GardenError(f'there is no folder "{start}"', "check the name, or leave --garden out")
    for folder in (here, *here.parents):
        if (folder / SETTINGS_DIR).is_dir():
            return folder
    raise GardenError(
        f'"{here}" is not in a garden',
        'make it one with "pmagent init", or name one with --garden DIR',
    )


def write_atomically(path: Path, data: bytes) -> None:
    """Replace `path` by `data`: a reader sees the old bytes or the new, never a part.

    Raises:
        StorageError: the disk is full or refuses.
    """
    temporary = None
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:50]}-")
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
        _sync_folder(path.parent)
    except OSError as exc:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise StorageError(
            f'cannot write "{path}": {reason_of(exc)}', f"{way_out_of(exc)} and try again"
        ) from exc


def bundled_dir(name: str) -> Path:
    """The shipped folder `name` (`commands`, `agents`, `hooks`, `garden`).

    In a wheel it lies beside the package's modules, in a checkout at the top of it.
    """
    package = Path(__file__).parent
    shipped = package / "_bundled" / name
    if shipped.is_dir():
        return shipped
    return package.parent / ("examples/garden" if name == "garden" else name)


def reason_of(exc: OSError) -> str:
    """The system's own words for what went wrong, in lower case."""
    return (exc.strerror or str(exc)).lower()


def way_out_of(exc: OSError) -> str:
    """What a person can do where something cannot be written, as the beginning of a sentence."""
    match exc.errno:
        case errno.EACCES | errno.EPERM:
            return "let your user write there"
        case errno.EROFS:
            return "make the disk writable: it is mounted for reading only"
        case _:
            return "free some space"


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
