"""Where the trail ends now: its last line against what was noted, without reading the rest."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pmagent.agent.trail_check import Ends, TrailReport, check_end
from pmagent.agent.trail_files import lines_forward, private_folder
from pmagent.agent.trail_heads import Head, HeadFile
from pmagent.agent.trail_lines import Link, check_line
from pmagent.errors import TrailError


@dataclass(frozen=True)
class End:
    """Where the next line goes, and what has to be mended before."""

    link: Link
    size: int
    fragment: bytes = b""
    """The torn bytes behind the last whole line."""
    lost: bytes = b""
    """The whole line of which `fragment` is the beginning, where it is known."""


class Notes:
    """The notes of a trail's end: the head beside it, and the anchor outside where there is one."""

    def __init__(self, head: Path, anchor: Path | None, key: bytes) -> None:
        self._head = HeadFile(head, key, keeps_line=True)
        self._anchor = HeadFile(anchor, key, keeps_line=False) if anchor is not None else None

    def read(self) -> Ends | TrailReport:
        """Both, or what is wrong with them."""
        try:
            return Ends(
                head=self._head.read(),
                anchor=self._anchor.read() if self._anchor is not None else None,
                is_anchored=self._anchor is not None,
            )
        except TrailError as exc:
            return TrailReport(state="tampered", records=0, says=exc.message)

    def begin(self) -> None:
        """Make those that are missing, unless one says that the trail was not always empty.

        Raises:
            TrailError: the disk is full or refuses, or one of them is not ours.
        """
        files = [file for file in (self._head, self._anchor) if file is not None]
        noted = [file.read() for file in files]
        if any(head is not None and head.link.seq for head in noted):
            return
        for file, head in zip(files, noted, strict=True):
            if head is None:
                private_folder(file.path.parent)
                file.begin()

    def write(self, head: Head) -> None:
        """Note a new end.

        Raises:
            TrailError: the disk refuses.
        """
        self._head.write(head)
        if self._anchor is not None:
            self._anchor.write(head)

    def remove(self) -> None:
        """Forget the trail's end, when a new one is to begin."""
        for file in (self._head, self._anchor):
            if file is not None:
                file.path.unlink(missing_ok=True)


def find_end(descriptor: int, notes: Notes, key: bytes) -> End:
    """The end of the trail that is open as `descriptor`.

    Raises:
        TrailError: the trail is not whole, so nothing may be written behind it.
    """
    size = os.fstat(descriptor).st_size
    if size == 0:
        notes.begin()
    ends = notes.read()
    if isinstance(ends, TrailReport):
        raise not_whole(ends.says)
    head = ends.head or Head()
    end = (
        _torn_line(descriptor, head, size, key)
        if size < head.end
        else _behind_head(descriptor, head, size, key)
    )
    report = check_end(end.link, end.fragment, ends)
    if report.state == "tampered":
        raise not_whole(report.says)
    anchor = ends.anchor
    if anchor is not None and anchor.link.seq == end.link.seq and anchor.link != end.link:
        raise not_whole("its last line is not the one that was written")
    return end


def not_whole(says: str) -> TrailError:
    """What to say where the trail cannot be written on."""
    return TrailError(
        f"the audit trail is not whole: {says}",
        'look at it with "pmagent audit", then begin a new one: "pmagent audit --set-aside"',
    )


def _torn_line(descriptor: int, head: Head, size: int, key: bytes) -> End:
    """The end where the file is shorter than was noted: a torn last line, or a cut."""
    line = check_line(head.line, key)
    start = head.end - len(head.line)
    if line is None or size <= start:
        # Without its beginning it is a cut, however little is missing.
        raise not_whole(f"its end was cut off: record {head.link.seq} was written")
    fragment = os.pread(descriptor, size - start, start)
    return End(Link(line.seq - 1, line.prev), start, fragment, head.line)


def _behind_head(descriptor: int, head: Head, size: int, key: bytes) -> End:
    """The end where the file is at least as long as was noted."""
    if os.pread(descriptor, len(head.line), head.end - len(head.line)) != head.line:
        raise not_whole("its last line has been changed")
    last, at = head.link, head.end
    if size == at:
        return End(last, at)
    with os.fdopen(os.dup(descriptor), "rb") as stream:
        for raw in lines_forward(stream, at, size):
            if not raw.endswith(b"\n"):
                return End(last, at, raw)
            line = check_line(raw, key)
            if line is None or line.seq != last.seq + 1 or line.prev != last.digest:
                raise not_whole("something else than pmagent wrote at its end")
            last, at = line.link, at + len(raw)
    return End(last, at)
