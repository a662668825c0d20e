"""Transcripts with human chapters, read the way a garden reads them."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from benchmarks.places import TOP
from pmagent.index.embed import load_embedder
from pmagent.ingest.parse import parse
from pmagent.publish.transcript.read import read_transcript
from pmagent.types.documents import Document
from pmagent.types.publishing import Transcript

Embed = Callable[[Sequence[str]], NDArray[np.float32] | None]


class Said(TypedDict, total=False):
    """One turn of the data."""

    speaker: str
    text: str
    start: float


class Gold(TypedDict):
    """One transcript with the marks people set."""

    id: str
    source: str
    has_time: bool
    turns: list[Said]
    boundaries: list[int]
    titles: list[str]


@dataclass(frozen=True)
class Item:
    """One transcript as data and as read."""

    gold: Gold
    transcript: Transcript

    def turn_at(self, line: int) -> int:
        """The turn of the data that stands on a source line: each has a line and an empty one."""
        return (line - 1) // 2


def find_chapter_data() -> tuple[Path, Path]:
    """The data and the scorer: $PMAGENT_BENCH_DATA, else `../shared/data` beside the checkout."""
    base = Path(os.environ.get("PMAGENT_BENCH_DATA", TOP.parent / "shared" / "data"))
    found = base / "chapters" / "chapters.jsonl", base.parent / "score" / "chapters.py"
    for path in found:
        if not path.exists():
            sys.exit(f"no benchmark data: {path} is missing; name its folder: PMAGENT_BENCH_DATA")
    return found


def read_items(path: Path, *, is_unnamed: bool = False) -> list[Item]:
    """Every transcript, written as Markdown and read by the real parser."""
    golds: list[Gold] = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]
    return [Item(gold, _read(gold, is_unnamed=is_unnamed)) for gold in golds]


def _read(gold: Gold, *, is_unnamed: bool) -> Transcript:
    lines: list[str] = []
    for turn in gold["turns"]:
        text = " ".join(turn["text"].split())
        if not is_unnamed:
            text = f"**{turn['speaker'] or 'Speaker'}:**{_mark(turn.get('start'))} {text}"
        lines += [text, ""]
    content = "\n".join(lines).encode()
    document = Document(
        path="talk.md",
        title="talk",
        date=date(2024, 1, 1),
        date_source="modified",
        digest=hashlib.sha256(content).hexdigest(),
        parsed=parse(content, "talk.md"),
    )
    return read_transcript(document)


def _mark(start: float | None) -> str:
    if start is None:
        return ""
    seconds = int(start)
    return f" \\[{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}\\]"


def half_of(items: Sequence[Item]) -> dict[str, int]:
    """0 or 1 for each transcript, alternating within its source by a hash of its name."""
    halves: dict[str, int] = {}
    for source in sorted({item.gold["source"] for item in items}):
        names = [item.gold["id"] for item in items if item.gold["source"] == source]
        names.sort(key=lambda name: hashlib.sha256(name.encode()).hexdigest())
        halves.update({name: place % 2 for place, name in enumerate(names)})
    return halves


class KeptVectors:
    """An embedder that keeps what it has embedded in a file, so that a second run is quick."""

    def __init__(self, models: Path, kept: Path | None) -> None:
        self._embedder = load_embedder("all-MiniLM-L6-v2", models)
        self._kept = kept
        self._rows: dict[str, NDArray[np.float32]] = {}
        if kept is not None and kept.exists():
            with np.load(kept) as stored:
                names: list[str] = stored["names"].tolist()
                self._rows = dict(zip(names, stored["rows"], strict=True))

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, a row a text."""
        names = [hashlib.sha256(text.encode()).hexdigest()[:24] for text in texts]
        pairs = zip(names, texts, strict=True)
        new = {name: text for name, text in pairs if name not in self._rows}
        if new:
            rows = self._embedder.embed(list(new.values()))
            self._rows.update(zip(new, rows, strict=True))
        return np.stack([self._rows[name] for name in names])

    def keep(self) -> None:
        """Write the file."""
        if self._kept is not None:
            names = np.array(list(self._rows))
            np.savez(self._kept, names=names, rows=np.stack(list(self._rows.values())))
