"""The audit trail: every decision and what came of it, in a file that cannot be altered unseen.

`audit.jsonl` in the garden's data folder, one sealed line a record, each tied to the one before.
Where it ends is noted twice: beside it (`audit.head`) and, for the case that both are put back to
an older state, outside the data folder. What cannot be written here durably is not done: `append`
raises, and the gate stops. A trail that is not whole is not written on either, until a person has
set it aside; only a last line torn by a crash is mended.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from pmagent.agent.trail_check import TrailReport, check_end, check_lines
from pmagent.agent.trail_end import End, Notes, find_end
from pmagent.agent.trail_files import (
    lines_backward,
    lines_forward,
    locked,
    open_for_writing,
    trail_anchor,
    trail_key,
    write_whole,
)
from pmagent.agent.trail_heads import NEW, Head, cannot_write, open_private
from pmagent.agent.trail_lines import (
    NOTHING,
    Kind,
    Link,
    digest_of,
    one_line,
    read_entry,
    utc,
    write_line,
)
from pmagent.errors import TrailError
from pmagent.types.actions import AuditEntry

__all__ = ["Trail", "TrailReport", "trail_anchor", "trail_key"]

TRAIL = "audit.jsonl"
HEAD = "audit.head"
TORN = "audit.torn"
_MOST = {"subject": 4_000, "reason": 2_000, "rule": 1_000}
_MOST_ELSE = 200
_PATH_CHARACTERS = "/._-"


class Trail:
    """One garden's trail. Safe to use from several threads and processes at once."""

    def __init__(
        self,
        folder: Path,
        *,
        key: bytes,
        now: Callable[[], datetime],
        redact: Callable[[str], str],
        anchor: Path | None = None,
    ) -> None:
        """`anchor` is `trail_anchor(…)`; without one an older copy of folder and head passes."""
        self.damaged_lines = 0
        """Lines that the latest `entries` could not read."""
        self._folder = folder
        self._path = folder / TRAIL
        self._key = key
        self._now = now
        self._redact = redact
        self._notes = Notes(folder / HEAD, anchor, key)
        self._turn = threading.Lock()

    def append(  # noqa: PLR0913 - a record has this many fields
        self,
        *,
        kind: Kind,
        call_id: str,
        by: str,
        tool: str,
        verdict: str,
        subject: str,
        reason: str,
        rule: str = "",
        session: str = "",
        checkpoint: str = "",
    ) -> AuditEntry:
        """Write one record; it is on the disk before this returns.

        Texts are redacted, kept on one line and cut where they are very long.

        Raises:
            TrailError: it cannot be written, or the trail is not whole.
        """
        texts = {
            "call_id": call_id, "by": by, "tool": tool, "verdict": verdict, "subject": subject,
            "reason": reason, "rule": rule, "session": session, "checkpoint": checkpoint,
        }  # fmt: skip
        shown = {
            name: one_line(self._redact(text), _MOST.get(name, _MOST_ELSE))
            for name, text in texts.items()
        }
        with self._turn, open_for_writing(self._path) as descriptor:
            end = self._mended(descriptor, find_end(descriptor, self._notes, self._key))
            return self._write(descriptor, end, kind, shown)[0]

    def entries(
        self,
        *,
        since: datetime | None = None,
        path: str | None = None,
        agent: str | None = None,
        verdict: str | None = None,
        limit: int | None = None,
    ) -> Sequence[AuditEntry]:
        """The records that match all that is given, the newest last; at most the newest `limit`.

        `path` matches a record whose subject names that path or something below it, `agent` its
        `by`, with all of its sub-agents. Nothing is said of seals here; `verify` does that. A
        damaged line is left out and counted in `damaged_lines`.
        """
        self.damaged_lines = 0
        found: list[AuditEntry] = []
        try:
            descriptor = open_private(self._path, 0)
        except (FileNotFoundError, TrailError):
            return ()
        try:
            for raw in lines_backward(descriptor):
                if limit is not None and len(found) >= limit:
                    break
                entry = read_entry(raw)
                if entry is None:
                    self.damaged_lines += 1
                elif _matches(entry, since, path, agent, verdict):
                    found.append(entry)
        except OSError:
            self.damaged_lines += 1
        finally:
            os.close(descriptor)
        return tuple(reversed(found))

    def verify(self) -> TrailReport:
        """Whether the trail is whole, from its first line to its noted end.

        Writes nothing. Takes about 5 µs a record.

        Raises:
            TrailError: it cannot be read at all, or another process holds it for too long.
        """
        try:
            descriptor = open_private(self._path, 0)
        except FileNotFoundError:
            ends = self._notes.read()
            return ends if isinstance(ends, TrailReport) else check_end(NOTHING, b"", ends)
        with os.fdopen(descriptor, "rb") as stream:
            # Held only while the ends are noted: the trail only grows, so its beginning stays.
            with self._turn, locked(descriptor):
                size = os.fstat(descriptor).st_size
                ends = self._notes.read()
            if isinstance(ends, TrailReport):
                return ends
            return check_lines(lines_forward(stream, 0, size), self._key, ends)

    def set_aside(self, *, by: str, reason: str) -> Path:
        """Move a trail that is not whole out of the way and begin a new one that says so.

        Only for a person. The old one is kept beside the new.

        Raises:
            TrailError: the disk refuses.
        """
        report = self.verify()
        stamp = utc(self._now()).strftime("%Y%m%dT%H%M%S")
        aside = self._folder / f"audit-{stamp}-{secrets.token_hex(2)}.jsonl"
        with suppress(FileNotFoundError):
            descriptor = open_private(self._path, 0)
            try:
                with self._turn, locked(descriptor):
                    self._path.replace(aside)
                    self._notes.remove()
            finally:
                os.close(descriptor)
        self._notes.remove()
        self.append(
            kind="trust", call_id="", by=by, tool="Audit", verdict="done", subject=aside.name,
            reason=f"{reason}; the trail before this one was set aside: {report.says}",
        )  # fmt: skip
        return aside

    # -- writing -----------------------------------------------------------------------------------

    def _write(
        self, descriptor: int, end: End, kind: Kind, texts: dict[str, str]
    ) -> tuple[AuditEntry, End]:
        entry = AuditEntry(seq=end.link.seq + 1, at=utc(self._now()), kind=kind, **texts)
        line = write_line(entry, end.link, self._key)
        try:
            write_whole(descriptor, line, end.size)
            os.fdatasync(descriptor)
        except OSError as exc:
            with suppress(OSError):
                os.ftruncate(descriptor, end.size)
            raise cannot_write(self._path, exc) from exc
        written = End(Link(entry.seq, digest_of(line)), end.size + len(line))
        # The line first, then the notes of it: a crash between leaves them behind, never ahead.
        self._notes.write(Head(written.link, written.size, line))
        return entry, written

    def _mended(self, descriptor: int, end: End) -> End:
        """The end after what a crash left there was moved away, and said in a record."""
        if not end.fragment:
            return end
        try:
            self._keep_torn(end.fragment)
            os.ftruncate(descriptor, end.size)
            if end.lost:
                write_whole(descriptor, end.lost, end.size)
            os.fdatasync(descriptor)
        except OSError as exc:
            raise cannot_write(self._path, exc) from exc
        said = f"{len(end.fragment)} bytes of a torn line were moved to {TORN}"
        if end.lost:
            end = End(Link(end.link.seq + 1, digest_of(end.lost)), end.size + len(end.lost))
            said += f", and record {end.link.seq} was put back whole"
        texts = {
            "call_id": "", "by": "trail", "tool": "Audit", "verdict": "done", "subject": TRAIL,
            "reason": said,
        }  # fmt: skip
        return self._write(descriptor, End(end.link, end.size), "outcome", texts)[1]

    def _keep_torn(self, fragment: bytes) -> None:
        path = self._folder / TORN
        try:
            descriptor = open_private(path, NEW)
        except FileExistsError:
            descriptor = open_private(path, os.O_APPEND)
        try:
            write_whole(descriptor, fragment + b"\n", os.fstat(descriptor).st_size)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _matches(
    entry: AuditEntry,
    since: datetime | None,
    path: str | None,
    agent: str | None,
    verdict: str | None,
) -> bool:
    return (
        (since is None or entry.at >= since)
        and (agent is None or entry.by == agent or entry.by.startswith(f"{agent}/"))
        and (verdict is None or entry.verdict == verdict)
        and (path is None or _names(entry.subject, path))
    )


def _names(subject: str, path: str) -> bool:
    """Whether `path`, or something below it, stands in `subject`: alone or as a word of a command.

    `notes/a.md` stands neither in `old/notes/a.md` nor in `notes/a.md.bak`.
    """
    wanted = path.rstrip("/")
    at = subject.find(wanted) if wanted else -1
    while at >= 0:
        before, after = subject[at - 1 : at], subject[at + len(wanted) :][:1]
        if not _is_path_character(before) and (after == "/" or not _is_path_character(after)):
            return True
        at = subject.find(wanted, at + 1)
    return False


def _is_path_character(character: str) -> bool:
    return bool(character) and (character.isalnum() or character in _PATH_CHARACTERS)
