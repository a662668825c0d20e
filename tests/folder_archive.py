"""A folder as a job sees it: real files, parsed and cut as a garden does, searched by one."""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pmagent.errors import ReadError, UsageError
from pmagent.garden import Garden
from pmagent.ingest.dates import Calendar, date_of
from pmagent.ingest.parse import parse
from pmagent.ingest.passages import locate, speaker_at, split_passages
from pmagent.nlp.words import tokens
from pmagent.types import Abstention, Answer, Citation, Document, Found, Map, Passage, Query

TODAY = date(2026, 2, 2)


class FolderArchive:
    """An indexed garden, and its files read anew."""

    def __init__(
        self,
        root: Path,
        garden: Garden | None = None,
        encode: Callable[[Sequence[str]], NDArray[np.float32]] | None = None,
    ) -> None:
        self.root = root
        self.garden = garden
        self.encode = encode
        self._texts: dict[str, str] = {}
        self._documents: dict[str, Document] = {}

    @property
    def today(self) -> date:
        return TODAY

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        if self.garden is not None:
            files = self.garden.status().files
            return tuple(sorted(one.path for one in files if one.state == "indexed"))
        found = (one for one in self.root.rglob("*") if one.is_file() and one.suffix != ".json")
        return tuple(sorted(one.relative_to(self.root).as_posix() for one in found))

    def paths(self) -> Sequence[str]:
        return self._paths

    def resolve(self, name: str) -> str:
        fits = [path for path in self._paths if path == name] or [
            path for path in self._paths if name.lower() in path.lower()
        ]
        if len(fits) != 1:
            raise UsageError(f'{len(fits)} files fit "{name}"', ", ".join(fits[:3]))
        return fits[0]

    def document(self, path: str) -> Document:
        if path not in self._documents:
            self._documents[path] = self._read(path)
        return self._documents[path]

    def _read(self, path: str) -> Document:
        file = self.root / path
        if not file.is_file():
            raise ReadError(f'there is no file "{path}"')
        data = file.read_bytes()
        parsed = parse(data, path)
        day, source = date_of(path, parsed.date, Calendar(), int(file.stat().st_mtime_ns))
        if source == "modified":
            day = datetime(2024, 1, 1, tzinfo=UTC).date()
        return Document(
            path=path,
            title=parsed.title or Path(path).stem,
            date=day,
            date_source=source,
            digest=hashlib.sha256(data).hexdigest(),
            parsed=parsed,
        )

    def passages(self, path: str) -> Sequence[Passage]:
        return split_passages(path, self.document(path).parsed.blocks)

    def citation(self, passage: Passage, start: int = 0, end: int | None = None) -> Citation:
        document = self.document(passage.path)
        stop = len(passage.text) if end is None else end
        return Citation(
            path=passage.path,
            locator=locate(passage, start, stop),
            title=document.title,
            date=document.date,
            date_source=document.date_source,
            speaker=speaker_at(passage, start),
        )

    def search(self, query: Query) -> Found:
        return self._open().search(query)

    def answer(self, found: Found) -> Answer | Abstention:
        return self._open().ask(found)

    def where(self, found: Found) -> Map | Abstention:
        return self._open().where(found)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        return self.encode(texts) if self.encode is not None else None

    def idf(self, word: str) -> float:
        saying = len(self.saying(word))
        return math.log(1 + (len(self._paths) - saying + 0.5) / (saying + 0.5))

    def saying(self, phrase: str) -> Sequence[str]:
        words = re.compile(r"\b" + r"\W+".join(map(re.escape, tokens(phrase))) + r"\b")
        return [path for path in self._paths if words.search(self._text(path))]

    def speakers(self) -> Sequence[str]:
        counts = Counter(
            block.speaker
            for path in self._paths
            for block in self.document(path).parsed.blocks
            if block.speaker
        )
        return [name for name, _ in counts.most_common()]

    def _text(self, path: str) -> str:
        if path not in self._texts:
            blocks = self.document(path).parsed.blocks
            self._texts[path] = " ".join(block.text for block in blocks).lower()
        return self._texts[path]

    def _open(self) -> Garden:
        assert self.garden is not None, "this archive cannot be searched"
        return self.garden
