"""One garden, open: the public API, and the only place that wires the parts together.

Reading never waits for the indexer and never needs it to be there. The heavy parts (tantivy, numpy,
the embedder) are loaded when a question first needs them.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from pmagent.agent.moment import utc_now
from pmagent.agent.rights import Rights
from pmagent.config import Settings, read_settings
from pmagent.errors import IndexFaultError
from pmagent.guarded import Guarded
from pmagent.index.engine import Engine
from pmagent.index.layout import LEDGER, forget, is_running
from pmagent.index.ledger import Ledger
from pmagent.index.progress import Report
from pmagent.index.survey import survey
from pmagent.paths import Homes, find_homes, find_root, garden_data_dir
from pmagent.permissions.layers import MANAGED
from pmagent.permissions.walls import Walls
from pmagent.retrieval.prior_art import draw_map
from pmagent.retrieval.search import find, refine
from pmagent.retrieval.suggest import suggest
from pmagent.sandbox.indexer_child import IndexerChild
from pmagent.types import (
    Abstention,
    Answer,
    Coverage,
    Found,
    IndexReport,
    Map,
    Progress,
    Query,
    Reading,
    Status,
)

if TYPE_CHECKING:
    from pmagent.agency.grounds import AgencyGrounds
    from pmagent.agent.grounds import Wiring
    from pmagent.gatehouse import Gatehouse
    from pmagent.index.indexer import Indexer
    from pmagent.index.parse_outside import OutsideParser
    from pmagent.jobs.grounds import JobGrounds
    from pmagent.reading import SourceFiles


class Garden(Guarded):
    """One person's archive. Calls block; those that search may be made from several threads."""

    def __init__(
        self, root: Path, homes: Homes, *, today: Callable[[], date], wiring: Wiring | None = None
    ) -> None:
        super().__init__(self._build_gatehouse, self._agency_grounds, self._job_grounds)
        self.root = root.absolute()
        self.settings: Settings = read_settings(self.root, homes)
        self.data_dir = garden_data_dir(self.root, homes)
        self._homes = homes
        self._today = today
        self._wiring = wiring
        self._clock = (wiring.now if wiring is not None else None) or utc_now
        self._files = Walls(
            self.root,
            others=self.rights.book.additional_directories,
            denies=self.rights.denial,
        )
        self._engine: Engine | None = None
        self._opening = threading.RLock()
        self._child: IndexerChild | None = None
        self._notes: list[str] = []

    @classmethod
    def open(cls, root: Path, *, home: Path | None = None, wiring: Wiring | None = None) -> Garden:
        """The garden whose folder is `root`. `wiring` is for tests.

        Raises:
            GardenError: there is none, or its settings have a mistake.
        """
        return cls(find_root(root), find_homes(home), today=_today, wiring=wiring)

    @classmethod
    def find(cls, start: str, *, home: Path | None = None) -> Garden:
        """The garden that the folder `start` is in."""
        return cls.open(Path(start), home=home)

    @classmethod
    def create(cls, root: Path, *, home: Path | None = None, sample: bool = False) -> Garden:
        """Make `root` a garden, with the sample's files where asked, and open it.

        A garden that is one already stays as it is.

        Raises:
            GardenError: the folder is missing, cannot be written or, for a sample, is not empty.
        """
        # Late: it reads CSV headers, whose decoder no question needs.
        from pmagent.planting import plant  # noqa: PLC0415

        plant(root.expanduser(), sample=sample)
        return cls.open(root, home=home)

    def __enter__(self) -> Garden:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release everything, and end the indexer this garden started."""
        self.end_guarded()
        if self._child is not None:
            self._child.end()
        self._close_engine()
        if "_parser" in self.__dict__:
            self._parser.close()
        self._files.close()

    @cached_property
    def rights(self) -> Rights:
        """What is allowed here now."""
        managed = self._wiring.managed if self._wiring is not None else None
        return Rights(
            root=self.root,
            homes=self._homes,
            data_dir=self.data_dir,
            now=utc_now,
            managed=MANAGED if managed is None else managed,
        )

    def _build_gatehouse(self) -> Gatehouse:
        # Late: tools, hooks, the journal and the network are not needed to answer.
        from pmagent.agent.grounds import Grounds, Wiring  # noqa: PLC0415
        from pmagent.gatehouse import Gatehouse  # noqa: PLC0415

        grounds = Grounds(
            root=self.root,
            data_dir=self.data_dir,
            homes=self._homes,
            settings=self.settings,
            rights=self.rights,
            walls=self._files,
            search=self.search,
            where=lambda query: self.where(self.search(query)),
            parse=lambda data, path: self._parser.parse(data, path),
        )
        return Gatehouse(grounds, self._wiring or Wiring())

    def _job_grounds(self) -> JobGrounds:
        # Late: kits and checks are not needed to answer.
        from pmagent.jobs.grounds import JobGrounds  # noqa: PLC0415

        return JobGrounds(
            garden=self,
            walls=self._files,
            parse=lambda data, path: self._parser.parse(data, path),
            engine=self._open_engine,
            data_dir=self.data_dir,
            today=self._today,
            now=utc_now,
            limit_bytes=self.settings.max_file_mb * 1_000_000,
            week=self.settings.week,
        )

    def _agency_grounds(self) -> AgencyGrounds:
        # Late: as in `converse`.
        from pmagent.agency.grounds import AgencyGrounds  # noqa: PLC0415

        return AgencyGrounds(
            garden=self,
            gatehouse=self.gatehouse,
            walls=self._files,
            data_dir=self.data_dir,
            homes=self._homes,
            settings=self.settings,
            environment=os.environ,
            paths=lambda: self._open_engine().reader().paths,
            archive=lambda: self.jobs.archive(),
            jobs=lambda model: self.jobs.worded_by(model),
            runs=lambda: self.runs,
            parse=lambda data, path: self._parser.parse(data, path),
            today=self._today,
            limit_bytes=self.settings.max_file_mb * 1_000_000,
            scripted=self._wiring.model if self._wiring is not None else None,
        )

    def index(
        self,
        *,
        on_progress: Report | None = None,
        meaning: bool = True,
        stop: Callable[[], bool] = lambda: False,
    ) -> IndexReport:
        """Read what changed and make it searchable, by words first, then by meaning.

        Raises:
            LockedError: another process is indexing this garden.
            StorageError: the disk is full; what was done is kept.
        """
        indexer = self._indexer()
        try:
            return indexer.run(on_progress, meaning=meaning, stop=stop)
        finally:
            self._notes = indexer.notes

    def watch(
        self, *, on_progress: Report | None, stop: threading.Event, meaning: bool = True
    ) -> None:
        """Keep the index fresh until `stop` is set."""
        self._indexer().keep_fresh(on_progress, stop, meaning=meaning)

    def forget_index(self) -> None:
        """Remove everything that can be made again from the files."""
        self._close_engine()
        forget(self.data_dir)

    def start_indexer(self) -> None:
        """Keep the index fresh from a child process of low priority, where none runs yet."""
        if self._child is None or not self._child.is_alive():
            self._child = IndexerChild(self.root)

    def indexer_progress(self) -> Progress | None:
        """The indexer's latest word; None while none runs."""
        return self._child.latest() if self._child is not None else None

    def status(self) -> Status:
        """Every file, and what share of the garden can be searched."""
        ledger = self._ledger()
        files = survey(self._files, ledger, self.settings.exclude)
        coverage = Coverage(documents=0, passages=0, with_static=0, with_meaning=0)
        notes: list[str] = []
        embedder = self.settings.model
        if ledger is not None:
            ledger.close()
            with suppress(IndexFaultError):
                engine = self._open_engine()
                coverage = engine.reader().coverage
                notes = engine.notes
        else:
            notes.append('nothing is indexed yet; make it searchable with "pmagent index"')
        return Status(
            root=str(self.root),
            files=files,
            coverage=coverage,
            is_being_indexed=is_running(self.data_dir),
            embedder=embedder,
            notes=tuple(notes),
        )

    def search(self, query: Query) -> Found:
        """The passages that answer `query` best, at once.

        Raises:
            IndexFaultError: nothing is indexed yet, or the index is damaged.
        """
        began = time.perf_counter()
        engine = self._open_engine()
        found = engine.asked(
            lambda reader: find(
                reader,
                query,
                encoder=engine.encoder,
                static=engine.sketcher,
                today=self._today(),
            )
        )
        return _timed(found, began)

    def refine(self, found: Found) -> Found:
        """The same search looked at closely: word by word, in up to a second."""
        began = time.perf_counter()
        engine = self._open_engine()
        encoder = engine.encoder
        if encoder is None or not found.hits:
            return found
        closer = engine.asked(
            lambda reader: refine(
                reader, found, encoder, static=engine.sketcher, today=self._today()
            )
        )
        return _timed(closer, began, before=found.elapsed_ms)

    def where(self, found: Found) -> Map | Abstention:
        """The hits as a map of themes and time, or an abstention."""
        engine = self._open_engine()
        # Naming themes by meaning costs a second; the first answer does without.
        encoder = engine.encoder if found.is_refined else None
        encode = encoder.encode if encoder else None
        return engine.asked(lambda reader: draw_map(found, reader, encode=encode))

    def ask(self, found: Found) -> Answer | Abstention:
        """Sentences that answer, each verified to be in its file now; or an abstention."""
        # Late: a search alone verifies nothing, and needs no parser.
        from pmagent.retrieval.answer import compose_answer  # noqa: PLC0415
        from pmagent.retrieval.canonical import read_canonical  # noqa: PLC0415

        engine = self._open_engine()
        encode = engine.encoder.encode if engine.encoder else None
        sources = self._sources
        canonical = read_canonical(sources.text("AGENTS.md"))
        return engine.asked(
            lambda reader: compose_answer(
                found, reader, encode=encode, read=sources.blocks, canonical=canonical
            )
        )

    def read(self, place: str, *, context: int = 5) -> Reading:
        """The lines around a place such as `notes/pricing.md:42` or `ep-041.vtt#12:44`.

        Raises:
            AccessError: it is not a file that is read in this garden.
            UsageError: the place is not understood.
        """
        # Late: it reads files, and a search does not.
        from pmagent.reading import read_place  # noqa: PLC0415

        engine = self._open_engine()
        return read_place(place, engine.ledger, engine.reader().document, self._sources, context)

    def suggestions(self) -> Sequence[str]:
        """Up to three questions this garden can answer, from what is said often in it."""
        engine = self._open_engine()
        return engine.asked(suggest)

    def notes(self) -> Sequence[str]:
        """What is degraded now, one sentence each; empty when all is well."""
        return (*self._notes, *(self._engine.notes if self._engine else ()))

    def _indexer(self) -> Indexer:
        # Late: git, watchdog and the parsers are not needed to answer.
        from pmagent.index.indexer import Indexer  # noqa: PLC0415

        return Indexer(
            root=self.root,
            data_dir=self.data_dir,
            cache=self._homes.cache,
            settings=self.settings,
            denies=self.rights.denial,
        )

    def _open_engine(self) -> Engine:
        # An agent's reads come from several threads.
        with self._opening:
            self.rights.refresh()
            self.rights.check_open()
            if self._engine is None:
                self._engine = Engine(self.data_dir, self._homes.cache, self.settings)
            self._engine.hide(self.rights.hiding, self._hidden if self.rights.hides_files else None)
            return self._engine

    def _hidden(self, path: str) -> bool:
        return self.rights.denial("read", path) is not None

    def _close_engine(self) -> None:
        if self._engine is not None:
            self._engine.close()
            self._engine = None

    def _ledger(self) -> Ledger | None:
        path = self.data_dir / LEDGER
        return Ledger(path, read_only=True) if path.exists() else None

    @cached_property
    def _parser(self) -> OutsideParser:
        # Late: the parsers are needed only where a file is read or an answer verified.
        from pmagent.index.parse_outside import OutsideParser  # noqa: PLC0415

        return OutsideParser()

    @cached_property
    def _sources(self) -> SourceFiles:
        from pmagent.reading import SourceFiles  # noqa: PLC0415 - as in `read`

        limit = self.settings.max_file_mb * 1_000_000
        # Late too: the parser is made when a file of a stranger's format is first read.
        return SourceFiles(
            self._files, lambda data, path: self._parser.parse(data, path), limit_bytes=limit
        )


def _today() -> date:
    return datetime.now().astimezone().date()


def _timed(found: Found, began: float, *, before: float = 0.0) -> Found:
    elapsed = (time.perf_counter() - began) * 1000
    return replace(found, elapsed_ms=before + elapsed)
