"""When each word of a transcript is said, as far as its time marks tell.

All words stand on one line of characters, and each time mark is a point on it; between two points
time passes evenly with the characters, but never slower than slow speech: what is left is silence.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pmagent.publish.render._escape import plain
from pmagent.types.documents import Block
from pmagent.types.publishing import Transcript

SLOWEST_MS = 90
"""A character of slow speech: 11 a second, 120 words a minute."""
USUAL_MS = 65
"""A character of usual speech: 15 a second, 160 words a minute."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """One turn on the line of all characters."""

    speaker: str
    """Empty where it is not known."""
    text: str
    offset: int
    """Characters of all turns before it."""


class Timeline:
    """Where each character of the talk falls in time."""

    def __init__(self, points: Sequence[tuple[int, int]], size: int, end_ms: int | None) -> None:
        """`points` are (offset, milliseconds) in the order of the text; at least one."""
        kept = longest_rising(points)
        self.ignored = len(points) - len(kept)
        """Marks that run against the others."""
        last_offset, last_ms = kept[-1]
        guess = last_ms + (size - last_offset) * USUAL_MS
        end = end_ms if end_ms is not None and end_ms > last_ms else guess
        first_offset, first_ms = kept[0]
        # What is said before the first mark is said right before it.
        lead = [(0, max(0, first_ms - first_offset * USUAL_MS))] if first_offset else []
        tail = [(size, end)] if size > last_offset else []
        self._points = [*(lead if lead and lead[0][1] < first_ms else []), *kept, *tail]
        self._offsets = [offset for offset, _ in self._points]

    def at(self, offset: int) -> int:
        """When the character at `offset` begins."""
        return self._between(max(bisect_right(self._offsets, offset) - 1, 0), offset)

    def until(self, offset: int) -> int:
        """When the characters before `offset` have ended; a pause after them is not theirs."""
        return self._between(max(bisect_left(self._offsets, offset) - 1, 0), offset)

    def _between(self, index: int, offset: int) -> int:
        start_offset, start_ms = self._points[index]
        if index + 1 == len(self._points):
            return start_ms + max(offset - start_offset, 0) * USUAL_MS
        next_offset, next_ms = self._points[index + 1]
        pace = min((next_ms - start_ms) / max(next_offset - start_offset, 1), SLOWEST_MS)
        return start_ms + round(max(offset - start_offset, 0) * pace)


def said(talk: Transcript) -> tuple[Said, ...]:
    """The turns in which something is said, on one line of characters."""
    found: list[Said] = []
    offset = 0
    for turn in talk.turns:
        text = plain(turn.text)
        if text:
            found.append(Said(speaker=plain(turn.speaker or ""), text=text, offset=offset))
            offset += len(text)
    return tuple(found)


def timeline(talk: Transcript) -> Timeline | None:
    """The talk in time; None where it has no times."""
    points: list[tuple[int, int]] = []
    blocks = [block for block in talk.document.parsed.blocks if block.start_ms is not None]
    lines = [block.first_line for block in blocks]
    offset = 0
    for turn in talk.turns:
        text = plain(turn.text)
        if not text:
            continue
        if turn.start_ms is not None:
            points.append((offset, turn.start_ms))
        inside = blocks[bisect_left(lines, turn.first_line) : bisect_right(lines, turn.last_line)]
        points += [(offset + at, ms) for at, ms in _marks(text, inside) if at]
        offset += len(text)
    return Timeline(points, offset, talk.end_ms) if points else None


def _marks(text: str, blocks: Sequence[Block]) -> Iterator[tuple[int, int]]:
    """(character, milliseconds) of the marks of the blocks that a turn was joined of.

    A block whose words are not found in it, one after the other, is passed over.
    """
    position = 0
    for block in blocks:
        words = plain(block.text)
        found = text.find(words, position, position + len(words) + _SLACK) if words else -1
        if found < 0:
            continue
        if block.start_ms is not None:
            yield found, block.start_ms
        for at, milliseconds in block.marks:
            yield found + len(plain(block.text[:at])), milliseconds
        position = found + len(words)


_SLACK = 2_000
"""Characters that may stand between two blocks of a turn: of one without times."""


def longest_rising(points: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most points of which both numbers rise: a clock that jumps loses its jumps alone.

    The first of each offset counts. Patience sorting: n log n.
    """
    firsts = [
        point for index, point in enumerate(points) if not index or point[0] > points[index - 1][0]
    ]
    tails: list[int] = []
    times: list[int] = []
    above: list[int] = []
    for index, (_, milliseconds) in enumerate(firsts):
        place = bisect_left(times, milliseconds)
        above.append(tails[place - 1] if place else -1)
        if place == len(tails):
            tails.append(index)
            times.append(milliseconds)
        else:
            tails[place], times[place] = index, milliseconds
    chain: list[tuple[int, int]] = []
    index = tails[-1] if tails else -1
    while index >= 0:
        chain.append(firsts[index])
        index = above[index]
    return chain[::-1]
