"""Bring the ledger and the word index up to what lies in the garden.

Scan, read what changed, cut it into passages, add its words: after this stage everything can be
searched by words. Vectors come afterwards (`index.embedding`). One bad file never stops the rest.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from pmagent.config import Settings
from pmagent.errors import ReadError, SkipError
from pmagent.index.ledger import Known, Ledger
from pmagent.index.parse_outside import OutsideParser
from pmagent.index.progress import Pace
from pmagent.index.word_sync import WordSync
from pmagent.ingest.dates import Calendar, Described, date_of, read_metadata
from pmagent.ingest.decode import decode
from pmagent.ingest.passages import split_passages
from pmagent.ingest.scan import Left, is_reachable, scan, why_left
from pmagent.permissions.walls import Walls
from pmagent.permissions.walls_entries import Entry
from pmagent.types import Document, FileState, IndexReport, Parsed

FIRST_COMMIT_S = 2.0
"""Words become searchable this soon while a run reads; each further wait is twice as long."""
MAX_CHARACTERS = 6_000_000
"""A document is read up to here; a transcript of an hour has 60,000."""
METADATA_BYTES = 20_000_000
ALL = None
"""In place of a set of paths: the whole garden."""

History = Callable[[], Mapping[str, date]]
Stop = Callable[[], bool]


@dataclass(frozen=True)
class _Seen:
    """What a look at the garden found."""

    entries: Sequence[Entry]
    left: Sequence[Left]
    gone: Sequence[str]


@dataclass
class _Tally:
    """Counts of a run, made into a report at its end."""

    new: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    skipped: int = 0
    passages: int = 0
    failed: list[FileState] = field(default_factory=list[FileState])


@dataclass(kw_only=True)
class Sync:
    """One garden's reader of files and filler of the ledger. Needs the writer's lock."""

    files: Walls
    settings: Settings
    ledger: Ledger
    words: WordSync
    history: History
    pace: Pace
    parser: OutsideParser = field(default_factory=OutsideParser)

    def run(
        self, paths: Collection[str] | None = ALL, *, stop: Stop = lambda: False
    ) -> IndexReport:
        """Read what changed: everywhere, or at `paths` alone; stops between two files when asked.

        Raises:
            StorageError: the disk is full or refuses; what was read until then is kept.
        """
        began = time.monotonic()
        tally = _Tally()
        known = self.ledger.known()
        seen = self._look(paths, known)
        self.ledger.remove(seen.gone)
        tally.removed = len(seen.gone)
        self._leave(seen.left, known, tally)
        unread = [entry for entry in seen.entries if not _is_current(entry, known)]
        tally.unchanged = len(seen.entries) - len(unread)
        with self.parser:
            self.parser.prepare(entry.path for entry in unread)
            self.ledger.await_reading(entry.path for entry in unread)
            calendar = self._calendar(is_needed=bool(unread))
            self._read_all(sorted(unread, key=_newest_first), known, calendar, tally, stop)
        self._date_anew(calendar)
        self.words.flush()
        return IndexReport(
            new=tally.new,
            changed=tally.changed,
            removed=tally.removed,
            unchanged=tally.unchanged,
            skipped=tally.skipped,
            failed=tuple(tally.failed),
            passages=tally.passages,
            elapsed_s=time.monotonic() - began,
        )

    def _look(self, paths: Collection[str] | None, known: Mapping[str, Known]) -> _Seen:
        if paths is not None and not self._needs_scan(paths, known):
            return self._look_at(paths)
        entries: list[Entry] = []
        left: list[Left] = []
        for item in scan(self.files, exclude=self.settings.exclude):
            if isinstance(item, Entry):
                entries.append(item)
                self.pace.say("scan", len(entries), 0, "files", item.path)
            else:
                left.append(item)
        there = {item.path for item in (*entries, *left)}
        return _Seen(entries, left, [path for path in known if path not in there])

    def _needs_scan(self, paths: Collection[str], known: Mapping[str, Known]) -> bool:
        """Whether looking at `paths` alone would miss something.

        A folder that came, went or was renamed says nothing of what is in it, and a CSV of dates
        speaks for other files.
        """
        for path in paths:
            entry = self.files.entry(path)
            if path in self.settings.metadata or (entry is not None and entry.kind == "folder"):
                return True
            if entry is None and path not in known:
                return True
        return False

    def _look_at(self, paths: Collection[str]) -> _Seen:
        entries: list[Entry] = []
        left: list[Left] = []
        gone: list[str] = []
        exclude = self.settings.exclude
        for path in sorted(paths):
            entry = self.files.entry(path)
            if entry is None:
                gone.append(path)
            elif not is_reachable(path, exclude):
                continue
            elif reason := why_left(entry, exclude):
                left.append(Left(path=path, reason=reason))
            else:
                entries.append(entry)
        return _Seen(entries, left, gone)

    def _leave(self, left: Sequence[Left], known: Mapping[str, Known], tally: _Tally) -> None:
        tally.skipped += len(left)
        self.ledger.leave(
            (item.path, "skipped", item.reason)
            for item in left
            if item.path not in known or known[item.path].state != "skipped"
        )

    def _read_all(
        self,
        unread: Sequence[Entry],
        known: Mapping[str, Known],
        calendar: Calendar,
        tally: _Tally,
        stop: Stop,
    ) -> None:
        committed, wait_s = time.monotonic(), FIRST_COMMIT_S
        for number, entry in enumerate(unread):
            if stop():
                break
            self._read_one(entry, known.get(entry.path), calendar, tally)
            self.pace.say("words", number + 1, len(unread), "files", entry.path)
            if time.monotonic() - committed > wait_s:
                self.words.flush()
                committed, wait_s = time.monotonic(), wait_s * 2

    def _read_one(
        self, entry: Entry, before: Known | None, calendar: Calendar, tally: _Tally
    ) -> None:
        read_ns = time.time_ns()
        try:
            data, entry = self.files.read(entry.path, limit=self.settings.max_file_mb * 1_000_000)
            digest = hashlib.sha256(data).hexdigest()
            if before is not None and before.digest == digest and before.state == "indexed":
                self.ledger.touch(entry.path, entry, read_ns)
                tally.unchanged += 1
                return
            parsed = _bounded(self.parser.parse(data, entry.path))
            document = _document(entry, parsed, digest, calendar)
            passages = split_passages(entry.path, parsed.blocks)
            if not passages:
                raise SkipError("it holds no words")
        except SkipError as exc:
            tally.skipped += 1
            self.ledger.refuse(entry.path, "skipped", exc.message, entry, read_ns)
        except ReadError as exc:
            self._fail(entry, exc.message, read_ns, tally)
        except Exception as exc:  # noqa: BLE001 - an outer door: a parser's bug costs one file
            self._fail(entry, f"its parser broke: {type(exc).__name__}: {exc}", read_ns, tally)
        else:
            number, rows = self.ledger.put(document, passages, entry, read_ns)
            self.words.add(number, document.title, rows)
            tally.passages += len(passages)
            if before is not None and before.digest:
                tally.changed += 1
            else:
                tally.new += 1

    def _fail(self, entry: Entry, reason: str, read_ns: int, tally: _Tally) -> None:
        self.ledger.refuse(entry.path, "failed", reason, entry, read_ns)
        tally.failed.append(FileState(path=entry.path, state="failed", reason=reason))

    def _calendar(self, *, is_needed: bool) -> Calendar:
        described: dict[str, Described] = {}
        for path in self.settings.metadata:
            try:
                data, _ = self.files.read(path, limit=METADATA_BYTES)
                text = decode(data).text
            except ReadError:
                continue  # the file is listed with its reason, as every file is
            described.update(read_metadata(text, path.rpartition("/")[0]))
        return Calendar(described=described, committed=self.history() if is_needed else {})

    def _date_anew(self, calendar: Calendar) -> None:
        """Dates and titles of documents whose metadata changed while their text did not."""
        said = sorted(
            (path, str(item.day), item.title) for path, item in calendar.described.items()
        )
        mark = hashlib.sha256(json.dumps(said).encode()).hexdigest()
        if mark == self.ledger.fact("metadata"):
            return
        for path, title, stated, mtime_ns in list(self.ledger.described()):
            day, source = date_of(path, stated, calendar, mtime_ns)
            if source != "modified":
                self.ledger.date_anew(path, _title(path, title, calendar), day, source)
        self.ledger.remember("metadata", mark)


def _is_current(entry: Entry, known: Mapping[str, Known]) -> bool:
    return entry.path in known and known[entry.path].is_current(entry)


def _newest_first(entry: Entry) -> tuple[int, str]:
    return -entry.mtime_ns, entry.path


def _document(entry: Entry, parsed: Parsed, digest: str, calendar: Calendar) -> Document:
    day, source = date_of(entry.path, parsed.date, calendar, entry.mtime_ns)
    return Document(
        path=entry.path,
        title=_title(entry.path, parsed.title, calendar),
        date=day,
        date_source=source,
        digest=digest,
        parsed=parsed,
    )


def _title(path: str, stated: str | None, calendar: Calendar) -> str:
    described = calendar.described.get(path)
    name = path.rpartition("/")[2]
    return stated or (described.title if described else "") or name.rpartition(".")[0] or name


def _bounded(parsed: Parsed) -> Parsed:
    """The document's first `MAX_CHARACTERS`, with a warning where that is not all."""
    left = MAX_CHARACTERS
    for number, block in enumerate(parsed.blocks):
        if len(block.text) > left:
            warning = f"only its first {MAX_CHARACTERS:,} characters are read"
            last = replace(block, text=block.text[:left])
            return replace(
                parsed,
                blocks=(*parsed.blocks[:number], last),
                warnings=(*parsed.warnings, warning),
            )
        left -= len(block.text)
    return parsed
