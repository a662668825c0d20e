"""One index run from the files to the vectors, under the garden's lock.

Stages in order: words (all of the garden searchable in seconds), model (once per machine), static
vectors (where many passages wait for the transformer), meaning, and Chroma. Every stage takes up
where the last run, however it ended, left off.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pmagent.config import Settings
from pmagent.errors import EmbedderError, IndexFaultError
from pmagent.index.embed import ensure_exported, load_embedder
from pmagent.index.layout import LEDGER, LOCK, SNAPSHOT, WORDS, forget
from pmagent.index.ledger import Ledger
from pmagent.index.meaning_sync import MeaningSync
from pmagent.index.progress import Pace, Report
from pmagent.index.snapshot import save_arrays
from pmagent.index.static import load_static
from pmagent.index.sync import ALL, Stop, Sync
from pmagent.index.watcher import Changes, watch
from pmagent.index.word_sync import WordSync
from pmagent.ingest.history import first_commits
from pmagent.paths import make_private_dir
from pmagent.permissions.walls import Denies, Walls, nothing_denied
from pmagent.store import WriterLock
from pmagent.types import IndexReport, Progress

IDLE_S = 0.5
WORTH_SENDING = 500
"""While files are watched, fewer new vectors than this wait for the next run to reach Chroma."""
UNCONFINED = "formats of others are read without walls around the reader: this system has none"


@dataclass(kw_only=True)
class Indexer:
    """The one writer of a garden's index."""

    root: Path
    data_dir: Path
    cache: Path
    settings: Settings
    denies: Denies = nothing_denied
    """What rules keep from being read: it is left out, and taken out where it was in."""
    notes: list[str] = field(default_factory=list[str])
    """What this run could not do, one sentence each."""

    def run(
        self, report: Report | None, *, meaning: bool = True, stop: Stop = lambda: False
    ) -> IndexReport:
        """Bring everything up to date once.

        Raises:
            LockedError: another process is indexing.
            StorageError: the disk is full; what was done is kept.
        """
        with self._opened(report) as parts:
            return self._once(parts, meaning=meaning, stop=stop)

    def keep_fresh(
        self, report: Report | None, stop: threading.Event, *, meaning: bool = True
    ) -> None:
        """Follow changes until `stop` is set.

        A change is searchable by words within a second; a long run of embedding waits for it.
        """
        with self._opened(report) as parts, watch(self.root) as changes:
            if changes.is_blind:
                self.notes.append("the system gives no file events; the garden is looked at often")
            parts.is_embedded = not meaning
            parts.sync.run(ALL, stop=stop.is_set)
            _say_ready(report)
            while not stop.is_set():
                if self._follow(parts, changes, stop, meaning=meaning):
                    _say_ready(report)

    def _follow(
        self, parts: _Parts, changes: Changes, stop: threading.Event, *, meaning: bool
    ) -> bool:
        """Act on what changed, or go on with what was put off; whether there was anything."""
        paths = changes.take(0 if not parts.is_embedded else IDLE_S)
        done = parts.sync.run(paths, stop=stop.is_set) if paths != set() else IndexReport()
        has_changed = bool(done.new or done.changed or done.removed)
        is_behind = meaning and (has_changed or not parts.is_embedded)
        if is_behind:
            self._embed(
                parts,
                stop=lambda: stop.is_set() or changes.are_there(),
                send_from=WORTH_SENDING,
            )
        return has_changed or (is_behind and parts.is_embedded)

    def _once(self, parts: _Parts, *, meaning: bool, stop: Stop) -> IndexReport:
        began = time.monotonic()
        done = parts.sync.run(ALL, stop=stop)
        if not parts.sync.parser.is_confined and UNCONFINED not in self.notes:
            self.notes.append(UNCONFINED)
        embedded = self._embed(parts, stop=stop) if meaning and not stop() else 0
        return replace(done, embedded=embedded, elapsed_s=time.monotonic() - began)

    def _embed(self, parts: _Parts, *, stop: Stop, send_from: int = 0) -> int:
        """Texts embedded. Without a model the garden stays searchable by words, and says so."""
        try:
            if parts.meaning is None:
                ensure_exported(self.settings.model, self.cache, _export_progress(parts.pace))
                parts.meaning = MeaningSync(
                    ledger=parts.ledger,
                    data_dir=self.data_dir,
                    embedder=load_embedder(self.settings.model, self.cache),
                    static=load_static(self.settings.model, self.cache),
                    pace=parts.pace,
                    notes=self.notes,
                )
            done = parts.meaning.run(stop, send_from=send_from)
            parts.is_embedded = not stop()
        except EmbedderError as exc:
            self.notes.append(f"search by meaning is off: {exc.message}")
            parts.is_embedded = True
            return 0
        return done

    @contextmanager
    def _opened(self, report: Report | None) -> Generator[_Parts]:
        make_private_dir(self.data_dir)
        lock = WriterLock(self.data_dir / LOCK)
        lock.take()
        try:
            with Walls(self.root, denies=self.denies) as files:
                files.sweep(time.time())
                ledger = self._open_ledger()
                words = WordSync(ledger, self.data_dir / WORDS)
                pace = Pace(report, time.monotonic)
                sync = Sync(
                    files=files,
                    settings=self.settings,
                    ledger=ledger,
                    words=words,
                    history=lambda: first_commits(self.root),
                    pace=pace,
                )
                parts = _Parts(ledger=ledger, sync=sync, pace=pace)
                try:
                    yield parts
                finally:
                    if parts.meaning is not None:
                        parts.meaning.close()
                    words.close()
                    save_arrays(ledger, self.data_dir / SNAPSHOT)
                    ledger.close()
        finally:
            lock.free()

    def _open_ledger(self) -> Ledger:
        """The ledger; a damaged one is put aside and made anew from the files."""
        path = self.data_dir / LEDGER
        try:
            ledger = Ledger(path)
            if ledger.rows("PRAGMA quick_check(1)")[0][0] != "ok":
                ledger.close()
                raise IndexFaultError("the ledger does not pass its check")
        except IndexFaultError as exc:
            if "newer" in exc.message:
                raise
            forget(self.data_dir, aside=True)
            self.notes.append(f"the index was damaged and is made anew ({exc.message})")
            return Ledger(path)
        return ledger


@dataclass(kw_only=True)
class _Parts:
    """What a run has open."""

    ledger: Ledger
    sync: Sync
    pace: Pace
    meaning: MeaningSync | None = None
    is_embedded: bool = False


def _say_ready(report: Report | None) -> None:
    if report is not None:
        report(Progress(stage="ready", done=0, total=0, unit="files"))


def _export_progress(pace: Pace) -> Callable[[str], None]:
    return lambda step: pace.say("model", 0, 0, step)
