"""The garden as the functions of one step may see it: what lies below the procedure's ceiling.

`allowed-tools` would be no ceiling if a function read beyond it for the step that calls it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from pmagent.errors import AccessError
from pmagent.ingest.scan import matches_any
from pmagent.types import (
    Abstention,
    Answer,
    Citation,
    Document,
    Found,
    Map,
    Passage,
    Query,
)
from pmagent.types.calls import DeskJobs
from pmagent.types.checking import CheckReport
from pmagent.types.insights import Archive
from pmagent.types.publishing import Kit

WhyNot = Callable[[str], str]
"""Why a path may not be read; empty where it may."""
_OUT_OF_CHECKS = ("drafts/**",)
"""What a check of the whole archive leaves out."""


@dataclass(frozen=True, kw_only=True)
class ArchiveWithin:
    """An archive of which only some documents are seen."""

    whole: Archive
    why_not: WhyNot

    @property
    def today(self) -> date:
        """The day it is for the person."""
        return self.whole.today

    def paths(self) -> Sequence[str]:
        """Every indexed document that may be seen, sorted."""
        return tuple(path for path in self.whole.paths() if not self.why_not(path))

    def resolve(self, name: str) -> str:
        """The one document meant.

        Raises:
            UsageError: none or several fit.
            AccessError: it may not be read.
        """
        return self._checked(self.whole.resolve(name))

    def document(self, path: str) -> Document:
        """One document, parsed now.

        Raises:
            AccessError: it may not be read.
        """
        return self.whole.document(self._checked(path))

    def passages(self, path: str) -> Sequence[Passage]:
        """The document cut into passages, in order.

        Raises:
            AccessError: it may not be read.
        """
        return self.whole.passages(self._checked(path))

    def citation(self, passage: Passage, start: int = 0, end: int | None = None) -> Citation:
        """Where a span of a passage's text stands."""
        self._checked(passage.path)
        return self.whole.citation(passage, start, end)

    def search(self, query: Query) -> Found:
        """The passages that answer best among those that may be seen."""
        found = self.whole.search(query)
        hits = tuple(hit for hit in found.hits if not self.why_not(hit.passage.path))
        # How sure an answer is was told by what is not there any more.
        return found if len(hits) == len(found.hits) else replace(found, hits=hits)

    def answer(self, found: Found) -> Answer | Abstention:
        """Verbatim sentences that answer."""
        return self.whole.answer(found)

    def where(self, found: Found) -> Map | Abstention:
        """The hits as a map."""
        return self.whole.where(found)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """Unit vectors; None where no embedder is at hand."""
        return self.whole.embed(texts)

    def idf(self, word: str) -> float:
        """How rare a word is."""
        return self.whole.idf(word)

    def saying(self, phrase: str) -> Sequence[str]:
        """Paths of the documents in which these words stand side by side."""
        return tuple(path for path in self.whole.saying(phrase) if not self.why_not(path))

    def speakers(self) -> Sequence[str]:
        """Everyone who speaks in the archive, most frequent first."""
        return self.whole.speakers()

    def _checked(self, path: str) -> str:
        if why := self.why_not(path):
            raise AccessError(why, "name it in the allowed-tools of the procedure")
        return path


@dataclass(frozen=True, kw_only=True)
class JobsWithin:
    """The jobs of functions, on documents that may be seen."""

    whole: DeskJobs
    archive: ArchiveWithin

    def kit(self, name: str, *, more: float = 1.0, is_worded: bool = True) -> Kit:
        """Everything that can be drafted from one transcript.

        Raises:
            AccessError: it may not be read.
        """
        return self.whole.kit(self.archive.resolve(name), more=more, is_worded=is_worded)

    def check(self, name: str, *, sources: Sequence[str] = ()) -> CheckReport:
        """A verdict on every claim of a document.

        Raises:
            AccessError: it may not be read.
        """
        path = self.archive.resolve(name)
        return self.whole.check(path, sources=self._sources(sources, path))

    def check_text(self, text: str, *, sources: Sequence[str] = ()) -> CheckReport:
        """The same of words that are no file."""
        return self.whole.check_text(text, sources=self._sources(sources, ""))

    def kept(self, report: CheckReport) -> Sequence[int]:
        """Which verdicts a person lets stand, counted from 0."""
        return self.whole.kept(report)

    def _sources(self, sources: Sequence[str], path: str) -> Sequence[str]:
        """The sources that are meant, less those that may not be seen; all where none are named.

        Raises:
            AccessError: none of them may be seen.
        """
        every = self.archive.whole.paths()
        if sources:
            # A document that is not indexed is named by its path alone.
            meant = [one for one in every if matches_any(one, sources)]
            meant += [one for one in sources if one not in every and not _is_glob(one)]
        else:
            meant = [one for one in every if one != path and not matches_any(one, _OUT_OF_CHECKS)]
        seen = [one for one in meant if not self.archive.why_not(one)]
        if len(seen) == len(meant):
            return sources
        if not seen:
            raise AccessError(
                "none of the sources may be read by this procedure",
                "name them in its allowed-tools",
            )
        return seen


def _is_glob(name: str) -> bool:
    return any(mark in name for mark in "*?[")
