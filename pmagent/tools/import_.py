"""Import: the files of a zip or tar archive, each through the walls like any other file.

Members that are links or devices, or whose names climb, are left out and said to be. Sizes are
counted as they unpack, so that a small archive cannot become a large one.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Annotated

from pydantic import Field

from pmagent.agent.tool import Plan, Reach, Result
from pmagent.errors import AccessError, ReadError
from pmagent.permissions.protected import is_protected
from pmagent.tools._changes import before_of, write_target
from pmagent.tools._input import Input, edit_rule
from pmagent.types.actions import FileChange, Target

MAX_ARCHIVE_BYTES = 200_000_000
MAX_UNPACKED_BYTES = 400_000_000
MAX_MEMBERS = 10_000
MAX_RATIO = 100
_PIECE = 1 << 20
_KIND, _LINK = 0o170000, 0o120000


class ImportInput(Input):
    """The archive, and the folder its files shall stand in."""

    file_path: Annotated[str, Field(min_length=1)]
    folder: Annotated[str, Field(min_length=1)] = "imported"


class ImportTool:
    """Unpacks an archive."""

    name = "Import"
    summary = "Unpack a zip or tar archive into a folder"
    Input = ImportInput

    def plan(self, given: ImportInput, reach: Reach) -> Plan:
        """Every file that would be written, with what it would hold.

        Raises:
            ReadError: it is no archive, or unpacks to more than is taken.
        """
        source = reach.walls.locate(given.file_path, "read")
        data, _ = reach.walls.read(source.asked, limit=MAX_ARCHIVE_BYTES, follow=True)
        targets: list[Target] = [source]
        changes: list[FileChange] = []
        left_out: list[str] = []
        for name, held in _members(data):
            place = f"{given.folder.strip('/')}/{name}"
            if held is None or not _is_plain(name) or is_protected(place):
                left_out.append(name)
                continue
            try:
                target = reach.walls.locate(place, "edit")
                before = before_of(target, reach)
            except (AccessError, ReadError):
                left_out.append(name)
                continue
            targets.append(target)
            changes.append(FileChange(path=target.resolved, before=before, after=held))
        if not changes:
            raise ReadError(f'"{given.file_path}" holds no file that can be imported')
        listed = "\n".join(change.path for change in changes)
        skipped = "".join(f"\nleft out: {name}" for name in left_out)
        return Plan(
            subject=f"{source.resolved} → {given.folder}",
            targets=tuple(targets),
            changes=tuple(changes),
            keeps="paths",
            body=f"{listed}{skipped}",
            risk=f'{len(changes):,} files of a stranger; "pmagent undo" takes them back',
            grant=edit_rule(f"{given.folder.strip('/')}/x"),
        )

    def run(self, given: ImportInput, plan: Plan, reach: Reach) -> Result:
        """Write them, one by one."""
        del given
        for target, change in zip(plan.targets[1:], plan.changes, strict=True):
            write_target(target, change.after or b"", reach)
        said = [line for line in plan.body.split("\n") if line.startswith("left out: ")]
        return Result(
            text="\n".join((f"imported {len(plan.changes):,} files", *said)),
            data={"files": [change.path for change in plan.changes], "success": True},
            labels=frozenset({"untrusted"}),
        )


def _members(data: bytes) -> Iterator[tuple[str, bytes | None]]:
    """(name, bytes) of each member; None for what is no plain file."""
    stream = io.BytesIO(data)
    count = _Count(len(data))
    try:
        yield from (_of_zip if zipfile.is_zipfile(stream) else _of_tar)(stream, count)
    except (zipfile.BadZipFile, tarfile.TarError, NotImplementedError, RuntimeError, EOFError,
            OSError, ValueError, zlib.error) as exc:  # fmt: skip
        raise ReadError(f"the archive cannot be unpacked: {exc}", "pack it again as zip") from exc


def _of_zip(stream: IO[bytes], count: _Count) -> Iterator[tuple[str, bytes | None]]:
    with zipfile.ZipFile(stream) as archive:
        for item in archive.infolist():
            if item.is_dir():
                continue
            name = count.named(item.filename)
            is_link = (item.external_attr >> 16) & _KIND == _LINK
            yield name, None if is_link else count.read(archive.open(item))


def _of_tar(stream: IO[bytes], count: _Count) -> Iterator[tuple[str, bytes | None]]:
    stream.seek(0)
    with tarfile.open(fileobj=stream, mode="r:*") as archive:
        for member in archive:
            if member.isdir():
                continue
            name = count.named(member.name)
            held = archive.extractfile(member) if member.isreg() else None
            yield name, None if held is None else count.read(held)


class _Count:
    """Counts members and bytes as they unpack, and stops what goes too far."""

    def __init__(self, packed: int) -> None:
        self._left = min(MAX_UNPACKED_BYTES, max(packed, 10_000) * MAX_RATIO)
        self._members = 0

    def named(self, name: str) -> str:
        """The name, counted.

        Raises:
            ReadError: there are too many.
        """
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise ReadError(f"the archive holds more than {MAX_MEMBERS:,} files")
        return name

    def read(self, stream: IO[bytes]) -> bytes:
        """All of one member.

        Raises:
            ReadError: the archive unpacks to more than is taken.
        """
        parts: list[bytes] = []
        while part := stream.read(_PIECE):
            self._left -= len(part)
            if self._left < 0:
                raise ReadError(
                    "the archive unpacks to far more than it holds", "unpack it by hand"
                )
            parts.append(part)
        return b"".join(parts)


def _is_plain(name: str) -> bool:
    parts = name.split("/")
    is_rooted = name.startswith("/") or "\\" in name or ":" in parts[0]
    return not is_rooted and all(part not in {"", ".", ".."} for part in parts)


tool = ImportTool()
