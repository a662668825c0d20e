"""Pages one below the other, each painted when it is first looked at and guessed at before.

Ten thousand messages cost what is on screen: the height of one that was never seen is an estimate,
which is put right when it comes into view.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Protocol

from pmagent.tui.paint.lazily import Lazy
from pmagent.tui.paint.lines import NO_ITEM, Line, Page

_EMPTY = Page()


class Part(Protocol):
    """One page of a roll."""

    def guess(self, width: int) -> int:
        """About how many lines it takes, without painting it."""
        ...

    def page(self, width: int) -> Page:
        """Its lines; the same object as before while nothing has changed."""
        ...


class Roll:
    """The parts at one width."""

    def __init__(self, parts: Sequence[Part], width: int) -> None:
        self.width = width
        self._parts = list(parts)
        self._pages: list[Page | None] = [None] * len(self._parts)
        self._heights = [part.guess(width) for part in self._parts]
        self._tops: list[int] = [0]
        """Where each part begins; grown as it is asked for."""
        self._firsts: list[int] = [0]
        """How many items stand in painted parts before each."""

    def __len__(self) -> int:
        return len(self._parts)

    @property
    def height(self) -> int:
        """Lines of all parts, as far as is known."""
        return self.top(len(self._parts))

    @property
    def item_count(self) -> int:
        """Items of the parts that are painted."""
        return self.first_item(len(self._parts))

    def append(self, part: Part) -> None:
        """One more at the end, painted at once: it is about to be looked at."""
        self._parts.append(part)
        self._pages.append(None)
        self._heights.append(0)
        self.paint(len(self._parts) - 1)

    def top(self, place: int) -> int:
        """The line at which a part begins."""
        tops = self._tops
        while len(tops) <= place:
            tops.append(tops[-1] + self._heights[len(tops) - 1])
        return tops[place]

    def first_item(self, place: int) -> int:
        """The number of the first item of a part."""
        firsts = self._firsts
        while len(firsts) <= place:
            page = self._pages[len(firsts) - 1]
            firsts.append(firsts[-1] + (len(page.items) if page is not None else 0))
        return firsts[place]

    def at_line(self, line: int) -> int:
        """The part that a line belongs to; the nearest for a line outside."""
        self.top(len(self._parts))
        return max(min(bisect_right(self._tops, line) - 1, len(self._parts) - 1), 0)

    def at_item(self, item: int) -> int:
        """The part that an item belongs to."""
        self.first_item(len(self._parts))
        return max(min(bisect_right(self._firsts, item) - 1, len(self._parts) - 1), 0)

    def is_painted(self, place: int) -> bool:
        """Whether its height is known and not a guess."""
        return self._pages[place] is not None

    def painted(self, place: int) -> Page:
        """Its page; an empty one while it was never looked at."""
        return self._pages[place] or _EMPTY

    def paint(self, place: int) -> bool:
        """Paint a part, again where it has changed; whether any line or item moved."""
        page = self._parts[place].page(self.width)
        before = self._pages[place]
        if page is before:
            return False
        self._pages[place] = page
        has_moved = self._heights[place] != len(page.lines)
        if has_moved:
            self._heights[place] = len(page.lines)
            del self._tops[place + 1 :]
        if before is None or len(before.items) != len(page.items):
            del self._firsts[place + 1 :]
            has_moved = True
        return has_moved

    def view(self) -> Page:
        """All of it as one page whose lines are looked up when they are drawn."""
        return Page(lines=_Lines(self), items=_Items(self), values=_Values(self))


class _Lines(Lazy[Line]):
    def __init__(self, roll: Roll) -> None:
        self._roll = roll

    def __len__(self) -> int:
        return self._roll.height

    def __iter__(self) -> Iterator[Line]:
        """Of the painted parts alone: nobody selects what was never on screen."""
        roll = self._roll
        for place in range(len(roll)):
            if roll.is_painted(place):
                yield from roll.painted(place).lines
            else:
                yield from (Line() for _ in range(roll.top(place + 1) - roll.top(place)))

    def part(self, index: int) -> Line:
        roll = self._roll
        place = roll.at_line(index)
        lines = roll.painted(place).lines
        inside = index - roll.top(place)
        if not 0 <= inside < len(lines):
            return Line()
        line = lines[inside]
        if line.item == NO_ITEM:
            return line
        return line._replace(item=line.item + roll.first_item(place))


class _Items(Lazy[range]):
    def __init__(self, roll: Roll) -> None:
        self._roll = roll

    def __len__(self) -> int:
        return self._roll.item_count

    def part(self, index: int) -> range:
        roll = self._roll
        _check_within(index, roll.item_count)
        place = roll.at_item(index)
        rows, top = roll.painted(place).items[index - roll.first_item(place)], roll.top(place)
        return range(rows.start + top, rows.stop + top)


class _Values(Lazy[object]):
    def __init__(self, roll: Roll) -> None:
        self._roll = roll

    def __len__(self) -> int:
        return self._roll.item_count

    def part(self, index: int) -> object:
        roll = self._roll
        _check_within(index, roll.item_count)
        place = roll.at_item(index)
        return roll.painted(place).values[index - roll.first_item(place)]


def _check_within(index: int, length: int) -> None:
    if not 0 <= index < length:
        raise IndexError(index)
