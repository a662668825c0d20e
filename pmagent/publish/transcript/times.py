"""When each word of a document is said, as far as its time marks can be believed.

A mark that falls behind those around it, or lies far beyond them, is left out and told of. Between
two marks a moment is estimated by words, as it is in citations.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from pmagent.types.documents import Block

FARTHEST_MS = 15 * 60_000
"""How far behind the last mark, or before the first, a moment is estimated."""
USUAL_MS_PER_WORD = 375
"""160 words a minute, where too few marks tell the talk's own pace."""
JUMP_MS = 30 * 60_000
"""A last mark this much later than its words need is no time of the recording."""
SLOWEST_MS_PER_WORD = 20_000
"""Marks farther apart than three words a minute say nothing of a pace."""


class Clock:
    """The times of a document's words, numbered from 0 through all of its blocks."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        marks: list[tuple[int, int]] = []
        index = 0
        for block in blocks:
            if block.start_ms is not None:
                marks.append((index, block.start_ms))
            for offset, ms in block.marks:
                marks.append((index + len(block.text[:offset].split()), ms))
            index += len(block.text.split())
        believed = _without_jump(_longest_rise(marks))
        self.notes = _notes(len(marks), len(marks) - len(believed))
        if len(believed) * 2 < len(marks) or (len(marks) > 1 and len(believed) < 2):
            believed = []
        self._exact = dict(reversed(believed))
        self._words = [word for word, _ in believed]
        self._ms = [ms for _, ms in believed]
        self._pace = _pace(believed)
        if believed and self._words[0] > 0 and self._ms[0] <= FARTHEST_MS:
            self._words.insert(0, 0)
            self._ms.insert(0, 0)

    def at(self, word: int) -> tuple[int | None, bool]:
        """Milliseconds at a word, and whether they are estimated; None where nothing tells."""
        if word in self._exact:
            return self._exact[word], False
        after = bisect_right(self._words, word)
        if after == 0:
            return None, False
        base_word, base_ms = self._words[after - 1], self._ms[after - 1]
        if after == len(self._words):
            estimate = round((word - base_word) * self._pace)
            return (base_ms + estimate, True) if estimate <= FARTHEST_MS else (None, False)
        span = self._words[after] - base_word
        return base_ms + round((self._ms[after] - base_ms) * (word - base_word) / span), True


def _longest_rise(marks: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """As many marks as can stand together without one that falls, by patience sorting."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for place, (_, ms) in enumerate(marks):
        at = bisect_right(tails, ms)
        before.append(ends[at - 1] if at else -1)
        if at == len(tails):
            tails.append(ms)
            ends.append(place)
        else:
            tails[at] = ms
            ends[at] = place
    kept: list[tuple[int, int]] = []
    place = ends[-1] if ends else -1
    while place >= 0:
        kept.append(marks[place])
        place = before[place]
    return kept[::-1]


def _without_jump(marks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without a last mark that lies far beyond what its words take."""
    kept = list(marks)
    while len(kept) > 2:
        (word, ms), (last_word, last_ms) = kept[-2:]
        if last_ms - ms <= JUMP_MS + 4 * _pace(kept[:-1]) * (last_word - word):
            break
        kept.pop()
    return kept


def _pace(marks: Sequence[tuple[int, int]]) -> float:
    """Milliseconds a word takes, by the median of the stretches between marks."""
    steps = [
        (later_ms - ms) / (later - word)
        for (word, ms), (later, later_ms) in pairwise(marks)
        if later > word and 0 < later_ms - ms <= SLOWEST_MS_PER_WORD * (later - word)
    ]
    return median(steps) if steps else USUAL_MS_PER_WORD


def _notes(marks: int, dropped: int) -> tuple[str, ...]:
    if not dropped:
        return ()
    if dropped * 2 > marks or marks - dropped < min(2, marks):
        return (f"Its times run backwards too often to be used ({dropped} of {marks})",)
    if dropped == 1:
        return ("One time mark falls or jumps beyond those around it and is left out",)
    return (f"{dropped} of {marks} time marks fall or jump beyond those around and are left out",)
