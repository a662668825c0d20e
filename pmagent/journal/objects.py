"""The journal's object database: a bare git directory of our own, in git's own format.

The one use of gitdb, the object database that GitPython is built on. No git program is ever run and
no `git.Repo` is made: both obey the environment (GIT_OBJECT_DIRECTORY, GIT_CONFIG_…) and the second
needs the first to be there. So nothing in a garden's own repository, configuration, hooks,
attributes or filters can have a say. What is stored is on the disk, by fsync, before its name is
given back; gitdb's own writer does not promise that, and keeps a torn object it finds.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Literal, Protocol, cast

import gitdb
import gitdb.exc
import gitdb.pack

from pmagent.errors import JournalError
from pmagent.paths import make_private_dir, reason_of, way_out_of

Kind = Literal["blob", "tree", "commit"]

COMPRESSION = 1
"""Four times as fast as the default, for a tenth more bytes of prose."""
PACK_FROM = 9
"""So many blobs at once go into one pack: two files to sync instead of one for each."""
PACK_BYTES = 32_000_000
"""A pack is written in parts of about this size, so that no more is held in memory."""

_MANIFEST = "manifest.json"
_CONFIG = """[core]
\trepositoryformatversion = 0
\tfilemode = false
\tbare = true
\thooksPath = /dev/null
\tfsmonitor = false
\tattributesFile = /dev/null
\tlogAllRefUpdates = false
[gc]
\tauto = 0
[commit]
\tgpgSign = false
[protocol]
\tallow = never
"""
_ATTRIBUTES = "* -filter -text -diff -merge -ident\n"
_WHO = "pmagent <pmagent@localhost>"
_BROKEN = (
    gitdb.exc.ODBError, OSError, ValueError, KeyError, IndexError, AssertionError, zlib.error,
    EOFError, OverflowError, MemoryError, TypeError, AttributeError,
)  # fmt: skip
"""What gitdb raises on missing and damaged objects: it is not written to meet them."""


class _Stream(Protocol):
    @property
    def type(self) -> bytes: ...
    def read(self) -> bytes: ...


class _Source(Protocol):
    def stream(self, sha: bytes) -> _Stream: ...


class _Packs(_Source, Protocol):
    def update_cache(self, force: bool = False) -> bool: ...


class _WritePack(Protocol):
    def __call__(
        self,
        object_iter: Iterable[object],
        pack_write: Callable[[bytes], int],
        index_write: Callable[[bytes], int],
        object_count: int,
        zlib_compression: int,
    ) -> object: ...


class Objects:
    """Stores bytes under their own hash, for good."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._loose_dir = folder / "objects"
        self._pack_dir = self._loose_dir / "pack"
        _lay_out(folder)
        self._loose = cast("_Source", gitdb.LooseObjectDB(str(self._loose_dir)))
        self._packs = cast("_Packs", gitdb.PackedDB(str(self._pack_dir)))

    def store(self, data: bytes, kind: Kind = "blob") -> str:
        """The name of `data`, which is on the disk from now on.

        Raises:
            JournalError: it cannot be written.
        """
        name = name_of(data, kind)
        place = self._loose_dir / name[:2] / name[2:]
        header = b"%s %d\0" % (kind.encode(), len(data))
        packed = zlib.compress(header + data, COMPRESSION)
        with _said():
            if not place.parent.exists():
                place.parent.mkdir(mode=0o700, exist_ok=True)
                _sync(self._loose_dir)
            _write_through({place: packed})
        return name

    def store_all(self, contents: Iterable[bytes]) -> Iterator[str]:
        """The names of many blobs, in order; each is on the disk when its name is given."""
        waiting: list[bytes] = []
        size = 0
        for data in contents:
            waiting.append(data)
            size += len(data)
            if size > PACK_BYTES:
                yield from self._store_some(waiting)
                waiting, size = [], 0
        yield from self._store_some(waiting)

    def store_commit(self, manifest: bytes, blobs: Iterable[str], at: datetime) -> str:
        """The name of a commit that holds a manifest and keeps `blobs` from being removed."""
        rows = {_MANIFEST: self.store(manifest)} | {blob: blob for blob in blobs}
        tree = b"".join(
            b"100644 %s\0%s" % (name.encode("ascii"), bytes.fromhex(sha))
            for name, sha in sorted(rows.items())
        )
        moment = f"{int(at.timestamp())} {at:%z}"
        text = (
            f"tree {self.store(tree, 'tree')}\nauthor {_WHO} {moment}\n"
            f"committer {_WHO} {moment}\n\ncheckpoint\n"
        )
        return self.store(text.encode("ascii"), "commit")

    def load(self, name: str, kind: Kind = "blob") -> bytes:
        """The bytes stored as `name`.

        Raises:
            JournalError: they are missing or damaged.
        """
        for is_last in (False, True):
            try:
                data = self._read(name, kind)
            except _BROKEN as exc:
                if is_last:
                    raise JournalError(f"the stored object {name[:10]} cannot be read") from exc
                # Another process may have packed it meanwhile.
                with contextlib.suppress(*_BROKEN):
                    self._packs.update_cache(force=True)
                continue
            if name_of(data, kind) == name:
                return data
            break
        raise JournalError(f"the stored object {name[:10]} is damaged")

    def load_manifest(self, commit: str) -> bytes:
        """The manifest of a commit.

        Raises:
            JournalError: a part of it is missing or damaged.
        """
        return self.load(self._members(commit)[1][_MANIFEST])

    def closure(self, commit: str) -> tuple[str, set[str]]:
        """The name of a commit's tree, and those of the blobs in it.

        Raises:
            JournalError: the commit or the tree is missing or damaged.
        """
        tree, members = self._members(commit)
        return tree, set(members.values())

    def loose_count(self) -> int:
        """How many objects lie in files of their own."""
        folders = [item for item in self._loose_dir.iterdir() if len(item.name) == 2]
        return sum(len(os.listdir(folder)) for folder in folders)

    def pack_count(self) -> int:
        """How many packs there are."""
        return sum(1 for _ in self._pack_dir.glob("pack-*.pack"))

    def keep_only(self, wanted: Iterable[str], kinds: Mapping[str, Kind]) -> None:
        """Pack the objects named, and remove every other from the disk.

        The new pack is on the disk, and has been read back, before anything goes; a kill leaves
        some objects twice. A wanted object that cannot be read is lost here as it was before.
        `kinds` tells what is no blob.
        """
        old = [place for place in self._loose_dir.rglob("*") if place.is_file()]
        made: set[Path] = set()
        batch: list[tuple[Kind, bytes]] = []
        size = 0
        for name in sorted(wanted):
            with contextlib.suppress(JournalError):
                kind = kinds.get(name, "blob")
                data = self.load(name, kind)
                batch.append((kind, data))
                size += len(data)
            if size > PACK_BYTES:
                made |= self._pack(batch)
                batch, size = [], 0
        if batch:
            made |= self._pack(batch)
        with _said():
            for place in old:
                if place not in made:
                    place.unlink(missing_ok=True)
        self._packs.update_cache(force=True)

    def sweep(self) -> None:
        """Remove what a kill left half written."""
        for place in self._loose_dir.rglob(".*-*"):
            place.unlink(missing_ok=True)
        for index in self._pack_dir.glob("pack-*.idx"):
            if not index.with_suffix(".pack").exists():
                index.unlink(missing_ok=True)

    def _store_some(self, contents: Sequence[bytes]) -> Iterator[str]:
        if len(contents) < PACK_FROM:
            yield from (self.store(data) for data in contents)
            return
        self._pack([("blob", data) for data in contents])
        yield from (name_of(data, "blob") for data in contents)

    def _pack(self, contents: Sequence[tuple[Kind, bytes]]) -> set[Path]:
        """The two files of a new pack."""
        unique: dict[str, tuple[Kind, bytes]] = {
            name_of(data, kind): (kind, data) for kind, data in contents
        }
        streams = [
            gitdb.OStream(bytes.fromhex(name), kind.encode(), len(data), BytesIO(data))
            for name, (kind, data) in unique.items()
        ]
        pack, index = BytesIO(), BytesIO()
        write_pack = cast("_WritePack", gitdb.pack.PackEntity.write_pack)
        write_pack(
            streams, pack.write, index.write,
            object_count=len(streams), zlib_compression=COMPRESSION,
        )  # fmt: skip
        label = hashlib.sha1("".join(sorted(unique)).encode(), usedforsecurity=False).hexdigest()
        place = self._pack_dir / f"pack-{label}"
        files = {
            place.with_suffix(".idx"): index.getvalue(),
            # Last: a pack is looked for by this name, and then its index must be there.
            place.with_suffix(".pack"): pack.getvalue(),
        }
        with _said():
            _write_through(files)
        self._packs.update_cache(force=True)
        for name, (kind, _) in unique.items():
            self.load(name, kind)
        return set(files)

    def _read(self, name: str, kind: Kind) -> bytes:
        sha = bytes.fromhex(name)
        is_loose = (self._loose_dir / name[:2] / name[2:]).exists()
        stream = self._loose.stream(sha) if is_loose else self._packs.stream(sha)
        if bytes(stream.type) != kind.encode():
            raise ValueError("it is of another kind")
        return stream.read()

    def _members(self, commit: str) -> tuple[str, dict[str, str]]:
        text = self.load(commit, "commit")
        tree = text[5:45].decode("ascii", "replace")
        data = self.load(tree, "tree")
        members: dict[str, str] = {}
        while data:
            head, _, rest = data.partition(b"\0")
            members[head.removeprefix(b"100644 ").decode("ascii", "replace")] = rest[:20].hex()
            data = rest[20:]
        if _MANIFEST not in members:
            raise JournalError(f"the stored object {commit[:10]} is no undo point")
        return tree, members


def name_of(data: bytes, kind: Kind = "blob") -> str:
    """The name that git gives to an object: 40 hexadecimal digits."""
    mark = hashlib.sha1(b"%s %d\0" % (kind.encode(), len(data)), usedforsecurity=False)
    mark.update(data)
    return mark.hexdigest()


def _lay_out(folder: Path) -> None:
    """Make what git needs to know it as a repository, where it is not there."""
    if (folder / "HEAD").exists():
        return
    make_private_dir(folder)
    for name in ("info", "objects/pack", "objects/info", "refs/heads", "refs/checkpoints"):
        make_private_dir(folder / name)
    with _said():
        files = {"config": _CONFIG, "info/attributes": _ATTRIBUTES, "HEAD": "ref: refs/heads/x\n"}
        _write_through({folder / name: text.encode("ascii") for name, text in files.items()})


def _write_through(files: Mapping[Path, bytes]) -> None:
    """Write files whole, in this order, and have them and their names on the disk."""
    for place, data in files.items():
        descriptor, temporary = tempfile.mkstemp(dir=place.parent, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            Path(temporary).replace(place)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
    for folder in {place.parent for place in files}:
        _sync(folder)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _said() -> Generator[None]:
    try:
        yield
    except OSError as exc:
        raise JournalError(
            f"the undo journal cannot be written: {reason_of(exc)}",
            f"{way_out_of(exc)} and try again",
        ) from exc
