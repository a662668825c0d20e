"""What changes, file by file, in one scrolling view that knows when its end was seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.message import Message

from pmagent.tui.paint.lines import Page
from pmagent.tui.widgets.lines import LineView

PagesPainter = Callable[[int], tuple[Page, Sequence[int]]]
"""The lines for a width, and the row at which each part begins."""


class DiffView(LineView):
    """Shows pages that have places to step to: the files of a diff."""

    @dataclass
    class SeenToEnd(Message):
        """The last line was on screen."""

        view: DiffView

        @property
        def control(self) -> DiffView:
            """The view it happened in."""
            return self.view

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self._starts: Sequence[int] = ()
        self._was_seen = False

    def show_pages(self, painter: PagesPainter) -> None:
        """Draw what `painter` gives from now on, from the top."""
        self._was_seen = False

        def paint(width: int) -> Page:
            page, self._starts = painter(width)
            return page

        self.show(paint)
        self.scroll_home(animate=False)
        self.call_after_refresh(self._look)

    @property
    def part(self) -> int:
        """Which part is at the top, from 0."""
        top = self.scroll_offset.y
        return max(sum(start <= top for start in self._starts) - 1, 0)

    @property
    def parts(self) -> int:
        """How many there are."""
        return len(self._starts)

    def step(self, step: int) -> None:
        """To the beginning of the part after, or of the one before."""
        if not self._starts:
            return
        top = self.scroll_offset.y
        if step > 0:
            goal = next((start for start in self._starts if start > top), top)
        else:
            goal = next((start for start in reversed(self._starts) if start < top), 0)
        self.scroll_to(y=goal, animate=False)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Notice the end."""
        super().watch_scroll_y(old_value, new_value)
        self._look()

    def _look(self) -> None:
        is_drawn = self.size.height > 0 and len(self.page.lines) > 0
        is_at_end = self.scroll_offset.y + self.size.height >= len(self.page.lines)
        if is_drawn and is_at_end and not self._was_seen:
            self._was_seen = True
            self.post_message(self.SeenToEnd(self))
