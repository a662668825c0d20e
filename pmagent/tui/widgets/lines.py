"""Widgets that draw lines themselves: one widget whatever the number of lines.

A widget a line costs a second per thousand; these cost the lines on screen. What they show is a
painter: a function of the width, called again when the width changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from pmagent.tui.actions import bindings_for
from pmagent.tui.paint.lines import NO_ITEM, Line, Page, Span
from pmagent.tui.themes import look

GUTTER = 2
MAX_STRIPS = 2_000
CURSOR_MARK = "▌ "
_EMPTY = Page()

PagePainter = Callable[[int], Page]
LinePainter = Callable[[int], Sequence[tuple[Span, ...]]]


class Lines(Widget):
    """A few lines that do not scroll, as high as they are many."""

    def __init__(self, painter: LinePainter | None = None, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self._painter = painter
        self._width = -1
        self._lines: Sequence[tuple[Span, ...]] = ()

    def show(self, painter: LinePainter) -> None:
        """Draw what `painter` gives from now on."""
        before = len(self._lines)
        self._painter = painter
        self._paint(self._width)
        self.refresh(layout=len(self._lines) != before)

    def refresh_lines(self) -> None:
        """Draw again: what the painter reads has changed."""
        if self._painter is not None:
            self.show(self._painter)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are."""
        del container, viewport
        if width != self._width:
            self._paint(width)
        return len(self._lines)

    def render_line(self, y: int) -> Strip:
        """One line, in the styles of the screen."""
        width = self.size.width
        if width != self._width:
            self._paint(width)
        base = self.rich_style
        if y >= len(self._lines):
            return Strip.blank(width, base)
        segments = [Segment(" " * GUTTER, base)]
        segments.extend(styled(self, self._lines[y], base))
        return Strip(segments).adjust_cell_length(width, base)

    def _paint(self, width: int) -> None:
        self._width = width
        inner = width - 2 * GUTTER
        self._lines = self._painter(inner) if self._painter and inner > 0 else ()


class LineView(ScrollView, can_focus=True):
    """Scrollable lines, some of which can be chosen."""

    BINDINGS: ClassVar = bindings_for("list")
    ALLOW_SELECT = True

    @dataclass
    class Chosen(Message):
        """An item was chosen by key or by mouse."""

        view: LineView
        value: object

        @property
        def control(self) -> LineView:
            """The view it happened in."""
            return self.view

    @dataclass
    class Moved(Message):
        """Another item came under the cursor."""

        view: LineView
        value: object

        @property
        def control(self) -> LineView:
            """The view it happened in."""
            return self.view

    def __init__(self, *, keeps_cursor: bool = False, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self._keeps_cursor = keeps_cursor
        self._painter: PagePainter | None = None
        self._page = _EMPTY
        self._painted_width = -1
        self._strips: dict[tuple[int, bool], Strip] = {}
        """Lines as they were drawn, by line and whether the cursor was on it."""
        self._drawn_as: tuple[str, int] = ("", 0)
        """The theme and the width they were drawn for."""
        self._base: Style | None = None
        self.cursor: int = NO_ITEM

    @property
    def page(self) -> Page:
        """What is shown."""
        return self._page

    @property
    def value(self) -> object | None:
        """What is under the cursor."""
        if 0 <= self.cursor < len(self._page.values):
            return self._page.values[self.cursor]
        return None

    def show(self, painter: PagePainter, *, cursor: int | None = None) -> None:
        """Draw what `painter` gives from now on; the cursor stays where it is unless told."""
        self._painter = painter
        self._repaint()
        if cursor is not None:
            self.cursor = cursor
        if self._painted_width > 0:
            self.cursor = min(self.cursor, len(self._page.items) - 1)
        if cursor is not None:
            self.reveal()

    def move_to(self, item: int) -> None:
        """Put the cursor on `item`, the nearest where there is none such, and say so."""
        if not self._page.items:
            return
        item = max(0, min(item, len(self._page.items) - 1))
        is_new = item != self.cursor
        self.cursor = item
        self._strips.clear()
        self.refresh()
        self.reveal()
        if is_new:
            self.post_message(self.Moved(self, self._page.values[item]))

    def reveal(self) -> None:
        """Scroll until the item under the cursor can be seen."""
        if not 0 <= self.cursor < len(self._page.items):
            return
        lines, top, height = self._page.items[self.cursor], self.scroll_offset.y, self.size.height
        if not height:
            return  # it is hidden
        # The first item brings what stands above it along.
        first = 0 if self.cursor == 0 and lines.stop <= height else lines.start
        if first < top:
            self.scroll_to(y=first, animate=False)
        elif lines.stop > top + height:
            self.scroll_to(y=min(lines.start, lines.stop - height), animate=False)

    def action_up(self) -> None:
        """The item above, or one line up where there are none."""
        if not self._page.items:
            self.scroll_up(animate=False)
        elif self.cursor == NO_ITEM:
            self.move_to(len(self._page.items) - 1)
        elif self.cursor == 0:
            self.scroll_to(y=0, animate=False)
        else:
            self.move_to(self.cursor - 1)

    def action_down(self) -> None:
        """The item below, or one line down where there are none."""
        if not self._page.items:
            self.scroll_down(animate=False)
        elif self.cursor == len(self._page.items) - 1:
            self.scroll_end(animate=False)
        else:
            self.move_to(self.cursor + 1)

    def action_page(self, step: int) -> None:
        """A screenful up or down."""
        height = max(self.size.height - 1, 1)
        if not self._page.items:
            self.scroll_to(y=self.scroll_offset.y + step * height, animate=False)
            return
        here = self._page.items[max(self.cursor, 0)].start
        self.move_to(self._item_near(here + step * height))

    def action_edge(self, step: int) -> None:
        """The first or the last."""
        if self._page.items:
            self.move_to(0 if step < 0 else len(self._page.items) - 1)
        self.scroll_to(y=0 if step < 0 else self.max_scroll_y, animate=False)

    def action_choose(self) -> None:
        """Choose what is under the cursor."""
        if (value := self.value) is not None:
            self.post_message(self.Chosen(self, value))

    def on_resize(self) -> None:
        """Lay the lines out for the new width."""
        if self.inner_width != self._painted_width:
            self._repaint()
            self.reveal()

    def on_click(self, event: events.Click) -> None:
        """Choose the item that was clicked."""
        index = event.y + self.scroll_offset.y
        if self.text_selection is None and 0 <= index < len(self._page.lines):
            item = self._page.lines[index].item
            if item != NO_ITEM:
                self.move_to(item)
                self.action_choose()

    def on_focus(self) -> None:
        """The cursor is drawn only where keys go."""
        self._strips.clear()

    def on_blur(self) -> None:
        """The cursor is drawn only where keys go."""
        self._strips.clear()

    def notify_style_update(self) -> None:
        """Styles are looked up again after a change of theme."""
        super().notify_style_update()
        self._strips.clear()

    def selection_updated(self, selection: Selection | None) -> None:
        """Redraw with the text that the mouse has selected."""
        del selection
        self._strips.clear()
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected words, without the gutter."""
        text = "\n".join(" " * GUTTER + line.text for line in self._page.lines)
        words = selection.extract(text).split("\n")
        return "\n".join(line.strip() for line in words), "\n"

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are, for a view that is as high as its content."""
        del container, viewport
        inner = width - 2 * GUTTER
        if self._painter is None or inner <= 0:
            return 0
        return len((self._page if inner == self._painted_width else self._painter(inner)).lines)

    def render_line(self, y: int) -> Strip:
        """One line of the page, from the cache where it was drawn before."""
        if self._painted_width != self.inner_width:
            # The first frame is drawn before the first resize is told.
            self._repaint()
        index = y + self.scroll_offset.y
        width = self.size.width
        base = self._base or self.rich_style
        if index >= len(self._page.lines):
            return Strip.blank(width, base)
        line = self._page.lines[index]
        has_cursor = line.item != NO_ITEM and line.item == self.cursor
        if (strip := self._strips.get((index, has_cursor))) is None:
            strip = self._draw(line, index, has_cursor)
            strip = strip.adjust_cell_length(width, strip_style(strip, base))
            strip = strip.apply_offsets(0, index)
            self._strips[index, has_cursor] = strip
        return strip

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a region; what all of them share is looked up once."""
        shared = theme_of(self), self.size.width
        if shared != self._drawn_as or len(self._strips) > MAX_STRIPS:
            self._strips.clear()
            self._drawn_as = shared
        self._base = self.rich_style
        strips = super().render_lines(crop)
        self._base = None
        return strips

    @property
    def inner_width(self) -> int:
        """Cells a painter may fill."""
        return self.scrollable_content_region.width - 2 * GUTTER

    def _repaint(self) -> None:
        self._painted_width = self.inner_width
        if self._painter is not None and self._painted_width > 0:
            self._page = self._painter(self._painted_width)
        self._strips.clear()
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._page.lines))
        self.refresh(layout=self.styles.is_auto_height)

    def _draw(self, line: Line, index: int, has_cursor: bool) -> Strip:
        base = self._base or self.rich_style
        gutter = Span(line.gutter.ljust(GUTTER), "title" if line.gutter else "")
        if has_cursor and (self.has_focus or self._keeps_cursor):
            gutter = Span(CURSOR_MARK, "cursor-mark" if self.has_focus else "cursor-away")
            base += look(theme_of(self))["cursor"]
        segments = styled(self, (gutter, *line.spans), base)
        strip = Strip([*segments, Segment(" ", base)])
        return self._with_selection(strip, index)

    def _with_selection(self, strip: Strip, index: int) -> Strip:
        selection = self.text_selection
        if selection is None or (selected := selection.get_span(index)) is None:
            return strip
        start, end = selected
        end = strip.cell_length if end == -1 else end
        style = self.screen.get_component_rich_style("screen--selection")
        before, inside, after = strip.crop(0, start), strip.crop(start, end), strip.crop(end)
        marked = Strip(Segment.apply_style(inside, post_style=style), inside.cell_length)
        return Strip.join((before, marked, after))

    def _item_near(self, line: int) -> int:
        items = self._page.items
        low, high = 0, len(items) - 1
        while low < high:
            middle = (low + high + 1) // 2
            if items[middle].start <= line:
                low = middle
            else:
                high = middle - 1
        return low


def styled(widget: Widget, spans: Sequence[Span], base: Style) -> list[Segment]:
    """The spans as segments in the theme's styles."""
    styles = look(theme_of(widget))
    return [
        Segment(text, base + styles[style] if style else base)
        for text, style in spans
        if cell_len(text)
    ]


def theme_of(widget: Widget) -> str:
    """The name of the theme that is in use."""
    return widget.app.theme  # pyright: ignore[reportUnknownMemberType]


def strip_style(strip: Strip, default: Style) -> Style:
    """The style a strip ends in, which the rest of its line is filled with."""
    last = next(reversed(list(strip)), None)
    return last.style or default if last is not None else default
