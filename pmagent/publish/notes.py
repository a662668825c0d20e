"""Show notes: the points of a talk in order, each a line that can be read alone, with its place.

A line is a sentence somebody says, shortened by leaving out fillers. At least one stands for each
chapter in which one can, and more for the longer ones.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pmagent.discourse.acts import quoted_through
from pmagent.discourse.lines import Line, cite, keys_of
from pmagent.discourse.salience import Ground
from pmagent.nlp.words import tokens
from pmagent.publish.source import Source
from pmagent.publish.subjects import is_english
from pmagent.publish.wording import ends_plainly, reads_well, shorten
from pmagent.types.publishing import Chapter, CitedLine

WORDS_PER_LINE = 900
"""About; an hour has ten thousand."""
FEWEST, MOST = 3, 14
LONG_TALK = 12_000
"""Words from which `MOST` grows."""
MOST_EVER = 40
"""However long it is, unless it has more chapters."""
PER_CHAPTER = 3
MOST_RATED = 1_000
"""Sentences of a chapter that are held against each other, best first."""
FEWEST_WORDS, MOST_WORDS = 7, 34
ALIKE = 0.5
"""Share of the shorter line's telling words from which two lines say the same."""

_SELF = re.compile(r"\b(?:I|I['’](?:m|ve|d|ll)|me|my|myself)\b")
_TELLS = re.compile(
    r"(?i)\b(?:because|should|must|never|always|problem|reason|lesson|rule|idea|point|need|decided"
    r"|learned|found|means?|instead|rather than|more than|less than|first|only|important"
    r"|turns out)\b|\d|percent"
)


def write_notes(source: Source, chapters: Sequence[Chapter]) -> tuple[CitedLine, ...]:
    """The points in order: every chapter's best line where one reads alone, then the next best.

    Without chapters the whole is one. Six to fourteen for an hour of talk.
    """
    ground = Ground(source.talk)
    quoted = quoted_through(source.talk)
    groups = [_rated(source, lines, ground, quoted) for lines in _by_chapter(source, chapters)]
    words = sum(len(line.words) for line in source.talk.lines)
    most = max(min(MOST_EVER, max(MOST, MOST * words // LONG_TALK)), len(groups))
    wanted = min(most, max(len(groups), FEWEST + round(words / WORDS_PER_LINE)))
    taken: list[_Point] = []
    for group in groups:
        best = _next(group, taken)
        if best is not None:
            taken.append(best)
    counts = [1] * len(groups)
    while len(taken) < wanted:
        offers = [
            (point.worth - 0.15 * counts[place], -point.line.number, place, point)
            for place, group in enumerate(groups)
            if counts[place] < _room(counts, wanted) and (point := _next(group, taken)) is not None
        ]
        if not offers:
            break
        _, _, place, point = max(offers, key=lambda offer: offer[:2])
        taken.append(point)
        counts[place] += 1
    taken.sort(key=lambda point: point.line.number)
    return tuple(_cited(source, point) for point in taken)


@dataclass(frozen=True, kw_only=True)
class _Point:
    """A sentence that could be a line of the notes."""

    line: Line
    text: str
    keys: frozenset[str]
    worth: float


def _room(counts: Sequence[int], wanted: int) -> int:
    """Lines one chapter may have: three, or its share where there are few chapters."""
    return max(PER_CHAPTER, -(-wanted // len(counts)) + 1)


def _by_chapter(source: Source, chapters: Sequence[Chapter]) -> list[tuple[Line, ...]]:
    """The sentences of each chapter, by the lines of the file on which they stand."""
    marks = sorted(chapter.start_line for chapter in chapters)[1:]
    edges = [0, *marks]
    groups: list[list[Line]] = [[] for _ in edges]
    for line in source.talk.lines:
        place = bisect_right(edges, _file_line(line)) - 1
        groups[max(0, place)].append(line)
    return [tuple(group) for group in groups if group]


def _file_line(line: Line) -> int:
    """The line of the file, as far as its passage tells without asking for a citation."""
    offset = 0
    for segment in line.passage.segments:
        offset += len(segment.speaker) + 2 if segment.speaker else 0
        shown = " ".join(segment.text.split())
        if line.start < offset + len(shown):
            return segment.first_line + _breaks(segment.text, line.start - offset)
        offset += len(shown) + 1
    return line.passage.locator.first_line


def _breaks(text: str, offset: int) -> int:
    """Line breaks of `text` before a character of its one-line form."""
    seen = 0
    for number, row in enumerate(text.split("\n")):
        seen += len(" ".join(row.split())) + 1
        if seen > offset:
            return number
    return text.count("\n")


def _rated(
    source: Source, lines: Sequence[Line], ground: Ground, quoted: frozenset[int]
) -> list[_Point]:
    """The chapter's sentences that read alone, best first."""
    own = Counter(key for line in lines for key in line.keys)
    points: list[_Point] = []
    for line in lines:
        if not line.is_whole or line.number in quoted or line.text[:1].islower():
            continue
        text = shorten(line.text, source.talk.speakers)
        words = tokens(text)
        is_fit = reads_well(text, fewest=FEWEST_WORDS, most=MOST_WORDS)
        if not (is_fit if is_english(words) else ends_plainly(text)):
            continue
        keys = keys_of(words)
        told = sum(ground.weight(key) + 0.2 * math.log(max(1, own[key])) for key in sorted(keys))
        worth = told / (len(words) * 0.6 + 8) + 0.08 * min(3, len(_TELLS.findall(text)))
        worth -= 0.2 * bool(_SELF.search(text)) + 0.3 * (len(keys) < 3)
        points.append(_Point(line=line, text=text, keys=keys, worth=worth))
    return sorted(points, key=lambda point: (-point.worth, point.line.number))[:MOST_RATED]


def _next(group: list[_Point], taken: Sequence[_Point]) -> _Point | None:
    """The best of a chapter that says something none of the taken says; it drops those that do."""
    while group and group[0].worth > 0:
        if not any(_alike(group[0], other) for other in taken):
            return group[0]
        del group[0]
    return None


def _alike(one: _Point, other: _Point) -> bool:
    shared = len(one.keys & other.keys) / (min(len(one.keys), len(other.keys)) or 1)
    is_near = abs(one.line.number - other.line.number) <= 1
    return one.line.number == other.line.number or shared > ALIKE or is_near


def _cited(source: Source, point: _Point) -> CitedLine:
    shortened = point.line.text if point.text != point.line.text else ""
    return CitedLine(text=point.text, citation=cite(source.archive, point.line), source=shortened)
