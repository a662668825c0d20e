"""One passage on a screen of its own, where there is no room for it beside a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import ClassVar

from textual.widget import Widget

from pmagent.errors import PmagentError
from pmagent.tui.actions import Scope, bindings_for
from pmagent.tui.messages import CopyText, Do, EditAt, HasRead, OpenReader
from pmagent.tui.paint.lines import Span, span, spread
from pmagent.tui.paint.reading import Passage
from pmagent.tui.paint.said import Source
from pmagent.tui.paint.vital import Vital
from pmagent.tui.ports import GardenPort
from pmagent.tui.screens.base import GardenScreen
from pmagent.tui.widgets.reader import ReaderPane
from pmagent.tui.work import Desk
from pmagent.types import Citation, Locator

CONTEXT_LINES = 200
"""Lines read before and after what is cited: enough to scroll through."""


class ReaderScreen(GardenScreen):
    """The passage at one of several sources; `n` and `p` go through them."""

    CSS_PATH = "reader.tcss"
    BINDINGS: ClassVar = bindings_for("reader")
    SCOPES: ClassVar[tuple[Scope, ...]] = ("reader", "app")
    AUTO_FOCUS = "#reader"

    def __init__(
        self, desk: Desk, vital: Vital, sources: tuple[Source, ...], position: int
    ) -> None:
        super().__init__(desk, vital)
        self._sources = sources
        self._position = position

    def compose_body(self) -> Iterable[Widget]:
        """The reader over the whole width."""
        yield ReaderPane(id="only-reader")

    def on_mount(self) -> None:
        """Read the first."""
        self._read()

    @property
    def source(self) -> Source:
        """What is shown."""
        return self._sources[self._position]

    def paint_heading(self, width: int) -> list[tuple[Span, ...]]:
        """Which of how many."""
        number = f"{self._position + 1} of {len(self._sources)}"
        label = span(self.source.citation.label, "quiet")
        return [spread((span("source ", "quiet"), span(number, "title")), (label,), width)]

    def on_has_read(self, message: HasRead) -> None:
        """Show the lines, if they are still wanted."""
        if message.source == self.source:
            passage = Passage(reading=message.reading, quote=message.source.quote)
            self.query_one(ReaderPane).show(passage)

    def action_step(self, step: int) -> None:
        """The next source or the one before."""
        position = max(0, min(self._position + step, len(self._sources) - 1))
        if position != self._position:
            self._position = position
            self.show_heading()
            self._read()

    def action_copy_quote(self) -> None:
        """Copy the cited words."""
        pane = self.query_one(ReaderPane)
        quote = self.source.quote
        if not quote and pane.passage is not None:
            first, last = pane.passage.reading.cited
            lines = pane.passage.reading.lines
            quote = "\n".join(text for number, text in lines if first <= number <= last)
        self.post_message(CopyText(quote, "the quote"))

    def action_copy_citation(self) -> None:
        """Copy where they stand."""
        self.post_message(CopyText(self.source.citation.label, "the citation"))

    def action_edit(self) -> None:
        """Open the file at the line."""
        citation = self.source.citation
        self.post_message(EditAt(citation.path, citation.locator.first_line))

    def action_show_kit(self) -> None:
        """The drafts for publishing this file."""
        self.post_message(Do(f"show_kit({self.source.citation.path!r})"))

    def action_show_check(self) -> None:
        """What this file claims."""
        self.post_message(Do(f"show_check({self.source.citation.path!r})"))

    def action_back(self) -> None:
        """Back to where it was opened."""
        self.dismiss()

    def _read(self) -> None:
        source = self.source
        self.desk.ask(self, "read", lambda garden: read_source(garden, source))


def read_source(garden: GardenPort, source: Source) -> HasRead:
    """The lines around a source's citation."""
    locator = source.citation.locator
    place = f"{source.citation.path}:{locator.first_line}-{locator.last_line}"
    return HasRead(source, garden.read(place, context=CONTEXT_LINES))


def find_place(garden: GardenPort, place: str) -> OpenReader:
    """What to open for a place a person typed."""
    reading = garden.read(place, context=0)
    first, last = reading.cited
    citation = Citation(
        path=reading.path,
        locator=Locator(first_line=first, last_line=last),
        title=reading.title,
        date=reading.date,
        date_source=reading.date_source,
    )
    return OpenReader((Source(citation=citation, quote=""),), 0)


def find_places(garden: GardenPort, places: Sequence[str], wanted: str) -> OpenReader:
    """What to open for places that an answer names, at the one that is wanted.

    Raises:
        PmagentError: that one cannot be read; of the others, those that can be are gone through.
    """
    found: list[Source] = []
    position = 0
    for place in places:
        if place == wanted:
            position = len(found)
            found.extend(find_place(garden, place).sources)
            continue
        with suppress(PmagentError):
            found.extend(find_place(garden, place).sources)
    return OpenReader(tuple(found), position)
