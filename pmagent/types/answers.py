"""What is asked and answered: queries, hits, maps, answers and abstentions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pmagent.types.documents import Citation, Locator, Passage

Tier = Literal["words", "static", "meaning"]
"""What an answer came from: tantivy words, static vectors, or the transformer's vectors."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """A question and what may answer it."""

    text: str
    since: date | None = None
    until: date | None = None
    speaker: str | None = None
    """Part of a speaker's name, without regard to case."""
    within: tuple[str, ...] = ()
    """Globs over garden-relative paths; none means everywhere."""
    limit: int = 10


@dataclass(frozen=True, kw_only=True)
class Why:
    """How one hit came to its rank: each arm's raw score, None where the arm did not see it."""

    words: float | None = None
    meaning: float | None = None
    static: float | None = None
    late: float | None = None
    neighbour: float = 0.0
    document: float = 0.0
    terms: tuple[str, ...] = ()
    """Words of the question that stand in the passage."""


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A passage found for a query."""

    passage: Passage
    citation: Citation
    score: float
    why: Why
    focus: Locator
    """The sentence or two inside the passage that answers best."""
    quote: str
    """The words at `focus`, verbatim on one line."""
    duplicates: tuple[Citation, ...] = ()
    """Other places that say nearly the same words."""


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How much of the garden an answer could see."""

    documents: int
    passages: int
    with_static: int
    with_meaning: int
    waiting: int = 0
    """Files known but not read yet."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """The hits of one query, best first, and how sure the archive's answer is."""

    query: Query
    hits: tuple[Hit, ...]
    confidence: float
    """Probability, 0 to 1, that the archive speaks of this at all."""
    threshold: float
    """Below this confidence `where` and `ask` abstain."""
    tier: Tier
    coverage: Coverage
    intent: str
    """What the question asks for: `topic`, `first`, `latest`, `who`, `when`, `how many`."""
    is_refined: bool = False
    elapsed_ms: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Theme:
    """Hits that speak of the same thing, oldest first."""

    label: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, kw_only=True)
class Map:
    """Where something was said before: themes × time × source."""

    found: Found
    themes: tuple[Theme, ...]
    first: Hit
    latest: Hit
    timeline: tuple[tuple[str, int], ...]
    """(`2024-Q3`, mentions), every quarter from first to latest, empty ones too."""


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One sentence of an answer, verbatim from the file its citation names."""

    text: str
    citation: Citation


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An extractive answer: every sentence stands in the archive where its citation says."""

    found: Found
    sentences: tuple[Sentence, ...]
    differences: tuple[str, ...] = ()
    """Where a source differs from one that the garden's owner calls canonical, a sentence each."""


@dataclass(frozen=True, kw_only=True)
class Abstention:
    """The archive does not say it; what came nearest, and why that is not enough."""

    reason: Literal["no_hits", "weak_evidence", "outdated"]
    """`outdated`: what was found has changed in its files since they were indexed."""
    found: Found

    @property
    def nearest(self) -> tuple[Hit, ...]:
        """The three closest passages, so that a person can disagree."""
        return self.found.hits[:3]


Reply = Answer | Abstention
