"""What is read: blocks, documents, passages, and the places they are cited by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

DateSource = Literal["front matter", "file name", "metadata", "first commit", "modified"]
"""Where a document's date was read, from the surest to the weakest."""


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
        """Such as `ep-041.vtt 00:12:44`, `pricing.md L42`, `paper.pdf p. 4`; `~` is an estimate."""
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


def format_time(milliseconds: int) -> str:
    """`01:02:03` for a position in a recording."""
    seconds = milliseconds // 1000
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def quote_of(lines: Sequence[str]) -> str:
    """The lines as one, white space folded."""
    return " ".join(" ".join(lines).split())


def _one_line(text: str) -> str:
    return " ".join(text.split())
