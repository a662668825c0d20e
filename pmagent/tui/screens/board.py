"""Columns side by side: the lists of a board, or the days of a week. It decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
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
NARROW_CELLS = 16
"""The width of a narrow one; `week.tcss` has it too."""

ColumnPainter = Callable[[int, int], Page]
"""The page of a column by its number, for a width."""


class PickView(LineView):
    """Lines of which the first click on an item puts the bar on it, and the second chooses it."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self._was_chosen = False
        """Whether the bar stood already on what the mouse took hold of."""

    def item_at(self, event: events.MouseEvent) -> int:
        """The item below the mouse; `NO_ITEM` where there is none."""
        index = event.y + self.scroll_offset.y
        return self.page.lines[index].item if 0 <= index < len(self.page.lines) else NO_ITEM

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the bar there."""
        item = self.item_at(event)
        self._was_chosen = self.has_focus and item not in {NO_ITEM, -1} and self.cursor == item
        if item != NO_ITEM:
            self.move_to(item)

    def on_click(self, event: events.Click) -> None:
        """Choose it where the bar was on it."""
        event.prevent_default()
        if self._was_chosen:
            self.action_choose()


class Column(PickView):
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

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The columns beside it may go along."""
        super().watch_scroll_y(old_value, new_value)
        if isinstance(self.parent, Columns):
            self.parent.lead(round(new_value))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the card below the mouse."""
        event.prevent_default()
        super().on_mouse_down(event)
        if self.item_at(event) != NO_ITEM:
            self.post_message(self.Grabbed(self))

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
        self._narrow: frozenset[int] = frozenset()
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

    def show(
        self,
        names: Sequence[str],
        painter: ColumnPainter,
        *,
        least_cells: int,
        narrow: Collection[int] = (),
    ) -> None:
        """Draw the columns of these names from now on; `narrow` ones get little."""
        self._names, self._painter, self._least_cells = tuple(names), painter, least_cells
        self._narrow = frozenset(narrow)
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
        if not here.page.items:
            # A column that was hidden has no lines before it is laid out.
            self.call_after_refresh(here.move_to, max(height, 0))
        elif here.cursor == NO_ITEM or row is not None:
            here.move_to(max(height, 0))
        here.focus()
        return True

    def lead(self, top: int) -> None:
        """Scroll all to the line that one of them was scrolled to, as far as each goes."""
        if self.is_linked and not self._is_leading and not self._scroll_all(top):
            # One that is laid out first may scroll before the others have any length.
            self.call_after_refresh(self._scroll_all, top)

    def _scroll_all(self, top: int) -> bool:
        """Whether all got there."""
        self._is_leading = True
        for column in self._columns:
            if column.display and column.scroll_offset.y != top:
                column.scroll_to(y=top, animate=False, immediate=True)
        self._is_leading = False
        return all(one.scroll_offset.y == top for one in self._columns if one.display)

    def on_resize(self) -> None:
        """More or fewer of them fit."""
        self._draw()

    def told(self, word: str = "lists") -> str:
        """`lists 1–3 of 5` where not all of them fit; nothing where they do."""
        fitting, number = self._fitting(self._first), len(self._names)
        if fitting >= number:
            return ""
        return f"{word} {self._first + 1}–{self._first + fitting} of {number}"

    def begin_at(self, number: int) -> None:
        """Let a column be the first of those in sight, as far as there are others behind it."""
        self._first = max(number, 0)
        self.at = self._first
        self._draw()

    def _fitting(self, first: int) -> int:
        """How many columns fit from one on."""
        left, number = self.size.width or 80, 0
        for place in range(first, len(self._names)):
            left -= NARROW_CELLS if place in self._narrow else self._least_cells
            if (left < 0 and number) or number == MOST_COLUMNS:
                break
            number += 1
        return number

    def _first_in_sight(self) -> int:
        """As far left as it was; the column with the bar in sight, and no room left unused."""
        names = len(self._names)
        last = next((one for one in range(names) if one + self._fitting(one) >= names), 0)
        first = max(0, min(self._first, self.at, last))
        while first + self._fitting(first) <= self.at:
            first += 1
        return first

    def _draw(self) -> None:
        if self._painter is None:
            return
        was, self._first = self._first, self._first_in_sight()
        fitting = self._fitting(self._first)
        if was != self._first:
            self._shift(self._first - was)
        for column in self._columns:
            number = self._first + column.place
            column.display = column.place < fitting
            column.set_class(number in self._narrow, "-narrow")
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
