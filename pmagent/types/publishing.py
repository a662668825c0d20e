"""What is made of one transcript: its turns, its chapters, and the kit of drafts for publishing.

Every part says where it stands in its source. Nothing here is ever text that no source says, except
what is marked as a title or composed around named words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pmagent.types.documents import Citation, Document


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What one speaker says until another does; of a text without speakers, a paragraph."""

    text: str
    """On one line, as the source has it, without speaker and time mark."""
    first_line: int
    """Source line on which it begins, from 1."""
    last_line: int
    speaker: str | None = None
    start_ms: int | None = None
    """When it begins; None where the source has no usable times."""
    is_interpolated: bool = False
    """True where `start_ms` was estimated by words between two time marks."""


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """A document as turns, in order. Breaks (advertisements, music) are no turns."""

    document: Document
    turns: tuple[Turn, ...]
    speakers: tuple[str, ...] = ()
    """Each once, most words first."""
    end_ms: int | None = None
    """When the last turn ends, as far as the source tells."""
    notes: tuple[str, ...] = ()
    """What is odd about it, a sentence each: no speakers, times that fall, two languages."""

    @property
    def has_times(self) -> bool:
        """Whether turns can be shown with times."""
        return any(turn.start_ms is not None for turn in self.turns)

    @property
    def words(self) -> int:
        """Words of all turns."""
        return sum(len(turn.text.split()) for turn in self.turns)


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """Where a part of the talk begins, and what it is called."""

    turn: int
    """The turn it begins with, from 0."""
    start_line: int
    start_ms: int | None = None
    """A little before the words; 0 for the first where the source has times."""
    is_interpolated: bool = False
    title: str = ""
    titles: tuple[str, ...] = ()
    """Other titles, best first."""
    strength: float = 1.0
    """Probability, 0 to 1, that a person would mark it."""


@dataclass(frozen=True, kw_only=True)
class CitedLine:
    """A sentence or two, verbatim, or shortened by leaving out fillers only."""

    text: str
    citation: Citation
    source: str = ""
    """The same verbatim, where `text` is shortened."""


@dataclass(frozen=True, kw_only=True)
class Quote:
    """Words worth quoting, letter for letter."""

    text: str
    citation: Citation
    """With speaker and, where there is one, time."""


MentionKind = Literal["person", "book", "tool", "company", "thing"]


@dataclass(frozen=True, kw_only=True)
class Mention:
    """Somebody or something named that is worth a link."""

    text: str
    """As it is said most often."""
    kind: MentionKind
    count: int
    citation: Citation
    """Where it is named first."""
    url: str = ""
    """Only where the source itself, or the archive, gives it."""
    seen_before: tuple[Citation, ...] = ()
    """Where other documents name it, newest first, five at most."""
    is_new: bool = False
    """Whether it is certain that no document before this one names it."""
    score: float = 0.0


TitleKind = Literal["subject", "question", "quote", "claim", "people"]


@dataclass(frozen=True, kw_only=True)
class TitleIdea:
    """One way to call the whole."""

    text: str
    kind: TitleKind
    citation: Citation | None = None
    """What it is taken from, where it is taken from one place."""


@dataclass(frozen=True, kw_only=True)
class Promise:
    """Something that is promised for later: `we'll cover that next week`."""

    text: str
    citation: Citation


@dataclass(frozen=True, kw_only=True)
class Fresh:
    """A subject of this talk that the archive has not spoken of, or not since long."""

    subject: str
    citation: Citation
    last_before: Citation | None = None
    """Where it was spoken of last; None where never."""


@dataclass(frozen=True, kw_only=True)
class Description:
    """What the whole is about, in two lengths."""

    short: str
    """One or two sentences, 160 characters at most where that can be had."""
    long: str
    """About a hundred words."""
    lines: tuple[CitedLine, ...] = ()
    """The sentences `long` is made of, each with its place."""


@dataclass(frozen=True, kw_only=True)
class Kit:
    """All drafts from one transcript."""

    transcript: Transcript
    titles: tuple[TitleIdea, ...] = ()
    description: Description = field(default_factory=lambda: Description(short="", long=""))
    chapters: tuple[Chapter, ...] = ()
    suggestions: tuple[Chapter, ...] = ()
    """Marks that were not taken, best first."""
    notes: tuple[CitedLine, ...] = ()
    """The show notes, a point each, in order."""
    quotes: tuple[Quote, ...] = ()
    mentions: tuple[Mention, ...] = ()
    """Best first."""
    promises: tuple[Promise, ...] = ()
    fresh: tuple[Fresh, ...] = ()
    remarks: tuple[str, ...] = ()
    """What a person should know before using it, a plain sentence each."""
    made_by: str = "offline"
    """The model that worded it, or `offline`."""
