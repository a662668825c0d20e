"""What a folder holds, seen from its files' names and words. Reads through the archive."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pmagent.errors import ReadError
from pmagent.types import Document
from pmagent.types.insights import Archive

MOST_READ = 60
"""Documents looked into; the names of all are looked at."""
_SPEC = re.compile(
    r"(?i)(?:^|[/_. -])(?:specs?|prds?|rfcs?|requirements|decisions?|adrs?)(?:[/_. -]|$)"
)
_BOARD = re.compile(r"(?i)(?:^|[/_. -])(?:board|kanban|backlog|todo|tasks?)(?:[/_. -]|$)")
_SPOKEN = (".vtt", ".srt", ".sbv")
_RULES = re.compile(
    r"""(?ix)(?:^|/)(?:agents\.md|claude(?:\.local)?\.md|\.cursorrules|copilot-instructions\.md|\.windsurfrules|\.clinerules)$
    | (?:^|/)\.cursor/rules/ | (?:^|/)\.clinerules/"""
)


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What kinds of files there are, by path, and who speaks in them."""

    total: int
    transcripts: tuple[str, ...] = ()
    specs: tuple[str, ...] = ()
    boards: tuple[str, ...] = ()
    calendars: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    speakers: tuple[tuple[str, int], ...] = ()
    """Who speaks, in how many of the transcripts looked into, most first."""
    links: int = 0
    """Wiki-links in the notes looked into: more than a few make it a vault."""
    looked_into: int = 0

    @property
    def is_vault(self) -> bool:
        """Whether its notes are linked to each other."""
        return self.links >= 3

    def folder_of(self, paths: Sequence[str]) -> str:
        """A glob for most of some paths: their common folder, else the one path, else nothing."""
        if not paths:
            return ""
        folders = Counter(path.rpartition("/")[0] for path in paths)
        folder, count = min(folders.items(), key=lambda item: (-item[1], item[0]))
        if folder and count * 2 >= len(paths):
            return f"{folder}/**"
        return paths[0] if len(paths) == 1 else ""


def look_at(archive: Archive) -> Survey:
    """What the archive's folder holds."""
    paths = [path for path in archive.paths() if not is_rule_file(path)]
    step = max(1, -(-len(paths) // MOST_READ))
    read = {path: document for path in paths[::step] if (document := _read(archive, path))}
    kinds: dict[str, list[str]] = {}
    for path in paths:
        kinds.setdefault(_kind(path, read.get(path)), []).append(path)
    heard: Counter[str] = Counter()
    words: Counter[str] = Counter()
    for document in read.values():
        heard.update(_speakers(document))
        for block in document.parsed.blocks:
            words[_usual(block.speaker or "")] += len(block.text.split())
    return Survey(
        total=len(paths),
        transcripts=tuple(kinds.get("transcript", ())),
        specs=tuple(kinds.get("spec", ())),
        boards=tuple(kinds.get("board", ())),
        calendars=tuple(kinds.get("calendar", ())),
        notes=tuple(kinds.get("note", ())),
        other=tuple(kinds.get("other", ())),
        speakers=tuple(
            sorted(heard.items(), key=lambda item: (-item[1], -words[item[0]], item[0]))
        ),
        links=sum(len(document.parsed.links) for document in read.values()),
        looked_into=len(read),
    )


def is_rule_file(path: str) -> bool:
    """Whether a file tells an assistant how to work: `AGENTS.md`, `.cursorrules` and their kin."""
    return _RULES.search(path) is not None


def _read(archive: Archive, path: str) -> Document | None:
    try:
        return archive.document(path)
    except ReadError:
        return None


def _kind(path: str, document: Document | None) -> str:
    lower = path.lower()
    if lower.endswith(_SPOKEN):
        return "transcript"
    if lower.endswith(".ics"):
        return "calendar"
    if document is not None and len(_speakers(document)) >= 2:
        return "transcript"
    if _SPEC.search(path):
        return "spec"
    if _BOARD.search(path):
        return "board"
    if lower.endswith((".md", ".markdown", ".txt", ".html", ".docx")):
        # A file that was not looked into is taken for what its folder's name says.
        return "transcript" if "transcript" in lower and document is None else "note"
    return "other"


def _speakers(document: Document) -> frozenset[str]:
    return frozenset(_usual(block.speaker) for block in document.parsed.blocks if block.speaker)


def _usual(name: str) -> str:
    """A name as it is usually written: a transcript may shout it."""
    return name.title() if name.isupper() else name
