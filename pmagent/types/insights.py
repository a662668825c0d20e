"""What a job that needs no model is given, and what it hands back.

Each module of `pmagent.insights` exports one `insight`; a command's file names it in its front
matter (`metadata: {offline: digest}`), and so the command works without a key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from pmagent.types.answers import Abstention, Answer, Found, Map, Query
from pmagent.types.documents import Citation, Document, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Archive(Protocol):
    """The garden as a job may see it. Every document is read inside the walls, as it is now."""

    @property
    def today(self) -> date:
        """The day it is for the person."""
        ...

    def paths(self) -> Sequence[str]:
        """Every indexed document, sorted."""
        ...

    def resolve(self, name: str) -> str:
        """The one document meant by a path, a part of one, or a name such as `ep-041`.

        Raises:
            UsageError: none or several fit; the hint lists the nearest.
        """
        ...

    def document(self, path: str) -> Document:
        """One document, parsed now.

        Raises:
            ReadError: it cannot be read.
        """
        ...

    def passages(self, path: str) -> Sequence[Passage]:
        """The document cut into passages, in order, with their locators."""
        ...

    def citation(self, passage: Passage, start: int = 0, end: int | None = None) -> Citation:
        """Where a span of a passage's text stands; the whole passage by default."""
        ...

    def search(self, query: Query) -> Found:
        """The passages that answer best."""
        ...

    def answer(self, found: Found) -> Answer | Abstention:
        """Verbatim sentences that answer."""
        ...

    def where(self, found: Found) -> Map | Abstention:
        """The hits as a map."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """Unit vectors, shape (len(texts), dim); None where no embedder is at hand."""
        ...

    def idf(self, word: str) -> float:
        """How rare a word is over the archive's passages: about 0 for "the", 10 for a rare name."""
        ...

    def saying(self, phrase: str) -> Sequence[str]:
        """Paths of the documents in which these words stand side by side, stemmed; sorted."""
        ...

    def speakers(self) -> Sequence[str]:
        """Everyone who speaks in the archive, most frequent first."""
        ...


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a job made: Markdown in which every claim is cited or marked as an assumption."""

    title: str
    markdown: str
    """Citations stand as `[path:line]` behind what they carry, times as `path 00:12:44`."""
    citations: tuple[Citation, ...] = ()
    path: str = ""
    """Where it would be saved, relative to the garden, were a person to want that."""
    abstained: str = ""
    """One sentence, where the archive does not hold enough; `markdown` then says what there is."""
    parts: tuple[Draft, ...] = ()
    """The same as files of their own, each with its path, where a job makes several."""


@dataclass(frozen=True, kw_only=True)
class Insight:
    """One job that needs no model. The same input gives the same bytes."""

    name: str
    run: Callable[[Sequence[str], Archive], Draft]
    """Given the command's arguments, split as a shell splits them.

    Raises UsageError where an argument is missing or has no meaning.
    """
