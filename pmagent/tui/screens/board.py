"""Columns side by side: the lists of a board, or the days of a week. It decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from textual import events
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget

from pmagent.tui.paint.lines import NO_ITEM, Line, Page
from pmagent.tui.widgets.lines import LineView

MOST_COLUMNS = 7
COLUMN_CELLS = 18
"""A column is not narrower where others can wait beside the edge."""

ColumnPainter = Callable[[int, int], Page]
"""The page of a column by its number, for a width."""


class Column(LineView):
    """One column. A card that is dragged to another one is told to the screen."""

    ALLOW_SELECT = False  # the mouse carries cards here

    @dataclass
    class Dropped(Message):
        """The mouse let go over this column."""

        column: Column

        @property
        def control(self) -> Column:
            """The column it happened in."""
            return self.column

    @dataclass
    class Grabbed(Message):
        """The mouse took hold of something in this column."""

        column: Column

        @property
        def control(self) -> Column:
            """The column it happened in."""
            return self.column

    def __init__(self, place: int) -> None:
        super().__init__(id=f"column-{place}")
        self.place = place
        """Which from the left, from 0."""
        self._was_chosen = False
        """Whether the bar stood already on what the mouse took hold of."""

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The columns beside it may go along."""
        super().watch_scroll_y(old_value, new_value)
        if isinstance(self.parent, Columns):
            self.parent.lead(round(new_value))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the card below the mouse."""
        index = event.y + self.scroll_offset.y
        if 0 <= index < len(self.page.lines) and self.page.lines[index].item != NO_ITEM:
            item = self.page.lines[index].item
            self._was_chosen = self.has_focus and self.cursor == item
            self.move_to(item)
            self.post_message(self.Grabbed(self))

    def on_click(self, event: events.Click) -> None:
        """The first click on a card puts the bar on it, the second one chooses it."""
        event.prevent_default()
        if self._was_chosen:
            self.action_choose()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go of it."""
        del event
        self.post_message(self.Dropped(self))


class Columns(Horizontal):
    """As many columns as fit, around the one with the bar; `show` fills them."""

    def __init__(self) -> None:
        super().__init__(id="columns")
        self._columns = tuple(Column(place) for place in range(MOST_COLUMNS))
        self._painter: ColumnPainter | None = None
        self._names: tuple[str, ...] = ()
        self._least_cells = COLUMN_CELLS
        self.at = 0
        """The column with the bar, from 0."""
        self._first = 0
        self.is_linked = False
        """Whether all scroll together: the same hour is the same line."""
        self._is_leading = False
        self._heights: dict[int, int] = {}
        """Lines of the longest of linked columns, by the width they are painted for."""

    def compose(self) -> Iterable[Widget]:
        """All of them; those without a page are hidden."""
        yield from self._columns

    @property
    def here(self) -> LineView:
        """The column with the bar."""
        return self._columns[min(max(self.at - self._first, 0), MOST_COLUMNS - 1)]

    @property
    def names(self) -> Sequence[str]:
        """What the columns are, by name."""
        return self._names

    def number_of(self, column: LineView) -> int:
        """Which column it is of all, from 0."""
        place = next((one.place for one in self._columns if one is column), 0)
        return self._first + place

    def show(self, names: Sequence[str], painter: ColumnPainter, *, least_cells: int) -> None:
        """Draw the columns of these names from now on."""
        self._names, self._painter, self._least_cells = tuple(names), painter, least_cells
        self._heights = {}
        self.at = min(self.at, max(len(names) - 1, 0))
        self._draw()

    def step(self, by: int, *, row: int | None = None) -> bool:
        """Put the bar into the column beside, at about the same height; False at the edge."""
        wanted = self.at + by
        if not 0 <= wanted < len(self._names):
            return False
        height = self.here.cursor if row is None else row
        self.at = wanted
        self._draw()
        here = self.here
        if here.cursor == NO_ITEM or row is not None:
            here.move_to(max(height, 0))
        here.focus()
        return True

    def lead(self, top: int) -> None:
        """Scroll all to the line that one of them was scrolled to, as far as each goes."""
        if not self.is_linked or self._is_leading:
            return
        self._is_leading = True
        for column in self._columns:
            if column.display and column.scroll_offset.y != top:
                column.scroll_to(y=top, animate=False, immediate=True)
        self._is_leading = False

    def on_resize(self) -> None:
        """More or fewer of them fit."""
        self._draw()

    def told(self) -> str:
        """`lists 1–3 of 5` where not all of them fit; nothing where they do."""
        fitting, number = self._fitting(), len(self._names)
        return (
            f"lists {self._first + 1}–{self._first + fitting} of {number}"
            if fitting < number
            else ""
        )

    def _fitting(self) -> int:
        width = self.size.width or 80
        return min(len(self._names), MOST_COLUMNS, max(1, width // self._least_cells))

    def _draw(self) -> None:
        if self._painter is None:
            return
        fitting = self._fitting()
        low, high = self.at - fitting + 1, len(self._names) - fitting
        was, self._first = self._first, max(0, min(max(self._first, low), self.at, high))
        if was != self._first:
            self._shift(self._first - was)
        for column in self._columns:
            number = self._first + column.place
            column.display = column.place < fitting
            if column.display:
                column.show(self._painter_of(self._painter, number))
            else:
                column.show(_empty)

    def _painter_of(self, painter: ColumnPainter, number: int) -> Callable[[int], Page]:
        """The painter of one column; of linked ones all pages are as long as the longest."""
        names, heights = self._names, self._heights

        def paint(width: int) -> Page:
            page = painter(number, width)
            if not self.is_linked:
                return page
            if width not in heights:
                heights[width] = max(len(painter(n, width).lines) for n in range(len(names)))
            blank = [Line()] * (heights[width] - len(page.lines))
            return page._replace(lines=[*page.lines, *blank])

        return paint

    def _shift(self, by: int) -> None:
        """The bar of a list stays in it, though it stands in another column now."""
        places = [one.cursor for one in self._columns]
        for column in self._columns:
            before = column.place + by
            column.cursor = places[before] if 0 <= before < MOST_COLUMNS else NO_ITEM


def _empty(width: int) -> Page:
    del width
    return Page()
