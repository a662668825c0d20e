"""Times as listeners read them, and the chapters that have one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pmagent.nlp.counted import counted
from pmagent.publish.render._escape import plain
from pmagent.types.documents import Citation
from pmagent.types.publishing import Kit


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A chapter that has a time."""

    start_ms: int
    title: str
    """On one line; never empty."""


@dataclass(frozen=True, kw_only=True)
class Marks:
    """The chapters of a kit that have a time: rising, no two at one second."""

    marks: tuple[Mark, ...]
    remarks: tuple[str, ...] = ()


def clock(milliseconds: int) -> str:
    """`0:00`, `1:35`, `1:02:03`; the second it falls in."""
    seconds = milliseconds // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    if hours:
        return f"{hours}:{minutes:02d}:{seconds % 60:02d}"
    return f"{minutes}:{seconds % 60:02d}"


def clock_of(citation: Citation) -> str:
    """The time of a place, `~` where it is estimated; empty where there is none."""
    start_ms = citation.locator.start_ms
    if start_ms is None:
        return ""
    return f"{'~' if citation.locator.is_interpolated else ''}{clock(start_ms)}"


def marks_of(kit: Kit) -> Marks:
    """The kit's chapters for a format that needs times, with what had to be left out."""
    if not kit.chapters:
        return Marks(marks=(), remarks=("the kit has no chapters",))
    timed = [
        (chapter.start_ms, plain(chapter.title) or f"Chapter {number}")
        for number, chapter in enumerate(kit.chapters, start=1)
        if chapter.start_ms is not None
    ]
    if not timed:
        return Marks(marks=(), remarks=("the transcript has no times, so its chapters have none",))
    remarks: list[str] = []
    if missing := len(kit.chapters) - len(timed):
        remarks.append(f"{counted(missing, 'chapter')} without a time left out")
    ordered = sorted(timed, key=lambda mark: mark[0])
    if any(above[0] > below[0] for above, below in pairwise(timed)):
        remarks.append("the chapters were put in the order of their times")
    kept = [
        mark
        for index, mark in enumerate(ordered)
        if index == 0 or mark[0] // 1000 > ordered[index - 1][0] // 1000
    ]
    if same := len(ordered) - len(kept):
        remarks.append(f"{counted(same, 'chapter')} at the second of another left out")
    if estimated := sum(
        chapter.is_interpolated for chapter in kit.chapters if chapter.start_ms is not None
    ):
        verb = "time is" if estimated == 1 else "times are"
        remarks.append(f"{estimated} of the chapters' {verb} estimated: listen before publishing")
    return Marks(
        marks=tuple(Mark(start_ms=max(start, 0), title=title) for start, title in kept),
        remarks=tuple(remarks),
    )


def untitled(kit: Kit) -> tuple[str, ...]:
    """A remark where chapters have no title of their own."""
    bare = sum(not plain(chapter.title) for chapter in kit.chapters)
    return (f"{counted(bare, 'chapter')} without a title: numbered instead",) if bare else ()


def rising(times: Sequence[int]) -> bool:
    """Whether each time is later than the one before."""
    return all(above < below for above, below in pairwise(times))
