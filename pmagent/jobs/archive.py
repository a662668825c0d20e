"""The garden as a job without a model may see it: inside the walls, each file as it is now.

What was read is remembered, so that the session knows what it has seen.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pmagent.errors import AccessError, IndexFaultError, ReadError, UsageError
from pmagent.index.engine import Engine
from pmagent.index.reader import IndexReader
from pmagent.ingest.dates import Calendar, date_of
from pmagent.ingest.passages import locate, speaker_at, split_passages
from pmagent.permissions.walls import Walls
from pmagent.types import (
    Abstention,
    Answer,
    Citation,
    Document,
    Found,
    Locator,
    Map,
    Parsed,
    Passage,
    Query,
)

_NUMBERED = re.compile(
    r"(?i)\b(?P<kind>ep|episode|nr|no|call|interview)[ ._#-]*0*(?P<number>\d+)\b"
)
_SHOWN = 5
NO_INDEX_IDF = 5.0
"""Of every word, where there is no archive to count in."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """What an archive is made of."""

    walls: Walls
    parse: Callable[[bytes, str], Parsed]
    engine: Callable[[], Engine]
    """Raises IndexFaultError where nothing is indexed yet."""
    search: Callable[[Query], Found]
    answer: Callable[[Found], Answer | Abstention]
    where: Callable[[Found], Map | Abstention]
    today: Callable[[], date]
    limit_bytes: int


@dataclass(kw_only=True)
class GardenArchive:
    """One job's view of the garden."""

    sources: Sources
    read_paths: list[str] = field(default_factory=list[str])
    """Every document that came in, by reading or by searching."""
    _cited: dict[str, Citation] = field(default_factory=dict[str, Citation])

    @property
    def today(self) -> date:
        """The day it is for the person."""
        return self.sources.today()

    def paths(self) -> Sequence[str]:
        """Every indexed document, sorted."""
        return self.sources.engine().reader().paths

    def resolve(self, name: str) -> str:
        """The one document meant; a file that is there needs no index.

        Raises:
            UsageError: none or several fit.
            IndexFaultError: no file is called so, and nothing is indexed yet.
        """
        wanted = name.strip().removeprefix("@").removeprefix("./")
        if wanted and self.has(wanted):
            return wanted
        return resolve(name, self.paths())

    def has(self, path: str) -> bool:
        """Whether a document of exactly this path may be read, indexed or not."""
        try:
            entry = self.sources.walls.entry(path)
        except (AccessError, ReadError):
            return False
        # What is hidden is not indexed, and is no document.
        is_hidden = any(part.startswith(".") for part in path.split("/"))
        return entry is not None and entry.kind == "file" and not is_hidden

    def document(self, path: str) -> Document:
        """One document, parsed now; one that is not indexed is dated by its name or its file."""
        data, entry = self.sources.walls.read(path, limit=self.sources.limit_bytes)
        self._note(path)
        parsed = self._parse(data, path)
        cited = self._cite(path) or self._cite_new(path, parsed, entry.mtime_ns)
        return Document(
            path=path,
            title=cited.title,
            date=cited.date,
            date_source=cited.date_source,
            digest=hashlib.sha256(data).hexdigest(),
            parsed=parsed,
        )

    def _parse(self, data: bytes, path: str) -> Parsed:
        try:
            return self.sources.parse(data, path)
        except ReadError as exc:
            # A parser knows what is wrong with the bytes, not whose they are.
            raise type(exc)(f'cannot read "{path}": {exc.message}', exc.hint) from exc

    def _cite(self, path: str) -> Citation | None:
        if path in self._cited:
            return self._cited[path]
        try:
            return self.sources.engine().reader().document(path)
        except (AccessError, IndexFaultError):
            return None

    def _cite_new(self, path: str, parsed: Parsed, mtime_ns: int) -> Citation:
        day, source = date_of(path, parsed.date, Calendar(), mtime_ns)
        title = parsed.title or path.rpartition("/")[2].rpartition(".")[0] or path
        whole = Locator(first_line=1, last_line=1)
        self._cited[path] = Citation(
            path=path, locator=whole, title=title, date=day, date_source=source
        )
        return self._cited[path]

    def passages(self, path: str) -> Sequence[Passage]:
        """The document cut into passages, in order."""
        return split_passages(path, self.document(path).parsed.blocks)

    def citation(self, passage: Passage, start: int = 0, end: int | None = None) -> Citation:
        """Where a span of a passage's text stands."""
        cited = self._cite(passage.path)
        if cited is None:
            document = self.document(passage.path)
            cited = self._cite_new(passage.path, document.parsed, 0)
        last = len(passage.text) if end is None else end
        is_whole = start == 0 and end is None
        return Citation(
            path=passage.path,
            locator=passage.locator if is_whole else locate(passage, start, last),
            title=cited.title,
            date=cited.date,
            date_source=cited.date_source,
            speaker=speaker_at(passage, start),
        )

    def search(self, query: Query) -> Found:
        """The passages that answer best."""
        found = self.sources.search(query)
        for hit in found.hits:
            self._note(hit.passage.path)
        return found

    def answer(self, found: Found) -> Answer | Abstention:
        """Verbatim sentences that answer."""
        return self.sources.answer(found)

    def where(self, found: Found) -> Map | Abstention:
        """The hits as a map."""
        return self.sources.where(found)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """Unit vectors; None where no embedder is at hand."""
        encoder = self._engine.encoder if self._engine is not None else None
        return encoder.encode(texts) if encoder is not None else None

    def idf(self, word: str) -> float:
        """How rare a word is; of several stems the rarest counts. 5 without an index."""
        if self._reader is None:
            return NO_INDEX_IDF
        reader = self._reader
        return max((reader.idf(stem) for stem in reader.stems(word)), default=0.0)

    def saying(self, phrase: str) -> Sequence[str]:
        """Paths of the documents in which these words stand side by side; none without index."""
        if self._reader is None or not phrase.strip():
            return ()
        return self._reader.paths_of(self._reader.having(phrase))

    def speakers(self) -> Sequence[str]:
        """Everyone who speaks in the archive, most frequent first; nobody without index."""
        return self._reader.speakers if self._reader is not None else ()

    @cached_property
    def _engine(self) -> Engine | None:
        try:
            return self.sources.engine()
        except IndexFaultError:
            return None

    @cached_property
    def _reader(self) -> IndexReader | None:
        # One state of the index for the whole of a job.
        return self._engine.reader() if self._engine is not None else None

    def _note(self, path: str) -> None:
        if path not in self.read_paths:
            self.read_paths.append(path)


def resolve(name: str, paths: Sequence[str]) -> str:
    """The one path that a person means by a path, its end, a part of its name, or `episode 41`.

    Raises:
        UsageError: none or several fit; the hint names the nearest.
    """
    wanted = name.strip().removeprefix("@").removeprefix("./").split("#")[0]
    if wanted in paths:
        return wanted
    folded = wanted.casefold()
    for fits in (_by_end, _by_part, _by_number, _by_words):
        near = [path for path in paths if folded and fits(path.casefold(), folded)]
        if len(near) == 1:
            return near[0]
        if near:
            listed = ", ".join(f'"{path}"' for path in near[:_SHOWN])
            raise UsageError(f'"{name}" fits {len(near)} documents', f"name one: {listed}")
    close = get_close_matches(folded, [path.casefold() for path in paths], n=3, cutoff=0.4)
    listed = ", ".join(f'"{path}"' for path in paths if path.casefold() in close)
    raise UsageError(
        f'there is no document "{name}" in this garden',
        f"the nearest: {listed}" if listed else '"pmagent status --all" lists what there is',
    )


def _by_end(path: str, wanted: str) -> bool:
    return path.endswith(f"/{wanted}") or path.rpartition(".")[0].endswith(f"/{wanted}")


def _by_part(path: str, wanted: str) -> bool:
    name = path.rpartition("/")[2]
    at = name.find(wanted)
    # "ep-1" is no part of "ep-100".
    end = at + len(wanted)
    runs_on = wanted[-1].isdigit() and end < len(name) and name[end].isdigit()
    return at >= 0 and not runs_on


def _by_number(path: str, wanted: str) -> bool:
    asked = _NUMBERED.search(wanted)
    if asked is None:
        return False
    number = asked["number"]
    kind = "ep" if asked["kind"].startswith("ep") else asked["kind"]
    return bool(re.search(rf"(?<![a-z]){kind}[a-z]*[ ._#-]*0*{number}(?!\d)", path))


def _by_words(path: str, wanted: str) -> bool:
    words = re.findall(r"[^\W_]+", wanted)
    name = set(re.findall(r"[^\W_]+", path.rpartition("/")[2]))
    return bool(words) and all(word in name for word in words)
