"""The list of chapters for a video's description on YouTube.

One line that breaks a rule switches all chapters off, without a word. So the list is made to keep
the rules, and what was done for that is said.
"""

from __future__ import annotations

import re
from itertools import pairwise

from pmagent.nlp.counted import counted
from pmagent.publish.render._format import Format, Rendering
from pmagent.publish.render._limits import (
    CHAPTER_TITLE_CHARS,
    YOUTUBE_DESCRIPTION_CHARS,
    YOUTUBE_FEWEST_CHAPTERS,
    YOUTUBE_SHORTEST_CHAPTER_S,
    cut_to,
)
from pmagent.publish.render._times import Mark, clock, marks_of, untitled
from pmagent.types.publishing import Kit

_LINE = re.compile(r"(?:(\d{1,3}):(?=\d\d:))?(\d{1,2}):(\d\d) (\S.*)")
_NAMED = 3
"""Chapters that are named in a remark; more are counted."""
_BRACKETS = str.maketrans("<>", "‹›")
"""A description with an angle bracket in it is refused whole."""


def read_list(text: str) -> tuple[tuple[int, str], ...]:
    """(second, title) of each line.

    Raises:
        ValueError: a line is no chapter; the message quotes it.
    """
    found: list[tuple[int, str]] = []
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match is None:
            raise ValueError(f'the line "{line}" does not begin with a time')
        hours, minutes, seconds = (int(part or 0) for part in match.groups()[:3])
        found.append((hours * 3600 + minutes * 60 + seconds, match[4]))
    return tuple(found)


def list_problems(text: str) -> tuple[str, ...]:
    """The rules that the list breaks."""
    try:
        found = read_list(text)
    except ValueError as exc:
        return (str(exc),)
    problems: list[str] = []
    if len(found) < YOUTUBE_FEWEST_CHAPTERS:
        problems.append(f"fewer than {YOUTUBE_FEWEST_CHAPTERS} chapters")
    if found and found[0][0] != 0:
        problems.append("the first chapter does not begin at 0:00")
    gaps = [below[0] - above[0] for above, below in pairwise(found)]
    if any(gap <= 0 for gap in gaps):
        problems.append("the times do not rise")
    if any(0 < gap < YOUTUBE_SHORTEST_CHAPTER_S for gap in gaps):
        problems.append(f"a chapter is shorter than {YOUTUBE_SHORTEST_CHAPTER_S} seconds")
    if "<" in text or ">" in text:
        problems.append("angle brackets are refused in a description")
    if len(text) > YOUTUBE_DESCRIPTION_CHARS:
        problems.append(f"longer than a description may be ({YOUTUBE_DESCRIPTION_CHARS:,})")
    return tuple(problems)


def _make(kit: Kit) -> Rendering:
    found = marks_of(kit)
    remarks = list(found.remarks)
    if not found.marks:
        return Rendering(text="", remarks=found.remarks)
    kept = _spaced(found.marks, kit.transcript.end_ms, remarks)
    if len(kept) < YOUTUBE_FEWEST_CHAPTERS:
        remarks.append(
            f"YouTube wants {YOUTUBE_FEWEST_CHAPTERS} chapters at least, and there "
            f"{'is' if len(kept) == 1 else 'are'} {len(kept)}"
        )
        return Rendering(text="", remarks=tuple(remarks))
    remarks += untitled(kit)
    if long := sum(len(mark.title) > CHAPTER_TITLE_CHARS for mark in kept):
        remarks.append(f"{counted(long, 'title')} cut at {CHAPTER_TITLE_CHARS} characters")
    if any("<" in mark.title or ">" in mark.title for mark in kept):
        remarks.append("angle brackets replaced: YouTube refuses a description with one")
    lines = [
        f"{clock(mark.start_ms)} {cut_to(mark.title, CHAPTER_TITLE_CHARS).translate(_BRACKETS)}"
        for mark in kept
    ]
    text = "\n".join(lines) + "\n"
    if len(text) > YOUTUBE_DESCRIPTION_CHARS:
        remarks.append(
            f"the list has {len(text):,} characters, a description "
            f"{YOUTUBE_DESCRIPTION_CHARS:,}: take fewer chapters"
        )
    return Rendering(text=text, remarks=tuple(remarks))


def _spaced(marks: tuple[Mark, ...], end_ms: int | None, remarks: list[str]) -> list[Mark]:
    """The chapters with the first at 0:00 and each long enough; a short one joins the one above."""
    first = marks[0]
    if first.start_ms // 1000:
        remarks.append(f"the first chapter begins at 0:00 instead of {clock(first.start_ms)}")
    kept = [Mark(start_ms=0, title=first.title)]
    joined: list[Mark] = []
    for mark in marks[1:]:
        (kept if _lasts(kept[-1], mark.start_ms) else joined).append(mark)
    while end_ms is not None and len(kept) > 1 and not _lasts(kept[-1], end_ms):
        joined.append(kept.pop())
    if joined:
        named = ", ".join(f'"{mark.title}" at {clock(mark.start_ms)}' for mark in joined[:_NAMED])
        others = f" and {len(joined) - _NAMED} more" if len(joined) > _NAMED else ""
        remarks.append(
            f"joined to the chapter above, as one lasts {YOUTUBE_SHORTEST_CHAPTER_S} seconds "
            f"at least: {named}{others}"
        )
    return kept


def _lasts(mark: Mark, until_ms: int) -> bool:
    """Whether it is long enough, in the whole seconds that are written."""
    return until_ms // 1000 - mark.start_ms // 1000 >= YOUTUBE_SHORTEST_CHAPTER_S


YOUTUBE = Format(
    name="youtube",
    about="chapters for a video's description",
    file_name="youtube.txt",
    media_type="text/plain",
    make=_make,
    check=list_problems,
)
FORMATS = (YOUTUBE,)
