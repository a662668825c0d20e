"""The values everything else passes around: documents, passages, locators, hits, answers.

Pure data. Nothing here reads a file, a clock or the environment; a value that exists is valid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

DateSource = Literal["front matter", "file name", "metadata", "first commit", "modified"]
"""Where a document's date was read, from the surest to the weakest."""

StateName = Literal["indexed", "waiting", "skipped", "failed"]
"""What became of a file."""

StageName = Literal["scan", "words", "model", "static", "meaning", "vectors", "ready"]
"""The stages of an index run, in order."""

Tier = Literal["words", "static", "meaning"]
"""What an answer came from: tantivy words, static vectors, or the transformer's vectors."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """One turn, paragraph, list item, cue or row, as a parser found it.

    `text` keeps one text line per source line: its line k (from 0) stands on source line
    `first_line + k`, blank where the source line holds only markup. Markup, speaker names and time
    marks are not part of it.
    """

    text: str
    first_line: int
    """Source line of the first text line, from 1: of docx the paragraph, of PDF the line read."""
    speaker: str | None = None
    heading: tuple[str, ...] = ()
    """Headings above the block, outermost first."""
    start_ms: int | None = None
    """The time marked at the block's start; None where the source gives none."""
    end_ms: int | None = None
    """When the block ends; cues have one, and all of a cue is cited by its start."""
    marks: tuple[tuple[int, int], ...] = ()
    """Further time marks inside the text: (character offset, milliseconds), rising."""
    page: int | None = None


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """What a parser makes of one file's bytes, before the file's place and date are known."""

    blocks: tuple[Block, ...]
    format: str
    title: str | None = None
    date: date | None = None
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    """Targets of wiki-links and embeds, as written, without heading and alias parts."""
    warnings: tuple[str, ...] = ()
    """Damage that was read around, one plain sentence each."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """One file of the garden, as read."""

    path: str
    """Relative to the garden, with forward slashes, spelled as on disk."""
    title: str
    date: date
    date_source: DateSource
    digest: str
    """SHA-256 of the file's bytes, hexadecimal."""
    parsed: Parsed


@dataclass(frozen=True, kw_only=True)
class Locator:
    """Where a passage or sentence stands in its file."""

    first_line: int
    last_line: int
    start_ms: int | None = None
    end_ms: int | None = None
    is_interpolated: bool = False
    """True where `start_ms` was estimated by words between two time marks."""
    page: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.first_line <= self.last_line:
            raise ValueError(f"lines {self.first_line}-{self.last_line} are not a span")


@dataclass(frozen=True, kw_only=True)
class Time:
    """A moment of a recording at a character of a segment's text."""

    offset: int
    ms: int
    is_interpolated: bool = False


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One speaker's uninterrupted part of a passage, verbatim."""

    text: str
    """As in `Block.text`: line k of it stands on source line `first_line + k`."""
    first_line: int
    speaker: str | None = None
    times: tuple[Time, ...] = ()
    """Known times in it, rising by offset; the first is its start where the document has times."""
    is_cued: bool = False
    """True where its times are the starts of cues, and all of a cue is cited by its start; else a
    moment between two times is estimated by words."""


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A span of about 150 words that is searched and shown as one."""

    id: str
    """A hash of path, locator and text: the same span has the same id on every machine."""
    path: str
    position: int
    """Its place among the document's passages, from 0."""
    segments: tuple[Segment, ...]
    locator: Locator
    heading: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The words with each change of speaker named, one line per segment."""
        return "\n".join(
            f"{part.speaker}: {_one_line(part.text)}" if part.speaker else _one_line(part.text)
            for part in self.segments
        )

    @property
    def speakers(self) -> tuple[str, ...]:
        """Who speaks, each once, in order of appearance."""
        return tuple(dict.fromkeys(part.speaker for part in self.segments if part.speaker))


@dataclass(frozen=True, kw_only=True)
class Citation:
    """A quoted span and where a person finds it."""

    path: str
    locator: Locator
    title: str
    date: date
    date_source: DateSource
    speaker: str | None = None

    @property
    def label(self) -> str:
        """Such as `ep-041.vtt 00:12:44`, `pricing.md L42` or `paper.pdf p. 4`; `~` is an estimate."""
        if self.locator.start_ms is not None:
            mark = "~" if self.locator.is_interpolated else ""
            return f"{self.path} {mark}{format_time(self.locator.start_ms)}"
        if self.locator.page is not None:
            return f"{self.path} p. {self.locator.page}"
        return f"{self.path} L{self.locator.first_line}"

    @property
    def place(self) -> str:
        """Such as `notes/pricing.md:42`, which `pmagent read` and editors take."""
        return f"{self.path}:{self.locator.first_line}"


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


@dataclass(frozen=True, kw_only=True)
class FileState:
    """What the index knows of one file."""

    path: str
    state: StateName
    reason: str = ""
    """Why it is skipped or failed, or what damage was read around; one plain sentence."""
    passages: int = 0
    date: date | None = None
    date_source: DateSource | None = None
    format: str = ""


@dataclass(frozen=True, kw_only=True)
class Status:
    """Every file of the garden and what share of it can be searched."""

    root: str
    files: tuple[FileState, ...]
    coverage: Coverage
    is_being_indexed: bool
    embedder: str
    notes: tuple[str, ...] = ()
    """What is degraded, and what to do, one sentence each."""

    def count(self, state: str) -> int:
        """Files in `state`."""
        return sum(item.state == state for item in self.files)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A moment of an index run. `done` of `total` in the stage's own unit."""

    stage: StageName
    done: int
    total: int
    unit: str
    rate: float = 0.0
    """Units a second over the last few seconds."""
    left_s: float | None = None
    path: str = ""


@dataclass(frozen=True, kw_only=True)
class IndexReport:
    """What one index run changed."""

    new: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    skipped: int = 0
    failed: tuple[FileState, ...] = ()
    passages: int = 0
    embedded: int = 0
    """Texts that went through the transformer in this run."""
    elapsed_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Lines of one document around a place, as read from the file now."""

    path: str
    title: str
    date: date
    date_source: DateSource
    lines: tuple[tuple[int, str], ...]
    """(line number from 1, text), safe to show."""
    cited: tuple[int, int]
    """First and last cited line."""
    total_lines: int
    extra: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing `doctor` looked at."""

    id: str
    is_ok: bool
    says: str
    fix: str = ""


Reply = Answer | Abstention


def format_time(milliseconds: int) -> str:
    """`01:02:03` for a position in a recording."""
    seconds = milliseconds // 1000
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def quote_of(lines: Sequence[str]) -> str:
    """The lines as one, white space folded."""
    return " ".join(" ".join(lines).split())


def _one_line(text: str) -> str:
    return " ".join(text.split())
