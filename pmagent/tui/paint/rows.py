"""Long lists of one line each: a line is painted when it is drawn, whatever the length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from pmagent.tui.paint.lazily import Lazy
from pmagent.tui.paint.lines import Line, Page, Span

T = TypeVar("T")
RowPainter = Callable[[T], tuple[Span, ...]]


def page_of(values: Sequence[T], paint: RowPainter[T]) -> Page:
    """One item a value, each painted when asked for: a hundred thousand cost what is on screen."""
    return Page(lines=_Rows(values, paint), items=_Singles(len(values)), values=values)


class _Rows(Lazy[Line], Generic[T]):
    def __init__(self, values: Sequence[T], paint: RowPainter[T]) -> None:
        self._values = values
        self._paint = paint

    def __len__(self) -> int:
        return len(self._values)

    def part(self, index: int) -> Line:
        return Line(self._paint(self._values[index]), index)


class _Singles(Lazy[range]):
    """Items of one line each."""

    def __init__(self, length: int) -> None:
        self._length = length

    def __len__(self) -> int:
        return self._length

    def part(self, index: int) -> range:
        if not 0 <= index < self._length:
            raise IndexError(index)
        return range(index, index + 1)
