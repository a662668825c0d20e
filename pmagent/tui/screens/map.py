"""The where-map: every mention by theme and time, and beside it the passage itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from pmagent.commands.query_text import parse_query, query_words
from pmagent.errors import UsageError
from pmagent.tui.actions import Scope, bindings_for
from pmagent.tui.messages import (
    CopyText,
    EditAt,
    Failed,
    HasRead,
    MapDrawn,
    Mapped,
    OpenReader,
)
from pmagent.tui.paint.answer import source_of
from pmagent.tui.paint.lines import Page, PageBuilder, Span, clip, span
from pmagent.tui.paint.map import (
    ORDERS,
    Order,
    paint_heading,
    paint_mentions,
    paint_timeline,
    quarter_of,
)
from pmagent.tui.paint.reading import Passage
from pmagent.tui.paint.vital import Vital
from pmagent.tui.ports import GardenPort
from pmagent.tui.screens.base import WIDE, GardenScreen
from pmagent.tui.screens.reader import read_source
from pmagent.tui.widgets.composer import Composer
from pmagent.tui.widgets.lines import Lines, LineView
from pmagent.tui.widgets.reader import ReaderPane
from pmagent.tui.work import Desk
from pmagent.types import Abstention, Hit, Map, Query

_TALL = 30
"""Rows from which the timeline's bars are two high."""


class MapScreen(GardenScreen):
    """Mentions at the left; at the right, where there is room, the one under the bar."""

    CSS_PATH = ["map.tcss", "reader.tcss"]  # noqa: RUF012 (Textual's way)
    BINDINGS: ClassVar = bindings_for("map")
    SCOPES: ClassVar[tuple[Scope, ...]] = ("map", "app")
    AUTO_FOCUS = "#mentions"

    def __init__(
        self, desk: Desk, vital: Vital, query: Query, drawn: Map | Abstention | None
    ) -> None:
        super().__init__(desk, vital)
        self._search = query
        self._map = drawn
        self._order: Order = "theme"
        self._problem = ""

    def compose_body(self) -> Iterable[Widget]:
        """New question (hidden), timeline, mentions and reader."""
        yield Composer("another question", id="query")
        yield Lines(self._paint_timeline, id="timeline")
        with Horizontal(id="panes"):
            yield LineView(keeps_cursor=True, id="mentions")
            yield ReaderPane(id="reader-pane")

    def on_mount(self) -> None:
        """Draw what is known, or ask for it."""
        self.query_one(Composer).has_shortcuts = False
        if self._map is None:
            self._draw()
        else:
            self._show(self._map)

    @property
    def mentions(self) -> LineView:
        """The list of hits."""
        return self.query_one("#mentions", LineView)

    @property
    def reader(self) -> ReaderPane:
        """The passage at the right."""
        return self.query_one(ReaderPane)

    @property
    def hit(self) -> Hit | None:
        """The mention under the bar."""
        value = self.mentions.value
        return value if isinstance(value, Hit) else None

    def paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        """The question, how many mentions, how sure."""
        words = (span("where  ", "quiet"), span(query_words(self._search), "title"))
        lines = [clip(words, width)]
        if self._problem:
            return [*lines, (span(self._problem, "error"),)]
        if self._map is None:
            return [*lines, (span("searching…", "quiet"),)]
        return [*lines, *paint_heading(self._map, self._order, width)]

    # What the desk tells

    def on_mapped(self, message: Mapped) -> None:
        """Show a map, and ask for the closer look where it was the first."""
        if message.query != self._search:
            return
        self._show(message.drawn)
        self.post_message(MapDrawn(message.drawn))
        found = message.drawn.found
        if not message.is_last and found.hits:
            query = self._search

            def refine(garden: GardenPort) -> Mapped:
                return Mapped(query, garden.where(garden.refine(found)), is_last=True)

            self.desk.ask(self, "refine map", refine)

    def on_has_read(self, message: HasRead) -> None:
        """Show the passage, if the bar still stands there."""
        hit = self.hit
        if hit is not None and source_of(hit) == message.source:
            passage = Passage(
                reading=message.reading, quote=message.source.quote, duplicates=hit.duplicates
            )
            self.reader.show(passage)

    def show_failure(self, message: Failed) -> None:
        """Say what happened: in the heading where there is no map, else in the rule."""
        if self._map is None:
            self._problem = (
                f"{message.message}; {message.hint}" if message.hint else message.message
            )
            self.show_heading()
        else:
            self.notify_person(message.message, is_error=True)

    # What the person does

    def on_line_view_moved(self, event: LineView.Moved) -> None:
        """Show the passage under the bar."""
        if event.view is self.mentions:
            self._follow()

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        """Go to the passage."""
        if event.view is self.mentions:
            self.action_open()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Draw another map in place of this one."""
        try:
            query = parse_query(event.value, limit=self._search.limit)
        except UsageError as exc:
            self.notify_person(exc.message, is_error=True)
            return
        self._search, self._map, self._problem = query, None, ""
        self.query_one(Composer).remove_class("-open")
        self.mentions.focus()
        self._draw()

    def action_open(self) -> None:
        """The reader beside the list, or on a screen of its own."""
        if (hit := self.hit) is None:
            return
        if self.size.width >= WIDE:
            self.reader.view.focus()
            self.reader.reveal()
            return
        hits = [value for value in self.mentions.page.values if isinstance(value, Hit)]
        sources = tuple(source_of(item) for item in hits)
        self.post_message(OpenReader(sources, hits.index(hit)))

    def action_step(self, step: int) -> None:
        """The next mention or the one before, from either pane."""
        self.mentions.move_to(max(self.mentions.cursor, 0) + step)

    def action_quarter(self, step: int) -> None:
        """The first mention of the nearest quarter later or earlier that has one."""
        if (here := self.hit) is None:
            return
        hits = [value for value in self.mentions.page.values if isinstance(value, Hit)]
        others = {quarter_of(hit) for hit in hits}
        ahead = [quarter for quarter in others if (quarter > quarter_of(here)) == (step > 0)]
        ahead = [quarter for quarter in ahead if quarter != quarter_of(here)]
        if not ahead:
            return
        goal = min(ahead) if step > 0 else max(ahead)
        there = min(
            (hit.citation.date, number)
            for number, hit in enumerate(hits)
            if quarter_of(hit) == goal
        )
        self.mentions.move_to(there[1])

    def action_sort(self) -> None:
        """The next order, with the bar on the same mention."""
        self._order = ORDERS[(ORDERS.index(self._order) + 1) % len(ORDERS)]
        if self._map is not None:
            self._show(self._map)

    def action_copy_quote(self) -> None:
        """Copy the words."""
        if hit := self.hit:
            self.post_message(CopyText(hit.quote, "the quote"))

    def action_copy_citation(self) -> None:
        """Copy where they stand."""
        if hit := self.hit:
            self.post_message(CopyText(source_of(hit).citation.label, "the citation"))

    def action_edit(self) -> None:
        """Open the file at the line."""
        if hit := self.hit:
            self.post_message(EditAt(hit.citation.path, hit.focus.first_line))

    def action_new_query(self) -> None:
        """Type another question over this one."""
        composer = self.query_one(Composer)
        composer.add_class("-open")
        composer.put(query_words(self._search))
        composer.focus()

    def action_other_pane(self) -> None:
        """Between list and reader."""
        if self.mentions.has_focus and self.size.width >= WIDE:
            self.reader.view.focus()
        else:
            self.mentions.focus()

    def action_back(self) -> None:
        """From the question or the reader to the list, from the list to the conversation."""
        composer = self.query_one(Composer)
        if composer.has_class("-open"):
            composer.remove_class("-open")
            self.mentions.focus()
        elif self.mentions.has_focus:
            self.dismiss()
        else:
            self.mentions.focus()

    def _draw(self) -> None:
        query = self._search
        self.desk.drop("refine map")
        self.show_heading()
        self.mentions.show(_nothing, cursor=0)
        self.show_lines("#timeline", self._paint_timeline)

        def draw(garden: GardenPort) -> Mapped:
            return Mapped(query, garden.where(garden.search(query)))

        self.desk.ask(self, "map", draw)

    def _show(self, drawn: Map | Abstention) -> None:
        """Draw a map, with the bar on the same passage as before where it is still there."""
        # A bar that still stands at the top goes with the top, whatever comes to stand there.
        kept = self.hit if self.mentions.cursor > 0 or not self.mentions.has_focus else None
        self._map = drawn
        order = self._order
        self.show_heading()
        self.mentions.show(lambda width: paint_mentions(drawn, order, width))
        self.mentions.move_to(self._place_of(kept))
        self._follow()

    def _place_of(self, kept: Hit | None) -> int:
        for number, value in enumerate(self.mentions.page.values):
            if kept is not None and isinstance(value, Hit) and value.passage.id == kept.passage.id:
                return number
        return 0

    def _follow(self) -> None:
        self.show_lines("#timeline", self._paint_timeline)
        if (hit := self.hit) is not None:
            source = source_of(hit)
            self.desk.ask(self, "read", lambda garden: read_source(garden, source))

    def _paint_timeline(self, width: int) -> list[tuple[Span, ...]]:
        if not isinstance(self._map, Map):
            return []
        rows = 2 if self.size.height >= _TALL else 1
        here = quarter_of(self.hit) if self.hit else ""
        return [*paint_timeline(self._map.timeline, width, here=here, rows=rows), ()]


def _nothing(width: int) -> Page:
    del width
    return PageBuilder().page()
