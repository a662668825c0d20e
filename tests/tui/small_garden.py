"""A garden in memory over a few texts, for what the screens must show whatever the engines say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from pmagent.errors import AccessError
from pmagent.places import parse_place
from pmagent.tui.ports import Survey
from pmagent.types import (
    Abstention,
    Answer,
    Citation,
    Coverage,
    FileState,
    Found,
    Hit,
    Locator,
    Map,
    Passage,
    Progress,
    Query,
    Reading,
    Segment,
    Sentence,
    Status,
    Theme,
    Why,
)
from pmagent.types.actions import Json
from pmagent.types.conversing import StatusLine
from tests.tui.small_jobs import SmallJobs
from tests.tui.small_reviews import NO_REVIEWS, SmallRuns
from tests.tui.small_talk import SmallTalk
from tests.tui.small_walls import SmallWalls
from tests.tui.small_week import SmallWeek

THRESHOLD = 0.5
TEXTS: dict[str, tuple[str, str]] = {
    "talks/ep-010-the-price-of-a-seat.vtt": (
        "2024-03-14",
        "Welcome to the show about small companies and their prices.\n"
        "We charge by the seat because that is what everyone understands.\n"
        "A seat price punishes the team that lets everyone in.\n"
        "Next week we talk about the export button.",
    ),
    "notes/pricing-notebook.md": (
        "2024-11-02",
        "# Pricing notebook\n\nThe seat price is the oldest promise we have.\n"
        "A flat price would be a promise a customer can say aloud.\n\nSee the five interviews.",
    ),
    "talks/ep-050-eating-our-words.md": (
        "2025-06-20",
        "**Nell:** We said a seat price was fair. We were wrong about the seat.\n"
        "**Dov:** One flat price for everyone, and no seat is counted again.",
    ),
    "notes/onboarding.md": (
        "2025-09-01",
        "Most teams drop off on the second day of onboarding.\n"
        "The export button is not the reason.",
    ),
}


class SmallGarden(SmallWalls):
    """Finds a text by the words it holds; an answer needs half of the question's words."""

    def __init__(
        self, texts: Mapping[str, tuple[str, str]] = TEXTS, *, root: Path = Path("/garden")
    ) -> None:
        super().__init__()
        self.root = root
        self._texts = dict(texts)
        self.files: tuple[FileState, ...] = tuple(
            FileState(path=path, state="indexed", passages=1, date=date.fromisoformat(day),
                      date_source="front matter")
            for path, (day, _) in self._texts.items()
        )  # fmt: skip
        self.progress: Progress | None = Progress(stage="ready", done=1, total=1, unit="files")
        self.is_closed = False
        self.notes: tuple[str, ...] = ()
        self.talk = SmallTalk(self)
        self.own_line: StatusLine | None = None
        self.printed: str | None = None
        """What the person's status line command prints."""
        self.jobs = SmallJobs()
        self.week = SmallWeek(self.change)
        self.reviews = NO_REVIEWS
        self.runs = SmallRuns()
        self.copies: tuple[Citation, ...] = ()
        """Where every hit is said again."""

    def status(self) -> Status:
        return Status(
            root=str(self.root),
            files=self.files,
            coverage=self._coverage(),
            is_being_indexed=False,
            embedder="all-MiniLM-L6-v2",
            notes=self.notes,
        )

    def search(self, query: Query) -> Found:
        words = [word for word in re.findall(r"\w+", query.text.casefold()) if len(word) > 2]
        hits = [
            hit
            for path, (day, text) in self._texts.items()
            for hit in _hits(path, date.fromisoformat(day), text, words)
            if (query.since is None or hit.citation.date >= query.since)
            and (query.until is None or hit.citation.date <= query.until)
        ]
        hits = [replace(hit, duplicates=self.copies) for hit in hits]
        hits.sort(key=lambda hit: -hit.score)
        return Found(
            query=query,
            hits=tuple(hits[: query.limit]),
            confidence=hits[0].score if hits else 0.0,
            threshold=THRESHOLD,
            tier="words",
            coverage=self._coverage(),
            intent="topic",
            elapsed_ms=4.0,
        )

    def refine(self, found: Found) -> Found:
        return replace(found, is_refined=True, tier="meaning", elapsed_ms=63.0)

    def where(self, found: Found) -> Map | Abstention:
        if not found.hits or found.confidence < found.threshold:
            return Abstention(reason="weak_evidence" if found.hits else "no_hits", found=found)
        hits = sorted(found.hits, key=lambda hit: hit.citation.date)
        files = {hit.citation.path.partition("/")[0] for hit in hits}
        themes = tuple(
            Theme(label=f"said in {name}",
                  hits=tuple(hit for hit in hits if hit.citation.path.startswith(name)))
            for name in sorted(files)
        )  # fmt: skip
        return Map(
            found=found, themes=themes, first=hits[0], latest=hits[-1], timeline=_timeline(hits)
        )

    def ask(self, found: Found) -> Answer | Abstention:
        if not found.hits or found.confidence < found.threshold:
            return Abstention(reason="weak_evidence" if found.hits else "no_hits", found=found)
        sentences = tuple(
            Sentence(text=hit.quote, citation=replace(hit.citation, locator=hit.focus))
            for hit in found.hits[:3]
        )
        return Answer(found=found, sentences=sentences)

    def read(self, place: str, *, context: int = 5) -> Reading:
        named = parse_place(place)
        if named.path not in self._texts:
            raise AccessError(f'"{named.path}" is not a file of this garden', "check its name")
        day, text = self._texts[named.path]
        lines = text.split("\n")
        first, last = named.lines or (1, len(lines))
        kept = range(max(1, first - context), min(len(lines), last + context) + 1)
        return Reading(
            path=named.path,
            title=named.path.rpartition("/")[2],
            date=date.fromisoformat(day),
            date_source="front matter",
            lines=tuple((number, lines[number - 1]) for number in kept),
            cited=(min(first, len(lines)), min(last, len(lines))),
            total_lines=len(lines),
        )

    def suggestions(self) -> Sequence[str]:
        return ("What did we say about the seat price?", "Why do teams drop off?")

    def start_indexer(self) -> None:
        pass

    def indexer_progress(self) -> Progress | None:
        return self.progress

    def converse(self) -> SmallTalk:
        return self.talk

    def status_line_setting(self) -> StatusLine | None:
        return self.own_line

    def status_line(self, facts: Mapping[str, Json]) -> str | None:
        del facts
        return self.printed

    def close(self) -> None:
        self.is_closed = True

    def _coverage(self) -> Coverage:
        number = len(self._texts)
        return Coverage(documents=number, passages=number, with_static=number, with_meaning=1)


class SmallDoor:
    """Opens `garden`, or stands before a folder that is none yet."""

    def __init__(self, garden: SmallGarden, *, is_new: bool = False) -> None:
        self.garden = garden
        self._is_new = is_new
        self.opened: list[str] = []
        self.found = Survey(kinds=(("Markdown", 212), ("WebVTT", 48)), total_bytes=3_400_000)

    @property
    def root(self) -> Path:
        return self.garden.root

    @property
    def sample_root(self) -> Path:
        return Path("/home/me/.local/share/pmagent/sample-garden")

    @property
    def index_dir(self) -> Path:
        return Path("/home/me/.local/share/pmagent/gardens/garden-1a2b3c4d5e6f")

    def is_garden(self) -> bool:
        return not self._is_new

    def survey(self) -> Survey:
        return self.found

    def open(self) -> SmallGarden:
        return self._open("open")

    def create(self) -> SmallGarden:
        return self._open("create")

    def sample(self) -> SmallGarden:
        return self._open("sample")

    def _open(self, how: str) -> SmallGarden:
        self.opened.append(how)
        return self.garden


class SmallMemory:
    """Remembers until the test ends."""

    def __init__(self) -> None:
        self.kept: dict[str, list[str]] = {}

    def read(self, name: str) -> list[str]:
        return list(self.kept.get(name, ()))

    def write(self, name: str, lines: Sequence[str]) -> None:
        self.kept[name] = list(lines)


class SmallDesktop:
    """Keeps what was copied and what was opened; `program` is the clipboard there is."""

    def __init__(self, program: str | None = None) -> None:
        self.program = program
        self.copied: list[str] = []
        self.edited: list[list[str]] = []
        self.typed: str | None = None
        """What is left in the editor; as it was for None."""

    def copy(self, text: str) -> str | None:
        if self.program:
            self.copied.append(text)
        return self.program

    def keep(self, text: str, suffix: str = ".txt") -> Path:
        self.copied.append(text)
        return Path(f"/tmp/pmagent-kept{suffix}")

    def take(self, path: Path) -> str:
        assert any(str(path) in word for word in self.edited[-1])
        return self.copied[-1] if self.typed is None else self.typed

    def edit(self, argv: Sequence[str]) -> None:
        self.edited.append(list(argv))

    def launch(self, argv: Sequence[str]) -> None:
        self.edited.append(list(argv))


def _hits(path: str, day: date, text: str, words: Sequence[str]) -> list[Hit]:
    found: list[Hit] = []
    for number, line in enumerate(text.split("\n"), 1):
        terms = tuple(word for word in words if word in line.casefold())
        if not terms:
            continue
        is_talk = path.endswith(".vtt")
        locator = Locator(
            first_line=number,
            last_line=number,
            start_ms=number * 61_000 if is_talk else None,
            is_interpolated=is_talk and number % 2 == 1,
        )
        segment = Segment(text=line, first_line=number)
        found.append(
            Hit(
                passage=Passage(id=f"{path}:{number}", path=path, position=number,
                                segments=(segment,), locator=locator),
                citation=Citation(path=path, locator=locator, title=path.rpartition("/")[2],
                                  date=day, date_source="front matter",
                                  speaker="Nell" if is_talk else None),
                score=len(terms) / len(words),
                why=Why(words=1.0, terms=terms),
                focus=locator,
                quote=line,
            )
        )  # fmt: skip
    return found


def _timeline(hits: Sequence[Hit]) -> tuple[tuple[str, int], ...]:
    def index(day: date) -> int:
        return day.year * 4 + (day.month - 1) // 3

    indices = [index(hit.citation.date) for hit in hits]
    return tuple(
        (f"{quarter // 4}-Q{quarter % 4 + 1}", indices.count(quarter))
        for quarter in range(min(indices), max(indices) + 1)
    )
