"""Finds paths by a few letters of them, quickly enough for every key press.

Whole names first, then what begins with the letters, then what holds them, then what holds them in
order. Each kind is one scan in C; a later one is only made where the earlier ones found too little.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import cast

import numpy as np
from numpy.typing import NDArray

_MOST_SEEN = 2_000
"""Paths of one kind that are looked at; of more, the first by name are as good as any."""
_MOST_FUZZY = 20_000


class PathIndex:
    """Paths to be found by part of their names. Made once for a listing."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = tuple(paths)
        lower = [_folded(path) for path in self.paths]
        self._names = _Lines([path.rpartition("/")[2] for path in lower])
        self._whole = _Lines(lower)
        self._letters = _letters_of(self._whole)

    def find(self, typed: str, *, limit: int) -> Sequence[str]:
        """The paths that `typed` may mean, best first."""
        wanted = _folded(typed)
        if not wanted:
            return self.paths[:limit]
        found: dict[int, None] = {}
        for numbers in self._kinds(wanted):
            seen = [number for number in islice(numbers, _MOST_SEEN) if number not in found]
            seen.sort(key=lambda number: (len(self.paths[number]), self.paths[number]))
            found.update(dict.fromkeys(seen))
            if len(found) >= limit:
                break
        return [self.paths[number] for number in islice(found, limit)]

    def _kinds(self, wanted: str) -> Iterator[Iterator[int]]:
        name = wanted.rpartition("/")[2]
        if name == wanted:
            yield self._names.holding(f"\n{wanted}")
            yield self._names.holding(wanted)
        yield self._whole.holding(f"\n{wanted}")
        yield self._whole.holding(wanted)
        yield self._in_order(wanted)

    def _in_order(self, wanted: str) -> Iterator[int]:
        """The paths that hold all letters one behind the other."""
        mask = _mask_of(wanted)
        found = np.flatnonzero((self._letters & mask) == mask)[:_MOST_FUZZY]
        numbers = cast("list[int]", found.tolist())
        # No two ways to match: linear however long the path is.
        pattern = re.compile("".join(f"[^{re.escape(c)}]*+{re.escape(c)}" for c in wanted))
        lines = self._whole.lines
        return (number for number in numbers if pattern.match(lines[number]))


class _Lines:
    """Texts in one piece, so that one search looks through all of them."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.text = "\n" + "\n".join(lines) + "\n"
        self.starts: list[int] = []
        place = 1
        for line in lines:
            self.starts.append(place)
            place += len(line) + 1

    def holding(self, wanted: str) -> Iterator[int]:
        """The numbers of the lines that hold `wanted`, each once."""
        place = self.text.find(wanted)
        while place >= 0:
            number = max(0, bisect_right(self.starts, place + (wanted[0] == "\n")) - 1)
            yield number
            if number + 1 >= len(self.starts):
                return
            place = self.text.find(wanted, self.starts[number + 1] - 1)


def _folded(text: str) -> str:
    """Lower case, on one line."""
    return text.lower().replace("\n", " ")


def _mask_of(text: str) -> np.uint64:
    """A bit for each letter that `text` holds; several letters share one."""
    mask = 0
    for byte in text.encode("utf-8", "replace"):
        mask |= 1 << (byte & 63)
    return np.uint64(mask)


def _letters_of(lines: _Lines) -> NDArray[np.uint64]:
    """The mask of each line."""
    if not lines.lines:
        return np.zeros(0, np.uint64)
    letters = np.frombuffer(lines.text.encode("utf-8", "replace"), np.uint8)
    ends = np.flatnonzero(letters == ord("\n"))
    bits = np.left_shift(np.uint64(1), (letters & 63).astype(np.uint64))
    # The line end that begins each stretch has a bit too; no path holds one to look for.
    return np.bitwise_or.reduceat(bits, ends[:-1])
